/** Looking at alarms, answering them, and saying what is new. Not here: raising one (alarmRaise.ts), its end (alarmStates.ts). */

import { ok, type Result } from '../../../shared/base/result.ts'
import type { AlarmAnswer, AlarmUpdate } from '../../core/committee/alarmContent.ts'
import type { Alarm } from '../../core/committee/alarmLife.ts'
import { isClosed } from '../../core/committee/alarmLife.ts'
import { liveAlarms } from '../../core/committee/alarmSummary.ts'
import { ALARM_KINDS, type Need, SEVERITIES } from '../../core/committee/alarmWords.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import { alarmJson } from '../../core/session/records.ts'
import { chooseAlarm, needsIn, oneOf } from '../alarmChoice.ts'
import { askChoice, askText, choose } from '../ask.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  listOf,
  type Refusal,
  refused,
  textOf,
} from '../command.ts'
import { showingOf } from '../news.ts'
import { withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { alarmLines } from '../show/alarms.ts'
import { inOrder, present, proceed } from '../steps.ts'

export const alarmList: Command = {
  usage: '[OPTIONS]',
  about: [
    'The most urgent first. An alarm that was taken back stays until somebody has spoken to whoever raised it.',
  ],
  options: { all: { type: 'boolean', short: 'a', help: 'those that are over, too' } },
  examples: ['alarm', 'alarm list --all'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const open = liveAlarms(view.committee)
      const over = [...view.committee.alarms.values()].filter((alarm) => !open.includes(alarm))
      const alarms = isOn(input, 'all') ? [...open, ...over] : open
      const showing = { ...showingOf(view), reachOf: session.reachOf }
      const lines = alarms.flatMap((alarm, i) => [
        ...(i > 0 ? [''] : []),
        ...alarmLines(view, alarm, showing, Date.now()),
      ])
      return ok({
        text:
          lines.length > 0
            ? lines
            : ['No alarms. Practice once a month: `npx tocsin alarm raise --kind practice`.'],
        json: { alarms: alarms.map((alarm) => alarmJson(view, alarm, plainNamesIn(view))) },
      })
    }),
}

export const alarmShow: Command = {
  usage: '[ID]',
  about: ['Without an id: the one that is open.'],
  takes: 1,
  examples: ['alarm show', 'alarm show 3fa2'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const alarm = chooseAlarm(view, input.positionals[0])
      if (!alarm.ok) return alarm
      return ok({
        text: alarmLines(view, alarm.value, { ...showingOf(view), reachOf: session.reachOf }, Date.now()),
        json: alarmJson(view, alarm.value, plainNamesIn(view)),
      })
    }),
}

const ANSWERS = { seen: 'I have seen it', on_it: 'I am on it', cannot: 'I cannot' } as const
const ANSWERED = {
  seen: 'They know that you have seen it.',
  on_it: 'They know that you are on it. Say what is new with `npx tocsin alarm update`.',
  cannot: 'They know that you cannot.',
} as const

export const alarmAnswer: Command = {
  usage: '[ID] [seen|on-it|cannot]',
  about: [
    'Every answer helps: whoever raised it sees at once that somebody has seen it. "On it" says what',
    'you will do. You can answer again at any time. Without an id: the one alarm that is open.',
  ],
  options: {
    what: { type: 'string', short: 'w', value: 'TEXT', help: 'on it: what you will do' },
    by: {
      type: 'string',
      short: 'b',
      value: 'MINUTES',
      help: 'on it: by when, in minutes, or as 2026-11-23T15:00',
    },
    takes: { type: 'string', short: 't', multiple: true, value: 'NEED', help: 'on it: which need you take' },
  },
  takes: 2,
  examples: ['alarm answer', 'alarm answer 3fa2 on-it --what "I am calling them" --by 15 --takes call_me'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const { id, word } = answerWords(input)
      const asked = await inOrder<{ alarm: Alarm; answer: keyof typeof ANSWERS }>({
        alarm: () => othersAlarm(openOne(chooseAlarm(session.view(), id)), session.view().own.seat),
        answer: () => givenOrAsked(context, word),
      })
      if (!asked.ok) return asked
      const content = await contentOf(context, input, asked.value.alarm.id, asked.value.answer)
      return proceed(content, (answer) => saying(context, session, answer, ANSWERED[answer.answer]))
    }),
}

const othersAlarm = (alarm: Result<Alarm, Refusal>, me: string): Result<Alarm, Refusal> =>
  alarm.ok && alarm.value.seat === me
    ? refused('own_alarm', 'This is your own alarm: say what is new with `npx tocsin alarm update`.')
    : alarm

