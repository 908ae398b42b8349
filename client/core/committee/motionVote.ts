/**
 * The vote on a motion (protocol.md D8, product.md 3.C). No clock: what stands in the log before the confirmed close counts.
 *
 * - the electorate is who counted when it was opened, without the person concerned (R3): whoever comes later is not in it, whoever goes later stays in it,
 *   and a ballot of theirs that stands in the log stays, too (R4 has nothing to undo: the log has an order).
 * - cast per seat and changed until the close. A ballot names the hash of the text.
 * - closed by one member and confirmed by another, who names the same counts. A close behind which somebody votes for the first time cannot be
 *   confirmed any more, so that an early one takes nobody's vote away.
 * - quorum missed: once, the vote goes on. A block: once, back to discussion. Not carried, or no quorum: a third may have it opened again,
 *   and then one member more has to agree that it is over, up to more than half. What is carried stays carried.
 */
import { type Choice, type Counts, endOf, noVotes, quorumOf, sameCounts, sumOf } from './motionCount.ts'
import {
  type Ballot,
  type Close,
  type Motion,
  type Result,
  type Step,
  stepTo,
  type Vote,
} from './motionLife.ts'
import { votersIn } from './motionOpen.ts'
import type { Id, Said, SaidOf } from './said.ts'

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
export const ballotsBefore = (vote: Pick<Vote, 'ballots'>, order: number): ReadonlyMap<Id, Ballot> =>
  new Map(vote.ballots.filter((one) => one.order < order).map((one) => [one.seat, one]))

export const countsBefore = (vote: Pick<Vote, 'ballots'>, order: number): Counts => {
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
