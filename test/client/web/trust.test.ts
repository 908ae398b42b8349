/**
 * What an operator can do to the web client by serving something else, and what not: the shipped bundle, a real browser, a server that changes any byte and
 * header. What is not prevented stands here too, so that nobody believes otherwise (SECURITY.md). Not here: what a release is
 * (test/shared/release).
 */
import { execFile } from 'node:child_process'
import { createHash, createPrivateKey } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { inspect } from '../../../client/cli/served.ts'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, sign, verify } from '../../../shared/crypto/sodium.ts'
import { WEB_HEADERS } from '../../../shared/release/headers.ts'
import {
  openRelease,
  type Pin,
  parseRelease,
  parseSigned,
  printRelease,
  printStatement,
  type Release,
} from '../../../shared/release/release.ts'
import { newProfile } from '../../support/browser.ts'
import { PATIENCE_MS } from '../../support/webClient.ts'

await cryptoReady
const folder = mkdtempSync(join(tmpdir(), 'tocsin-trust-'))
t.teardown(() => rmSync(folder, { recursive: true }))

const people = [1, 2, 3].map((number) => keyPairFromSeed(new Uint8Array(32).fill(number)))
const signers = { threshold: 2, keys: people.map(({ publicKey }) => toHex(publicKey)) }
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

type Files = ReadonlyMap<string, Buffer>

/** The bundle as `npm start` builds it, for the signers in `file`, or for those of the repository. */
const built = async (name: string, file?: string): Promise<Files> => {
  const into = join(folder, name)
  const env = { ...process.env, ...(file ? { TOCSIN_WEB_SIGNERS: file } : {}) }
  await promisify(execFile)(process.execPath, ['client/web/build.mjs', '--into', into], { env })
  const paths = readdirSync(into, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/[.](br|gz)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [path.slice(into.length + 1), readFileSync(path)]))
}

const signersFile = join(folder, 'signers.json')
writeFileSync(signersFile, JSON.stringify(signers))
const bundle = await built('signed', signersFile)
const unsigned = await built('unsigned')

const textIn = (files: Files, path: string): string => files.get(path)?.toString() ?? ''
const releaseIn = (files: Files): string => JSON.parse(textIn(files, 'release.json')).release

/** A release of `files`, signed by the first `count` people, that follows the one with the id `after`. */
type Signing = { readonly name: string; readonly after: string; readonly count?: number }
const signed = (files: Files, ...steps: readonly Signing[]): Files => {
  const old = parseRelease(releaseIn(bundle)) as Release
  const hashes = [...files].filter(([path]) => !['sw.js', 'release.json'].includes(path))
  const named = (name: string): string =>
    printRelease({
      ...old,
      name,
      files: Object.fromEntries(hashes.map(([path, body]) => [path, sha256(body)])),
    })
  const statements = steps.map(({ name, after, count = 2 }) => {
    const text = printStatement({ id: sha256(named(name)), after, signers })
    const message = new TextEncoder().encode(text)
    const signatures = people
      .slice(0, count)
      .map(({ publicKey, secretKey }) => [toHex(publicKey), toHex(sign(secretKey, message))])
    return { text, signatures: Object.fromEntries(signatures) }
  })
  const release = named(steps.at(-1)?.name ?? '')
  return new Map([...files, ['release.json', Buffer.from(JSON.stringify({ release, statements }))]])
}
const idIn = (files: Files): string => sha256(releaseIn(files))

const FIRST = signed(bundle, { name: 'first', after: '' })
const FIRST_ID = idIn(FIRST)
const EVIL_PAGE = Buffer.from('<!doctype html><title>evil</title><script src="evil.js"></script>')
const EVIL_LOADER = Buffer.from(
  `addEventListener('install', () => skipWaiting()); addEventListener('activate', (e) => e.waitUntil(clients.claim()))
   addEventListener('fetch', (e) => { if (e.request.mode === 'navigate') e.respondWith(new Response('<title>evil</title>', { headers: { 'content-type': 'text/html' } })) })`,
)
const changed = (files: Files, ...changes: readonly (readonly [string, Buffer])[]): Files =>
  new Map([...files, ...changes])

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
}

type Asked = { readonly path: string; readonly at: number }

