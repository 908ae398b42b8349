/**
 * What members say to each other, as versioned and checked structures (protocol.md D9), and their wire form: UTF-8 JSON
 * `{"v":1,"type":…}`. Not here: padding and encryption (the envelope), the message id (the payload around this), and what
 * follows from it all (committee.ts).
 *
 * A type or version this client does not know is kept as bytes and means nothing to it; a known type gains optional
 * fields without a new version, and unknown fields are passed over. Changed meaning needs a new version.
 */

import * as v from 'valibot'
import { utf8 } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromUtf8 } from '../../../shared/base/text.ts'
import { ALARM_KINDS, CHECKS, idsOf, NEEDS, OUTCOMES, type RINGS, SEVERITIES } from './alarmWords.ts'
import { line, messageId, oneOf, text } from './fields.ts'
import { type FileContent, file } from './fileContent.ts'
import { toFileName } from './fileWords.ts'
import { toOneLine, toPlainText } from './plainText.ts'

const CONTENT_VERSION = 1

/** Bytes of the longest content: what one entry of the largest bucket holds with room for MLS. */
export const MAX_CONTENT_BYTES = 200_000

/** Characters (UTF-16 units) after trimming. A post of 500 and its wrapping stay in the smallest bucket. */
export const MAX_TEXT = {
  handle: 40,
  post: 4000,
  facts: 2000,
  note: 1000,
  place: 200,
  by: 40,
} as const

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

/** No '#': screens put a piece of the seat id behind one when two handles look alike, and nobody may imitate that. */
const handle = v.pipe(line(MAX_TEXT.handle), v.excludes('#'))

const about = v.variant('who', [
  v.object({ who: v.literal('me') }),
  v.object({ who: v.literal('named'), handle }),
  v.object({ who: v.literal('not_named') }),
])

/** How the person concerned can be reached without harm. A phrase tells a friend from whoever holds the phone. */
const safeContact = v.variant('may', [
  v.object({ may: v.literal('yes'), how: text(MAX_TEXT.place) }),
  v.object({ may: v.literal('no') }),
  v.object({ may: v.literal('phrase'), phrase: text(MAX_TEXT.place) }),
])

const rings = v.object({
  team: v.boolean(),
  committee: v.boolean(),
  city: v.boolean(),
  supporters: v.boolean(),
  public: v.boolean(),
} satisfies Record<keyof typeof RINGS, unknown>)

const introduce = v.object({ type: v.literal('introduce'), handle })

const post = v.object({
  type: v.literal('post'),
  text: text(MAX_TEXT.post),
  replyTo: v.exactOptional(messageId),
})

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
])

const schemas = { introduce, post, file, alarm, alarmAnswer, alarmUpdate, alarmState }

type Introduce = v.InferOutput<typeof introduce>
export type PostContent = v.InferOutput<typeof post>
export type AlarmContent = v.InferOutput<typeof alarm>
export type AlarmAnswer = v.InferOutput<typeof alarmAnswer>
export type AlarmUpdate = v.InferOutput<typeof alarmUpdate>
export type AlarmState = v.InferOutput<typeof alarmState>

/** What this client can say and understand. */
export type KnownContent =
  | Introduce
  | PostContent
  | FileContent
  | AlarmContent
  | AlarmAnswer
  | AlarmUpdate
  | AlarmState

/** `raw`: the bytes as they came, so that a later release of this client can read them. */
export type Content = KnownContent | { readonly type: 'unknown'; readonly raw: Uint8Array }

const header = v.object({
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  type: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
})

/** At most 200,000 bytes. Throws on what the schemas refuse: drafts go through `checkContent` first. */
export const encodeContent = (content: Content): Uint8Array => {
  if (content.type === 'unknown') return content.raw
  const checked = v.safeParse(schemas[content.type], content)
  if (!checked.success) throw new Error(`content ${content.type} breaks its schema`)
  const { type, ...fields } = checked.output
  return utf8(JSON.stringify({ v: CONTENT_VERSION, type, ...fields }))
}

/** Never throws. A known type with a field that breaks its schema is `malformed`, and so is anything that is not JSON. */
export const decodeContent = (bytes: Uint8Array): Result<Content, 'malformed'> => {
  const value = bytes.length > MAX_CONTENT_BYTES ? undefined : parseJson(bytes)
  const head = v.safeParse(header, value)
  if (!head.success) return err('malformed')
  const schema = Object.entries(schemas).find(([type]) => type === head.output.type)?.[1]
  if (head.output.v !== CONTENT_VERSION || !schema) return ok({ type: 'unknown', raw: bytes.slice() })
  const body = v.safeParse(schema, value)
  return body.success ? ok(body.output) : err('malformed')
}

/** Whether somebody may be called that: also asked while they join, before there is any content. */
export const isHandle = (text: string): boolean => v.is(handle, text)

/**
 * What somebody typed, cleaned (line ends, spaces around, reordering controls) and checked. The failure names the field
 * that is empty, too long or not allowed; `namesAllowed` and `about` may contradict each other, which is about `about`.
 */
export const checkContent = <C extends KnownContent>(draft: C): Result<C, { readonly field: string }> => {
  const checked = v.safeParse(schemas[draft.type], cleaned(draft))
  if (checked.success) return ok(checked.output as C)
  return err({ field: v.getDotPath(checked.issues[0]) ?? draft.type })
}

const cleaned = (value: unknown, name?: string): unknown => {
  if (typeof value === 'string') return cleanedText(value, name)
  if (Array.isArray(value)) return value.map((item) => cleaned(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      field === undefined ? [] : [[name, cleaned(field, name)]],
    ),
  )
}

const cleanedText = (text: string, name: string | undefined): string => {
  if (name === 'handle') return toOneLine(text)
  return name === 'name' ? toFileName(text) : toPlainText(text).trim()
}

/** The engine's own failures (nesting too deep for its stack) count as not JSON, as everything else that throws here. */
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(fromUtf8(bytes) ?? '')
  } catch {
    return undefined
  }
}
