/**
 * The city as one screen shows it to a member: our card there, what other committees say, and what waits for us. Pure picking out.
 * Not here: the assembly as delegates see it (assemblyView.ts), what is owed (cityOwed.ts), what a member does (cityCommands.ts).
 */

import { sameBytes } from '../../../shared/base/bytes.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { Posted } from '../city/bulletin.ts'
import { type BulletinTerm, TERM_DAYS } from '../city/bulletinTerm.ts'
import type { Take } from '../city/letter.ts'
import { letterKeyOf } from '../city/letterKeys.ts'
import type { Card } from '../committee/assemblyLife.ts'
import {
  type CityItem,
  type CityLetter,
  isComplete,
  type Membership,
  membershipOf,
} from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import { isOpen, type Motion, wasCarried } from '../committee/motionLife.ts'
import { toOneLine } from '../committee/plainText.ts'
import type { Ring1 } from '../committee/ring.ts'
import { activeIn } from '../committee/roles.ts'
import type { BulletinView, CallHeard } from './callsHeard.ts'
import { type Held, type Home, heldBack } from './cityLetters.ts'

const DAY_MS = 86_400_000

/** A committee's own name in the city, never its real one. */
export type Named = { readonly code: string; readonly isOurs: boolean }

/** A call for help, and who is on it. */
export type CityCall = Named & {
  readonly id: string
  /** What two of them wrote; nothing where an alarm called by itself. */
  readonly text: string
  /** What an alarm that nobody answered says, to those on duty and to delegates. */
  readonly ring: Ring1 | undefined
  readonly onIt: readonly (Named & { readonly text: string })[]
}

export type CityPage = {
  /** As we decided that others may know us. */
  readonly mine: Membership | undefined
  /** Open motions on joining or leaving. */
  readonly asked: readonly string[]
  /** Seats that speak for us. */
  readonly delegates: readonly string[]
  readonly isDelegate: boolean
  /** Weeks that our delegates told us of, the newest first. */
  readonly weeks: readonly {
    readonly term: number
    readonly startsAt: number
    readonly endsAt: number
    readonly committees: readonly Pick<Card, 'code' | 'sector' | 'area'>[]
  }[]
  /** keys: our delegate handed in other keys than ours. disputed: two delegates brought different things. */
  readonly doubts: readonly ('keys' | 'disputed')[]
  /** Nothing can be called out before: the first week has not begun, or this phone came too late for it. */
  readonly mayCall: 'yes' | 'not_begun' | 'no_key'
  /** The newest first, as statements. */
  readonly calls: readonly CityCall[]
  readonly statements: readonly (Named & { readonly id: string; readonly text: string })[]
  readonly held: readonly Held[]
  /** Alerts of ours that a second member has to confirm. */
  readonly waiting: readonly {
    readonly id: string
    readonly seat: string
    readonly at: number
    readonly text: string
    readonly isSigned: boolean
  }[]
  /** The newest first. */
  readonly items: readonly ItemPage[]
}

export type ItemPage = Pick<CityItem, 'id' | 'title' | 'text' | 'lang' | 'needsMandate' | 'at'> & {
  /** Our own motions on it. */
  readonly motions: readonly {
    readonly id: string
    readonly take: Take
    readonly is: 'open' | 'carried' | 'over'
  }[]
  /** What our letter says, once enough have signed it. */
  readonly said: Take | undefined
}

/** `heard`: calls of alarms, as far as this phone may read them. */
export const cityPage = (
  home: Home,
  bulletins: readonly BulletinView[],
  heard: readonly CallHeard[],
): CityPage => {
  const { committee, me, nowMs } = home
  const mine = membershipOf(committee)
  const weeks = [...committee.homeTerms.values()].sort((a, b) => b.term.term - a.term.term)
  const delegates = [...activeIn(committee, 'delegate'), ...activeIn(committee, 'alternate')].map(
    ({ seat }) => seat,
  )
  const posted = bulletins.flatMap(({ term, posted: all }) => all.map((one) => ({ term, one }))).toReversed()
  return {
    mine,
    asked: openOn(committee, 'city').map(({ id }) => id),
    delegates,
    isDelegate: delegates.includes(me),
    weeks: weeks.map(({ term: { term, startsAt, names } }) => ({
      term,
      startsAt,
      endsAt: startsAt + TERM_DAYS * DAY_MS,
      committees: names.map(({ code, sector, area }) => ({ code, sector, area })),
    })),
    doubts: [
      ...(weeks.some(({ isOurs }) => !isOurs) ? (['keys'] as const) : []),
      ...(weeks.some(({ isDisputed }) => isDisputed) ? (['disputed'] as const) : []),
    ],
    mayCall: mayCall(home, weeks.find(({ term }) => term.startsAt <= nowMs)?.term),
    calls: [
      ...heard.flatMap((call) => ringIn(call, bulletins, mine)),
      ...posted.flatMap((here) => callIn(here, mine, posted)),
    ],
    statements: posted.flatMap(({ term, one }) =>
      one.letter.says.type === 'statement'
        ? [{ id: one.id, ...namedIn(term, one, mine), text: one.letter.says.text }]
        : [],
    ),
    held: membershipOf(committee) ? heldBack(home) : [],
    waiting: waitingIn(home),
    items: [...committee.cityItems.values()].toReversed().map((item) => itemPage(committee, item)),
  }
}

