/**
 * After a newcomer or a new device has come in (protocol.md 4.4). Until two thirds of the others have arrived where it is, it is there provisionally:
 * the commit that added it may be voided and done anew, and then another Welcome waits where it was met. It moves there only if two thirds
 * have arrived there. Who the others are only the branch itself can tell, and a private one could be full of its maker: so somebody must be there
 * whom this device knows by words, the sponsor or, later, a member with whom the committee's words were compared. And a device that its owner's
 * other device let in waits for what that one hands over (4.11).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { encodeContent } from '../committee/content.ts'
import type { FileContent } from '../committee/fileContent.ts'
import type { TransferFailure } from '../files/transfer.ts'
import { arrivedSeats, firmHellos } from '../governance/fold.ts'
import type { DeviceId, SeatId } from '../governance/ids.ts'
import { presentSeats, twoThirds } from '../governance/roster.ts'
import { welcomeFor } from '../join/exchange.ts'
import { dayOf, type Invite, parseInvite } from '../join/invite.ts'
import type { JoinItem } from '../join/items.ts'
import { rendezvousOf } from '../join/rendezvous.ts'
import type { Failure } from '../relay/relay.ts'
import { type Book, numberKey } from './book.ts'
import { followBranch } from './branches.ts'
import { openNote, pickUp } from './carryOver.ts'
import { firstOrderOf } from './desk.ts'
import { isSponsors, openWelcome } from './entering.ts'
import { checkHandover, takeHandover } from './handover.ts'
import { type Arrival, MINE } from './joinings.ts'
import { openMeeting, readItems } from './meeting.ts'
import { queue } from './outbox.ts'
import { noteLie } from './reading.ts'
import { newStanding } from './standing.ts'
import { type Epoch, rosterOf } from './state.ts'
import { takeResults } from './told.ts'
import type { Keeper } from './upkeep.ts'
import { decodeBundle, type WelcomeBundle } from './welcomes.ts'

/** One look. Nothing is left of the arrival when all of it is over. */
export const tendArrival = async (keeper: Keeper): Promise<void> => {
  const { book } = keeper
  const arrival = book.arrivals.get(MINE)
  if (!arrival || book.own().alarmed) return
  const invite = parseInvite(arrival.joining.link, dayOf(keeper.clock()))
  const now = confirmedIn(book, invite.ok ? arrival : overdue(arrival))
  if (now.isConfirmed && !arrival.isConfirmed) settle(keeper, now)
  if (now.isConfirmed && !now.awaitsHandover) book.arrivals.drop(MINE)
  else {
    book.arrivals.put(MINE, now)
    if (invite.ok) await look(keeper, now, invite.value)
  }
  await book.save()
}

/** In an epoch that contains us; then the keys that would open another Welcome are of no use any more. */
const confirmedIn = (book: Book, arrival: Arrival): Arrival => {
  const epochs = book.epochs()
  const isHere = epochs.some((epoch) => missingIn(book, epoch) === 0)
  const isKnown = arrival.hasCompared || isSponsorIn(epochs, arrival)
  return arrival.isConfirmed || !isHere || !isKnown ? arrival : { ...withoutKeys(arrival), isConfirmed: true }
}

/** What opens another Welcome. The key of a hand-over stays as long as one is awaited. */
const withoutKeys = (arrival: Arrival): Arrival => {
  const { joining } = arrival
  const keys = joining.keys && { ...joining.keys, privateKeys: new Uint8Array(0) }
  return { ...arrival, joining: { ...joining, keys } }
}

/** Nothing comes through this invite any more; where this device is may still be confirmed. */
const overdue = (arrival: Arrival): Arrival => {
  const { joining } = withoutKeys(arrival)
  const keys = joining.keys && { ...joining.keys, sealKey: undefined }
  return { ...arrival, awaitsHandover: false, joining: { ...joining, keys } }
}

