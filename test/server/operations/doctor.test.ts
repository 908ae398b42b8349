/** The doctor as a process, beside real relays, and with certificates, clocks, disks and databases that are not well. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { clockFinding } from '../../../server/operations/doctor/finding.ts'
import { nodeFinding, openFilesFinding } from '../../../server/operations/doctor/machine.ts'
import { installedPrograms, newDurablePostgres } from '../../support/postgres.ts'
import { newDatabase, startRelay, type TestRelay } from '../../support/relay.ts'
import { type Ran, runHere, runProgram } from '../../support/relayProgram.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-doctor-'))
chmodSync(folder, 0o755)
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const inFolder = (name: string): string => join(folder, name)

const openssl = (...words: readonly string[]): void =>
  void execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })

const hasOpenssl = ((): boolean => {
  try {
    openssl('version')
    return true
  } catch {
    return false
  }
})()
const NO_OPENSSL = hasOpenssl ? false : 'openssl is not installed: no certificates to look at'

/** Every certificate is for this key; the authority's is for its own. */
const makeKeys = (): void => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test ca', '-days', '9')
  openssl('req', ...key, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=test')
  openssl(
    'req',
    '-x509',
    '-key',
    'leaf.key',
    '-out',
    'selfSigned.pem',
    '-subj',
    '/CN=localhost',
    '-days',
    '90',
  )
}

/** The file of one that the authority signed; it ended long ago where `days` is 0. */
const certificate = (name: string, days: number): string => {
  const file = `${name}-${days}.pem`
  writeFileSync(inFolder('ca.cnf'), CA_SETTINGS)
  writeFileSync(inFolder('index.txt'), '')
  writeFileSync(inFolder('names.cnf'), `subjectAltName=DNS:${name}`)
  const span =
    days === 0 ? ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z'] : ['-days', `${days}`]
  openssl(
    'ca',
    '-batch',
    '-config',
    'ca.cnf',
    '-in',
    'leaf.csr',
    '-out',
    file,
    ...span,
    '-extfile',
    'names.cnf',
  )
  return file
}
const CA_SETTINGS = `[ca]
default_ca=d
[d]
database=index.txt
new_certs_dir=.
certificate=ca.pem
private_key=ca.key
rand_serial=yes
default_md=sha256
policy=p
[p]
commonName=supplied
`

const listening = (server: Server, host = '127.0.0.1'): Promise<number> =>
  new Promise((resolve) => {
    server.once('listening', () => resolve((server.address() as AddressInfo).port))
    server.listen(0, host)
  })

/** A proxy that ends TLS before `relay`. */
const proxy = async (t: Test, file: string, relay: TestRelay): Promise<string> => {
  const options = { cert: readFileSync(inFolder(file)), key: readFileSync(inFolder('leaf.key')) }
  const server = createTlsServer(options, (socket) => {
    const inner = connect(Number(new URL(relay.url).port), '127.0.0.1')
    socket.pipe(inner).pipe(socket)
    for (const end of [socket, inner]) end.on('error', () => undefined)
  })
  server.on('tlsClientError', () => undefined)
  t.teardown(() => server.close())
  return `wss://localhost:${await listening(server)}`
}

const doctor = (env: Readonly<Record<string, string>>): Promise<Ran> =>
  runHere({ TOCSIN_DISK: folder, ...env }, 'doctor')

/** What fails; the server of the tests has durability off. */
const failures = ({ out }: Ran): readonly string[] =>
  [...out.matchAll(/^failure +([a-z ]+):/gm)].map(([, what]) => what ?? '')

t.test('The doctor knows this relay from another one, from its own twin and from none', async (t) => {
  const relay = await startRelay()
  const other = await startRelay()
  const ask = async (url: string): Promise<string> => {
    const ran = await doctor({ DATABASE_URL: relay.databaseUrl, TOCSIN_PUBLIC_URL: url })
    return /^\w+ +relay: .*/m.exec(ran.out)?.[0] ?? ''
  }
  const ANOTHER = /failure +relay: another relay answers/

  t.match(await ask(relay.url), /ok +relay: this one answers at the public address$/)
  t.match(await ask(other.url), ANOTHER)
  t.match(await relay.sql`select head, length(policy) as length from logs`, [{ head: 0, length: 71 }])
  t.strictSame([...(await other.sql`select from logs`)], [], 'nothing is made where it is not this one')

  const [row] = await relay.sql`select signing_seed, static_secret, admission from relay`
  await other.sql`update relay set admission = ${row?.admission}, signing_seed = ${row?.signing_seed}`
  const half = await startRelay({ databaseUrl: other.databaseUrl })
  t.match(await ask(half.url), ANOTHER, 'A2 the static key is another')
  await other.sql`update relay set signing_seed = sha256(signing_seed), static_secret = ${row?.static_secret}`
  const otherHalf = await startRelay({ databaseUrl: other.databaseUrl })
  t.match(await ask(otherHalf.url), ANOTHER, 'H1 the signing key is another')
  await other.sql`update relay set signing_seed = ${row?.signing_seed}`
  const twin = await startRelay({ databaseUrl: other.databaseUrl })
  t.match(await ask(twin.url), /failure +relay: a relay with the same keys and another database/)

  await relay.sql`update relay set previous_admission = admission, admission = sha256(admission)`
  t.match(await ask(relay.url), /ok +relay: this one/, 'while it has not heard of a new secret yet')
  await relay.sql`update relay set creation = false`
  await relay.close()
  t.match(await ask(relay.url), /failure +relay: no relay greets/)
  const closed = await startRelay({ databaseUrl: relay.databaseUrl })
  t.match(await ask(closed.url), /warning +relay: one greets .* it makes no log now/)
  for (const each of [closed, other, half, otherHalf, twin]) await each.close()
})

