/** The values of the fold (committee.ts): what was said, and what members see. Types only. */

import type { AlarmKind, Need, Outcome, Severity } from './alarmWords.ts'
import type { AlarmContent, Content } from './content.ts'
import type { FileContent } from './fileContent.ts'

/** A message id, seat or device as lower-case hex; ids and seats have 32 digits. */
export type Id = string

/** One content with what its payload and position say about it. */
export type Said = {
  /** The payload's message id. A second one with the same id is a resend and changes nothing. */
  readonly id: Id
  readonly seat: Id
  readonly device: Id
  /** Position in the committee's total order; greater than that of everything before. Only this decides. */
  readonly order: number
  /** The author's clock in milliseconds since 1970: shown, used for forgetting, decides nothing. */
  readonly at: number
  readonly content: Content
}

export type Post = {
  readonly id: Id
  readonly seat: Id
  readonly device: Id
  readonly order: number
  readonly at: number
  /** Of a file, the words that came with it; perhaps none. */
  readonly text: string
  /** What came with it, in a log of its own. Whoever forgets the post forgets the file's keys. */
  readonly file?: FileContent
  /** What it answers: a post or an alarm that stands before it. */
  readonly replyTo?: Id
  /** It answers something this device never had, for instance from before its time. */
  readonly isReplyToUnseen?: true
}

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

export type Committee = {
  /** Order of the last thing said, -1 for nothing. */
  readonly last: number
  /** Ids of all that was said. */
  readonly ids: ReadonlySet<Id>
  readonly posts: readonly Post[]
  /** Per seat, its latest handle. Seats that have left keep theirs: what they said is still shown. */
  readonly handles: ReadonlyMap<Id, string>
  /** In the order raised. */
  readonly alarms: ReadonlyMap<Id, Alarm>
}
