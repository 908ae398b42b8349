/** What leaves the committee about an alarm: what the person concerned allows, who has checked it, and the words that the city would read. */
import { randomBytes } from 'node:crypto'
import { ok, type Result } from '../../../shared/base/result.ts'
import type { AlarmConsent } from '../../core/committee/alarmContent.ts'
import type { Alarm } from '../../core/committee/alarmLife.ts'
import { OUTER_RINGS, RINGS } from '../../core/committee/alarmWords.ts'
import { membershipOf } from '../../core/committee/cityLife.ts'
import { consentIn, decodeRing1, encodeRing1, type RingCard, ring1Of } from '../../core/committee/ring.ts'
import { previewOf, shareMotion } from '../../core/session/sharing.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { chooseAlarm, oneOf } from '../alarmChoice.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  listOf,
  type Option,
  type Outcome,
  type Refusal,
  refused,
  textOf,
} from '../command.ts'
import { press } from '../motionChoice.ts'
import { type Sitting, withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { inTheWay, ring1Lines, ringWords } from '../show/rings.ts'

const OUTER = { city: RINGS.city, supporters: RINGS.supporters, public: RINGS.public } as const

export const alarmConsent: Command = {
  usage: '[ID] --ring RING',
  about: [
    'Only for whom it is about: what a ring may know of you. Said again, the new answer holds: nothing more',
    'goes, and the city is told to hide what it has. What somebody has read, they have read.',
  ],
  options: {
    ring: { type: 'string', value: OUTER_RINGS.join('|'), help: 'who; the city if not said' },
    allow: {
      type: 'string',
      multiple: true,
      value: 'name|workplace|nothing',
      help: 'what they may know; nothing if not said',
    },
  },
  takes: 1,
  examples: ['alarm consent --allow workplace', 'alarm consent 3fa2 --ring supporters --allow nothing'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const view = session.view()
      const alarm = chooseAlarm(view, input.positionals[0])
      if (!alarm.ok) return alarm
      const ring = oneOf(OUTER, textOf(input, 'ring'), '--ring')
      if (!ring.ok) return ring
      if (alarm.value.concerned !== view.own.seat)
        return refused('not_yours', 'Only the person whom it is about decides what others may know of them.')
      const allow = listOf(input, 'allow') ?? []
      const content: AlarmConsent = {
        type: 'alarmConsent',
        alarm: alarm.value.id,
        ring: ring.value ?? 'city',
        name: allow.includes('name'),
        workplace: allow.includes('workplace'),
      }
      return saying(context, session, content, allowedWords(content))
    }),
}

const allowedWords = ({ ring, name, workplace }: AlarmConsent): string => {
  const may = [...(name ? ['your name'] : []), ...(workplace ? ['your workplace'] : [])]
  return `From now on ${RINGS[ring]} may know ${may.length > 0 ? may.join(' and ') : 'neither your name nor your workplace'}.`
}

const HOW = { spoke: 'spoke', saw: 'saw' } as const

export const alarmChecked: Command = {
  usage: '[ID] [spoke|saw]',
  about: ['You have spoken to the person, or seen it yourself. Two have to, before the city is told.'],
  takes: 2,
  examples: ['alarm checked spoke', 'alarm checked 3fa2 saw'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const [first, second] = input.positionals
      const isWord = first === 'spoke' || first === 'saw'
      const alarm = chooseAlarm(session.view(), isWord ? undefined : first)
      if (!alarm.ok) return alarm
      const how = oneOf(HOW, isWord ? first : second, 'How you know')
      if (!how.ok) return how
      return saying(
        context,
        session,
        { type: 'alarmChecked', alarm: alarm.value.id, how: how.value ?? 'spoke' },
        'The others see that you have checked it.',
      )
    }),
}

const CARD: Readonly<Record<string, Option>> = {
  code: { type: 'string', value: 'NAME', help: 'the code name of our committee in the city' },
  sector: { type: 'string', value: 'TEXT', help: 'such as food, transport, care' },
  area: { type: 'string', value: 'TEXT', help: 'such as north' },
}