/** Somebody who runs a relay and may send whatever they like. */
const operator = async (t: Test, files: Files) => {
  const now = {
    files,
    headers: {} as Record<string, string>,
    isDown: false,
    asked: [] as string[],
    askedAt: [] as Asked[],
  }
  const server = createServer((request, response) => {
    if (now.isDown) return void request.socket.destroy()
    const path = new URL(request.url ?? '/', 'http://x').pathname.slice(1) || 'index.html'
    now.asked.push(path)
    now.askedAt.push({ path, at: Date.now() })
    const body = now.files.get(path)
    const type = TYPES[extname(path)] ?? 'text/plain'
    response.writeHead(body ? 200 : 404, {
      ...WEB_HEADERS,
      'content-type': type,
      'cache-control': 'no-cache',
      ...now.headers,
    })
    response.end(body ?? 'nothing here')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { now, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

/** What the loader of this page says about itself, or answers to `adopt`. */
const askLoader = (page: Page, asked: object = { is: 'asking' }) =>
  page.evaluate(
    (asked) =>
      new Promise<{ id?: string; name?: string; error?: string }>((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = ({ data }) => resolve(data)
        setTimeout(() => resolve({ error: 'silent' }), 100_000)
        navigator.serviceWorker.controller?.postMessage(asked, [port2])
      }),
    asked,
  )
const adopt = async (page: Page, files: Files): Promise<string> => {
  const said = await askLoader(page, { adopt: textIn(files, 'release.json') })
  return said.error ?? said.name ?? 'nothing'
}

const opened = async (url: string): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.locator('h1').waitFor()
  return page
}

/** One browser for all: every server is an origin of its own. */
const context = await newProfile(t).open()
context.setDefaultTimeout(PATIENCE_MS)

const started = async (t: Test, files: Files = FIRST) => {
  const server = await operator(t, files)
  return { ...server, page: await opened(server.url) }
}

t.test('what is kept is what runs: offline, and deaf to whatever the server has changed', async (t) => {
  const { now, url, page } = await started(t)
  t.match(await askLoader(page), { id: FIRST_ID, name: 'first', isSigned: true })
  now.files = changed(FIRST, ['index.html', EVIL_PAGE], ['evil.js', Buffer.from('document.title = "evil"')])
  now.headers = { 'content-security-policy': 'default-src * data:' }
  await page.reload()
  await page.locator('h1').waitFor()
  t.notMatch(await page.title(), /evil/)
  for (const path of ['evil.js', 'operator', 'sw.js', 'release.json', 'assets/none.js', '..%2fevil']) {
    const answer = await page.goto(`${url}${path}`)
    t.equal(answer?.status(), 404, `${path} does not open beside it`)
    t.equal(answer?.headers()['content-security-policy'], WEB_HEADERS['content-security-policy'])
  }
  now.isDown = true
  const answer = await page.goto(url)
  await page.locator('h1').waitFor()
  for (const [name, value] of Object.entries(WEB_HEADERS)) t.equal(answer?.headers()[name], value, name)
  await page.close()
})

t.test('later opens fetch nothing but what is offered', async (t) => {
  const { now, url, page } = await started(t)
  now.asked.length = 0
  await page.goto(url)
  await page.locator('h1').waitFor()
  await page.waitForTimeout(500)
  t.strictSame(
    now.asked.filter((path) => path !== 'sw.js' && path !== 'release.json'),
    [],
  )
})

/** When the first screen was there, by the clock of this machine. */
const noteFirst = (): void => {
  const noted = globalThis as { firstAt?: number }
  new MutationObserver((_, observer) => {
    if (!document.querySelector('h1')) return
    noted.firstAt = Date.now()
    observer.disconnect()
  }).observe(document, { childList: true, subtree: true })
}

t.test('a later visit asks the server for nothing before its first screen', async (t) => {
  const { now, url } = await operator(t, FIRST)
  const profile = newProfile(t)
  const first = await profile.open()
  const visited = first.pages()[0] ?? (await first.newPage())
  await visited.goto(url)
  await visited.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await first.close()
  now.askedAt.length = 0

  // The browser has to start the loader again
  const again = await profile.open()
  const page = again.pages()[0] ?? (await again.newPage())
  await page.addInitScript(noteFirst)
  await page.goto(url)
  const noted = await page.waitForFunction(() => (globalThis as { firstAt?: number }).firstAt)
  while (!now.askedAt.some(({ path }) => path === 'release.json')) await page.waitForTimeout(50)
  const firstAt = Number(await noted.jsonValue())
  // Whether the server has another loader the browser looks when it likes
  const own = now.askedAt.filter(({ path }) => path !== 'sw.js')
  t.strictSame(
    own.filter(({ at }) => at < firstAt),
    [],
  )
  t.strictSame(
    own.map(({ path }) => path),
    ['release.json'],
  )
})

t.test('another release runs when enough have signed it, it follows, and the person agrees', async (t) => {
  const { now, url, page } = await started(t)
  const index = Buffer.from(textIn(FIRST, 'index.html').replace('</head>', '<meta name="second"></head>'))
  const files = changed(bundle, ['index.html', index])
  const next = (...steps: readonly Signing[]): Files => signed(files, ...steps)
  const first = { name: 'first', after: '' }
  const second = { name: 'second', after: FIRST_ID }
  now.files = next(second)
  await page.goto(url)
  t.match(await askLoader(page), { name: 'first' }, 'an offer alone changes nothing')

  t.equal(await adopt(page, next({ ...second, count: 1 })), 'too_few_signatures')
  t.equal(await adopt(page, next({ ...second, after: 'ab'.repeat(32) })), 'not_a_successor')
  t.equal(await adopt(page, FIRST), 'not_a_successor', 'nor back to itself')
  now.files = changed(next(second), ['index.html', EVIL_PAGE])
  t.equal(await adopt(page, next(second)), 'other_files')
  now.files = new Map([...next(second)].filter(([path]) => path !== 'index.html'))
  t.equal(await adopt(page, next(second)), 'other_files')
  now.isDown = true
  t.equal(await adopt(page, next(second)), 'other_files')
  now.isDown = false
  t.match(await askLoader(page), { id: FIRST_ID, name: 'first' }, 'nothing half-done')
  await page.goto(url)
  t.equal(await page.locator('meta[name=second]').count(), 0)

  now.files = next(second)
  t.equal(await adopt(page, next(second)), 'second')
  now.isDown = true
  await page.goto(url)
  t.equal(await page.locator('meta[name=second]').count(), 1)
  t.equal((await page.evaluate(() => caches.keys())).length, 2, 'of the old one nothing is left')
  now.isDown = false
  t.equal(await adopt(page, signed(bundle, { ...first })), 'not_a_successor', 'nor back to the one before')
  const third = signed(bundle, second, { name: 'third', after: idIn(next(second)) })
  now.files = third
  t.equal(await adopt(page, third), 'third')
})

t.test('a first visit keeps nothing that too few have signed, or that is not what was signed', async (t) => {
  for (const files of [
    signed(bundle, { name: 'first', after: '', count: 1 }),
    changed(FIRST, ['index.html', Buffer.from(textIn(FIRST, 'index.html').replace('</head>', ' </head>'))]),
    changed(FIRST, ['release.json', Buffer.from('{}')]),
  ]) {
    const { now, url } = await operator(t, files)
    const page = await context.newPage()
    await page.goto(url)
    await page.locator('h1').waitFor()
    while (!now.asked.includes('release.json')) await page.waitForTimeout(50)
    await page.waitForFunction(async () => !(await navigator.serviceWorker.getRegistration())?.installing)
    const found = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      const pin = await (await caches.open('tocsin.pin')).keys()
      return {
        isActive: registration?.active !== undefined && registration.active !== null,
        pins: pin.length,
      }
    })
    t.strictSame(found, { isActive: false, pins: 0 })
    await page.close()
  }
})

t.test('a changed loader is an alarm: everything is locked until somebody has looked', async (t) => {
  const { now, url, page } = await started(t)
  now.files = changed(FIRST, [
    'sw.js',
    Buffer.concat([FIRST.get('sw.js') ?? Buffer.alloc(0), Buffer.from('//')]),
  ])
  await page.goto(url)
  await page
    .getByRole('heading', { level: 1, name: 'The server has changed what guards this program' })
    .waitFor()
  t.equal(await page.locator('input[type=password]').count(), 0, 'no passphrase is asked for')
  now.files = FIRST
  const another = await opened(url)
  await another
    .getByRole('heading', { level: 1, name: 'The server has changed what guards this program' })
    .waitFor()
  t.pass('a second look does not make it go away')
  await another.getByRole('button', { name: 'We have looked, and it is all right' }).click()
  await another
    .getByRole('dialog')
    .getByRole('button', { name: 'We have looked, and it is all right' })
    .click()
  await another.locator('input[type=password]').first().waitFor()
  t.pass('a person settles it')
})

t.test(
  'not prevented: a loader that takes over at once has the page after the next; the one before has said so',
  async (t) => {
    const { now, url, page } = await started(t)
    now.files = changed(FIRST, ['sw.js', EVIL_LOADER])
    await page.goto(url)
    await page
      .getByRole('heading', { level: 1, name: 'The server has changed what guards this program' })
      .waitFor()
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
    while ((await page.title()) !== 'evil') {
      await page.waitForTimeout(200)
      await page.goto(url)
    }
    t.pass('SECURITY.md says so')
  },
)

t.test(
  'not prevented: a reload past the loader brings what the server has now; nothing was kept of it',
  async (t) => {
    const { now, url, page } = await started(t)
    now.files = changed(
      FIRST,
      ['index.html', EVIL_PAGE],
      ['evil.js', Buffer.from('document.title = "evil ran"')],
    )
    const debug = await page.context().newCDPSession(page)
    await Promise.all([page.waitForEvent('load'), debug.send('Page.reload', { ignoreCache: true })])
    await page.waitForFunction(() => document.title === 'evil ran')
    await page.goto(url)
    await page.locator('h1').waitFor()
    t.notMatch(await page.title(), /evil/, 'the next ordinary one is ours again')
    await page.close()
  },
)

/** What a server can have thrown away by a header, and by which answers. */
for (const [where, isGone] of [
  ['an answer that the page asks for', false],
  ['the loader', true],
  ['the release that is offered', false],
] as const)
  t.test(
    `${isGone ? 'not prevented: ' : ''}Clear-Site-Data with ${where} ${isGone ? 'clears' : 'clears nothing of'} what is kept`,
    async (t) => {
      const { now, page } = await started(t)
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            const opening = indexedDB.open('kept', 1)
            opening.onsuccess = () => resolve(opening.result.close())
          }),
      )
      now.headers = { 'clear-site-data': '"storage"' }
      await page.evaluate(async (where) => {
        if (where === 'the loader')
          await (await navigator.serviceWorker.getRegistration())?.update().catch(() => undefined)
        else
          await fetch(where.includes('offered') ? 'release.json' : 'anything', {
            cache: 'no-store',
            credentials: 'omit',
          }).catch(() => undefined)
      }, where)
      const isKept = () =>
        page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => name === 'kept'))
      // what is thrown away is so at some time; what is not has a second for it
      await page.waitForTimeout(1000)
      for (const since = Date.now(); isGone && Date.now() - since < PATIENCE_MS && (await isKept()); )
        await page.waitForTimeout(200)
      t.equal(await isKept(), !isGone)
      await page.close()
    },
  )