type Here = { readonly term: BulletinTerm; readonly one: Posted }

const named = ({ names }: BulletinTerm, card: string, mine: Membership | undefined): Named => ({
  code: toOneLine(names.find((one) => one.card === card)?.code ?? '?'),
  isOurs: card === mine?.card,
})
const namedIn = (term: BulletinTerm, { letter }: Posted, mine: Membership | undefined): Named =>
  named(term, letter.card, mine)

const ringIn = (
  { id, card, ring, answers, term: number }: CallHeard,
  bulletins: readonly BulletinView[],
  mine: Membership | undefined,
): readonly CityCall[] => {
  const term = bulletins.find((one) => one.term.term === number)?.term
  if (!term || !ring) return []
  const onIt = answers.map((one) => ({ ...named(term, one.card, mine), text: one.text }))
  return [{ id, ...named(term, card, mine), text: '', ring, onIt: onIt.toReversed() }]
}

const callIn = (
  { term, one }: Here,
  mine: Membership | undefined,
  all: readonly Here[],
): readonly CityCall[] => {
  const { says } = one.letter
  if (says.type !== 'alert') return []
  const onIt = all.flatMap(({ term: of, one: { letter }, one: answer }) =>
    letter.says.type === 'onIt' && letter.says.to === one.id
      ? [{ ...namedIn(of, answer, mine), text: letter.says.text }]
      : [],
  )
  return [
    { id: one.id, ...namedIn(term, one, mine), text: says.text, ring: undefined, onIt: onIt.toReversed() },
  ]
}

const mayCall = ({ committee, letterSeed }: Home, term: BulletinTerm | undefined): CityPage['mayCall'] => {
  const list = term && committee.keyLists.get(term.term)
  if (!list) return 'not_begun'
  const mine = sha256(letterKeyOf(letterSeed, list.term).publicKey)
  return list.keys.some((key) => sameBytes(key, mine)) ? 'yes' : 'no_key'
}

const waitingIn = ({ committee, letterSeed }: Home): CityPage['waiting'] =>
  [...committee.letters.values()].flatMap((letter) => {
    const { says } = letter.letter
    if (says.type !== 'alert' || isComplete(letter)) return []
    const { id, seat, at } = letter
    return [{ id, seat, at, text: says.text, isSigned: hasSigned(letter, letterSeed) }]
  })

const hasSigned = ({ letter, signatures }: CityLetter, letterSeed: Uint8Array): boolean => {
  const mine = sha256(letterKeyOf(letterSeed, letter.term).publicKey)
  return [...signatures.values()].some(({ key }) => sameBytes(sha256(key), mine))
}

const openOn = ({ motions }: Committee, gives: 'city' | 'answer'): readonly Motion[] =>
  [...motions.values()].filter((motion) => motion.content.effect?.gives === gives && isOpen(motion))

const itemPage = (committee: Committee, { id, title, text, lang, needsMandate, at }: CityItem): ItemPage => {
  const answers = [...committee.letters.values()]
    .filter(isComplete)
    .flatMap(({ letter: { says, serial } }) =>
      says.type === 'answer' && says.item === id ? [{ take: says.take, serial }] : [],
    )
  return {
    id,
    title,
    text,
    lang,
    needsMandate,
    at,
    motions: [...committee.motions.values()].flatMap((motion) => {
      const { effect } = motion.content
      return effect?.gives === 'answer' && effect.item === id
        ? [{ id: motion.id, take: effect.take, is: standingOf(motion) }]
        : []
    }),
    said: answers.sort((a, b) => b.serial - a.serial)[0]?.take,
  }
}

const standingOf = (motion: Motion): 'open' | 'carried' | 'over' => {
  if (isOpen(motion)) return 'open'
  return wasCarried(motion) ? 'carried' : 'over'
}
