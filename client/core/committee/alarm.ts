/**
 * The life of one alarm after it was raised (product.md 3.E), as pure steps in the committee's order.
 *
 * Who may do what:
 * - raise, answer, update, reopen: any member. The raiser's own answers do not count.
 * - change needs or kind: the raiser, or somebody who is on it. Nothing becomes practice, and practice nothing else.
 * - lower the severity: the raiser, or two others (the milder of the two). Nobody raises it: that is a new alarm.
 * - steady: two different seats, each the raiser or on it. One open phone in the wrong hands is not enough.
 * - settled, false alarm: the raiser, or two who are on it and name the same end.
 * - cancelled: the raiser, until it is settled or false. The five minutes of product.md are the screen's affair:
 *   no clock decides here. A cancelled alarm stays in view until somebody else says they have spoken to the raiser.
 * Whatever is not allowed is kept as a note, if it has words, and changes nothing else.
 */

import type { AlarmAnswer, AlarmContent, AlarmState, AlarmUpdate } from './alarmContent.ts'
import { type AlarmKind, type Need, type Outcome, rankOf, type Severity } from './alarmWords.ts'
import type { Takers, Writable } from './area.ts'
import type { Id, Said, SaidOf } from './said.ts'

/** Where an alarm stands. What is shown of an open one follows from its answers (alarmSummary.ts). */
export type AlarmPhase =
  | { readonly is: 'open' }
  | { readonly is: 'steady' }
  /** By the raiser. It stays in view until another member has spoken to them. */
  | { readonly is: 'cancelled'; readonly spokenTo?: Id }
  | { readonly is: 'settled'; readonly outcome: Outcome }
  | { readonly is: 'false_alarm' }

/** A seat's answer. Later ones replace it, but `seen` never replaces more than itself. */
export type Answer = { readonly at: number } & (
  | { readonly answer: 'seen' | 'cannot' }
  | {
      readonly answer: 'on_it'
      readonly what: string
      /** Minutes from `at` on, or an ISO 8601 time. */
      readonly by?: number | string
      readonly takes: readonly Need[]
    }
)

/** What was said about an alarm after it was raised, whether or not it had an effect yet. */
export type AlarmNote = {
  readonly id: Id
  readonly seat: Id
  readonly at: number
  readonly said: 'update' | 'steady' | 'settled' | 'cancelled' | 'spoken_to' | 'false_alarm' | 'reopened'
  readonly text?: string
}

export type Alarm = {
  readonly id: Id
  /** The raiser. */
  readonly seat: Id
  readonly device: Id
  readonly order: number
  readonly at: number
  /** As raised. Kind, severity and needs as they are now stand beside it. */
  readonly content: AlarmContent
  readonly kind: AlarmKind
  readonly severity: Severity
  readonly needs: readonly Need[]
  readonly phase: AlarmPhase
  /** Per seat, in the order of each seat's first answer; the raiser has none. A reopened alarm starts without. */
  readonly answers: ReadonlyMap<Id, Answer>
  readonly notes: readonly AlarmNote[]
  /** Seats that call an open alarm steady; two are needed. */
  readonly steadyBy: readonly Id[]
  /** How each seat that is on it would close it; two alike are needed. */
  readonly closings: ReadonlyMap<Id, Closing>
  /** What members other than the raiser would lower the severity to; two are needed. */
  readonly lowerings: ReadonlyMap<Id, Severity>
  readonly timesReopened: number
}

export type Closing = Extract<AlarmPhase, { readonly is: 'settled' | 'false_alarm' }>

export type Alarms = {
  /** In the order raised. */
  readonly alarms: ReadonlyMap<Id, Alarm>
}

export const noAlarms: Alarms = { alarms: new Map() }

type Draft = Writable<Alarms>
type Following = 'alarmAnswer' | 'alarmUpdate' | 'alarmState'

/** An alarm that does not stand before what follows it never will: the order is total. */
const follow = (draft: Draft, said: SaidOf<Following>): void => {
  const alarm = draft.alarms.get(said.content.alarm)
  if (alarm) draft.alarms.set(alarm.id, followed(alarm, said, said.content))
}

export const alarms: Takers<'alarm' | Following, Draft> = {
  alarm: (draft, said) => void draft.alarms.set(said.id, raised(said, said.content)),
  alarmAnswer: follow,
  alarmUpdate: follow,
  alarmState: follow,
}

const raised = (said: Said, content: AlarmContent): Alarm => ({
  id: said.id,
  seat: said.seat,
  device: said.device,
  order: said.order,
  at: said.at,
  content,
  kind: content.kind,
  severity: content.severity,
  needs: content.needs,
  notes: [],
  timesReopened: 0,
  ...unanswered,
})

const followed = (alarm: Alarm, said: Said, content: AlarmAnswer | AlarmUpdate | AlarmState): Alarm => {
  if (content.type === 'alarmAnswer') return answered(alarm, said, content)
  if (content.type === 'alarmUpdate') return updated(alarm, said, content)
  return stated(withNote(alarm, said, content.to, content.note), said.seat, content)
}

