/** What members say about an alarm, from raised to its end. Not here: what follows from it (alarm.ts). */
import * as v from 'valibot'
import {
  ALARM_KINDS,
  CHECKS,
  idsOf,
  NEEDS,
  OUTCOMES,
  OUTER_RINGS,
  type RINGS,
  SEVERITIES,
} from './alarmWords.ts'
import { handle, MAX_TEXT, messageId, oneOf, text } from './fields.ts'

/** Minutes ahead for which somebody may say "I am on it": a week. */
const MAX_BY_MINUTES = 10_080

const kind = oneOf(ALARM_KINDS)
const severity = oneOf(SEVERITIES)
const outcome = oneOf(OUTCOMES)
const needs = v.pipe(
  v.array(oneOf(NEEDS)),
  v.maxLength(idsOf(NEEDS).length),
  v.check((list) => new Set(list).size === list.length),
  v.readonly(),
)

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/

/** Minutes from the answer on, or an ISO 8601 time. For people to read: no rule looks at it. */
const by = v.union([
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_BY_MINUTES)),
  v.pipe(v.string(), v.maxLength(MAX_TEXT.by), v.regex(ISO_TIME)),
])

const about = v.variant('who', [
  v.object({ who: v.literal('me') }),
  /** `seat`: who that is, from the phone that raised it, which knows under what name somebody joined. */
  v.object({ who: v.literal('named'), handle, seat: v.exactOptional(messageId) }),
  v.object({ who: v.literal('not_named') }),
])

/** Whether the person concerned can be reached without harm. A phrase tells a friend from whoever holds the phone. How, and which, only those learn who are on it (`alarmReach`). */
const safeContact = v.object({ may: v.picklist(['yes', 'no', 'phrase']) })

const rings = v.object({
  team: v.boolean(),
  committee: v.boolean(),
  city: v.boolean(),
  supporters: v.boolean(),
  public: v.boolean(),
} satisfies Record<keyof typeof RINGS, unknown>)

/** The whole committee receives an alarm, so it names a person only if the committee may know the name. */
const alarm = v.pipe(
  v.object({
    type: v.literal('alarm'),
    kind,
    severity,
    facts: text(MAX_TEXT.facts),
    guesses: v.exactOptional(text(MAX_TEXT.facts)),
    needs,
    about,
    place: v.exactOptional(text(MAX_TEXT.place)),
    safeContact: v.exactOptional(safeContact),
    namesAllowed: rings,
    checked: v.exactOptional(oneOf(CHECKS)),
  }),
  v.forward(
    v.check((value) => value.about.who !== 'named' || value.namesAllowed.committee),
    ['about'],
  ),
)

const answer = { type: v.literal('alarmAnswer'), alarm: messageId }
const alarmAnswer = v.variant('answer', [
  v.object({ ...answer, answer: v.literal('seen') }),
  v.object({
    ...answer,
    answer: v.literal('on_it'),
    what: text(MAX_TEXT.note),
    by: v.exactOptional(by),
    takes: v.exactOptional(needs),
  }),
  v.object({ ...answer, answer: v.literal('cannot') }),
])

const alarmUpdate = v.object({
  type: v.literal('alarmUpdate'),
  alarm: messageId,
  text: text(MAX_TEXT.facts),
  needs: v.exactOptional(needs),
  severity: v.exactOptional(severity),
  kind: v.exactOptional(kind),
})

const state = { type: v.literal('alarmState'), alarm: messageId }
const note = text(MAX_TEXT.note)
const alarmState = v.variant('to', [
  v.object({ ...state, to: v.literal('steady'), note: v.exactOptional(note) }),
  v.object({ ...state, to: v.literal('settled'), outcome, note: v.exactOptional(note) }),
  v.object({ ...state, to: v.literal('cancelled'), note: v.exactOptional(note) }),
  v.object({ ...state, to: v.literal('spoken_to'), note: v.exactOptional(note) }),
  v.object({ ...state, to: v.literal('false_alarm'), note }),
  v.object({ ...state, to: v.literal('reopened'), note: v.exactOptional(note) }),
  v.object({ ...state, to: v.literal('joined'), into: messageId, note: v.exactOptional(note) }),
])

/** By the person concerned: what a ring may know about them. Said again, it holds from then on (R6). */
const alarmConsent = v.object({
  type: v.literal('alarmConsent'),
  alarm: messageId,
  ring: v.picklist(OUTER_RINGS),
  name: v.boolean(),
  workplace: v.boolean(),
})

/** "I have spoken to the person", or "I saw it": what goes to the city has been checked by two. */
const alarmChecked = v.object({
  type: v.literal('alarmChecked'),
  alarm: messageId,
  how: v.picklist(['spoke', 'saw']),
})

/** The number to call, or the phrase, sealed to one device after another (crypto/sealTo.ts): of the raiser, and of who is on it. At most 200 characters inside. */
const alarmReach = v.object({
  type: v.literal('alarmReach'),
  alarm: messageId,
  sealed: v.pipe(
    v.array(v.object({ device: messageId, sealed: v.pipe(v.string(), v.regex(/^([0-9a-f]{2}){49,848}$/)) })),
    v.minLength(1),
    v.maxLength(24),
    v.readonly(),
  ),
})

export const alarmSchemas = {
  alarm,
  alarmAnswer,
  alarmUpdate,
  alarmState,
  alarmConsent,
  alarmChecked,
  alarmReach,
}

export type AlarmContent = v.InferOutput<typeof alarm>
export type AlarmAnswer = v.InferOutput<typeof alarmAnswer>
export type AlarmUpdate = v.InferOutput<typeof alarmUpdate>
export type AlarmConsent = v.InferOutput<typeof alarmConsent>
export type AlarmState = v.InferOutput<typeof alarmState>
