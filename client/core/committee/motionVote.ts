/**
 * The vote on a motion (protocol.md D8, product.md 3.C). No clock: what stands in the log before the confirmed close counts.
 *
 * - opened by anybody who counts, when everybody who votes can read it. The electorate is who counts then, without the person concerned (R3): whoever comes
 *   later is not in it, whoever goes later stays in it, and a ballot of theirs that stands in the log stays, too (R4 has nothing to undo: the log has
 *   an order).
 * - cast per seat and changed until the close. A ballot names the hash of the text.
 * - closed by one member and confirmed by another, who names the same counts. A close behind which somebody votes for the first time cannot be
 *   confirmed any more, so that an early one takes nobody's vote away.
 * - quorum missed: once, the vote goes on. A block: once, back to discussion. Not carried, or no quorum: a third may have it opened again,
 *   and then one member more has to agree that it is over, up to more than half. What is carried stays carried.
 */
import { isBinding, isCountedKind } from './decisionRules.ts'
import { type Choice, type Counts, endOf, noVotes, quorumOf, sameCounts, sumOf } from './motionCount.ts'
import {
  type Ballot,
  type Close,
  excludedFrom,
  type Motion,
  type MotionRefusal,
  type Result,
  type Step,
  stepTo,
  type Vote,
} from './motionLife.ts'
import type { Profiles } from './profile.ts'
import { electFault, isRecallAsked, type Roles } from './roles.ts'
import type { Id, Said, SaidOf } from './said.ts'

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
  const { order, at } = said
  const vote: Vote = {
    openedBy: seat,
    order,
    at,
    full,
    electorate,
    decides,
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
export const personFault = (
  { content: { effect } }: Motion,
  full: readonly Id[],
  known: Known,
): MotionRefusal | undefined => {
  if (effect?.gives === 'role') return electFault(known, effect, full) && 'may_not_be_elected'
  if (effect?.gives !== 'recall') return undefined
  const term = known.terms.get(effect.term)
  const isIt = term?.seat === effect.seat && !term.ended
  return isIt && isRecallAsked(term, full) ? undefined : 'not_asked'
}

export const cast = (motion: Motion, said: SaidOf<'motionVote'>): Step => {
  const { vote } = motion
  const { id, seat, order, at, content } = said
  if (motion.phase !== 'voting' || !vote) return vote?.result ? 'late' : 'not_now'
  if (content.hash !== motion.hash) return 'other_text'
  if (!vote.electorate.includes(seat)) return 'not_in_electorate'
  if (vote.decides.by === 'mandate') return 'by_mandate'
  if (content.choice === 'block' && !vote.decides.rule.blocks) return 'no_block'
  const { choice } = content
  const ballot: Ballot = {
    id,
    seat,
    order,
    at,
    choice,
    ...(content.choice === 'block' ? { reason: content.reason } : {}),
  }
  return { ...motion, vote: { ...vote, ballots: [...vote.ballots, ballot] } }
}

/** The last ballot of each seat that stands before `order`. */
export const ballotsBefore = (vote: Vote, order: number): ReadonlyMap<Id, Ballot> =>
  new Map(vote.ballots.filter((one) => one.order < order).map((one) => [one.seat, one]))

export const countsBefore = (vote: Vote, order: number): Counts => {
  const counts: { [C in Choice]: number } = { ...noVotes }
  for (const { choice } of ballotsBefore(vote, order).values()) counts[choice]++
  return counts
}

/** Whether somebody voted for the first time behind it. */
export const isOvertaken = (vote: Vote, close: Close): boolean => {
  const before = ballotsBefore(vote, close.order)
  return vote.ballots.some((one) => !before.has(one.seat))
}

/** Members who must agree that it is over: two, and more after each recount; all where there are fewer. */
export const closersNeeded = (vote: Vote, available: number): number =>
  Math.max(1, Math.min(2 + vote.recounts, mostClosers(vote), available))

const mostClosers = ({ electorate }: Vote): number => Math.max(2, Math.floor(electorate.length / 2) + 1)

export const close = (motion: Motion, said: SaidOf<'motionClose'>): Step => {
  const { vote } = motion
  const { id, seat, order, at, electorate: full = [] } = said
  if (motion.phase !== 'voting' || !vote) return 'not_now'
  const available = votersIn(motion, full)
  if (!available.includes(seat)) return 'not_in_electorate'
  const closing: Close = { id, seat, order, at, confirmedBy: [] }
  const closes = new Map(vote.closes).set(id, closing)
  const closed = { ...motion, vote: { ...vote, closes } }
  return closersNeeded(vote, available.length) > 1 ? closed : settle(closed, closed.vote, closing, said)
}

export const confirm = (motion: Motion, said: SaidOf<'motionConfirm'>): Step => {
  const { vote } = motion
  const { seat, electorate: full = [], content } = said
  const closing = vote?.closes.get(content.close)
  if (motion.phase !== 'voting' || !vote) return 'not_now'
  if (!closing) return 'no_such_part'
  const available = votersIn(motion, full)
  if (!available.includes(seat)) return 'not_in_electorate'
  if (closing.seat === seat || closing.confirmedBy.includes(seat)) return 'same_member'
  if (isOvertaken(vote, closing)) return 'not_now'
  if (!sameCounts(content.counts, countsBefore(vote, closing.order))) return 'counted_otherwise'
  const confirmed: Close = { ...closing, confirmedBy: [...closing.confirmedBy, seat] }
  const next = { ...vote, closes: new Map(vote.closes).set(confirmed.id, confirmed) }
  const isEnough = 1 + confirmed.confirmedBy.length >= closersNeeded(vote, available.length)
  return isEnough ? settle(motion, next, confirmed, said) : { ...motion, vote: next }
}

const settle = (motion: Motion, vote: Vote, closing: Close, said: Said): Motion => {
  const counts = countsBefore(vote, closing.order)
  const result = {
    counts,
    closedAt: closing.order,
    order: said.order,
    at: said.at,
    closedBy: [closing.seat, ...closing.confirmedBy],
  }
  if (vote.decides.by === 'mandate')
    return over(stepTo(motion, said, 'ended'), vote, { ...result, end: 'ended', quorumMet: true })
  const { rule } = vote.decides
  const voters = {
    full: vote.full.length,
    electorate: vote.electorate.length,
    isSecond: motion.returned !== undefined,
  }
  const end = endOf(rule, voters, counts)
  if (end === 'no_quorum' && vote.extendedAt === undefined)
    return { ...motion, vote: { ...vote, closes: new Map(), extendedAt: said.at } }
  if (end === 'returned') return broughtBack(motion, vote, closing, said)
  const quorumMet = sumOf(counts) >= quorumOf(rule, voters)
  return over(stepTo(motion, said, end), vote, { ...result, end, quorumMet })
}

/** What stands behind the close came too late, and its authors are told. */
const over = (motion: Motion, vote: Vote, result: Result): Motion => {
  const late = vote.ballots.filter(({ order }) => order > result.closedAt)
  return {
    ...motion,
    vote: {
      ...vote,
      result,
      recountAskedBy: [],
      ballots: vote.ballots.filter(({ order }) => order < result.closedAt),
    },
    refused: [
      ...motion.refused,
      ...late.map(({ id, seat, at }) => ({
        id,
        seat,
        at,
        said: 'motionVote' as const,
        why: 'late' as const,
      })),
    ],
  }
}

/** To discussion with its blocks; the text may be changed, and everything behind it happens again. */
const broughtBack = (motion: Motion, vote: Vote, closing: Close, said: Said): Motion => {
  const { hash: _, vote: __, ...rest } = motion
  const ballots = [...ballotsBefore(vote, closing.order).values()]
  return {
    ...stepTo(rest, said, 'discussion'),
    translations: new Map(),
    waivedBy: [],
    returned: {
      blocks: ballots.filter(({ choice }) => choice === 'block'),
      counts: countsBefore(vote, closing.order),
      at: said.at,
    },
  }
}

/** Of a vote that did not carry. Once more than half had to agree that it is over, it is. */
export const mayReopen = (vote: Vote): boolean =>
  vote.result !== undefined &&
  (vote.result.end === 'not_carried' || vote.result.end === 'no_quorum') &&
  2 + vote.recounts < mostClosers(vote)

export const recount = (motion: Motion, said: SaidOf<'motionRecount'>): Step => {
  const { vote } = motion
  if (!vote?.result || vote.decides.by === 'mandate') return 'not_now'
  if (!vote.electorate.includes(said.seat)) return 'not_in_electorate'
  const isCarried = vote.result.end === 'carried'
  if (!isCarried && !mayReopen(vote)) return 'not_now'
  const asked = [...new Set([...vote.recountAskedBy, said.seat])]
  if (isCarried || 3 * asked.length < vote.electorate.length)
    return { ...motion, vote: { ...vote, recountAskedBy: asked } }
  const { result: _, ...rest } = vote
  const reopened: Vote = { ...rest, closes: new Map(), recountAskedBy: [], recounts: vote.recounts + 1 }
  return { ...stepTo(motion, said, 'voting'), vote: reopened }
}
