/** The smallest page on the real worker of the web client, and on its storage, from a server of its own: under the policy of the real one, without any screen. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { BrowserContext, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Answer, Asked, RequestName, WorkerEvent } from '../../client/web/worker/port.ts'

/** What the page leaves where a test can reach it. */
export type OnPage = {
  readonly events: WorkerEvent[]
  readonly ask: (name: RequestName, asked: object) => Promise<unknown>
  readonly openVault: (name: string) => Promise<string>
  /** `number`: as `openVault` answered. Bytes go as base64. */
  readonly onVault: (number: string, what: string, bytes: readonly string[]) => Promise<unknown>
  /** All bytes that scripts can read in the database. */
  readonly bytesOf: (name: string) => Promise<string>
}

const PAGE = `
  import { openDB } from 'idb'
  import { createLine } from './client/web/page/line.ts'
  import { openVaultIdb } from './client/web/worker/vaultIdb.ts'

  const toText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const toBytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  const files = new Map()
  const events = []
  let line
  const lineNow = () => {
    line ??= createLine(new Worker('/worker.js', { type: 'module' }), (event) => events.push(event))
    return line
  }
  const plain = (_key, value) => (value instanceof Map || value instanceof Set ? [...value] : value)
  globalThis.test = {
    events,
    ask: async (name, asked) => JSON.parse(JSON.stringify(await lineNow().ask(name, asked), plain)),
    openVault: async (name) => {
      const number = String(files.size)
      files.set(number, await openVaultIdb(name))
      return number
    },
    onVault: async (number, what, bytes) => {
      const file = files.get(number)
      const [first, ...rest] = bytes.map(toBytes)
      if (what === 'append') return file.append(first)
      if (what === 'replace') return file.replace({ header: first, records: rest })
      if (what !== 'load') return file[what]()
      const loaded = await file.load()
      return loaded.ok ? { ok: true, value: [loaded.value.header, ...loaded.value.records].map(toText) } : loaded
    },
    bytesOf: async (name) => {
      const db = await openDB(name, 1, { upgrade: (fresh) => fresh.createObjectStore('vault') })
      const owned = await db.getKey('vault', 'header')
      const all = owned === undefined ? [] : await db.getAll('vault')
      db.close()
      return toText(all.filter((one) => one instanceof Uint8Array).flatMap((one) => [...one]))
    },
  }
`

const bundle = async (entry: { readonly contents: string } | { readonly path: string }): Promise<string> => {
  const made = await build({
    ...('path' in entry
      ? { entryPoints: [entry.path] }
      : { stdin: { contents: entry.contents, resolveDir: process.cwd(), loader: 'js' as const } }),
    bundle: true,
    format: 'esm',
    target: 'chrome106',
    write: false,
  })
  return made.outputFiles[0]?.text ?? ''
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  'connect-src ws://127.0.0.1:*',
].join('; ')

/** Its address; open until the test ends. */
export const serveWorkerPage = async (t: Test): Promise<string> => {
  const files: Readonly<Record<string, string>> = {
    '/page.js': await bundle({ contents: PAGE }),
    '/worker.js': await bundle({ path: 'client/web/worker/worker.ts' }),
  }
  const server = createServer((request, response) => {
    const script = files[request.url ?? '']
    response.setHeader('Content-Security-Policy', POLICY)
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript')
    response.end(
      script ?? '<!doctype html><title>worker</title><script type="module" src="/page.js"></script>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

export type WorkerPage = {
  readonly page: Page
  readonly ask: <N extends RequestName>(name: N, asked: Asked<N>) => Promise<Answer<N>>
  readonly events: () => Promise<readonly WorkerEvent[]>
  /** For slow machines: nothing is measured by it. */
  readonly until: (isSo: () => Promise<boolean>) => Promise<void>
}

type Here = typeof globalThis & { readonly test: OnPage }

export const openWorkerPage = async (context: BrowserContext, address: string): Promise<WorkerPage> => {
  const page = await context.newPage()
  await page.goto(address)
  await page.waitForFunction(() => 'test' in globalThis)
  return {
    page,
    ask: (name, asked) => {
      const question: readonly [RequestName, object] = [name, asked]
      return page.evaluate((question) => (globalThis as Here).test.ask(...question), question) as never
    },
    events: () => page.evaluate(() => (globalThis as Here).test.events),
    until: async (isSo) => {
      const end = Date.now() + 60_000
      while (!(await isSo())) {
        if (Date.now() > end) throw new Error('it did not come')
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}
