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
import { approvalsNeeded, type Charter, charterHash, isFounding, MAX_CHARTER_BYTES } from './charter.ts'
import { type DeviceId, deviceId, hashText, type SeatId, seatId } from './ids.ts'
import { isSpent, type Ledger } from './ledger.ts'
import { deviceOf, isFullSeat, isVacant, type Roster, seatsOf } from './roster.ts'

/** Epochs after its issue in which a motion may be executed. */
export const MOTION_LIFE_EPOCHS = 256

const action = variant({
  /** The newcomer's key package hash, the seat it takes, and the seat that vouches. */
  add: [1, struct({ keyPackage: hashText, seat: seatId, sponsor: seatId })],
  remove: [2, struct({ seat: seatId })],
  charter: [3, struct({ charter: varBytes(MAX_CHARTER_BYTES) })],
  /** One more device for a seat that exists: its key package hash. */
  deviceAdd: [4, struct({ keyPackage: hashText, seat: seatId })],
  /** "It was right to cut off this device": `by` may cut off another one in an emergency again. */
  settleDrop: [5, struct({ device: deviceId, seat: seatId, by: seatId })],
})
export type Action = Value<typeof action>
export const actionCodec: Codec<Action> = action

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
export const motionHash = (value: Motion): string => {
  const known = hashes.get(value) ?? toHex(sha256(encode(motion, value)))
  hashes.set(value, known)
  return known
}

/** Neither motions nor approvals ever change, and every view asks about all of them: each is worked out once. */
const hashes = new WeakMap<Motion, string>()

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
  readonly ledger: Ledger
}

/** Whether a motion may be executed in this epoch at all, whoever approved it. */
export const isTimely = (forum: Forum, value: Motion): boolean =>
  sameBytes(value.anchor, forum.anchor) &&
  sameBytes(value.charterHash, charterHash(forum.charterBytes)) &&
  value.rules === forum.charter.rules &&
  value.lastEpoch >= forum.roster.epoch &&
  value.lastEpoch <= forum.roster.epoch + MOTION_LIFE_EPOCHS &&
  !isSpent(forum.ledger, motionHash(value))

/** Who may decide on a motion: the full seats, but for the target of a removal and for whoever wants to have been right. */
export const electorateOf = (roster: Roster, { action }: Motion): readonly SeatId[] =>
  seatsOf(roster).filter((seat) => mayDecide(roster, action, seat))

const mayDecide = (roster: Roster, action: Action, seat: SeatId): boolean => {
  if (isOwners(action, seat)) return true
  if (action.type === 'remove' && action.seat === seat) return false
  if (action.type === 'settleDrop' && action.by === seat) return false
  return isFullSeat(roster, seat)
}

/** About the seat's own devices: its word weighs more than others', and on probation too. */
const isOwners = (action: Action, seat: SeatId): boolean =>
  (action.type === 'deviceAdd' || action.type === 'settleDrop') && action.seat === seat

/** The seat that an approval counts for, or undefined: a stranger's, a probationer's, the target's own, or a bad signature. */
export const approvingSeat = (roster: Roster, value: Motion, given: Approval): SeatId | undefined => {
  const device = deviceOf(roster, given.device)
  if (!device || !mayDecide(roster, value.action, device.seat)) return undefined
  return isSigned(device.signatureKey, value, given) ? device.seat : undefined
}

const isSigned = (key: Uint8Array, value: Motion, given: Approval): boolean => {
  const known = checked.get(given)
  if (known?.motion === value && sameBytes(known.key, key)) return known.isGood
  const isGood = verify(key, approvalBytes(value), given.signature)
  checked.set(given, { motion: value, key, isGood })
  return isGood
}

/** The last verdict on each approval, and what it was about. */
const checked = new WeakMap<
  Approval,
  { readonly motion: Motion; readonly key: Uint8Array; readonly isGood: boolean }
>()

/** Founding is everybody's, and never one person's (product.md 3.B). */
const EVERYBODY = { count: 2, thirds: 3 } as const

/** Approvals wanted of a motion, its owner's apart, if it has one. */
const neededOfOthers = ({ charter, roster }: Forum, value: Motion): number => {
  const { action } = value
  const others = electorateOf(roster, value).filter((seat) => !isOwners(action, seat)).length
  const keepsCount = action.type === 'remove' || seatsOf(roster).length >= 3
  if (action.type === 'charter' && isFounding(charter, action.charter))
    return approvalsNeeded(EVERYBODY, others, true)
  const rule = {
    add: charter.add,
    remove: charter.remove,
    charter: charter.change,
    // A device that none of the seat's own vouches for is whoever gets it: as hard as letting somebody in.
    deviceAdd: charter.add,
    settleDrop: charter.remove,
  }[action.type]
  return approvalsNeeded(rule, others, keepsCount)
}

/** One other seat, where there is one (4.11): an open phone alone links nothing. */
const neededWithOwner = (roster: Roster, action: Action): number =>
  action.type === 'deviceAdd' && seatsOf(roster).length > 1 ? 1 : 0

/** How many of `approving` are missing is for `isCarried` to say; this is the number that screens show. */
export const needed = (forum: Forum, value: Motion, approving: ReadonlySet<SeatId> = new Set()): number =>
  [...approving].some((seat) => isOwners(value.action, seat))
    ? 1 + neededWithOwner(forum.roster, value.action)
    : neededOfOthers(forum, value)

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

export const isCarried = (forum: Forum, value: Motion, given: readonly Approval[]): boolean => {
  const seats = approvingSeats(forum.roster, value, given)
  return isTimely(forum, value) && seats.size >= needed(forum, value, seats)
}

/**
 * 4.11: whether an honest device waits a day before it carries out a new device, so that whoever is robbed of an open phone, or of a name, hears of it:
 * unless two others have seen the person, and the seat itself agrees or has no device left that could. Validity reads no clock and does not ask this.
 */
export const waitsADay = (roster: Roster, value: Motion, given: readonly Approval[]): boolean => {
  const { action } = value
  if (action.type !== 'deviceAdd' || seatsOf(roster).length === 1) return false
  const seats = approvingSeats(roster, value, given)
  const others = [...seats].filter((seat) => seat !== action.seat).length
  return others < 2 || !(seats.has(action.seat) || isVacant(roster, action.seat))
}

/** The seat says that the new device is not its own: no honest device carries it out (4.11), also when the phone that said so is cut off later. */
export const isDisowned = (
  roster: Roster,
  value: Motion,
  { approvals, declined }: { readonly approvals: readonly Approval[]; readonly declined: readonly SeatId[] },
): boolean => {
  const { action } = value
  if (action.type !== 'deviceAdd') return false
  return declined.includes(action.seat) && !approvingSeats(roster, value, approvals).has(action.seat)
}

/** The mandate to put into a commit: the approvals that count in this epoch, in canonical order. */
export const assembleMandate = (forum: Forum, value: Motion, given: readonly Approval[]): Mandate => {
  const byDevice = new Map(given.map((one) => [one.device, one]))
  const counting = [...byDevice.values()].filter(
    (one) => approvingSeat(forum.roster, value, one) !== undefined,
  )
  return { motion: value, approvals: counting.sort((a, b) => (a.device < b.device ? -1 : 1)) }
}
