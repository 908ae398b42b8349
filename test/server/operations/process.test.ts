/** The relay as a process among processes: its commands, a database that comes late, a second signal, its numbers, too few files. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import t from 'tap'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { freePort } from '../../support/postgres.ts'
import { newDatabase } from '../../support/relay.ts'
import { spawnRelay, startRelayProcess } from '../../support/relayProcess.ts'
import { type Ran, runProgram, startProgram } from '../../support/relayProgram.ts'
import { appendTo, connectWire, newOpenLog, type Wire } from '../../support/wire.ts'

await cryptoReady

const folder = mkdtempSync(join(tmpdir(), 'tocsin-process-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const page = async (base: string, path: string): Promise<number | string> =>
  fetch(`${base.replace(/^ws/, 'http')}${path}`).then(
    ({ status }) => status,
    () => 'nobody',
  )

/** Asked twenty times a second; the time limit is that of the test. */
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await sleep(50)
}

t.test(
  'Every command ends with its exit code; answers are on standard output, faults on standard error',
  async (t) => {
    const env = { DATABASE_URL: await newDatabase(), TOCSIN_PORT: '8787' }
    const file = join(folder, 'keys')
    type Expected = Partial<Ran> | { readonly code: number; readonly out?: RegExp; readonly err?: RegExp }
    const expect = async (words: readonly string[], expected: Expected): Promise<void> => {
      const ran = await runProgram(env, ...words)
      t.match(ran, { out: '', err: '', ...expected }, words.join(' '))
      t.equal(ran.code === 0 ? '' : ran.out, words[0] === 'doctor' ? ran.out : '', 'no answer beside a fault')
    }
    const NONE_YET = { code: 1, err: /^No relay has run on this database yet: .*\n$/ }
    await Promise.all([
      expect(['help'], { code: 0, out: /Usage: npx tocsin-relay/ }),
      expect(['help', 'backup'], { code: 0, out: /^npx tocsin-relay backup FILE/ }),
      expect(['addres'], { code: 2, err: /Did you mean `address`/ }),
      expect(['address'], NONE_YET),
      expect(['migrate', '--dry-run'], { code: 0, out: /Nothing was done/ }),
      expect(['restore', file], { code: 1, err: /is not there/ }),
    ])
    const relay = await startRelayProcess({ ...env, TOCSIN_PORT: '0' })
    await Promise.all([
      expect(['address'], { code: 0, out: /^ws:\/\/127\.0\.0\.1:8787#[\w.-]+\n$/ }),
      expect(['stats', '--json'], { code: 0, out: /^\{.*\}\n$/ }),
      expect(['migrate'], { code: 0, out: /nothing waits/ }),
      expect(['creation', 'off'], { code: 0, out: /No more logs are created/ }),
      expect(['rotate-admission'], { code: 0, out: /The admission secret is new/ }),
      expect(['backup', '-'], { code: 0, out: /^tocsin relay backup 1\n/, err: /are saved/ }),
      expect(['backup', file], { code: 0, err: /are saved/ }),
      expect(['backup', '--move', join(folder, 'move')], { code: 1, err: /A relay is running/ }),
      expect(['doctor'], { code: 1, out: /ok +schema: is up to date/ }),
    ])
    t.strictSame(readdirSync(folder), ['keys'])
    t.equal(await relay.end(), 0)
    await expect(['serve', '--quickly'], { code: 2, err: /--quickly.*: see `npx tocsin-relay serve --help`/ })
  },
)

/** Hands everything on to the server of the tests, once it is open. */
const gate = (port: number): { readonly open: () => Promise<void>; readonly close: () => void } => {
  const target = new URL(process.env.TEST_PG_ADMIN_URL ?? '')
  const ends = new Set<Socket>()
  const server = createServer((socket) => {
    const inner = connect(Number(target.port), target.hostname)
    socket.pipe(inner).pipe(socket)
    for (const end of [socket, inner]) {
      ends.add(end)
      end.on('error', () => undefined)
    }
  })
  return {
    open: () => new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve)),
    close: () => {
      server.close()
      for (const end of ends) end.destroy()
    },
  }
}

