/** The words in which commits are judged (protocol.md 7.1): what is seen of a commit, by whom it is judged, and what comes of it. */
import type { Result } from '../../../shared/base/result.ts'
import type { DeviceId, SeatId } from './ids.ts'
import type { Trace } from './ledger.ts'
import type { Action, Forum } from './motion.ts'
import type { Proposal } from './plan.ts'
import type { Device } from './roster.ts'

/** A key package that passed MLS's own checks. `hash` as hex. */
export type KeyPackageView = {
  readonly hash: string
  readonly identity: Uint8Array
  readonly seatData: Uint8Array
}

/** A commit as MLS sees it. `proposals` is undefined when it holds anything but our four kinds by value (V3). */
export type Seen = {
  readonly hash: string
  readonly author: number
  readonly hasPath: boolean
  readonly proposals: readonly Proposal[] | undefined
  /** Of the added key package, if there is one and it passed. */
  readonly keyPackage: KeyPackageView | undefined
}

/** The epoch and its log so far, as far as a verdict depends on them. */
export type Court = Forum & {
  readonly hellos: ReadonlySet<SeatId>
  readonly barred: ReadonlySet<SeatId>
  /** The seat whose commit opened this epoch; undefined for the founding epoch (V6). */
  readonly opener: SeatId | undefined
}

export type ActionName = 'tidy' | 'resync' | 'leave' | 'drop' | Action['type']

/** What a valid commit does. Seats lose their place by `removed` only: never by a resync or a drop (I13). */
export type Effect = Trace & {
  readonly action: ActionName
  readonly author: SeatId
  readonly authorDevice: DeviceId
}

export type Violation =
  | 'no_such_author'
  | 'author_barred'
  | 'foreign_proposal'
  | 'not_exact'
  | 'not_carried'
  | 'bad_target'
  | 'bad_key_package'
  | 'too_many_on_probation'
  | 'not_founded'
  | 'bad_charter'
  | 'bad_request'
  | 'too_many_devices'
  | 'drop_open'
  | 'resynced_before'
  | 'path_missing'
  | 'path_unasked'
  | 'too_few_hellos'

export type ActionOf<T extends Action['type']> = Extract<Action, { type: T }>
/** What a commit does, whoever makes it. */
export type Judged = Result<Omit<Effect, 'author' | 'authorDevice'>, Violation>

export const NO_TRACE: Trace = { removed: [], spends: undefined, change: undefined }

/** Whether a device is out after this commit: what it sent late is not heard, and its word on the commit does not count. */
export const takesOut = (
  { removed, change }: Effect,
  { seat, device }: Pick<Device, 'seat' | 'device'>,
): boolean => removed.includes(seat) || (change?.type === 'dropped' && change.device === device)
