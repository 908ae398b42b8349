/** Going: the others' devices let this seat go, and this one forgets the committee. */
import { ok } from '../../../shared/base/result.ts'
import { forgetMarks } from '../../core/session/readMarks.ts'
import type { Session } from '../../core/session/session.ts'
import { askYesNo } from '../ask.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { nameOfCommittee, type Sitting, withMembership } from '../open.ts'
import { notMember } from '../saying.ts'
import { haltRefusal } from '../words.ts'

export const leave: Command = {
  usage: '[OPTIONS]',
  about: [
    'Everybody may go, at any time, without being asked why. What you wrote stays with the others',
    'for as long as they keep posts. This device forgets the committee: `export` first what you need.',
  ],
  options: { yes: { type: 'boolean', short: 'y', help: 'do not ask whether you are sure' } },
  examples: ['leave'],
  run: (context, input) =>
    withMembership(context, async (sitting) => {
      const { session, halt } = sitting
      if (halt !== undefined) return { ok: false, error: haltRefusal(halt) }
      const sure = isOn(input, 'yes') || (await askYesNo(context, questionFor(session)))
      return sure === true ? go(context, sitting) : refused('not_sure', 'You are still a member.')
    }),
}

const questionFor = (session: Session): string => {
  const name = nameOfCommittee(session)
  return session.view().members.length === 1
    ? `You are the only member of "${name}": with you it ends. Leave it?`
    : `Leave "${name}", and forget it on this device?`
}

const go = async (context: Context, { session, opened }: Sitting): Promise<Outcome> => {
  const name = nameOfCommittee(session)
  context.terminal.progress('Telling the others')
  const left = await session.leave()
  context.terminal.progress(undefined)
  if (!left.ok)
    return left.error === 'not_member' ? notMember(session) : { ok: false, error: haltRefusal(left.error) }
  await session.forget()
  await forgetMarks(opened.vault, session.id)
  return ok({
    text: [`You have left "${name}". This device has forgotten it.`],
    json: { left: session.id, name },
  })
}
