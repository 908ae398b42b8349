/**
 * What a device owes to its committee and its assembly without anybody pressing anything: keys, signatures under what was decided, and what a delegate carries between the two. Pure: from
 * what stands in the logs to what is to be said next; said again after every step until nothing is owed. Not here: which letters are signed (cityLetters.ts).
 */
import { toHex } from '../../../shared/base/text.ts'
import { randomBytes } from '../../../shared/crypto/sodium.ts'
import { encodeTerm } from '../city/bulletinTerm.ts'
import { encodeSigned, type LetterSaying, letterHash } from '../city/letter.ts'
import { LETTER_SIGNERS } from '../city/letterKeys.ts'
import { packed } from '../city/packing.ts'
import { type Card, cardOfSeat, newestTerm } from '../committee/assemblyLife.ts'
import {
  type CityLetter,
  handedOver,
  isComplete,
  lastMembership,
  type Membership,
  maySay,
} from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import type { KnownContent } from '../committee/content.ts'
import { activeIn, isRecallDue, speaksFor } from '../committee/roles.ts'
import { isOverdue } from '../committee/whoHoldsWhat.ts'
import { lent, rotasBrought } from './cityDuty.ts'
import {
  type Abroad,
  type Home,
  hidesOf,
  isWritten,
  letterFor,
  same,
  sayingOf,
  signatureOn,
  signingOf,
  speakingSeats,
} from './cityLetters.ts'
import { announced, homeTermOf } from './cityTerms.ts'
import { isHandedIn, isListDue, keysOwed } from './letterKeysOwed.ts'

type Said = readonly KnownContent[]

/** Of every member's device. */
export const owedAtHome = (home: Home): Said => {
  const mine = lastMembership(home.committee)
  if (!mine) return []
  const keys = mine.to === 'join' ? keysOwed(home, mine) : []
  return [...keys, ...recallsDue(home), ...decided(home), ...takenBack(home), ...signaturesOwed(home, mine)]
}

/** Two reports are missing: said by our device, until enough have. */
const recallsDue = ({ committee, me, nowMs, present }: Home): Said =>
  activeIn(committee, 'delegate').flatMap((term): Said => {
    const isOurs = present.includes(me) && term.seat !== me && !term.due?.has(me)
    const isDue = isOurs && isOverdue(term, nowMs) && !isRecallDue(term, present)
    return isDue ? [{ type: 'recallDue', term: term.id }] : []
  })

/** What was decided is written down by whoever proposed it, or by a delegate. */
const decided = (home: Home): Said => {
  const { committee, me } = home
  return [...committee.motions.values()].flatMap((motion) => {
    const isMine = motion.seat === me || speaksFor(committee, me)
    const says = isMine && !committee.lettered.has(motion.id) ? sayingOf(motion) : undefined
    const letter = says && !isWritten(home, says) ? letterFor(home, says, { motion: motion.id }) : undefined
    return letter ? [letter] : []
  })
}

/** Written by the person concerned, by whoever proposed the motion, or by a delegate. */
const takenBack = (home: Home): Said => {
  const { committee, me } = home
  return [...committee.motions.values()].flatMap((motion) => {
    const { seat, content } = motion
    const isAboutMe = content.links?.some((id) => committee.alarms.get(id)?.concerned === me) === true
    if (seat !== me && !isAboutMe && !speaksFor(committee, me)) return []
    return hidesOf(committee, motion).flatMap(({ says, term }) => {
      const isKnown = [...committee.letters.values()].some(({ letter }) => same(letter.says, says))
      const letter = isKnown ? undefined : letterFor(home, says, { motion: motion.id, under: term })
      return letter ? [letter] : []
    })
  })
}

const signaturesOwed = (home: Home, mine: Membership): Said =>
  [...home.committee.letters.values()].flatMap((letter) => {
    const isDue = maySay(mine, letter.letter) && !isComplete(letter) && signingOf(home, letter) === 'signs'
    const signature = isDue ? signatureOn(home, letter) : undefined
    return signature ? [signature] : []
  })

/** Of a delegate's device: what to say at home, and what in the assembly. */
export const owedByDelegate = (
  home: Home,
  abroad: Abroad,
): { readonly home: Said; readonly assembly: Said } => {
  const mine = lastMembership(home.committee)
  if (!mine || !speaksFor(home.committee, home.me)) return { home: [], assembly: [] }
  const card = abroad.assembly.cards.get(mine.card)
  if (mine.to === 'leave')
    return { home: [], assembly: card ? lettersFor(home.committee, card, ['leave']) : [] }
  return {
    home: [
      ...introduced(home, abroad, card),
      ...lettersOwed(home, abroad, card),
      ...brought(home, abroad, mine),
      ...rotasBrought(home, abroad),
    ],
    assembly: [...shown(home, abroad, mine, card), ...announced(home, abroad), ...lent(home, abroad, card)],
  }
}

const secret = (): string => toHex(randomBytes(32))

