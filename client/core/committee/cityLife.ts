/**
 * A committee's part in its city, as a fold: that it joined, the letter keys of its members, what its delegates brought home, and letters with who signed them. Which list of keys
 * belongs to the committee follows from what its members said, so a delegate who hands in another one is seen. Not here: what a letter is (city/letter.ts), what
 * this device owes (session/cityOwed.ts), how the assembly counts (assembly.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { fromHex } from '../../../shared/base/text.ts'
import { type BulletinTerm, decodeTerm, encodeTerm } from '../city/bulletinTerm.ts'
import {
  decodeLetter,
  isSignedIn,
  type Letter,
  type LetterSignature,
  type SignedLetter,
  signersOf,
} from '../city/letter.ts'
import { LETTER_SIGNERS } from '../city/letterKeys.ts'
import { unpacked } from '../city/packing.ts'
import type { Takers, Writable } from './area.ts'
import { type CityType, TERMS_AHEAD } from './cityContent.ts'
import { cityDuty, type DutyLife, noDuty } from './cityDuty.ts'
import { isListed, isOutdated, type KeyList, keyOfSeat, listFor } from './keyLists.ts'
import type { MotionContent } from './motionContent.ts'
import { type Roles, speaksFor } from './roles.ts'
import type { Id, SaidOf } from './said.ts'

export type CityEffect = NonNullable<MotionContent['effect']> & { readonly gives: 'city' }

/** `motion`: that decided it. */
export type Membership = Omit<CityEffect, 'gives'> & { readonly motion: Id }

export type CityLetter = {
  readonly id: Id
  readonly seat: Id
  readonly order: number
  readonly at: number
  readonly letter: Letter
  readonly motion?: Id
  /** By place. */
  readonly signatures: ReadonlyMap<number, LetterSignature>
}

export type HomeTerm = {
  readonly term: BulletinTerm
  readonly seat: Id
  readonly order: number
  /** Our own keys stand in it as we gave them. */
  readonly isOurs: boolean
  /** Another of our delegates brought other data for the same term. */
  readonly isDisputed: boolean
}

export type CityItem = Omit<SaidOf<'cityItem'>['content'], 'type' | 'item'> & {
  readonly id: Id
  readonly at: number
}

export type CityLife = DutyLife & {
  readonly memberships: ReadonlyMap<Id, Membership>
  /** SHA-256 of a seat's key of a term, by "term seat". */
  readonly letterKeys: ReadonlyMap<string, string>
  readonly keyLists: ReadonlyMap<number, KeyList>
  /** Seats in the assembly, by our own seats. */
  readonly citySeats: ReadonlyMap<Id, Id>
  readonly homeTerms: ReadonlyMap<number, HomeTerm>
  readonly cityItems: ReadonlyMap<Id, CityItem>
  readonly letters: ReadonlyMap<Id, CityLetter>
  /** Motions whose letter has been signed by enough: nothing is said to the city twice. */
  readonly lettered: ReadonlySet<Id>
}
export const noCityLife: CityLife = {
  memberships: new Map(),
  letterKeys: new Map(),
  keyLists: new Map(),
  citySeats: new Map(),
  homeTerms: new Map(),
  cityItems: new Map(),
  letters: new Map(),
  lettered: new Set(),
  ...noDuty,
}

type Draft = Writable<CityLife> & Pick<Roles, 'terms'>

/** What the committee decided last about a city: that it joins, or that it goes. */
export const lastMembership = ({ memberships }: Pick<CityLife, 'memberships'>): Membership | undefined =>
  [...memberships.values()].at(-1)

/** The city that the committee is in, or has decided to join. */
export const membershipOf = (life: Pick<CityLife, 'memberships'>): Membership | undefined => {
  const last = lastMembership(life)
  return last?.to === 'join' ? last : undefined
}

/** Whoever has left has one thing to say to the city: that they are gone. */
export const maySay = ({ to }: Membership, { says }: Letter): boolean =>
  to === 'join' || says.type === 'leave'

