/** Inviting somebody: the link, the wait for the other device, the words, and what the others still have to decide. */
import { ok } from '../../../shared/base/result.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import type { Session } from '../../core/session/session.ts'
import type { InviteView } from '../../core/session/view.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { catchUp, withMembership } from '../open.ts'
import { qrLines } from '../qr.ts'
import { notMember } from '../saying.ts'
import { abortWords, haltRefusal, VOUCH_WORDS } from '../words.ts'
import { compareWords } from '../wordsAsked.ts'

/** Milliseconds between two looks into the place where the other device answers. */
const LOOK_MS = 1500

export const invite: Command = {
  usage: '[OPTIONS]',
  about: [
    'Prints a link, and with --qr a square to scan. Hand it to one person you know. Whoever',
    'has it can answer it, so both screens then show three words: compare them by voice,',
    'face to face or on the phone, before you say yes. After that the others decide.',
    'Ctrl-C is fine at any time: `npx tocsin approve` goes on.',
    'A link is good for seven days, a square for one.',
  ],
  options: {
    qr: { type: 'boolean', help: 'as a square to scan, for somebody beside you' },
    'no-wait': { type: 'boolean', help: 'print the link and end; go on with `approve`' },
  },
  examples: ['invite', 'invite --qr', 'invite --no-wait'],
  run: (context, input) =>
    withMembership(context, async ({ session, halt }) => {
      if (halt !== undefined) return { ok: false, error: haltRefusal(halt) }
      const isQr = isOn(input, 'qr')
      const made = await session.invite(isQr ? 'qr' : 'link')
      if (!made.ok) return notMember(session)
      const { id, link } = made.value
      context.show(linkLines(link, isQr), { state: 'waiting', invite: id, link })
      if (isOn(input, 'no-wait')) return ok({ text: ['Go on with `npx tocsin approve`.'], json: undefined })
      return waitForAnswer(context, session, id)
    }),
}

const linkLines = (link: string, isQr: boolean): readonly string[] => [
  isQr
    ? 'Let one person you know scan this, or give them the link:'
    : 'Give this link to one person you know:',
  '',
  ...(isQr ? [...qrLines(link), ''] : []),
  link,
  '',
  'They run `npx tocsin join` and paste it.',
]

/** Until the other person has opened the invite, and then the words. */
export const waitForAnswer = async (context: Context, session: Session, id: string): Promise<Outcome> => {
  context.ifInterrupted('The invite stays open: go on with `npx tocsin approve`.')
  if (context.terminal.isInteractive)
    context.terminal.note('Waiting for them. Ctrl-C is fine: `npx tocsin approve` goes on.')
  for (;;) {
    const now = session.view().invites.find((one) => one.id === id)
    if (now?.state !== 'waiting') return goOn(context, session, now)
    context.terminal.progress('Waiting for the other person')
    await context.sleep(LOOK_MS)
    const synced = await session.sync()
    if (!synced.ok && synced.error !== 'offline') return { ok: false, error: haltRefusal(synced.error) }
  }
}

const goOn = (
  context: Context,
  session: Session,
  now: InviteView | undefined,
): Outcome | Promise<Outcome> => {
  context.terminal.progress(undefined)
  if (now?.state === 'comparing') return vouchFor(context, session, now)
  return refused('invite_ended', abortWords(now?.reason))
}

/** The words, the question, and what follows from the answer. */
export const vouchFor = async (
  context: Context,
  session: Session,
  { id, words, handle }: InviteView,
): Promise<Outcome> => {
  const name = toOneLine(handle ?? 'somebody')
  context.show([], { state: 'comparing', invite: id, words, handle: name })
  const doMatch = await compareWords(context, words, `${name} has opened your invite.`)
  if (doMatch === undefined)
    return ok({ text: ['Nothing was decided: go on with `npx tocsin approve`.'], json: undefined })
  if (!doMatch) {
    await session.refuse(id, 'words_differ')
    return refused('words_differ', abortWords('words_differ'))
  }
  context.terminal.progress('Telling the others')
  const vouched = await session.vouch(id)
  context.terminal.progress(undefined)
  if (!vouched.ok) {
    return refused(vouched.error, VOUCH_WORDS[vouched.error])
  }
  await catchUp(context, session)
  return admitted(session, vouched.value.motion, name)
}

const admitted = (session: Session, hash: string, name: string): Outcome => {
  const view = session.view()
  const motion = view.motions.find((one) => one.hash === hash)
  const json = { state: 'vouched', motion: hash, handle: name, outcome: motion?.outcome ?? 'open' }
  if (motion?.outcome === 'carried_out')
    return ok({ text: [`${name} is in the committee now. Their device shows it in a moment.`], json })
  const missing = Math.max(0, (motion?.needed ?? 1) - (motion?.approvedBy.length ?? 0))
  const text =
    missing === 0
      ? [`Everybody who is needed has said yes: ${name} is let in as soon as a device reaches the relay.`]
      : [
          `You have said yes to ${name}. ${missing === 1 ? 'One more member has' : `${missing} more members have`} to:`,
          'they run `npx tocsin approve`.',
        ]
  return ok({ text: [text.join(' ')], json })
}
