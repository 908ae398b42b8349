/**
 * Watches: every watcher gets every entry from its `from` on, once, in order (F6). What is new goes out as one buffer
 * made once for all who are up to date; who is behind reads pages from the tail or the store at its own pace and is then
 * live again. Nobody is buffered for. Not here: sockets, appends.
 */
import type { SignedHead } from '../../shared/protocol/chain.ts'
import { type Day, type LogId, logKey, type Seq } from '../../shared/protocol/ids.ts'
import { MAX_PAGE_ENTRIES } from '../../shared/protocol/limits.ts'
import type { RelayLimits } from './limits.ts'
import { type Framing, framePages } from './pages.ts'
import type { Outlet, Page, Standing, Store } from './ports.ts'
import { emptyTail, type FreshEntry, pageFrom, type Tail, withFresh } from './tail.ts'

export type DeliveryDeps = {
  readonly store: Pick<Store, 'read'>
  readonly today: () => Day
  readonly sign: (id: LogId, at: Standing) => SignedHead
  readonly framing: Framing
  readonly limits: Pick<RelayLimits, 'tailBytes' | 'allTailBytes'>
}

/** `failed`: the store could not be read; the connection has to end, since F6 cannot be kept. */
type WatchRequest = {
  readonly id: LogId
  readonly from: Seq
  readonly outlet: Outlet
  readonly failed: (error: unknown) => void
}

export type Watch = {
  /** The peer has caught up with what was written to it. */
  readonly drained: () => void
  readonly end: () => void
}

export type Delivery = {
  readonly watch: (request: WatchRequest) => Watch
  /** What one batch added to one log, in order, and where the log stands after it. */
  readonly committed: (id: LogId, fresh: readonly FreshEntry[], at: Standing) => void
  /** A write failed, and nobody knows whether it happened: watchers ask the store. */
  readonly unsure: (id: LogId) => void
  readonly watchedLogs: () => number
}

/** `behind`: waits for its peer. `reading`: asks for pages. `live`: has everything that was committed. */
type Watcher = WatchRequest & {
  state: 'reading' | 'live' | 'behind' | 'ended'
  next: number
  wasTold: boolean
}

/** A watched log. `at` is the newest standing known; `doubts` counts the writes of which nobody knows whether they happened. */
type Live = {
  readonly id: LogId
  doubts: number
  at: Standing | undefined
  tail: Tail
  readonly watchers: Set<Watcher>
}

const newLive = (id: LogId): Live => ({ id, doubts: 0, at: undefined, tail: emptyTail, watchers: new Set() })

export const createDelivery = (deps: DeliveryDeps): Delivery => {
  const lives = new Map<string, Live>()
  let tailBytes = 0

  const setTail = (live: Live, tail: Tail): void => {
    tailBytes += tail.bytes - live.tail.bytes
    live.tail = tail
  }

  /** The logs that were written to least recently lose their tails first. */
  const trimTails = (): void => {
    for (const live of lives.values()) {
      if (tailBytes <= deps.limits.allTailBytes) return
      setTail(live, emptyTail)
    }
  }

  const remember = (live: Live, fresh: readonly FreshEntry[]): void => {
    setTail(live, withFresh(live.tail, fresh, deps.limits.tailBytes))
    lives.delete(logKey(live.id))
    lives.set(logKey(live.id), live)
    trimTails()
  }

  const forget = (live: Live, watcher: Watcher): void => {
    watcher.state = 'ended'
    live.watchers.delete(watcher)
    if (live.watchers.size > 0) return
    setTail(live, emptyTail)
    lives.delete(logKey(live.id))
  }

  const start = (live: Live, watcher: Watcher): void => {
    catchUp(deps, live, watcher).catch((error) => {
      forget(live, watcher)
      watcher.failed(error)
    })
  }

  return {
    watch: (request) => {
      const key = logKey(request.id)
      const live = lives.get(key) ?? newLive(request.id)
      lives.set(key, live)
      const watcher: Watcher = { ...request, state: 'reading', next: request.from, wasTold: false }
      live.watchers.add(watcher)
      start(live, watcher)
      return {
        drained: () => {
          if (watcher.state === 'behind') start(live, watcher)
        },
        end: () => forget(live, watcher),
      }
    },
    committed: (id, fresh, at) => {
      const live = lives.get(logKey(id))
      if (live === undefined) return
      remember(live, fresh)
      raise(live, at)
      deliver(deps, live, { fresh, at, start: (watcher) => start(live, watcher) })
    },
    unsure: (id) => {
      const live = lives.get(logKey(id))
      if (live === undefined) return
      live.doubts += 1
      live.at = undefined
      setTail(live, emptyTail)
      for (const watcher of live.watchers) if (watcher.state === 'live') start(live, watcher)
    },
    watchedLogs: () => lives.size,
  }
}

