/** Signed statements found in a log: arrivals, votes on a commit, and requests to the members. */

import { sameBytes } from '../../../shared/base/bytes.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import type { Chain, Head } from '../../../shared/protocol/ids.ts'
import { isHandle } from '../committee/content.ts'
import type { SeenHead } from '../epochlog/payload.ts'
import type { Stated, Statement } from '../epochlog/statement.ts'
import {
  type DropRequest,
  type LeaveRequest,
  type ResyncRequest,
  verifyDrop,
  verifyLeave,
  verifyResync,
} from '../governance/act.ts'
import { foldHello, foldVote, type Place, takeTurn } from '../governance/fold.ts'
import { ledgerHash } from '../governance/ledger.ts'
import { type Device, deviceOf } from '../governance/roster.ts'
import { comparePeer } from '../relay/witness.ts'
import { type Desk, NO_COMMIT, suspect } from './desk.ts'
import { closeGap } from './gaps.ts'
import { compareSeen, hearTimed } from './hear.ts'
import { heardStatement } from './lastHeard.ts'
import type { Epoch } from './state.ts'
import { stepBack } from './stepBack.ts'
import { MAX_REQUESTS } from './stuck.ts'
import { hearResults } from './told.ts'
import { dropKey, isPresent, leaveKey, resyncKey } from './welcomes.ts'

export type Taken = {
  readonly statement: Statement
  readonly by: Device
  readonly found: { readonly place: Place }
}

export const takeStatement = (desk: Desk, epoch: Epoch, { statement, by, found }: Taken): void => {
  const { stated } = statement
  compareSeen(desk, epoch, by, statement.seen)
  heardStatement(desk, by.device, { ...statement.seen, epoch: epoch.info.number })
  switch (stated.type) {
    case 'hello':
      takeHello(desk, epoch, by, { ...stated, seen: statement.seen })
      return
    case 'void':
    case 'unvoid':
      takeVote(desk, epoch, by, stated)
      return
    case 'resync':
      takeResync(desk, epoch, by, { ...stated, log: found.place.log })
      return
    case 'leave':
      takeLeave(desk, epoch, by, { request: stated.request, log: found.place.log })
      return
    case 'drop':
      takeDrop(desk, epoch, by, { request: stated.request, log: found.place.log })
      return
    case 'timed':
      hearTimed(desk, epoch, { ...stated, by, found })
      return
    default:
      unreachable(stated)
  }
}

type Hello = Extract<Stated, { type: 'hello' }> & { readonly seen: SeenHead }

const takeHello = (desk: Desk, epoch: Epoch, by: Device, { seen, ...hello }: Hello): void => {
  const { info } = epoch
  desk.book.setEpoch(
    closeGap({ ...epoch, fold: foldHello(epoch.fold, by.device, hello.isProvisional) }, seen),
  )
  if (isHandle(hello.handle)) desk.book.handles.put(by.seat, hello.handle)
  const about = { epoch: info.number, device: by.device }
  if (hello.commit !== info.openedBy && hello.commit !== NO_COMMIT && info.openedBy !== NO_COMMIT)
    suspect(desk, 'other_commit', about)
  if (hello.ledger !== ledgerHash(info.ledger)) suspect(desk, 'history_differs', about)
  hearResults(desk, epoch, by, hello.results)
  const parent = desk.book.epoch(info.number - 1)?.witnesses[hello.parent.log]
  const mark = { seq: hello.parent.seq as Head, chain: hello.parent.chain as Chain }
  if (parent && hello.parent.seq > 0 && comparePeer(parent, mark) === 'fork')
    suspect(desk, 'relay_forked', about)
}

type Vote = Extract<Stated, { type: 'void' | 'unvoid' }>

const takeVote = (desk: Desk, epoch: Epoch, by: Device, vote: Vote): void => {
  const { current } = epoch.fold
  if (current?.commit !== vote.commit) return
  const heard = takeTurn(epoch.fold, by.device, vote.turn)
  if (!heard) return
  const fold = foldVote(heard, by, vote.commit, vote.type === 'void')
  const now = { ...epoch, fold }
  desk.book.setEpoch(now)
  if (!fold.current) stepBack(desk, now, current)
}

type Request<R> = { readonly request: R; readonly log: number }

const takeResync = (
  desk: Desk,
  epoch: Epoch,
  by: Device,
  asked: Request<ResyncRequest> & { readonly keyPackage: Uint8Array },
): void => {
  const { request, keyPackage, log } = asked
  const { info } = epoch
  const isHere = request.epoch === info.number && sameBytes(request.anchor, info.anchor)
  if (!isHere || by.device === desk.book.own().device) return
  const isFirst = request.device === by.device
  if (isFirst ? !isFirstGood(desk, by, request) : !mayAskAgain(desk, epoch, by, request)) return
  desk.book.requests.put(resyncKey(by.device, request.device), {
    epoch: epoch.info.number,
    log,
    resync: { request, keyPackage },
    leave: undefined,
    drop: undefined,
  })
}

const isFirstGood = (desk: Desk, by: Device, request: ResyncRequest): boolean =>
  verifyResync(by.signatureKey, request) && isPresent(desk, by.device)

/** By a leaf that only an answer can have put there, so its signature is checked when it is found in the tree (V7, branches.ts). */
const mayAskAgain = ({ book }: Desk, { info }: Epoch, by: Device, { device }: ResyncRequest): boolean => {
  const known = book.requests.keys().filter((key) => key.startsWith(resyncKey(by.device, '')))
  return !deviceOf(info.roster, device) && known.length < MAX_REQUESTS
}

const takeLeave = (desk: Desk, epoch: Epoch, by: Device, { request, log }: Request<LeaveRequest>): void => {
  const isGood =
    request.device === by.device &&
    request.seat === by.seat &&
    sameBytes(request.anchor, epoch.info.anchor) &&
    verifyLeave(by.signatureKey, request)
  if (!isGood || !isPresent(desk, by.device)) return
  desk.book.requests.put(leaveKey(by.device), {
    epoch: epoch.info.number,
    log,
    resync: undefined,
    leave: request,
    drop: undefined,
  })
}

const takeDrop = (desk: Desk, epoch: Epoch, by: Device, { request, log }: Request<DropRequest>): void => {
  const isGood =
    request.by === by.device &&
    sameBytes(request.anchor, epoch.info.anchor) &&
    verifyDrop(by.signatureKey, request)
  if (!isGood || !isPresent(desk, request.device)) return
  desk.book.requests.put(dropKey(request.device, request.by), {
    epoch: epoch.info.number,
    log,
    resync: undefined,
    leave: undefined,
    drop: request,
  })
}
