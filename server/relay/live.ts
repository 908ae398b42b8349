/**
 * One watched log: how far everybody who is live has been served (its edge), where the log stands, its newest entries, and
 * who watches. Values and the bookkeeping on them; who is served when is in delivery.ts.
 */
import { type Day, type LogId, logKey, type Seq } from '../../shared/protocol/ids.ts'
import type { Outlet, Page, Standing } from './ports.ts'
import type { FreshEntry } from './tail.ts'

/** `failed`: F6 cannot be kept for this watcher; its connection has to end. */
export type WatchRequest = {
  readonly id: LogId
  readonly from: Seq
  readonly outlet: Outlet
  readonly failed: (error: unknown) => void
}

/**
 * `reading`: a page is on its way. `behind`: waits for its peer. `live`: has everything up to the edge, or asked for what
 * comes later; then `place` is where it stands in the log's `ready`.
 */
export type Watcher = {
  readonly log: Live
  readonly outlet: Outlet
  readonly failed: (error: unknown) => void
  state: 'reading' | 'live' | 'behind' | 'ended'
  next: number
  wasTold: boolean
  place: number
}

export type Live = {
  readonly id: LogId
  readonly key: string
  readonly watchers: Set<Watcher>
  readonly ready: Watcher[]
  /** The newest seq that live watchers were served; undefined until the first page has come. */
  edge: number | undefined
  /** The newest standing known, at the edge or after it. */
  at: Standing | undefined
  /** The store may hold more than the edge. */
  isStale: boolean
  isPulling: boolean
  /** Pages that were asked for, by their first seq, and who waits for them. */
  readonly asked: Map<number, Watcher[]>
}

const newLive = (id: LogId, key: string): Live => ({
  id,
  key,
  watchers: new Set(),
  ready: [],
  edge: undefined,
  at: undefined,
  isStale: false,
  isPulling: false,
  asked: new Map(),
})

/** All logs that anybody watches. */
export type Lives = {
  readonly join: (request: WatchRequest) => Watcher
  readonly find: (id: LogId) => Live | undefined
  readonly forget: (watcher: Watcher) => void
  readonly fail: (watchers: readonly Watcher[], error: unknown) => void
  readonly all: () => readonly Live[]
  readonly size: () => number
}

/** `deserted`: the last watcher of a log has gone. */
export const createLives = (deserted: (live: Live) => void): Lives => {
  const lives = new Map<string, Live>()
  const forget = (watcher: Watcher): void => {
    const { log } = watcher
    unready(log, watcher, 'ended')
    log.watchers.delete(watcher)
    if (log.watchers.size > 0 || lives.get(log.key) !== log) return
    lives.delete(log.key)
    deserted(log)
  }
  return {
    join: ({ id, from, outlet, failed }) => {
      const key = logKey(id)
      const log = lives.get(key) ?? newLive(id, key)
      lives.set(key, log)
      const watcher: Watcher = {
        log,
        outlet,
        failed,
        state: 'reading',
        next: from,
        wasTold: false,
        place: -1,
      }
      log.watchers.add(watcher)
      return watcher
    },
    find: (id) => lives.get(logKey(id)),
    forget,
    fail: (watchers, error) => {
      for (const watcher of watchers) {
        if (watcher.state === 'ended') continue
        forget(watcher)
        watcher.failed(error)
      }
    },
    all: () => [...lives.values()],
    size: () => lives.size,
  }
}

export const makeReady = ({ ready }: Live, watcher: Watcher): void => {
  watcher.state = 'live'
  watcher.place = ready.length
  ready.push(watcher)
}

/** The last one takes the place, so that a walk from the end to the beginning meets everybody. */
export const unready = ({ ready }: Live, watcher: Watcher, state: 'reading' | 'behind' | 'ended'): void => {
  const isLive = watcher.state === 'live'
  watcher.state = state
  const last = isLive ? ready.pop() : undefined
  if (last === undefined || last === watcher) return
  ready[watcher.place] = last
  last.place = watcher.place
}

/** Standings only go forward (H3). */
export const raise = (live: Live, at: Standing): void => {
  if (live.at === undefined || at.head > live.at.head) live.at = at
}

/** What a page of the store has beyond the edge, if it begins at the edge or before it. */
export const beyond = (edge: number, { entries }: Page, day: Day): readonly FreshEntry[] => {
  const [first] = entries
  if (first === undefined || first.seq > edge + 1) return []
  return entries.slice(edge + 1 - first.seq).map((entry) => ({ entry, goodOn: day }))
}
