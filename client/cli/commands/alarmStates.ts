/** How an alarm comes to its end, step by step; each says who else has to say the same. */

import { ok, type Result } from '../../../shared/base/result.ts'
import type { AlarmState } from '../../core/committee/alarmContent.ts'
import type { Alarm } from '../../core/committee/alarmLife.ts'
import { ALARM_STATES } from '../../core/committee/alarmSummary.ts'
import { OUTCOMES } from '../../core/committee/alarmWords.ts'
import { summaryOf } from '../../core/session/records.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { chooseAlarm, oneOf } from '../alarmChoice.ts'
import { askChoice, askText, choose } from '../ask.ts'
import {
  type Command,
  type Context,
  type Input,
  type Option,
  type Outcome,
  type Refusal,
  refused,
  textOf,
} from '../command.ts'
import { showingOf } from '../news.ts'
import { withMembership } from '../open.ts'
import { saying } from '../saying.ts'

const NOTE: Readonly<Record<string, Option>> = {
  note: { type: 'string', short: 'n', value: 'TEXT', help: 'a sentence for the others' },
}

type Step = {
  readonly to: Exclude<AlarmState['to'], 'settled' | 'false_alarm' | 'joined'>
  readonly about: readonly string[]
  readonly name: string
  /** Only whoever raised it. */
  readonly isRaisers?: true
}

const step = ({ to, about, name, isRaisers }: Step): Command => ({
  usage: '[ID]',
  about: [...about, 'Without an id: the one alarm that is open.'],
  options: NOTE,
  takes: 1,
  examples: [`alarm ${name}`, `alarm ${name} 3fa2`],
  run: (context, input) =>
    change(context, input.positionals[0], async (alarm, me) => {
      if (isRaisers && alarm.seat !== me)
        return refused(
          'not_yours',
          'Only whoever raised an alarm can take it back: others settle it, or call it a false alarm.',
        )
      return ok({ type: 'alarmState', alarm: alarm.id, to, ...noteIn(input) })
    }),
})

const noteIn = (input: Input): { readonly note?: string } => {
  const note = textOf(input, 'note')
  return note === undefined ? {} : { note }
}

export const alarmSteady = step({
  to: 'steady',
  name: 'steady',
  about: ['It does not get worse any more. Two have to say so, each of them the raiser or on it.'],
})

export const alarmCancel = step({
  to: 'cancelled',
  name: 'cancel',
  isRaisers: true,
  about: ['It was a mistake. It stays in view until somebody else has spoken to you.'],
})

export const alarmSpokenTo = step({
  to: 'spoken_to',
  name: 'spoken-to',
  about: ['Somebody took back an alarm. You have spoken to them yourself, and they are well.'],
})

export const alarmReopen = step({
  to: 'reopened',
  name: 'reopen',
  about: ['It was called over, and it goes on: everybody is asked again.'],
})

export const alarmSettle: Command = {
  usage: '[ID] [won|partly|lost|other]',
  about: [
    'By whoever raised it; or by two who are on it, if they say the same.',
    'Without an id: the one alarm that is open.',
  ],
  options: NOTE,
  takes: 2,
  examples: ['alarm settle won', 'alarm settle 3fa2 partly --note "Back at work, without the pay"'],
  run: (context, input) => {
    const [first, second] = input.positionals
    const isWord =
      second === undefined &&
      first !== undefined &&
      choose(OUTCOMES, first) !== undefined &&
      !/^\d/.test(first)
    const word = isWord ? first : second
    return change(context, isWord ? undefined : first, async (alarm) => {
      const outcome =
        word === undefined
          ? await askChoice(context, OUTCOMES, 'How did it end? (a number)')
          : oneOf(OUTCOMES, word, 'How it ended')
      if (!outcome.ok) return outcome
      return ok({
        type: 'alarmState',
        alarm: alarm.id,
        to: 'settled',
        outcome: outcome.value ?? 'other',
        ...noteIn(input),
      })
    })
  },
}

export const alarmJoin: Command = {
  usage: 'ID OTHER',
  about: [
    'The first is about the same as the other, and goes on there: one alarm rings, not two.',
    'By whoever raised the first; or by two others, if they say the same.',
  ],
  options: NOTE,
  takes: 2,
  examples: ['alarm join 3fa2 81c0'],
  run: (context, input) => {
    const [first, second] = input.positionals
    return change(context, first, async (alarm, _me, view) => {
      if (second === undefined) return refused('which_alarm', 'Say which two alarms, by their ids.', 2)
      const other = chooseAlarm(view, second)
      if (!other.ok) return other
      if (other.value.id === alarm.id) return refused('same_alarm', 'These are one and the same alarm.')
      return ok({
        type: 'alarmState',
        alarm: alarm.id,
        to: 'joined',
        into: other.value.id,
        ...noteIn(input),
      })
    })
  },
}

export const alarmFalse: Command = {
  usage: '[ID]',
  about: ['There was nothing. By whoever raised it; or by two who are on it. Say what it was.'],
  options: NOTE,
  takes: 1,
  examples: ['alarm false-alarm --note "They only wanted to change a shift"'],
  run: (context, input) =>
    change(context, input.positionals[0], async (alarm) => {
      const note = await askText(context, textOf(input, 'note'), 'What was it?')
      return note.ok ? ok({ type: 'alarmState', alarm: alarm.id, to: 'false_alarm', note: note.value }) : note
    }),
}

type Make = (alarm: Alarm, me: string, view: CommitteeView) => Promise<Result<AlarmState, Refusal>>

/** Says it, and then how the alarm stands: saying it may not have been enough. */
const change = (context: Context, id: string | undefined, make: Make): Promise<Outcome> =>
  withMembership(context, async ({ session }) => {
    const view = session.view()
    const alarm = chooseAlarm(view, id)
    if (!alarm.ok) return alarm
    const content = await make(alarm.value, view.own.seat, view)
    if (!content.ok) return content
    const said = await saying(context, session, content.value, 'Everybody sees it.')
    if (!said.ok || said.value.exit !== undefined) return said
    const after = session.view()
    const now = after.committee.alarms.get(alarm.value.id)
    if (!now) return said
    const { state } = summaryOf(after, now)
    const short = showingOf(after).short(now.id)
    return ok({
      text: [`Alarm ${short} is now: ${ALARM_STATES[state]}.`, ...hintsFor(content.value, now)],
      json: { ...said.value.json, alarm: now.id, state },
    })
  })

const hintsFor = ({ to }: AlarmState, { phase }: Alarm): readonly string[] => {
  if (to === 'settled' && phase.is === 'settled') return ['What do we ask for next?']
  if (to === 'spoken_to' || to === 'reopened' || to === 'cancelled') return []
  const isDone = phase.is === to
  return isDone ? [] : ['What you said is noted, and is not enough by itself: see `npx tocsin alarm show`.']
}
