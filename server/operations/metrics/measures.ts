/**
 * Which numbers are shown, and where each comes from. Everything here is about the whole relay; what the database has to be
 * asked for is asked at most once a minute, however often somebody looks. Not here: their text (text.ts).
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Day } from '../../../shared/protocol/ids.ts'
import type { Totals } from '../../relay/relay.ts'
import type { Stats } from '../../store/stats.ts'
import type { StoreMeter } from './storeMeter.ts'
import type { Metric } from './text.ts'

export type MeasureDeps = {
  readonly totals: () => Totals
  readonly meter: StoreMeter
  readonly stats: () => Promise<Stats>
  /** Bytes free where the data is; undefined when that is another machine's. */
  readonly freeBytes: () => Promise<number | undefined>
  readonly today: () => Day
  /** Milliseconds that never go back. */
  readonly now: () => number
  readonly version: string
}

export type Measures = {
  readonly read: () => Promise<readonly Metric[]>
  readonly stop: () => void
}

/** Milliseconds for which what the database said is good. */
const STATS_MS = 60_000
const DELAY_RESOLUTION_MS = 20

export const createMeasures = (deps: MeasureDeps): Measures => {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  delay.enable()
  let stats: Promise<Stats | undefined> = Promise.resolve(undefined)
  let askedAt = Number.NEGATIVE_INFINITY

  const freshStats = (): Promise<Stats | undefined> => {
    if (deps.now() - askedAt < STATS_MS) return stats
    askedAt = deps.now()
    stats = deps.stats().catch(() => undefined)
    return stats
  }
  const read = async (): Promise<readonly Metric[]> => {
    const [known, free] = await Promise.all([freshStats(), deps.freeBytes().catch(() => undefined)])
    return [
      ...relayMetrics(deps.totals()),
      ...storeMetrics(deps.meter),
      ...(known ? storedMetrics(known, deps.today()) : []),
      ...(free === undefined ? [] : [gauge('disk_free_bytes', 'Bytes free where the data is.', free)]),
      ...processMetrics(delay, deps.version),
    ]
  }
  return { read, stop: () => delay.disable() }
}

const gauge = (name: string, help: string, value: number): Metric => ({
  name: `tocsin_${name}`,
  help,
  type: 'gauge',
  value,
})

const counter = (name: string, help: string, value: number): Metric => ({
  name: `tocsin_${name}_total`,
  help,
  type: 'counter',
  value,
})

const relayMetrics = (totals: Totals): readonly Metric[] => [
  gauge('up', '1 while the relay serves.', 1),
  gauge('connections', 'Open connections.', totals.connections),
  gauge('watched_logs', 'Logs that somebody watches.', totals.watchedLogs),
  gauge('appends_waiting', 'Appends on their way to the database.', totals.waiting),
  counter('appends', 'Appends that were acknowledged.', totals.appended),
  counter('deliveries', 'Entries handed to watchers.', totals.delivered),
  counter('frames', 'Frames received.', totals.frames),
  counter('received_bytes', 'Bytes of frames received.', totals.receivedBytes),
  counter('sent_bytes', 'Bytes of frames sent.', totals.sentBytes),
  {
    name: 'tocsin_refused_total',
    help: 'Requests refused, by kind; away: slow, because the database could not be asked.',
    type: 'counter',
    kinds: totals.refused,
  },
]

const storeMetrics = (meter: StoreMeter): readonly Metric[] => [
  gauge('store_away', '1 while the database cannot be asked.', meter.isAway() ? 1 : 0),
  {
    name: 'tocsin_batch_entries',
    help: 'Appends in one commit.',
    type: 'histogram',
    counted: meter.batchEntries.read(),
  },
  {
    name: 'tocsin_commit_seconds',
    help: 'Seconds that a commit took.',
    type: 'histogram',
    counted: meter.commitSeconds.read(),
  },
]

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const storedMetrics = (stats: Stats, today: Day): readonly Metric[] => [
  gauge('logs', 'Logs.', sum(stats.classes.map(({ logs }) => logs))),
  gauge('entries', 'Entries, expired ones too.', sum(stats.classes.map(({ entries }) => entries))),
  gauge(
    'blob_bytes',
    'Bytes on disk of blobs that have not expired.',
    sum(stats.days.map(({ bytes }) => bytes)),
  ),
  gauge('database_bytes', 'Bytes on disk of the whole database.', stats.databaseBytes),
  gauge('creation', '1 while the switch lets logs be created.', stats.creation ? 1 : 0),
  gauge(
    'settled_day_lag',
    'Days by which erasing is behind the calendar.',
    stats.settledDay === undefined ? 0 : today - stats.settledDay,
  ),
]

/** The delay is of the time since somebody looked last. */
const processMetrics = (delay: IntervalHistogram, version: string): readonly Metric[] => {
  const late = Math.max(0, delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS) / 1000
  delay.reset()
  return [
    gauge('event_loop_delay_seconds', 'How late the slowest hundredth of timers was.', late),
    gauge('resident_bytes', 'Memory of this process.', process.memoryUsage.rss()),
    { name: 'tocsin_version', help: 'Which release this is.', type: 'gauge', kinds: { [version]: 1 } },
  ]
}
