/**
 * The web client on a host of its own, built for one relay elsewhere: under the headers that the build wrote for that host it founds, is joined and talks, and
 * speaks to nobody else. Not here: a client that its relay serves (story.test.ts).
 */
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { inspect } from '../../../client/cli/served.ts'
import { fileType } from '../../../shared/release/fileType.ts'
import { WEB_HEADERS, webHeaders } from '../../../shared/release/headers.ts'
import { placeOf, sayIt } from '../../support/committeeStory.ts'
import { closeEverybody, foundBy, must, newDevice, realTime } from '../../support/people.ts'
import { startRelay } from '../../support/relay.ts'
import { buildWeb, foundHere, go, letIn, makeLock, newPhone, press, write } from '../../support/webClient.ts'

const relay = await startRelay()
const another = await startRelay()
t.teardown(() => Promise.all([relay.close(), another.close()]))
t.teardown(closeEverybody)
const { host } = new URL(relay.url)
const folder = await buildWeb(t, { VITE_TOCSIN_RELAY: host })

/** By path, as `_headers` says it. */
const rules = readFileSync(join(folder, '_headers'), 'utf8')
  .split(/^(?=\S)/m)
  .map((block) => {
    const [path = '', ...lines] = block.trim().split('\n')
    const headers = lines.map((line) => /^\s+([a-z-]+): (.*)$/.exec(line)?.slice(1) ?? [])
    return { path, headers: Object.fromEntries(headers) as Readonly<Record<string, string>> }
  })
const headersAt = (path: string): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...rules.filter((rule) => path.startsWith(rule.path.replace('*', ''))).map(({ headers }) => headers),
  )

const startHost = async (t: Test): Promise<string> => {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const file = join(folder, path === '/' ? 'index.html' : path)
    const type = existsSync(file) ? fileType(file) : undefined
    response.writeHead(type ? 200 : 404, { ...headersAt(path), 'content-type': type ?? 'text/plain' })
    response.end(type ? readFileSync(file) : 'nothing here')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const base = await startHost(t)
const { page, offences } = await newPhone(t, base)

t.test(
  'The headers of the build name that relay and nobody else, and what is served is what was released',
  async (t) => {
    const policy = headersAt('/')['content-security-policy'] ?? ''
    t.match(policy, `connect-src 'self' ws://${host};`)
    t.strictSame(
      webHeaders('relay.example.org:8443')?.['content-security-policy'],
      WEB_HEADERS['content-security-policy']?.replace(
        "connect-src 'self'",
        "connect-src 'self' wss://relay.example.org:8443",
      ),
    )
    t.match(
      webHeaders('relay.example.org,city.example.org:8443')?.['content-security-policy'],
      "connect-src 'self' wss://relay.example.org wss://city.example.org:8443;",
      "a committee's relay and its city's",
    )
    for (const wrong of [
      '*',
      'a,',
      'a,*',
      'a, b',
      'x; script-src *',
      'a b',
      'https://relay.example.org',
      '',
      "'unsafe-inline'",
    ])
      t.equal(webHeaders(wrong), undefined, wrong)
    await t.rejects(buildWeb(t, { VITE_TOCSIN_RELAY: "x; script-src 'unsafe-inline'" }), /must be a name/)
    const found = await inspect(new URL(base))
    t.match(found, { ok: true, value: { wrong: [] } })
  },
)

t.test('It founds at its relay, somebody joins, and both are heard', async (t) => {
  await makeLock(page)
  await foundHere(page, { name: 'Depot', handle: 'alice', relay: relay.address })
  const bob = await letIn(
    page,
    await newDevice('bob', placeOf(relay).dial, { now: Date.now(), longestWaitMs: 60_000 }),
  )
  await sayIt(bob, { type: 'post', text: 'from elsewhere' })
  await go(page, '#/1/talk')
  await page.getByText('from elsewhere').waitFor()
  t.strictSame(offences, [])
})

t.test(
  'An invite or an address that names another relay is refused in plain words, and nobody is asked',
  async (t) => {
    const carol = await foundBy('carol', placeOf(another), {}, { ...realTime(), now: Date.now() })
    const { link } = must(await carol.session.invite('link'))
    const other = new URL(another.url).host
    const refused = async (): Promise<void> => {
      const words = page.locator('.wrong')
      await words.waitFor()
      t.match(await words.innerText(), other)
      t.match(await words.innerText(), /open the page of that relay/)
    }
    await go(page, '#/join')
    await write(page, 'The line they gave you', link)
    await press(page, 'Go on')
    await refused()
    await go(page, '#/found')
    await write(page, 'Address of the relay', another.address)
    await press(page, 'Start')
    await refused()
    t.strictSame(offences, [])
  },
)

t.test('Caddy gives the same headers by the file of the build', async (t) => {
  if (spawnSync('caddy', ['version']).status !== 0) return void t.pass('no caddy here: apt-get install caddy')
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  const config = join(folder, '..', 'Caddyfile')
  writeFileSync(
    config,
    `{\n\tadmin off\n\tauto_https off\n}\nhttp://127.0.0.1:${port} {\n\troot * ${folder}\n\timport ${folder}/headers.caddy\n\tfile_server\n}\n`,
  )
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const running = promisify(execFile)('caddy', ['run', '--config', config, '--adapter', 'caddyfile'], {
    signal: stop.signal,
    env: { ...process.env, XDG_CONFIG_HOME: join(folder, '..'), XDG_DATA_HOME: join(folder, '..') },
  })
  running.catch(() => undefined)
  const asked = async (path: string): Promise<Response | undefined> => {
    for (let tries = 0; tries < 600; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
      if (answer) return answer
      await wait(100)
    }
    return undefined
  }
  const answer = await asked('/')
  for (const [name, value] of Object.entries(headersAt('/'))) t.equal(answer?.headers.get(name), value, name)
})
