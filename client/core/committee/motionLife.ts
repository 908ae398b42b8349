/** A motion as the fold holds it, from draft to review: types, and the questions that more than one step of its life asks. */
import type { BindingKind, CountedKind, Rule } from './decisionRules.ts'
import type { EarlierMotion } from './earlierMotion.ts'
import { runOffHash } from './election.ts'
import type { MotionContent, MotionType } from './motionContent.ts'
import type { Choice, Counts } from './motionCount.ts'
import { textHash } from './motionText.ts'
import type { Id, Said } from './said.ts'

/** Where a motion stands. `ended`: the members closed the vote on something that approvals carry, and those say how it ended. */
export type MotionPhase =
  | 'draft'
  | 'discussion'
  | 'fixed'
  | 'voting'
  | 'carried'
  | 'not_carried'
  | 'no_quorum'
  | 'ended'
  | 'done'
  | 'reviewed'
  | 'withdrawn'
  | 'lapsed'

/** Still on its way to an end: these count against the three that a member may have open. */
export const isOpen = ({ phase }: Motion): boolean =>
  phase === 'draft' || phase === 'discussion' || phase === 'fixed' || phase === 'voting'

/** Carried, whatever was done about it since. */
export const wasCarried = ({ vote }: Motion): boolean => vote?.result?.end === 'carried'

export type Amendment = {
  readonly id: Id
  readonly seat: Id
  readonly at: number
  readonly paragraph: number
  /** Empty: the paragraph goes. */
  readonly text: string
  readonly note?: string
  readonly status:
    | 'offered'
    | 'accepted'
    | 'rejected'
    | 'withdrawn'
    | 'put_to_vote'
    | 'voted_in'
    | 'voted_out'
  /** Of an amendment that was put to the vote: what each seat says. */
  readonly sides: ReadonlyMap<Id, 'for' | 'against'>
}

export type Translation = {
  readonly by: Id
  readonly title: string
  readonly text: string
  /** Others who read both languages and say that it is right. */
  readonly checkedBy: readonly Id[]
}

export type Ballot = {
  readonly id: Id
  readonly seat: Id
  readonly order: number
  readonly at: number
  readonly choice: Choice
  readonly reason?: string
  readonly candidate?: Id
}

export type Close = {
  readonly id: Id
  readonly seat: Id
  readonly order: number
  readonly at: number
  readonly confirmedBy: readonly Id[]
}

export type Result = {
  readonly end: 'carried' | 'not_carried' | 'no_quorum' | 'ended'
  readonly counts: Counts
  readonly quorumMet: boolean
  /** Of several candidates, who has more than half. */
  readonly elected?: Id
  /** Where in the order the confirmed close stands: what is behind it came too late. */
  readonly closedAt: number
  /** Where its confirmation stands: from there on it is so. */
  readonly order: number
  readonly at: number
  readonly closedBy: readonly Id[]
}

export type Vote = {
  readonly openedBy: Id
  readonly order: number
  readonly at: number
  /** When this device heard of it: for suggesting when to end it, no more. */
  readonly heardAt?: number
  /** Seats that counted when voting opened (R3). */
  readonly full: readonly Id[]
  /** Those of them that vote: without the person concerned. */
  readonly electorate: readonly Id[]
  readonly decides:
    | { readonly by: 'count'; readonly rule: Rule }
    | { readonly by: 'mandate'; readonly mandate: string }
  /** Of an election among several: between whom this round is. */
  readonly candidates?: readonly Id[]
  /** What the rounds before it came to. */
  readonly rounds?: readonly { readonly counts: Counts; readonly at: number }[]
  /** In order; of each seat the last one counts. */
  readonly ballots: readonly Ballot[]
  readonly closes: ReadonlyMap<Id, Close>
  /** Quorum was missed once: since when there is more time. */
  readonly extendedAt?: number
  /** Asked for by seats since the last close, and how often a third of all brought the vote back. */
  readonly recountAskedBy: readonly Id[]
  readonly recounts: number
  readonly result?: Result
}