export const alarmPreview: Command = {
  usage: '[ID]',
  about: [
    'What the people on duty in the city would see of it: these fields and no others, and nothing that',
    'anybody wrote.',
  ],
  options: CARD,
  takes: 1,
  examples: ['alarm preview --code Heron --sector food --area north'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const alarm = chooseAlarm(session.view(), input.positionals[0])
      if (!alarm.ok) return alarm
      const sent = encodeRing1(
        ring1Of(alarm.value, cardIn(input, session.view()), randomBytes(16).toString('hex')),
      )
      const ring = decodeRing1(sent)
      if (!ring) throw new Error('a ring that is sent can be read')
      return ok({ text: ['This is exactly what they would see:', ...ring1Lines(ring)], json: ring })
    }),
}

/** As the committee decided that the city may know it; in no city yet, as it is tried out. */
const cardIn = (input: Input, { committee }: Pick<CommitteeView, 'committee'>): RingCard => {
  const mine = membershipOf(committee)
  return {
    code: textOf(input, 'code') ?? mine?.code ?? 'a committee',
    sector: textOf(input, 'sector') ?? mine?.sector ?? '-',
    area: textOf(input, 'area') ?? mine?.area ?? '-',
  }
}

export const alarmShare: Command = {
  usage: '[ID] --demand TEXT --ask TEXT',
  about: [
    'Shows the words that the whole city would read, and what is in the way. With --put they go to the',
    'vote, paragraph by paragraph as they stand. Names, exact times, how many you are, shifts: not allowed.',
  ],
  options: {
    demand: { type: 'string', value: 'TEXT', help: 'what we demand' },
    ask: { type: 'string', value: 'TEXT', help: 'what we ask of the others' },
    workplace: { type: 'string', value: 'TEXT', help: 'where, if the person concerned allows it' },
    ...CARD,
    title: { type: 'string', value: 'TEXT', help: 'the question in one sentence' },
    put: { type: 'boolean', help: 'put it to the vote' },
  },
  takes: 1,
  examples: ['alarm share --demand "Take her back" --ask "Call the office" --put'],
  run: (context, input) =>
    withMembership(context, async (sitting) => {
      const alarm = chooseAlarm(sitting.session.view(), input.positionals[0])
      return alarm.ok ? share(context, input, sitting, alarm.value) : alarm
    }),
}

const share = async (
  context: Context,
  input: Input,
  { session }: Sitting,
  alarm: Alarm,
): Promise<Outcome> => {
  const draft = draftIn(input, session.view())
  if (!draft.ok) return draft
  const preview = previewOf(session.view(), alarm, draft.value)
  const shown = ['This is exactly what they will read:', '', ...preview.text.split('\n'), '']
  const title = textOf(input, 'title') ?? 'Do we tell the city?'
  const motion = shareMotion(preview, alarm, { title, lang: 'en' })
  const { name, workplace } = consentIn(alarm, 'city')
  const json = { ...preview, allowed: { name, workplace } }
  if (!motion.ok) return ok({ text: [...shown, ...inTheWay(preview.gaps, preview.leaks)], json, exit: 1 })
  if (!isOn(input, 'put')) return ok({ text: [...shown, 'Nothing is in the way. Put it with --put.'], json })
  return press(context, session, { do: 'start', content: motion.value }, 'The others are asked.')
}

const draftIn = (input: Input, view: CommitteeView): Result<Parameters<typeof previewOf>[2], Refusal> => {
  const [demand, ask, workplace] = ['demand', 'ask', 'workplace'].map((name) => textOf(input, name)?.trim())
  if (!demand || !ask)
    return refused('no_words', 'Say --demand and --ask: what we demand, and what others can do.', 2)
  return ok({ demand, ask, workplace, card: cardIn(input, view), words: ringWords })
}
