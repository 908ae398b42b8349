/** One motion as its own page shows it. Not here: the list of them (views.ts), and the rules (client/core). */
import { decodeCharter } from '../../core/governance/charter.ts'
import type { Card } from '../../core/session/decideView.ts'
import { freeSteps, mandatesFor, mayPutForward } from '../../core/session/deciding.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import type { MotionShown } from './shown.ts'

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
