/**
 * What a relay does by the calendar: it reads its row again every ten seconds, settles days, and every hour, and whenever a day was
 * settled, erases what has ended, in small steps. Several relays on one database may do it at once. Not here: which day is believed
 * (settling.ts), what ends (store/expiry.ts, store/keys.ts).
 */
import type { Day } from '../shared/protocol/ids.ts'
import type { Log } from './log.ts'
import type { Admission, Clock } from './relay/ports.ts'
import { dayOf } from './relay/relay.ts'
import { type Doubt, settle } from './settling.ts'
import type { Database } from './store/database.ts'
import { expireSome, makeDays, redateSome } from './store/expiry.ts'
import { createForgetting } from './store/forget.ts'
import { type Keeper, type RelayRow, readRelayRow, rotateAdmission, settleDay } from './store/keys.ts'

export type Housekeeping = {
  readonly admission: () => Admission
  /** The operator's switch: whether logs may be created. */
  readonly creation: () => boolean
  /** The given clock, but on the settled day where it would be before it: time does not go back. */
  readonly clock: Clock
  /** Reads the row again, now. Never rejects. */
  readonly refresh: () => Promise<void>
  /** Everything there is to do, now. Never rejects. */
  readonly round: () => Promise<void>
  readonly stop: () => Promise<void>
}

export type HousekeepingDeps = {
  readonly keeper: Keeper
  readonly database: Pick<Database, 'sql' | 'renew'>
  readonly clock: Clock
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: Clock
  readonly log: Log
}

const REFRESH_MS = 10_000
/** Milliseconds after which a server that does not answer has gone, whatever the connection says. */
const SILENCE_MS = 30_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Milliseconds between two steps, for everybody else. */
const STEP_PAUSE_MS = 10

export const startHousekeeping = (deps: HousekeepingDeps, first: RelayRow): Housekeeping => {
  const { keeper } = deps
  const { sql, renew } = deps.database
  const forget = createForgetting(sql, deps.steady)
  let row = first
  let doubt: Doubt
  let sweptAt = Number.NEGATIVE_INFINITY
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  const clock = (): number => {
    const now = deps.clock()
    return dayOf(now) < row.settledDay ? row.settledDay * DAY_MS + (now % DAY_MS) : now
  }
  const read = async (): Promise<void> => {
    const silence = setTimeout(renew, SILENCE_MS)
    row = (await readRelayRow(keeper.db).finally(() => clearTimeout(silence))) ?? row
  }
  /** True when the clock changed its standing: a day was settled, or it came back from far ahead. */
  const settleNow = async (): Promise<boolean> => {
    const wasAhead = doubt !== undefined
    const next = settle(doubt, row.settledDay, { clock: deps.clock(), steady: deps.steady() })
    if (next.settled !== undefined) await settleDay(keeper.db, next.settled)
    doubt = next.doubt
    return next.settled !== undefined || (wasAhead && doubt === undefined)
  }
  const repeated = async (step: () => Promise<boolean>): Promise<number> => {
    let steps = 0
    while (!stopped && (await step())) {
      steps += 1
      await pause(STEP_PAUSE_MS)
    }
    return steps
  }
  /** Nothing is erased by a day that is not settled, nor dated anew while the clock may yet be right. */
  const sweep = async (): Promise<void> => {
    const day = row.settledDay as Day
    await rotateAdmission(keeper, row, day)
    const redated = doubt ? 0 : await repeated(() => redateSome(sql, dayOf(clock())))
    const steps = await repeated(() => expireSome(sql, day))
    await makeDays(sql, day)
    await read()
    sweptAt = deps.steady()
    deps.log.debug('swept', { steps, redated })
  }
  const tick = async (isWhole: boolean): Promise<void> => {
    await read()
    const changed = await settleNow()
    if (changed) await read()
    if (isWhole || changed || deps.steady() - sweptAt >= HOUR_MS) await sweep()
  }
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    running = running.then(work).catch((error) => deps.log.error('the sweep failed', error))
    return running
  }
  const timer = setInterval(() => void inTurn(() => tick(false)).then(() => inTurn(forget)), REFRESH_MS)
  timer.unref()
  return {
    admission: () => ({ current: row.admission, previous: row.previousAdmission }),
    creation: () => row.creation,
    clock,
    refresh: () => inTurn(read),
    round: () => inTurn(() => tick(true)),
    stop: () => {
      stopped = true
      clearInterval(timer)
      return running
    },
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
