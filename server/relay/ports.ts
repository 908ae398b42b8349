/**
 * What the relay needs from outside: a store, a clock in whole days, and a way out to a connection. server/store and
 * server/routes provide them. Not here: any decision.
 */
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import type { Deposit, DepositName } from '../../shared/protocol/deposit.ts'
import type { Entry, WriterSignature } from '../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../shared/protocol/ids.ts'

/** Milliseconds since 1970-01-01 UTC. */
export type Clock = () => number

/** Runs it once, so many milliseconds from now; never, if the process ends before. */
export type Later = (ms: number, run: () => void) => void

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

/** `appended`: the standing at the entry's own seq. `conflict`: the standing that was found. `away`: as in `Store`. */
export type Outcome =
  | { readonly type: 'appended'; readonly at: Standing }
  | { readonly type: 'conflict'; readonly head: Head }
  | { readonly type: 'full' }
  | { readonly type: 'none' }
  | { readonly type: 'away' }

/** A deposit that passed every check that needs no database. */
export type NewDeposit = Deposit & {
  readonly log: LogId
  readonly name: DepositName
  /** Of the writer key that its bounds are counted on, in the policy. */
  readonly place: number
  readonly writer: WriterSignature | undefined
}

/** Milliseconds of a time that never goes back, and its day (T5). */
export type Moment = { readonly at: number; readonly today: Day }

/** `next`: milliseconds, of what waits; undefined where nothing does. */
export type Released = { readonly grown: readonly LogId[]; readonly next: number | undefined }

export type Page = { readonly entries: readonly Entry[]; readonly at: Standing }

export type Found = Standing & { readonly policy: Uint8Array }

/**
 * `away`: the database cannot answer now (gone, restarting, disk full) and certainly nothing was done: ask again later.
 * A rejection: nobody knows whether it was done.
 */
export type Store = {
  /** Makes an empty log if there is none; what died is gone first. `policy` is encoded. */
  readonly create: (id: LogId, policy: Uint8Array, today: Day) => Promise<'made' | 'away'>
  /** One indexed read, the same for a log that is there and one that is not. */
  readonly find: (id: LogId, today: Day) => Promise<Found | 'away' | undefined>
  /** From `from` on: at most `max` entries, at most a page (F5), and the head of the same instant. */
  readonly read: (id: LogId, from: Seq, max: number, today: Day) => Promise<Page | 'away' | undefined>
  /** All of them durable, or a rejection. Outcomes in the order of the batch; order within a log is kept. */
  readonly append: (batch: readonly NewEntry[], today: Day) => Promise<readonly Outcome[]>
  /** Durable, or was before; `slow` where too many wait (T3). */
  readonly deposit: (one: NewDeposit, moment: Moment) => Promise<'made' | 'none' | 'full' | 'slow' | 'away'>
  /** Counts the token of this hash; false where nothing of that name waits, or the hash is not one of its (T4). */
  readonly cancel: (id: LogId, name: DepositName, hash: Uint8Array, today: Day) => Promise<boolean | 'away'>
  /** Appends some of what is due; by one relay only, however many ask. */
  readonly release: (moment: Moment) => Promise<Released | 'away'>
  /** What seems to have been deposited later than now, because the clock went back: it waits again from now (T5). */
  readonly restamp: (now: number) => Promise<void>
  /** Where these logs stand, in one question; logs that are not there are left out. */
  readonly heads: (ids: readonly LogId[]) => Promise<readonly (readonly [LogId, Head])[] | 'away'>
  /** One small step of what ends today (E4, L6); false when nothing was left. */
  readonly expireSome: (today: Day) => Promise<boolean>
}

/**
 * What relays on one database tell each other: that logs may have grown. Only ever a hint: it may be lost, late or doubled,
 * and who needs certainty asks the store.
 */
export type Bus = {
  /** Returns at once; hints that wait are sent together. */
  readonly announce: (ids: readonly LogId[]) => void
  /** `undefined`: any log may have grown, since hints may have been lost. Never called for what this relay announced. */
  readonly onHint: (listener: (ids: readonly LogId[] | undefined) => void) => void
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