t.test(
  'The way from outside: DNS, certificate and proxy, each with what to do',
  { skip: NO_OPENSSL },
  async (t) => {
    const relay = await startRelay({
      edge: { hosts: ['localhost'], origins: undefined, isTrustedProxy: () => true },
    })
    makeKeys()
    const ask = async (file: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
      runProgram(
        {
          DATABASE_URL: relay.databaseUrl,
          TOCSIN_DISK: folder,
          TOCSIN_PUBLIC_URL: await proxy(t, file, relay),
          NODE_EXTRA_CA_CERTS: inFolder('ca.pem'),
          ...more,
        },
        'doctor',
      )

    const good = await ask(certificate('localhost', 90), { TOCSIN_TRUSTED_PROXY: 'loopback' })
    t.strictSame(failures(good), ['durability'])
    t.match(good.out, /ok +name: localhost is this machine\n/)
    t.match(good.out, /ok +tls: the certificate is good for (89|90) days\n/)
    t.match(good.out, /ok +relay: this one answers/)
    t.match(good.out, /ok +clock: agrees with the public address's\n/)
    t.match(good.out, /ok +proxy: /)
    const soon = await ask(certificate('localhost', 5))
    t.strictSame(failures(soon), ['durability'])
    t.match(soon.out, /warning +tls: the certificate ends in [45] days/)
    t.match(soon.out, /warning +proxy: everybody seems to come from the proxy/)
    const wrong: readonly (readonly [string, RegExp])[] = [
      [certificate('localhost', 0), /tls: the certificate has ended: /],
      [certificate('relay.example.org', 90), /tls: the certificate there is for another name: /],
      ['selfSigned.pem', /tls: the certificate is not one that clients trust: /],
    ]
    for (const [file, out] of wrong) {
      const ran = await ask(file)
      t.match(ran, { code: 1, out }, file)
      t.strictSame(failures(ran), ['durability', 'tls'], 'what lies behind is not asked')
    }
    const none = { DATABASE_URL: relay.databaseUrl }
    await relay.close()
    t.match(await doctor({ ...none, TOCSIN_PUBLIC_URL: 'wss://nowhere.invalid' }), {
      code: 1,
      out: /failure +name: nowhere\.invalid is not known to DNS/,
    })
    t.match(await doctor({ ...none, TOCSIN_PUBLIC_URL: `wss://localhost:${new URL(relay.url).port}` }), {
      code: 1,
      out: /failure +tls: no connection with TLS comes about/,
    })
    t.match(await doctor({ ...none, TOCSIN_PUBLIC_URL: 'ws://192.0.2.1' }), {
      code: 1,
      out: /failure +tls: the public address is not encrypted/,
    })
  },
)

const fromOutside = Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal))

t.test(
  'Numbers that somebody forwards to the outside are noticed',
  { skip: fromOutside ? false : 'this machine has no address but its own' },
  async (t) => {
    const numbers = createHttpServer()
    const port = await listening(numbers, '0.0.0.0')
    const ask = (): Promise<Ran> => doctor({ TOCSIN_DATA: inFolder('none'), TOCSIN_METRICS_PORT: `${port}` })
    t.match(await ask(), { code: 1, out: /failure +metrics: something answers on their port from outside/ })
    numbers.close()
    t.match(await ask(), { code: 0, out: /ok +metrics: cannot be reached from outside/ })
  },
)

t.test(
  'A clock that differs is seen at the public address: seconds are noted, a minute is a fault',
  async (t) => {
    const server = createHttpServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end()
    })
    t.teardown(() => server.close())
    const url = `ws://127.0.0.1:${await listening(server)}`

    const { code, out } = await doctor({ TOCSIN_DATA: inFolder('none'), TOCSIN_PUBLIC_URL: url })

    t.equal(code, 1)
    t.match(out, /failure +clock: differs from the public address's by (3599|3600|3601) seconds/)
    t.match(out, /failure +relay: no relay greets/)
    const verdicts = [0, 4, -4, 6, -60, 61, -61].map((seconds) => clockFinding("one's", seconds).verdict)
    t.strictSame(verdicts, ['ok', 'ok', 'ok', 'warning', 'warning', 'failure', 'failure'])
  },
)

