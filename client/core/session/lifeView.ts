/** Pages about the committee itself, made from a view: the talk before a founding, who holds what, concerns. What a screen shows, in its own words. */
import type { Committee } from '../committee/committee.ts'
import type { Concern, Statement } from '../committee/concern.ts'
import { type FoundingState, foundingState } from '../committee/founding.ts'
import type { Id } from '../committee/said.ts'
import { foldsAway, type Now, type Suspension, suspensionOf } from '../committee/suspension.ts'
import { type UnityPoint, unityState } from '../committee/unity.ts'
import type { UnityState } from '../committee/unityWords.ts'
import { expire } from '../committee/views.ts'
import { type WhoHoldsWhat, whoHoldsWhat } from '../committee/whoHoldsWhat.ts'
import { isFounding } from '../governance/charter.ts'
import type { CommitteeView, MemberView, MotionView } from './view.ts'

/** talking: two or three people, no vote yet. founding: the vote is open. active: founded. */
export type Stage = 'talking' | 'founding' | 'active'

/** The open vote by which this talk becomes a committee. */
export const foundingMotion = ({ charter, motions }: CommitteeView): MotionView | undefined =>
  motions.find(
    ({ action, outcome }) =>
      outcome === 'open' && action.type === 'charter' && isFounding(charter, action.charter),
  )

export const stageOf = (view: CommitteeView): Stage => {
  if (view.charter.isFounded) return 'active'
  return foundingMotion(view) ? 'founding' : 'talking'
}

export type UnityPage = {
  readonly stage: Stage
  /** What is still missing, as long as it is a talk. */
  readonly founding: FoundingState
  readonly points: readonly { readonly point: UnityPoint; readonly state: UnityState }[]
}

const seatsIn = ({ members }: CommitteeView): readonly Id[] => members.map(({ seat }) => seat)

export const foundingIn = (view: CommitteeView): FoundingState => foundingState(view.committee, seatsIn(view))

/** In a talk everybody has to agree, also whoever came after a point was put; later those who counted then and are still here. */
export const unityPage = (view: CommitteeView): UnityPage => {
  const stage = stageOf(view)
  const here = seatsIn(view)
  const amongOf = (point: UnityPoint): readonly Id[] =>
    stage === 'active' ? here.filter((seat) => point.among.includes(seat)) : here
  return {
    stage,
    founding: foundingIn(view),
    points: [...view.committee.unity.values()].map((point) => ({
      point,
      state: unityState(point, amongOf(point)),
    })),
  }
}

/** By the reader's clock, and while the committee votes on somebody. */
export const nowIn = ({ motions }: Pick<CommitteeView, 'motions'>, nowMs: number): Now => ({
  nowMs,
  isVoting: (seat) =>
    motions.some(
      ({ action, outcome }) => outcome === 'open' && action.type === 'remove' && action.seat === seat,
    ),
})

export const suspensionIn = (view: CommitteeView, seat: Id, nowMs: number): Suspension | undefined =>
  suspensionOf(view.committee, seat, nowIn(view, nowMs))

export const rolesPage = (view: CommitteeView, nowMs: number): WhoHoldsWhat =>
  whoHoldsWhat(view.committee, {
    ...nowIn(view, nowMs),
    members: view.members.map((member) => ({
      seat: member.seat,
      heardAt: heardAt(member, view.own.since, nowMs),
    })),
    motions: [...view.committee.motions.values()],
  })

/** Whoever was never heard is counted from when this device came. */
const heardAt = ({ isMe, devices }: MemberView, since: number, nowMs: number): number =>
  isMe ? nowMs : Math.max(since, ...devices.map((device) => device.heardAt ?? 0))

export type ConcernPage = {
  readonly concern: Concern
  readonly state: 'open' | 'suspended' | 'under_review' | 'withdrawn' | 'settled' | 'gone'
  readonly suspension: Suspension | undefined
  /** What the person says; always beside what is said about them. */
  readonly statements: readonly Statement[]
  /** Why our word for a suspension would do nothing. `once`: it was used against this member before. */
  readonly noWord: 'over' | 'about_us' | 'on_probation' | 'once' | undefined
}

/** Newest first. */
export const concernPages = (view: CommitteeView, nowMs: number): readonly ConcernPage[] =>
  [...view.committee.concerns.values()].toReversed().map((concern) => {
    const suspension = suspensionIn(view, concern.about, nowMs)
    return {
      concern,
      state: concernState(view, concern, suspension !== undefined),
      suspension,
      statements: view.committee.statements.get(concern.about) ?? [],
      noWord: noWordIn(view, concern),
    }
  })

const noWordIn = (
  { committee, members, own }: CommitteeView,
  { about, ended }: Concern,
): ConcernPage['noWord'] => {
  if (ended || !members.some(({ seat }) => seat === about)) return 'over'
  if (about === own.seat) return 'about_us'
  if (!members.some(({ isMe, counts }) => isMe && counts)) return 'on_probation'
  const used = [...committee.concerns.values()].some(
    (one) => one.about === about && one.suspendedBy.has(own.seat),
  )
  return used ? 'once' : undefined
}

const concernState = (
  view: CommitteeView,
  { about, ended }: Concern,
  isSuspended: boolean,
): ConcernPage['state'] => {
  if (ended) return ended
  if (!view.members.some(({ seat }) => seat === about)) return 'gone'
  if (nowIn(view, 0).isVoting(about)) return 'under_review'
  return isSuspended ? 'suspended' : 'open'
}

/** The committee without the posts of suspended members: they come back when the suspension is over. */
export const withoutSuspended = (
  committee: Committee,
  view: Pick<CommitteeView, 'motions'>,
  nowMs: number,
): Committee => {
  const isAway = foldsAway(committee, nowIn(view, nowMs))
  return { ...committee, posts: committee.posts.filter((post) => !isAway(post)) }
}

const DAY_MS = 86_400_000

/** Posts vanish after the days that the charter says, and those of a suspended member are folded away meanwhile. */
export const keptIn = (view: CommitteeView, nowMs: number): Committee =>
  expire(withoutSuspended(view.committee, view, nowMs), nowMs - view.shelf.posts * DAY_MS, nowMs)
