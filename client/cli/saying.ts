/** Saying something to the committee, and telling the person whether it is there or waits. */
import { ok } from '../../shared/base/result.ts'
import type { KnownContent } from '../core/committee/content.ts'
import type { Session } from '../core/session/session.ts'
import type { SayFailure, Sending } from '../core/session/speaking.ts'
import type { Context, Outcome } from './command.ts'
import { refused } from './command.ts'
import { namesIn } from './show/names.ts'
import { shortIds } from './show/shortIds.ts'
import { suspendedWords } from './show/suspended.ts'
import { fieldRefusal, statusWords } from './words.ts'

/** `sent`: what is shown when it is in the committee's log. */
export const saying = async (
  context: Context,
  session: Session,
  content: KnownContent,
  sent: string,
): Promise<Outcome> => {
  context.terminal.progress('Sending')
  const said = await session.say(content)
  context.terminal.progress(undefined)
  if (!said.ok) return notSaid(session, said.error)
  const { id, is } = said.value
  const folded = content.type === 'post' ? suspendedWords(session.view(), Date.now()) : []
  const about =
    content.type === 'post' || content.type === 'alarm'
      ? [`Its id is ${shortOf(session, id)}.`, ...folded].join('\n')
      : undefined
  return told(session, is, { text: [sent], json: { id } }, about)
}

const notSaid = (session: Session, why: SayFailure): Outcome => {
  if (why === 'not_member') return notMember(session)
  if (why === 'needs_mandate')
    return refused(why, 'This needs a vote of your committee first: `npx tocsin city decide`.')
  return { ok: false, error: fieldRefusal(why.field) }
}

/** The outcome of whatever was said or decided; `about` follows when it is there. */
export const told = (
  session: Session,
  is: Sending,
  { text, json }: { readonly text: readonly string[]; readonly json: object },
  about?: string,
): Outcome => {
  if (is === 'sent')
    return ok({
      text: about === undefined ? text : [[text.join('\n'), about].join(' ')],
      json: { ...json, is: 'sent' },
    })
  const { alarmed } = session.view().own
  return ok({
    text: [
      alarmed
        ? 'Not sent: the relay was caught lying. It is kept on this device; see `npx tocsin status`.'
        : 'Not sent yet: the relay cannot be reached. It is kept on this device and sent as soon as a command reaches it.',
    ],
    json: { ...json, is: 'waiting' },
    exit: alarmed ? 4 : 3,
  })
}

export const notMember = (session: Session): Outcome => {
  const view = session.view()
  const { status } = view.own
  return refused(status === 'member' ? 'not_member' : status, statusWords(view, namesIn(view)))
}

const shortOf = (session: Session, id: string): string => {
  const { committee } = session.view()
  return shortIds([...committee.posts.map((post) => post.id), ...committee.alarms.keys(), id])(id)
}
