/** Following an invite: the link, what you are called, the words, and the wait for the committee. Goes on where it was. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Client, JoinState } from '../../core/client.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { askHandle } from '../ask.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  type Outcome,
  type Refusal,
  refused,
  textOf,
} from '../command.ts'
import { catchUp, nameOfCommittee, withVault } from '../open.ts'
import { readSecret, secretInArguments } from '../secretInput.ts'
import { abortWords, joinRefusal, LINK_WORDS } from '../words.ts'
import { compareWords } from '../wordsAsked.ts'
import { arrivedLines, askAboutLost } from './arriving.ts'

/** Milliseconds between two looks for what the others did. */
const LOOK_MS = 1500

/** Offline in a row, and then it is said; the next `join` goes on. */
const MAX_OFFLINE = 4

export const join: Command = {
  usage: '[OPTIONS]',
  about: [
    'Paste the link that a member gave you. Both screens then show three words: compare them',
    'by voice. When the committee has decided, you are in. Ctrl-C is fine at any time:',
    '`npx tocsin join` without a link goes on.',
    'The same for another phone of yours (`npx tocsin phone link` on the one you have), and for coming back after you',
    'lost every phone (a member beside you runs `npx tocsin rejoin invite`).',
  ],
  options: {
    file: { type: 'string', value: 'FILE', help: 'a file with the invite' },
    handle: { type: 'string', value: 'NAME', help: 'what the others will call you' },
    new: { type: 'boolean', help: 'follow another invite, and forget the one that is open' },
    'no-wait': { type: 'boolean', help: 'look once, and end' },
  },
  takes: 1,
  examples: ['join', 'join --handle bob --file invite.txt', 'join'],
  run: (context, input) => {
    if (input.positionals.length > 0) return Promise.resolve(secretInArguments('An invite', '--file'))
    return withVault(context, async ({ client }) => {
      const id = await openInvite(context, client, input)
      if (!id.ok) return id
      context.ifInterrupted('Nothing is lost: go on with `npx tocsin join`.')
      return follow(context, client, { id: id.value, isBrief: isOn(input, 'no-wait') })
    })
  },
}

const openInvite = async (
  context: Context,
  client: Client,
  input: Input,
): Promise<Result<string, Refusal>> => {
  const [open] = client.joinings()
  const file = textOf(input, 'file')
  if (open && !isOn(input, 'new') && file === undefined) {
    context.terminal.note(`Going on with your invite${asWhom(open.state)}. (For another one: join --new)`)
    return ok(open.id)
  }
  const link = await readSecret(context, file, 'Paste the invite:')
  if (!link.ok) return link
  const token = link.value.replaceAll(/\s/g, '')
  const kind = client.kindOf(token)
  if (!kind.ok) return refused(kind.error, LINK_WORDS[kind.error])
  // Another phone of a member has a name already.
  const handle = kind.value === 'device' ? ok('') : await askHandle(context, textOf(input, 'handle'))
  if (!handle.ok) return handle
  const started = await client.startJoining(token, handle.value)
  if (!started.ok) return refused(started.error, LINK_WORDS[started.error])
  for (const { id } of client.joinings()) if (id !== started.value) await client.forgetJoining(id)
  return started
}

const asWhom = (state: JoinState): string => {
  if (state.is === 'joined') return ''
  return state.isDevice ? ' for this phone' : `, as ${toOneLine(state.handle)}`
}

type Following = { readonly id: string; readonly isBrief: boolean }

const follow = async (context: Context, client: Client, following: Following): Promise<Outcome> => {
  let before: Seen = { is: 'waiting', offline: 0 }
  for (;;) {
    context.terminal.progress(
      before.is === 'deciding' ? 'Waiting for the committee to decide' : 'Waiting for the other person',
    )
    const looked = await look(context, client, following, before)
    if (looked.end) return looked.end
    if (looked.seen.is !== 'comparing') await context.sleep(LOOK_MS)
    before = looked.seen
  }
}

