/**
 * The environment, read once and checked. Every fault is named at once, in sentences for the person who starts a relay.
 * Nothing else in the house reads process.env. Not here: how a file with a secret is read (secrets.ts).
 */
import * as v from 'valibot'
import { err, ok, type Result } from '../shared/base/result.ts'
import { isRelayUrl } from '../shared/protocol/relayAddress.ts'
import type { EdgeSettings } from './guard/guard.ts'
import { edgeOf, guardSettings } from './guard/settings.ts'
import { LOG_LEVELS } from './log.ts'
import { type ReadSecret, readSecretFile } from './secrets.ts'

const number = (name: string, min: number, max: number, what = 'a number') => {
  const sentence = `${name} must be ${what} from ${min} to ${max}.`
  return v.pipe(
    v.string(),
    v.regex(/^(0|[1-9][0-9]{0,15})$/, sentence),
    v.transform(Number),
    v.minValue(min, sentence),
    v.maxValue(max, sentence),
  )
}

const port = (name: string) => number(name, 0, 65_535, 'a port (0 takes any free one)')

const path = (sentence: string) => v.pipe(v.string(), v.regex(/^[^\0\n\r]{1,1000}$/, sentence))

const settings = {
  TOCSIN_HOST: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9.:-]{1,253}$/, 'TOCSIN_HOST must be an address or a host name to listen on.'),
    ),
    '127.0.0.1',
  ),
  TOCSIN_PORT: v.optional(port('TOCSIN_PORT'), '8787'),
  TOCSIN_DATA: v.optional(path('TOCSIN_DATA must be the name of a folder.'), './data'),
  TOCSIN_PUBLIC_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(
        isRelayUrl,
        'TOCSIN_PUBLIC_URL must be the address that clients use, such as wss://relay.example.org.',
      ),
    ),
  ),
  TOCSIN_LOG_LEVEL: v.optional(
    v.picklist(LOG_LEVELS, `TOCSIN_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`),
    'info',
  ),
  TOCSIN_MAX_CONNECTIONS: v.optional(number('TOCSIN_MAX_CONNECTIONS', 1, 1_000_000), '20000'),
  TOCSIN_ONION_PORT: v.optional(port('TOCSIN_ONION_PORT')),
  ...guardSettings,
  TOCSIN_MAX_BYTES: v.optional(number('TOCSIN_MAX_BYTES', 1 << 20, 2 ** 50)),
  TOCSIN_WEB: v.optional(v.picklist(['on', 'off'], 'TOCSIN_WEB must be on or off.'), 'on'),
  TOCSIN_GRACE_SECONDS: v.optional(number('TOCSIN_GRACE_SECONDS', 0, 300), '10'),
  TOCSIN_METRICS_PORT: v.optional(port('TOCSIN_METRICS_PORT')),
  TOCSIN_METRICS_HOST: v.optional(
    v.pipe(
      v.string(),
      v.check(
        isLoopback,
        'TOCSIN_METRICS_HOST must be a loopback address, such as 127.0.0.1 or ::1: the numbers are for this machine only.',
      ),
    ),
    '127.0.0.1',
  ),
  TOCSIN_DATABASE_PASSWORD_FILE: v.optional(
    path('TOCSIN_DATABASE_PASSWORD_FILE must be the name of a file.'),
  ),
  DATABASE_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(
        isDatabaseUrl,
        'DATABASE_URL must begin with postgres:// or postgresql:// and name a database.',
      ),
    ),
  ),
  DATABASE_URL_FILE: v.optional(path('DATABASE_URL_FILE must be the name of a file.')),
}

const environment = v.object(settings)
type Parsed = v.InferOutput<typeof environment>

/** An empty variable counts as one that is not set, as in a compose file. */
export type Environment = Readonly<Record<string, string | undefined>>

export type Config = {
  readonly host: string
  readonly port: number
  readonly dataFolder: string
  /** With its password. Without it, the embedded database is used. */
  readonly databaseUrl: string | undefined
  /** Where clients reach this relay; without it, the address it listens on. */
  readonly publicUrl: string | undefined
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly maxConnections: number
  /** Where tor hands in what comes over the onion service. */
  readonly onionPort: number | undefined
  readonly edge: EdgeSettings
  /** A folder on the disk that the database fills, if that is one of this machine. */
  readonly disk: string | undefined
  /** What the database may take before no more logs are created. */
  readonly maxBytes: number | undefined
  /** The web client is served at `/`. */
  readonly isWebOn: boolean
  /** What is under way has this long when the relay is asked to end. */
  readonly graceSeconds: number
  /** Where the numbers are shown, always a loopback address; nowhere if undefined. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined
  /** Files that secrets were read from. */
  readonly secretFiles: readonly string[]
}

