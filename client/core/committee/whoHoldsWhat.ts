/**
 * Who holds what (product.md 3.B): roles with their terms, and where power piles up. A page for everybody: it blames nobody and asks the group to
 * act. Not here: how roles come and go (roles.ts).
 */
import type { Concerns } from './concern.ts'
import { MISSED_REPORTS, type Owed, type Roles, type Term } from './roles.ts'
import { MAX_TERMS, REPORT_HOURS, type Role } from './roleWords.ts'
import type { Id } from './said.ts'
import { type Now, suspensionOf } from './suspension.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Roles at once, days and shares from which on the page asks whether that is good. */
const MANY_ROLES = 2
const UNHEARD_DAYS = 30
const PROPOSING_DAYS = 60
/** Fewer motions than this say nothing about who proposes them. */
const FEW_MOTIONS = 4

export type Holding = {
  readonly term: Term
  /** `over`: its time has passed and nobody was elected since. `suspended`: the holder is. */
  readonly is: 'active' | 'over' | 'suspended'
  readonly owed: readonly OwedReport[]
}

export type OwedReport = Owed & { readonly dueAt: number; readonly is: 'owed' | 'missed' | 'given' }

export type Warning =
  | { readonly is: 'many_roles'; readonly seat: Id; readonly roles: readonly Role[] }
  | { readonly is: 'long_service'; readonly seat: Id; readonly role: Role; readonly terms: number }
  | { readonly is: 'proposes_most'; readonly seat: Id; readonly motions: number; readonly of: number }
  | { readonly is: 'not_heard'; readonly seat: Id; readonly days: number }
  /** Reports are missing: shall we call them back? A card, and no decision. */
  | { readonly is: 'reports_missed'; readonly seat: Id; readonly term: Id; readonly missed: number }

export type WhoHoldsWhat = { readonly holdings: readonly Holding[]; readonly warnings: readonly Warning[] }

/** What the page needs besides the fold. `heardAt`: when a member was last heard, by this device's clock. */
export type Around = Now & {
  readonly members: readonly { readonly seat: Id; readonly heardAt: number }[]
  readonly motions: readonly { readonly seat: Id; readonly at: number }[]
}

export const whoHoldsWhat = (committee: Roles & Concerns, around: Around): WhoHoldsWhat => {
  const seats = new Set(around.members.map(({ seat }) => seat))
  const holdings = [...committee.terms.values()]
    .filter((term) => !term.ended && seats.has(term.seat))
    .map((term) => holdingOf(committee, term, around))
  return {
    holdings,
    warnings: [
      ...aboutRoles(holdings),
      ...holdings.flatMap(aboutReports),
      ...aboutProposing(around, seats),
      ...aboutSilence(around),
    ],
  }
}

const holdingOf = (committee: Concerns, term: Term, now: Now): Holding => {
  const isSuspended = suspensionOf(committee, term.seat, now) !== undefined
  const is = isSuspended ? 'suspended' : isTime(now.nowMs < term.until)
  return { term, is, owed: term.owed.map((owed) => reportOf(owed, now.nowMs)) }
}

const isTime = (isLeft: boolean): 'active' | 'over' => (isLeft ? 'active' : 'over')

const reportOf = (owed: Owed, nowMs: number): OwedReport => {
  const dueAt = owed.at + REPORT_HOURS * HOUR_MS
  const open = nowMs > dueAt ? 'missed' : 'owed'
  return { ...owed, dueAt, is: owed.report ? 'given' : open }
}

const aboutRoles = (holdings: readonly Holding[]): readonly Warning[] => {
  const bySeat = new Map<Id, Role[]>()
  for (const { term } of holdings) bySeat.set(term.seat, [...(bySeat.get(term.seat) ?? []), term.role])
  const many = [...bySeat]
    .filter(([, roles]) => roles.length > MANY_ROLES)
    .map(([seat, roles]) => ({ is: 'many_roles' as const, seat, roles }))
  const long = holdings
    .filter(({ term }) => term.inRow > MAX_TERMS)
    .map(({ term: { seat, role, inRow } }) => ({ is: 'long_service' as const, seat, role, terms: inRow }))
  return [...many, ...long]
}

/** By this device's clock. */
export const isOverdue = (term: Term, nowMs: number): boolean =>
  term.owed.filter((owed) => reportOf(owed, nowMs).is === 'missed').length >= MISSED_REPORTS

const aboutReports = ({ term, owed }: Holding): readonly Warning[] => {
  const missed = owed.filter(({ is }) => is === 'missed').length
  return missed < MISSED_REPORTS ? [] : [{ is: 'reports_missed', seat: term.seat, term: term.id, missed }]
}

const aboutProposing = ({ motions, nowMs }: Around, seats: ReadonlySet<Id>): readonly Warning[] => {
  const recent = motions.filter(({ at }) => nowMs - at <= PROPOSING_DAYS * DAY_MS)
  if (recent.length < FEW_MOTIONS) return []
  return [...seats].flatMap((seat) => {
    const own = recent.filter((motion) => motion.seat === seat).length
    return 2 * own > recent.length
      ? [{ is: 'proposes_most' as const, seat, motions: own, of: recent.length }]
      : []
  })
}

const aboutSilence = ({ members, nowMs }: Around): readonly Warning[] =>
  members.flatMap(({ seat, heardAt }) => {
    const days = Math.floor((nowMs - heardAt) / DAY_MS)
    return days > UNHEARD_DAYS ? [{ is: 'not_heard' as const, seat, days }] : []
  })

/** Who speaks for the committee now: the delegate, or the alternate while there is none who can. */
export const speaker = ({ holdings }: WhoHoldsWhat): Id | undefined => {
  const able = holdings.filter(({ is }) => is === 'active').map(({ term }) => term)
  const found = able.find(({ role }) => role === 'delegate') ?? able.find(({ role }) => role === 'alternate')
  return found?.seat
}