/** It has said HELLO in one of these epochs: what was committed from there on, this device judges itself. */
const isSponsorIn = (epochs: readonly Epoch[], { joining: { join } }: Arrival): boolean =>
  epochs.some(({ fold, info: { anchor, roster } }) => {
    const there = new Set(firmHellos(fold))
    return roster.devices.some((one) => there.has(one.device) && isSponsors(anchor, one, join))
  })

/** From here on this device's HELLO says that it judges what is committed; it has said another here. */
const settle = (keeper: Keeper, arrival: Arrival): void => {
  const { book } = keeper
  const epoch = book.newest()
  book.setEpoch({ ...epoch, notes: { ...epoch.notes, hello: 'owed' } })
  sayMet(keeper, arrival)
}

/** Who compared words with us in person was met; a link is compared from afar. */
const sayMet = (keeper: Keeper, { joining }: Arrival): void => {
  const { join, keys } = joining
  const invite = parseInvite(joining.link, dayOf(keeper.clock()))
  if (join.type !== 'confirmed' || !invite.ok || invite.value.kind === 'link') return
  const { seat } = join.transcript.answer
  if (seat !== keys?.seat) queue(keeper, { type: 'content', content: encodeContent({ type: 'met', seat }) })
}

const look = async (keeper: Keeper, arrival: Arrival, { secret, kind }: Invite): Promise<void> => {
  const relay = keeper.connect()
  try {
    const meeting = { relay, place: rendezvousOf(secret, kind), kind }
    const opened = await openMeeting(meeting)
    const items = opened.ok ? await readItems(meeting) : opened
    if (!items.ok) return noteFailure(keeper, items.error)
    if (!arrival.isConfirmed) await lookElsewhere(keeper, arrival, items.value)
    if (arrival.awaitsHandover) await receive(keeper, arrival, items.value)
  } finally {
    relay.close()
  }
}

const noteFailure = (keeper: Keeper, failure: Failure | TransferFailure): void => {
  if (failure.type === 'lie') noteLie(keeper, keeper.book.newest().info.number, failure.lie)
}

const lookElsewhere = async (keeper: Keeper, arrival: Arrival, items: readonly JoinItem[]): Promise<void> => {
  for (const item of items) {
    const found = await elsewhere(keeper, arrival, item)
    if (!found) continue
    const { raw, bundle, branch } = found
    moveTo(keeper, branch, arrival)
    takeResults(keeper.book, bundle.results, branch)
    const entered = branch.info.number
    keeper.book.arrivals.put(MINE, { ...arrival, bundle: sha256(raw), entered, hasCompared: false })
    return
  }
}

type Elsewhere = { readonly raw: Uint8Array; readonly bundle: WelcomeBundle; readonly branch: Epoch }

/** A Welcome that leads elsewhere. Whoever was told the invite's secret may have posted it: it counts if the others are there. */
const elsewhere = async (
  keeper: Keeper,
  arrival: Arrival,
  item: JoinItem,
): Promise<Elsewhere | undefined> => {
  const { joining } = arrival
  const raw = welcomeFor(joining.join, item)
  const bundle = raw && !sameBytes(sha256(raw), arrival.bundle) ? decodeBundle(raw) : undefined
  const branch = bundle && (await openWelcome(keeper, joining, bundle))
  const shadow = branch && (await followBranch(keeper, { epoch: branch, device: keeper.book.own().device }))
  const epochs = shadow?.book.epochs() ?? []
  const isTheirs = epochs.some((epoch) => isWhereTheyAre(keeper.book, epoch)) && isSponsorIn(epochs, arrival)
  return raw && bundle && branch && isTheirs ? { raw, bundle, branch } : undefined
}

/** Without us, for we may have said HELLO anywhere, and without whoever opened it. */
const othersIn = (book: Book, { info }: Epoch): readonly SeatId[] =>
  presentSeats(info.roster).filter((seat) => seat !== info.opener && seat !== book.own().seat)

