/** Changing the text of a motion, and writing it in other languages. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Motion } from '../../core/committee/motionLife.ts'
import type { DecideStep } from '../../core/session/decideContent.ts'
import { askText, askWord, wordFirst } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, type Context, type Input, type Refusal, refused, textOf } from '../command.ts'
import { findMember } from '../findMember.ts'
import { doStep, needMotion } from '../motionChoice.ts'
import { present, proceed } from '../steps.ts'

export const motionChange: Command = {
  usage: '[ID] --paragraph NUMBER',
  about: [
    'Offers another text for one paragraph, or --text "" to take it out. Your own motion changes at once.',
  ],
  options: {
    paragraph: {
      type: 'string',
      short: 'p',
      value: 'NUMBER',
      help: 'which, as `motion show` numbers them; 1 if not said',
    },
    text: { type: 'string', short: 't', value: 'TEXT', help: 'the new text' },
    note: { type: 'string', short: 'n', value: 'TEXT', help: 'why' },
  },
  takes: 1,
  examples: ['motion change --paragraph 2 --text "At the library."'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      sent: 'Offered.',
      step: async (motion) =>
        proceed(needMotion(motion), async ({ id }) => {
          const paragraph = textOf(input, 'paragraph') ?? '1'
          if (!/^[1-9]\d{0,2}$/.test(paragraph))
            return refused('bad_number', '--paragraph is a number, from 1 on.', 2)
          return proceed(await askText(context, textOf(input, 'text'), 'What should stand there?'), (text) =>
            ok<DecideStep>({
              do: 'amend',
              motion: id,
              paragraph: Number(paragraph) - 1,
              ...(text === '' ? {} : { text }),
              ...present({ note: textOf(input, 'note') }),
            }),
          )
        }),
    }),
}

export const motionCandidate: Command = {
  usage: '[ID] --who HANDLE',
  about: [
    'Puts somebody forward for the role that an election is about, while it is talked about; you yourself, too. They can',
    'stand down until voting opens. With several, each of you votes for one.',
  ],
  options: { who: { type: 'string', short: 'w', value: 'HANDLE', help: 'whom' } },
  takes: 1,
  examples: ['motion candidate --who carol', 'motion candidate 3fa2 --who carol'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      sent: 'Put forward.',
      step: (motion, _, view) =>
        proceed(needMotion(motion), ({ id }) => {
          const who = textOf(input, 'who')
          if (who === undefined) return refused('no_member', 'Say whom: --who HANDLE.', 2)
          return proceed(findMember(view, who), ({ seat }) =>
            ok<DecideStep>({ do: 'candidate', motion: id, seat }),
          )
        }),
    }),
}

const SAYS = {
  accepted: 'take it (whoever asked)',
  rejected: 'do not take it (whoever asked)',
  put_to_vote: 'let us vote on it',
  for: 'you are for it',
  against: 'you are against it',
  withdrawn: 'take it back (whoever offered it)',
} as const

export const motionChangeSay: Command = {
  usage: '[WORD] [CHANGE]',
  about: [
    'Your word on a change that was offered: accepted, rejected or withdrawn; put-to-vote, and then for or against. It is in when',
    'more of you are for it than against it, and two at least, when the text is fixed.',
  ],
  options: { motion: { type: 'string', value: 'ID', help: 'of which motion, if several are open' } },
  takes: 2,
  examples: ['motion change-say accepted', 'motion change-say for 3fa2'],
  run: (context, input) => {
    const [word, change] = wordFirst(SAYS, input.positionals)
    return doStep(context, {
      id: textOf(input, 'motion'),
      waits: 'amendment',
      sent: 'Said.',
      step: async (motion) =>
        proceed(needMotion(motion), async ({ id, amendments }) =>
          proceed(await askWord(context, SAYS, word, 'Your word? (a number)'), (to) =>
            proceed(chooseOne(amendments, change, { what: 'change', list: 'motion show' }), (one) =>
              ok<DecideStep>({ do: 'amendment', motion: id, amendment: one.id, to }),
            ),
          ),
        ),
    })
  },
}

export const motionTranslate: Command = {
  usage: '[ID] --lang CODE',
  about: [
    'Writes the fixed text in another language, so that everybody who votes can read it. Another member who reads both says that it',
    'is right: `motion checked`.',
  ],
  options: {
    lang: { type: 'string', short: 'l', value: 'CODE', help: 'the language, as es or ar' },
    title: { type: 'string', value: 'TEXT', help: 'the sentence' },
    text: { type: 'string', short: 't', value: 'TEXT', help: 'the whole text' },
  },
  takes: 1,
  examples: ['motion translate --lang ar'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      waits: 'translate',
      sent: 'Translated.',
      step: async (motion) => proceed(needMotion(motion), (one) => translationOf(context, one, input)),
    }),
}

const translationOf = async (
  context: Context,
  motion: Motion,
  input: Input,
): Promise<Result<DecideStep, Refusal>> => {
  const lang = await askText(context, textOf(input, 'lang'), 'In which language? (as es or ar)')
  if (!lang.ok) return lang
  const title = await askText(context, textOf(input, 'title'), `"${motion.content.title}" in ${lang.value}?`)
  if (!title.ok) return title
  const text = await askText(context, textOf(input, 'text'), `The text in ${lang.value}?`)
  if (!text.ok) return text
  return ok({ do: 'translate', motion: motion.id, lang: lang.value, title: title.value, text: text.value })
}

export const motionChecked: Command = {
  usage: '[ID] --lang CODE',
  about: ['You read both languages, and the translation is right.'],
  options: { lang: { type: 'string', short: 'l', value: 'CODE', help: 'of the translation' } },
  takes: 1,
  examples: ['motion checked --lang ar'],
  run: (context, input) =>
    doStep(context, {
      id: input.positionals[0],
      sent: 'Checked.',
      step: (motion) =>
        proceed(needMotion(motion), ({ id, translations }) => {
          const lang = textOf(input, 'lang') ?? [...translations.keys()].at(-1)
          return lang === undefined
            ? refused('no_translation', 'It has not been translated: `npx tocsin motion translate`.')
            : ok<DecideStep>({ do: 'check', motion: id, lang })
        }),
    }),
}
