/** Meetings: planned or held, who was there, what was said and who does what. */
import { ok, type Result } from '../../../shared/base/result.ts'
import { type Meeting, nextFor } from '../../core/committee/meeting.ts'
import { AGENDA_KINDS, type AgendaKind } from '../../core/committee/meetingWords.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { choose } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, type Input, isOn, listOf, type Refusal, refused, textOf } from '../command.ts'
import { findMember } from '../findMember.ts'
import { withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { shortIds } from '../show/shortIds.ts'
import { meetingJson, meetingLines } from '../show/unity.ts'
import { inOrder, present } from '../steps.ts'

const WHICH = { what: 'meeting', list: 'meeting' }

export const meetingList: Command = {
  usage: '',
  about: [
    'Newest last. How many were there is shown, not who; and whose turn it is to facilitate and to take notes.',
  ],
  examples: ['meeting'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const names = namesIn(view)
      const plain = plainNamesIn(view)
      const all = [...view.committee.meetings.values()]
      const short = shortIds(all.map(({ id }) => id))
      const turn = turnsIn(view)
      const next = turn
        ? [
            `Whose turn it is: ${names(turn.facilitator)} to facilitate, ${names(turn.noteTaker)} to take notes.`,
          ]
        : []
      return ok({
        text: [
          ...(all.length > 0
            ? all.flatMap((one) => meetingLines(one, { names, short }))
            : ['No meeting yet: `npx tocsin meeting add`.']),
          ...next,
        ],
        json: {
          meetings: all.map((one) => meetingJson(one, view.own.seat, plain)),
          next: turn ? { facilitator: plain(turn.facilitator), noteTaker: plain(turn.noteTaker) } : null,
        },
      })
    }),
}

const turnsIn = (view: CommitteeView) => {
  const seats = view.members.map(({ seat }) => seat)
  const facilitator = nextFor(view.committee, 'facilitator', seats)
  const others = seats.length > 1 ? seats.filter((seat) => seat !== facilitator) : seats
  const noteTaker = nextFor(view.committee, 'noteTaker', others)
  return facilitator !== undefined && noteTaker !== undefined ? { facilitator, noteTaker } : undefined
}

export const meetingAdd: Command = {
  usage: '[DAY]',
  about: [
    'The day as 2026-11-23, or "today". Afterwards each of you says for themselves: `npx tocsin meeting there`.',
    'Items begin with what they are for: "decide: the leaflet", "tell: the rota", or are to talk about.',
  ],
  options: {
    where: { type: 'string', value: 'CODE', help: 'a code that you all know, never an address' },
    item: { type: 'string', short: 'i', multiple: true, value: 'TEXT', help: 'an item of the agenda' },
    facilitator: { type: 'string', value: 'HANDLE', help: 'who sees to it that everybody speaks' },
    notes: { type: 'string', value: 'HANDLE', help: 'who writes it down' },
  },
  takes: 1,
  examples: ['meeting add today', 'meeting add 2026-11-23 --item "decide: the leaflet" --facilitator bob'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const view = session.view()
      const asked = await inOrder<{
        on: string
        facilitator: string | undefined
        noteTaker: string | undefined
      }>({
        on: () => dayIn(input.positionals[0] ?? 'today'),
        facilitator: () => seatNamed(view, textOf(input, 'facilitator')),
        noteTaker: () => seatNamed(view, textOf(input, 'notes')),
      })
      if (!asked.ok) return asked
      const { on, ...people } = asked.value
      const agenda = (listOf(input, 'item') ?? []).map(itemOf)
      const more = present({ ...people, where: textOf(input, 'where') })
      return saying(
        context,
        session,
        { type: 'meeting', on, agenda, ...more },
        'Everybody sees it. Who was there says so with `npx tocsin meeting there`.',
      )
    }),
}

const dayIn = (typed: string): Result<string, Refusal> => {
  const word = typed.toLowerCase() === 'today' ? new Date().toISOString().slice(0, 10) : typed
  return isDay(word)
    ? ok(word)
    : refused('bad_day', `"${typed}" is no day: write it as 2026-11-23, or "today".`, 2)
}