const raise = (live: Live, at: Standing): void => {
  if (live.at === undefined || at.head > live.at.head) live.at = at
}

type Batch = {
  readonly fresh: readonly FreshEntry[]
  readonly at: Standing
  readonly start: (watcher: Watcher) => void
}

/** One buffer for all who miss exactly this batch; it is made when the first of them is found. */
const deliver = (deps: DeliveryDeps, live: Live, { fresh, at, start }: Batch): void => {
  const first = fresh[0]?.entry.seq
  if (first === undefined) return
  let shared: Uint8Array | undefined
  const framed = (): Uint8Array => {
    shared ??= frame(deps, live, { entries: fresh.map((each) => each.entry), at })
    return shared
  }
  for (const watcher of live.watchers) {
    if (watcher.state !== 'live' || watcher.next > at.head) continue
    if (watcher.next === first) write(watcher, framed(), at.head + 1)
    else start(watcher) // waits for a later seq than `first`, or missed something: the tail or the store knows
  }
}

const frame = (deps: DeliveryDeps, live: Live, page: Page): Uint8Array =>
  framePages({ ref: 0, log: live.id, entries: page.entries, head: deps.sign(live.id, page.at) }, deps.framing)

const write = (watcher: Watcher, framed: Uint8Array, next: number): void => {
  watcher.next = next
  watcher.wasTold = true
  if (!watcher.outlet.write(framed)) watcher.state = 'behind'
}

/** Pages until nothing is missing or the peer is behind. Between the last look and `live` there is no await. */
const catchUp = async (deps: DeliveryDeps, live: Live, watcher: Watcher): Promise<void> => {
  watcher.state = 'reading'
  while (watcher.state === 'reading') {
    const at = live.at
    if (at !== undefined && watcher.next > at.head) return becomeLive(deps, live, watcher, at)
    const page = at && tailPage(deps, live, watcher, at)
    await step(deps, live, watcher, page)
  }
}

const tailPage = (deps: DeliveryDeps, live: Live, watcher: Watcher, at: Standing): Page | undefined => {
  const entries = pageFrom(live.tail, watcher.next as Seq, deps.today())
  return entries && { entries, at }
}

const step = async (
  deps: DeliveryDeps,
  live: Live,
  watcher: Watcher,
  known: Page | undefined,
): Promise<void> => {
  const { doubts } = live
  const page = known ?? (await deps.store.read(live.id, watcher.next as Seq, MAX_PAGE_ENTRIES, deps.today()))
  if (watcher.state !== 'reading' || live.doubts !== doubts) return // a page from before the doubt is read again
  if (page === undefined) {
    watcher.state = 'behind' // the log has died: nothing is left to tell
    return
  }
  if (page === 'away') throw new Error('the store is away')
  raise(live, page.at)
  const last = page.entries.at(-1)
  if (last === undefined && watcher.next <= page.at.head) throw new Error('the store lacks an entry')
  if (last !== undefined) write(watcher, frame(deps, live, page), last.seq + 1)
}

/** F6: a watcher is told where the log stands even if there was nothing to deliver. */
const becomeLive = (deps: DeliveryDeps, live: Live, watcher: Watcher, at: Standing): void => {
  watcher.state = 'live'
  if (!watcher.wasTold) write(watcher, frame(deps, live, { entries: [], at }), watcher.next)
}
