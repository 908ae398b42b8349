/**
 * What an invite has led to, once words match and once the others have decided (protocol.md 4.4, 4.11). Somebody new is a motion to add a seat; another
 * device of a member, linked by its owner or brought back by two others, is a motion to add a device to that seat. When it is in, whoever
 * compared words in person says that they met, and the owner's device hands over.
 */
import { toHex } from '../../../shared/base/text.ts'
import { encodeContent } from '../committee/content.ts'
import { type DeviceId, decodeIdentity, type SeatId } from '../governance/ids.ts'
import type { Action } from '../governance/motion.ts'
import { isFittingMark, joinedMark } from '../governance/newcomers.ts'
import { decodeSeatData, deviceOf, devicesOf, joinedOf } from '../governance/roster.ts'
import type { Fields } from '../join/items.ts'
import { rendezvousOf } from '../join/rendezvous.ts'
import type { Transcript } from '../join/transcript.ts'
import { signatureKeyPair } from '../mls/group.ts'
import { inspectKeyPackage } from '../mls/keyPackage.ts'
import type { Book } from './book.ts'
import { putDown, sealNote } from './carryOver.ts'
import { collectHandover } from './handover.ts'
import { kindOf, openMeeting, writeItem } from './meeting.ts'
import { queue } from './outbox.ts'
import { noteLie } from './reading.ts'
import { type Epoch, type OpenInvite, rosterOf } from './state.ts'
import type { Keeper } from './upkeep.ts'

/** `no_such_seat`: nobody has it. `too_many_devices`: the charter allows no more; one has to be cut off first. */
export type OfferFailure = 'no_such_seat' | 'too_many_devices'

/** What the newcomer must know of us, or why there can be no such invite. `seat`: that gets another device. */
export const offerIn = (epoch: Epoch, seat: SeatId | undefined): Fields<'offer'> | OfferFailure => {
  const { suite, rules, devices } = epoch.charter
  const roster = rosterOf(epoch)
  if (seat === undefined) return { suite, rules, joined: joinedMark(roster), seat }
  const joined = joinedOf(roster, seat)
  if (joined === undefined) return 'no_such_seat'
  if (devicesOf(roster, seat).length >= devices) return 'too_many_devices'
  return { suite, rules, joined, seat }
}

/** What the committee is asked. Undefined if the key package is not what was offered, or does not fit any more. */
export const actionFor = async (book: Book, { offer, reveal }: Transcript): Promise<Action | undefined> => {
  const facts = await inspectKeyPackage(book.own().suite, reveal.keyPackage)
  const identity = facts.ok ? decodeIdentity(facts.value.identity) : undefined
  const claimed = facts.ok ? decodeSeatData(facts.value.seatData) : undefined
  // A smaller mark than the offered one would shorten the newcomer's probation.
  if (!facts.ok || !identity || claimed?.joined !== offer.joined) return undefined
  const keyPackage = toHex(facts.value.hash)
  const roster = rosterOf(book.newest())
  if (offer.seat === undefined) {
    const { seat } = identity
    const isFitting = isFittingMark(roster, offer.joined)
    return isFitting ? { type: 'add', keyPackage, seat, sponsor: book.own().seat } : undefined
  }
  const isSeats = identity.seat === offer.seat && joinedOf(roster, offer.seat) === offer.joined
  return isSeats ? { type: 'deviceAdd', keyPackage, seat: offer.seat } : undefined
}

/** Invites whose motion was carried out. */
export const completeInvites = async (keeper: Keeper): Promise<void> => {
  const { book } = keeper
  for (const key of book.invites.keys()) {
    const invite = book.invites.get(key)
    if (invite && (await isComplete(keeper, invite))) book.invites.drop(key)
  }
  await book.save()
}

const isComplete = async (keeper: Keeper, { join, motion, secret, kind }: OpenInvite): Promise<boolean> => {
  const { book } = keeper
  if (join.type !== 'confirmed' || motion === undefined) return false
  if (book.motions.get(motion)?.outcome !== 'carried_out') return false
  const { transcript } = join
  const facts = await inspectKeyPackage(book.own().suite, transcript.reveal.keyPackage)
  const who = facts.ok ? decodeIdentity(facts.value.identity) : undefined
  if (!who || !deviceOf(rosterOf(book.newest()), who.device)) return true
  if (who.seat === book.own().seat) return handOver(keeper, { transcript, secret, to: who.device })
  if (kindOf(kind) !== 'link')
    queue(keeper, { type: 'content', content: encodeContent({ type: 'met', seat: who.seat }) })
  return true
}

type Owed = { readonly transcript: Transcript; readonly secret: Uint8Array; readonly to: DeviceId }

/** False: not now, and again with the next round. */
const handOver = async (keeper: Keeper, { transcript, secret, to }: Owed): Promise<boolean> => {
  const { group, info } = keeper.book.newest()
  const bytes = collectHandover(keeper, to)
  if (!bytes || !group) return true
  const place = await putDown(keeper, bytes)
  if (!place.ok) {
    if (place.error.type === 'lie') noteLie(keeper, info.number, place.error.lie)
    return false
  }
  const note = await sealNote(signatureKeyPair(group).secretKey, transcript, place.value)
  if (!note) return true
  const relay = keeper.connect()
  try {
    const meeting = { relay, place: rendezvousOf(secret, 'device'), kind: 'device' as const }
    const opened = await openMeeting(meeting)
    const written = opened.ok ? await writeItem(meeting, note, keeper.random) : opened
    return written.ok
  } finally {
    relay.close()
  }
}
