/**
 * When an honest device helps with the next step of a motion (protocol.md D8): the hours of the charter, by this device's clock. Nothing is counted by it; two
 * who press earlier are two who break the rules before everybody's eyes.
 */
import { dayNumber } from '../committee/calendar.ts'
import type { Committee } from '../committee/committee.ts'
import { hoursOf, paceOf } from '../committee/decisionRules.ts'
import type { Motion, Vote } from '../committee/motionLife.ts'
import { ballotsBefore } from '../committee/motionVote.ts'
import type { Id } from '../committee/said.ts'
import type { Charter } from '../governance/charter.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Hours for those who were under way when time was over (product.md 3.C). */
const GRACE_MS = HOUR_MS
/** A motion that nobody seconds. */
const LAPSES_MS = 7 * DAY_MS
/** What a block brought back. */
const BACK_MS = 48 * HOUR_MS
export const RECOUNT_MS = 24 * HOUR_MS
/** The same member is not asked out again for so long, unless there are new facts (product.md section 12). */
const COOL_MS = 60 * DAY_MS

const hoursFor = (motion: Motion, charter: Charter): { readonly discuss: number; readonly vote: number } => {
  const { kind, isUrgent = false } = motion.content
  const decides = motion.vote?.decides
  return hoursOf(decides?.by === 'count' ? decides.rule : paceOf(charter.decisions, kind), isUrgent)
}

/** When the time of the step is over in which a motion is; undefined where none is. */
export const dueAt = (motion: Motion, charter: Charter): number | undefined => {
  const { phase, phaseAt, vote } = motion
  if (phase === 'draft') return phaseAt + LAPSES_MS
  const { discuss } = hoursFor(motion, charter)
  if (phase === 'discussion') return phaseAt + (motion.returned ? BACK_MS : discuss * HOUR_MS)
  return phase === 'voting' && vote ? voteEnds(motion, vote, charter) : undefined
}

/**
 * The hours of the vote begin when it was opened, by its author's clock, but not more than half of them before this device heard of it: nobody shortens a vote
 * by a clock that is wrong.
 */
const voteEnds = (motion: Motion, vote: Vote, charter: Charter): number => {
  const hours = hoursFor(motion, charter).vote * HOUR_MS
  const from = vote.extendedAt ?? Math.max(vote.at, (vote.heardAt ?? vote.at) - hours / 2)
  return from + hours
}

/** When the step that ends its state may be pressed: at once, where everybody has voted. */
export const mayEndAt = (motion: Motion, charter: Charter): number => {
  const due = dueAt(motion, charter) ?? 0
  const { vote } = motion
  if (!vote || motion.phase !== 'voting') return due
  const hasEverybody =
    vote.decides.by === 'count' &&
    ballotsBefore(vote, Number.MAX_SAFE_INTEGER).size === vote.electorate.length
  const isUrgentNow = hoursFor(motion, charter).vote === 0
  return hasEverybody || isUrgentNow ? 0 : due + GRACE_MS
}

/** Until when the same removal is not put again. */
export const coolsUntil = (
  { motions }: Committee,
  about: Id | undefined,
  nowMs: number,
): number | undefined => {
  const earlier = [...motions.values()].filter(
    ({ content, phaseAt, phase }) =>
      content.kind === 'remove' && content.about === about && phase === 'ended' && phaseAt + COOL_MS > nowMs,
  )
  const last = Math.max(...earlier.map(({ phaseAt }) => phaseAt))
  return about !== undefined && earlier.length > 0 ? last + COOL_MS : undefined
}

export const isReviewDue = ({ reviewOn }: Motion, nowMs: number): boolean =>
  reviewOn !== undefined && dayNumber(reviewOn) * DAY_MS <= nowMs