t.test(
  'A relay waits for a database that is not there yet, alive and not ready, and starts when it comes',
  async (t) => {
    const there = new URL(await newDatabase())
    const [port, own] = [await freePort(), await freePort()]
    const url = new URL(there)
    url.port = `${port}`
    url.hostname = '127.0.0.1'
    const env = { DATABASE_URL: url.href, TOCSIN_PORT: `${own}` }
    const base = `http://127.0.0.1:${own}`
    const starting = spawnRelay(env)
    await until(async () => (await page(base, '/livez')) === 200)
    t.equal(await page(base, '/readyz'), 503)

    const { open, close } = gate(port)
    await open()
    t.teardown(close)

    const started = await starting
    if (!started.ok) throw new Error(started.said)
    t.match(started.relay.said(), /\(ECONNREFUSED\): nothing listens there.* The relay waits for it\.\n/)
    t.equal(await page(base, '/readyz'), 200)
    const wire = await connectWire(started.relay.url)
    t.equal((await appendTo(wire, await newOpenLog(wire, started.relay))).type, 'receipt')
    wire.end()
    t.equal(await started.relay.end(), 0)
  },
)

t.test('Who waits ends with 0 when it is asked to; what will not get better is not waited for', async (t) => {
  const [port, own] = [await freePort(), await freePort()]
  const nobody = `postgres://relay@127.0.0.1:${port}/x`
  const waiting = startProgram({ DATABASE_URL: nobody, TOCSIN_PORT: `${own}` }, 'serve')
  await until(async () => (await page(`http://127.0.0.1:${own}`, '/livez')) === 200)
  process.kill(waiting.pid, 'SIGTERM')
  t.match(await waiting.ran, { code: 0, out: '' })

  const nowhere = new URL(await newDatabase())
  nowhere.pathname = '/nowhere'
  t.match(await runProgram({ DATABASE_URL: nowhere.href, TOCSIN_PORT: '0' }), {
    code: 1,
    out: '',
    err: /^The database cannot be used \(3D000\): there is no database of that name/,
  })
})

t.test('A second signal ends a relay at once that would wait for what it has taken', async (t) => {
  const databaseUrl = await newDatabase()
  const relay = await startRelayProcess({ DATABASE_URL: databaseUrl, TOCSIN_GRACE_SECONDS: '300' })
  const gone = relay.gone
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay)
  const sql = postgres(databaseUrl, { max: 1 })
  t.teardown(() => sql.end())
  const locked = await sql.reserve()
  await locked`begin`
  await locked`lock table logs in access exclusive mode`
  const answer = appendTo(wire, log).then(
    ({ type }) => type,
    () => 'closed',
  )
  await sleep(100) // taken before the relay ends: otherwise there is nothing to wait for

  process.kill(relay.pid, 'SIGTERM')
  await until(async () => (await page(relay.url, '/readyz')) !== 200)
  t.equal(await Promise.race([gone, sleep(1500, 'waits')]), 'waits')
  process.kill(relay.pid, 'SIGTERM')

  t.equal(await gone, 1)
  t.equal(await answer, 'closed')
  await locked`rollback`
  locked.release()
})

type Answer = { readonly status: number; readonly text: string }

const ask = (
  port: number,
  path = '/metrics',
  options: { host?: string; method?: string } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { host = '127.0.0.1', method = 'GET' } = options
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject).end()
  })

const reaches = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 })
    for (const event of ['connect', 'error', 'timeout'])
      socket.once(event, () => {
        socket.destroy()
        resolve(event === 'connect')
      })
  })

const numberOf = ({ text }: Answer, name: string): number =>
  Number(new RegExp(`^${name} ([\\d.e+-]+)$`, 'm').exec(text)?.[1])