/** A day of the calendar: there is no 31 November. */
const isDay = (word: string): boolean => {
  const ms = /^20\d{2}-\d{2}-\d{2}$/.test(word) ? Date.parse(`${word}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(word)
}

const seatNamed = (view: CommitteeView, typed: string | undefined): Result<string | undefined, Refusal> => {
  if (typed === undefined) return ok(undefined)
  const member = findMember(view, typed)
  return member.ok ? ok(member.value.seat) : member
}

const FIRST_WORDS: Readonly<Record<string, AgendaKind>> = {
  tell: 'inform',
  inform: 'inform',
  talk: 'discuss',
}

const itemOf = (typed: string): { readonly item: string; readonly kind: AgendaKind } => {
  const [, word = '', rest = ''] = /^(\w+):\s*(.+)$/s.exec(typed) ?? []
  const kind = FIRST_WORDS[word.toLowerCase()] ?? choose(AGENDA_KINDS, word)
  return kind === undefined || rest === '' ? { item: typed, kind: 'discuss' } : { item: rest, kind }
}

export const meetingThere: Command = {
  usage: '[ID]',
  about: ['You say it for yourself alone; nobody can say it for you. The others see how many were there.'],
  options: { not: { type: 'boolean', help: 'I was not there' } },
  takes: 1,
  examples: ['meeting there', 'meeting there 3fa2'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const meeting = meetingIn(session.view(), input)
      if (!meeting.ok) return meeting
      const was = !isOn(input, 'not')
      return saying(
        context,
        session,
        { type: 'meetingThere', meeting: meeting.value.id, was },
        was
          ? `You say that you were there on ${meeting.value.content.on}. Not so? Run it again with --not.`
          : `You say that you were not there on ${meeting.value.content.on}.`,
      )
    }),
}

/** The one that is named, or the newest. */
const meetingIn = (
  { committee: { meetings } }: CommitteeView,
  { positionals: [id] }: Input,
): Result<Meeting, Refusal> => {
  const newest = [...meetings.keys()].at(-1)
  return chooseOne(meetings, id ?? newest, WHICH)
}

export const meetingNotes: Command = {
  usage: '[ID]',
  about: [
    'What was said, and who does what until when: "buy paper / bob / 2026-11-30". Without an id: the newest meeting.',
  ],
  options: {
    text: { type: 'string', short: 't', value: 'TEXT', help: 'what was said' },
    task: {
      type: 'string',
      multiple: true,
      value: 'WHAT/WHO/DAY',
      help: 'something to do; who and when may be left out',
    },
  },
  takes: 1,
  examples: ['meeting notes --text "We print on Friday" --task "buy paper / bob / 2026-11-30"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const view = session.view()
      const asked = await inOrder<{ meeting: Meeting; tasks: readonly Task[] }>({
        meeting: () => meetingIn(view, input),
        tasks: () => tasksIn(view, input),
      })
      if (!asked.ok) return asked
      const { meeting, tasks } = asked.value
      const notes = textOf(input, 'text')
      if (notes === undefined && tasks.length === 0)
        return refused('nothing', 'Say what was said with --text, or who does what with --task.', 2)
      return saying(
        context,
        session,
        { type: 'meetingNotes', meeting: meeting.id, tasks, ...present({ notes }) },
        'Everybody sees the notes.',
      )
    }),
}

type Task = { readonly what: string; readonly who?: string; readonly by?: string }

const tasksIn = (view: CommitteeView, { values: { task } }: Input): Result<readonly Task[], Refusal> => {
  const tasks: Task[] = []
  for (const typed of Array.isArray(task) ? task.map(String) : []) {
    const one = taskIn(view, typed)
    if (!one.ok) return one
    tasks.push(one.value)
  }
  return ok(tasks)
}

const taskIn = (view: CommitteeView, typed: string): Result<Task, Refusal> => {
  const [what = '', who = '', by = ''] = typed.split('/').map((part) => part.trim())
  const seat = seatNamed(view, who === '' ? undefined : who)
  const on = by === '' ? ok(undefined) : dayIn(by)
  if (!seat.ok) return seat
  if (!on.ok) return on
  return ok({ what, ...present({ who: seat.value, by: on.value }) })
}
