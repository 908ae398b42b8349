/**
 * What a screen shows of decisions, made from a view: one card for each motion, by time left, and what waits for this member. A governance motion that no
 * opening names has a card of its own. Not here: sentences, and the steps themselves (deciding.ts).
 */
import type { DecisionKind } from '../committee/decisionRules.ts'
import type { EarlierMotion } from '../committee/earlierMotion.ts'
import { isOpen, type Motion, type MotionPhase, type Vote } from '../committee/motionLife.ts'
import { cannotRead } from '../committee/motionOpen.ts'
import { ballotsBefore, isOvertaken } from '../committee/motionVote.ts'
import type { Id } from '../committee/said.ts'
import { dueAt, isReviewDue, mayEndAt } from './motionTimes.ts'
import { type Tally, tallyOf } from './tally.ts'
import type { CommitteeView, MotionView } from './view.ts'

/** What the next step is, for somebody. */
export type Waits =
  | 'second'
  | 'amendment'
  | 'fix'
  | 'waive'
  | 'translate'
  | 'open'
  | 'vote'
  | 'close'
  | 'confirm'
  | 'outcome'
  | 'review'

/** Where it stands, in one word. `counting`: closed by one, not confirmed yet. */
export type CardState = MotionPhase | 'counting'

export type Card = {
  /** Of the motion, or of the governance motion where there is no other. */
  readonly id: string
  readonly kind: DecisionKind | 'device'
  readonly motion: Motion | undefined
  /** The approvals that carry it, for the kinds that bind the group. */
  readonly mandate: MotionView | undefined
  readonly state: CardState
  readonly isOpen: boolean
  /** When the time of this state is over; milliseconds since 1970. */
  readonly dueAt: number | undefined
  readonly waitsForMe: readonly Waits[]
  readonly tally: Tally | undefined
  /** Languages that voters read and into which it is not translated. */
  readonly missing: readonly string[]
  /** A vote of ours came too late and was not counted: never silent. */
  readonly isLate: boolean
}

export type DecidePage = {
  readonly open: readonly Card[]
  readonly done: readonly Card[]
  /** From before this device came: `told` says by whom. */
  readonly earlier: readonly EarlierMotion[]
}

/** Open ones by time left, what has no time last; the others newest first, by their authors' clocks. */
export const decidePage = (view: CommitteeView, nowMs: number): DecidePage => {
  const motions = [...view.committee.motions.values()]
  const named = new Set(motions.map(mandateHash))
  const cards = [
    ...motions.map((motion) => cardOf(view, motion, nowMs)),
    ...view.motions.filter(({ hash }) => !named.has(hash)).map(bareCard),
  ]
  const left = (card: Card): number => card.dueAt ?? Number.MAX_SAFE_INTEGER
  return {
    open: cards.filter((card) => card.isOpen).sort((a, b) => left(a) - left(b)),
    done: cards.filter((card) => !card.isOpen).sort((a, b) => endedAt(b) - endedAt(a)),
    earlier: view.committee.earlier,
  }
}

const endedAt = ({ motion }: Card): number => motion?.phaseAt ?? 0

export const mandateHash = ({ vote }: Motion): string | undefined =>
  vote?.decides.by === 'mandate' ? vote.decides.mandate : undefined

const cardOf = (view: CommitteeView, motion: Motion, nowMs: number): Card => {
  const hash = mandateHash(motion)
  const mandate = view.motions.find((one) => one.hash === hash)
  const state = stateOf(motion, mandate)
  return {
    id: motion.id,
    kind: motion.content.kind,
    motion,
    mandate,
    state,
    isOpen: isOpen(motion) && (state === motion.phase || state === 'counting'),
    dueAt: dueAt(motion, view.charter),
    waitsForMe: waitsFor(view, motion, { mandate, nowMs }),
    tally: tallyOf(motion),
    missing: missingIn(view, motion),
    isLate: motion.refused.some(({ seat, why }) => seat === view.own.seat && why === 'late'),
  }
}

/** Approvals decide what binds the group, whatever the members say about its vote. */
const stateOf = ({ phase, vote }: Motion, mandate: MotionView | undefined): CardState => {
  if (mandate?.outcome === 'carried_out' && (phase === 'voting' || phase === 'ended')) return 'carried'
  if (mandate?.outcome === 'lapsed' && (phase === 'voting' || phase === 'ended')) return 'not_carried'
  const isClosed = vote && [...vote.closes.values()].some((close) => !isOvertaken(vote, close))
  return phase === 'voting' && isClosed ? 'counting' : phase
}

