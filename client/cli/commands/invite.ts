/** Inviting somebody: the link, the wait for the other device, the words, and what the others still have to decide. */
import { ok } from '../../../shared/base/result.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import type { SeatId } from '../../core/governance/ids.ts'
import type { InviteKind } from '../../core/join/invite.ts'
import type { InviteView } from '../../core/session/inviteView.ts'
import type { Names } from '../../core/session/names.ts'
import type { Session } from '../../core/session/session.ts'
import type { MotionView } from '../../core/session/view.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { catchUp, withMembership } from '../open.ts'
import { qrLines } from '../qr.ts'
import { notMember } from '../saying.ts'
import { comerOf } from '../show/invites.ts'
import { restWords } from '../show/motions.ts'
import { namesIn } from '../show/names.ts'
import { abortWords, haltRefusal, OFFER_WORDS, VOUCH_WORDS } from '../words.ts'
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
      const opening = isQr
        ? 'Let one person you know scan this, or give them the link:'
        : 'Give this link to one person you know:'
      const asked = { kind: isQr ? ('qr' as const) : ('link' as const), seat: undefined, opening }
      return inviteWith(context, session, asked, isOn(input, 'no-wait'))
    }),
}

export type Asked = {
  readonly kind: InviteKind
  /** Whose next phone, if it is for a phone. */
  readonly seat: SeatId | undefined
  readonly opening: string
}

/** The link, and then the wait for whoever follows it; a square for somebody who stands here. */
export const inviteWith = async (
  context: Context,
  session: Session,
  { kind, seat, opening }: Asked,
  isBrief: boolean,
): Promise<Outcome> => {
  const made = await session.invite(kind, seat)
  if (!made.ok)
    return made.error === 'not_member' ? notMember(session) : refused(made.error, OFFER_WORDS[made.error])
  const { id, link } = made.value
  const square = kind === 'link' ? [] : [...qrLines(link), '']
  const paste = 'There, `npx tocsin join` asks for it.'
  context.show([opening, '', ...square, link, '', paste], { state: 'waiting', invite: id, link })
  if (isBrief) return ok({ text: ['Go on with `npx tocsin approve`.'], json: undefined })
  return waitForAnswer(context, session, id)
}

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
export const vouchFor = async (context: Context, session: Session, invite: InviteView): Promise<Outcome> => {
  const { id, words } = invite
  const who = comerOf(session.view(), invite, 'Your other phone')
  context.show([], { state: 'comparing', invite: id, words, handle: toOneLine(invite.handle ?? 'somebody') })
  const doMatch = await compareWords(context, words, `${who} has opened your invite.`)
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
  return admitted(session, vouched.value.motion, invite)
}

const admitted = (session: Session, hash: string, invite: InviteView): Outcome => {
  const view = session.view()
  const motion = view.motions.find((one) => one.hash === hash)
  const handle = toOneLine(invite.handle ?? 'somebody')
  const json = { state: 'vouched', motion: hash, handle, outcome: motion?.outcome ?? 'open' }
  const who = comerOf(view, invite, 'Your other phone')
  if (motion?.outcome === 'carried_out')
    return ok({ text: [`${who} is in the committee now, and shows it in a moment.`], json })
  return ok({
    text: [
      `You have said yes to ${comerOf(view, invite, 'your other phone')}. ${missingWords(motion, namesIn(view))}`,
    ],
    json,
  })
}

const missingWords = (motion: MotionView | undefined, names: Names): string => {
  const rest = motion && restWords(motion, names)
  if (rest !== undefined) return rest
  const missing = Math.max(0, (motion?.needed ?? 1) - (motion?.approvedBy.length ?? 0))
  if (missing === 0)
    return 'Everybody who is needed has said yes: it is done as soon as a device reaches the relay.'
  const others = missing === 1 ? 'One more member has' : `${missing} more members have`
  return `${others} to, who knows who it is: they run \`npx tocsin approve\`.`
}
