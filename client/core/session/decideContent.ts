/** What a member presses about a motion, and the content that says it: hashes and counts are those that this device sees. Not here: whether it may be said (deciding.ts). */
import type { KnownContent } from '../committee/content.ts'
import type { MotionContent } from '../committee/motionContent.ts'
import type { Choice } from '../committee/motionCount.ts'
import { nextHash } from '../committee/motionDraft.ts'
import { ballotHash, type Close, type Motion } from '../committee/motionLife.ts'
import { countsBefore, isOvertaken } from '../committee/motionVote.ts'
import type { Id } from '../committee/said.ts'

type Following<T extends KnownContent['type']> = Omit<
  KnownContent & { readonly type: T },
  'type' | 'hash' | 'counts' | 'close'
>

/** What is pressed; hashes and counts are filled in from what this device sees. */
export type DecideStep =
  | { readonly do: 'start'; readonly content: MotionContent; readonly hasNewFacts?: boolean }
  | ({ readonly do: 'second' } & Following<'motionSecond'>)
  | ({ readonly do: 'amend' } & Following<'motionAmend'>)
  | ({ readonly do: 'amendment' } & Following<'motionAmendment'>)
  | ({ readonly do: 'candidate' } & Following<'motionCandidate'>)
  | ({ readonly do: 'standDown' } & Following<'motionStandDown'>)
  | ({ readonly do: 'fix' } & Following<'motionFix'>)
  | ({ readonly do: 'translate' } & Following<'motionTranslate'>)
  | ({ readonly do: 'check' } & Following<'motionChecked'>)
  | ({ readonly do: 'waive' } & Following<'motionWaive'>)
  | ({ readonly do: 'open' } & Following<'motionOpen'>)
  | {
      readonly do: 'vote'
      readonly motion: Id
      readonly choice: Choice
      readonly reason?: string
      /** With `for`: which of several. */
      readonly candidate?: Id
    }
  | ({ readonly do: 'close' } & Following<'motionClose'>)
  | ({ readonly do: 'confirm' } & Following<'motionConfirm'>)
  /** Too few have voted: closed, or confirmed where somebody has, so that the vote goes on once. */
  | ({ readonly do: 'extend' } & Following<'motionClose'>)
  | ({ readonly do: 'recount' } & Following<'motionRecount'>)
  | ({ readonly do: 'withdraw' } & Following<'motionWithdraw'>)
  | ({ readonly do: 'lapse' } & Following<'motionLapse'>)
  | ({ readonly do: 'outcome' } & Following<'motionOutcome'>)
  | ({ readonly do: 'review' } & Following<'motionReview'>)

export type FollowingStep = Exclude<DecideStep, { readonly do: 'start' }>

/** An id that no payload has: of what is only tried. */
export const TRIAL = 'f'.repeat(32)

type Facts = { readonly electorate: readonly Id[]; readonly mandate: string | undefined; readonly me: Id }

export const contentOf = (motion: Motion, step: FollowingStep, facts: Facts): KnownContent => {
  const { do: _, ...fields } = step
  const hash = motion.hash ?? '0'.repeat(64)
  switch (step.do) {
    case 'fix':
      return { type: 'motionFix', motion: motion.id, hash: nextHash(motion, facts.electorate) }
    case 'open':
      return {
        type: 'motionOpen',
        motion: motion.id,
        hash,
        ...(facts.mandate === undefined ? {} : { mandate: facts.mandate }),
      }
    case 'vote':
      return ballot(motion.id, ballotHash(motion) ?? hash, step)
    case 'waive':
      return { type: 'motionWaive', motion: motion.id, hash }
    case 'translate':
      return { ...(fields as Following<'motionTranslate'>), type: 'motionTranslate', hash }
    case 'confirm':
      return confirmation(motion, facts.me)
    case 'extend':
      return closesOfOthers(motion, facts.me).length > 0
        ? confirmation(motion, facts.me)
        : { type: 'motionClose', motion: motion.id }
    default:
      return { ...fields, type: TYPES[step.do] } as KnownContent
  }
}

/** The steps that say what was pressed and no more. */
const TYPES = {
  second: 'motionSecond',
  amend: 'motionAmend',
  amendment: 'motionAmendment',
  candidate: 'motionCandidate',
  standDown: 'motionStandDown',
  check: 'motionChecked',
  close: 'motionClose',
  recount: 'motionRecount',
  withdraw: 'motionWithdraw',
  lapse: 'motionLapse',
  outcome: 'motionOutcome',
  review: 'motionReview',
} as const

const ballot = (
  motion: Id,
  hash: string,
  { choice, reason = '', candidate = '' }: Extract<DecideStep, { readonly do: 'vote' }>,
): KnownContent => {
  if (choice === 'for') return { type: 'motionVote', motion, hash, choice, candidate }
  return choice === 'block'
    ? { type: 'motionVote', motion, hash, choice, reason }
    : { type: 'motionVote', motion, hash, choice }
}

/** Those that still can be confirmed. */
const closesOfOthers = ({ vote }: Motion, me: Id): readonly Close[] =>
  [...(vote?.closes.values() ?? [])].filter((close) => close.seat !== me && vote && !isOvertaken(vote, close))

/** The newest close by somebody else, with what stands in front of it. */
const confirmation = (motion: Motion, me: Id): KnownContent => {
  const { id, vote } = motion
  const close = closesOfOthers(motion, me).at(-1) ?? [...(vote?.closes.values() ?? [])].at(-1)
  const counts = countsBefore(vote ?? { ballots: [] }, close?.order ?? 0)
  return { type: 'motionConfirm', motion: id, close: close?.id ?? TRIAL, counts }
}
