/**
 * Which commits count: rules V2 to V8 of protocol.md section 7.1 as one pure function of the epoch and its log so far. Every member's
 * device reaches the same verdict, so nothing here may ask a clock, a setting, the network or a private key.
 * V1, the shape of V3 and the tree checks of V5 are done where MLS is (client/core/mls/inspect): they arrive here as `Seen`.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import { decodeAct, type LeaveRequest, type ResyncRequest, verifyLeave, verifyResync } from './act.ts'
import { decodeCharter } from './charter.ts'
import { type DeviceId, decodeIdentity, type SeatId } from './ids.ts'
import { type Forum, isCarried, type Mandate, motionHash } from './motion.ts'
import { type Proposal, planProposals, sameProposals } from './plan.ts'
import {
  type Device,
  decodeSeatData,
  deviceAt,
  deviceOf,
  fullSeats,
  hasSeat,
  isFullSeat,
  type Roster,
  type SeatData,
  seatsOf,
  twoThirds,
} from './roster.ts'

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

export type ActionName = 'tidy' | 'add' | 'remove' | 'charter' | 'resync' | 'leave'

/** What a valid commit does. */
export type Effect = {
  readonly action: ActionName
  readonly author: SeatId
  readonly authorDevice: DeviceId
  /** Seats that lose their place; never by a resync (I13). */
  readonly removed: readonly SeatId[]
  /** The executed motion, so that it is not executed again, and the epoch after which nobody could. */
  readonly spends: { readonly motion: string; readonly lastEpoch: number } | undefined
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
  | 'bad_charter'
  | 'bad_request'
  | 'resynced_before'
  | 'path_missing'
  | 'path_unasked'
  | 'too_few_hellos'

/** The verdict on one commit, apart from its place in the log (fold.ts). */
export const judge = (court: Court, seen: Seen): Result<Effect, Violation> => {
  const author = deviceAt(court.roster, seen.author)
  if (!author) return err('no_such_author')
  if (court.barred.has(author.seat)) return err('author_barred') // V2
  if (!seen.proposals) return err('foreign_proposal') // V3
  const judged = seen.proposals.length === 0 ? judgeTidy(court) : judgeAct(court, author, seen)
  if (!judged.ok) return judged
  const wantsPath = judged.value.action !== 'add' && judged.value.action !== 'charter' // V5, D11
  if (wantsPath !== seen.hasPath) return err(wantsPath ? 'path_missing' : 'path_unasked')
  return ok({ ...judged.value, author: author.seat, authorDevice: author.device })
}

type Judged = Result<Omit<Effect, 'author' | 'authorDevice'>, Violation>

/** V6: two thirds of the full seats, the opener's apart, have arrived. */
const judgeTidy = ({ roster, opener, hellos }: Court): Judged => {
  const electorate = fullSeats(roster).filter((seat) => seat !== opener)
  const arrived = electorate.filter((seat) => hellos.has(seat)).length
  const isFounding = roster.epoch === 0
  if (!isFounding && arrived < twoThirds(electorate.length)) return err('too_few_hellos')
  return ok({ action: 'tidy', removed: [], spends: undefined })
}

const judgeAct = (court: Court, author: Device, seen: Seen): Judged => {
  const last = seen.proposals?.at(-1)
  const act = last?.type === 'act' ? decodeAct(last.data) : undefined
  const added = seen.proposals?.find((p) => p.type === 'add')
  const plan = act && planProposals(court.roster, act, added?.keyPackage)
  if (!act || !plan || !sameProposals(plan, seen.proposals ?? [])) return err('not_exact') // V4
  switch (act.type) {
    case 'mandate':
      return judgeMandate(court, author, act.mandate, seen.keyPackage)
    case 'resync':
      return judgeResync(court, act.request, seen.keyPackage)
    case 'leave':
      return judgeLeave(court, author, act.request)
    default:
      return unreachable(act)
  }
}

const judgeMandate = (
  court: Court,
  author: Device,
  mandate: Mandate,
  keyPackage: KeyPackageView | undefined,
): Judged => {
  const { motion, approvals } = mandate
  if (!isCarried(court, motion, approvals)) return err('not_carried')
  const fault = targetFault(court, author, mandate, keyPackage)
  if (fault) return err(fault)
  return ok({
    action: motion.action.type,
    removed: motion.action.type === 'remove' ? [motion.action.seat] : [],
    spends: { motion: motionHash(motion), lastEpoch: motion.lastEpoch },
  })
}

const targetFault = (
  court: Court,
  author: Device,
  { motion: { action } }: Mandate,
  keyPackage: KeyPackageView | undefined,
): Violation | undefined => {
  const { roster } = court
  if (action.type === 'remove')
    return hasSeat(roster, action.seat) && action.seat !== author.seat ? undefined : 'bad_target'
  if (action.type === 'charter') return charterFault(court, action.charter)
  if (!hasSeat(roster, action.sponsor) || hasSeat(roster, action.seat)) return 'bad_target'
  if (!keyPackage || keyPackage.hash !== action.keyPackage) return 'bad_key_package'
  return newcomerFault(roster, action.seat, keyPackage)
}

/** The relays move by relocation only, the suite by a migration, the rules when every device knows them (7.6). */
const charterFault = (court: Court, bytes: Uint8Array): Violation | undefined => {
  const next = decodeCharter(bytes)
  const { charter } = court
  if (!next || next.suite !== charter.suite || next.rules !== charter.rules) return 'bad_charter'
  const sameRelays =
    next.relays.length === charter.relays.length &&
    next.relays.every((relay, i) => {
      const old = charter.relays[i]
      return (
        old !== undefined &&
        relay.address === old.address &&
        sameBytes(relay.staticKey, old.staticKey) &&
        sameBytes(relay.signingKey, old.signingKey)
      )
    })
  return sameRelays ? undefined : 'bad_charter'
}

/** Seats that join while there are fewer than three found the committee with the others and count at once. */
const FOUNDERS = 3

/** The `joined` value that a newcomer's leaf must carry when the committee looks like this. */
export const joinedMark = (roster: Roster): number =>
  seatsOf(roster).length < FOUNDERS ? 0 : roster.epoch + 1

/**
 * The newcomer's leaf cannot be changed after the key package was made, and the committee may have moved on meanwhile; but at least half
 * of the probation must still lie ahead, or a mark from the past would skip it (I11).
 */
export const isFittingMark = (roster: Roster, joined: number): boolean => {
  if (joinedMark(roster) === 0) return joined === 0
  const oldest = roster.epoch + 1 - Math.floor(roster.probation / 2)
  return joined !== 0 && joined <= roster.epoch + 1 && (roster.probation === 0 || joined >= oldest)
}

/** I11: at most one third of the seats on probation once the newcomer is in. */
const newcomerFault = (roster: Roster, seat: SeatId, keyPackage: KeyPackageView): Violation | undefined => {
  const claim = readClaim(roster, keyPackage)
  if (!claim || claim.seat !== seat || claim.data.resynced) return 'bad_key_package'
  const { joined } = claim.data
  if (!isFittingMark(roster, joined)) return 'bad_key_package'
  const seats = seatsOf(roster)
  const waiting = seats.filter((one) => !isFullSeat(roster, one)).length + (isWaiting(roster, joined) ? 1 : 0)
  return 3 * waiting <= seats.length + 1 ? undefined : 'too_many_on_probation'
}

const isWaiting = (roster: Roster, joined: number): boolean =>
  joined !== 0 && roster.epoch + 1 < joined + roster.probation

/** What a key package claims to be; undefined if it is none of ours or its device id is taken. */
const readClaim = (
  roster: Roster,
  { identity, seatData }: KeyPackageView,
): { readonly seat: SeatId; readonly data: SeatData } | undefined => {
  const who = decodeIdentity(identity)
  const data = decodeSeatData(seatData)
  return who && data && !deviceOf(roster, who.device) ? { seat: who.seat, data } : undefined
}

const judgeResync = (
  court: Court,
  request: ResyncRequest,
  keyPackage: KeyPackageView | undefined,
): Judged => {
  const { roster, anchor } = court
  const stuck = deviceOf(roster, request.device)
  if (!stuck || !sameBytes(request.anchor, anchor) || request.epoch >= roster.epoch) return err('bad_request')
  if (!verifyResync(stuck.signatureKey, request)) return err('bad_request')
  if (stuck.resynced) return err('resynced_before') // V7
  const claim = keyPackage && readClaim(roster, keyPackage)
  if (!claim || keyPackage.hash !== request.keyPackage || claim.seat !== stuck.seat)
    return err('bad_key_package')
  if (!claim.data.resynced || claim.data.joined !== stuck.joined) return err('bad_key_package')
  return ok({ action: 'resync', removed: [], spends: undefined })
}

const judgeLeave = ({ roster, anchor }: Court, author: Device, request: LeaveRequest): Judged => {
  const leaver = deviceOf(roster, request.device)
  if (!leaver || leaver.seat !== request.seat || leaver.seat === author.seat) return err('bad_request')
  if (!sameBytes(request.anchor, anchor) || !verifyLeave(leaver.signatureKey, request))
    return err('bad_request')
  return ok({ action: 'leave', removed: [request.seat], spends: undefined })
}
