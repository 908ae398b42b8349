/** The web client as a relay hands it out: with which headers, in which encodings, and what stands at `/` without it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { readWebFiles } from '../../server/routes/web.ts'
import { WEB_HEADERS } from '../../shared/release/headers.ts'
import { startRelay } from '../support/relay.ts'

const FILES = {
  'index.html': '<!doctype html><title>A page</title>',
  'assets/index-Ab12.js': 'export const answer = 42\n',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
}

const build = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-web-'))
  mkdirSync(join(folder, 'assets'))
  for (const [path, text] of Object.entries(FILES)) {
    writeFileSync(join(folder, path), text)
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(text))
    writeFileSync(join(folder, `${path}.gz`), gzipSync(text))
  }
  return folder
}

type Got = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
const get = (url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    request(`${url.replace('ws:', 'http:')}${path}`, { headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      )
    })
      .on('error', reject)
      .end()
  })

t.test(
  'A relay hands out the web client with its whole set of headers, and logs nothing of it',
  async (t) => {
    const folder = build()
    const web = readWebFiles(folder)
    t.ok(web)
    const relay = await startRelay(web ? { web } : {})
    t.teardown(async () => {
      await relay.close()
      rmSync(folder, { recursive: true })
    })
    const before = relay.logs()

    for (const path of ['/', '/index.html', '/assets/index-Ab12.js', '/icon.svg']) {
      const { status, headers } = await get(relay.url, path)
      t.equal(status, 200, path)
      for (const [name, value] of Object.entries(WEB_HEADERS))
        t.equal(headers[name], value, `${path} ${name}`)
      t.equal(headers['set-cookie'], undefined)
    }
    t.equal((await get(relay.url, '/')).headers['cache-control'], 'no-cache')
    t.match((await get(relay.url, '/assets/index-Ab12.js')).headers['cache-control'], /immutable/)
    t.equal((await get(relay.url, '/assets/index-Ab12.js.br')).status, 404, 'only by its own name')
    t.equal((await get(relay.url, '/assets/other.js')).status, 404)
    t.equal((await get(relay.url, '/operator')).status, 200, 'the page of the operator stays')
    t.equal(relay.logs(), before)
  },
)

t.test(
  'A policy lets scripts come from the relay alone, and no page frame this one or send a form',
  async (t) => {
    const policy = WEB_HEADERS['content-security-policy'] ?? ''
    t.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/)
    t.notMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*|data:/)
    for (const part of [
      "require-trusted-types-for 'script'",
      "frame-ancestors 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ])
      t.ok(policy.split('; ').includes(part), part)
  },
)

t.test('A file goes out in the encoding that is asked for, and as it is where none is', async (t) => {
  const folder = build()
  const web = readWebFiles(folder)
  const relay = await startRelay(web ? { web } : {})
  t.teardown(async () => {
    await relay.close()
    rmSync(folder, { recursive: true })
  })
  const text = FILES['assets/index-Ab12.js']
  const ask = (accepted: string): Promise<Got> =>
    get(relay.url, '/assets/index-Ab12.js', { 'accept-encoding': accepted })

  const brotli = await ask('gzip, deflate, br')
  t.equal(brotli.headers['content-encoding'], 'br')
  t.equal(brotliDecompressSync(brotli.body).toString(), text)
  const gzip = await ask('gzip')
  t.equal(gzip.headers['content-encoding'], 'gzip')
  t.equal(gunzipSync(gzip.body).toString(), text)
  const plain = await ask('identity')
  t.equal(plain.headers['content-encoding'], undefined)
  t.equal(plain.body.toString(), text)
  t.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8')
  t.equal(plain.headers.vary, 'accept-encoding')
})

t.test('Where no web client was built, a relay says what it is', async (t) => {
  t.equal(readWebFiles(join(tmpdir(), 'tocsin-not-there')), undefined)
  const relay = await startRelay()
  t.teardown(() => relay.close())

  t.match((await get(relay.url, '/')).body.toString(), /cannot read/)
})

t.test('Who has a file already gets no second copy, and a file that changed is sent whole', async (t) => {
  const folder = build()
  const web = readWebFiles(folder)
  const relay = await startRelay(web ? { web } : {})
  t.teardown(async () => {
    await relay.close()
    rmSync(folder, { recursive: true })
  })
  const first = await get(relay.url, '/index.html')
  const tag = String(first.headers.etag)
  const again = await get(relay.url, '/index.html', { 'if-none-match': tag })
  t.equal(again.status, 304)
  t.equal(again.body.length, 0)
  t.equal(again.headers['content-security-policy'], WEB_HEADERS['content-security-policy'])
  const other = await get(relay.url, '/icon.svg', { 'if-none-match': tag })
  t.equal(other.status, 200)
  t.equal(other.body.toString(), FILES['icon.svg'])
})
