/**
 * Motions as one area of the fold (product.md 3.C, protocol.md D8): what each saying does, in the committee's order. Whatever may not be is kept as a
 * refusal beside the motion and changes nothing else. Not here: the steps until the text is fixed (motionDraft.ts), the vote (motionOpen.ts, motionVote.ts),
 * the kinds that approvals carry (session/deciding.ts).
 */
import type { Takers, Writable } from './area.ts'
import { putForward, standDown } from './candidates.ts'
import { type CityLife, settleCity } from './cityLife.ts'
import { isBinding, isCountedKind } from './decisionRules.ts'
import type { MotionType } from './motionContent.ts'
import * as drafting from './motionDraft.ts'
import {
  isOpen,
  MAX_OPEN,
  type Motion,
  type MotionRefusal,
  type Motions,
  type Step,
  stepTo,
  wasCarried,
} from './motionLife.ts'
import { type Known, open } from './motionOpen.ts'
import { paragraphsOf } from './motionText.ts'
import * as voting from './motionVote.ts'
import { type Election, elect, type Roles, recall } from './roles.ts'
import type { Said, SaidOf } from './said.ts'
import { settleUnity, type Unity } from './unity.ts'

/** What is carried writes to the roles, to the points of unity and to what the committee is in the city. */
type Draft = Writable<Motions> & Writable<Roles> & Writable<Unity> & Writable<CityLife> & Known

type Following = Exclude<MotionType, 'motion'>
type Stepping<T extends Following> = (motion: Motion, said: SaidOf<T>, known: Known) => Step

/** A motion that does not stand before what is said about it never will: the order is total. */
const on =
  <T extends Following>(step: Stepping<T>) =>
  (draft: Draft, said: SaidOf<T>): void => {
    const motion = draft.motions.get(said.content.motion)
    if (!motion) return
    const next = step(motion, said, draft)
    const now = typeof next === 'string' ? refusing(motion, said, next) : next
    draft.motions.set(motion.id, now)
    if (wasCarried(now) && !wasCarried(motion)) carryOut(draft, said, now)
  }

const refusing = (motion: Motion, said: SaidOf<Following>, why: MotionRefusal): Motion => {
  const { id, seat, at, content } = said
  return { ...motion, refused: [...motion.refused, { id, seat, at, said: content.type, why }] }
}

/** The effect of what is carried, in the same moment: nobody has to do it (product.md 3.C). */
const carryOut = (draft: Draft, said: Said, { id, content: { effect }, vote }: Motion): void => {
  const election = effect && electionOf(effect, vote)
  if (election) elect(draft, said, election, vote?.full ?? [])
  if (effect?.gives === 'recall') recall(draft, said, effect.term)
  if (effect?.gives === 'unity') settleUnity(draft, effect.point, effect.to)
  if (effect?.gives === 'city') settleCity(draft, id, effect)
}

/** Who gets the role: the one who was named, or of several whoever was elected. */
const electionOf = (
  effect: NonNullable<Motion['content']['effect']>,
  vote: Motion['vote'],
): Election | undefined => {
  if (effect.gives === 'role' && !vote?.candidates) return effect
  const seat = vote?.result?.elected
  if ((effect.gives !== 'role' && effect.gives !== 'election') || seat === undefined) return undefined
  const { role, days } = effect
  return { role, seat, ...(days === undefined ? {} : { days }) }
}

/** Three open motions are enough for one member; a fourth is not taken. Where there are only two, nobody has to second. */
const put = (draft: Draft, said: SaidOf<'motion'>): void => {
  const { id, seat, device, order, at, content, electorate = [] } = said
  const { kind } = content
  const open = [...draft.motions.values()].filter((one) => one.seat === seat && isOpen(one))
  if (open.length >= MAX_OPEN || (!isCountedKind(kind) && !isBinding(kind))) return
  draft.motions.set(id, {
    id,
    seat,
    device,
    order,
    at,
    content: { ...content, kind },
    paragraphs: paragraphsOf(content.text),
    phase: electorate.length <= 2 ? 'discussion' : 'draft',
    phaseAt: at,
    seconders: [],
    amendments: new Map(),
    fixing: new Map(),
    translations: new Map(),
    waivedBy: [],
    lapsing: [],
    refused: [],
    ...(content.reviewOn === undefined ? {} : { reviewOn: content.reviewOn }),
  })
}

/** What was done about a carried motion: by whoever says so, and the last word stands. */
const outcome: Stepping<'motionOutcome'> = (motion, said) => {
  const { phase } = motion
  if (phase !== 'carried' && phase !== 'done' && phase !== 'ended') return 'not_now'
  const { text, doneBy, reviewOn } = said.content
  return {
    ...(phase === 'carried' ? stepTo(motion, said, 'done') : motion),
    outcome: { by: said.seat, at: said.at, text, ...(doneBy === undefined ? {} : { doneBy }) },
    ...(reviewOn === undefined ? {} : { reviewOn }),
  }
}

const review: Stepping<'motionReview'> = (motion, said) => {
  const { phase } = motion
  const written = { ...motion, review: { by: said.seat, at: said.at, text: said.content.text } }
  if (phase === 'done') return stepTo(written, said, 'reviewed')
  return phase === 'reviewed' || (phase === 'ended' && motion.outcome) ? written : 'not_now'
}

export const motions: Takers<MotionType, Draft> = {
  motion: put,
  motionSecond: on(drafting.second),
  motionAmend: on(drafting.amend),
  motionAmendment: on(drafting.decideAmendment),
  motionCandidate: on(putForward),
  motionStandDown: on(standDown),
  motionFix: on(drafting.fix),
  motionTranslate: on(drafting.translate),
  motionChecked: on(drafting.checkTranslation),
  motionWaive: on(drafting.waive),
  motionWithdraw: on(drafting.withdraw),
  motionLapse: on(drafting.lapse),
  motionOpen: on(open),
  motionVote: on(voting.cast),
  motionClose: on(voting.close),
  motionConfirm: on(voting.confirm),
  motionRecount: on(voting.recount),
  motionOutcome: on(outcome),
  motionReview: on(review),
}
