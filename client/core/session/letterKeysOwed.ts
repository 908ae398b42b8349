/**
 * When letter keys are given and when the list of a term is closed (SPEC.md CI2). A list waits for every seat that has a phone, as long as there is time; once it is handed
 * in, it is made anew where a phone is gone or somebody came, until the term is announced. Not here: what a list is (committee/keyLists.ts).
 */
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { AHEAD_HOURS, TERM_DAYS } from '../city/bulletinTerm.ts'
import { LETTER_SIGNERS, letterKeyOf } from '../city/letterKeys.ts'
import { type Card, newestTerm } from '../committee/assemblyLife.ts'
import { TERMS_AHEAD } from '../committee/cityContent.ts'
import type { Membership } from '../committee/cityLife.ts'
import type { Committee } from '../committee/committee.ts'
import type { KnownContent } from '../committee/content.ts'
import { isOutdated, keyOfSeat } from '../committee/keyLists.ts'
import type { Abroad, Home } from './cityLetters.ts'

const HOUR_MS = 3_600_000

/** After the vote to join, a first list waits so long for phones that are away. */
const FIRST_WAIT_MS = 48 * HOUR_MS
/** A list is closed so long before its term begins: a day before the term is announced. */
const CLOSED_MS = (AHEAD_HOURS + 24) * HOUR_MS
const TERM_MS = TERM_DAYS * 24 * HOUR_MS

/** The seat's keys for the terms that we were not told of yet. Another device of ours may have given them; those of one that is gone are given anew. */
export const keysOwed = (
  { committee, me, letterSeed, isOnlyDevice }: Home,
  { from: first }: Membership,
): readonly KnownContent[] => {
  const from = Math.max(first, 1 + newestKnown(committee))
  const given = committee.letterKeys.get(keyOfSeat(from, me))
  const own = toHex(sha256(letterKeyOf(letterSeed, from).publicKey))
  if (given === own || (given !== undefined && !isOnlyDevice)) return []
  const keys = Array.from({ length: TERMS_AHEAD }, (_, i) =>
    toHex(sha256(letterKeyOf(letterSeed, from + i).publicKey)),
  )
  return [{ type: 'letterKeys', from, keys }]
}

/** The term that came last; before the first one, the list that is closed. */
const newestKnown = ({ homeTerms, keyLists }: Committee): number =>
  Math.max(0, ...(homeTerms.size > 0 ? homeTerms : keyLists).keys())

/** By a delegate: the list of the next term is to be closed, or made anew. */
export const isListDue = (home: Home, abroad: Abroad, card: Card | undefined): boolean => {
  const { committee, present } = home
  const term = newestTerm(abroad.assembly) + 1
  const list = committee.keyLists.get(term)
  if (list)
    return (
      committee.homeTerms.size > 0 &&
      isHandedIn(card, term, list.writerHash) &&
      isOutdated(committee.letterKeys, list, present)
    )
  const given = present.filter((seat) => committee.letterKeys.has(keyOfSeat(term, seat)))
  return (
    given.length >= LETTER_SIGNERS &&
    (given.length === present.length || home.nowMs >= closesAt(home, abroad))
  )
}

export const isHandedIn = (card: Card | undefined, term: number, writer: string): boolean =>
  card?.keys.get(term)?.writer === writer

/** Milliseconds since 1970. Whoever came after the vote does not know when it was: others have waited. */
const closesAt = ({ committee }: Home, { assembly }: Abroad): number => {
  if (committee.keyLists.size === 0) {
    const [joined] = [...committee.memberships.keys()].slice(-1)
    return (committee.motions.get(joined ?? '')?.phaseAt ?? 0) + FIRST_WAIT_MS
  }
  const running = assembly.bulletins.get(newestTerm(assembly))
  return running ? running.startsAt + TERM_MS - CLOSED_MS : 0
}
