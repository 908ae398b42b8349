/**
 * The steps of a decision, as a member presses them (product.md 3.C): each is tried on the fold as it stands before anything is said, so that what would have no
 * effect is refused here with its reason, and the hours of the charter are kept. Kinds that bind the group are voted on by approving and declining.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { putUpIn } from '../committee/candidates.ts'
import { apply, type Committee } from '../committee/committee.ts'
import type { KnownContent } from '../committee/content.ts'
import { isBinding } from '../committee/decisionRules.ts'
import type { Choice } from '../committee/motionCount.ts'
import type { Motion, MotionRefusal } from '../committee/motionLife.ts'
import type { Id, Said } from '../committee/said.ts'
import { statementGaps } from '../committee/statement.ts'
import type { SeatId } from '../governance/ids.ts'
import { contentOf, type DecideStep, type FollowingStep, TRIAL } from './decideContent.ts'
import { mandateHash } from './decideView.ts'
import { coolsUntil, mayEndAt, RECOUNT_MS } from './motionTimes.ts'
import { handlesIn } from './names.ts'
import type { Unsent } from './outbox.ts'
import type { Session } from './session.ts'
import { amendsTooMuch } from './sharing.ts'
import type { Sending } from './speaking.ts'
import type { Objection } from './talking.ts'
import { tallyOf } from './tally.ts'
import type { CommitteeView, MotionView } from './view.ts'

/**
 * `too_early`: not before `at`. `cooling_down`: not before `at`, unless there are new facts. `unknown_mandate`: the governance motion is not known here, or about
 * something else. `not_extendable`: enough have voted, or it was extended before.
 */
export type DecideRefusal =
  | { readonly why: 'too_early' | 'too_late' | 'cooling_down'; readonly at: number }
  | { readonly why: 'field'; readonly field: string }
  | {
      readonly why:
        | 'no_such_motion'
        | 'not_member'
        | 'unknown_mandate'
        | 'no_reason'
        | 'not_extendable'
        | 'tells_too_much'
        | MotionRefusal
        | Objection
    }

export type Decided = { readonly id: string; readonly is: Sending }

type Speaker = Pick<Session, 'view' | 'unsent' | 'say' | 'propose' | 'approve' | 'decline'>

export const decide = (
  session: Speaker,
  step: DecideStep,
  nowMs: number,
): Promise<Result<Decided, DecideRefusal>> => {
  const view = withUnsent(session)
  return step.do === 'start' ? start(session, view, step, nowMs) : follow(session, view, step, nowMs)
}

/** What was pressed before and waits to be sent comes before this step: who takes a change and fixes the text offline fixes the changed one. */
const withUnsent = (session: Speaker): CommitteeView => {
  const view = session.view()
  const committee = session.unsent().reduce((before, { id, at, content }) => {
    return apply(before, ownWords({ ...view, committee: before }, { id, at, content }))
  }, view.committee)
  return { ...view, committee }
}

const start = async (
  session: Speaker,
  view: CommitteeView,
  { content, hasNewFacts }: Extract<DecideStep, { readonly do: 'start' }>,
  nowMs: number,
): Promise<Result<Decided, DecideRefusal>> => {
  const cool = content.kind === 'remove' ? coolsUntil(view.committee, content.about, nowMs) : undefined
  if (cool !== undefined && hasNewFacts !== true) return err({ why: 'cooling_down', at: cool })
  const tried = attempt(view, content, nowMs)
  const motion = tried.motions.get(TRIAL)
  if (!motion) return err({ why: 'too_many_open' })
  if (statementGaps({ ...view.committee, ...handlesIn(view) }, motion).length > 0)
    return err({ why: 'tells_too_much' })
  return said(session, cool === undefined ? content : { ...content, hasNewFacts: true })
}

const follow = async (
  session: Speaker,
  view: CommitteeView,
  step: FollowingStep,
  nowMs: number,
): Promise<Result<Decided, DecideRefusal>> => {
  const motion = view.committee.motions.get(step.motion)
  if (!motion) return err({ why: 'no_such_motion' })
  const early = untimely(view, motion, step.do, nowMs) ?? tooOpen(view, motion, step)
  if (early) return err(early)
  if (step.do === 'vote' && mandateHash(motion) !== undefined)
    return approveOrDecline(session, motion, step.choice)
  if (step.do === 'vote' && step.choice === 'block' && step.reason === undefined)
    return err({ why: 'no_reason' })
  const named = step.do === 'open' ? await mandateFor(session, view, motion, step.mandate) : ok(undefined)
  if (!named.ok) return named
  const content = contentOf(motion, step, {
    electorate: countingIn(view),
    mandate: named.value,
    me: view.own.seat,
  })
  const refused = attempt(view, content, nowMs).motions.get(motion.id)?.refused.at(-1)
  return refused?.id === TRIAL ? err({ why: refused.why }) : said(session, content)
}

const tooOpen = (view: CommitteeView, motion: Motion, step: FollowingStep): DecideRefusal | undefined =>
  step.do === 'amend' && amendsTooMuch(view, motion, step) ? { why: 'tells_too_much' } : undefined

/** Steps that wait for nobody in particular, and need nothing to be written. */
const FREE_STEPS = ['fix', 'extend', 'recount', 'standDown', 'lapse', 'withdraw'] as const
export type FreeStep = (typeof FREE_STEPS)[number]

