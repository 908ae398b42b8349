/**
 * Roles that members hold for a while (product.md 3.B, 3.C), as a fold: whoever is elected holds one from the moment the vote is carried, whoever is called back
 * holds it no longer, and the alternate steps in at once. No clock ends a term: a screen says that its time is over. Not here: the
 * votes (motions), what a screen shows and warns of (whoHoldsWhat.ts).
 */
import type { Takers, Writable } from './area.ts'
import { isElected, MAX_TERMS, type Role, TERM_DAYS } from './roleWords.ts'
import type { Id, Said } from './said.ts'

export type Report = {
  readonly at: number
  readonly said: string
  readonly others?: string
  readonly back?: string
}

/** What a delegate owes the committee an account of. */
export type Owed = { readonly id: Id; readonly item: string; readonly at: number; readonly report?: Report }

/** `rotated`: others were elected. `renewed`: the same one again. `stepped_in`: of an alternate who is the delegate now. */
export const TERM_ENDS = ['ended', 'recalled', 'rotated', 'renewed', 'stepped_in'] as const
export type TermEnd = (typeof TERM_ENDS)[number]

export type Term = {
  /** Of the saying that gave it. */
  readonly id: Id
  readonly role: Role
  readonly seat: Id
  readonly order: number
  readonly since: number
  /** By the author's clock: shown, and nothing ends by it. */
  readonly until: number
  /** 1 for a first term, and one more for each that follows without somebody else's between. */
  readonly inRow: number
  readonly handover?: string
  readonly owed: readonly Owed[]
  /** Who asks that it be put to the vote whether they are called back. */
  readonly recall: ReadonlySet<Id>
  /** Whose devices say that two reports are missing. */
  readonly due?: ReadonlySet<Id>
  readonly ended?: { readonly how: TermEnd; readonly order: number; readonly at: number }
}

export type Roles = { readonly terms: ReadonlyMap<Id, Term> }
export const noRoles: Roles = { terms: new Map() }

type Draft = Writable<Roles>
/** The saying by which a term begins or ends. */
type Cause = Pick<Said, 'id' | 'order' | 'at'>

const DAY_MS = 86_400_000

type RoleSaying = 'roleTake' | 'roleHandover' | 'reportOwed' | 'report' | 'recallAsk' | 'recallDue'

export const roles: Takers<RoleSaying, Draft> = {
  roleTake: (draft, said) => {
    const { role, days } = said.content
    if (!isElected(role)) begin(draft, said, { role, seat: said.seat, ...(days ? { days } : {}) })
  },
  roleHandover: (draft, said) => {
    const { term: id, note, ends } = said.content
    const term = draft.terms.get(id)
    if (term?.seat !== said.seat) return
    draft.terms.set(id, note === undefined ? term : { ...term, handover: note })
    if (ends) leaveTerm(draft, said, id, 'ended')
  },
  reportOwed: (draft, { id, at, content: { term: termId, item } }) => {
    const term = draft.terms.get(termId)
    if (term?.role !== 'delegate' || term.ended || term.owed.some((one) => one.item === item)) return
    draft.terms.set(termId, { ...term, owed: [...term.owed, { id, item, at }] })
  },
  report: (draft, { seat, at, content: { type: _, owed: debt, ...words } }) => {
    const term = [...draft.terms.values()].find(({ owed }) => owed.some(({ id }) => id === debt))
    if (term?.seat !== seat) return
    const owed = term.owed.map((one) =>
      one.id === debt && !one.report ? { ...one, report: { at, ...words } } : one,
    )
    draft.terms.set(term.id, { ...term, owed })
  },
  recallAsk: (draft, { seat, electorate = [], content }) => {
    const term = draft.terms.get(content.term)
    if (!term || term.ended || term.seat === seat || !electorate.includes(seat)) return
    const recall = new Set(term.recall)
    if (content.asks) recall.add(seat)
    else recall.delete(seat)
    draft.terms.set(term.id, { ...term, recall })
  },
  recallDue: (draft, { seat, electorate = [], content }) => {
    const term = draft.terms.get(content.term)
    if (!term || term.ended || term.seat === seat || !electorate.includes(seat)) return
    if (unreported(term) >= MISSED_REPORTS)
      draft.terms.set(term.id, { ...term, due: new Set(term.due).add(seat) })
  },
}

/** Reports that were not given in time, before a recall is asked for by itself. */
export const MISSED_REPORTS = 2
/** Members whose devices have to say so: a clock may be wrong. */
const DUE_SAYERS = 2

const unreported = ({ owed }: Term): number => owed.filter(({ report }) => !report).length

