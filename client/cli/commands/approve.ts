/** What waits for this member: newcomers with words to compare, and what others have asked the committee. */

import { ok, type Result } from '../../../shared/base/result.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import type { InviteView } from '../../core/session/inviteView.ts'
import { type Names, plainNamesIn } from '../../core/session/names.ts'
import { motionJson } from '../../core/session/records.ts'
import type { Session } from '../../core/session/session.ts'
import type { Objection } from '../../core/session/talking.ts'
import type { CommitteeView, MotionView } from '../../core/session/view.ts'
import { type Command, type Context, type Input, type Outcome, type Refusal, refused } from '../command.ts'
import { catchUp, withMembership } from '../open.ts'
import { notMember, told } from '../saying.ts'
import { comerOf, inviteTitle } from '../show/invites.ts'
import { motionState, motionTitle } from '../show/motions.ts'
import { namesIn } from '../show/names.ts'
import { findId, shortIds } from '../show/shortIds.ts'
import { OBJECTION_WORDS } from '../words.ts'
import { vouchFor, waitForAnswer } from './invite.ts'

export const approve: Command = {
  usage: '[NUMBER or ID]',
  about: [
    'Without a number: lists what waits for you and asks which one. Say yes to a newcomer only',
    'if you know who it is; somebody who opened your own invite is asked for the words first.',
  ],
  takes: 1,
  examples: ['approve', 'approve 1', 'approve 3fa2'],
  run: (context, input) => decide(context, input, yes),
}

export const decline: Command = {
  usage: '[NUMBER or ID]',
  about: ['Says no, where the others see it, or takes back an invite of yours that nobody has used.'],
  takes: 1,
  examples: ['decline', 'decline 2'],
  run: (context, input) => decide(context, input, no),
}

/** `mine`: an invite of this device. */
type Waiting =
  | { readonly is: 'motion'; readonly id: string; readonly motion: MotionView }
  | { readonly is: 'words'; readonly id: string; readonly invite: InviteView }
  | { readonly is: 'mine'; readonly id: string; readonly invite: InviteView }

const waitingIn = ({ motions, invites }: CommitteeView): readonly Waiting[] => [
  ...invites
    .filter(({ state }) => state === 'comparing')
    .map((invite) => ({ is: 'words' as const, id: invite.id, invite })),
  ...motions
    .filter((motion) => motion.isWaitingForMe)
    .map((motion) => ({ is: 'motion' as const, id: motion.hash, motion })),
  ...invites
    .filter(({ state }) => state === 'waiting')
    .map((invite) => ({ is: 'mine' as const, id: invite.id, invite })),
]

const titleOf = (view: CommitteeView, one: Waiting, names: Names): string => {
  switch (one.is) {
    case 'motion':
      return `${motionTitle(view, one.motion, names)}. ${motionState(one.motion, names)}`
    case 'words':
      return `${comerOf(view, one.invite, 'Your other phone')} has opened your invite: compare the words.`
    case 'mine':
      return inviteTitle(view, one.invite)
  }
}

const jsonOf = (one: Waiting, names: Names): object => {
  if (one.is === 'motion') return motionJson(one.motion, names)
  const { id, state, words, handle } = one.invite
  return { type: 'invite', id, state, words, handle: handle === undefined ? null : toOneLine(handle) }
}

type Answer = (context: Context, session: Session, one: Waiting) => Promise<Outcome>

const decide = (context: Context, input: Input, answer: Answer): Promise<Outcome> =>
  withMembership(context, async ({ session }) => {
    const list = waitingIn(session.view())
    if (list.length === 0) return ok({ text: ['Nothing waits for you.'], json: { waiting: [] } })
    const typed = input.positionals[0] ?? (await askWhich(context, session, list, input))
    if (typed === undefined || typed === '') return shown(context, session, list, input)
    const one = pick(list, typed)
    return one.ok ? answer(context, session, one.value) : one
  })

const askWhich = async (
  context: Context,
  session: Session,
  list: readonly Waiting[],
  { values }: Input,
): Promise<string | undefined> => {
  if (values.json === true) return undefined
  for (const line of listing(session, list)) context.terminal.say(line)
  return context.terminal.ask('Which one? (a number, or Enter for none)')
}

const listing = (session: Session, list: readonly Waiting[]): readonly string[] => {
  const view = session.view()
  const names = namesIn(view)
  const short = shortIds(list.map(({ id }) => id))
  return list.map((one, i) => `${i + 1}. (${short(one.id)}) ${titleOf(view, one, names)}`)
}

const shown = (_context: Context, session: Session, list: readonly Waiting[], { values }: Input): Outcome => {
  const names = plainNamesIn(session.view())
  const text = values.json === true ? [] : ['Nothing was decided.']
  return ok({ text, json: { waiting: list.map((one) => jsonOf(one, names)) } })
}

const pick = (list: readonly Waiting[], typed: string): Result<Waiting, Refusal> => {
  const numbered = /^\d{1,3}$/.test(typed) ? list[Number(typed) - 1] : undefined
  if (numbered) return ok(numbered)
  const found = findId(
    list.map(({ id }) => id),
    typed,
  )
  const one = found.ok ? list.find(({ id }) => id === found.value) : undefined
  if (one) return ok(one)
  return refused(
    'no_such_one',
    `Nothing that waits for you is "${typed}": run \`npx tocsin approve\` to see the list.`,
  )
}

const yes: Answer = async (context, session, one) => {
  if (one.is === 'words') return vouchFor(context, session, one.invite)
  if (one.is === 'mine') return waitForAnswer(context, session, one.id)
  const names = namesIn(session.view())
  const title = motionTitle(session.view(), one.motion, names)
  const approved = await session.approve(one.id)
  if (!approved.ok) return notApproved(session, approved.error)
  if (approved.value === 'sent') await catchUp(context, session)
  const now = session.view().motions.find(({ hash }) => hash === one.id)
  const state = now ? motionState(now, names) : ''
  return told(session, approved.value, {
    text: [`You said yes: ${title}. ${state}`.trim()],
    json: { motion: one.id, answer: 'yes', outcome: now?.outcome ?? 'open' },
  })
}

const notApproved = (session: Session, why: 'not_member' | 'no_such_motion' | Objection): Outcome => {
  if (why === 'not_member') return notMember(session)
  return why === 'no_such_motion' ? gone() : refused(why, OBJECTION_WORDS[why])
}

const no: Answer = async (_context, session, one) => {
  if (one.is !== 'motion') {
    await session.refuse(one.id, 'declined')
    return ok({
      text: ['The invite is over. The other person is told, if they have opened it.'],
      json: { invite: one.id, answer: 'no' },
    })
  }
  const names = namesIn(session.view())
  const title = motionTitle(session.view(), one.motion, names)
  const declined = await session.decline(one.id)
  if (!declined.ok) return declined.error === 'not_member' ? notMember(session) : gone()
  const now = session.view().motions.find(({ hash }) => hash === one.id)
  return told(session, declined.value, {
    text: [`You said no: ${title}. ${now ? motionState(now, names) : ''}`.trim()],
    json: { motion: one.id, answer: 'no' },
  })
}

const gone = (): Outcome =>
  refused('no_such_motion', 'This is not open any more: run `npx tocsin approve` to see what is.')
