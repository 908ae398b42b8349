/**
 * Whether the machine has enough left for new logs, looked at every few seconds and never per request: disk, memory,
 * load. What is short is not said to anybody but the operator. Not here: what is refused then (server/relay).
 */
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Supplies } from '../relay/creation.ts'

/** Bytes of a file system, or of what the database may take. */
export type Space = { readonly free: number; readonly total: number }

export type Readings = {
  readonly spaces: readonly Space[]
  /** Bytes that this process could still have. */
  readonly memory: number
  /** Milliseconds by which half of all timers were late. */
  readonly lateMs: number
  /** Appends that wait to be written. */
  readonly waiting: number
}

const GIB = 1 << 30
const MIB = 1 << 20

/**
 * No new logs below a tenth of a disk, or a gibibyte of a large one; no appends below what the database needs to go on: a few
 * segments of its log, 16 MiB each, without which it ends in the middle of a commit.
 */
const ROOM = { share: 0.1, least: 96 * MIB, most: GIB }
const LAST_ROOM = { share: 0.01, least: 48 * MIB, most: 128 * MIB }
const MEMORY = 48 * MIB
const LATE_MS = 250
const WAITING = 5000

const isBelow = ({ free, total }: Space, { share, least, most }: typeof ROOM): boolean =>
  free < Math.min(Math.max(share * total, least), most)

/** What is missing for a new log. */
export const shortOf = ({ spaces, memory, lateMs, waiting }: Readings): readonly Shortage[] => [
  ...(spaces.some((space) => isBelow(space, ROOM)) ? (['disk'] as const) : []),
  ...(memory < MEMORY ? (['memory'] as const) : []),
  ...(lateMs > LATE_MS || waiting > WAITING ? (['time'] as const) : []),
]

export type Shortage = 'disk' | 'memory' | 'time'

/** The disk is all but full. */
export const isFull = ({ spaces }: Readings): boolean => spaces.some((space) => isBelow(space, LAST_ROOM))

export type Lookout = Supplies & {
  /** What is short, for whoever runs the relay. */
  readonly shortOf: () => readonly Shortage[]
  /** Looks now instead of within seconds. */
  readonly look: () => Promise<void>
  readonly stop: () => void
}

export type Machine = { readonly read: () => Promise<Readings>; readonly stop: () => void }

export type LookoutDeps = {
  readonly machine: Machine
  /** The operator's switch. */
  readonly isCreationOn: () => boolean
  /** Called when what is short has changed. */
  readonly changed: (short: readonly Shortage[]) => void
}

const LOOK_MS = 2000

/** What could not be read is as it was. */
export const startLookout = ({ machine, isCreationOn, changed }: LookoutDeps): Lookout => {
  let short: readonly Shortage[] = []
  let full = false
  const look = async (): Promise<void> => {
    const readings = await machine.read().catch(() => undefined)
    if (readings === undefined) return
    const now = shortOf(readings)
    full = isFull(readings)
    if (now.join() === short.join()) return
    short = now
    changed(short)
  }
  const timer = setInterval(() => void look(), LOOK_MS).unref()
  return {
    mayCreate: () => short.length === 0 && isCreationOn(),
    mayAppend: () => !full,
    shortOf: () => short,
    look,
    stop: () => {
      clearInterval(timer)
      machine.stop()
    },
  }
}

export type MachineDeps = {
  /** A folder on the disk that fills up; undefined when it is another machine's. */
  readonly disk: string | undefined
  readonly database: DatabaseSpace | undefined
  readonly waiting: () => number
}

/** What the database may take, and what it takes: a question that it has to look at all its files for. */
type DatabaseSpace = { readonly maxBytes: number; readonly bytes: () => Promise<number> }

const DATABASE_EVERY = 30

/** The readings of this machine, from now on. */
export const watchMachine = ({ disk, database, waiting }: MachineDeps): Machine => {
  const delay = monitorEventLoopDelay({ resolution: DELAY_MS })
  delay.enable()
  let used = 0
  let looks = 0
  const read = async (): Promise<Readings> => {
    const lateMs = delay.percentile(50) / 1e6 - DELAY_MS
    delay.reset()
    if (database && looks++ % DATABASE_EVERY === 0) used = await database.bytes()
    const spaces = [
      ...(disk === undefined ? [] : [await diskSpace(disk)]),
      ...(database ? [{ free: database.maxBytes - used, total: database.maxBytes }] : []),
    ]
    return { spaces, memory: freeMemory(), lateMs, waiting: waiting() }
  }
  return { read, stop: () => delay.disable() }
}

const DELAY_MS = 50

const diskSpace = async (folder: string): Promise<Space> => {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** In a container, what its limit leaves: of the whole machine there may be more. */
const freeMemory = (): number => {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return Math.min(limit - process.memoryUsage.rss(), freemem())
}
