/** A post: from the arguments, or from standard input. */
import { ok } from '../../../shared/base/result.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { type Command, type Context, type Input, refused, textOf } from '../command.ts'
import { withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { findId } from '../show/shortIds.ts'

export const post: Command = {
  usage: '[TEXT]',
  about: [
    'Without TEXT, it is read from standard input or asked for. What is sent while the relay',
    'cannot be reached is kept, locked, and sent by the next command that reaches it.',
  ],
  options: { reply: { type: 'string', short: 'r', value: 'ID', help: 'answers that post or alarm' } },
  takes: 64,
  examples: ['post "Meeting on Thursday at six"', 'post --reply 3fa2 "I can bring tea"', 'post < letter.txt'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const text = await textIn(context, input)
      if (text.trim() === '')
        return refused('empty', 'There was nothing to send: write something after `npx tocsin post`.', 2)
      const typed = textOf(input, 'reply')
      const replyTo = typed === undefined ? ok(undefined) : repliedTo(session.view(), typed)
      if (!replyTo.ok) return replyTo
      return saying(
        context,
        session,
        { type: 'post', text, ...(replyTo.value === undefined ? {} : { replyTo: replyTo.value }) },
        'Sent.',
      )
    }),
}

const textIn = async ({ terminal }: Context, { positionals }: Input): Promise<string> => {
  if (positionals.length > 0) return positionals.join(' ')
  return terminal.isInteractive ? ((await terminal.ask('Write:')) ?? '') : terminal.readAll()
}

const repliedTo = ({ committee }: CommitteeView, typed: string) => {
  const found = findId([...committee.posts.map(({ id }) => id), ...committee.alarms.keys()], typed)
  if (found.ok) return found
  return found.error === 'none'
    ? refused(
        'no_such_post',
        `There is no post or alarm "${typed}" here: look at the ids that \`npx tocsin read --all\` shows.`,
      )
    : refused('ambiguous', `Several begin with "${typed}": type one more digit of the id.`)
}
