/**
 * Who is rung when (SPEC B5, B6): everybody now and then, everybody at an alarm, one by a ticket, and none of it faster than allowed. Not here:
 * the request itself (push.ts).
 */
import type { BellAnswer } from '../../shared/bell/bell.ts'
import type { Push } from './push.ts'
import type { BellStore, Kept } from './store.ts'

export type RingingDeps = {
  readonly store: Pick<BellStore, 'all' | 'one' | 'forget' | 'expire'>
  readonly push: Push
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly today: () => number
  /** Calls once, after so many milliseconds. */
  readonly later: (ms: number, run: () => void) => void
  /** How many were rung; the only thing that is ever said. */
  readonly rang: (what: 'round' | 'alarm', count: number) => void
}

export type Ringing = {
  readonly start: () => void
  readonly ringAll: () => BellAnswer
  readonly ringOne: (hash: Uint8Array) => Promise<BellAnswer>
  /** Resolves when nobody is being rung. */
  readonly idle: () => Promise<void>
}

const MINUTE_MS = 60_000
/** B6. */
const ALARMS = { burst: 6, everyMs: 10 * MINUTE_MS }
const TICKETS = { burst: 5, everyMs: MINUTE_MS }
/** Requests under way at once, and times that an alarm is tried which a push service did not take: again when all others have been rung. */
const AT_ONCE = 32
const TRIES = 3
const AGAIN_MS = 5_000
/** Days after which a device that did not register again is forgotten (B8). */
const FORGOTTEN_DAYS = 45

type Bucket = { tokens: number; at: number }
type Rate = { readonly burst: number; readonly everyMs: number }

/** Milliseconds until there is a token; 0 and it is taken. */
const take = (bucket: Bucket, { burst, everyMs }: Rate, now: number): number => {
  bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / everyMs)
  bucket.at = now
  if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) * everyMs)
  bucket.tokens -= 1
  return 0
}

type Passes = {
  /** Those that may be taken another time. */
  readonly ring: (all: readonly Kept[], urgency: 'high' | 'normal') => Promise<readonly Kept[]>
  readonly ringLoud: (all: readonly Kept[]) => Promise<void>
}

const createPasses = ({ store, push, later }: RingingDeps): Passes => {
  const isForLater = async (one: Kept, urgency: 'high' | 'normal'): Promise<boolean> => {
    const rang = await push(one.endpoint, urgency)
    if (rang === 'gone') await store.forget(one.hash)
    return rang === 'later'
  }
  const ring = async (all: readonly Kept[], urgency: 'high' | 'normal'): Promise<readonly Kept[]> => {
    const again: Kept[] = []
    const next = all.values()
    const line = async (): Promise<void> => {
      for (const one of next) if (await isForLater(one, urgency).catch(() => false)) again.push(one)
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, line))
    return again
  }
  const ringLoud = async (all: readonly Kept[]): Promise<void> => {
    let left = await ring(all, 'high')
    for (let tries = 1; tries < TRIES && left.length > 0; tries++) {
      await new Promise<void>((resolve) => later(AGAIN_MS, resolve))
      left = await ring(left, 'high')
    }
  }
  return { ring, ringLoud }
}

export const createRinging = (deps: RingingDeps): Ringing => {
  const { store, later, steady } = deps
  const { ring, ringLoud } = createPasses(deps)
  const alarms: Bucket = { tokens: ALARMS.burst, at: steady() }
  const tickets = new Map<string, Bucket>()
  /** When the alarm that waits for its turn has it. */
  let promised: number | undefined
  let running: Promise<void> = Promise.resolve()

  const ringThese = async (what: 'round' | 'alarm'): Promise<void> => {
    const all = await store.all(what === 'round')
    deps.rang(what, all.length)
    await (what === 'alarm' ? ringLoud(all) : ring(all, 'normal'))
  }
  const under = (work: Promise<unknown>): void => {
    running = Promise.all([running, work.catch(() => undefined)]).then(() => undefined)
  }
  const begin = (what: 'round' | 'alarm'): void => under(ringThese(what))
  const round = (): void => {
    begin('round')
    void store.expire(deps.today() - FORGOTTEN_DAYS).catch(() => undefined)
    later((20 + 20 * deps.random()) * MINUTE_MS, round)
  }
  const ringAll = (): BellAnswer => {
    const now = steady()
    if (promised !== undefined) return { type: 'later', seconds: Math.ceil((promised - now) / 1000) }
    const wait = take(alarms, ALARMS, now)
    if (wait === 0) {
      begin('alarm')
      return { type: 'ok' }
    }
    promised = now + wait
    later(wait, () => {
      promised = undefined
      ringAll()
    })
    return { type: 'later', seconds: Math.ceil(wait / 1000) }
  }
  return {
    start: () => later((20 + 20 * deps.random()) * MINUTE_MS, round),
    ringAll,
    ringOne: async (hash) => {
      const found = await store.one(hash)
      if (found === undefined) return { type: 'none' }
      const name = Buffer.from(hash).toString('hex')
      const bucket = tickets.get(name) ?? { tokens: TICKETS.burst, at: steady() }
      if (tickets.size > 10_000) tickets.clear()
      tickets.set(name, bucket)
      const wait = take(bucket, TICKETS, steady())
      if (wait > 0) return { type: 'later', seconds: Math.ceil(wait / 1000) }
      under(ringLoud([found]))
      return { type: 'ok' }
    },
    idle: () => running,
  }
}
