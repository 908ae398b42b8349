/**
 * The newest entries of watched logs, in memory and shared by all watchers of one. Bounded in bytes, for each log and for all;
 * always without a gap. The store is the truth: a tail that does not have something says so. Not here: who gets what (delivery.ts).
 */
import type { Entry } from '../../shared/protocol/frames.ts'
import type { Day, Seq } from '../../shared/protocol/ids.ts'
import { MAX_PAGE_ENTRIES, PAGE_BYTES } from '../../shared/protocol/limits.ts'
import type { RelayLimits } from './limits.ts'
import { entryBytes } from './pages.ts'

/** `goodOn`: the last day on which the entry is known to be served as it is. */
export type FreshEntry = { readonly entry: Entry; readonly goodOn: Day }

/** Entries from `first` up to the one before `next`, by seq. */
export type Tail = { readonly bySeq: Map<number, FreshEntry>; first: number; next: number; bytes: number }

export const newTail = (): Tail => ({ bySeq: new Map(), first: 0, next: 0, bytes: 0 })

/** Oldest entries give way. What does not follow on what is there replaces it. */
export const addFresh = (tail: Tail, fresh: readonly FreshEntry[], maxBytes: number): void => {
  const [head] = fresh
  if (head === undefined) return
  if (head.entry.seq !== tail.next) clear(tail, head.entry.seq)
  for (const each of fresh) {
    tail.bySeq.set(tail.next, each)
    tail.next += 1
    tail.bytes += entryBytes(each.entry)
  }
  while (tail.bytes > maxBytes) dropFirst(tail)
}

const clear = (tail: Tail, next: number): void => {
  tail.bySeq.clear()
  Object.assign(tail, { first: next, next, bytes: 0 })
}

const dropFirst = (tail: Tail): void => {
  const oldest = tail.bySeq.get(tail.first)
  tail.bytes -= oldest ? entryBytes(oldest.entry) : 0
  tail.bySeq.delete(tail.first)
  tail.first += 1
}

/** One page (F5) from `from` on, of at most `max` entries; undefined where the store has to be asked. */
export const pageFrom = (
  tail: Tail,
  from: Seq,
  today: Day,
  max: number = MAX_PAGE_ENTRIES,
): readonly Entry[] | undefined => {
  if (from < tail.first || from >= tail.next) return undefined
  const page: Entry[] = []
  for (let bytes = 0; page.length < max && bytes < PAGE_BYTES; ) {
    const each = tail.bySeq.get(from + page.length)
    if (each === undefined) break
    if (each.goodOn < today) return undefined
    page.push(each.entry)
    bytes += entryBytes(each.entry)
  }
  return page
}

export type Tails = {
  readonly add: (log: object, fresh: readonly FreshEntry[]) => void
  readonly page: (log: object, from: Seq, today: Day, max?: number) => readonly Entry[] | undefined
  readonly drop: (log: object) => void
}

/** The logs that were written to least recently lose their tails first. */
export const createTails = (limits: Pick<RelayLimits, 'tailBytes' | 'allTailBytes'>): Tails => {
  const tails = new Map<object, Tail>()
  let bytes = 0
  const drop = (log: object): void => {
    bytes -= tails.get(log)?.bytes ?? 0
    tails.delete(log)
  }
  return {
    add: (log, fresh) => {
      const tail = tails.get(log) ?? newTail()
      drop(log)
      addFresh(tail, fresh, limits.tailBytes)
      tails.set(log, tail)
      bytes += tail.bytes
      for (const oldest of tails.keys()) {
        if (bytes <= limits.allTailBytes) return
        drop(oldest)
      }
    },
    page: (log, from, today, max) => {
      const tail = tails.get(log)
      return tail && pageFrom(tail, from, today, max)
    },
    drop,
  }
}
