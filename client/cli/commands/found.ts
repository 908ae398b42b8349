/** Founding a committee: its name, what it is for, what you are called, and the relay. */
import { utf8 } from '../../../shared/base/bytes.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import { parseRelayAddress, type RelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { CHARTER_BYTES } from '../../core/governance/charter.ts'
import type { Session } from '../../core/session/session.ts'
import { askHandle, askText } from '../ask.ts'
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
import { catchUp, withVault } from '../open.ts'
import { readSecret, secretInArguments } from '../secretInput.ts'
import { HALT_WORDS } from '../words.ts'

export const found: Command = {
  usage: '[OPTIONS]',
  about: [
    'Asks for whatever the options do not say. The relay address is the line that the',
    'relay prints when it starts; it holds a secret, so it is pasted and never an argument.',
    'Two or three people who agree are enough. The second and third count at once. You talk first: after two',
    'meetings, and when everybody says yes, `npx tocsin found vote` makes you a committee, which others can join.',
  ],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what the committee is called' },
    purpose: { type: 'string', value: 'TEXT', help: 'what it is for, in a sentence' },
    handle: { type: 'string', value: 'NAME', help: 'what the others call you' },
    'relay-file': { type: 'string', value: 'FILE', help: 'a file with the relay address' },
    relay: { type: 'string', value: 'ADDRESS', help: "refused: an argument stays in the shell's history" },
    agreed: { type: 'boolean', help: 'you have met and agreed already: no talk first' },
    'old-phones': { type: 'boolean', help: 'smaller, and without the second, newer kind of encryption' },
  },
  takes: 1,
  examples: ['found', 'found --name Kitchen --handle alice --relay-file relay.txt'],
  run: (context, input) => {
    if (input.positionals.length > 0 || textOf(input, 'relay') !== undefined)
      return Promise.resolve(secretInArguments('The relay address', '--relay-file'))
    return withVault(context, async ({ client }) => {
      const wishes = await askWishes(context, input)
      if (!wishes.ok) return wishes
      const { relay, ...rest } = wishes.value
      const session = await client.found({
        ...rest,
        suite: isOn(input, 'old-phones') ? 'x25519' : 'xwing',
        charter: { isFounded: isOn(input, 'agreed') },
        relay,
      })
      const leaving = context.onLeave(() => session.close())
      try {
        return await begin(context, session, rest)
      } finally {
        leaving()
        await session.close()
      }
    })
  },
}

type Wishes = {
  readonly name: string
  readonly purpose: string
  readonly handle: string
  readonly relay: {
    readonly address: string
    readonly key: RelayAddress['key']
    readonly admission: NonNullable<RelayAddress['admission']>
  }
}

const askWishes = async (context: Context, input: Input): Promise<Result<Wishes, Refusal>> => {
  const name = await askText(context, textOf(input, 'name'), 'What is the committee called?')
  if (!name.ok) return name
  if (!fits(name.value, CHARTER_BYTES.name) || toOneLine(name.value) === '')
    return refused('bad_name', 'The name is empty or too long: choose another.')
  const isBare = textOf(input, 'name') !== undefined && textOf(input, 'purpose') === undefined
  const purpose = await askText(
    context,
    isBare ? '' : textOf(input, 'purpose'),
    'What is it for? (one sentence; Enter for later)',
  )
  if (!purpose.ok) return purpose
  if (!fits(purpose.value, CHARTER_BYTES.purpose))
    return refused('bad_purpose', 'The purpose is too long: shorten it.')
  const handle = await askHandle(context, textOf(input, 'handle'))
  if (!handle.ok) return handle
  const relay = await askRelay(context, input)
  if (!relay.ok) return relay
  return ok({
    name: toOneLine(name.value),
    purpose: toOneLine(purpose.value),
    handle: handle.value,
    relay: relay.value,
  })
}

const fits = (text: string, max: number): boolean => utf8(toOneLine(text)).length <= max

export const askRelay = async (context: Context, input: Input): Promise<Result<Wishes['relay'], Refusal>> => {
  const line = await readSecret(context, textOf(input, 'relay-file'), 'Paste the relay address:')
  if (!line.ok) return line
  const address = parseRelayAddress(/wss?:[^\s'"]+/.exec(line.value)?.[0] ?? '')
  if (!address)
    return refused(
      'bad_relay',
      'That is no relay address: paste the whole line that begins with ws:// or wss://.',
    )
  const { url, key, admission } = address
  if (!admission)
    return refused(
      'no_admission',
      'The part behind the dot is missing from this relay address: ask whoever runs the relay for the whole line.',
    )
  return ok({ address: url, key, admission })
}

const begin = async (
  context: Context,
  session: Session,
  { name, handle }: Pick<Wishes, 'name' | 'handle'>,
): Promise<Outcome> => {
  const halt = await catchUp(context, session)
  const text = [
    session.view().charter.isFounded
      ? `Founded "${name}". You are ${handle}, and the only member so far.`
      : `"${name}" begins with a talk. You are ${handle}, and the only one so far.`,
    'Next: `npx tocsin invite` to bring in somebody you know.',
  ]
  const json = { committee: session.id, name, handle }
  if (halt === undefined) return ok({ text, json })
  context.terminal.note(HALT_WORDS[halt].sentence)
  return ok({ text, json, exit: HALT_WORDS[halt].exit })
}
