/**
 * What two or three people still owe each other before they found a committee (product.md 3.B): at least two meetings, and points of unity on which
 * nothing is left hanging. Every device asks this before its owner's yes, and the founding needs everybody's yes, so that two who pretend
 * cannot take a third along. That a talk cannot admit a fourth is a rule of the group (governance/validity.ts).
 */
import { type Meetings, sharedDays } from './meeting.ts'
import type { Id } from './said.ts'
import { type Unity, unityState } from './unity.ts'

/** Meetings before a founding: it is not rushed. */
export const MIN_MEETINGS = 2

/** `alone`: a committee has two members. `meetings`: fewer than two days on which everybody was there. `no_unity`: nothing is agreed yet. */
export type FoundingGap = 'alone' | 'meetings' | 'no_unity' | 'open_points'

export type FoundingState = {
  readonly gaps: readonly FoundingGap[]
  /** Days on which everybody met. */
  readonly met: number
  readonly agreed: number
  /** Points that are neither agreed, nor kept open, nor dropped. */
  readonly hanging: readonly Id[]
}

/** `seats`: everybody who is in the talk now. Whoever came later has to have been at two meetings, too. */
export const foundingState = (talk: Unity & Meetings, seats: readonly Id[]): FoundingState => {
  const points = [...talk.unity.values()].map((point) => ({ id: point.id, is: unityState(point, seats) }))
  const met = sharedDays(talk, seats).length
  const agreed = points.filter(({ is }) => is === 'agreed').length
  const hanging = points.filter(({ is }) => is === 'proposed' || is === 'in_discussion').map(({ id }) => id)
  const gaps: Readonly<Record<FoundingGap, boolean>> = {
    alone: seats.length < 2,
    meetings: met < MIN_MEETINGS,
    no_unity: agreed === 0,
    open_points: hanging.length > 0,
  }
  const names: readonly FoundingGap[] = ['alone', 'meetings', 'no_unity', 'open_points']
  return { gaps: names.filter((gap) => gaps[gap]), met, agreed, hanging }
}
