/** The environment: a complete configuration, or every fault at once in sentences that repeat no value; secrets from files. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { readConfig } from '../../../server/config.ts'
import { NO_EDGE } from '../../../server/guard/guard.ts'
import { type ReadSecret, readSecretFile } from '../../../server/secrets.ts'
import { err, ok } from '../../../shared/base/result.ts'

const RUNS = 12_000

const GOOD: Readonly<Record<string, readonly string[]>> = {
  TOCSIN_HOST: ['127.0.0.1', '::1', 'relay.example.org', '0.0.0.0'],
  TOCSIN_PORT: ['0', '8787', '65535'],
  TOCSIN_DATA: ['./data', '/var/lib/tocsin', 'a folder'],
  TOCSIN_PUBLIC_URL: ['wss://relay.example.org', 'ws://127.0.0.1:8787', 'wss://example.org/relay'],
  TOCSIN_LOG_LEVEL: ['info', 'silent', 'trace'],
  TOCSIN_MAX_CONNECTIONS: ['1', '20000'],
  TOCSIN_ONION_PORT: ['0', '8788'],
  TOCSIN_TRUSTED_PROXY: ['loopback', 'private', '10.0.0.0/8, ::1', 'fd00::/8', '192.0.2.7'],
  TOCSIN_HOSTS: ['relay.example.org', 'relay, relay.example.org', 'xn--bcher-kva.example'],
  TOCSIN_ORIGINS: ['https://app.example.org', 'tauri://localhost, http://127.0.0.1:5173'],
  TOCSIN_DISK: ['/var/lib/postgresql', '.'],
  TOCSIN_MAX_BYTES: ['1048576', '10737418240'],
  TOCSIN_WEB: ['on', 'off'],
  TOCSIN_GRACE_SECONDS: ['0', '10', '300'],
  TOCSIN_METRICS_PORT: ['0', '9464'],
  TOCSIN_METRICS_HOST: ['127.0.0.1', '127.0.0.2', '::1', 'localhost'],
  DATABASE_URL: ['postgres://relay:secret@db/tocsin', 'postgresql://localhost/tocsin'],
  DATABASE_URL_FILE: ['url', 'bare'],
  TOCSIN_DATABASE_PASSWORD_FILE: ['password'],
}
const BAD: Readonly<Record<string, readonly string[]>> = {
  TOCSIN_HOST: ['a b', '127.0.0.1/8', '\u0000'],
  TOCSIN_PORT: ['-1', '65536', '08787', '8787 ', '1e3', 'NaN', '٣'],
  TOCSIN_DATA: ['a\nb', '\u0000'],
  TOCSIN_PUBLIC_URL: [
    'https://example.org',
    'wss://',
    'wss://a@b',
    'wss://example.org#x',
    'wss://example.org:99999',
    'WSS://EXAMPLE.ORG',
  ],
  TOCSIN_LOG_LEVEL: ['loud', 'INFO', '__proto__'],
  TOCSIN_MAX_CONNECTIONS: ['0', '-1', '1000001', 'many'],
  TOCSIN_ONION_PORT: ['-1', '65536'],
  TOCSIN_TRUSTED_PROXY: [
    'all',
    '0.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'fe80::1%eth0',
    'localhost',
    ',',
    '::/129',
  ],
  TOCSIN_HOSTS: ['Relay', 'https://relay', 'relay:8787', '*', 'a b', ','],
  TOCSIN_ORIGINS: ['null', '*', 'https://relay/', 'relay', 'https://a b', 'HTTPS://relay'],
  TOCSIN_DISK: ['a\nb', '\u0000'],
  TOCSIN_MAX_BYTES: ['0', '1GB', '1048575'],
  TOCSIN_WEB: ['no', 'OFF', '1'],
  TOCSIN_GRACE_SECONDS: ['-1', '301', '10s', '1.5'],
  TOCSIN_METRICS_PORT: ['-1', '65536', 'on'],
  TOCSIN_METRICS_HOST: ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.org', 'relay'],
  DATABASE_URL: ['mysql://secret@db/x', 'postgres://', 'secret', 'postgres://[bad/x'],
  DATABASE_URL_FILE: ['\u0000', 'a\nb'],
  TOCSIN_DATABASE_PASSWORD_FILE: ['a\rb'],
}
const KNOWN = Object.keys(GOOD)

const FILES: Readonly<Record<string, string>> = {
  url: 'postgres://relay:secret@db/tocsin',
  bare: 'postgres://relay@db/tocsin',
  password: 'secret',
}
const read: ReadSecret = (path) => {
  const line = FILES[path]
  return line === undefined ? err('names a file that is not there.') : ok(line)
}

type Env = Readonly<Record<string, string>>

const isSet = (env: Env, name: string): boolean => (env[name] ?? '') !== ''

/** Settings that do not go together are looked at once each of them is right for itself. */
const faultOfSecrets = (env: Env): string | undefined => {
  if (isSet(env, 'DATABASE_URL_FILE') && isSet(env, 'DATABASE_URL')) return 'DATABASE_URL_FILE'
  if (!isSet(env, 'TOCSIN_DATABASE_PASSWORD_FILE')) return undefined
  const url = isSet(env, 'DATABASE_URL_FILE') ? FILES[env.DATABASE_URL_FILE ?? ''] : env.DATABASE_URL
  return (url ?? '') === '' || url?.includes('secret') ? 'TOCSIN_DATABASE_PASSWORD_FILE' : undefined
}

