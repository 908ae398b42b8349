/**
 * Which letters a member's device signs by itself: those that say what the committee has decided, word for word, and those that follow from what its members said. An alert is
 * signed by hand. Not here: who writes a letter (cityOwed.ts).
 */

import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import {
  encodeLetter,
  type Letter,
  type LetterSaying,
  letterHash,
  MAX_HIDDEN,
  signLetter,
} from '../city/letter.ts'
import { letterKeyOf } from '../city/letterKeys.ts'
import { packed } from '../city/packing.ts'
import type { CityLetter } from '../committee/cityLife.ts'
import { isComplete, lastMembership, maySay } from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import type { KnownContent } from '../committee/content.ts'
import { type Motion, wasCarried } from '../committee/motionLife.ts'
import { textOf } from '../committee/motionText.ts'
import { speakersOf } from '../committee/roles.ts'
import { partsTakenBack, type StatementGap, statementGaps } from '../committee/statement.ts'

export type Home = {
  readonly committee: Committee
  /** What members are called, as screens show it. */
  readonly handles: Committee['handles']
  /** Our own seat here. */
  readonly me: string
  /** 32 bytes, of this device and this committee. */
  readonly letterSeed: Uint8Array
  readonly nowMs: number
  /** Nobody but this device speaks for our seat. */
  readonly isOnlyDevice: boolean
  /** Seats that count and have a phone. */
  readonly present: readonly string[]
}

export type Abroad = {
  readonly assembly: Committee
  /** Our own seat there. */
  readonly me: string
  /** Where the assembly is, and so its bulletins. */
  readonly relay: BulletinTerm['relay']
}

/** The text that was voted on, amendments and all: what is shared is this to the last byte. */
export const statementOf = ({ paragraphs }: Motion): string => textOf(paragraphs)

/** What a carried motion lets the committee say to its city. */
export const sayingOf = (motion: Motion): LetterSaying | undefined => {
  const { effect } = motion.content
  if (!wasCarried(motion)) return undefined
  if (effect?.gives === 'answer') return { type: 'answer', item: effect.item, take: effect.take }
  if (effect?.gives === 'statement') return { type: 'statement', text: statementOf(motion) }
  return effect?.gives === 'city' ? { type: effect.to } : undefined
}

type Judged = Pick<Home, 'committee' | 'handles'>

/** The seats in the assembly of whoever is delegate and alternate now. */
export const speakingSeats = (committee: Committee): readonly string[] =>
  speakersOf(committee).flatMap((seat) => committee.citySeats.get(seat) ?? [])

/**
 * What whoever put it may have skipped, this device does not: a text that names somebody, or tells what its person has not allowed, is not signed (product.md R5, R6). Whoever came later knows no motion that was carried before, but is told which city the committee joined or left last, and by which motion.
 */
const isDecided = ({ committee, handles }: Judged, { letter, motion: id }: CityLetter): boolean => {
  const { type } = letter.says
  if (type === 'join' || type === 'leave') {
    const last = lastMembership(committee)
    return id !== undefined && last?.motion === id && last.to === type
  }
  const motion = id === undefined ? undefined : committee.motions.get(id)
  const says = motion && sayingOf(motion)
  if (!motion || !says || !same(says, letter.says)) return false
  return statementGaps({ ...committee, handles }, motion).length === 0
}

export const same = (a: LetterSaying, b: LetterSaying): boolean => {
  const bytes = (says: LetterSaying): Uint8Array =>
    encodeLetter({ version: 1, city: ZEROS, card: ZEROS.slice(32), term: 0, serial: 0, says })
  return sameBytes(bytes(a), bytes(b))
}
const ZEROS = '0'.repeat(64)

export type Held = { readonly id: string; readonly title: string; readonly gaps: readonly StatementGap[] }

/** What was carried to be said to the city, and this device does not sign. */
export const heldBack = ({ committee, handles }: Judged): readonly Held[] =>
  [...committee.motions.values()].flatMap((motion) => {
    const { id, content } = motion
    const isDue = wasCarried(motion) && !committee.lettered.has(id)
    const gaps = isDue ? statementGaps({ ...committee, handles }, motion) : []
    return gaps.length > 0 ? [{ id, title: content.title, gaps }] : []
  })

type Hide = LetterSaying & { readonly type: 'hide' }

