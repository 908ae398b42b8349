/**
 * The environment, read once and checked. Every fault is named at once, in sentences for the person who starts a relay.
 * Nothing else in the house reads process.env.
 */
import * as v from 'valibot'
import { err, ok, type Result } from '../shared/base/result.ts'
import { isRelayUrl } from '../shared/protocol/relayAddress.ts'
import { LOG_LEVELS } from './log.ts'

const wholeNumber = (max: number, sentence: string) =>
  v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]*)$/, sentence), v.transform(Number), v.maxValue(max, sentence))

const settings = {
  TOCSIN_HOST: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9.:-]{1,253}$/, 'TOCSIN_HOST must be an address or a host name to listen on.'),
    ),
    '127.0.0.1',
  ),
  TOCSIN_PORT: v.optional(
    wholeNumber(65_535, 'TOCSIN_PORT must be a port from 1 to 65535, or 0 for any free one.'),
    '8787',
  ),
  TOCSIN_DATA: v.optional(
    v.pipe(v.string(), v.regex(/^[^\0\n\r]{1,1000}$/, 'TOCSIN_DATA must be the name of a folder.')),
    './data',
  ),
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
  TOCSIN_MAX_CONNECTIONS: v.optional(
    v.pipe(
      wholeNumber(1_000_000, 'TOCSIN_MAX_CONNECTIONS must be a number from 1 to 1000000.'),
      v.minValue(1, 'TOCSIN_MAX_CONNECTIONS must be a number from 1 to 1000000.'),
    ),
    '20000',
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
}

const environment = v.object(settings)

/** An empty variable counts as one that is not set, as in a compose file. */
export type Environment = Readonly<Record<string, string | undefined>>

export type Config = {
  readonly host: string
  readonly port: number
  readonly dataFolder: string
  /** Without it, the embedded database is used. */
  readonly databaseUrl: string | undefined
  /** Where clients reach this relay; without it, the address it listens on. */
  readonly publicUrl: string | undefined
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly maxConnections: number
}

/** Settings of the command line, which may be set in the same shell. */
const OF_THE_CLIENT = ['TOCSIN_HOME', 'TOCSIN_PASSPHRASE_FILE', 'TOCSIN_DEBUG']

/** The error is every fault, one sentence each. Values are not repeated: a database URL holds a password. */
export const readConfig = (env: Environment): Result<Config, readonly string[]> => {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const unknown = Object.keys(given).filter(
    (name) => name.startsWith('TOCSIN_') && !Object.hasOwn(settings, name) && !OF_THE_CLIENT.includes(name),
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
  return ok(configOf(parsed.output))
}

const configOf = (env: v.InferOutput<typeof environment>): Config => ({
  host: env.TOCSIN_HOST,
  port: env.TOCSIN_PORT,
  dataFolder: env.TOCSIN_DATA,
  databaseUrl: env.DATABASE_URL,
  publicUrl: env.TOCSIN_PUBLIC_URL,
  logLevel: env.TOCSIN_LOG_LEVEL,
  maxConnections: env.TOCSIN_MAX_CONNECTIONS,
})

function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1
}

/** A name from the environment may hold anything; a terminal should not. */
const printable = (name: string): string => name.replace(/[^A-Z0-9_a-z]/g, '?').slice(0, 60)
