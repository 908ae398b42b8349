/**
 * One entry of an epoch's log, from sealed blob to what follows from it. Anything that does not open, decode or hold is junk and
 * changes nothing but how far the log has been read (I3). Not here: what an effective commit leads to (follow.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { type LogId, logKey } from '../../../shared/protocol/ids.ts'
import { gather } from '../epochlog/chunks.ts'
import { type Envelope, openEnvelope } from '../epochlog/envelope.ts'
import { decodePayload } from '../epochlog/payload.ts'
import { readStatement } from '../epochlog/statement.ts'
import { decodeAct } from '../governance/act.ts'
import { foldCommit, type Place } from '../governance/fold.ts'
import { type Device, deviceAt } from '../governance/roster.ts'
import { type Seen, takesOut } from '../governance/verdict.ts'
import { inspectCommit } from '../mls/commit.ts'
import { ownLeafOf } from '../mls/group.ts'
import { isCommit, open, openOwn } from '../mls/message.ts'
import type { VerifiedEntry } from '../relay/observe.ts'
import type { Witness } from '../relay/witness.ts'
import { numberKey } from './book.ts'
import { type Desk, isBefore, orderOf, suspect } from './desk.ts'
import { enterNext, type Found } from './follow.ts'
import { openGap } from './gaps.ts'
import { hear } from './hear.ts'
import { learnMotion } from './motions.ts'
import { ownPayload } from './outbox.ts'
import { seenOf, seenStaged } from './seen.ts'
import { type Epoch, forumOf, rosterOf } from './state.ts'
import { takeStatement } from './statements.ts'
import { tell } from './telling.ts'

/** Entries in order, then how far the log is read now: one change of the book, saved by the caller. */
export const takeEntries = async (
  desk: Desk,
  number: number,
  log: number,
  read: { readonly witness: Witness; readonly entries: readonly VerifiedEntry[] },
): Promise<void> => {
  for (const entry of read.entries) {
    await takeEntry(desk, { epoch: number, place: { log, seq: entry.seq }, entry })
  }
  const epoch = desk.book.epoch(number)
  if (!epoch) return
  const witnesses = [...epoch.witnesses]
  witnesses[log] = read.witness
  desk.book.setEpoch({ ...epoch, witnesses })
}

const takeEntry = async (desk: Desk, found: Found): Promise<void> => {
  const epoch = desk.book.epoch(found.epoch)
  const log = epoch?.logs[found.place.log]
  if (!epoch || !log) return
  const { blob } = found.entry
  if (!blob) {
    desk.book.setEpoch(openGap(epoch, found.place))
    return
  }
  const opened = openEnvelope(log, blob)
  const whole = opened.ok ? gatherWhole(desk, log.id, opened.value) : undefined
  if (whole?.kind === 1) await takeMessage(desk, epoch, found, whole.body)
  if (whole?.kind === 2) keepOffer(desk, found, whole.body)
  const read = whole?.kind === 4 && readStatement(rosterOf(epoch), log.id, whole.body)
  if (read) takeStatement(desk, epoch, { ...read, found })
}

/** At most so many Welcomes wait to be looked at, the newest: whoever holds the log's key could post more. */
const MAX_OFFERS = 64

/** In the order in which they came. */
const keepOffer = ({ book }: Desk, { epoch, place }: Found, bundle: Uint8Array): void => {
  const { candidates } = book
  const { stuck } = book.own()
  const order = orderOf(epoch, place)
  if (!stuck || order <= (stuck.settled ?? 0)) return
  if (candidates.all().some((known) => sameBytes(known.bundle, bundle))) return
  candidates.put(numberKey(order), { bundle, greeted: undefined })
  const [oldest] = candidates.keys()
  if (oldest !== undefined && candidates.keys().length > MAX_OFFERS) candidates.drop(oldest)
}

/** Only a Welcome may come in pieces: a commit or a saying in pieces would have no one place in the order. */
const gatherWhole = (desk: Desk, log: LogId, envelope: Envelope): Envelope | undefined => {
  const key = logKey(log)
  const gathered = gather(desk.gatherings.get(key) ?? new Map(), envelope)
  desk.gatherings.set(key, gathered.gathering)
  return envelope.kind === 3 && gathered.whole?.kind !== 2 ? undefined : gathered.whole
}