export const cityLife: Takers<CityType, Draft> = {
  ...cityDuty,
  letterKeys: (draft, { seat, content: { from, keys } }) => {
    for (const [i, key] of keys.entries()) draft.letterKeys.set(keyOfSeat(from + i, seat), key)
  },
  cityKeys: (draft, { seat, electorate = [], content: { term, seed, writer } }) => {
    const mine = membershipOf(draft)
    const newest = Math.max((mine?.from ?? 0) - 1, ...draft.keyLists.keys())
    if (!mine || !speaksFor(draft, seat) || term > newest + TERMS_AHEAD) return
    const known = draft.keyLists.get(term)
    if (term <= newest && !(known && mayReplace(draft, known, electorate))) return
    const list = listFor(draft.letterKeys, { term, seed, writer }, electorate)
    draft.keyLists.set(term, known ? replacing(known, list) : list)
    forgetOld(draft)
  },
  citySeat: (draft, { seat, content }) => {
    if (speaksFor(draft, seat)) draft.citySeats.set(seat, content.seat)
  },
  cityTerm: (draft, { seat, order, content }) => {
    const term = unpacked(content.term, decodeTerm)
    const mine = membershipOf(draft)
    if (!term || !mine || !speaksFor(draft, seat) || term.city !== mine.city) return
    const known = draft.homeTerms.get(term.term)
    const differs = known && !sameBytes(encodeTerm(known.term), encodeTerm(term))
    if (known) draft.homeTerms.set(term.term, { ...known, isDisputed: known.isDisputed || differs === true })
    else
      draft.homeTerms.set(term.term, {
        term,
        seat,
        order,
        isOurs: isOurs(settleList(draft, term), term, mine),
        isDisputed: false,
      })
    for (const old of allButNewest(draft.homeTerms, KEPT_TERMS)) draft.homeTerms.delete(old)
  },
  cityItem: (draft, { seat, at, content: { type: _, item: id, ...item } }) => {
    if (speaksFor(draft, seat) && !draft.cityItems.has(id)) draft.cityItems.set(id, { id, at, ...item })
  },
  letter: (draft, { id, seat, order, at, content: { letter: text, motion } }) => {
    const letter = unpacked(text, decodeLetter)
    const mine = lastMembership(draft)
    if (!letter || !mine || letter.city !== mine.city || letter.card !== mine.card) return
    if (!maySay(mine, letter) || !draft.keyLists.has(letter.term)) return
    const about = motion === undefined ? {} : { motion }
    draft.letters.set(id, { id, seat, order, at, letter, ...about, signatures: new Map() })
  },
  letterSign: (draft, { seat, content: { letter: id, place, key, signature } }) => {
    const known = draft.letters.get(id)
    const list = known && draft.keyLists.get(known.letter.term)
    const given = { place, key: bytesOf(key), signature: bytesOf(signature) }
    if (!known || list?.seats.get(place) !== seat || !isSignedIn(known.letter, given, list.keys)) return
    const signed = { ...known, signatures: new Map(known.signatures).set(place, given) }
    draft.letters.set(id, signed)
    if (known.motion !== undefined && isComplete(signed)) draft.lettered.add(known.motion)
  },
}

/** Of a term that has not been announced, and not of the first: nothing would vouch for another one. */
const mayReplace = ({ letterKeys, homeTerms }: Draft, list: KeyList, electorate: readonly Id[]): boolean =>
  homeTerms.size > 0 && list.term > Math.max(...homeTerms.keys()) && isOutdated(letterKeys, list, electorate)

const replacing = ({ before: _, ...known }: KeyList, list: KeyList): KeyList => ({ ...list, before: known })

/** Lists and terms that are kept, the newest: letters under older keys count nowhere any more. */
const KEPT_LISTS = 3
const KEPT_TERMS = 2

/** All numbers but the newest. */
const allButNewest = (terms: ReadonlyMap<number, unknown>, kept: number): readonly number[] =>
  [...terms.keys()].sort((a, b) => a - b).slice(0, -kept)

const forgetUpTo = (last: number, terms: Map<number, unknown>): void => {
  for (const term of terms.keys()) if (term <= last) terms.delete(term)
}

const forgetOld = (draft: Draft): void => {
  const old = allButNewest(draft.keyLists, KEPT_LISTS)
  const last = Math.max(0, ...old)
  for (const term of old) draft.keyLists.delete(term)
  for (const key of draft.letterKeys.keys())
    if (Number(key.split(' ')[0]) <= last) draft.letterKeys.delete(key)
  for (const [id, { letter }] of draft.letters) if (letter.term <= last) draft.letters.delete(id)
  for (const terms of [draft.onDuty, draft.rotas]) forgetUpTo(last, terms)
}

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

/** What the delegate handed in for us is what we gave: seen by every member. */
const isOurs = (list: KeyList | undefined, term: BulletinTerm, mine: Membership): boolean =>
  list !== undefined &&
  term.own.card === mine.card &&
  term.own.signers === LETTER_SIGNERS &&
  isListed(term, list)

/** The list that the term was announced with: a newer one may have come too late. */
const settleList = (draft: Draft, term: BulletinTerm): KeyList | undefined => {
  const list = draft.keyLists.get(term.term)
  if (!list) return undefined
  const { before, ...newest } = list
  const held = before && !isListed(term, list) && isListed(term, before) ? before : newest
  draft.keyLists.set(term.term, held)
  return held
}

/** What a carried motion does: once joined, a motion to leave ends it. */
export const settleCity = (draft: Draft, motion: Id, { gives: _, ...effect }: CityEffect): void => {
  const mine = membershipOf(draft)
  if (effect.to === 'leave' ? mine?.card !== effect.card : mine !== undefined) return
  if (effect.to === 'join') beginAnew(draft)
  draft.memberships.set(motion, { ...effect, motion })
}

/** Another card has other terms and other keys. That we left the last one may still be on its way. */
const beginAnew = (draft: Draft): void => {
  const { letterKeys, keyLists, citySeats, homeTerms, cityItems, onDuty, rotas } = draft
  for (const old of [letterKeys, keyLists, citySeats, homeTerms, cityItems, onDuty, rotas]) old.clear()
  for (const [id, { letter }] of draft.letters) if (letter.says.type !== 'leave') draft.letters.delete(id)
}

/** Enough have signed. */
export const isComplete = ({ letter, signatures }: CityLetter): boolean =>
  signatures.size >= signersOf(letter, LETTER_SIGNERS)

/** As others get it: with no more signatures than it takes, since more would tell how many we are. */
export const handedOver = ({ letter, signatures }: CityLetter): SignedLetter => {
  const first = [...signatures.values()].slice(0, signersOf(letter, LETTER_SIGNERS))
  return { letter, signatures: first.sort((a, b) => a.place - b.place) }
}
