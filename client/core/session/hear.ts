/** What a member's payload tells: first about its author's history and the relay's (protocol.md 4.7), then what it says. */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import type { Chain, Head } from '../../../shared/protocol/ids.ts'
import { type Content, decodeContent, isCounted, isRuled } from '../committee/content.ts'
import { type Payload, payloadHash, type SeenHead } from '../epochlog/payload.ts'
import type { Place } from '../governance/fold.ts'
import type { SeatId } from '../governance/ids.ts'
import { type Device, fullSeats, presentSeats, type Roster } from '../governance/roster.ts'
import { takesOut } from '../governance/verdict.ts'
import { comparePeer } from '../relay/witness.ts'
import { numberKey } from './book.ts'
import { type Desk, isBefore, orderOf, suspect } from './desk.ts'
import { closeGap } from './gaps.ts'
import { heardWords } from './lastHeard.ts'
import { learnMotion } from './motions.ts'
import { type Epoch, forumOf } from './state.ts'
import { tell } from './telling.ts'
import { noteCheck } from './waitingChecks.ts'

export type Heard = {
  readonly payload: Payload
  readonly by: Device
  readonly found: { readonly place: Place }
}

/** False for a repetition of what this device has heard. */
export const hear = (desk: Desk, epoch: Epoch, heard: Heard): boolean => {
  const { payload, by } = heard
  compareSeen(desk, epoch, by, payload.seen)
  const closed = closeGap(epoch, payload.seen)
  if (closed !== epoch) desk.book.setEpoch(closed)
  if (!continues(desk, epoch, payload, by)) return false
  heardWords(desk, by.device, { ...payload.seen, epoch: epoch.info.number })
  takeSaying(desk, epoch, heard)
  return true
}

const takeSaying = (desk: Desk, epoch: Epoch, heard: Heard): void => {
  const { payload, by, found } = heard
  const order = orderOf(epoch.info.number, found.place)
  const { said } = payload
  switch (said.type) {
    case 'content':
      keepContent(desk, epoch, heard, said.content)
      return
    case 'motion':
      learnMotion(
        desk,
        forumOf(epoch),
        { motion: said.motion, approvals: [] },
        { ...said, by: by.seat, order },
      )
      return
    case 'approval': {
      const known = desk.book.motions.get(said.motion)
      if (known && said.approval.device === by.device)
        learnMotion(desk, forumOf(epoch), { motion: known.motion, approvals: [said.approval] })
      return
    }
    case 'decline': {
      const known = desk.book.motions.get(said.motion)
      if (known && !known.declined.includes(by.seat))
        desk.book.motions.put(said.motion, { ...known, declined: [...known.declined, by.seat].slice(0, 256) })
      return
    }
    default:
      unreachable(said)
  }
}

/** A fork that only a member vouches for is kept as a suspicion: a member may lie too, so it stops nothing by itself. */
export const compareSeen = (desk: Desk, epoch: Epoch, by: Device, seen: SeenHead): void => {
  const witness = epoch.witnesses[seen.log]
  if (!witness || seen.seq === 0) return
  const mark = { seq: seen.seq as Head, chain: seen.chain as Chain }
  if (comparePeer(witness, mark) === 'fork')
    suspect(desk, 'relay_forked', { epoch: epoch.info.number, device: by.device })
}

/**
 * Whether this payload follows on the device's last one. A resend is passed over; a gap is counted, for what is missing may be
 * the relay's doing; a counter used twice or a history that changed names the device.
 */
const continues = (desk: Desk, epoch: Epoch, payload: Payload, by: Device): boolean => {
  if (desk.book.homeless.get(payload.id) !== undefined) {
    desk.book.homeless.drop(payload.id)
    return true
  }
  const last = desk.book.peers.get(by.device)
  const hash = payloadHash(payload)
  const about = { epoch: epoch.info.number, device: by.device }
  if (last && payload.counter <= last.counter) {
    const isResend = payload.counter < last.counter || sameBytes(hash, last.hash)
    if (!isResend) suspect(desk, 'counter_repeated', about)
    return false
  }
  const skipped = last ? payload.counter - last.counter - 1 : 0
  if (last && skipped === 0 && !sameBytes(payload.previous, last.hash))
    suspect(desk, 'history_rewritten', about)
  desk.book.peers.put(by.device, {
    counter: payload.counter,
    hash,
    missing: (last?.missing ?? 0) + skipped,
  })
  return true
}

type Timed = Pick<Heard, 'by' | 'found'> & {
  readonly id: string
  readonly at: number
  readonly content: Uint8Array
}

/** What a member left with the relay: an alarm and nothing else, and from nobody who was put out of this epoch before it opened. */
export const hearTimed = (desk: Desk, epoch: Epoch, { id, at, content, by, found }: Timed): void => {
  const { current } = epoch.fold
  const isTooLate =
    current !== undefined && isBefore(current.place, found.place) && takesOut(current.effect, by)
  const decoded = decodeContent(content)
  if (isTooLate || !decoded.ok || decoded.value.type !== 'alarm') return
  keepContent(desk, epoch, { payload: { id, at }, by, found }, content)
}

type Kept = Pick<Heard, 'by' | 'found'> & { readonly payload: Pick<Payload, 'id' | 'at'> }

const keepContent = (desk: Desk, epoch: Epoch, { payload, by, found }: Kept, raw: Uint8Array): void => {
  const content = decodeContent(raw)
  if (!content.ok) return
  const { book } = desk
  if (desk.saidIds.has(payload.id)) return
  desk.saidIds.add(payload.id)
  if (content.value.type === 'introduce') book.handles.put(by.seat, content.value.handle)
  // Nothing of it is kept, so there is nothing to keep here either (talking.ts).
  if (content.value.type === 'partWays' && !book.newest().charter.isFounded)
    tell(desk, { type: 'ended', why: 'parted' })
  if (content.value.type === 'check') noteCheck(desk, payload.id, content.value)
  const order = orderOf(epoch.info.number, found.place)
  book.sayings.put(numberKey(order), {
    id: payload.id,
    seat: by.seat,
    device: by.device,
    order,
    at: payload.at,
    electorate: electorateFor(content.value, epoch.info.roster),
    heardAt: desk.clock(),
    notBefore: book.own().polledAt,
    decisions: isRuled(content.value) ? epoch.charter.decisions : undefined,
    content: raw,
  })
}

/** A seat whose phones are gone is counted where the committee decides, and signs no letters: who has the phone would. */
const electorateFor = (content: Content, roster: Roster): readonly SeatId[] | undefined => {
  if (content.type === 'cityKeys') return presentSeats(roster)
  return isCounted(content) ? fullSeats(roster) : undefined
}