const takeMessage = async (desk: Desk, epoch: Epoch, found: Found, message: Uint8Array): Promise<void> => {
  if (!epoch.group) return
  if (!isCommit(message)) return takeSaid(desk, epoch, found, message)
  if (epoch.notes.gap) return
  const seen = await inspect(desk, epoch, message)
  if (!seen) return
  const last = seen.proposals?.at(-1)
  const act = last?.type === 'act' ? decodeAct(last.data) : undefined
  if (act?.type === 'mandate') learnMotion(desk, forumOf(epoch), act.mandate)
  const bench = { forum: forumOf(epoch), opener: epoch.info.opener }
  const folded = foldCommit(epoch.fold, bench, seen, found.place)
  if (!folded.ok) return void tell(desk, { type: 'readBack', epoch: found.epoch, commit: seen.hash })
  const now = { ...epoch, fold: folded.value }
  desk.book.setEpoch(now)
  await enterNext(desk, now, message, found)
}

/** Our own commit is known from when it was staged: MLS does not open what it sealed itself. */
const inspect = async (desk: Desk, epoch: Epoch, message: Uint8Array): Promise<Seen | undefined> => {
  if (!epoch.group) return undefined
  const stage = desk.book.staged.get(toHex(sha256(message)))
  if (stage) return seenStaged(desk, epoch, stage)
  const inspected = await inspectCommit(epoch.group, message)
  return inspected.ok ? seenOf(desk, inspected.value) : undefined
}

const takeSaid = async (desk: Desk, epoch: Epoch, found: Found, message: Uint8Array): Promise<void> => {
  if (!epoch.group || takeOwn(desk, epoch, found, message)) return
  const opened = await open(epoch.group, message)
  if (!opened.ok) return checkCopied(desk, epoch, message)
  const by = deviceAt(rosterOf(epoch), opened.value.sender)
  const payload = decodePayload(opened.value.plaintext)
  if (!by || !payload.ok || isTooLate(epoch, found.place, by)) return
  // A repetition must not spend keys: MLS does not sign the generation, so a member could repeat another's words far ahead and
  // make everybody deaf to what that one says next.
  if (hear(desk, epoch, { payload: payload.value, by, found }))
    desk.book.setEpoch({ ...(desk.book.epoch(found.epoch) ?? epoch), group: opened.value.next })
}

/** Ours is recognised by its bytes, and taken from the outbox: it is in the log now. */
const takeOwn = (desk: Desk, epoch: Epoch, found: Found, message: Uint8Array): boolean => {
  const sent = desk.book.outgoing.all().find((o) => o.sealed && sameBytes(o.sealed.message, message))
  const by = epoch.group && deviceAt(rosterOf(epoch), ownLeafOf(epoch.group))
  if (sent && by && epoch.group) {
    hear(desk, epoch, { payload: ownPayload(sent), by, found })
    desk.book.outgoing.drop(numberKey(sent.number))
    desk.book.delivered.put(numberKey(sent.number), sent)
    return true
  }
  const hash = sha256(message)
  return epoch.notes.mine.some((one) => sameBytes(one, hash))
}

/** Late entries (section 6): after the commit that ended the epoch, only who is still in the roster is heard. */
const isTooLate = (epoch: Epoch, place: Place, by: Device): boolean => {
  const { current } = epoch.fold
  return current !== undefined && isBefore(current.place, place) && takesOut(current.effect, by)
}

/**
 * Words signed by our own leaf, with a counter we have not reached: our state was copied or restored, and the copy speaks (4.7). Two
 * devices with one state would use keys twice; so this one stops, and its owner joins anew. A restore is a new device.
 */
const checkCopied = async (desk: Desk, epoch: Epoch, message: Uint8Array): Promise<void> => {
  const raw = epoch.group && (await openOwn(epoch.group, message))
  const payload = raw && decodePayload(raw)
  const { counter, device } = desk.book.own()
  if (!payload?.ok || payload.value.counter <= counter) return
  suspect(desk, 'device_copied', { epoch: epoch.info.number, device })
  tell(desk, { type: 'ended', why: 'copied' })
}
