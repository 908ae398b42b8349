// Turns a build of the web client into a release: the loader beside it, and release.json, which lists every file by its hash, the headers it
// runs under and who signs. Made of the same source it is the same, byte for byte, with the same id. What is signed already is added by
// `npm run release`.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { tsImport } from 'tsx/esm/api'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const json = (path) => JSON.parse(readFileSync(path, 'utf8'))

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** Paths below `folder`, in order. */
const pathsIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
    .sort()

/** Who has to sign what follows: signers.json, or the file that TOCSIN_WEB_SIGNERS names. */
export const signersFile = () => process.env.TOCSIN_WEB_SIGNERS ?? here('../../shared/release/signers.json')

/** The loader's bytes: the same in every release of the same signers. */
const makeLoader = async () => {
  const { outputFiles } = await build({
    entryPoints: [here('./serviceWorker/sw.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'chrome106',
    legalComments: 'none',
    define: { __SIGNERS__: JSON.stringify(json(signersFile())) },
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].contents
}

export const loaderHash = async () => sha256(await makeLoader())

const FOR_EVER = 'public, max-age=31536000, immutable'

/** The headers for whoever serves the folder without a relay: as Netlify and Cloudflare Pages read them, and to be imported into a site of Caddy's. */
const forHosts = (headers) => {
  const all = Object.entries(headers)
  return {
    _headers: `/*\n${all.map(([name, value]) => `  ${name}: ${value}\n`).join('')}/assets/*\n  cache-control: ${FOR_EVER}\n`,
    'headers.caddy': `header {\n${all.map(([name, value]) => `\t${name} "${value}"\n`).join('')}}\nheader /assets/* cache-control "${FOR_EVER}"\n`,
  }
}

/** Writes sw.js and release.json into `folder`, which holds everything else already. */
export const makeRelease = async (folder) => {
  const { printRelease } = await tsImport('../../shared/release/release.ts', import.meta.url)
  const { webHeaders } = await tsImport('../../shared/release/headers.ts', import.meta.url)
  const { VITE_TOCSIN_RELAY: relay, VITE_TOCSIN_BELL: bell } = process.env
  const headers = webHeaders(relay || undefined, bell || undefined)
  if (!headers)
    throw new Error(
      'VITE_TOCSIN_RELAY and VITE_TOCSIN_BELL must be a name and perhaps a port, such as relay.example.org:8443, or several with commas between',
    )
  const files = Object.fromEntries(
    pathsIn(folder).map((path) => [path, sha256(readFileSync(`${folder}/${path}`))]),
  )
  const release = printRelease({
    name: json(here('../../package.json')).version,
    headers,
    files,
  })
  for (const [name, text] of Object.entries(forHosts(headers))) writeFileSync(`${folder}/${name}`, text)
  writeFileSync(`${folder}/sw.js`, await makeLoader())
  writeFileSync(`${folder}/release.json`, JSON.stringify({ release, statements: [] }))
}
