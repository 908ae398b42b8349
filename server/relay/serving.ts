/**
 * Who is served when. What is new goes out as one buffer made once for all who are live, whoever wrote it: a batch of this
 * relay, or a page read from the store for all of them because another relay said that the log grew. Who is behind reads
 * pages from the tail or the store at its own pace and is then live again. Nobody is buffered for.
 */
import type { Entry } from '../../shared/protocol/frames.ts'
import type { Day, Seq } from '../../shared/protocol/ids.ts'
import type { Frames } from './frames.ts'
import { beyond, type Live, type Lives, makeReady, raise, unready, type Watcher } from './live.ts'
import type { Page, Standing } from './ports.ts'
import type { Reading } from './reading.ts'
import type { FreshEntry, Tails } from './tail.ts'

/** Entries, and bytes with what is around them. */
export type Sent = { entries: number; bytes: number }

export type Inner = {
  readonly today: () => Day
  readonly soon: (run: () => void) => void
  readonly lives: Lives
  readonly tails: Tails
  readonly frames: Frames
  readonly reading: Reading
  /** What was handed to watchers so far. */
  readonly sent: Sent
}

/** A batch of our own that does not follow the edge has another relay's entries before it, or was read already. */
export const committed = (inner: Inner, live: Live, fresh: readonly FreshEntry[], at: Standing): void => {
  const first = fresh[0]?.entry.seq
  if (first === undefined) return
  if (live.edge === undefined || first === live.edge + 1) advance(inner, live, fresh, at)
  else if (at.head > live.edge) grown(inner, live)
}

/** The edge moves over `fresh`, which begins there: one buffer for all who wait for it. */
const advance = (inner: Inner, live: Live, fresh: readonly FreshEntry[], at: Standing): void => {
  const first = fresh[0]?.entry.seq
  const last = fresh.at(-1)?.entry.seq
  if (first === undefined || last === undefined) return
  inner.tails.add(live, fresh)
  live.edge = last
  raise(live, at)
  if (live.ready.length === 0) return
  const framed = inner.frames.page(live, entriesOf(fresh))
  /** Backwards: who leaves while we walk gives its place to one that was served. */
  for (let i = live.ready.length - 1; i >= 0; i--) {
    const watcher = live.ready[i]
    if (watcher === undefined || watcher.next > last) continue
    if (watcher.next === first) write(inner, watcher, framed, last + 1)
    else {
      unready(live, watcher, 'reading') // waited for a later seq than `first`
      proceed(inner, watcher)
    }
  }
}

const entriesOf = (fresh: readonly FreshEntry[]): readonly Entry[] => fresh.map((each) => each.entry)

const write = ({ sent }: Inner, watcher: Watcher, framed: Uint8Array, next: number): void => {
  sent.entries += next - watcher.next
  sent.bytes += framed.length
  watcher.next = next
  watcher.wasTold = true
  if (!watcher.outlet.write(framed)) unready(watcher.log, watcher, 'behind')
}

/** One step of who reads: live if nothing is missing, else a page of the tail, else one of the store. */
export const proceed = (inner: Inner, watcher: Watcher): void => {
  if (watcher.state !== 'reading') return
  const framed = inner.frames.recent(watcher.log, watcher.next as Seq, inner.tails)
  if (framed) write(inner, watcher, framed.bytes, framed.next)
  if (framed || isThrough(watcher)) goOn(inner, watcher)
  else ask(inner, watcher)
}

/** After a page: the next one when others had their turn. */
const goOn = (inner: Inner, watcher: Watcher): void => {
  if (isThrough(watcher)) becomeLive(inner, watcher)
  else if (watcher.state === 'reading') inner.soon(() => proceed(inner, watcher))
}

const isThrough = ({ state, next, log }: Watcher): boolean =>
  state === 'reading' && log.edge !== undefined && next > log.edge

/** F6: a watcher is told where the log stands even if there was nothing to deliver. */
const becomeLive = (inner: Inner, watcher: Watcher): void => {
  const { log } = watcher
  makeReady(log, watcher)
  if (!watcher.wasTold) write(inner, watcher, inner.frames.page(log, []), watcher.next)
  pull(inner, log)
}