const BARE_KINDS = {
  add: 'admit',
  remove: 'remove',
  charter: 'charter',
  deviceAdd: 'device',
  settleDrop: 'device',
} as const

const BARE_STATES = { open: 'voting', carried_out: 'carried', lapsed: 'not_carried' } as const

const bareCard = (mandate: MotionView): Card => ({
  id: mandate.hash,
  kind: BARE_KINDS[mandate.action.type],
  motion: undefined,
  mandate,
  state: BARE_STATES[mandate.outcome],
  isOpen: mandate.outcome === 'open',
  dueAt: undefined,
  waitsForMe: mandate.isWaitingForMe ? ['vote'] : [],
  tally: undefined,
  missing: [],
  isLate: false,
})

const missingIn = ({ committee, members }: CommitteeView, motion: Motion): readonly string[] => {
  if (motion.phase !== 'fixed') return []
  const voters = members.filter(({ counts }) => counts).map(({ seat }) => seat)
  const first = cannotRead(motion, voters, committee).map(
    (seat) => committee.profiles.get(seat)?.languages[0],
  )
  return [...new Set(first.flatMap((lang) => lang ?? []))]
}

type Around = {
  readonly mandate: MotionView | undefined
  readonly nowMs: number
}

const waitsFor = (view: CommitteeView, motion: Motion, { mandate, nowMs }: Around): readonly Waits[] => {
  const me = view.own.seat
  const counts = view.members.some((one) => one.isMe && one.counts)
  const isOver = nowMs >= mayEndAt(motion, view.charter)
  const mine = motion.seat === me
  const { phase, vote } = motion
  if (phase === 'discussion') return discussionWaits(motion, me, isOver)
  if (phase === 'fixed') return fixedWaits(view, motion, counts)
  if (phase === 'voting') return vote ? voteWaits(vote, { me, isOver, counts, mandate }) : []
  const next: readonly (readonly [Waits, boolean])[] = [
    ['second', phase === 'draft' && !mine],
    ['outcome', phase === 'carried' && mine],
    ['review', phase === 'done' && isReviewDue(motion, nowMs)],
  ]
  return next.flatMap(([waits, isSo]) => (isSo ? [waits] : []))
}

const discussionWaits = (motion: Motion, me: Id, isOver: boolean): readonly Waits[] => [
  ...(amendmentWaits(motion, me) ? (['amendment'] as const) : []),
  ...(motion.seat === me && isOver ? (['fix'] as const) : []),
]

const amendmentWaits = (motion: Motion, me: Id): boolean =>
  [...motion.amendments.values()].some(
    ({ status, sides }) =>
      (status === 'put_to_vote' && !sides.has(me)) || (status === 'offered' && motion.seat === me),
  )

/** Whoever says that they read a language may be asked to write it. */
const fixedWaits = (view: CommitteeView, motion: Motion, counts: boolean): readonly Waits[] => {
  const { committee, own } = view
  const missing = missingIn(view, motion)
  if (missing.length === 0) return counts ? ['open'] : []
  const voters = view.members.filter((one) => one.counts).map(({ seat }) => seat)
  const mine = committee.profiles.get(own.seat)?.languages ?? []
  const unread = cannotRead(motion, voters, committee).includes(own.seat)
  return [
    ...(unread ? (['waive'] as const) : []),
    ...(!unread && missing.some((lang) => mine.includes(lang)) ? (['translate'] as const) : []),
  ]
}

type Voter = {
  readonly me: Id
  readonly isOver: boolean
  readonly counts: boolean
  readonly mandate: MotionView | undefined
}

const voteWaits = (vote: Vote, { me, isOver, counts, mandate }: Voter): readonly Waits[] => {
  if (mandate) return mandate.isWaitingForMe ? ['vote'] : []
  if (vote.decides.by === 'mandate') return []
  const mayVote = vote.electorate.includes(me) && !ballotsBefore(vote, Number.MAX_SAFE_INTEGER).has(me)
  const closes = [...vote.closes.values()].filter((close) => !isOvertaken(vote, close))
  const [other] = closes.filter(({ seat, confirmedBy }) => seat !== me && !confirmedBy.includes(me))
  const end = other ? 'confirm' : 'close'
  const mayEnd = isOver && counts && (other !== undefined || closes.length === 0)
  return [...(mayVote ? (['vote'] as const) : []), ...(mayEnd ? ([end] as const) : [])]
}
