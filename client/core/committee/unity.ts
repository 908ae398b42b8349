/**
 * Points of unity (product.md 3.B): what we agree on, said by each for themselves. A point is agreed when everybody who counts agrees, kept open or
 * dropped when everybody says so; its proposer takes it back alone as long as nobody else agrees. In an active committee a vote settles it
 * too. Not here: the founding that rests on it (founding.ts).
 */
import type { Takers, Writable } from './area.ts'
import type { Id, Said } from './said.ts'
import type { UnityPointContent } from './unityContent.ts'
import type { Ending, Principle, Stance, UnityState } from './unityWords.ts'

export type StanceSaid = { readonly stance: Stance; readonly note?: string; readonly at: number }

export type UnityPoint = {
  readonly id: Id
  readonly seat: Id
  readonly order: number
  readonly at: number
  /** One of the seven principles, or words of our own. */
  readonly words: { readonly principle: Principle } | { readonly text: string }
  /** Who counted when it was put. */
  readonly among: readonly Id[]
  /** The newest word of each seat. */
  readonly stances: ReadonlyMap<Id, StanceSaid>
  /** How each seat would let it rest. */
  readonly endings: ReadonlyMap<Id, Ending>
  /** By a vote: from then on stances are shown and change nothing. */
  readonly settled?: 'agreed' | Ending
}

export type Unity = { readonly unity: ReadonlyMap<Id, UnityPoint> }
export const noUnity: Unity = { unity: new Map() }

type Draft = Writable<Unity>

export const unity: Takers<'unityPoint' | 'unityStance' | 'unityEnd', Draft> = {
  unityPoint: (draft, said) => {
    const { content } = said
    const isThere = content.source === 'starter' && hasPrinciple(draft, content.principle, said)
    if (!isThere) draft.unity.set(said.id, pointOf(said, content))
  },
  unityStance: (draft, { seat, at, content }) => {
    const point = draft.unity.get(content.point)
    if (!point) return
    const { stance, note } = content
    const said = note === undefined ? { stance, at } : { stance, at, note }
    // Whoever takes a stand again no longer lets it rest.
    const endings = new Map(point.endings)
    endings.delete(seat)
    draft.unity.set(point.id, { ...point, stances: new Map(point.stances).set(seat, said), endings })
  },
  unityEnd: (draft, { seat, content }) => {
    const point = draft.unity.get(content.point)
    if (point) draft.unity.set(point.id, { ...point, endings: new Map(point.endings).set(seat, content.to) })
  },
}

const pointOf = ({ id, seat, order, at, electorate }: Said, content: UnityPointContent): UnityPoint => ({
  id,
  seat,
  order,
  at,
  words: content.source === 'starter' ? { principle: content.principle } : { text: content.text },
  among: electorate ?? [],
  stances: new Map(),
  endings: new Map(),
})

const hasPrinciple = ({ unity: points }: Unity, principle: Principle, { electorate = [] }: Said): boolean =>
  [...points.values()].some(
    (point) =>
      'principle' in point.words &&
      point.words.principle === principle &&
      unityState(point, electorate) !== 'dropped',
  )

/** What a carried motion about a point does to it. */
export const settleUnity = (draft: Draft, id: Id, settled: 'agreed' | Ending): void => {
  const point = draft.unity.get(id)
  if (point) draft.unity.set(id, { ...point, settled })
}

/** `among`: who has to agree; while the committee is talking everybody, and later those of `point.among` who are still here. */
export const unityState = (point: UnityPoint, among: readonly Id[]): UnityState => {
  const { settled, stances, endings } = point
  if (settled) return settled
  const all = (is: (seat: Id) => boolean): boolean => among.length > 0 && among.every(is)
  if (all((seat) => stances.get(seat)?.stance === 'agree')) return 'agreed'
  if (isTakenBack(point, among) || all((seat) => endings.get(seat) === 'dropped')) return 'dropped'
  if (all((seat) => endings.get(seat) === 'kept_open')) return 'kept_open'
  return stances.size + endings.size > 0 ? 'in_discussion' : 'proposed'
}

const isTakenBack = ({ seat, stances, endings }: UnityPoint, among: readonly Id[]): boolean =>
  endings.get(seat) === 'dropped' &&
  !among.some((other) => other !== seat && stances.get(other)?.stance === 'agree')
