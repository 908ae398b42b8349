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
 * - among several candidates nobody has more than half: a run-off, whose ballots name it.
 */
import { againstTheRest, first, runOffAmong } from './election.ts'
import { type Counts, endOf, noVotes, quorumOf, sameCounts, sumOf } from './motionCount.ts'
import {
  type Ballot,
  ballotHash,
  type Close,
  type Motion,
  type MotionRefusal,
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
  const fault = castFault(motion, vote, said)
  if (fault) return fault
  const { choice } = content
  const ballot: Ballot = {
    id,
    seat,
    order,
    at,
    choice,
    ...(content.choice === 'block' ? { reason: content.reason } : {}),
    ...(content.choice === 'for' ? { candidate: content.candidate } : {}),
  }
  return { ...motion, vote: { ...vote, ballots: [...vote.ballots, ballot] } }
}

const castFault = (motion: Motion, vote: Vote, said: SaidOf<'motionVote'>): MotionRefusal | undefined => {
  const { seat, content } = said
  if (content.hash !== ballotHash(motion)) return content.hash === motion.hash ? 'late' : 'other_text'
  return vote.electorate.includes(seat) ? choiceFault(vote, content) : 'not_in_electorate'
}

/** Of several candidates one is named, or none of them; where there is one, it is yes or no. */
const choiceFault = (
  { decides, candidates }: Vote,
  content: SaidOf<'motionVote'>['content'],
): MotionRefusal | undefined => {
  if (decides.by === 'mandate') return 'by_mandate'
  if (content.choice === 'for') return candidates?.includes(content.candidate) ? undefined : 'no_candidate'
  if (content.choice === 'block') return decides.rule.blocks && !candidates ? undefined : 'no_block'
  return candidates && content.choice === 'yes' ? 'no_candidate' : undefined
}

/** The last ballot of each seat that stands before `order`. */
export const ballotsBefore = (vote: Pick<Vote, 'ballots'>, order: number): ReadonlyMap<Id, Ballot> =>
  new Map(vote.ballots.filter((one) => one.order < order).map((one) => [one.seat, one]))

export const countsBefore = (vote: Pick<Vote, 'ballots' | 'candidates'>, order: number): Counts => {
  const counts = { ...noVotes }
  const ballots = [...ballotsBefore(vote, order).values()]
  for (const { choice } of ballots) counts[choice === 'for' ? 'yes' : choice]++
  const votesFor = (seat: Id): number => ballots.filter(({ candidate }) => candidate === seat).length
  const each = vote.candidates?.map((seat) => ({ seat, votes: votesFor(seat) }))
  return each ? { ...counts, each } : counts
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
  const end = endOf(rule, voters, vote.candidates ? againstTheRest(counts) : counts)
  if (end === 'no_quorum' && vote.extendedAt === undefined)
    return { ...motion, vote: { ...vote, closes: new Map(), extendedAt: said.at } }
  if (end === 'returned') return broughtBack(motion, vote, closing, said)
  const runOff = end === 'not_carried' ? runOffAmong(counts) : undefined
  if (runOff) return between(motion, vote, { counts, runOff, said })
  const quorumMet = sumOf(counts) >= quorumOf(rule, voters)
  const elected = end === 'carried' && vote.candidates ? first(counts)?.seat : undefined
  return over(stepTo(motion, said, end), vote, {
    ...result,
    end,
    quorumMet,
    ...(elected === undefined ? {} : { elected }),
  })
}

type RunOff = { readonly counts: Counts; readonly runOff: readonly Id[]; readonly said: Said }

/** A run-off, by the same people and the same rule, with the whole time of a vote. */
const between = (motion: Motion, vote: Vote, { counts, runOff, said }: RunOff): Motion => {
  const { extendedAt: _, heardAt: __, ...rest } = vote
  const round: Vote = {
    ...rest,
    at: said.at,
    ...(said.heardAt === undefined ? {} : { heardAt: said.heardAt }),
    candidates: runOff,
    rounds: [...(vote.rounds ?? []), { counts, at: said.at }],
    ballots: [],
    closes: new Map(),
    recountAskedBy: [],
  }
  return { ...stepTo(motion, said, 'voting'), vote: round }
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
