/**
 * Mandates (protocol.md 7.4): a motion that changes the group, and the signed approvals that carry it. A mandate names no epoch, so
 * a racing commit cannot void it; it names its target, which exists once, and the charter it was decided under.
 */
import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  encode,
  list,
  mapped,
  struct,
  u16,
  u32,
  type Value,
  varBytes,
  variant,
} from '../../../shared/base/codec.ts'
import { toHex } from '../../../shared/base/text.ts'
import { type SecretKey, sha256, sign, verify } from '../../../shared/crypto/sodium.ts'
import { approvalsNeeded, type Charter, charterHash, MAX_CHARTER_BYTES } from './charter.ts'
import { type DeviceId, deviceId, hashText, type SeatId, seatId } from './ids.ts'
import { deviceOf, fullSeats, isFullSeat, type Roster, seatsOf } from './roster.ts'

/** Epochs after its issue in which a motion may be executed. */
export const MOTION_LIFE_EPOCHS = 256

const action = variant({
  /** The newcomer's key package hash, the seat it takes, and the seat that vouches. */
  add: [1, struct({ keyPackage: hashText, seat: seatId, sponsor: seatId })],
  remove: [2, struct({ seat: seatId })],
  charter: [3, struct({ charter: varBytes(MAX_CHARTER_BYTES) })],
})
export type Action = Value<typeof action>

export const motion = struct({
  anchor: bytes(32),
  charterHash: bytes(32),
  rules: u16,
  nonce: bytes(16),
  lastEpoch: u32,
  action,
})
export type Motion = Value<typeof motion>

/** H(motion), as hex: the motion's name everywhere. */
export const motionHash = (value: Motion): string => toHex(sha256(encode(motion, value)))

const approvalFields = struct({ device: deviceId, signature: bytes(64) })
export type Approval = Value<typeof approvalFields>
export const approval: Codec<Approval> = approvalFields

/** 7.4: Ed25519("mandate/1" || H(motion)). */
const approvalBytes = (value: Motion): Uint8Array => concat(utf8('mandate/1'), sha256(encode(motion, value)))

export const approve = (key: SecretKey, device: DeviceId, value: Motion): Approval => ({
  device,
  signature: sign(key, approvalBytes(value)),
})

const mandateFields = struct({ motion, approvals: list(approvalFields, 256) })
export type Mandate = Value<typeof mandateFields>

/** Approvals stand in ascending order of device id: one mandate, one encoding. */
export const mandate: Codec<Mandate> = mapped(
  mandateFields,
  (value) =>
    value.approvals.every((a, i) => i === 0 || (value.approvals[i - 1]?.device ?? '') < a.device)
      ? value
      : undefined,
  (value) => value,
)

/** What a motion is judged by: one epoch of one group. */
export type Forum = {
  readonly anchor: Uint8Array
  readonly charter: Charter
  readonly charterBytes: Uint8Array
  readonly roster: Roster
  /** Hashes of motions already executed: a removed leaf leaves no trace in the tree that would stop its old ADD. */
  readonly spent: ReadonlySet<string>
}

/** Whether a motion may be executed in this epoch at all, whoever approved it. */
export const isTimely = (forum: Forum, value: Motion): boolean =>
  sameBytes(value.anchor, forum.anchor) &&
  sameBytes(value.charterHash, charterHash(forum.charterBytes)) &&
  value.rules === forum.charter.rules &&
  value.lastEpoch >= forum.roster.epoch &&
  value.lastEpoch <= forum.roster.epoch + MOTION_LIFE_EPOCHS &&
  !forum.spent.has(motionHash(value))

/** The full seats that may decide on a motion: the target of a removal may not. */
export const electorateOf = (roster: Roster, value: Motion): readonly SeatId[] =>
  fullSeats(roster).filter((seat) => value.action.type !== 'remove' || seat !== value.action.seat)

/** The seat that an approval counts for, or undefined: a stranger's, a probationer's, the target's own, or a bad signature. */
export const approvingSeat = (roster: Roster, value: Motion, given: Approval): SeatId | undefined => {
  const device = deviceOf(roster, given.device)
  if (!device || !isFullSeat(roster, device.seat)) return undefined
  if (value.action.type === 'remove' && value.action.seat === device.seat) return undefined
  return verify(device.signatureKey, approvalBytes(value), given.signature) ? device.seat : undefined
}

/**
 * The floor of two holds once there are three seats (4.5), also while all but one of them are on probation; and a removal, whose
 * target is excluded already, is never a single person's.
 */
export const needed = (forum: Forum, value: Motion): number => {
  const { charter, roster } = forum
  const rule = { add: charter.add, remove: charter.remove, charter: charter.change }[value.action.type]
  const keepsCount = value.action.type === 'remove' || seatsOf(roster).length >= 3
  return approvalsNeeded(rule, electorateOf(roster, value).length, keepsCount)
}

/** I10: counted per seat. */
export const approvingSeats = (
  roster: Roster,
  value: Motion,
  given: readonly Approval[],
): ReadonlySet<SeatId> => {
  const seats = new Set<SeatId>()
  for (const one of given) {
    const seat = approvingSeat(roster, value, one)
    if (seat !== undefined) seats.add(seat)
  }
  return seats
}

export const isCarried = (forum: Forum, value: Motion, given: readonly Approval[]): boolean =>
  isTimely(forum, value) && approvingSeats(forum.roster, value, given).size >= needed(forum, value)

/** The mandate to put into a commit: the approvals that count in this epoch, in canonical order. */
export const assembleMandate = (forum: Forum, value: Motion, given: readonly Approval[]): Mandate => {
  const byDevice = new Map(given.map((one) => [one.device, one]))
  const counting = [...byDevice.values()].filter(
    (one) => approvingSeat(forum.roster, value, one) !== undefined,
  )
  return { motion: value, approvals: counting.sort((a, b) => (a.device < b.device ? -1 : 1)) }
}