export type Election = { readonly role: Role; readonly seat: Id; readonly days?: number }

/** How many hold a role at once; of the others as many as are willing. */
const PLACES: Partial<Record<Role, number>> = { delegate: 1, alternate: 1, panel: 1, minder: 3 }

/** `beginner`: on probation. `terms`: twice in a row is enough. */
export type ElectFault = 'beginner' | 'terms'

/** `electorate`: who counted when the vote was opened. */
export const electFault = (
  { terms }: Roles,
  { role, seat }: Election,
  electorate: readonly Id[],
): ElectFault | undefined => {
  if (!isElected(role)) return undefined
  if (!electorate.includes(seat)) return 'beginner'
  return inRowOf(terms, role, seat) > MAX_TERMS ? 'terms' : undefined
}

/** What a carried election does; nothing for whoever may not be elected. Where all places are taken the longest serving one is free now. */
export const elect = (draft: Draft, cause: Cause, election: Election, electorate: readonly Id[]): void => {
  if (electFault(draft, election, electorate)) return
  begin(draft, cause, election)
  const holders = activeIn(draft, election.role)
  const [oldest] = holders
  if (oldest && holders.length > (PLACES[election.role] ?? holders.length))
    endTerm(draft, cause, oldest.id, 'rotated')
}

/** What a carried recall does. */
export const recall = (draft: Draft, cause: Cause, id: Id): void => leaveTerm(draft, cause, id, 'recalled')

/** A third of those who count have to ask before it is put to the vote; two missing reports do as well. */
export const isRecallAsked = (term: Term, electorate: readonly Id[]): boolean =>
  electorate.length > 0 &&
  (3 * electorate.filter((seat) => term.recall.has(seat)).length >= electorate.length ||
    isRecallDue(term, electorate))

/** As long as the reports are missing. */
export const isRecallDue = (term: Term, electorate: readonly Id[]): boolean => {
  const others = electorate.filter((seat) => seat !== term.seat)
  const saying = others.filter((seat) => term.due?.has(seat)).length
  return unreported(term) >= MISSED_REPORTS && saying > 0 && saying >= Math.min(DUE_SAYERS, others.length)
}

/** Terms of a role that no saying has ended, oldest first. */
export const activeIn = ({ terms }: Roles, role: Role): readonly Term[] =>
  [...terms.values()].filter((term) => term.role === role && !term.ended)

/** Delegate and alternate. */
export const speaksFor = (roles: Roles, seat: Id): boolean => speakersOf(roles).includes(seat)
export const speakersOf = (roles: Roles): readonly Id[] =>
  [...activeIn(roles, 'delegate'), ...activeIn(roles, 'alternate')].map(({ seat }) => seat)

const begin = (draft: Draft, cause: Cause, { role, seat, days = TERM_DAYS[role] }: Election): void => {
  const inRow = inRowOf(draft.terms, role, seat)
  for (const mine of activeIn(draft, role)) if (mine.seat === seat) endTerm(draft, cause, mine.id, 'renewed')
  const { id, order, at } = cause
  const until = at + days * DAY_MS
  draft.terms.set(id, { id, role, seat, order, since: at, until, inRow, owed: [], recall: new Set() })
}

const inRowOf = (terms: Roles['terms'], role: Role, seat: Id): number => {
  const all = [...terms.values()].filter((term) => term.role === role)
  const last = all.filter((term) => term.seat === seat).at(-1)
  if (!last) return 1
  const { ended } = last
  const isRotated = ended && all.some((term) => term.seat !== seat && term.order >= ended.order)
  return isRotated ? 1 : last.inRow + 1
}

const endTerm = (draft: Draft, { order, at }: Cause, id: Id, how: TermEnd): void => {
  const term = draft.terms.get(id)
  if (term && !term.ended) draft.terms.set(id, { ...term, ended: { how, order, at } })
}

/** Ends it before its time; of a delegate, the alternate has the rest. */
const leaveTerm = (draft: Draft, cause: Cause, id: Id, how: TermEnd): void => {
  const term = draft.terms.get(id)
  if (!term || term.ended) return
  endTerm(draft, cause, id, how)
  const alternate = term.role === 'delegate' ? activeIn(draft, 'alternate')[0] : undefined
  if (!alternate) return
  endTerm(draft, cause, alternate.id, 'stepped_in')
  begin(draft, cause, { role: 'delegate', seat: alternate.seat })
  const stepped = draft.terms.get(cause.id)
  if (stepped) draft.terms.set(cause.id, { ...stepped, until: Math.max(stepped.since, term.until) })
}