const faultsOf = (env: Env): readonly string[] => {
  const alone = Object.keys(env).filter((name) => {
    if (env[name] === '') return false
    return KNOWN.includes(name) ? !GOOD[name]?.includes(env[name] ?? '') : name.startsWith('TOCSIN_')
  })
  const together = faultOfSecrets(env)
  return alone.length > 0 || together === undefined ? alone : [together]
}

t.test(
  `${RUNS} environments: a complete configuration, or every fault at once and no value repeated`,
  async (t) => {
    const setting = fc
      .constantFrom(...KNOWN)
      .chain((name) =>
        fc.tuple(
          fc.constant(name),
          fc.oneof(
            { weight: 3, arbitrary: fc.constantFrom(...(GOOD[name] ?? [])) },
            fc.constantFrom(...(BAD[name] ?? []), ''),
          ),
        ),
      )
    const stranger = fc
      .tuple(fc.stringMatching(/^[A-Z_]{0,12}$/), fc.string({ unit: 'binary' }))
      .map(([name, value]) => [`TOCSIN_${name}`, `${value}!`] as const)
    const foreign = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))
    const environment = fc.array(fc.oneof({ weight: 6, arbitrary: setting }, stranger, foreign), {
      maxLength: 9,
    })
    const outcomes = { taken: 0, refused: 0 }

    const isRight = (list: readonly (readonly [string, string])[]): boolean => {
      const env: Env = Object.fromEntries(list)
      const wrong = faultsOf(env)
      const config = readConfig(env, read)
      if (config.ok) {
        outcomes.taken += 1
        return wrong.length === 0 && Number.isInteger(config.value.port)
      }
      outcomes.refused += 1
      const isNamed = (name: string): boolean =>
        config.error.some((sentence) => sentence.startsWith(name.replace(/[^\w]/g, '?').slice(0, 60)))
      const isPlain = config.error.every(
        (sentence) => /^[ -~]+\.$/.test(sentence) && !sentence.includes('secret'),
      )
      return wrong.every(isNamed) && isPlain && config.error.length === wrong.length
    }
    fc.assert(fc.property(environment, isRight), { numRuns: RUNS })

    t.ok(outcomes.taken > 100 && outcomes.refused > 100, JSON.stringify(outcomes))
    t.strictSame(readConfig({}), {
      ok: true,
      value: {
        host: '127.0.0.1',
        port: 8787,
        dataFolder: './data',
        databaseUrl: undefined,
        publicUrl: undefined,
        logLevel: 'info',
        maxConnections: 20_000,
        onionPort: undefined,
        edge: NO_EDGE,
        disk: './data',
        maxBytes: undefined,
        isWebOn: true,
        graceSeconds: 10,
        metrics: undefined,
        secretFiles: [],
      },
    })
  },
)

t.test('A database URL and a password are read from files, whatever the password holds', async (t) => {
  const passwords = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\0\r\n]/.test(text))
  fc.assert(
    fc.property(passwords, (password) => {
      const config = readConfig(
        { DATABASE_URL_FILE: 'bare', TOCSIN_DATABASE_PASSWORD_FILE: 'password' },
        (path) => ok(path === 'password' ? password : (FILES[path] ?? '')),
      )
      return config.ok && decodeURIComponent(new URL(config.value.databaseUrl ?? '').password) === password
    }),
  )
  t.strictSame(
    [
      readConfig({ DATABASE_URL_FILE: 'nowhere' }, read),
      readConfig({ DATABASE_URL_FILE: 'password' }, read),
    ].map((config) => (config.ok ? 'taken' : config.error)),
    [
      ['DATABASE_URL_FILE names a file that is not there.'],
      [
        'DATABASE_URL_FILE names a file whose line must begin with postgres:// or postgresql:// and name a database.',
      ],
    ],
  )
})

t.test('A file with a secret is one short line; anything else is refused with a reason', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-secrets-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const written = (content: string | Uint8Array): string => {
    const path = join(folder, `${Math.random()}`)
    writeFileSync(path, content)
    return path
  }
  const folderAsFile = join(folder, 'folder')
  mkdirSync(folderAsFile)
  const locked = written('secret')
  chmodSync(locked, 0)

  for (const line of ['secret', 'secret\n', 'secret\r\n'])
    t.strictSame(readSecretFile(written(line)), ok('secret'))
  for (const bad of ['', '\n', 'a\nb', 'a\0b', 'secret\n\n', 'x'.repeat(5000)]) {
    const read = readSecretFile(written(bad))
    t.ok(
      !read.ok && /^(names|must).*\.$/.test(read.error) && !read.error.includes('secret'),
      JSON.stringify(bad.slice(0, 20)),
    )
  }
  t.match(readSecretFile(join(folder, 'nowhere')), { error: /not there/ })
  t.match(readSecretFile(folderAsFile), { error: /must name a file/ })
  if (process.getuid?.() !== 0) t.match(readSecretFile(locked), { error: /may not read/ })
})
