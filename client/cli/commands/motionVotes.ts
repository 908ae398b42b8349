/** The vote on a motion, and what came of it. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Motion } from '../../core/committee/motionLife.ts'
import type { DecideStep } from '../../core/session/decideContent.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { askText, askWord, wordFirst } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, type Context, type Input, type Refusal, textOf } from '../command.ts'
import { findMember } from '../findMember.ts'
import { doStep, needMotion } from '../motionChoice.ts'
import { present, proceed } from '../steps.ts'

export const motionOpen: Command = {
  usage: '[ID]',
  about: [
    'Opens the vote, when everybody who votes can read the text. From then on it is fixed who votes. To admit somebody, or to change the',
    'charter, vouch or run `charter propose` first; the yes and no of this vote are those of `approve` and `decline`.',
  ],
  options: {
    mandate: { type: 'string', value: 'ID', help: 'what is to be carried out, if there are several' },
  },
  takes: 1,
  examples: ['motion open', 'motion open 3fa2'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      waits: 'open',
      sent: 'Opened.',
      step: (motion, _card, view) =>
        proceed(needMotion(motion), ({ id }) => {
          const typed = textOf(input, 'mandate')
          if (typed === undefined) return ok<DecideStep>({ do: 'open', motion: id })
          const all = new Map(view.motions.map((one) => [one.hash, one]))
          return proceed(chooseOne(all, typed, { what: 'request', list: 'approve' }), ({ hash }) =>
            ok<DecideStep>({ do: 'open', motion: id, mandate: hash }),
          )
        }),
    }),
}

const CHOICES = { yes: 'Yes', no: 'No', unsure: 'Not sure', block: 'Block' } as const
/** Where there are several candidates. */
const CHOICES_AMONG = { for: 'For one of them', no: 'For none of them', unsure: 'Not sure' } as const
const ALL_CHOICES = { ...CHOICES, ...CHOICES_AMONG } as const

export const motionVote: Command = {
  usage: '[yes|no|unsure|block|for] [ID]',
  about: [
    'Your vote, which you can change until the vote is closed. "Not sure" counts as having voted. A block, where our rules allow it, brings it',
    "back to talk once, with your reason. In an election among several you vote for one of them; no is for none of them. Every member's",
    'device knows who voted how: nothing here is secret.',
  ],
  options: {
    reason: { type: 'string', short: 'r', value: 'TEXT', help: 'of a block' },
    whom: { type: 'string', short: 'w', value: 'HANDLE', help: 'for: which of them' },
  },
  takes: 2,
  examples: [
    'motion vote yes',
    'motion vote for 3fa2 --whom bo',
    'motion vote block 3fa2 --reason "Nobody can come on Tuesdays."',
  ],
  run: (context, input) => {
    const [word, id] = wordFirst(ALL_CHOICES, input.positionals)
    return doStep(context, {
      id,
      waits: 'vote',
      sent: 'Your vote is there.',
      step: async (motion, _card, view) =>
        proceed(needMotion(motion), async (one) =>
          proceed(await choiceIn(context, one, word), async (choice) =>
            proceed(await candidateFrom(context, { view, motion: one, choice }, input), (candidate) =>
              ok<DecideStep>({
                do: 'vote',
                motion: one.id,
                choice,
                ...present({ reason: textOf(input, 'reason'), candidate }),
              }),
            ),
          ),
        ),
    })
  },
}

const choiceIn = (context: Context, { vote }: Motion, typed: string | undefined) => {
  const asked = vote?.candidates ? CHOICES_AMONG : CHOICES
  return askWord<keyof typeof ALL_CHOICES>(
    context,
    typed === undefined ? (asked as typeof ALL_CHOICES) : ALL_CHOICES,
    typed,
    'Your vote? (a number)',
  )
}

type Voting = {
  readonly view: CommitteeView
  readonly motion: Motion
  readonly choice: keyof typeof ALL_CHOICES
}

const candidateFrom = async (
  context: Context,
  { view, motion, choice }: Voting,
  input: Input,
): Promise<Result<string | undefined, Refusal>> => {
  if (choice !== 'for') return ok(undefined)
  const names = (motion.vote?.candidates ?? []).map(plainNamesIn(view)).join(', ')
  return proceed(await askText(context, textOf(input, 'whom'), `For whom? (${names})`), (typed) =>
    proceed(findMember(view, typed), ({ seat }) => ok(seat)),
  )
}

export const motionDone: Command = {
  usage: '[ID] [TEXT]',
  about: ['What came of a motion that was carried, who did it, and when to look at it again.'],
  options: {
    by: { type: 'string', value: 'HANDLE', help: 'who did it' },
    'review-on': { type: 'string', value: 'DAY', help: 'when to look at it again, as 2027-01-31' },
  },
  takes: 2,
  examples: ['motion done 3fa2 "Seven of us came." --by bo'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      waits: 'outcome',
      sent: 'Written down.',
      step: async (motion, _card, view) =>
        proceed(needMotion(motion), async ({ id }) => {
          const text = await askText(context, input.positionals[1], 'What came of it?')
          if (!text.ok) return text
          const by = textOf(input, 'by')
          const member = by === undefined ? ok(undefined) : findMember(view, by)
          if (!member.ok) return member
          return ok<DecideStep>({
            do: 'outcome',
            motion: id,
            text: text.value,
            ...present({ doneBy: member.value?.seat, reviewOn: textOf(input, 'review-on') }),
          })
        }),
    }),
}

export const motionReview: Command = {
  usage: '[ID] [TEXT]',
  about: ['You looked at it again, as we had said: was it right, what is next?'],
  takes: 2,
  examples: ['motion review 3fa2 "It works, we go on."'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      waits: 'review',
      sent: 'Written down.',
      step: async (motion) =>
        proceed(needMotion(motion), async ({ id }) =>
          proceed(await askText(context, input.positionals[1], 'How is it now?'), (text) =>
            ok<DecideStep>({ do: 'review', motion: id, text }),
          ),
        ),
    }),
}
