/** Another handle. */

import { plainNamesIn } from '../../core/session/names.ts'
import { askHandle } from '../ask.ts'
import type { Command } from '../command.ts'
import { withMembership } from '../open.ts'
import { saying } from '../saying.ts'

export const rename: Command = {
  usage: '[HANDLE]',
  about: ['What the others call you from now on. Nobody has to know your real name.'],
  takes: 1,
  examples: ['rename robin'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const handle = await askHandle(context, input.positionals[0])
      if (!handle.ok) return handle
      const view = session.view()
      const names = plainNamesIn(view)
      const isTaken = view.members.some(
        ({ seat, isMe }) => !isMe && names(seat).toLowerCase() === handle.value.toLowerCase(),
      )
      if (isTaken)
        context.terminal.note(
          'Another member has this handle: everybody will see a piece of a number behind both.',
        )
      return saying(
        context,
        session,
        { type: 'introduce', handle: handle.value },
        `You are ${handle.value} now.`,
      )
    }),
}
