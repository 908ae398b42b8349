/**
 * Which commits count: rules V2 to V8 of protocol.md section 7.1 as one pure function of the epoch and its log so far. Every member's
 * device reaches the same verdict, so nothing here may ask a clock, a setting, the network or a private key.
 * V1, the shape of V3 and the tree checks of V5 are done where MLS is (client/core/mls/inspect): they arrive here as `Seen`.
 * Not here: whether what a mandate names fits (targets.ts), and signed requests (requests.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import { decodeAct } from './act.ts'
import { decodeCharter } from './charter.ts'
import type { SeatChange, Trace } from './ledger.ts'
import { type Action, isCarried, type Mandate, motionHash } from './motion.ts'
import { planProposals, sameProposals, wantsPath } from './plan.ts'
import { judgeDrop, judgeLeave, judgeResync } from './requests.ts'
import { type Device, deviceAt, presentSeats, twoThirds } from './roster.ts'
import { targetFault } from './targets.ts'
import {
  type Court,
  type Effect,
  type Judged,
  type KeyPackageView,
  NO_TRACE,
  type Seen,
  type Violation,
} from './verdict.ts'

/** The verdict on one commit, apart from its place in the log (fold.ts). */
export const judge = (court: Court, seen: Seen): Result<Effect, Violation> => {
  const author = deviceAt(court.roster, seen.author)
  if (!author) return err('no_such_author')
  if (court.barred.has(author.seat)) return err('author_barred') // V2
  if (!seen.proposals) return err('foreign_proposal') // V3
  const judged = seen.proposals.length === 0 ? judgeTidy(court) : judgeAct(court, author, seen)
  if (!judged.ok) return judged
  const isPathWanted = wantsPath(seen.proposals) // V5, D11
  if (isPathWanted !== seen.hasPath) return err(isPathWanted ? 'path_missing' : 'path_unasked')
  return ok({ ...judged.value, author: author.seat, authorDevice: author.device })
}

/** V6: two thirds of the full seats that have a device, the opener's apart, have arrived. */
const judgeTidy = ({ roster, opener, hellos }: Court): Judged => {
  const electorate = presentSeats(roster).filter((seat) => seat !== opener)
  const arrived = electorate.filter((seat) => hellos.has(seat)).length
  const isFounding = roster.epoch === 0
  if (!isFounding && arrived < twoThirds(electorate.length)) return err('too_few_hellos')
  return ok({ ...NO_TRACE, action: 'tidy' })
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
      return judgeResync(court, author, act.request, seen.keyPackage)
    case 'leave':
      return judgeLeave(court, author, act.request)
    case 'drop':
      return judgeDrop(court, author, act.request)
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
  const { action, lastEpoch } = motion
  return ok({
    ...traceOf(court, action),
    action: action.type,
    spends: { motion: motionHash(motion), lastEpoch },
  })
}

const traceOf = (court: Court, action: Action): Trace => {
  if (action.type === 'remove') return { ...NO_TRACE, removed: [action.seat] }
  if (action.type === 'deviceAdd') return { ...NO_TRACE, change: { type: 'linked', seat: action.seat } }
  if (action.type === 'settleDrop') return { ...NO_TRACE, change: { type: 'settled', device: action.device } }
  return action.type === 'charter' ? { ...NO_TRACE, change: raisedBy(court, action.charter) } : NO_TRACE
}

/** I11: a longer probation is for those who come, and takes no vote from anybody who had one. */
const raisedBy = ({ charter, roster }: Court, next: Uint8Array): SeatChange | undefined => {
  const probation = decodeCharter(next)?.probation ?? 0
  const counted = roster.epoch - charter.probation
  return probation > charter.probation && counted > 0 ? { type: 'raised', counted } : undefined
}
