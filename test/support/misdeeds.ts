/** Ready-made misdeeds for the in-memory relay: the list of protocol.md section 10, attack 19, and what surrounds it. */

import type { Event } from '../../shared/protocol/frames.ts'
import { type Head, type LogId, logKey, type Seq } from '../../shared/protocol/ids.ts'
import { appendTo, copyLog, headBy, headOf, type MemoryLog, truncateLog } from './memoryLog.ts'
import type { MemoryRelay, Misdeeds } from './memoryRelay.ts'

type Entries = Extract<Event, { type: 'entries' }>

/** Changes every ENTRIES that is not empty. */
export const alterPages = (alter: (page: Entries) => Event | Uint8Array): Misdeeds => ({
  answer: (event) => [event.type === 'entries' && event.entries.length > 0 ? alter(event) : event],
})

/** Hides everything after seq `length`, with a head that the relay truly signed at that time. */
export const withholdTail = (length: number): Misdeeds => ({
  view: (log, _, purpose) => (purpose === 'read' ? copyLog(log, length) : log),
})

/** Leaves out the entry at `seq` and pretends nothing. */
export const dropEntry = (seq: number): Misdeeds =>
  alterPages((page) => ({ ...page, entries: page.entries.filter((entry) => entry.seq !== seq) }))

/** Hands two neighbours over in the other order, renumbered. */
export const reorder = (): Misdeeds =>
  alterPages((page) => {
    const [a, b, ...rest] = page.entries
    if (a === undefined || b === undefined) return page
    return { ...page, entries: [{ ...b, seq: a.seq }, { ...a, seq: b.seq }, ...rest] }
  })

/** From seq `length` on, the connections that `other` picks live in a world of their own. */
export const forkFor = (other: (connection: number) => boolean, length: number): Misdeeds => {
  const worlds = new Map<string, MemoryLog>()
  return {
    view: (log, connection) => {
      if (!other(connection)) return log
      const world = worlds.get(logKey(log.id)) ?? copyLog(log, length)
      worlds.set(logKey(log.id), world)
      return world
    },
  }
}

/** For good: what came after seq `length` is forgotten, and its seqs are given again. */
export const rollBack = (relay: MemoryRelay, id: LogId, length: number): void =>
  truncateLog(relay.log(id), length)

/** Serves the entries of `from` in the place of those of any other log. */
export const swapEntries = (relay: MemoryRelay, from: LogId): Misdeeds =>
  alterPages((page) => ({
    ...page,
    entries: page.entries.map((entry) => ({
      ...(relay.log(from).entries[entry.seq - 1] ?? entry),
      seq: entry.seq,
    })),
  }))

/** Serves whole pages of `from`, under its own name. */
export const wrongLog = (from: LogId): Misdeeds => alterPages((page) => ({ ...page, log: from }))

export const lieFull = (): Misdeeds => ({
  refuse: (request) => (request.type === 'append' ? { type: 'full' } : undefined),
})

/** FULL, with signed heads that say so whatever the counts are. */
export const signFull = (relay: MemoryRelay): Misdeeds => ({
  ...lieFull(),
  answer: (event, request) => {
    if (event.type !== 'opened' || request?.type !== 'open') return [event]
    return [{ ...event, head: headBy(relay.signing.secretKey, request.log, { ...event.head, full: true }) }]
  },
})

export const lieConflict = (head: number): Misdeeds => ({
  refuse: (request) => (request.type === 'append' ? { type: 'conflict', head: head as Head } : undefined),
})

export const lieSize = (): Misdeeds => ({
  refuse: (request) => (request.type === 'append' ? { type: 'size' } : undefined),
})

/** Flips one bit in the blob of the entry at `seq`. */
export const flipBit = (seq: number): Misdeeds =>
  alterPages((page) => ({
    ...page,
    entries: page.entries.map((entry) => {
      if (entry.seq !== seq || entry.content.type !== 'blob') return entry
      const blob = entry.content.blob.slice() as typeof entry.content.blob
      blob[17] = (blob[17] ?? 0) ^ 1
      return { ...entry, content: { type: 'blob' as const, blob } }
    }),
  }))

/** Heads and receipts that the relay's key did not sign. */
export const badSignatures = (): Misdeeds => ({
  answer: (event) => {
    if (!('head' in event)) return [event]
    const signature = event.head.signature.slice()
    signature[0] = (signature[0] ?? 0) ^ 1
    return [{ ...event, head: { ...event.head, signature } }]
  },
})

/** An old entry again, as the newest one, under a head that knows nothing of it. */
export const replayAsNew = (): Misdeeds =>
  alterPages((page) => {
    const [first] = page.entries
    const seq = (page.head.head + 1) as Seq
    return first === undefined ? page : { ...page, entries: [...page.entries, { ...first, seq }] }
  })

/** Receipts for entries that are then forgotten. */
export const forgetAppended = (relay: MemoryRelay): Misdeeds => ({
  answer: (event, request) => {
    if (event.type === 'receipt' && request?.type === 'append')
      truncateLog(relay.log(request.log), event.head.head - 1)
    return [event]
  },
})

/** Keeps another blob than the one it was given, and gives a receipt for that. */
export const appendAnother = (relay: MemoryRelay): Misdeeds => ({
  answer: (event, request) => {
    if (event.type !== 'receipt' || request?.type !== 'append') return [event]
    const log = relay.log(request.log)
    const blob = request.blob.slice() as typeof request.blob
    blob[0] = (blob[0] ?? 0) ^ 1
    truncateLog(log, event.head.head - 1)
    appendTo(log, blob)
    return [{ ...event, head: headOf(relay.signing.secretKey, log) }]
  },
})

/** Every entry is appended twice. No lie about the log: a member could have done it; ids in the content tell. */
export const appendTwice = (relay: MemoryRelay): Misdeeds => ({
  answer: (event, request) => {
    if (event.type === 'receipt' && request?.type === 'append') appendTo(relay.log(request.log), request.blob)
    return [event]
  },
})

/** Answers to questions that nobody asked, beside the right ones. */
export const wrongRefs = (): Misdeeds => ({
  answer: (event) =>
    'ref' in event && event.ref > 0 ? [{ ...event, ref: event.ref + 1000 }, event] : [event],
})

/** Instead of the answers to this kind of request: these bytes. */
export const malformed = (type: string, frame: Uint8Array): Misdeeds => ({
  answer: (event, request) => [request?.type === type ? frame : event],
})

/** Hangs up on the n-th request of this connection, before or after it took effect. */
export const hangUpAt = (relay: MemoryRelay, n: number, when: 'before' | 'after'): Misdeeds => {
  let heard = 0
  return {
    receive: () => {
      heard += 1
      return heard === n && when === 'before' ? 'close' : undefined
    },
    answer: (event, request, connection) => {
      if (request === undefined || heard !== n || when === 'before') return [event]
      relay.cut(connection)
      return []
    },
  }
}