/** How it stood at the last look, and how often in a row there was no connection. */
type Seen = { readonly is: JoinState['is']; readonly offline: number }
type Looked = { readonly end: Outcome | undefined; readonly seen: Seen }

const look = async (
  context: Context,
  client: Client,
  { id, isBrief }: Following,
  before: Seen,
): Promise<Looked> => {
  const looked = await client.continueJoining(id)
  if (!looked.ok) {
    const offline = before.offline + 1
    const isOver = looked.error !== 'offline' || isBrief || offline >= MAX_OFFLINE
    const end: Outcome | undefined = isOver ? { ok: false, error: joinRefusal(looked.error) } : undefined
    return { end, seen: { is: before.is, offline } }
  }
  const { is } = looked.value
  const end = await react(context, client, { id, before: before.is, state: looked.value })
  const isPatient = !isBrief || is === 'comparing'
  return { end: end ?? (isPatient ? undefined : waiting(is)), seen: { is, offline: 0 } }
}

const waiting = (is: JoinState['is']): Outcome =>
  ok({
    text: [
      is === 'deciding'
        ? 'The committee has not decided yet: go on later with `npx tocsin join`.'
        : 'The other person has not answered yet: go on later with `npx tocsin join`.',
    ],
    json: { state: is },
  })

type Look = { readonly id: string; readonly before: JoinState['is']; readonly state: JoinState }

/** The end, if this is one. */
const react = async (
  context: Context,
  client: Client,
  { id, before, state }: Look,
): Promise<Outcome | undefined> => {
  switch (state.is) {
    case 'waiting':
      return undefined
    case 'comparing':
      return answer(context, client, id, state)
    case 'deciding':
      if (before !== 'deciding') sayDeciding(context, state.isDevice)
      return undefined
    case 'declined':
      await client.forgetJoining(id)
      return refused('declined', 'They said no to this invite: speak to them in person.')
    case 'aborted':
      await client.forgetJoining(id)
      return refused('invite_ended', abortWords(state.reason))
    case 'joined':
      return arrive(context, state)
  }
}

const sayDeciding = (context: Context, isDevice: boolean): void => {
  const who = isDevice
    ? 'Now another member who has seen you says yes. It may take a day.'
    : 'Now the committee decides.'
  context.show([`${who} Stay, or press Ctrl-C and go on later with \`npx tocsin join\`.`], {
    state: 'deciding',
  })
}

type Comparing = Extract<JoinState, { readonly is: 'comparing' }>

const answer = async (
  context: Context,
  client: Client,
  id: string,
  { words, isDevice }: Comparing,
): Promise<Outcome | undefined> => {
  context.terminal.progress(undefined)
  context.show([], { state: 'comparing', words })
  const opening = isDevice ? 'The other phone is there.' : 'The person who invited you is there.'
  const doMatch = await compareWords(context, words, opening)
  if (doMatch === undefined)
    return ok({ text: ['Nothing was decided: go on with `npx tocsin join`.'], json: undefined })
  await client.answerWords(id, doMatch)
  if (doMatch) return undefined
  await client.forgetJoining(id)
  return refused('words_differ', abortWords('words_differ'))
}

type Arrived = Extract<JoinState, { readonly is: 'joined' }>

const arrive = async (context: Context, { session, isDevice }: Arrived): Promise<Outcome> => {
  const leaving = context.onLeave(() => session.close())
  try {
    context.ifInterrupted(undefined)
    await catchUp(context, session)
    const view = session.view()
    const cutOff = await askAboutLost(context, session)
    const name = nameOfCommittee(session)
    const { handover } = view
    return ok({
      text: [...arrivedLines(view, name, isDevice), ...cutOff],
      json: {
        state: 'joined',
        committee: session.id,
        name,
        members: view.members.length,
        handover: handover?.is ?? null,
        isProvisional: view.isProvisional,
      },
    })
  } finally {
    leaving()
    await session.close()
  }
}