/** So many of them, of two thirds, have not arrived yet. Who is there provisionally may have been led there by the same hand as we. */
const missingIn = (book: Book, epoch: Epoch): number => {
  const others = othersIn(book, epoch)
  const arrived = arrivedSeats({ hellos: firmHellos(epoch.fold) }, rosterOf(epoch))
  return Math.max(0, twoThirds(others.length) - others.filter((seat) => arrived.has(seat)).length)
}

const isWhereTheyAre = (book: Book, epoch: Epoch): boolean =>
  othersIn(book, epoch).length > 0 && missingIn(book, epoch) === 0

/** What was heard in the dead branch will be said again; what was said there by us, we say again. */
const moveTo = ({ book, saidIds }: Keeper, branch: Epoch, { entered }: Arrival): void => {
  for (const { info } of book.epochs()) book.dropEpoch(info.number)
  book.setEpoch(branch)
  book.setOwn({ standing: newStanding(branch.info.number), stuck: undefined })
  for (const saying of book.sayings.all().filter(({ order }) => order >= firstOrderOf(entered))) {
    book.sayings.drop(numberKey(saying.order))
    saidIds.delete(saying.id)
  }
  for (const one of [...book.outgoing.all(), ...book.delivered.all()]) {
    book.delivered.drop(numberKey(one.number))
    book.outgoing.put(numberKey(one.number), { ...one, sealed: undefined })
  }
  for (const shelf of [book.peers, book.staged, book.requests, book.motions])
    for (const key of shelf.keys()) shelf.drop(key)
}

const receive = async (keeper: Keeper, arrival: Arrival, items: readonly JoinItem[]): Promise<void> => {
  const place = await findNote(arrival, items)
  if (!place) return
  const picked = await pickUp(keeper, place)
  if (picked.ok) takeIn(keeper, arrival, picked.value)
  else {
    noteFailure(keeper, picked.error)
    if (FOR_GOOD.includes(picked.error.type)) refuse(keeper, arrival)
  }
}

const findNote = async (
  { joining: { join, keys } }: Arrival,
  items: readonly JoinItem[],
): Promise<FileContent | undefined> => {
  if (join.type !== 'confirmed' || !keys?.sealKey) return undefined
  for (const item of items) {
    const place = item.type === 'handover' ? await openNote(keys.sealKey, join.transcript, item) : undefined
    if (place) return place
  }
  return undefined
}

/** Failures that another try does not mend. */
const FOR_GOOD: readonly TransferFailure['type'][] = ['expired', 'missing', 'spoiled']

const takeIn = (keeper: Keeper, arrival: Arrival, raw: Uint8Array): void => {
  const checked = checkHandover(keeper, raw, arrival.entered)
  if (checked.ok) {
    takeHandover(keeper, checked.value)
    stopWaiting(keeper, arrival)
  } else refuse(keeper, arrival)
}

const refuse = (keeper: Keeper, arrival: Arrival): void => {
  const { book, clock } = keeper
  const from = sponsoringDevice(book, arrival)
  if (from)
    book.handovers.put(MINE, { from, at: clock(), entered: arrival.entered, sayings: 0, isRefused: true })
  stopWaiting(keeper, arrival)
}

const sponsoringDevice = (book: Book, { joining: { join } }: Arrival): DeviceId | undefined => {
  if (join.type !== 'confirmed') return undefined
  const { signatureKey } = join.transcript.answer
  return rosterOf(book.newest()).devices.find((d) => sameBytes(d.signatureKey, signatureKey))?.device
}

const stopWaiting = ({ book }: Keeper, arrival: Arrival): void => {
  const { joining } = arrival
  const keys = joining.keys && { ...joining.keys, sealKey: undefined }
  book.arrivals.put(MINE, { ...arrival, awaitsHandover: false, joining: { ...joining, keys } })
}
