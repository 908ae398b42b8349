/** What we agree on: points of unity and what each of us thinks of them. Not here: the founding vote (talking.ts). */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { UnityPoint } from '../../core/committee/unity.ts'
import { type Ending, PRINCIPLES, STANCES } from '../../core/committee/unityWords.ts'
import { unityPage } from '../../core/session/lifeView.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { oneOf } from '../alarmChoice.ts'
import { askChoice, askText } from '../ask.ts'
import { chooseOne, idAndWord } from '../chooseOne.ts'
import { type Command, type Context, type Outcome, type Refusal, textOf } from '../command.ts'
import { withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { shortIds } from '../show/shortIds.ts'
import { pointJson, pointLines, talkLines } from '../show/unity.ts'
import { inOrder, present } from '../steps.ts'

const WHICH = { what: 'point', list: 'unity' }

export const unityList: Command = {
  usage: '',
  about: [
    'Each point with what everybody thinks of it. A point is agreed when everybody agrees; in a committee',
    'that is founded, a vote settles it.',
  ],
  examples: ['unity'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const page = unityPage(view)
      const showing = { names: namesIn(view), short: shortIds([...view.committee.unity.keys()]) }
      const lines = page.points.flatMap((one) => pointLines(one, showing))
      const empty =
        'Nothing to agree on yet: `npx tocsin unity propose --starter` puts seven principles to talk about.'
      return ok({
        text: [...(lines.length > 0 ? lines : [empty]), ...talkLines(page)],
        json: {
          stage: page.stage,
          daysMet: page.founding.met,
          missing: page.stage === 'active' ? [] : page.founding.gaps,
          points: page.points.map((one) => pointJson(one, plainNamesIn(view))),
        },
      })
    }),
}

export const unityPropose: Command = {
  usage: '[TEXT]',
  about: [
    'One sentence that you want all to agree on, in your own words; or the seven principles to begin with.',
  ],
  options: {
    starter: { type: 'boolean', help: 'seven principles to talk about' },
    principle: { type: 'string', value: 'NAME', help: `one of them: ${Object.keys(PRINCIPLES).join(', ')}` },
  },
  takes: 64,
  examples: ['unity propose --starter', 'unity propose "Breaks are ours"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      if (input.values.starter === true) return proposeAll(context, session)
      const named = oneOf(PRINCIPLES, textOf(input, 'principle'), '--principle')
      if (!named.ok) return named
      if (named.value !== undefined)
        return saying(
          context,
          session,
          { type: 'unityPoint', source: 'starter', principle: named.value },
          'Everybody sees it.',
        )
      const given = input.positionals.length > 0 ? input.positionals.join(' ') : undefined
      const text = await askText(context, given, 'What should we agree on?')
      if (!text.ok) return text
      return saying(
        context,
        session,
        { type: 'unityPoint', source: 'own', text: text.value },
        'Everybody sees it.',
      )
    }),
}

const proposeAll = async (context: Context, session: Session): Promise<Outcome> => {
  let last: Outcome | undefined
  for (const principle of Object.keys(PRINCIPLES) as (keyof typeof PRINCIPLES)[]) {
    last = await saying(
      context,
      session,
      { type: 'unityPoint', source: 'starter', principle },
      'Everybody sees the seven principles: say what you think of each with `npx tocsin unity say`.',
    )
    if (!last.ok) return last
  }
  return last ?? ok({ text: [], json: {} })
}

export const unitySay: Command = {
  usage: '[ID] [agree|talk|no]',
  about: ['You can change your mind at any time. Without an id: the only point there is.'],
  options: { note: { type: 'string', short: 'n', value: 'TEXT', help: 'a sentence for the others' } },
  takes: 2,
  examples: ['unity say 3fa2 agree', 'unity say 3fa2 talk --note "What about the night shift?"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const { id, word } = idAndWord(input.positionals, STANCES)
      const asked = await inOrder<{ point: UnityPoint; stance: keyof typeof STANCES }>({
        point: () => pointIn(session.view(), id),
        stance: async () => {
          const given = oneOf(STANCES, word, 'What you think')
          if (!given.ok) return given
          return given.value === undefined
            ? askChoice(context, STANCES, 'And you? (a number)')
            : ok(given.value)
        },
      })
      if (!asked.ok) return asked
      const { point, stance } = asked.value
      const note = present({ note: textOf(input, 'note') })
      return saying(
        context,
        session,
        { type: 'unityStance', point: point.id, stance, ...note },
        'Everybody sees what you think.',
      )
    }),
}

const pointIn = (view: CommitteeView, id: string | undefined): Result<UnityPoint, Refusal> =>
  chooseOne(view.committee.unity, id, WHICH)

const letRest = (to: Ending, about: readonly string[], name: string): Command => ({
  usage: '[ID]',
  about,
  takes: 1,
  examples: [`unity ${name} 3fa2`],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const point = pointIn(session.view(), input.positionals[0])
      if (!point.ok) return point
      return saying(context, session, { type: 'unityEnd', point: point.value.id, to }, 'Everybody sees it.')
    }),
})

export const unityKeep = letRest(
  'kept_open',
  ['We do not agree on it, and need not: it stays open when everybody says so.'],
  'keep',
)

export const unityDrop = letRest(
  'dropped',
  ['It goes when everybody says so. Your own you take back alone, as long as nobody else agrees with it.'],
  'drop',
)