t.test('The numbers are on loopback only, of the whole relay, and have no label but a kind', async (t) => {
  const port = await freePort()
  const relay = await startRelayProcess({ DATABASE_URL: await newDatabase(), TOCSIN_METRICS_PORT: `${port}` })
  t.match(relay.said(), new RegExp(`Numbers: http://127.0.0.1:${port}/metrics\n`))
  const idle = await ask(port)
  const wire = await connectWire(relay.url)
  const logs = []
  for (let i = 0; i < 3; i++) logs.push(await newOpenLog(wire, relay))
  for (const log of logs) for (let i = 0; i < 4; i++) await appendTo(wire, log)
  const [log] = logs
  if (log) await appendTo(wire, log, { ifHead: 1 })

  const busy = await ask(port)

  t.equal(busy.status, 200)
  const samples = busy.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const ODD = /^(?!tocsin_[a-z_]+(\{kind="[\w.-]+"\}|_?\{le="[\d.]+|\{le="\+Inf"\})? -?[\d.]+(e[+-]\d+)?$)/
  t.strictSame(
    samples.filter((line) => ODD.test(line.replace(/(le="[\d.]+)"\}/, '$1'))),
    [],
  )
  t.equal(
    samples.length,
    idle.text.split('\n').filter((line) => /^tocsin/.test(line)).length,
    'not one more for a log',
  )
  t.equal(numberOf(busy, 'tocsin_appends_total'), 12)
  t.equal(numberOf(busy, 'tocsin_connections'), 1)
  t.equal(numberOf(busy, 'tocsin_refused_total\\{kind="conflict"\\}'), 1)
  t.equal(numberOf(busy, 'tocsin_commit_seconds_count') > 0, true)
  t.equal(numberOf(busy, 'tocsin_store_away'), 0)
  for (const { id } of logs) t.notMatch(busy.text, toHex(id).slice(0, 8))

  const refused = await Promise.all([
    ask(port, '/metrics', { host: 'relay.example.org' }),
    ask(port, '/'),
    ask(port, '/metrics', { method: 'POST' }),
  ])
  t.strictSame(
    refused.map(({ status }) => status),
    [421, 404, 405],
  )
  t.equal((await ask(port, '/metrics', { host: `localhost:${port}` })).status, 200)
  t.equal(await page(relay.url, '/metrics'), 404, 'not where clients come')
  const outside = Object.values(networkInterfaces()).flatMap(
    (each) =>
      each?.filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address) ?? [],
  )
  for (const host of outside) t.notOk(await reaches(host, port), 'not from outside')
  wire.end()
  t.equal(await relay.end(), 0)
})

const hasPrlimit = existsSync('/proc/self/limits') && spawnSync('prlimit', ['--version']).status === 0

t.test(
  'With as many connections as files a relay serves whom it has, lets nobody else in, and does so when some go',
  { skip: hasPrlimit ? false : 'no prlimit here, or no /proc' },
  async (t) => {
    const started = await spawnRelay(
      { DATABASE_URL: await newDatabase() },
      { words: ['prlimit', '--nofile=140'] },
    )
    if (!started.ok) throw new Error(started.said)
    const { relay } = started
    const come: Wire[] = []
    const others = Array.from({ length: 150 }, () =>
      connectWire(relay.url).then(
        (wire) => come.push(wire),
        () => 'refused',
      ),
    )
    const refused = (await Promise.all(others)).filter((each) => each === 'refused').length

    t.equal(come.length, 32, 'a quarter of the files that are left is for who only knocks')
    t.equal(refused, 150 - 32)
    const answers = come.map(async (wire) => (await appendTo(wire, await newOpenLog(wire, relay))).type)
    t.strictSame(new Set(await Promise.all(answers)), new Set(['receipt']))
    t.equal(await page(relay.url, '/readyz'), 200, 'the database has files')
    for (const wire of come.slice(0, 5)) wire.end()
    await until(() =>
      connectWire(relay.url).then(
        (wire) => wire.end() === undefined,
        () => false,
      ),
    )
    for (const wire of come) wire.end()
    t.equal(await relay.end(), 0)
  },
)
