/**
 * What a term rests on (restsOn.ts): the vote, the taking or the resignation that began and ended it, the terms before it in a row, and whoever held the role when
 * somebody had to go. And which terms have to stay because the next election asks for them: those that no saying has ended, and the last one of
 * a member who could be elected again (twice in a row is enough).
 */

import { putUpIn } from './candidates.ts'
import type { Committee } from './committee.ts'
import { isOpen } from './motionLife.ts'
import type { Term } from './roles.ts'
import { isElected } from './roleWords.ts'
import type { Id } from './said.ts'
import { keyOf, type Things } from './things.ts'

const keysOf = (terms: readonly Term[]): readonly string[] => terms.map(({ id }) => keyOf('term', id))

export const termRestsOn = (id: Id, things: Things, committee: Committee): readonly string[] => {
  const term = committee.terms.get(id)
  if (!term) return []
  const all = [...committee.terms.values()]
  const alike = all.filter(({ role }) => role === term.role)
  return [
    ...causeAt(term.order, term, things),
    ...keysOf(steppedAt(term.order, all)),
    ...(term.inRow > 1 ? keysOf(alike.filter((one) => isBefore(one, term)).slice(-1)) : []),
    ...endRestsOn(term, alike, things),
    ...(term.ended ? keysOf(steppedAt(term.ended.order, all)) : []),
  ]
}

const isBefore = (one: Term, term: Term): boolean => one.seat === term.seat && one.order < term.order

/** What was said there is about something else than the term itself where a vote or somebody else's resignation did it. */
const causeAt = (order: number, { id }: Term, { at }: Things): readonly string[] => {
  const cause = at.get(order)
  return cause && cause.key !== keyOf('term', id) ? [cause.key] : []
}

/** A delegate went, the alternate's term ended with theirs, and the alternate became the delegate: all three stand or fall together. */
const steppedAt = (order: number, all: readonly Term[]): readonly Term[] => {
  const ended = all.filter((one) => one.ended?.order === order)
  return ended.some((one) => one.ended?.how === 'stepped_in')
    ? [...ended, ...all.filter((one) => one.order === order)]
    : []
}

const endRestsOn = (term: Term, alike: readonly Term[], things: Things): readonly string[] => {
  const { ended } = term
  if (!ended) return []
  const wasThere = (one: Term): boolean =>
    one.order <= ended.order && (one.ended === undefined || one.ended.order >= ended.order)
  const inTheWay = ended.how === 'rotated' ? alike.filter(wasThere) : []
  const next = alike.filter((one) => one.order === ended.order)
  return [
    ...causeAt(ended.order, term, things),
    ...keysOf([...inTheWay, ...next, ...rotationAfter(term, alike)].filter((one) => one !== term)),
  ]
}

/** Somebody else had the role afterwards: that is what ends a row. */
const rotationAfter = ({ seat, ended }: Term, alike: readonly Term[]): readonly Term[] =>
  ended ? alike.filter((one) => one.seat !== seat && one.order >= ended.order).slice(0, 1) : []

/** Whether a later election or taking could come out otherwise without it. `here`: seats that may still get a role. */
export const isTermNeeded = (term: Term, committee: Committee, here: ReadonlySet<Id>): boolean => {
  const { seat, role, order, ended } = term
  if (!ended) return isElected(role) || here.has(seat)
  const alike = [...committee.terms.values()].filter((one) => one.role === role)
  const isLast = !alike.some((one) => one.seat === seat && one.order > order)
  const mayServe = here.has(seat) || isOnTheWay(seat, committee)
  return mayServe && isLast && rotationAfter(term, alike).length === 0
}

/** An alternate steps in, and whoever was put up may be elected, here or not. */
const isOnTheWay = (seat: Id, { terms, motions }: Committee): boolean =>
  [...terms.values()].some((one) => one.seat === seat && !one.ended && one.role === 'alternate') ||
  [...motions.values()].some((one) => {
    return isOpen(one) && putUpIn(one).includes(seat)
  })
