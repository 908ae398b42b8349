/**
 * What the relay needs from outside: a store, a clock in whole days, and a way out to a connection. server/store and
 * server/routes provide them. Not here: any decision.
 */
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import type { Entry, WriterSignature } from '../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../shared/protocol/ids.ts'

/** Milliseconds since 1970-01-01 UTC. */
export type Clock = () => number

/** Where a log stands. */
export type Standing = { readonly head: Head; readonly chain: Chain; readonly full: boolean }

/** An append that passed every check that needs no database. */
export type NewEntry = {
  readonly log: LogId
  readonly blob: Blob
  /** The last day on which the blob is served (L2). */
  readonly expiryDay: Day
  readonly ifHead: Head | undefined
  readonly writer: WriterSignature | undefined
}

/** `appended`: the standing at the entry's own seq. `conflict`: the standing that was found. */
export type Outcome =
  | { readonly type: 'appended'; readonly at: Standing }
  | { readonly type: 'conflict'; readonly head: Head }
  | { readonly type: 'full' }
  | { readonly type: 'none' }

export type Page = { readonly entries: readonly Entry[]; readonly at: Standing }

export type Store = {
  /** Makes an empty log if there is none; what died is gone first. `policy` is encoded. */
  readonly create: (id: LogId, policy: Uint8Array, today: Day) => Promise<void>
  /** One indexed read, the same for a log that is there and one that is not. */
  readonly find: (id: LogId, today: Day) => Promise<(Standing & { readonly policy: Uint8Array }) | undefined>
  /** From `from` on: at most `max` entries, at most a page (F5), and the head of the same instant. */
  readonly read: (id: LogId, from: Seq, max: number, today: Day) => Promise<Page | undefined>
  /** All of them durable, or a rejection. Outcomes in the order of the batch; order within a log is kept. */
  readonly append: (batch: readonly NewEntry[], today: Day) => Promise<readonly Outcome[]>
  /** One small step of what ends today (E4, L6); false when nothing was left. */
  readonly expireSome: (today: Day) => Promise<boolean>
}

/** The secrets that a CREATE may prove (A3). */
export type Admission = {
  readonly current: AdmissionSecret
  readonly previous: AdmissionSecret | undefined
}

/** Frames as they go to a socket: encoded once, shared by all who get them. */
export type Outlet = {
  /** False when the peer is behind: write no more until it has caught up (the connection's `drained`). */
  readonly write: (framed: Uint8Array) => boolean
}
