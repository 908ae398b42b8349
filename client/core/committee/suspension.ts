/**
 * Whether a member is suspended now, by the reader's clock: at most 72 hours from the second word on, longer only while the committee votes on that member
 * (product.md 3.B). Nothing is counted by it: their vote stays theirs, except on themselves. What it does: their posts are folded
 * away, their statement is not, and honest devices do not let in whom they invite. Not here: who said what (concern.ts).
 */
import { type Concern, type Concerns, type SuspendWord, TWO } from './concern.ts'
import { SUSPENSION_HOURS } from './concernWords.ts'
import type { Id } from './said.ts'

export type Suspension = {
  readonly concern: Id
  readonly by: readonly Id[]
  /** Where in the order it began. */
  readonly order: number
  readonly since: number
  /** When it ends by itself; later, while the committee votes on that member. */
  readonly until: number
}

const LONGEST_MS = SUSPENSION_HOURS * 3_600_000

/** `isVoting`: a vote on the removal of a seat is open. */
export type Now = { readonly nowMs: number; readonly isVoting: (seat: Id) => boolean }

export const suspensionOf = ({ concerns }: Concerns, seat: Id, now: Now): Suspension | undefined => {
  const running = [...concerns.values()].flatMap((concern) =>
    concern.about === seat ? suspensionIn(concern) : [],
  )
  const isOver = ({ until }: Suspension): boolean => now.nowMs >= until && !now.isVoting(seat)
  return running.findLast((one) => !isOver(one))
}

/** What the words of a concern come to, whatever the time. */
const suspensionIn = (concern: Concern): readonly Suspension[] => {
  if (concern.ended || isLifted(concern)) return []
  const words = [...concern.suspendedBy]
  const second = words.findIndex(([, { at }], i) => i > 0 && at - (words[i - 1]?.[1].at ?? 0) < LONGEST_MS)
  const pair = second > 0 ? words.slice(second - 1, second + 1) : []
  const begin: SuspendWord | undefined = pair[1]?.[1]
  if (!begin) return []
  const by = pair.map(([seat]) => seat)
  return [{ concern: concern.id, by, order: begin.order, since: begin.at, until: begin.at + LONGEST_MS }]
}

const isLifted = ({ suspendedBy, liftedBy }: Concern): boolean => {
  const others = [...liftedBy].filter((seat) => !suspendedBy.has(seat))
  const left = [...suspendedBy.keys()].filter((seat) => !liftedBy.has(seat))
  return others.length >= TWO || left.length < TWO
}

/** Whether a post stands behind its author's suspension: asked of thousands, so the suspensions are worked out once. */
export const foldsAway = (
  concerns: Concerns,
  now: Now,
): ((post: { readonly seat: Id; readonly order: number }) => boolean) => {
  const about = new Set([...concerns.concerns.values()].map((concern) => concern.about))
  const since = new Map([...about].map((seat) => [seat, suspensionOf(concerns, seat, now)?.order]))
  return ({ seat, order }) => order > (since.get(seat) ?? Number.POSITIVE_INFINITY)
}
