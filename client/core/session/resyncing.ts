/**
 * Asking to be taken in again, and looking at what is offered (protocol.md 4.5 rule 2, section 6). A stuck device reads every branch that a Welcome
 * leads to, writes nothing but HELLO there, and settles on one in which enough of the others have arrived. Not here: what is enough
 * (branches.ts), when it presses on (standingTrouble.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { newKeyPair, sha256 } from '../../../shared/crypto/sodium.ts'
import { signResync } from '../governance/act.ts'
import { type DeviceId, encodeIdentity, newId } from '../governance/ids.ts'
import { deviceOf, encodeSeatData, joinedOf } from '../governance/roster.ts'
import { type SigningLeaf, succeed } from '../governance/succession.ts'
import { newKeyPackage, signatureKeyOf } from '../mls/keyPackage.ts'
import type { Book } from './book.ts'
import { type Branch, followBranch, hasSettled, openBranch } from './branches.ts'
import { greet } from './hello.ts'
import type { Line } from './reading.ts'
import { signerIn, state } from './sending.ts'
import { type Trouble, troubleOf } from './standing.ts'
import type { Candidate, Epoch } from './state.ts'
import { dropAfter, reopenMotions } from './stepBack.ts'
import { type FreshKeys, MAX_REQUESTS, type Stuck } from './stuck.ts'
import { tell } from './telling.ts'

/**
 * RESYNC, in the log of the epoch that this device can still read: first signed by the leaf that is stuck, and once more, where an answer was
 * spoilt, by the leaf that the answer has put in its place (V7).
 */
export const askForHelp = async (line: Line): Promise<void> => {
  const { book } = line
  const trouble = troubleOf(book.own().standing)
  const epoch = trouble && book.epoch(trouble.epoch)
  if (!epoch || !signerIn(book, epoch)) return
  const stuck = await withFreshKeys(line, epoch, trouble)
  const now = stuck.keys[stuck.said]
  const by = leafOf(book, epoch, stuck.keys[stuck.said - 1])
  if (now && by) {
    const request = signResync(by.secretKey, {
      anchor: epoch.info.anchor,
      epoch: trouble.epoch,
      commit: trouble.commit,
      device: by.device,
      keyPackage: toHex(sha256(now.keyPackage)),
    })
    const said = await state(line, trouble.epoch, { type: 'resync', request, keyPackage: now.keyPackage })
    if (!said.ok) return book.save()
    book.setOwn({ stuck: { ...stuck, said: stuck.said + 1 } })
  }
  tell(line, { type: 'asked' })
  await book.save()
}

/** In the vault before anybody hears of them: the seat stays, the device id is new. None once there were enough. */
const withFreshKeys = async (line: Line, epoch: Epoch, trouble: Trouble): Promise<Stuck> => {
  const { book } = line
  const { epoch: number, commit, author } = trouble
  const { seat, stuck: known } = book.own()
  const isSame = known?.epoch === number && known.commit === commit
  const stuck: Stuck = isSame
    ? known
    : { epoch: number, commit, author, seat, keys: [], said: 0, settled: undefined }
  const by = leafOf(book, epoch, stuck.keys.at(-1))
  if (!by || stuck.keys.length > stuck.said || stuck.said === MAX_REQUESTS) return stuck
  const now = { ...stuck, keys: [...stuck.keys, await newKeys(line, epoch, by)] }
  book.setOwn({ stuck: now })
  await book.save()
  return now
}

/** The leaf that is stuck; or the one that these keys would have put in its place. */
const leafOf = (book: Book, epoch: Epoch, keys: FreshKeys | undefined): SigningLeaf | undefined => {
  if (keys) {
    const secretKey = signatureKeyOf(keys.privateKeys)
    return { ...keys, signatureKey: secretKey.subarray(32), secretKey }
  }
  const signer = signerIn(book, epoch)
  const mine = signer && deviceOf(epoch.info.roster, signer.device)
  return mine && { ...mine, secretKey: signer.key }
}

const newKeys = async (
  { book, random }: Line,
  { info: { anchor, roster } }: Epoch,
  by: SigningLeaf,
): Promise<FreshKeys> => {
  const { seat, suite } = book.own()
  const device = newId<DeviceId>(random)
  const signing = newKeyPair()
  const after = succeed(anchor, by, { device, signatureKey: signing.publicKey })
  const joined = joinedOf(roster, seat) ?? 0
  const made = await newKeyPackage({
    suite,
    identity: encodeIdentity(seat, device),
    seatData: encodeSeatData({ writerKey: newKeyPair().publicKey, joined, after }),
    signing,
  })
  return { device, keyPackage: made.publicBytes, privateKeys: made.privateBytes, after }
}

/** Welcomes of one maker that are looked at: a private branch costs its maker nothing. */
const OFFERS_EACH = 2

/** Every branch on offer, the newest first: where one was voided, another was made in its place. */
export const lookAtOffers = async (line: Line): Promise<void> => {
  const { book } = line
  const { stuck } = book.own()
  if (!stuck) return
  for (const offer of await openOffers(line, stuck)) if (await tryBranch(line, stuck, offer)) return
  await book.save()
}

/** What leads nowhere, or to where we are, is forgotten. */
const openOffers = async (line: Line, stuck: Stuck): Promise<readonly Offer[]> => {
  const { candidates } = line.book
  const offers: Offer[] = []
  for (const key of candidates.keys().toReversed()) {
    const candidate = candidates.get(key)
    const branch = candidate && (await openBranch(line, stuck, candidate))
    const others = offers.filter((offer) => offer.branch.epoch.info.opener === branch?.epoch.info.opener)
    if (branch && others.length < OFFERS_EACH && !isHere(line.book, branch.epoch))
      offers.push({ key, candidate, branch })
    else candidates.drop(key)
  }
  return offers
}

const isHere = (book: Book, branch: Epoch): boolean => {
  const [ours, theirs] = [book.epoch(branch.info.number)?.logs[0], branch.logs[0]]
  return ours !== undefined && theirs !== undefined && sameBytes(ours.id, theirs.id)
}

type Offer = { readonly key: string; readonly candidate: Candidate; readonly branch: Branch }

const tryBranch = async (line: Line, stuck: Stuck, offer: Offer): Promise<boolean> => {
  const { book } = line
  const held = book.epoch(stuck.epoch)
  const shadow = held && (await followBranch(line, offer.branch))
  if (!held || !shadow) return false
  const isSettled = hasSettled({ held, stuck, epochs: shadow.book.epochs() })
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
  await greet(shadow, true)
  if (shadow.book.newest().notes.hello === 'said') book.candidates.put(key, { ...candidate, greeted: number })
}

/** Ours from here on, under the new device id; its first commit will clear the mark (V7). Its counter goes on where the old one's was. */
const settle = (line: Line, stuck: Stuck, { key, branch }: Offer): void => {
  const { book } = line
  dropAfter(line, stuck.epoch)
  book.setEpoch(branch.epoch)
  reopenMotions(line, branch.epoch)
  for (const one of book.candidates.keys()) book.candidates.drop(one)
  tell(line, { type: 'settled', epoch: branch.epoch.info.number })
  book.setOwn({ device: branch.device, owesTidy: true, stuck: { ...stuck, settled: Number(key) } })
}