t.test('not prevented: a first visit to a server that sends something else', async (t) => {
  const { url } = await operator(
    t,
    changed(FIRST, ['index.html', EVIL_PAGE], ['evil.js', Buffer.from('document.title = "evil ran"')]),
  )
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => document.title === 'evil ran')
  t.pass('SECURITY.md says so; tocsin verify sees it')
})

t.test(
  'where nobody signs, the release is kept all the same, and the person alone decides about another',
  async (t) => {
    const { now, page } = await started(t, unsigned)
    t.match(await askLoader(page), { id: idIn(unsigned), isSigned: false })
    const index = Buffer.from(
      textIn(unsigned, 'index.html').replace('</head>', '<meta name="second"></head>'),
    )
    const release = parseRelease(releaseIn(unsigned)) as Release
    const next = printRelease({
      ...release,
      name: 'next',
      files: { ...release.files, 'index.html': sha256(index) },
    })
    const offer = Buffer.from(JSON.stringify({ release: next, statements: [] }))
    now.files = changed(unsigned, ['index.html', index], ['release.json', offer])
    await page.reload()
    t.match(await askLoader(page), { id: idIn(unsigned) })
    t.equal(await adopt(page, now.files), 'next')
  },
)

t.test('the loader is the one on record: another one is an alarm on every phone', async (t) => {
  const recorded = JSON.parse(readFileSync('shared/release/loader.json', 'utf8')).sha256
  t.equal(sha256(unsigned.get('sw.js') ?? ''), recorded)
})

