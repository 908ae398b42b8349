/** What may be asked of the others, and the days that are chosen by a button. Not here: the forms (pages/Propose.svelte). */
import { DECISION_KINDS, type DecisionKind } from '../../core/committee/decisionRules.ts'

/** Founding has a page of its own. */
export type Asking = Exclude<DecisionKind, 'found'>

export const ASKINGS = (Object.keys(DECISION_KINDS) as DecisionKind[]).filter(
  (kind): kind is Asking => kind !== 'found',
)

const DAYS = { never: undefined, week: 7, month: 30, quarter: 91, year: 365 } as const
export type When = keyof typeof DAYS
export const WHENS = Object.keys(DAYS) as readonly When[]

/** By this device's calendar, as people would write it down. */
export const calendarDay = (at: Date): string => {
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** The day that is meant, as it is written in the committee. */
export const dayFor = (when: When, today = new Date()): string | undefined => {
  const days = DAYS[when]
  if (days === undefined) return undefined
  return calendarDay(new Date(today.getFullYear(), today.getMonth(), today.getDate() + days))
}
