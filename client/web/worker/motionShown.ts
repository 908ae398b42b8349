/** One motion as its own page shows it. Not here: the list of them (views.ts), and the rules (client/core). */
import { type Charter, decodeCharter } from '../../core/governance/charter.ts'
import type { Card } from '../../core/session/decideView.ts'
import { type FreeStep, freeSteps, mandatesFor, mayPutForward } from '../../core/session/deciding.ts'
import type { CommitteeView, MotionView } from '../../core/session/view.ts'

/** One motion whole. */
export type MotionShown = Card & {
  /** What this member may do about it besides what waits for them. */
  readonly free: readonly FreeStep[]
  /** Members whom this one may put forward for the role that it is about. */
  readonly forward: readonly string[]
  /** What a vote that binds the group could be about, where it has not been opened yet. */
  readonly mandates: readonly MotionView[]
  /** The rules as they are, and as they would be. */
  readonly rules: { readonly now: Charter; readonly next: Charter } | undefined
}

export const motionShown = (view: CommitteeView, card: Card, nowMs: number): MotionShown => {
  const { motion } = card
  return {
    ...card,
    free: motion ? freeSteps(view, motion, nowMs) : [],
    forward: motion ? mayPutForward(view, motion, nowMs) : [],
    mandates: motion?.phase === 'fixed' ? mandatesFor(view, motion) : [],
    rules: rulesIn(view, card),
  }
}

/** What has come in, or came to nothing, is compared with nothing. */
const rulesIn = ({ charter }: CommitteeView, { mandate }: Card): MotionShown['rules'] => {
  if (mandate?.action.type !== 'charter' || mandate.outcome !== 'open') return undefined
  const next = decodeCharter(mandate.action.charter)
  return next && { now: charter, next }
}
