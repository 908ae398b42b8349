/** Whom we have met, and the four words that show whether all devices agree. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { SeatId } from '../../core/governance/ids.ts'
import type { CompareFailure } from '../../core/session/comparing.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import { askText } from '../ask.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  listOf,
  type Outcome,
  type Refusal,
  refused,
} from '../command.ts'
import { findMember } from '../findMember.ts'
import { withCommittee, withMembership } from '../open.ts'
import { notMember, told } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { listOf as listed, momentOf } from '../show/time.ts'
import { proceed } from '../steps.ts'

const failed = (session: Session, why: CompareFailure): Outcome =>
  why === 'not_member'
    ? notMember(session)
    : refused(why, 'Name members other than yourself: see `npx tocsin members`.')

export const met: Command = {
  usage: '[NAME]',
  about: [
    'Says that you have met this member in person and are sure who it is. Where you compared words face to face when',
    'somebody joined, it was said by itself. A member whom only one of us has met may be nobody at all.',
  ],
  takes: 1,
  examples: ['met carol'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const typed = await askText(context, input.positionals[0], 'Whom have you met?')
      return proceed(typed, (name) =>
        proceed(findMember(session.view(), name), async ({ seat }): Promise<Outcome> => {
          const said = await session.met(seat)
          if (!said.ok) return failed(session, said.error)
          const { metBy } = session.view().members.find((one) => one.seat === seat) ?? { metBy: [] }
          const who = namesIn(session.view())(seat)
          const text = [`You have met ${who}.`]
          return told(session, said.value, { text, json: { met: seat, metBy: metBy.length } })
        }),
      )
    }),
}

export const words: Command = {
  usage: '[OPTIONS]',
  about: [
    "The same four words stand on every member's device, or something is wrong. They change with every change of",
    'the committee, so compare them in one sitting, after everybody has run `sync`: read them aloud at the beginning',
    'of each meeting. Then say here what came of it.',
    '',
    'If they differ: both run `sync` and compare once more. If they still differ, somebody is shown another committee',
    'than the rest. Trust nothing that was written since you last compared, approve nothing, and speak to the others',
    'in person only. What this device knows is kept: `npx tocsin status`.',
  ],
  options: {
    with: { type: 'string', value: 'NAMES', multiple: true, help: 'with whom you compared, between commas' },
    same: { type: 'boolean', help: 'they were the same' },
    different: { type: 'boolean', help: 'they were not' },
  },
  examples: ['words', 'words --same --with bob,carol', 'words --different --with bob'],
  run: (context, input) => {
    const [isSame, isDifferent] = [isOn(input, 'same'), isOn(input, 'different')]
    if (isSame && isDifferent)
      return Promise.resolve(refused('both', 'They were the same or not: use one of the two options.', 2))
    return isSame || isDifferent ? record(context, input, isSame) : show(context)
  },
}

const show = (context: Context): Promise<Outcome> =>
  withCommittee(context, async ({ session }) => {
    const view = session.view()
    if (view.words.length === 0)
      return refused('no_words', 'There are no words to compare now: run `npx tocsin status` to see why.')
    return ok({
      text: [
        '',
        `    ${view.words.join('   ')}`,
        '',
        'Read them to each other, face to face or by voice: if they differ, trust nothing that was written',
        'since you last compared, and look at `npx tocsin words --help`.',
        ...comparedLines(view),
      ],
      json: { words: view.words, compared: view.members.flatMap((member) => comparedJson(view, member)) },
    })
  })

const comparedLines = (view: CommitteeView): readonly string[] => {
  const names = namesIn(view)
  const lines = view.members.flatMap(({ seat, isMe, compared }) => {
    if (isMe || !compared) return []
    const is = compared.same ? 'the same' : 'DIFFERENT'
    return [`  ${names(seat)}: ${is}, at ${momentOf(compared.at, Date.now())}`]
  })
  return lines.length > 0
    ? ['', 'When you last compared:', ...lines]
    : ['Then say so: `npx tocsin words --same --with NAME`.']
}

const comparedJson = (view: CommitteeView, { seat, isMe, compared }: MemberView): readonly object[] =>
  isMe || !compared
    ? []
    : [
        {
          with: plainNamesIn(view)(seat),
          same: compared.same,
          change: compared.epoch,
          at: new Date(compared.at).toISOString(),
        },
      ]

const record = (context: Context, input: Input, isSame: boolean): Promise<Outcome> =>
  withMembership(context, async ({ session }) =>
    proceed(namedIn(session.view(), input), async (seats): Promise<Outcome> => {
      const said = await session.compared(seats, isSame)
      if (!said.ok) return failed(session, said.error)
      const who = listed(seats.map(namesIn(session.view())))
      const text = isSame
        ? [`You and ${who} see the same committee.`]
        : [`Kept: the words differed with ${who}. What to do now:`, ...DIFFERENT]
      return told(session, said.value, { text, json: { with: seats, same: isSame } })
    }),
  )

const namedIn = (view: CommitteeView, input: Input): Result<readonly SeatId[], Refusal> => {
  const seats: SeatId[] = []
  for (const name of listOf(input, 'with') ?? []) {
    const found = findMember(view, name)
    if (!found.ok) return found
    seats.push(found.value.seat)
  }
  return seats.length > 0
    ? ok(seats)
    : refused('with_whom', 'Say with whom you compared: --with NAME, or several between commas.', 2)
}

const DIFFERENT = [
  '  1. Both run `npx tocsin sync`, and compare once more: the words change with every change of the committee.',
  '  2. If they still differ: trust nothing that was written since you last compared, and approve nothing.',
  '  3. Go to the others in person, and find out who sees which words. Found the committee anew with those you know.',
]
