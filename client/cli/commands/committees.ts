/** The committees on this device, and the invites it follows. */
import { ok } from '../../../shared/base/result.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import type { Command } from '../command.ts'
import { nameOfCommittee, withVault } from '../open.ts'
import { countOf } from '../show/time.ts'
import { STATUS_WORDS } from '../words.ts'

export const committeesCommand: Command = {
  usage: '',
  about: ['Names of committees, for --committee. Nothing is asked of the relay.'],
  examples: ['committees', 'read --committee Kitchen'],
  run: (context) =>
    withVault(context, async ({ committees, client }) => {
      const all = committees.map((session) => ({
        id: session.id,
        name: nameOfCommittee(session),
        view: session.view(),
      }))
      const joinings = client.joinings().map(({ id, state }) => ({ id, state: state.is }))
      const lines = all.map(({ id, name, view }) => {
        const { status, handle } = view.own
        const where = status === 'member' ? countOf(view.members.length, 'member') : STATUS_WORDS[status]
        return `${name} (${id}): you are ${toOneLine(handle)}; ${where}`
      })
      const open = joinings.length > 0 ? ['An invite is being followed: `npx tocsin join` goes on.'] : []
      const text = [...lines, ...open]
      return ok({
        text:
          text.length > 0 ? text : ['None yet: run `npx tocsin found`, or `npx tocsin join` with an invite.'],
        json: {
          committees: all.map(({ id, name, view }) => ({
            id,
            name,
            status: view.own.status,
            members: view.members.length,
          })),
          joinings,
        },
      })
    }),
}
