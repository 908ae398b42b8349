/** What the city's commands stand on: our part in it as it is now, our letter keys, and a line to the bulletin of a term. Not here: the commands (cityCommands.ts, calling.ts). */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import { type LetterSaying, type SignedLetter, signLetter } from '../city/letter.ts'
import { letterKeyOf } from '../city/letterKeys.ts'
import { membershipOf } from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import { encodeContent, type KnownContent } from '../committee/content.ts'
import type { Turns } from '../vault/turns.ts'
import type { Book } from './book.ts'
import { dialBulletin, logOfTerm, type post } from './bulletin.ts'
import { type Home, writingTerm } from './cityLetters.ts'
import { handlesIn } from './names.ts'
import { queue } from './outbox.ts'
import type { Keeper } from './upkeep.ts'
import type { CommitteeView } from './view.ts'
import type { World } from './world.ts'

/** `no_city`: the committee is in none, or its term has not begun. `no_key`: this device's key does not stand in the list of the term. */
export type NoLetter = 'not_member' | 'no_city' | 'no_key'

export type Around = {
  readonly keeper: Keeper
  readonly world: World
  readonly turns: Turns
  /** Calls that are handed in or stopped at the city's relay, one after the other. */
  readonly calling: Turns
  readonly view: () => CommitteeView
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

const MINE = 'mine'

export const homeOf = ({ keeper, view }: Around): Home => {
  const { book } = keeper
  const { committee, own, members } = view()
  const mine = members.find(({ isMe }) => isMe)?.devices ?? []
  return {
    committee,
    handles: handlesIn(view()).handles,
    me: own.seat,
    letterSeed: letterSeedOf(book, keeper.random),
    nowMs: keeper.clock(),
    isOnlyDevice: mine.length < 2,
    present: members.filter(({ counts, isVacant }) => counts && !isVacant).map(({ seat }) => seat),
  }
}

const letterSeedOf = ({ letterSeeds }: Book, random: Keeper['random']): Uint8Array => {
  const seed = letterSeeds.get(MINE) ?? random(32)
  if (!letterSeeds.get(MINE)) letterSeeds.put(MINE, seed)
  return seed
}

export const sayAll = async (
  { keeper, sendNow }: Pick<Around, 'keeper' | 'sendNow'>,
  contents: readonly KnownContent[],
): Promise<void> => {
  for (const content of contents) queue(keeper, { type: 'content', content: encodeContent(content) })
  await sendNow()
}

/**
 * A relay that is asked at once by a committee and for the bulletin sees that the two belong together. The next epoch has a log of another name: whoever takes the disk
 * later finds nothing of it (protocol.md 4.6).
 */
export const moveOn = async (
  { keeper, sendNow }: Around,
  contents: readonly KnownContent[] = [],
): Promise<void> => {
  keeper.book.setOwn({ owesTidy: true })
  await sayAll({ keeper, sendNow }, contents)
}

/** The newest term that has begun and whose data the committee's delegates brought. */
export const runningTerm = (committee: Committee, nowMs: number): BulletinTerm | undefined => {
  const term = writingTerm(committee, nowMs)
  const home = term === undefined ? undefined : committee.homeTerms.get(term)
  return home && home.term.startsAt <= nowMs ? home.term : undefined
}

/** On a connection of its own, ended behind it. */
export const atBulletin = async <T>(
  around: Around,
  term: BulletinTerm,
  use: (place: Parameters<typeof post>[0]) => Promise<T>,
): Promise<T | undefined> => {
  const list = around.view().committee.keyLists.get(term.term)
  if (!list) return undefined
  const relay = dialBulletin(around.world, term)
  try {
    return await use({ relay, log: logOfTerm(term, list.writer), term })
  } finally {
    relay.close()
  }
}

/** What one key may say, signed with ours. */
export const signAlone = (
  around: Around,
  says: LetterSaying,
): Result<
  { readonly term: BulletinTerm; readonly signed: SignedLetter; readonly keys: readonly Uint8Array[] },
  NoLetter
> => {
  const home = homeOf(around)
  const { committee, nowMs } = home
  const mine = membershipOf(committee)
  const term = runningTerm(committee, nowMs)
  const list = term && committee.keyLists.get(term.term)
  if (!around.isMember()) return err('not_member')
  if (!mine || !term || !list) return err('no_city')
  const key = letterKeyOf(home.letterSeed, term.term)
  const hash = sha256(key.publicKey)
  const place = list.keys.findIndex((one) => sameBytes(one, hash))
  if (place < 0) return err('no_key')
  const serial = new DataView(around.keeper.random(4).slice().buffer).getUint32(0)
  const letter = { version: 1, city: mine.city, card: mine.card, term: term.term, serial, says } as const
  return ok({ term, signed: { letter, signatures: [signLetter(letter, place, key)] }, keys: list.keys })
}
