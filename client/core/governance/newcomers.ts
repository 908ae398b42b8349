/** Whether a leaf fits where it is to stand: a newcomer's mark and probation (protocol.md 4.4, I11), and a further device of a seat (4.11). */
import { type DeviceId, decodeIdentity, type SeatId } from './ids.ts'
import {
  decodeSeatData,
  deviceOf,
  devicesOf,
  hasSeat,
  isFullSeat,
  joinedOf,
  type Roster,
  type SeatData,
  seatsOf,
} from './roster.ts'
import type { ActionOf, Court, KeyPackageView, Violation } from './verdict.ts'

/** Seats that join while there are fewer than three found the committee with the others and count at once. */
const FOUNDERS = 3

/** The `joined` value that a newcomer's leaf must carry when the committee looks like this. */
export const joinedMark = (roster: Roster): number =>
  seatsOf(roster).length < FOUNDERS ? 0 : roster.epoch + 1

/**
 * The newcomer's leaf cannot be changed after the key package was made, and the committee may have moved on meanwhile; but at least half
 * of the probation must still lie ahead, or a mark from the past would skip it (I11), as would one from before the probation was raised.
 */
export const isFittingMark = (roster: Roster, joined: number): boolean => {
  if (joinedMark(roster) === 0) return joined === 0
  const oldest = Math.max(roster.counted, roster.epoch - Math.floor(roster.probation / 2)) + 1
  return joined !== 0 && joined <= roster.epoch + 1 && (roster.probation === 0 || joined >= oldest)
}

/** I11: at most one third of the seats on probation once the newcomer is in; and nobody joins a talk beyond the third (product.md 3.B). */
export const newcomerFault = (
  { roster, charter }: Pick<Court, 'roster' | 'charter'>,
  seat: SeatId,
  keyPackage: KeyPackageView,
): Violation | undefined => {
  const claim = readClaim(roster, keyPackage)
  if (!claim || claim.seat !== seat || claim.data.after.length > 0) return 'bad_key_package'
  return isFittingMark(roster, claim.data.joined) ? placeFault({ roster, charter }) : 'bad_key_package'
}

/**
 * Why there is no place for anybody now, whoever it is; epochs or a decision later there may be. Whose mark fits has half of the probation ahead, and
 * so is on it where there is one.
 */
export const placeFault = ({ roster, charter }: Pick<Court, 'roster' | 'charter'>): Violation | undefined => {
  const seats = seatsOf(roster)
  if (!charter.isFounded && seats.length >= FOUNDERS) return 'not_founded'
  const isOnProbation = joinedMark(roster) !== 0 && roster.probation > 0
  const waiting = seats.filter((one) => !isFullSeat(roster, one)).length + (isOnProbation ? 1 : 0)
  return 3 * waiting <= seats.length + 1 ? undefined : 'too_many_on_probation'
}

/** What a key package claims to be; undefined if it is none of ours or its device id is taken. */
export const readClaim = (
  roster: Roster,
  { identity, seatData }: KeyPackageView,
): { readonly seat: SeatId; readonly device: DeviceId; readonly data: SeatData } | undefined => {
  const who = decodeIdentity(identity)
  const data = decodeSeatData(seatData)
  return who && data && !deviceOf(roster, who.device) ? { ...who, data } : undefined
}

/** The new leaf is the seat's: same `joined`, so that a device neither shortens a probation nor begins one anew. */
export const deviceFault = (
  { roster, charter }: Court,
  action: ActionOf<'deviceAdd'>,
  keyPackage: KeyPackageView | undefined,
): Violation | undefined => {
  if (!hasSeat(roster, action.seat)) return 'bad_target'
  if (devicesOf(roster, action.seat).length >= charter.devices) return 'too_many_devices'
  const claim = keyPackage && readClaim(roster, keyPackage)
  if (!claim || keyPackage.hash !== action.keyPackage || claim.seat !== action.seat) return 'bad_key_package'
  const { joined, after } = claim.data
  return after.length > 0 || joined !== joinedOf(roster, action.seat) ? 'bad_key_package' : undefined
}
