/**
 * Asking to be taken in again, and looking at what is offered (protocol.md 4.5 rule 2, section 6). A stuck device reads every branch that a Welcome
 * leads to, writes nothing but HELLO there, and settles on one in which enough of the others have arrived. Whoever garbled the commit, and the
 * device itself, do not count: a private branch of the culprit's never settles while anybody else is honest. Not here: when it presses on
 * (standingTrouble.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { newKeyPair, sha256 } from '../../../shared/crypto/sodium.ts'
import { signResync } from '../governance/act.ts'
import { type DeviceId, encodeIdentity, newId } from '../governance/ids.ts'
import { deviceOf, encodeSeatData } from '../governance/roster.ts'
import { newKeyPackage } from '../mls/keyPackage.ts'
import type { Book } from './book.ts'
import { followBranch, hasSettled, openBranch } from './branches.ts'
import { greet } from './hello.ts'
import type { Line } from './reading.ts'
import { signerIn, state } from './sending.ts'
import { type Trouble, troubleOf } from './standing.ts'
import type { Candidate, Epoch, Stuck } from './state.ts'
import { dropAfter, reopenMotions } from './stepBack.ts'
import { tell } from './telling.ts'

/** RESYNC: signed by the leaf that is stuck, in the log of the epoch that it can still read. */
export const askForHelp = async (line: Line): Promise<void> => {
  const { book } = line
  const trouble = troubleOf(book.own().standing)
  const epoch = trouble && book.epoch(trouble.epoch)
  const signer = epoch && signerIn(book, epoch)
  if (!signer) return
  const { keyPackage } = await freshKeys(line, epoch, trouble)
  const request = signResync(signer.key, {
    anchor: epoch.info.anchor,
    epoch: trouble.epoch,
    commit: trouble.commit,
    device: signer.device,
    keyPackage: toHex(sha256(keyPackage)),
  })
  const said = await state(line, trouble.epoch, { type: 'resync', request, keyPackage })
  if (said.ok) tell(line, { type: 'asked' })
  await book.save()
}

/** The keys under which the device would come back; the seat stays, the device id is new. In the vault before anybody hears of them. */
const freshKeys = async (line: Line, epoch: Epoch, trouble: Trouble): Promise<Stuck> => {
  const { book } = line
  const { seat, device, suite, stuck } = book.own()
  if (stuck?.epoch === trouble.epoch && stuck.commit === trouble.commit) return stuck
  const joined = deviceOf(epoch.info.roster, device)?.joined ?? 0
  const fresh = newId<DeviceId>(line.random)
  const made = await newKeyPackage({
    suite,
    identity: encodeIdentity(seat, fresh),
    seatData: encodeSeatData({ writerKey: newKeyPair().publicKey, joined, resynced: true }),
  })
  const now: Stuck = {
    epoch: trouble.epoch,
    commit: trouble.commit,
    author: trouble.author,
    keyPackage: made.publicBytes,
    privateKeys: made.privateBytes,
    seat,
    device: fresh,
    settled: undefined,
  }
  book.setOwn({ stuck: now })
  await book.save()
  return now
}

/** Welcomes of one maker that are looked at: a private branch costs its maker nothing. */
const OFFERS_EACH = 2

/** Every branch on offer, the newest first: where one was voided, another was made in its place. */
export const lookAtOffers = async (line: Line): Promise<void> => {
  const { book } = line
  const looked = new Map<string, number>()
  for (const key of book.candidates.keys().toReversed()) {
    const candidate = book.candidates.get(key)
    const { stuck } = book.own()
    if (!candidate || !stuck) return
    const branch = await openBranch(line, stuck, candidate)
    const maker = branch?.info.opener ?? ''
    looked.set(maker, (looked.get(maker) ?? 0) + 1)
    if (!branch || (looked.get(maker) ?? 0) > OFFERS_EACH || isHere(book, branch)) book.candidates.drop(key)
    else if (await tryBranch(line, stuck, { key, candidate, branch })) return
  }
  await book.save()
}

const isHere = (book: Book, branch: Epoch): boolean => {
  const [ours, theirs] = [book.epoch(branch.info.number)?.logs[0], branch.logs[0]]
  return ours !== undefined && theirs !== undefined && sameBytes(ours.id, theirs.id)
}

type Offer = { readonly key: string; readonly candidate: Candidate; readonly branch: Epoch }

const tryBranch = async (line: Line, stuck: Stuck, offer: Offer): Promise<boolean> => {
  const { book } = line
  const held = book.epoch(stuck.epoch)
  const shadow = held && (await followBranch(line, offer.branch, stuck))
  if (!held || !shadow) return false
  const isSettled = await hasSettled(line, { held, stuck, epochs: shadow.book.epochs() })
  if (isSettled) settle(line, stuck, offer)
  else if (stuck.settled === undefined) {
    tell(line, { type: 'offered' })
    await greetOnce(shadow, book, offer)
  }
  await book.save()
  return isSettled
}

/** HELLO in the branch's newest epoch, once for each. */
const greetOnce = async (shadow: Line, book: Book, { key, candidate }: Offer): Promise<void> => {
  const { number } = shadow.book.newest().info
  if (candidate.greeted === number) return
  await greet(shadow)
  if (shadow.book.newest().notes.hello === 'said') book.candidates.put(key, { ...candidate, greeted: number })
}

/** Ours from here on, under the new device id; its first commit will clear the mark (V7). Its counter goes on where the old one's was. */
const settle = (line: Line, stuck: Stuck, { key, branch }: Offer): void => {
  const { book } = line
  dropAfter(line, stuck.epoch)
  book.setEpoch(branch)
  reopenMotions(line, branch)
  for (const one of book.candidates.keys()) book.candidates.drop(one)
  tell(line, { type: 'settled', epoch: branch.info.number })
  book.setOwn({ device: stuck.device, owesTidy: true, stuck: { ...stuck, settled: Number(key) } })
}