/** Whoever asks for the same page while it is on its way gets it with the others. */
const ask = (inner: Inner, watcher: Watcher): void => {
  const { log, next, outlet } = watcher
  const waiting = log.asked.get(next)
  if (waiting) return void waiting.push(watcher)
  const watchers = [watcher]
  log.asked.set(next, watchers)
  let edge: number | undefined
  inner.reading.catchUp(outlet, {
    id: log.id,
    start: () => {
      edge = log.edge
      if (watchers.some(({ state }) => state === 'reading')) return next as Seq
      log.asked.delete(next)
      return undefined
    },
    found: (page, day) => {
      log.asked.delete(next)
      absorb(inner, log, { page, from: next, day, edge })
      servePage(inner, watchers, next, page)
    },
    failed: (error) => {
      log.asked.delete(next)
      inner.lives.fail(watchers, error)
    },
  })
}

const servePage = (
  inner: Inner,
  watchers: readonly Watcher[],
  from: number,
  page: Page | undefined,
): void => {
  const reading = watchers.filter((watcher) => watcher.state === 'reading' && watcher.next === from)
  const log = reading[0]?.log
  if (log === undefined) return
  const last = page?.entries.at(-1)
  const framed = page && last && inner.frames.page(log, page.entries)
  for (const watcher of reading) {
    if (page === undefined)
      watcher.state = 'behind' // the log has died: nothing is left to tell
    else if (framed && last) write(inner, watcher, framed, last.seq + 1)
    goOn(inner, watcher)
  }
}

/** A page from a seq on, the day on which it was good, and the edge when it was asked for. */
type Look = {
  readonly page: Page | undefined
  readonly from: number
  readonly day: Day
  readonly edge: number | undefined
}

const absorb = (inner: Inner, live: Live, look: Look): void => {
  const { page, from, day, edge } = look
  if (page === undefined || inner.lives.find(live.id) !== live) return
  if (page.entries.length === 0 && from <= page.at.head) throw new Error('the store lacks an entry')
  if (edge !== undefined && page.at.head < edge)
    inner.lives.fail([...live.watchers], new Error('a log was made anew'))
  else learn(inner, live, beyond(live.edge ?? from - 1, page, day), page.at)
}

/** What anybody reads beyond the edge is news for everybody. The first page sets the edge: nobody is live yet. */
const learn = (inner: Inner, live: Live, fresh: readonly FreshEntry[], at: Standing): void => {
  raise(live, at)
  const isFirst = live.edge === undefined
  live.edge ??= at.head
  if (!isFirst && fresh.length > 0) advance(inner, live, fresh, at)
  else if (isFirst && fresh.at(-1)?.entry.seq === Number(at.head)) inner.tails.add(live, fresh)
  if (at.head > live.edge) grown(inner, live)
}

export const grown = (inner: Inner, live: Live): void => {
  live.isStale = true
  pull(inner, live)
}

/** One read for all who are live. What is said while it is under way is looked after when it is back. */
const pull = (inner: Inner, live: Live): void => {
  if (live.isPulling || !live.isStale || live.ready.length === 0) return
  live.isPulling = true
  let edge: number | undefined
  inner.reading.pull({
    id: live.id,
    start: () => {
      edge = live.edge
      live.isPulling = edge !== undefined && live.ready.length > 0
      if (!live.isPulling) return undefined
      live.isStale = false
      return ((edge ?? 0) + 1) as Seq
    },
    found: (page, day) => {
      live.isPulling = false
      absorb(inner, live, { page, from: (edge ?? 0) + 1, day, edge })
      pull(inner, live)
    },
    failed: (error) => {
      live.isPulling = false
      inner.lives.fail([...live.ready], error)
    },
  })
}

export const recent = (inner: Inner, live: Live | undefined, from: Seq, max: number): Page | undefined => {
  if (live?.edge === undefined || live.at === undefined) return undefined
  if (from > live.edge) return { entries: [], at: live.at }
  const entries = inner.tails.page(live, from, inner.today(), max)
  return entries && { entries, at: live.at }
}