const givenOrAsked = async (
  context: Context,
  word: string | undefined,
): Promise<Result<keyof typeof ANSWERS, Refusal>> => {
  const given = oneOf(ANSWERS, word, 'The answer')
  if (!given.ok) return given
  return given.value === undefined ? askChoice(context, ANSWERS, 'Your answer? (a number)') : ok(given.value)
}

/** The id may be left out. */
const answerWords = ({
  positionals: [first, second],
}: Input): { id: string | undefined; word: string | undefined } =>
  second === undefined && first !== undefined && choose(ANSWERS, first) !== undefined && !/^\d/.test(first)
    ? { id: undefined, word: first }
    : { id: first, word: second }

const openOne = (alarm: Result<Alarm, Refusal>): Result<Alarm, Refusal> =>
  alarm.ok && isClosed(alarm.value.phase)
    ? refused('closed', 'This alarm is over: if it goes on after all, run `npx tocsin alarm reopen`.')
    : alarm

const contentOf = async (
  context: Context,
  input: Input,
  alarm: string,
  answer: keyof typeof ANSWERS,
): Promise<Result<AlarmAnswer, Refusal>> => {
  if (answer !== 'on_it') return ok({ type: 'alarmAnswer', alarm, answer })
  const typed = textOf(input, 'what')
  const deed = await inOrder<{ what: string; by: string; takes: readonly Need[] | undefined }>({
    what: () => askText(context, typed, 'What will you do?'),
    by: () => askBy(context, textOf(input, 'by'), typed === undefined),
    takes: () => needsIn(listOf(input, 'takes')),
  })
  if (!deed.ok) return deed
  const { what, by, takes } = deed.value
  return ok({ type: 'alarmAnswer', alarm, answer, what, ...present({ by: byOf(by), takes }) })
}

const askBy = async (
  context: Context,
  given: string | undefined,
  isAsked: boolean,
): Promise<Result<string, Refusal>> =>
  isAsked ? askText(context, given, 'Within how many minutes? (Enter: do not say)') : ok(given ?? '')

/** Minutes, or a time. */
const byOf = (typed: string): number | string | undefined => {
  if (typed === '') return undefined
  return /^\d+$/.test(typed) ? Number(typed) : typed
}

export const alarmUpdate: Command = {
  usage: '[ID] [TEXT]',
  about: [
    'Everybody may. Whoever raised it, or is on it, may also change the needs and the kind; less',
    'urgent it becomes when the raiser says so, or two others do. Without an id: the open one.',
  ],
  options: {
    need: { type: 'string', short: 'n', multiple: true, value: 'NEED', help: 'what is needed now' },
    fast: { type: 'string', short: 'f', value: 'today|note', help: 'how fast now' },
    kind: { type: 'string', short: 'k', value: 'KIND', help: 'what it turned out to be' },
  },
  takes: 64,
  examples: ['alarm update "They let me go home"', 'alarm update 3fa2 "No lawyer needed" --need money'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const { id, text } = updateWords(input)
      const asked = await inOrder<{ alarm: Alarm; text: string; changes: Changes }>({
        alarm: () => openOne(chooseAlarm(session.view(), id)),
        text: () => askText(context, text, 'What is new?'),
        changes: () => changesIn(input),
      })
      return proceed(asked, ({ alarm, changes, text: news }) => {
        const update: AlarmUpdate = { type: 'alarmUpdate', alarm: alarm.id, text: news, ...changes }
        return saying(context, session, update, 'Everybody sees it.')
      })
    }),
}

/** What looks like an id is one. */
const updateWords = ({
  positionals,
}: Input): { readonly id: string | undefined; readonly text: string | undefined } => {
  const [first = '', ...more] = positionals
  const isId = /^[0-9a-f]{4,32}$/.test(first)
  const text = (isId ? more : positionals).join(' ')
  return { id: isId ? first : undefined, text: text === '' ? undefined : text }
}

type Changes = Pick<AlarmUpdate, 'needs' | 'severity' | 'kind'>

const changesIn = async (input: Input): Promise<Result<Changes, Refusal>> => {
  const changes = await inOrder<{ [K in keyof Required<Changes>]: Changes[K] | undefined }>({
    needs: () => needsIn(listOf(input, 'need')),
    severity: () => oneOf(SEVERITIES, textOf(input, 'fast'), '--fast'),
    kind: () => oneOf(ALARM_KINDS, textOf(input, 'kind'), '--kind'),
  })
  return changes.ok ? ok(present(changes.value)) : changes
}
