/** Whether and how somebody whom an alarm is about can be reached, as it is typed. Not here: who is told (client/core/session/reaching.ts). */
import type { AlarmContent } from '../core/committee/alarmContent.ts'
import { isReach } from '../core/session/reaching.ts'
import type { Session } from '../core/session/session.ts'
import { type Context, type Input, type Outcome, refused, textOf } from './command.ts'
import { saying } from './saying.ts'

const BAD_REACH = 'How to reach them is one text of at most 200 characters.'

/** Raises it; what only those who are on it are told stays out of the alarm itself. */
export const raiseWith = async (
  context: Context,
  input: Input,
  session: Session,
  content: AlarmContent,
): Promise<Outcome> => {
  const typed = textOf(input, 'phrase') ?? textOf(input, 'reach')
  const reach = content.safeContact?.may === 'no' ? undefined : typed
  if (reach !== undefined && !isReach(reach)) return refused('bad_reach', BAD_REACH, 2)
  const done = await saying(context, session, content, 'The alarm is raised.')
  if (!done.ok || reach === undefined) return done
  await session.setReach((done.value.json as { readonly id: string }).id, reach)
  return done
}

export const contactOf = (input: Input): AlarmContent['safeContact'] | undefined => {
  if (input.values['do-not-reach'] === true) return { may: 'no' }
  if (textOf(input, 'phrase') !== undefined) return { may: 'phrase' }
  return textOf(input, 'reach') === undefined ? undefined : { may: 'yes' }
}