/** Why something that was said about a motion had no effect; shown, never silent. */
export type MotionRefusal =
  | 'too_many_open'
  | 'not_now'
  | 'not_yours'
  | 'own_motion'
  | 'other_text'
  | 'no_such_part'
  | 'not_in_electorate'
  | 'late'
  | 'no_block'
  | 'by_mandate'
  | 'no_mandate'
  | 'untranslated'
  | 'not_asked'
  | 'may_not_be_elected'
  | 'no_candidate'
  | 'no_election'
  | 'too_many_candidates'
  | 'stood_down'
  | 'same_member'
  | 'counted_otherwise'

export type Refused = {
  readonly id: Id
  readonly seat: Id
  readonly at: number
  readonly said: MotionType
  readonly why: MotionRefusal
}

export type Motion = {
  readonly id: Id
  /** The proposer. */
  readonly seat: Id
  readonly device: Id
  readonly order: number
  readonly at: number
  /** As put. The text as it is now stands beside it. */
  readonly content: MotionContent & { readonly kind: CountedKind | BindingKind }
  readonly paragraphs: readonly string[]
  readonly phase: MotionPhase
  /** By the author's clock: when it came to where it stands. */
  readonly phaseAt: number
  readonly seconders: readonly Id[]
  readonly amendments: ReadonlyMap<Id, Amendment>
  /** Of an election: who was put forward since it was put, and who does not stand (candidates.ts). */
  readonly forward?: readonly Id[]
  readonly stoodDown?: readonly Id[]
  /** Others than the proposer who say that the text is fixed, and with which hash; two are needed. */
  readonly fixing: ReadonlyMap<Id, string>
  /** The hash of the fixed text. */
  readonly hash?: string
  /** By language. */
  readonly translations: ReadonlyMap<string, Translation>
  readonly waivedBy: readonly Id[]
  readonly vote?: Vote
  /** A block brought it back to discussion; with the votes of then. */
  readonly returned?: { readonly blocks: readonly Ballot[]; readonly counts: Counts; readonly at: number }
  /** Others than the proposer who would let it lapse. */
  readonly lapsing: readonly Id[]
  readonly outcome?: { readonly by: Id; readonly at: number; readonly text: string; readonly doneBy?: Id }
  readonly reviewOn?: string
  readonly review?: { readonly by: Id; readonly at: number; readonly text: string }
  readonly refused: readonly Refused[]
}

export type Motions = {
  /** In the order put. */
  readonly motions: ReadonlyMap<Id, Motion>
  /** From before this device came, as it was told. */
  readonly earlier: readonly EarlierMotion[]
}

export const noMotions: Motions = { motions: new Map(), earlier: [] }

/** Open motions that one member may have: nobody floods the others. */
export const MAX_OPEN = 3

/** A refusal, or the motion as it is after what was said. */
export type Step = Motion | MotionRefusal

export const stepTo = (motion: Motion, said: Said, phase: MotionPhase): Motion => ({
  ...motion,
  phase,
  phaseAt: said.at,
})

export const hashOf = (
  { id, content }: Pick<Motion, 'id' | 'content'>,
  paragraphs: readonly string[],
): string => textHash(id, content.title, paragraphs)

/** What ballots name: the fixed text, and in a run-off also between whom it is. */
export const ballotHash = ({ hash, vote }: Pick<Motion, 'hash' | 'vote'>): string | undefined =>
  hash !== undefined && vote?.rounds ? runOffHash(hash, vote.candidates ?? []) : hash

/** The person concerned has no part in the vote: in a removal, and in a recall (product.md section 6). */
export const excludedFrom = ({ kind, about, effect }: MotionContent): Id | undefined => {
  if (kind === 'remove') return about
  return effect?.gives === 'recall' ? effect.seat : undefined
}
