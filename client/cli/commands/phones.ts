/** Everybody's phones, and cutting one off: a lost one of one's own, or in an emergency somebody else's. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { DeviceId } from '../../core/governance/ids.ts'
import type { DropFailure, Dropping } from '../../core/session/devices.ts'
import type { CutOffView, PhoneView } from '../../core/session/phones.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import { askText, askYesNo } from '../ask.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  type Outcome,
  type Refusal,
  refused,
} from '../command.ts'
import { withCommittee, withMembership } from '../open.ts'
import { proposedTo } from '../proposing.ts'
import { namesIn } from '../show/names.ts'
import { phoneLines, phonesJson, shortPhones } from '../show/phones.ts'
import { findId } from '../show/shortIds.ts'
import { proceed } from '../steps.ts'
import { DROP_WORDS, SETTLE_WORDS } from '../words.ts'

const YES = { yes: { type: 'boolean', short: 'y', help: 'do not ask whether you are sure' } } as const

export const phones: Command = {
  usage: '',
  about: [
    'What each member writes with, since when, when this one last heard from it, and whether something it said',
    'is missing. And which phones were cut off, by whom, and whether that is settled.',
  ],
  examples: ['phones', 'phone cut-off 3fa2'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      return ok({ text: phoneLines(view), json: phonesJson(view) })
    }),
}

export const phoneDrop: Command = {
  usage: '[PHONE]',
  about: [
    'A phone of yours that is lost, taken or given away, cut off from another phone of yours. It reads nothing that',
    'is written from then on. If it was your only one: let a member cut it off, and meet two of them.',
  ],
  options: YES,
  takes: 1,
  examples: ['phone drop 3fa2'],
  run: (context, input) =>
    cutting(context, input, {
      ask: 'Which of your phones?',
      question: (_, { short }) => `Cut off your phone ${short}? It will read nothing new.`,
      act: (session, device) => session.dropDevice(device),
      done: ({ short }) => `Your phone ${short} is cut off. What was on it, stays on it.`,
    }),
}

export const phoneCutOff: Command = {
  usage: '[PHONE]',
  about: [
    "Another member's phone that is in the wrong hands. At once, without a vote: it reads nothing that is written from",
    'then on. Its owner stays a member, with the same vote. Everybody sees that you did it, and you cannot cut off',
    'another one until its owner is back with a new phone, or the others say that you were right.',
  ],
  options: YES,
  takes: 1,
  examples: ['phone cut-off 3fa2'],
  run: (context, input) =>
    cutting(context, input, {
      ask: 'Which phone?',
      question: (names, { short, member }) =>
        `Cut off the phone ${short} of ${names(member.seat)}? Everybody will see that you did it.`,
      act: (session, device) => session.cutOff(device),
      done: ({ short }, names, member) =>
        `The phone ${short} of ${names(member.seat)} is cut off, and your name stands beside it.${backWords(member)}`,
    }),
}

const backWords = ({ devices }: MemberView): string =>
  devices.length > 1 ? '' : ' Two of you must meet them before they are back with another phone.'

type Named = { readonly short: string; readonly phone: PhoneView; readonly member: MemberView }
type Names = ReturnType<typeof namesIn>

type Cutting = {
  readonly ask: string
  readonly question: (names: Names, named: Named) => string
  readonly act: (session: Session, device: DeviceId) => Promise<Result<Dropping, DropFailure>>
  readonly done: (named: Named, names: Names, member: MemberView) => string
}

const cutting = (context: Context, input: Input, how: Cutting): Promise<Outcome> =>
  withMembership(context, async ({ session }) => {
    const typed = await askText(context, input.positionals[0], how.ask)
    return proceed(typed, (id) =>
      proceed(findPhone(session.view(), id), (named) => cutOne({ context, session, how }, named, input)),
    )
  })

type Around = { readonly context: Context; readonly session: Session; readonly how: Cutting }

const cutOne = async ({ context, session, how }: Around, named: Named, input: Input): Promise<Outcome> => {
  const names = namesIn(session.view())
  const sure = isOn(input, 'yes') || (await askYesNo(context, how.question(names, named)))
  if (sure !== true) return refused('not_sure', 'Nobody was cut off.')
  context.terminal.progress('Cutting it off')
  const cut = await how.act(session, named.phone.device)
  context.terminal.progress(undefined)
  if (!cut.ok) return refused(cut.error, DROP_WORDS[cut.error])
  const json = { phone: named.phone.device, seat: named.member.seat, is: cut.value }
  if (cut.value === 'done') return ok({ text: [how.done(named, names, named.member)], json })
  return ok({
    text: [
      'Not done yet: it is kept here, and this or another phone does it as soon as that is possible. Run `npx tocsin sync`.',
    ],
    json,
    exit: 3,
  })
}

/** By the beginning of its number. */
const findPhone = (view: CommitteeView, typed: string): Result<Named, Refusal> => {
  const all = view.members.flatMap((member) => member.devices.map((phone) => ({ phone, member })))
  const found = findId(
    all.map(({ phone }) => phone.device),
    typed,
  )
  const named = found.ok ? all.find(({ phone }) => phone.device === found.value) : undefined
  if (named) return ok({ ...named, short: shortPhones(view)(named.phone.device) })
  return found.ok || found.error === 'none'
    ? refused('no_such_phone', `There is no phone "${typed}": see \`npx tocsin phones\`.`)
    : refused('ambiguous', `Several phones begin with "${typed}": type more of it.`)
}

export const phoneSettle: Command = {
  usage: '[PHONE]',
  about: [
    'Says that it was right to cut off a phone. Whose phone it was settles it alone; of the others it takes as many',
    'as putting somebody out. Whoever did it may then do it again when it is needed.',
  ],
  takes: 1,
  examples: ['phone settle', 'phone settle 3fa2'],
  run: (context, input) =>
    withMembership(context, ({ session }) => settle(context, session, input.positionals[0])),
}

const settle = async (context: Context, session: Session, typed: string | undefined): Promise<Outcome> => {
  const view = session.view()
  const open = view.members.flatMap(({ seat, cutOffs }) =>
    cutOffs.filter(({ isOpen }) => isOpen).map((one) => ({ seat, ...one })),
  )
  const meant = open.filter(({ device }) => typed === undefined || device.startsWith(typed.toLowerCase()))
  const [one, another] = meant
  if (!one) return refused('no_such_drop', SETTLE_WORDS.no_such_drop)
  if (another)
    return refused('ambiguous', 'Several are open: say which, by the number that `npx tocsin phones` shows.')
  const settled = await session.settleDrop(one.device)
  if (!settled.ok) return refused(settled.error, SETTLE_WORDS[settled.error])
  return proposedTo(context, session, settled.value, [settledWords(view, one)])
}

const settledWords = (view: CommitteeView, { seat, by }: CutOffView & { readonly seat: string }): string => {
  const names = namesIn(view)
  return `You say that it was right${by === undefined ? '' : ` of ${names(by)}`} to cut off the phone of ${names(seat)}.`
}
