// Builds the web client into dist/web: one call of Vite, every file compressed beside it, and the size of a first load held to its
// limit. Does nothing when what is there was made from these very sources. `npm start` calls it: where it cannot build, for want of
// sources or of a place to write, it says so in a line and the relay goes on with what is there.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { loaderHash, makeRelease, signersFile } from './release.mjs'

const option = (name) => process.argv[process.argv.indexOf(name) + 1 || process.argv.length]
const here = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
/** Beside it stands which sources it was made from. */
const TARGET = option('--into') ?? here('dist/web')
const MADE_FROM = `${TARGET}.sources`
const SOURCES = ['client/web', 'client/core', 'shared', 'package-lock.json']
/** Bytes that are fetched, compressed, before a phone can unlock, see Now and raise an alarm: an old one on a slow network waits for these. */
const FIRST_LOAD = 300 * 1024

const say = (text) => process.stderr.write(`${text}\n`)

const filesIn = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`)
        .sort()
    : [path]

const sourcesNow = () => {
  const hash = createHash('sha256')
    .update(process.env.VITE_TOCSIN_RELAY ?? '')
    .update(`\0${process.env.VITE_TOCSIN_BELL ?? ''}\0`)
    .update(readFileSync(signersFile()))
  for (const path of SOURCES.flatMap((source) => filesIn(here(source))))
    hash
      .update(`${path.slice(here('').length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex')
}

const madeFrom = () => (existsSync(MADE_FROM) && existsSync(TARGET) ? readFileSync(MADE_FROM, 'utf8') : '')

const FIRST_WORDS = /\/words\/..\.ts$/

/** What has keys, or could: it belongs into the worker, and no page may bring it along, not even by an import of something else. */
const WITH_KEYS = /libsodium|ts-mls|\/shared\/crypto\/|\/client\/core\/(crypto|mls|vault|session\/session)\b/

const refuseKeys = (output) => {
  const strange = output
    .flatMap(({ modules = {} }) => Object.entries(modules))
    .filter(([id, { renderedLength }]) => renderedLength > 0 && WITH_KEYS.test(id))
    .map(([id]) => id.slice(here('').length))
  if (strange.length > 0) throw new Error(`a page would hold keys: ${strange.join(', ')}`)
}

/** Returns the files that hold what a phone says first, one a language. */
const bundle = async (outDir) => {
  const [{ build }, { svelte }, { leanSodium }] = await Promise.all([
    import('vite'),
    import('@sveltejs/vite-plugin-svelte'),
    import('./leanSodium.mjs'),
  ])
  const { output } = await build({
    configFile: false,
    root: here('client/web'),
    base: './',
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    define: { __LOADER__: JSON.stringify(await loaderHash()) },
    worker: { format: 'es', plugins: () => [leanSodium()] },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome106',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1024,
      rolldownOptions: {
        checks: { pluginTimings: false },
        // what several screens are made of is one file: on a slow network every request costs
        output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2, test: /^(?!.*\/qr\/)/ }] } },
      },
    },
  })
  refuseKeys(output)
  return output
    .filter(({ facadeModuleId }) => FIRST_WORDS.test(facadeModuleId ?? ''))
    .map(({ fileName }) => fileName)
}

const compress = (path) => {
  const content = readFileSync(path)
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  })
  writeFileSync(`${path}.br`, brotli)
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
  return brotli.length
}

/** What a file of the build fetches by itself: the page its scripts and styles, a script what it is made of. Not: what it asks for later. */
const fetchedBy = (path) =>
  [
    ...readFileSync(path, 'utf8').matchAll(
      /(?:\bfrom|\bimport|<script[^>]* src=|<link rel="stylesheet"[^>]* href=|<link rel="modulepreload"[^>]* href=)\s*["'`]\.\/([^"'`]+)["'`]/g,
    ),
  ].map(([, name]) => resolve(dirname(path), name))

/** Files of `folder` without which nobody unlocks: the page and its worker, the cryptography, and the words of one language. */
const needed = (folder, languages) => {
  const size = (name) => statSync(`${folder}/${name}`).size
  const largest = languages.toSorted((a, b) => size(b) - size(a)).slice(0, 1)
  const others = filesIn(`${folder}/assets`).filter((path) => /\/worker-[^/]+\.js$|\.wasm$/.test(path))
  const found = new Set()
  const follow = (path) => {
    if (found.has(path)) return
    found.add(path)
    if (/\.(html|js)$/.test(path)) for (const next of fetchedBy(path)) follow(next)
  }
  for (const path of ['index.html', ...largest].map((name) => `${folder}/${name}`).concat(others))
    follow(path)
  return found
}

const buildNow = async (sources) => {
  say('Building the web client, once: some seconds.')
  const growing = `${TARGET}.${process.pid}`
  mkdirSync(here('dist'), { recursive: true })
  try {
    const languages = await bundle(growing)
    await makeRelease(growing)
    const first = needed(growing, languages)
    const sizes = filesIn(growing).map((path) => [path, compress(path)])
    const total = (some) => some.reduce((sum, [, size]) => sum + size, 0)
    const bytes = total(sizes.filter(([path]) => first.has(path)))
    if (bytes > FIRST_LOAD) throw new Error(`a first load takes ${bytes} bytes, and may take ${FIRST_LOAD}`)
    rmSync(TARGET, { recursive: true, force: true })
    renameSync(growing, TARGET)
    writeFileSync(MADE_FROM, sources)
    say(
      `The web client is built: ${Math.ceil(bytes / 1024)} KiB to load, ${Math.ceil((total(sizes) - bytes) / 1024)} KiB later.`,
    )
  } finally {
    rmSync(growing, { recursive: true, force: true })
  }
}

const canGoWithout = process.argv.includes('--if-possible')
try {
  if (process.env.TOCSIN_WEB !== 'off') {
    const sources = sourcesNow()
    if (madeFrom() !== sources) await buildNow(sources)
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  say(`The web client could not be built (${reason.split('\n')[0]}).`)
  if (!canGoWithout) process.exitCode = 1
}