/** Those that would have an effect if this member pressed them now. */
export const freeSteps = (view: CommitteeView, motion: Motion, nowMs: number): readonly FreeStep[] => {
  const facts = { electorate: countingIn(view), mandate: undefined, me: view.own.seat }
  return FREE_STEPS.filter((step) => {
    if (view.own.status !== 'member' || untimely(view, motion, step, nowMs)) return false
    const after = attempt(view, contentOf(motion, { do: step, motion: motion.id }, facts), nowMs)
    return after.motions.get(motion.id)?.refused.length === motion.refused.length
  })
}

/** Whom this member could put forward now: members who count, so that they can be elected. */
export const mayPutForward = (view: CommitteeView, motion: Motion, nowMs: number): readonly Id[] =>
  countingIn(view).filter((seat) => {
    if (view.own.status !== 'member' || putUpIn(motion).includes(seat)) return false
    const after = attempt(view, { type: 'motionCandidate', motion: motion.id, seat }, nowMs).motions.get(
      motion.id,
    )
    return after !== undefined && putUpIn(after).includes(seat)
  })

/** Once, and only where fewer have voted than must (product.md 3.C). */
const isExtendable = (motion: Motion): boolean => {
  const tally = tallyOf(motion)
  const isMissed = tally !== undefined && tally.voted < tally.enough
  return motion.phase === 'voting' && isMissed && motion.vote?.extendedAt === undefined
}

/** What the vote of a binding kind is about: the approvals exist before the vote is opened. A removal is put together with its opening. */
const mandateFor = async (
  session: Speaker,
  view: CommitteeView,
  motion: Motion,
  given: string | undefined,
): Promise<Result<string | undefined, DecideRefusal>> => {
  const { kind, about } = motion.content
  if (!isBinding(kind)) return ok(given)
  const fitting = mandatesFor(view, motion)
  const found = given === undefined ? fitting[0] : fitting.find(({ hash }) => hash === given)
  if (found && (given !== undefined || fitting.length === 1)) return ok(found.hash)
  if (kind !== 'remove' || given !== undefined || motion.phase !== 'fixed')
    return err({ why: 'unknown_mandate' })
  const proposed = await session.propose({ type: 'remove', seat: about as SeatId })
  return proposed.ok ? ok(proposed.value.motion) : err({ why: proposed.error })
}

/** The open governance motions that a motion of a binding kind may be about. */
export const mandatesFor = ({ motions }: CommitteeView, motion: Motion): readonly MotionView[] => {
  const { kind, about } = motion.content
  if (!isBinding(kind)) return []
  return motions.filter(({ outcome, action }) => {
    if (outcome !== 'open') return false
    if (kind === 'remove') return action.type === 'remove' && action.seat === about
    return action.type === (kind === 'admit' ? 'add' : 'charter')
  })
}

const approveOrDecline = async (
  session: Speaker,
  motion: Motion,
  choice: Choice,
): Promise<Result<Decided, DecideRefusal>> => {
  const hash = mandateHash(motion) ?? ''
  if (choice !== 'yes' && choice !== 'no') return err({ why: 'by_mandate' })
  const answered = choice === 'yes' ? await session.approve(hash) : await session.decline(hash)
  if (answered.ok) return ok({ id: hash, is: answered.value })
  return err({ why: answered.error === 'no_such_motion' ? 'unknown_mandate' : answered.error })
}

const countingIn = ({ members }: CommitteeView): readonly Id[] =>
  members.filter(({ counts }) => counts).map(({ seat }) => seat)

const attempt = (view: CommitteeView, content: KnownContent, nowMs: number): Committee =>
  apply(view.committee, ownWords(view, { id: TRIAL, at: nowMs, content }))

/** As they would be heard if they were the next in the log. */
const ownWords = (view: CommitteeView, words: Unsent): Said => ({
  ...words,
  seat: view.own.seat,
  device: view.own.device,
  order: view.committee.last + 1,
  electorate: countingIn(view),
  decisions: view.charter.decisions,
})

const said = async (session: Speaker, content: KnownContent): Promise<Result<Decided, DecideRefusal>> => {
  const result = await session.say(content)
  if (result.ok) return result
  return err(
    typeof result.error === 'string' ? { why: 'not_member' } : { why: 'field', field: result.error.field },
  )
}

/** Steps that end a state wait for its time to be over; doubts about a count come within a day, and more time where too few have voted. */
const untimely = (
  { charter }: CommitteeView,
  motion: Motion,
  step: FollowingStep['do'],
  nowMs: number,
): DecideRefusal | undefined => {
  const { phase, vote } = motion
  if (step === 'recount' && vote?.result && nowMs > vote.result.at + RECOUNT_MS)
    return { why: 'too_late', at: vote.result.at + RECOUNT_MS }
  const ends = {
    fix: 'discussion',
    lapse: 'draft',
    close: 'voting',
    confirm: 'voting',
    extend: 'voting',
  } as const
  if (step === 'extend' && !isExtendable(motion)) return { why: 'not_extendable' }
  const isEnding = step in ends && ends[step as keyof typeof ends] === phase
  const at = mayEndAt(motion, charter)
  return isEnding && nowMs < at ? { why: 'too_early', at } : undefined
}