/** What the city has of a motion's text and should no longer show, and the term of the bulletin in which it stands. */
export const hidesOf = (
  committee: Committee,
  motion: Motion,
): readonly { readonly says: Hide; readonly term: number }[] => {
  const found = partsTakenBack(committee, motion)
  if (found.length === 0) return []
  const parts = found.length > MAX_HIDDEN ? [] : found
  return [...committee.letters.values()].flatMap((one) =>
    one.motion === motion.id && one.letter.says.type === 'statement' && isComplete(one)
      ? [{ says: { type: 'hide', of: letterHash(one.letter), parts }, term: one.letter.term }]
      : [],
  )
}

const isTakenBack = (committee: Committee, { letter, motion: id }: CityLetter): boolean => {
  const motion = id === undefined ? undefined : committee.motions.get(id)
  const hides = motion ? hidesOf(committee, motion) : []
  return hides.some(({ says, term }) => term === letter.term && same(says, letter.says))
}

/** `asks`: a person says yes or no to it. */
export const signingOf = (home: Judged, letter: CityLetter): 'signs' | 'asks' | 'refuses' => {
  const { type } = letter.letter.says
  if (type === 'alert') return 'asks'
  return isTrue(home, letter) ? 'signs' : 'refuses'
}

const isTrue = (home: Judged, letter: CityLetter): boolean => {
  const { says } = letter.letter
  const { committee } = home
  switch (says.type) {
    case 'ring':
    case 'onIt':
      return false
    case 'speakers':
      return says.seats.join() === speakingSeats(committee).join()
    case 'keys': {
      const list = committee.keyLists.get(says.of)
      return list?.root === says.root && list.writerHash === says.writer
    }
    case 'hide':
      return isTakenBack(committee, letter)
    default:
      return isDecided(home, letter)
  }
}

/** With our own key, if it stands in the list and has not signed yet. */
export const signatureOn = (home: Home, { id, letter, signatures }: CityLetter): KnownContent | undefined => {
  const key = letterKeyOf(home.letterSeed, letter.term)
  const list = home.committee.keyLists.get(letter.term)
  const hash = sha256(key.publicKey)
  const place = list?.keys.findIndex((one) => sameBytes(one, hash)) ?? -1
  if (place < 0 || signatures.has(place)) return undefined
  const given = signLetter(letter, place, key)
  return { type: 'letterSign', letter: id, place, key: toHex(given.key), signature: toHex(given.signature) }
}

/** The term under whose keys the committee writes now: the newest that has begun, or its first. */
export const writingTerm = ({ homeTerms, keyLists }: Committee, nowMs: number): number | undefined => {
  const begun = [...homeTerms.values()]
    .filter(({ term }) => term.startsAt <= nowMs)
    .map(({ term }) => term.term)
  const known = begun.filter((term) => keyLists.has(term))
  return known.length > 0 ? Math.max(...known) : [...keyLists.keys()].sort((a, b) => a - b)[0]
}

/** A letter of ours that is to be signed. `after`: the serial of the last one that is known elsewhere. `under`: the term whose keys sign, if not those of now. */
export const letterFor = (
  { committee, nowMs }: Pick<Home, 'committee' | 'nowMs'>,
  says: LetterSaying,
  {
    motion,
    after = 0,
    under,
  }: { readonly motion?: string; readonly after?: number; readonly under?: number } = {},
): (KnownContent & { readonly type: 'letter' }) | undefined => {
  const mine = lastMembership(committee)
  const term = under ?? writingTerm(committee, nowMs)
  if (!mine || term === undefined) return undefined
  const serial = 1 + Math.max(after, ...[...committee.letters.values()].map(({ letter }) => letter.serial))
  const letter: Letter = { version: 1, city: mine.city, card: mine.card, term, serial, says }
  if (!maySay(mine, letter)) return undefined
  return { type: 'letter', letter: packed(encodeLetter(letter)), ...(motion === undefined ? {} : { motion }) }
}

/** Whether the same is on its way already, or was said. */
export const isWritten = (
  { committee, nowMs }: Pick<Home, 'committee' | 'nowMs'>,
  says: LetterSaying,
): boolean => {
  const term = writingTerm(committee, nowMs)
  return [...committee.letters.values()].some(
    (one) => same(one.letter.says, says) && (isComplete(one) || one.letter.term === term),
  )
}