const introduced = (home: Home, abroad: Abroad, card: Card | undefined): Said => {
  const term = newestTerm(abroad.assembly) + 1
  const isIntroduced = home.committee.citySeats.get(home.me) === abroad.me
  return [
    ...(isIntroduced ? [] : [{ type: 'citySeat', seat: abroad.me } as const]),
    ...(isListDue(home, abroad, card)
      ? [{ type: 'cityKeys', term, seed: secret(), writer: secret() } as const]
      : []),
  ]
}

/** New keys are vouched for by those before, and so are those who speak for us. */
const lettersOwed = (home: Home, { assembly }: Abroad, card: Card | undefined): Said => {
  const { committee } = home
  const term = newestTerm(assembly) + 1
  const list = committee.keyLists.get(term)
  const seats = speakingSeats(committee)
  const isNew = card !== undefined && seats.length > 0 && seats.join() !== card.speakers.join()
  const needsVouching =
    card !== undefined && card.keys.size > 0 && list !== undefined && !isHandedIn(card, term, list.writerHash)
  const says: readonly LetterSaying[] = [
    ...(isNew ? [{ type: 'speakers', seats } as LetterSaying] : []),
    ...(needsVouching && list
      ? [{ type: 'keys', of: term, root: list.root, writer: list.writerHash } as LetterSaying]
      : []),
  ]
  return says.flatMap((one) => {
    const letter = isPending(home, one, card) ? undefined : letterFor(home, one, { after: card?.serial ?? 0 })
    return letter ? [letter] : []
  })
}

/** Who speaks for us may change back: then it is said anew, behind the last one that counted. */
const isPending = (home: Home, says: LetterSaying, card: Card | undefined): boolean => {
  if (says.type !== 'speakers') return isWritten(home, says)
  const letters = new Map(
    [...home.committee.letters].filter(([, { letter }]) => letter.serial > (card?.serial ?? 0)),
  )
  return isWritten({ ...home, committee: { ...home.committee, letters } }, says)
}

/** Items, terms, and the debts of a report. */
const brought = ({ committee }: Home, abroad: Abroad, mine: Membership): Said => {
  const { items, bulletins } = abroad.assembly
  const [delegate] = activeIn(committee, 'delegate')
  const owed = new Set([...committee.terms.values()].flatMap((term) => term.owed.map(({ item }) => item)))
  return [
    ...[...items.values()].flatMap(({ id, title, text, lang, needsMandate, closed }) =>
      closed || committee.cityItems.has(id)
        ? []
        : [{ type: 'cityItem', item: id, title, text, lang, needsMandate } as const],
    ),
    ...[...bulletins.values()].flatMap((one) => {
      const term = committee.homeTerms.has(one.term) ? undefined : homeTermOf(one, mine, abroad)
      return term ? [{ type: 'cityTerm', term: packed(encodeTerm(term)) } as const] : []
    }),
    ...[...items.values()].flatMap(({ title, closed }) =>
      closed && delegate && !owed.has(title)
        ? [{ type: 'reportOwed', term: delegate.id, item: title } as const]
        : [],
    ),
  ]
}

const shown = (
  { committee }: Home,
  { assembly, me }: Abroad,
  { card: id, city, code, sector, area, languages }: Membership,
  card: Card | undefined,
): Said => {
  if (!card)
    return cardOfSeat(assembly, me)
      ? []
      : [{ type: 'card', city, card: id, signers: LETTER_SIGNERS, code, sector, area, languages }]
  if (cardOfSeat(assembly, me)?.id !== id) return lettersFor(committee, card, ['speakers'])
  return [...handedIn(committee, assembly, card), ...lettersFor(committee, card, FOR_ASSEMBLY)]
}

const FOR_ASSEMBLY: readonly LetterSaying['type'][] = ['join', 'leave', 'speakers', 'answer']

const signedOf = (letter: CityLetter): string => packed(encodeSigned(handedOver(letter)))

const lettersFor = ({ letters }: Committee, card: Card, types: readonly LetterSaying['type'][]): Said =>
  [...letters.values()].flatMap((one) => {
    const { letter } = one
    const isNews = types.includes(letter.says.type) && !card.seen.has(letterHash(letter))
    return isNews && letter.card === card.id && isComplete(one) && card.keys.has(letter.term)
      ? [{ type: 'cityLetter', letter: signedOf(one) } as const]
      : []
  })

const handedIn = ({ keyLists, letters }: Committee, assembly: Committee, card: Card): Said => {
  const term = newestTerm(assembly) + 1
  const list = keyLists.get(term)
  if (!list || isHandedIn(card, term, list.writerHash)) return []
  const keys = packed(Uint8Array.from(list.keys.flatMap((key) => [...key])))
  const handing = { type: 'cardKeys', card: card.id, term, keys, writer: list.writerHash } as const
  if (card.keys.size === 0) return [handing]
  const letter = [...letters.values()].find(
    (one) =>
      one.letter.says.type === 'keys' &&
      one.letter.says.of === term &&
      one.letter.says.root === list.root &&
      isComplete(one) &&
      card.keys.has(one.letter.term),
  )
  return letter ? [{ ...handing, letter: signedOf(letter) }] : []
}
