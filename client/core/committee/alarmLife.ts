/** An alarm as the fold holds it, from raised to its end: types, and the questions that more than one step of its life asks. */
import type { AlarmContent, AlarmState } from './alarmContent.ts'
import type { AlarmKind, Need, Outcome, OuterRing, Severity } from './alarmWords.ts'
import type { Id } from './said.ts'

/** Where an alarm stands. What is shown of an open one follows from its answers (alarmSummary.ts). */
export type AlarmPhase =
  | { readonly is: 'open' }
  | { readonly is: 'steady' }
  /** By the raiser. It stays in view until another member has spoken to them. */
  | { readonly is: 'cancelled'; readonly spokenTo?: Id }
  | { readonly is: 'settled'; readonly outcome: Outcome }
  | { readonly is: 'false_alarm' }
  /** It is about the same as another one, and goes on there. */
  | { readonly is: 'joined'; readonly into: Id }

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

export type Consent = { readonly name: boolean; readonly workplace: boolean }

/** What was said about an alarm after it was raised, whether or not it had an effect yet. */
export type AlarmNote = {
  readonly id: Id
  readonly seat: Id
  readonly at: number
  readonly said: 'update' | AlarmState['to']
  readonly text?: string
}

export type Alarm = {
  readonly id: Id
  /** The raiser. */
  readonly seat: Id
  readonly device: Id
  readonly order: number
  readonly at: number
  /** When everybody was asked last: raised, or opened again. By `saidAt`, as all times below. */
  readonly askedAt: number
  /** Who did that, and where in the order. */
  readonly asked: { readonly seat: Id; readonly device: Id; readonly order: number }
  /** When somebody was last let go of: they said so, or were not heard of any more before they did. */
  readonly letGoAt?: number
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
  /** With which alarm members other than the raiser would join it; two alike are needed. */
  readonly joinings: ReadonlyMap<Id, Id>
  readonly timesReopened: number
  /** Whom it is about, where that is a member: who raised it, or whose handle it named then. Nobody else decides about their name (R6). */
  readonly concerned?: Id
  /** What each ring may know about them; where there is nothing, nothing. */
  readonly consents: ReadonlyMap<OuterRing, Consent>
  /** By device: how the person can be reached, sealed to it by the raiser. */
  readonly reach: ReadonlyMap<Id, string>
  /** Who has spoken to the person or seen it. */
  readonly checkedBy: readonly Id[]
}

export type Closing = Extract<AlarmPhase, { readonly is: 'settled' | 'false_alarm' }>

export const isClosed = (phase: AlarmPhase): phase is Closing =>
  phase.is === 'settled' || phase.is === 'false_alarm'

export const isLive = (phase: AlarmPhase): boolean => phase.is === 'open' || phase.is === 'steady'

const MINUTE_MS = 60_000

/** product.md 3.E: "I am on it" runs out without an update. A note is in no hurry and goes with the slower one. */
const QUIET_AFTER_MS = { now: 60 * MINUTE_MS, today: 720 * MINUTE_MS, note: 720 * MINUTE_MS } as const

/** Until when whoever said at `at` that they are on it is taken to be: every word from them counts anew. Milliseconds since 1970. */
export const quietFromOf = (
  { notes, severity }: Pick<Alarm, 'notes' | 'severity'>,
  seat: Id,
  at: number,
): number => {
  const heard = Math.max(at, ...notes.filter((note) => note.seat === seat).map((note) => note.at))
  return heard + QUIET_AFTER_MS[severity]
}
