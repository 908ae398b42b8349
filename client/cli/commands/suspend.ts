/** Suspension for at most 72 hours, and a member's own word about themselves. Not here: the worry itself (concern.ts). */
import { ok } from '../../../shared/base/result.ts'
import type { Concern } from '../../core/committee/concern.ts'
import { concernPages, suspensionIn } from '../../core/session/lifeView.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { askText } from '../ask.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { concernIn } from './concern.ts'

export const suspend: Command = {
  usage: '[ID]',
  about: [
    'For at most 72 hours, by two of you, each once: the member speaks in a statement only, and nobody is let',
    'in on their word. Their vote stays theirs. It ends by itself, unless the committee votes on them.',
  ],
  options: { lift: { type: 'boolean', help: 'take your word back, or say with another that it should end' } },
  takes: 1,
  examples: ['suspend 3fa2', 'suspend 3fa2 --lift'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const concern = concernIn(session, input.positionals[0])
      if (!concern.ok) return concern
      const why = isOn(input, 'lift') ? undefined : whyNot(session.view(), concern.value)
      if (why) return why
      return suspendOrLift(context, session, concern.value, isOn(input, 'lift'))
    }),
}

const whyNot = (view: CommitteeView, { id }: Concern): Outcome | undefined => {
  const page = concernPages(view, Date.now()).find(({ concern }) => concern.id === id)
  if (page?.noWord === 'on_probation')
    return refused('on_probation', 'You do not decide with the others yet.')
  return page?.noWord === 'once'
    ? refused(
        'once',
        'You have used your word against this member once: others have to, or the committee votes.',
      )
    : undefined
}

const suspendOrLift = async (
  context: Context,
  session: Session,
  { id, about }: Concern,
  lifts: boolean,
): Promise<Outcome> => {
  const said = await saying(
    context,
    session,
    { type: 'suspend', concern: id, lifts },
    'Everybody sees your word.',
  )
  if (!said.ok) return said
  const isOut = suspensionIn(session.view(), about, Date.now()) !== undefined
  const name = namesIn(session.view())(about)
  return ok({
    ...said.value,
    text: [...said.value.text, isOut ? `${name} is suspended.` : notOut(name, lifts)],
    json: { ...said.value.json, isSuspended: isOut },
  })
}

const notOut = (name: string, lifts: boolean): string =>
  lifts
    ? `${name} is not suspended.`
    : `${name} is not suspended yet: one more of you has to say so. To take your word back: --lift.`

export const statement: Command = {
  usage: '[TEXT]',
  about: [
    'Your own word, about yourself. Nobody can take it from you, suspended or not, and it is shown beside what others say.',
  ],
  takes: 64,
  examples: ['statement "I was at home that day"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const text = await askText(
        context,
        input.positionals.join(' ') || undefined,
        'What do you want to say?',
      )
      if (!text.ok) return text
      return saying(context, session, { type: 'statement', text: text.value }, 'Everybody sees it.')
    }),
}
