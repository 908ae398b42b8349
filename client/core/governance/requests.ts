/**
 * Commits that carry out somebody's signed request (protocol.md V4, V7, 4.11): a fresh leaf for a stuck one, a seat that goes, a device that is
 * cut off. One signature is the whole authority, so each is good for one device or seat, which exists once.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { err, ok } from '../../../shared/base/result.ts'
import {
  type DropRequest,
  type LeaveRequest,
  type ResyncRequest,
  verifyDrop,
  verifyLeave,
  verifyResync,
} from './act.ts'
import type { SeatId } from './ids.ts'
import { dropBy, helpersOf } from './ledger.ts'
import { MOTION_LIFE_EPOCHS } from './motion.ts'
import { readClaim } from './newcomers.ts'
import { type Device, deviceOf, devicesOf, isFullSeat } from './roster.ts'
import { type Court, type Judged, type KeyPackageView, NO_TRACE, type Violation } from './verdict.ts'

/**
 * V7: a device that was let in again and has not committed since is let in once more only by a seat that has not helped it yet. Whoever
 * spoils an answer is then out of the way, and nobody keeps the others busy with being stuck.
 */
export const judgeResync = (
  court: Court,
  author: Device,
  request: ResyncRequest,
  keyPackage: KeyPackageView | undefined,
): Judged => {
  const { roster, anchor, ledger } = court
  const stuck = deviceOf(roster, request.device)
  if (!stuck || !sameBytes(request.anchor, anchor) || request.epoch >= roster.epoch) return err('bad_request')
  if (!verifyResync(stuck.signatureKey, request)) return err('bad_request')
  const helpers = stuck.resynced ? helpersOf(ledger, stuck.device) : []
  if (helpers.includes(author.seat)) return err('resynced_before')
  const claim = keyPackage && readClaim(roster, keyPackage)
  if (!claim || keyPackage.hash !== request.keyPackage || claim.seat !== stuck.seat)
    return err('bad_key_package')
  if (claim.data.after.length === 0 || claim.data.joined !== stuck.joined) return err('bad_key_package')
  const change = {
    type: 'helped' as const,
    seat: stuck.seat,
    was: stuck.device,
    device: claim.device,
    by: [...helpers, author.seat].sort(),
  }
  return ok({ ...NO_TRACE, action: 'resync', change })
}

export const judgeLeave = ({ roster, anchor }: Court, author: Device, request: LeaveRequest): Judged => {
  const leaver = deviceOf(roster, request.device)
  if (!leaver || leaver.seat !== request.seat || leaver.seat === author.seat) return err('bad_request')
  if (!sameBytes(request.anchor, anchor) || !verifyLeave(leaver.signatureKey, request))
    return err('bad_request')
  return ok({ ...NO_TRACE, action: 'leave', removed: [request.seat] })
}

/** 4.11: the owner's, by another device of the seat; or in an emergency one other full seat's, which is then named and has one open at a time. */
export const judgeDrop = (court: Court, author: Device, request: DropRequest): Judged => {
  const { roster } = court
  const [target, by] = [deviceOf(roster, request.device), deviceOf(roster, request.by)]
  if (!target || !by || target === by || target.device === author.device) return err('bad_request')
  if (!isGoodDrop(court, by, request)) return err('bad_request')
  const fault = by.seat === target.seat ? undefined : emergencyFault(court, by.seat)
  if (fault) return err(fault)
  const isLast = devicesOf(roster, target.seat).length === 1
  return ok({
    ...NO_TRACE,
    action: 'drop',
    change: {
      type: 'dropped',
      seat: target.seat,
      device: target.device,
      by: by.seat === target.seat ? undefined : by.seat,
      vacates: isLast ? target.joined : undefined,
    },
  })
}

const isGoodDrop = ({ roster: { epoch }, anchor }: Court, by: Device, request: DropRequest): boolean =>
  sameBytes(request.anchor, anchor) &&
  request.lastEpoch >= epoch &&
  request.lastEpoch <= epoch + MOTION_LIFE_EPOCHS &&
  verifyDrop(by.signatureKey, request)

const emergencyFault = ({ roster, ledger }: Court, seat: SeatId): Violation | undefined => {
  if (!isFullSeat(roster, seat)) return 'bad_request'
  return dropBy(ledger, seat) ? 'drop_open' : undefined
}
