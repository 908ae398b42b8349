/**
 * Opening the vote on a motion (product.md 3.C): by anybody who counts, when everybody who votes can read it. Frozen then: who votes, by which rule (R3), or
 * which mandate's approvals are the ballots. Not here: the ballots and what they come to (motionVote.ts).
 */
import { isAmong, putUpIn } from './candidates.ts'
import { isBinding, isCountedKind } from './decisionRules.ts'
import { excludedFrom, type Motion, type MotionRefusal, type Step, stepTo, type Vote } from './motionLife.ts'
import type { Profiles } from './profile.ts'
import { electFault, isRecallAsked, type Roles } from './roles.ts'
import type { Id, SaidOf } from './said.ts'

/** What the vote reads of other areas: who reads which language, and who holds what. */
export type Known = Roles & Profiles

const baseOf = (lang: string): string => lang.split('-')[0] ?? lang

/** Voters who have said what they read, and have it in none of these languages, and have not waived (R7). */
export const cannotRead = (
  motion: Motion,
  electorate: readonly Id[],
  { profiles }: Profiles,
): readonly Id[] => {
  const written = new Set([motion.content.lang, ...motion.translations.keys()].map(baseOf))
  return electorate.filter((seat) => {
    const languages = profiles.get(seat)?.languages ?? []
    const isRead = languages.length === 0 || languages.some((lang) => written.has(baseOf(lang)))
    return !isRead && !motion.waivedBy.includes(seat)
  })
}

export const votersIn = (motion: Motion, full: readonly Id[]): readonly Id[] => {
  const excluded = excludedFrom(motion.content)
  return full.filter((seat) => seat !== excluded)
}

export const open = (motion: Motion, said: SaidOf<'motionOpen'>, known: Known): Step => {
  const { seat, electorate: full = [], content } = said
  if (motion.phase !== 'fixed') return 'not_now'
  if (content.hash !== motion.hash) return 'other_text'
  const electorate = votersIn(motion, full)
  const decides = decidedBy(motion, said)
  if (!full.includes(seat) || electorate.length === 0) return 'not_in_electorate'
  if (typeof decides === 'string') return decides
  if (cannotRead(motion, electorate, known).length > 0) return 'untranslated'
  const fault = personFault(motion, full, known)
  if (fault) return fault
  const { order, at, heardAt } = said
  const candidates = candidatesIn(motion, full, known)
  const vote: Vote = {
    openedBy: seat,
    order,
    at,
    ...(heardAt === undefined ? {} : { heardAt }),
    full,
    electorate,
    decides,
    ...(candidates ? { candidates } : {}),
    ballots: [],
    closes: new Map(),
    recountAskedBy: [],
    recounts: 0,
  }
  return { ...stepTo(motion, said, 'voting'), vote }
}

const decidedBy = (motion: Motion, said: SaidOf<'motionOpen'>): Vote['decides'] | MotionRefusal => {
  const { kind } = motion.content
  const { mandate } = said.content
  if (isBinding(kind)) return mandate === undefined ? 'no_mandate' : { by: 'mandate', mandate }
  if (mandate !== undefined) return 'by_mandate'
  const rule = said.decisions && isCountedKind(kind) ? said.decisions[kind] : undefined
  return rule ? { by: 'count', rule } : 'not_in_electorate'
}

/** A recall is asked for by a third, and elected is who may be. */
export const personFault = (motion: Motion, full: readonly Id[], known: Known): MotionRefusal | undefined => {
  const { effect } = motion.content
  if (isAmong(motion)) return candidatesIn(motion, full, known)?.length ? undefined : 'may_not_be_elected'
  if (effect?.gives === 'role') return electFault(known, effect, full) && 'may_not_be_elected'
  if (effect?.gives !== 'recall') return undefined
  const term = known.terms.get(effect.term)
  const isIt = term?.seat === effect.seat && !term.ended
  return isIt && isRecallAsked(term, full) ? undefined : 'not_asked'
}

/** Of several those who may be elected now: nobody stops an election by putting up somebody who may not. */
const candidatesIn = (motion: Motion, full: readonly Id[], known: Known): readonly Id[] | undefined => {
  const { effect } = motion.content
  if (!isAmong(motion) || (effect?.gives !== 'role' && effect?.gives !== 'election')) return undefined
  return putUpIn(motion).filter((seat) => !electFault(known, { role: effect.role, seat }, full))
}
