/** Asking the others to put a member out. Nobody can do it alone. */
import type { Result } from '../../../shared/base/result.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import { askText, askYesNo } from '../ask.ts'
import { type Command, type Context, isOn, type Outcome, type Refusal, refused } from '../command.ts'
import { findMember } from '../findMember.ts'
import { withMembership } from '../open.ts'
import { proposedTo } from '../proposing.ts'
import { notMember } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { proceed } from '../steps.ts'
import { OBJECTION_WORDS } from '../words.ts'

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
      return proceed(typed, (handle) =>
        proceed(other(session.view(), handle), (member) =>
          remove(context, session, member, isOn(input, 'yes')),
        ),
      )
    }),
}

const other = (view: CommitteeView, handle: string): Result<MemberView, Refusal> => {
  const member = findMember(view, handle)
  return member.ok && member.value.isMe
    ? refused('yourself', 'To go yourself, run `npx tocsin leave`.')
    : member
}

const remove = async (
  context: Context,
  session: Session,
  { seat }: MemberView,
  isSure: boolean,
): Promise<Outcome> => {
  const name = namesIn(session.view())(seat)
  const sure = isSure || (await askYesNo(context, `Ask the others to put ${name} out?`))
  if (sure !== true) return refused('not_sure', 'Nothing was asked.')
  const proposed = await session.propose({ type: 'remove', seat })
  if (!proposed.ok)
    return proposed.error === 'not_member'
      ? notMember(session)
      : refused(proposed.error, OBJECTION_WORDS[proposed.error])
  return proposedTo(context, session, proposed.value, [`The others are asked to put ${name} out.`])
}
