/**
 * Looking for deposits that are due (SPEC T3): at the next one's time, and every few seconds for those of other relays that have ended meanwhile.
 * All relays of a database look; the store sees to it that one releases. Not here: which time it is (releaseTime.ts).
 */
import type { Day, LogId } from '../../shared/protocol/ids.ts'
import type { Clock, Later, Moment, Store } from './ports.ts'
import { type ReleaseTime, releaseTimeAt, releaseTimeFrom } from './releaseTime.ts'

export type ReleasingDeps = {
  readonly store: Pick<Store, 'release' | 'restamp'>
  readonly clock: Clock
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: Clock
  readonly today: () => Day
  readonly later: Later
  readonly released: (grown: readonly LogId[]) => void
}

export type Releasing = {
  readonly now: () => Moment
  /** Looks now and from now on. Never rejects. */
  readonly start: () => Promise<void>
  /** One look, now. Never rejects. */
  readonly look: () => Promise<void>
  /** Something waits until `at`. */
  readonly expect: (at: number) => void
  readonly stop: () => Promise<void>
}

/** Milliseconds between looks, at most. */
const LOOK_MS = 10_000
/** Milliseconds until the next look where what was due came to nothing. */
const STUCK_MS = 1_000

export const createReleasing = (deps: ReleasingDeps): Releasing => {
  const { store, later, released } = deps
  let time: ReleaseTime | undefined
  let isRestamped = false
  let state: 'waiting' | 'running' | 'stopped' = 'waiting'
  let planned = Number.POSITIVE_INFINITY
  let looking: Promise<void> = Promise.resolve()

  const now = (): Moment => {
    const moment = { clock: deps.clock(), steady: deps.steady() }
    time = time ? releaseTimeAt(time, moment) : releaseTimeFrom(moment)
    return { at: time.at, today: deps.today() }
  }
  /** Again as long as something was due; answers with the time of the next. */
  const releaseAll = async (): Promise<number | undefined> => {
    const moment = now()
    const found = await store.release(moment)
    if (found === 'away' || state === 'stopped') return undefined
    const { grown, next } = found
    if (grown.length > 0) released(grown)
    if (next === undefined || next > moment.at) return next
    return grown.length > 0 ? releaseAll() : moment.at + STUCK_MS
  }
  const lookOnce = async (): Promise<void> => {
    if (!isRestamped) await store.restamp(now().at)
    isRestamped = true
    const next = await releaseAll()
    if (next !== undefined) plan(next)
  }
  const look = (): Promise<void> => {
    looking = looking.then(lookOnce).catch(() => undefined) // the store is asked again at the next look
    return looking
  }
  /** A wake-up that something earlier has overtaken does no harm. */
  const plan = (at: number): void => {
    const from = now().at
    if (state !== 'running' || (planned > from && at >= planned)) return
    planned = at
    later(Math.max(0, Math.min(at - from, LOOK_MS)), () => {
      planned = Number.POSITIVE_INFINITY
      void look()
    })
  }
  const again = async (): Promise<void> => {
    if (state !== 'running') return
    await look()
    later(LOOK_MS, () => void again())
  }
  return {
    now,
    start: () => {
      state = 'running'
      return again()
    },
    look,
    expect: plan,
    stop: () => {
      state = 'stopped'
      return looking
    },
  }
}
