/** A motion of one's own, and how it stands once the relay has it. */
import type { Session } from '../core/session/session.ts'
import type { Sending } from '../core/session/speaking.ts'
import type { Context, Outcome } from './command.ts'
import { catchUp } from './open.ts'
import { told } from './saying.ts'
import { motionState } from './show/motions.ts'
import { namesIn } from './show/names.ts'

export const proposedTo = async (
  context: Context,
  session: Session,
  { motion: hash, is }: { readonly motion: string; readonly is: Sending },
  text: readonly string[],
): Promise<Outcome> => {
  if (is === 'sent') await catchUp(context, session)
  const view = session.view()
  const motion = view.motions.find((one) => one.hash === hash)
  const state = motion ? [motionState(motion, namesIn(view))] : []
  return told(session, is, {
    text: [...text, ...state],
    json: { motion: hash, outcome: motion?.outcome ?? 'open' },
  })
}
