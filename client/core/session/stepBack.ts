/** A commit was voided: back to the epoch it had ended (protocol.md section 6). What was said only in dropped epochs is said again. */
import type { Current } from '../governance/fold.ts'
import { isSpent } from '../governance/ledger.ts'
import { motionHash } from '../governance/motion.ts'
import { deviceAt, deviceOf } from '../governance/roster.ts'
import { ownLeafOf, signatureKeyPair } from '../mls/group.ts'
import { type Book, numberKey } from './book.ts'
import type { Shelf } from './bookShelf.ts'
import { type Desk, firstOrderOf } from './desk.ts'
import { type Epoch, forumOf } from './state.ts'
import { tell } from './telling.ts'
import { tidySoon } from './tidying.ts'
import { decodeBundle } from './welcomes.ts'

/** `epoch` is the one whose commit, `voided`, counts no more. */
export const stepBack = (desk: Desk, epoch: Epoch, voided: Current): void => {
  const { number } = epoch.info
  const { commit, effect } = voided
  const about = { epoch: number, commit, author: effect.author, now: desk.clock() }
  const effects = tell(desk, { type: 'voided', ...about, way: wayBack(desk.book, epoch) })
  if (effects.some(({ type }) => type === 'restore')) restore(desk, epoch)
}

/** Without a snapshot the device can ask, if the leaf that it has now was there then. */
const wayBack = (book: Book, { group, info }: Epoch): 'snapshot' | 'ask' | 'none' => {
  if (group) return 'snapshot'
  return book.newest().group && deviceOf(info.roster, book.own().device) ? 'ask' : 'none'
}

const restore = (desk: Desk, epoch: Epoch): void => {
  const { book } = desk
  if (!epoch.group) keepSigner(book)
  dropAfter(desk, epoch.info.number)
  // Who was stuck there is stuck no more.
  dropWhere(book.requests, (request) => request.resync !== undefined && request.epoch === epoch.info.number)
  book.setEpoch({ ...epoch, notes: { ...epoch.notes, leftAt: undefined } })
  reopenMotions(desk, epoch)
  beAsBefore(desk, epoch)
  tidySoon(desk)
}

/** Later epochs, and what was made for them or said only there. */
export const dropAfter = (desk: Desk, number: number): void => {
  const { book } = desk
  const dropped = book.epochs().filter((held) => held.info.number > number)
  for (const held of dropped) book.dropEpoch(held.info.number)
  dropMade(desk, number, dropped)
  sayAgain(desk, number + 1)
}

/** Without a snapshot, this device will have to ask in the name of the leaf that it has. */
const keepSigner = (book: Book): void => {
  const { group } = book.newest()
  if (group) book.setOwn({ signer: signatureKeyPair(group).secretKey })
}

/** Made in, or for, what is gone: commits on their way, Welcomes, requests of devices that were stuck there. */
const dropMade = ({ book }: Desk, number: number, dropped: readonly Epoch[]): void => {
  const gone = new Set(dropped.map(({ info }) => info.openedBy))
  dropWhere(book.staged, ({ epoch }) => epoch > number)
  dropWhere(book.welcomes, ({ body }) => gone.has(decodeBundle(body)?.commit ?? ''))
  dropWhere(book.requests, ({ resync, epoch }) => resync !== undefined && epoch > number)
}

const dropWhere = <T>(shelf: Shelf<T>, isGone: (value: T) => boolean): void => {
  for (const key of shelf.keys()) {
    const value = shelf.get(key)
    if (value !== undefined && isGone(value)) shelf.drop(key)
  }
}

/** A leaf that an answer to RESYNC put there is gone with the answer, unless the device was stuck before this epoch. */
const beAsBefore = ({ book }: Desk, { info, group }: Epoch): void => {
  const { stuck } = book.own()
  if (stuck && stuck.epoch >= info.number) {
    book.setOwn({ stuck: undefined })
    for (const key of book.candidates.keys()) book.candidates.drop(key)
  }
  const device = group && deviceAt(info.roster, ownLeafOf(group))?.device
  if (device) book.setOwn({ device, signer: undefined })
}

/** Ours goes back to the outbox under its id; it and the others' will come again, and are let pass although their counter is not new. */
const sayAgain = (desk: Desk, firstDropped: number): void => {
  const { book } = desk
  for (const saying of book.sayings.all().filter((s) => s.order >= firstOrderOf(firstDropped))) {
    book.sayings.drop(numberKey(saying.order))
    desk.saidIds.delete(saying.id)
    book.homeless.put(saying.id, saying.at)
  }
  // What is still on its way was sealed for a log that is gone.
  for (const waiting of book.outgoing.all().filter((o) => (o.sealed?.epoch ?? 0) >= firstDropped))
    book.outgoing.put(numberKey(waiting.number), { ...waiting, sealed: undefined })
  for (const waiting of book.delivered.all().filter((d) => (d.sealed?.epoch ?? 0) >= firstDropped)) {
    book.delivered.drop(numberKey(waiting.number))
    book.outgoing.put(numberKey(waiting.number), { ...waiting, sealed: undefined })
  }
}

/** What the voided commits had carried out is open again. */
export const reopenMotions = (desk: Desk, epoch: Epoch): void => {
  const { ledger } = forumOf(epoch)
  for (const known of desk.book.motions.all()) {
    const hash = motionHash(known.motion)
    if (known.outcome !== 'open' && !isSpent(ledger, hash))
      desk.book.motions.put(hash, { ...known, outcome: 'open' })
  }
}