t.test('the same source makes the same release, byte for byte', async (t) => {
  const again = await built('again')
  t.strictSame([...again.keys()].sort(), [...unsigned.keys()].sort())
  for (const [path, body] of again) t.ok(unsigned.get(path)?.equals(body), path)
})

t.test('two people sign one after the other what follows, and nobody else can', async (t) => {
  const into = join(folder, 'signed')
  const pems = [0, 1, 2].map((number) => {
    const file = join(folder, `${number}.pem`)
    // RFC 8410: an Ed25519 key as PKCS #8.
    const seed = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      Buffer.alloc(32, number + 1),
    ])
    const key = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' })
    writeFileSync(file, key.export({ format: 'pem', type: 'pkcs8' }))
    return file
  })
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ['client/web/sign.mjs', into, ...args], {
      env: { ...process.env, TOCSIN_WEB_SIGNERS: signersFile },
    })
  const primitives = {
    sha256: async (bytes: Uint8Array) => Buffer.from(sha256(bytes), 'hex'),
    isSigned: verify,
  }
  const opened = async (pin?: Pin) => {
    const release = parseSigned(readFileSync(join(into, 'release.json'), 'utf8'))
    const found = release && (await openRelease(release, { pin, signers }, primitives))
    return found?.ok ? found.value.pin.id : found?.error
  }
  writeFileSync(join(folder, 'first.json'), textIn(FIRST, 'release.json'))
  await run('--after', join(folder, 'first.json'), pems[0] ?? '')
  t.equal(await opened({ id: FIRST_ID, signers }), 'too_few_signatures')
  await run(pems[2] ?? '')
  t.equal(await opened({ id: FIRST_ID, signers }), idIn(bundle))
  t.equal(await opened(), idIn(bundle), 'and whoever comes new walks the whole way')
  await t.rejects(run())
})