/** Settings of the command line and of the bell, which may be set in the same shell. */
const OF_THE_CLIENT = ['TOCSIN_HOME', 'TOCSIN_PASSPHRASE_FILE', 'TOCSIN_DEBUG']
const isOfOthers = (name: string): boolean => OF_THE_CLIENT.includes(name) || name.startsWith('TOCSIN_BELL_')

/** The error is every fault, one sentence each. Values are not repeated: a database URL holds a password. */
export const readConfig = (
  env: Environment,
  read: ReadSecret = readSecretFile,
): Result<Config, readonly string[]> => {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const unknown = Object.keys(given).filter(
    (name) => name.startsWith('TOCSIN_') && !Object.hasOwn(settings, name) && !isOfOthers(name),
  )
  const parsed = v.safeParse(environment, given)
  const faults = [
    ...(parsed.issues ?? []).map((issue) => issue.message),
    ...unknown.map(
      (name) =>
        `${printable(name)} is not a setting of the relay. It knows ${Object.keys(settings).join(', ')}.`,
    ),
  ]
  if (!parsed.success || faults.length > 0) return err([...new Set(faults)])
  const databaseUrl = databaseUrlOf(parsed.output, read)
  return databaseUrl.ok ? ok(configOf(parsed.output, databaseUrl.value)) : err([databaseUrl.error])
}

const databaseUrlOf = (env: Parsed, read: ReadSecret): Result<string | undefined, string> => {
  const url = env.DATABASE_URL_FILE === undefined ? ok(env.DATABASE_URL) : urlFromFile(env, read)
  const passwordFile = env.TOCSIN_DATABASE_PASSWORD_FILE
  if (!url.ok || passwordFile === undefined) return url
  if (url.value === undefined || new URL(url.value).password !== '')
    return err('TOCSIN_DATABASE_PASSWORD_FILE needs a DATABASE_URL beside it that has no password.')
  const password = read(passwordFile)
  return password.ok
    ? ok(withPassword(url.value, password.value))
    : err(`TOCSIN_DATABASE_PASSWORD_FILE ${password.error}`)
}

const urlFromFile = (env: Parsed, read: ReadSecret): Result<string, string> => {
  if (env.DATABASE_URL !== undefined)
    return err('DATABASE_URL_FILE is set, and DATABASE_URL too: take one of them away.')
  const line = read(env.DATABASE_URL_FILE ?? '')
  if (!line.ok) return err(`DATABASE_URL_FILE ${line.error}`)
  return isDatabaseUrl(line.value)
    ? line
    : err(
        'DATABASE_URL_FILE names a file whose line must begin with postgres:// or postgresql:// and name a database.',
      )
}

const withPassword = (text: string, password: string): string => {
  const url = new URL(text)
  url.password = encodeURIComponent(password)
  return url.href
}

const configOf = (env: Parsed, databaseUrl: string | undefined): Config => ({
  host: env.TOCSIN_HOST,
  port: env.TOCSIN_PORT,
  dataFolder: env.TOCSIN_DATA,
  databaseUrl,
  publicUrl: env.TOCSIN_PUBLIC_URL,
  logLevel: env.TOCSIN_LOG_LEVEL,
  maxConnections: env.TOCSIN_MAX_CONNECTIONS,
  onionPort: env.TOCSIN_ONION_PORT,
  edge: edgeOf(env, env.TOCSIN_PUBLIC_URL),
  disk: env.TOCSIN_DISK ?? (databaseUrl === undefined ? env.TOCSIN_DATA : undefined),
  maxBytes: env.TOCSIN_MAX_BYTES,
  isWebOn: env.TOCSIN_WEB === 'on',
  graceSeconds: env.TOCSIN_GRACE_SECONDS,
  metrics:
    env.TOCSIN_METRICS_PORT === undefined
      ? undefined
      : { host: env.TOCSIN_METRICS_HOST, port: env.TOCSIN_METRICS_PORT },
  secretFiles: [env.DATABASE_URL_FILE, env.TOCSIN_DATABASE_PASSWORD_FILE].filter(
    (file) => file !== undefined,
  ),
})

function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1
}

/** Addresses of this machine that nobody else can reach; a function, since the settings above use it. */
export function isLoopback(text: string): boolean {
  return /^(localhost|127(\.(0|[1-9][0-9]{0,2})){3}|::1)$/.test(text)
}

/** A name from the environment may hold anything; a terminal should not. */
const printable = (name: string): string => name.replace(/[^A-Z0-9_a-z]/g, '?').slice(0, 60)
