/**
 * What another device of the same member is given (protocol.md 4.11): what its owner has the right to read, and nothing with which anything could be
 * read or said. So words as far as they are kept, names, and motions; no group state, no log keys, no commits, no invites, no counters, no other
 * committee. Not here: how it travels (carryOver.ts).
 *
 * The new device believes its owner's other device, and nobody else has to: what a lying one hands over is on this one screen only, is marked
 * as its word, and counts nowhere. Approvals are verified again, and what was decided is asked of the ledger.
 */

import { sameBytes } from '../../../shared/base/bytes.ts'
import {
  bytes,
  decode,
  encode,
  list,
  oneByteOf,
  option,
  struct,
  text,
  u32,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { decodeContent, isHandle } from '../committee/content.ts'
import { decodeResults, MAX_RESULTS_BYTES } from '../committee/results.ts'
import { type DeviceId, deviceId, type SeatId, seatId } from '../governance/ids.ts'
import { isTimely, motionHash } from '../governance/motion.ts'
import { deviceOf } from '../governance/roster.ts'
import { numberKey } from './book.ts'
import { type Desk, firstOrderOf } from './desk.ts'
import { forgetSaid } from './forgetting.ts'
import { MINE } from './joinings.ts'
import { learnMotion, MAX_MOTIONS } from './motions.ts'
import { forumOf, type KnownMotion, knownMotion, rosterOf, type StoredSaying, storedSaying } from './state.ts'

/** Sayings handed over, the newest: what one transaction of a vault takes. */
const MAX_SAYINGS = 50_000
/** Bytes of them. */
export const MAX_HANDOVER_BYTES = 32 * 1024 * 1024
const fields = struct({
  version: oneByteOf([1]),
  anchor: bytes(32),
  seat: seatId,
  from: deviceId,
  to: deviceId,
  /** The first epoch that the new device reads itself; everything here stands before it. */
  entered: u32,
  handles: list(struct({ seat: seatId, handle: text(160) }), 1024),
  motions: list(knownMotion, 256),
  /** Where the giver's own fold begins. */
  begin: option(varBytes(MAX_RESULTS_BYTES)),
  /** In order. */
  sayings: list(storedSaying, MAX_SAYINGS),
})
export type Handover = Value<typeof fields>

/** Undefined if the device is in none of the epochs held. */
export const collectHandover = (desk: Desk, to: DeviceId): Uint8Array | undefined => {
  const { book } = desk
  const entered = book.epochs().find((epoch) => deviceOf(rosterOf(epoch), to))?.info.number
  if (entered === undefined) return undefined
  forgetSaid(desk)
  const { seat, device } = book.own()
  return encode(fields, {
    version: 1,
    anchor: book.newest().info.anchor,
    seat,
    from: device,
    to,
    entered,
    handles: book.handles.keys().map((one) => ({ seat: one as SeatId, handle: book.handles.get(one) ?? '' })),
    motions: book.motions.all().map(withoutInvite),
    begin: book.told.get(MINE)?.begin,
    sayings: newest(book.sayings.all().filter(({ order }) => order < firstOrderOf(entered))),
  })
}

/** An invite lets in; once it has, or cannot any more, it is nobody's business. */
const withoutInvite = (known: KnownMotion): KnownMotion =>
  known.outcome === 'open' ? known : { ...known, join: undefined }

const newest = (sayings: readonly StoredSaying[]): readonly StoredSaying[] => {
  let room = MAX_HANDOVER_BYTES / 2
  let from = sayings.length
  while (from > 0 && sayings.length - from < MAX_SAYINGS) {
    const next = sayings[from - 1]
    room -= next ? encode(storedSaying, next).length : 0
    if (room < 0) break
    from--
  }
  return sayings.slice(from)
}

/** `foreign`: of another committee, seat or device, or about epochs that we read ourselves. */
export type HandoverFault = 'malformed' | 'foreign'

/** Whether it may come in at all: exact encoding, for us, in order, nothing twice, nothing that is not content. */
export const checkHandover = (
  { book }: Pick<Desk, 'book'>,
  raw: Uint8Array,
  entered: number,
): Result<Handover, HandoverFault> => {
  const decoded = raw.length > MAX_HANDOVER_BYTES ? undefined : decode(fields, raw)
  if (!decoded?.ok) return err('malformed')
  const { anchor, seat, to, sayings } = decoded.value
  const mine = book.own()
  const isOurs = sameBytes(anchor, book.newest().info.anchor) && seat === mine.seat && to === mine.device
  if (!isOurs || decoded.value.entered !== entered) return err('foreign')
  if (sayings.some(({ order }) => order >= firstOrderOf(entered))) return err('foreign')
  const isSound =
    sayings.every(({ order }, i) => order > (sayings[i - 1]?.order ?? -1)) &&
    new Set(sayings.map(({ id }) => id)).size === sayings.length &&
    sayings.every(({ content }) => decodeContent(content).ok) &&
    decoded.value.handles.every(({ handle }) => isHandle(handle)) &&
    (decoded.value.begin === undefined || decodeResults(decoded.value.begin) !== undefined)
  return isSound ? ok(decoded.value) : err('malformed')
}

/** Takes it in, marked as the other device's word; what this device knows itself stays as it is. */
export const takeHandover = (desk: Desk, handover: Handover): void => {
  const { book, saidIds } = desk
  const { from, entered, handles, motions, sayings } = handover
  const fresh = sayings.filter(({ id }) => !saidIds.has(id))
  for (const saying of fresh) {
    saidIds.add(saying.id)
    book.sayings.put(numberKey(saying.order), saying)
  }
  for (const { seat, handle } of handles)
    if (book.handles.get(seat) === undefined) book.handles.put(seat, handle)
  for (const known of motions) takeMotion(desk, known)
  const told = book.told.get(MINE)
  if (told) book.told.put(MINE, { ...told, begin: handover.begin })
  book.handovers.put(MINE, { from, at: desk.clock(), entered, sayings: fresh.length, isRefused: false })
}

/** What could still be carried out is learned as if it had been said; what cannot is a memory. */
const takeMotion = (desk: Desk, known: KnownMotion): void => {
  const { motions } = desk.book
  const hash = motionHash(known.motion)
  const forum = forumOf(desk.book.newest())
  if (isTimely(forum, known.motion)) {
    const learned = learnMotion(desk, forum, known, known)
    if (learned?.declined.length === 0) motions.put(hash, { ...learned, declined: known.declined })
  } else if (!motions.get(hash) && motions.keys().length < MAX_MOTIONS)
    motions.put(hash, { ...known, outcome: known.outcome === 'open' ? 'lapsed' : known.outcome })
}
