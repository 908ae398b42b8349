/** Asking the others to put a member out. Nobody can do it alone. */
import { askText, askYesNo } from '../ask.ts'
import { type Command, isOn, refused } from '../command.ts'
import { findMember } from '../findMember.ts'
import { catchUp, withMembership } from '../open.ts'
import { notMember, told } from '../saying.ts'
import { motionState } from '../show/motions.ts'
import { namesIn } from '../show/names.ts'

export const proposeRemove: Command = {
  usage: '[HANDLE]',
  about: [
    'Counts as your yes. The others see it with `npx tocsin approve`; when enough of them agree,',
    'the member reads and writes nothing any more, and learns nothing of what comes after.',
  ],
  options: { yes: { type: 'boolean', short: 'y', help: 'do not ask whether you are sure' } },
  takes: 1,
  examples: ['propose-remove carol'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const typed = await askText(context, input.positionals[0], 'Who should go?')
      if (!typed.ok) return typed
      const member = findMember(session.view(), typed.value)
      if (!member.ok) return member
      const { seat, isMe } = member.value
      if (isMe) return refused('yourself', 'To go yourself, run `npx tocsin leave`.')
      const names = namesIn(session.view())
      const sure =
        isOn(input, 'yes') || (await askYesNo(context, `Ask the others to put ${names(seat)} out?`))
      if (sure !== true) return refused('not_sure', 'Nothing was asked.')
      const proposed = await session.propose({ type: 'remove', seat })
      if (!proposed.ok) return notMember(session)
      const { motion: hash, is } = proposed.value
      if (is === 'sent') await catchUp(context, session)
      const motion = session.view().motions.find((one) => one.hash === hash)
      const state = motion ? ` ${motionState(motion, names)}` : ''
      return told(session, is, {
        text: [`The others are asked to put ${names(seat)} out.${state}`],
        json: { motion: hash, outcome: motion?.outcome ?? 'open' },
      })
    }),
}
