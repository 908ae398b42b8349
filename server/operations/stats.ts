/** How much there is, for whoever pays for the disk. */
import { readStats, type Stats } from '../store/stats.ts'
import { withRelay } from './database.ts'
import { type Space, spaceOf } from './disk.ts'
import type { Operation } from './operation.ts'

export const stats: Operation = {
  usage: '[--json]',
  about: [
    'Numbers about all logs together, and never about one. Entries are counted until their log dies, also those whose bytes',
    'have expired. Works while the relay runs and while it does not.',
  ],
  options: { json: { type: 'boolean', help: 'one line of JSON, for scripts' } },
  example: 'npx tocsin-relay stats',
  run: (context, { given }) =>
    withRelay(context, async ({ sql }) => {
      const found = await readStats(sql)
      const folder = context.config.disk
      const disk = folder === undefined ? undefined : await spaceOf(folder)
      context.say(given.has('json') ? JSON.stringify({ ...found, disk }) : statsText(found, disk).join('\n'))
      return 0
    }),
}

/** Bytes and entries of a log of each class, at most (L3). */
const CLASSES = ['1 MiB', '64 MiB', '256 MiB']

export const statsText = (stats: Stats, disk: Space | undefined): readonly string[] => [
  'Logs of at most           number     entries    ever appended',
  ...stats.classes.map(
    ({ cap, logs, entries, bytes }) =>
      `${(CLASSES[cap] ?? `class ${cap}`).padEnd(20)}${column(logs)}${column(entries)}${sizeText(bytes).padStart(17)}`,
  ),
  '',
  'Blobs served through     on disk',
  ...stats.days.map(({ day, bytes }) => `${dateOf(day)}${sizeText(bytes).padStart(22)}`),
  '',
  `Database on disk: ${sizeText(stats.databaseBytes)}`,
  ...(disk ? [`Free disk: ${sizeText(disk.free)} of ${sizeText(disk.total)}`] : []),
  `Erased: what ended before ${stats.settledDay === undefined ? 'nothing yet' : dateOf(stats.settledDay)}`,
  `New logs: ${stats.creation ? 'can be created' : 'switched off (npx tocsin-relay creation on)'}`,
]

const column = (count: number): string => String(count).padStart(12)

const DAY_MS = 86_400_000

export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export const sizeText = (bytes: number): string => {
  const step = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** step
  return `${step === 0 ? amount : amount.toFixed(1)} ${UNITS[step]}`
}