/** A database whose own function stands before the server's. */
const thatSaysOfItself = async (settings: Readonly<Record<string, string>>): Promise<string> => {
  const url = await newDatabase()
  const sql = postgres(url, { max: 1 })
  const cases = Object.entries(settings).map(([name, value]) => `when '${name}' then '${value}'`)
  await sql.unsafe(`create function public.current_setting(text) returns text language sql as
    $$ select case $1 ${cases.join(' ')} else pg_catalog.current_setting($1) end $$`)
  await sql.unsafe(`alter database ${new URL(url).pathname.slice(1)} set search_path = public, pg_catalog`)
  await sql.end()
  return url
}

t.test(
  'The database: whether it answers, keeps what it acknowledges, and how old its schema is',
  async (t) => {
    const bare = await doctor({ DATABASE_URL: await newDatabase() })
    t.match(bare, { out: /warning +schema: \d+ migrations wait: start the relay/ })
    t.match(bare.out, /failure +durability: .*fsync, .*full_page_writes is off/, 'as the tests have it')
    const relay = await startRelay()
    const env = { DATABASE_URL: relay.databaseUrl }
    t.match(await doctor(env), { out: /ok +schema: is up to date\n/ })
    const realNow = Date.now
    Date.now = () => realNow() + 3_600_000
    const early = await doctor(env)
    Date.now = realNow
    t.match(early.out, /failure +clock: differs from the database's by (3599|3600|3601) seconds/)
    await relay.sql`update relay set moved = true`
    t.match(await doctor(env), { code: 1, out: /failure +schema: Everything in this database was moved/ })
    await relay.sql`update drizzle.__drizzle_migrations set created_at = created_at + 1`
    t.match(await doctor(env), { code: 1, out: /failure +schema: .*newer version/ })
    await relay.close()
    const old = await doctor({
      DATABASE_URL: await thatSaysOfItself({ server_version_num: '140009', server_encoding: 'LATIN1' }),
    })
    t.match(old, { code: 1, out: /failure +database: Postgres 14 is too old/ })
    t.match(old.out, /warning +database: its encoding is LATIN1/)

    const programs = installedPrograms()
    const own = await newDurablePostgres({}, { ...(programs && { programs }) })
    t.teardown(own.remove)
    const well = await doctor({ DATABASE_URL: own.url })
    t.match(well, { code: 0, out: /ok +database: answers: Postgres \d+\n/ })
    t.match(well.out, /ok +durability: fsync, synchronous_commit, full_page_writes are on\n/)
    t.match(well.out, /ok +clock: agrees with the database's\n/)
    const nowhere = new URL(own.url)
    nowhere.password = 'secret'
    nowhere.pathname = '/nowhere'
    const lost = await doctor({ DATABASE_URL: nowhere.href })
    t.match(lost, { code: 1, out: /failure +database: .*3D000.*there is no database of that name/ })
    await own.stop()
    const away = await doctor({ DATABASE_URL: nowhere.href })
    t.match(away, { code: 1, out: /failure +database: .*ECONNREFUSED.*nothing listens there/ })
    t.notMatch(lost.out + lost.err + away.out + away.err, /secret/)
  },
)

t.test('The machine: disk, permissions, files that may be open, versions', async (t) => {
  const secret = inFolder('url')
  writeFileSync(secret, 'postgres://relay@127.0.0.1:1/tocsin\n', { mode: 0o600 })
  const closed = await doctor({ DATABASE_URL_FILE: secret })
  t.match(closed.out, new RegExp(`ok +permissions: ${secret} is closed to others`))
  t.match(closed.out, /(ok|warning|failure) +disk: [\d.]+ .iB of [\d.]+ .iB free/)
  chmodSync(secret, 0o644)
  t.match(
    (await doctor({ DATABASE_URL_FILE: secret })).out,
    /warning +permissions: .* \(mode 644\): chmod o= /,
  )

  const data = inFolder('data')
  mkdirSync(join(data, 'postgres'), { recursive: true })
  chmodSync(join(data, 'postgres'), 0o750)
  const open = await doctor({
    TOCSIN_DATA: data,
    TOCSIN_DISK: inFolder('gone'),
    TOCSIN_MAX_CONNECTIONS: '1000000',
  })
  t.match(open, { code: 1, out: /failure +permissions: .* \(mode 750\): chmod go= / })
  t.match(open.out, /ok +database: No relay has run on .* yet/)
  t.match(open.out, /warning +disk: .*gone cannot be looked at/)
  t.match(open.out, /warning +address: TOCSIN_PUBLIC_URL is not set/)
  t.match(open.out, /(warning +open files: only \d+ may be open|ok +open files: \d{7,})/)
  const unwatched = await runHere({ DATABASE_URL: 'postgres://relay@127.0.0.1:1/tocsin' }, 'doctor')
  t.match(unwatched.out, /warning +disk: is not watched, since the database is elsewhere/)
  t.strictSame(
    ['18.20.0', '20.18.9', '20.19.0', '22.0.0'].map((version) => nodeFinding(version).verdict),
    ['failure', 'failure', 'ok', 'ok'],
  )
  t.strictSame(
    [1349, 1350].map((limit) => openFilesFinding(limit, 1000).verdict),
    ['warning', 'ok'],
  )
})
