/** The help pages. The overview lists every command; a command's page is made from what it says about itself. */
import type { Operation, Option } from './operation.ts'
import { ENTRIES, type Entry } from './registry.ts'

export const GLOBAL_OPTIONS: Readonly<Record<string, Option>> = {
  help: { type: 'boolean', short: 'h', help: 'this page' },
}

/** Every setting and its line; config.ts checks them. */
const SETTINGS: readonly (readonly [name: string, help: string])[] = [
  ['TOCSIN_HOST, TOCSIN_PORT', 'where to listen (127.0.0.1, 8787)'],
  ['TOCSIN_PUBLIC_URL', 'the wss:// address that clients use, if a proxy stands in front'],
  ['TOCSIN_DATA', 'the folder of the embedded database (./data)'],
  ['DATABASE_URL', 'postgres://...: use that server instead'],
  ['DATABASE_URL_FILE', 'the same, as a file with one line'],
  ['TOCSIN_DATABASE_PASSWORD_FILE', 'a file with the password that DATABASE_URL leaves out'],
  ['TOCSIN_MAX_CONNECTIONS', 'open connections (20000)'],
  ['TOCSIN_HOSTS', 'more names by which it may be called'],
  ['TOCSIN_ORIGINS', 'pages that may connect, if not all that came over TLS'],
  ['TOCSIN_TRUSTED_PROXY', 'loopback, private or addresses: whose X-Forwarded-For counts'],
  ['TOCSIN_ONION_PORT', 'where tor hands in what comes over the onion service'],
  ['TOCSIN_DISK', 'a folder on the disk of the database, if it is another one'],
  ['TOCSIN_MAX_BYTES', 'what the database may take before no more logs are made'],
  ['TOCSIN_WEB', 'off: no web client at /, only a page that says what this is (on)'],
  ['TOCSIN_GRACE_SECONDS', 'what is under way has this long at the end (10)'],
  ['TOCSIN_METRICS_PORT', 'numbers for Prometheus on loopback; off if not set'],
  ['TOCSIN_METRICS_HOST', 'which loopback address (127.0.0.1)'],
  ['TOCSIN_LOG_LEVEL', 'trace, debug, info, warn, error, fatal or silent (info)'],
]

export const overview = (): readonly string[] => [
  'Tocsin relay: keeps sealed logs in order for committees and cannot read them.',
  '',
  'Usage: npx tocsin-relay [COMMAND] [OPTIONS]',
  '',
  ...ENTRIES.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`),
  '',
  'Every command explains itself: npx tocsin-relay COMMAND --help',
  '',
  'Settings, all from the environment; an unknown one is refused',
  ...SETTINGS.map(([name, help]) => `  ${name.padEnd(32)}${help}`),
  '',
  'Exit codes',
  '  0 done, or ended when asked to   1 refused or failed, a sentence says why   2 wrong words or settings',
]

export const helpFor = ({ name, summary }: Entry, operation: Operation): readonly string[] => [
  `npx tocsin-relay ${[name, operation.usage].filter((part) => part !== '').join(' ')}`,
  '',
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
  ...(operation.about.length > 0 ? ['', ...operation.about] : []),
  '',
  'Options',
  ...Object.entries({ ...operation.options, ...GLOBAL_OPTIONS }).map(optionLine),
  '',
  'For example',
  `  ${operation.example}`,
]

const optionLine = ([name, { short, help }]: [string, Option]): string =>
  `  ${`${short ? `-${short}, ` : ''}--${name}`.padEnd(18)}${help}`