t.test('a stranger sees whether a server hands out what was released', async (t) => {
  const { now, url } = await operator(t, unsigned)
  const served = async () => {
    const found = await inspect(new URL(url))
    return found.ok ? found.value : found.error
  }
  t.match(await served(), { id: idIn(unsigned), isSigned: true, wrong: [], signatures: 0 })
  now.files = changed(unsigned, ['index.html', EVIL_PAGE], ['sw.js', EVIL_LOADER])
  now.headers = { 'content-security-policy': 'default-src *' }
  t.match(await served(), { wrong: ['index.html', 'sw.js', '/', 'header content-security-policy'] })
  now.files = changed(unsigned, ['release.json', Buffer.from('{}')])
  t.equal(await served(), 'no_client')
  now.isDown = true
  t.equal(await served(), 'unreachable')
})

t.test(
  '4.9 a ring shows the words that its person chose and nothing else, and none where somebody looks',
  async (t) => {
    const { url } = await operator(t, FIRST)
    const phone = await newProfile(t).open()
    phone.setDefaultTimeout(PATIENCE_MS)
    await phone.grantPermissions(['notifications'], { origin: new URL(url).origin })
    const page = await phone.newPage()
    await page.goto(url)
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    const devtools = await phone.newCDPSession(page)
    const registered = new Promise<string>((resolve) => {
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [first] = registrations
        if (first) resolve(first.registrationId)
      })
    })
    await devtools.send('ServiceWorker.enable')
    const registrationId = await registered
    const ring = () =>
      devtools.send('ServiceWorker.deliverPushMessage', {
        origin: new URL(url).origin,
        registrationId,
        data: '',
      })
    const shown = () =>
      page.evaluate(async () => {
        const all = await (await navigator.serviceWorker.ready).getNotifications()
        return all.map(({ title, body, tag }) => [title, body, tag])
      })
    const heard = await page.evaluateHandle(() => {
      const all: unknown[] = []
      navigator.serviceWorker.addEventListener('message', ({ data }) => all.push(data))
      navigator.serviceWorker.startMessages()
      return all
    })

    await ring()
    await page.waitForFunction((all) => all.length > 0, heard)
    t.strictSame(
      await heard.evaluate(([first]) => first),
      'rung',
      'a page that is open looks for what is new',
    )
    t.strictSame(await shown(), [], 'and nothing is shown beside it')

    await askLoader(page, { words: 'Shift note' })
    await page.goto('about:blank')
    await ring()
    await ring()
    await page.goto(url)
    await page.waitForFunction(
      async () => (await (await navigator.serviceWorker.ready).getNotifications()).length > 0,
    )
    t.strictSame(await shown(), [['Shift note', '', 'bell']], 'one, however often it rang')
  },
)
