/** The help pages. The overview lists every command; a command's page is made from what it says about itself. */
import { readFileSync } from 'node:fs'
import type { Command, Option } from './command.ts'
import type { Entry } from './entry.ts'
import { FAMILIES } from './registry.ts'

const packageJson: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
export const VERSION: string =
  typeof packageJson === 'object' && packageJson && 'version' in packageJson
    ? String(packageJson.version)
    : 'unknown'

export const GLOBAL_OPTIONS: Readonly<Record<string, Option>> = {
  home: { type: 'string', value: 'FOLDER', help: 'the locked folder (or TOCSIN_HOME; ~/.tocsin)' },
  committee: { type: 'string', value: 'NAME', help: 'which committee, if you are in several' },
  json: { type: 'boolean', help: 'answer in JSON, for scripts' },
  help: { type: 'boolean', short: 'h', help: 'this page' },
}

export const overview = (): readonly string[] => [
  'Tocsin: a committee talks, decides and raises the alarm over a relay that knows nothing.',
  '',
  'Usage: npx tocsin COMMAND [OPTIONS]',
  ...FAMILIES.flatMap(({ title, entries }) => [
    '',
    title,
    ...entries.map(({ name, summary }) => `  ${name.padEnd(19)}${summary}`),
  ]),
  '',
  'Every command explains itself: npx tocsin COMMAND --help',
  'Begin with `npx tocsin init`, then `found` or `join`.',
  '',
  'Environment',
  '  TOCSIN_HOME             the locked folder, ~/.tocsin if not set',
  '  TOCSIN_PASSPHRASE_FILE  a file with the passphrase, for scripts; asked for if not set',
  '  TOCSIN_DEBUG=1          says where Tocsin itself went wrong',
  '',
  'Exit codes',
  '  0 done   1 refused, a sentence says why   2 wrong usage',
  '  3 the relay could not be reached: what you said is kept and will be sent,',
  '    what you see may be old   4 the relay was caught lying',
]

export const helpFor = ({ name, summary }: Entry, command: Command): readonly string[] => [
  `npx tocsin ${[name, command.usage].filter((part) => part !== '').join(' ')}`,
  '',
  sentence(summary),
  ...(command.about.length > 0 ? ['', ...command.about] : []),
  '',
  'Options',
  ...Object.entries({ ...command.options, ...GLOBAL_OPTIONS }).map(optionLine),
  ...(command.examples ? ['', 'For example', ...command.examples.map((line) => `  npx tocsin ${line}`)] : []),
]

const sentence = (summary: string): string =>
  `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${/[.?!]$/.test(summary) ? '' : '.'}`

const optionLine = ([name, { short, value, help }]: [string, Option]): string => {
  const label = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
  return label.length < 24 ? `  ${label.padEnd(24)}${help}` : `  ${label}\n${' '.repeat(26)}${help}`
}
