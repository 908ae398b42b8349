/**
 * The newest entries of one watched log, in memory and shared by all its watchers. Bounded in bytes; always without a
 * gap. The store is the truth: a tail that does not have something says so. Not here: who gets what (delivery.ts).
 */
import type { Entry } from '../../shared/protocol/frames.ts'
import type { Day, Seq } from '../../shared/protocol/ids.ts'
import { entryBytes, firstPage } from './pages.ts'

/** A blob is served until the end of `expiryDay`. */
export type FreshEntry = { readonly entry: Entry; readonly expiryDay: Day }

export type Tail = { readonly entries: readonly FreshEntry[]; readonly bytes: number }

export const emptyTail: Tail = { entries: [], bytes: 0 }

/** Oldest entries give way. What does not follow on what is there replaces it. */
export const withFresh = (tail: Tail, fresh: readonly FreshEntry[], maxBytes: number): Tail => {
  const last = tail.entries.at(-1)
  const follows = last !== undefined && last.entry.seq + 1 === fresh[0]?.entry.seq
  const all = follows ? [...tail.entries, ...fresh] : fresh
  let bytes = all.reduce((sum, each) => sum + entryBytes(each.entry), 0)
  let from = 0
  while (bytes > maxBytes && from < all.length) {
    const oldest = all[from]
    bytes -= oldest ? entryBytes(oldest.entry) : 0
    from += 1
  }
  return { entries: all.slice(from), bytes }
}

/** One page from `next` on; undefined where the store has to be asked. */
export const pageFrom = (tail: Tail, next: Seq, today: Day): readonly Entry[] | undefined => {
  const first = tail.entries[0]
  if (first === undefined || next < first.entry.seq) return undefined
  const rest = tail.entries.slice(next - first.entry.seq)
  if (rest.length === 0 || rest.some((each) => each.expiryDay < today)) return undefined
  return firstPage(rest.map((each) => each.entry))
}
