/**
 * Watches: every watcher gets every entry from its `from` on, once, in order (F6). The parts: who watches (live.ts), what is
 * in memory (tail.ts), what is read from the store and how much at once (reading.ts), who is served when (serving.ts), and
 * looking for growth that nobody told (sweep.ts). Not here: sockets, appends.
 */
import type { SignedHead } from '../../shared/protocol/chain.ts'
import type { Day, LogId, Seq } from '../../shared/protocol/ids.ts'
import { createFrames } from './frames.ts'
import type { RelayLimits } from './limits.ts'
import { createLives, type Watcher, type WatchRequest } from './live.ts'
import type { Framing } from './pages.ts'
import type { Later, Page, Standing, Store } from './ports.ts'
import { createReading } from './reading.ts'
import { committed, grown, type Inner, proceed, recent, type Sent } from './serving.ts'
import { createSweep } from './sweep.ts'
import { createTails, type FreshEntry } from './tail.ts'

export type DeliveryDeps = {
  readonly store: Pick<Store, 'read' | 'heads'>
  readonly today: () => Day
  readonly sign: (id: LogId, at: Standing) => SignedHead
  readonly framing: Framing
  readonly limits: Pick<RelayLimits, 'tailBytes' | 'allTailBytes'>
  /** Later in this turn of the event loop. */
  readonly soon: (run: () => void) => void
  readonly later: Later
}

/** What `watch` gives, for `drained` and `end`. */
export type Watch = Watcher

export type Delivery = {
  readonly watch: (request: WatchRequest) => Watch
  /** The peer has caught up with what was written to it. */
  readonly drained: (watch: Watch) => void
  readonly end: (watch: Watch) => void
  /** What one batch of this relay added to one log, in order, and where the log stands after it. */
  readonly committed: (id: LogId, fresh: readonly FreshEntry[], at: Standing) => void
  /** These logs, or any, may hold more than is known here. */
  readonly grown: (ids: readonly LogId[] | undefined) => void
  /** What is in memory, for when the store is away. */
  readonly recent: (id: LogId, from: Seq, max: number) => Page | undefined
  readonly watchedLogs: () => number
  /** What was handed to watchers so far. */
  readonly sent: () => Readonly<Sent>
}

export const createDelivery = (deps: DeliveryDeps): Delivery => {
  const { soon, today } = deps
  const tails = createTails(deps.limits)
  const lives = createLives(tails.drop)
  const sent = { entries: 0, bytes: 0 }
  const inner: Inner = {
    today,
    soon,
    lives,
    tails,
    sent,
    frames: createFrames(deps),
    reading: createReading(deps),
  }
  const sweep = createSweep({
    ...deps,
    lives,
    grown: (live) => grown(inner, live),
    failed: (some, error) => some.forEach((live) => void lives.fail([...live.watchers], error)),
  })

  return {
    watch: (request) => {
      const watcher = lives.join(request)
      sweep.begin()
      proceed(inner, watcher)
      return watcher
    },
    drained: (watcher) => {
      if (watcher.state !== 'behind') return
      watcher.state = 'reading'
      proceed(inner, watcher)
    },
    end: lives.forget,
    committed: (id, fresh, at) => {
      const live = lives.find(id)
      if (live !== undefined) committed(inner, live, fresh, at)
    },
    grown: (ids) => {
      if (ids === undefined) return sweep.look()
      for (const id of ids) {
        const live = lives.find(id)
        if (live !== undefined) grown(inner, live)
      }
    },
    recent: (id, from, max) => recent(inner, lives.find(id), from, max),
    watchedLogs: lives.size,
    sent: () => sent,
  }
}