const unanswered: Pick<Alarm, 'phase' | 'answers' | 'steadyBy' | 'closings' | 'lowerings'> = {
  phase: { is: 'open' },
  answers: new Map(),
  steadyBy: [],
  closings: new Map(),
  lowerings: new Map(),
}

export const isClosed = (phase: AlarmPhase): phase is Closing =>
  phase.is === 'settled' || phase.is === 'false_alarm'

const isLive = (phase: AlarmPhase): boolean => phase.is === 'open' || phase.is === 'steady'

const isOnIt = (alarm: Alarm, seat: Id): boolean => alarm.answers.get(seat)?.answer === 'on_it'

const maySteer = (alarm: Alarm, seat: Id): boolean => seat === alarm.seat || isOnIt(alarm, seat)

const answered = (alarm: Alarm, said: Said, content: AlarmAnswer): Alarm => {
  if (said.seat === alarm.seat || isClosed(alarm.phase)) return alarm
  if (content.answer === 'seen' && alarm.answers.has(said.seat)) return alarm
  const answers = new Map(alarm.answers).set(said.seat, answerOf(said.at, content))
  return content.answer === 'on_it' ? { ...alarm, answers } : withoutSay({ ...alarm, answers }, said.seat)
}

const answerOf = (at: number, content: AlarmAnswer): Answer => {
  if (content.answer !== 'on_it') return { at, answer: content.answer }
  const { what, by, takes = [] } = content
  return { at, answer: 'on_it', what, takes, ...(by === undefined ? {} : { by }) }
}

/** Who is no longer on it no longer speaks for those who are. */
const withoutSay = (alarm: Alarm, seat: Id): Alarm => ({
  ...alarm,
  steadyBy: alarm.steadyBy.filter((other) => other !== seat),
  closings: new Map([...alarm.closings].filter(([other]) => other !== seat)),
})

const withNote = (alarm: Alarm, said: Said, what: AlarmNote['said'], text: string | undefined): Alarm => {
  const { id, seat, at } = said
  const note = text === undefined ? { id, seat, at, said: what } : { id, seat, at, said: what, text }
  return { ...alarm, notes: [...alarm.notes, note] }
}

const updated = (before: Alarm, said: Said, content: AlarmUpdate): Alarm => {
  const alarm = withNote(before, said, 'update', content.text)
  if (isClosed(alarm.phase)) return alarm
  const lowered = content.severity === undefined ? alarm : lower(alarm, said.seat, content.severity)
  if (!maySteer(alarm, said.seat)) return lowered
  const isSameRealm = (content.kind === 'practice') === (alarm.kind === 'practice')
  return {
    ...lowered,
    kind: content.kind !== undefined && isSameRealm ? content.kind : alarm.kind,
    needs: content.needs ?? alarm.needs,
  }
}

const lower = (alarm: Alarm, seat: Id, severity: Severity): Alarm => {
  if (rankOf(severity) <= rankOf(alarm.severity)) return alarm
  if (seat === alarm.seat) return { ...alarm, severity, lowerings: new Map() }
  const lowerings = new Map(alarm.lowerings).set(seat, severity)
  const [milder] = [...lowerings.values()].sort((a, b) => rankOf(a) - rankOf(b))
  if (lowerings.size < 2 || milder === undefined) return { ...alarm, lowerings }
  return { ...alarm, severity: milder, lowerings: new Map() }
}

const stated = (alarm: Alarm, seat: Id, content: AlarmState): Alarm => {
  switch (content.to) {
    case 'steady':
      return steadied(alarm, seat)
    case 'settled':
      return closed(alarm, seat, { is: 'settled', outcome: content.outcome })
    case 'false_alarm':
      return closed(alarm, seat, { is: 'false_alarm' })
    case 'cancelled':
      return isLive(alarm.phase) && seat === alarm.seat ? { ...alarm, phase: { is: 'cancelled' } } : alarm
    case 'spoken_to':
      return alarm.phase.is === 'cancelled' && !alarm.phase.spokenTo && seat !== alarm.seat
        ? { ...alarm, phase: { is: 'cancelled', spokenTo: seat } }
        : alarm
    case 'reopened':
      return alarm.phase.is === 'open'
        ? alarm
        : { ...alarm, ...unanswered, timesReopened: alarm.timesReopened + 1 }
  }
}

const steadied = (alarm: Alarm, seat: Id): Alarm => {
  if (alarm.phase.is !== 'open' || !maySteer(alarm, seat) || alarm.steadyBy.includes(seat)) return alarm
  const steadyBy = [...alarm.steadyBy, seat]
  return steadyBy.length < 2 ? { ...alarm, steadyBy } : { ...alarm, steadyBy, phase: { is: 'steady' } }
}

const closed = (alarm: Alarm, seat: Id, closing: Closing): Alarm => {
  if (!isLive(alarm.phase) || !maySteer(alarm, seat)) return alarm
  if (seat === alarm.seat) return { ...alarm, phase: closing }
  const closings = new Map(alarm.closings).set(seat, closing)
  const alike = [...closings.values()].filter((other) => nameOf(other) === nameOf(closing))
  return alike.length < 2 ? { ...alarm, closings } : { ...alarm, closings, phase: closing }
}

const nameOf = (closing: Closing): string => (closing.is === 'settled' ? closing.outcome : closing.is)
