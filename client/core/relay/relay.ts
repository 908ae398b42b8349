/**
 * A relay as the engine uses it: one connection that stays, serving one group. Every head and receipt that comes out of
 * here carries the relay's signature; what a log's reader can check beyond that, the witness checks (witness.ts).
 */
import type { Result } from '../../../shared/base/result.ts'
import type { KeyPair } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import type { SignedHead } from '../../../shared/protocol/chain.ts'
import type { CancelToken, Deposit, DepositName } from '../../../shared/protocol/deposit.ts'
import type { Blob, LogId, Role } from '../../../shared/protocol/ids.ts'
import type { TtlDays } from '../../../shared/protocol/limits.ts'
import type { RelayKey } from '../../../shared/protocol/relayKey.ts'
import type { Lie } from './evidence.ts'
import type { Page, VerifiedEntry } from './observe.ts'
import type { Dial, Timer } from './ports.ts'
import type { Mark, Witness } from './witness.ts'

/** What it takes to use one log. `policy` is encoded, `id` is its hash (L1). */
export type LogAccess = {
  readonly policy: Uint8Array
  readonly id: LogId
  readonly reader: KeyPair
  readonly writer: KeyPair
}

/**
 * `none`, `slow`, `busy`: as R1, after waiting and working within bounds. `size`: our own blob or life breaks the log's
 * rules; nothing was sent. `conflict` and `full` bring the signed head that shows them: hand it to the witness. `share`: our writer key
 * has filled its share of a log that is not full (L9).
 * `offline`: no connection, or it broke before the answer: the request may or may not have been carried out.
 */
export type Failure =
  | { readonly type: 'none' }
  | { readonly type: 'conflict'; readonly head: SignedHead }
  | { readonly type: 'full'; readonly head: SignedHead }
  | { readonly type: 'share' }
  | { readonly type: 'slow'; readonly seconds: number }
  | { readonly type: 'size' }
  | { readonly type: 'busy'; readonly bits: number }
  | { readonly type: 'offline' }
  | { readonly type: 'lie'; readonly lie: Lie }

export type RelayState = 'offline' | 'dialing' | 'online'

/** `after`: append only if the log still ends there (if_head); the receipt must then continue its chain. */
export type AppendOptions = { readonly lifeDays: TtlDays; readonly after?: Mark; readonly alert?: boolean }

/** `atHead`: the witness has read all that the relay's newest head covers. */
export type Pulled = {
  readonly witness: Witness
  readonly entries: readonly VerifiedEntry[]
  readonly atHead: boolean
}

export type Watcher = {
  /** What is known now; entries after its seq are asked for, again after every reconnect. */
  readonly witness: () => Witness
  /** One or more a (re)connection, in order: feed each to `observePage`. Repeats are recognised there. */
  readonly onPage: (page: Page) => void
  /** The relay refused, or lied: the watch is over. Not called for being offline. */
  readonly onEnd: (failure: Failure) => void
}

export type Relay = {
  readonly state: () => RelayState
  /** Calls after every change of `state`; the answer stops it. */
  readonly onState: (listener: (state: RelayState) => void) => () => void
  /** Makes the log if it is not there. Works for BUSY (A4), waits for SLOW. */
  readonly create: (access: LogAccess) => Promise<Result<undefined, Failure>>
  /** Proves the keys on this connection; the head is the log's now. The others below do it by themselves. */
  readonly open: (access: LogAccess, roles: readonly Role[]) => Promise<Result<SignedHead, Failure>>
  /** Answers with the receipt: durable at the relay. Hand it to `observeHead`. */
  readonly append: (
    access: LogAccess,
    blob: Blob,
    options: AppendOptions,
  ) => Promise<Result<SignedHead, Failure>>
  /**
   * A sealed entry that the relay appends by itself when its time is over (SPEC.md T), once more if need be: the same deposit is one.
   * Answers with its name, durable at the relay. `full` and `share` as for append; `slow` where too many wait.
   */
  readonly deposit: (access: LogAccess, deposit: Deposit) => Promise<Result<DepositName, Failure>>
  /** Takes part in cancelling, durably; the same token counts once. `none`: nothing of that name waits (any more), or no token of it. */
  readonly cancel: (
    access: LogAccess,
    name: DepositName,
    token: CancelToken,
  ) => Promise<Result<undefined, Failure>>
  /** One page after what the witness has read. */
  readonly pull: (access: LogAccess, witness: Witness) => Promise<Result<Pulled, Failure>>
  /** One watcher for a log: a second replaces the first. The answer ends it. */
  readonly watch: (access: LogAccess, watcher: Watcher) => () => void
  /** Ends the connection; nothing is called afterwards. */
  readonly close: () => void
}

/** `admission`: the newest known secret (A3); a newer one is used at once and reported. `random` is in [0, 1). */
export type RelayDeps = {
  readonly dial: Dial
  readonly timer: Timer
  /** Waits between two dials, and may wake sooner where there is reason to hope. Without it `timer` does. */
  readonly redial?: Timer | undefined
  readonly random: () => number
  readonly address: string
  readonly relayKey: RelayKey
  readonly admission: AdmissionSecret
  readonly onAdmission: (secret: AdmissionSecret) => void
}
