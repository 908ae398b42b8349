/**
 * What watches are told, as bytes ready for any number of sockets. Nothing is framed twice for those who catch up together:
 * the last page of a tail is kept. Not here: who is told what (delivery.ts).
 */
import type { SignedHead } from '../../shared/protocol/chain.ts'
import type { Entry } from '../../shared/protocol/frames.ts'
import type { Day, LogId, Seq } from '../../shared/protocol/ids.ts'
import type { Live } from './live.ts'
import { type Framing, framePages } from './pages.ts'
import type { Standing } from './ports.ts'
import type { Tails } from './tail.ts'

/** A framed page and the seq after it. */
type Framed = { readonly bytes: Uint8Array; readonly next: number }

export type Frames = {
  /** These entries, and where the log stands now. */
  readonly page: (log: Live, entries: readonly Entry[]) => Uint8Array
  /** A page of the log's tail; undefined where the store has to be asked. */
  readonly recent: (log: Live, from: Seq, tails: Tails) => Framed | undefined
}

export type FramesDeps = {
  readonly sign: (id: LogId, at: Standing) => SignedHead
  readonly framing: Framing
  readonly today: () => Day
}

export const createFrames = ({ sign, framing, today }: FramesDeps): Frames => {
  let last: (Framed & { log: Live; from: Seq; at: Standing; day: Day }) | undefined

  const page = (log: Live, entries: readonly Entry[]): Uint8Array => {
    if (log.at === undefined) throw new Error('nothing is known of this log')
    return framePages({ ref: 0, log: log.id, entries, head: sign(log.id, log.at) }, framing)
  }
  const recent = (log: Live, from: Seq, tails: Tails): Framed | undefined => {
    const { at } = log
    const day = today()
    if (last?.log === log && last.from === from && last.at === at && last.day === day) return last
    const entries = tails.page(log, from, day)
    if (entries === undefined || at === undefined) return undefined
    last = { log, from, at, day, bytes: page(log, entries), next: from + entries.length }
    return last
  }
  return { page, recent }
}
