/** What members say about points of unity, and about the meetings in which they talk (product.md 3.B). Not here: what follows (unity.ts, meeting.ts). */
import * as v from 'valibot'
import { line, messageId, oneOf, text } from './fields.ts'
import { AGENDA_KINDS } from './meetingWords.ts'
import { ENDINGS, PRINCIPLES, STANCES } from './unityWords.ts'

/** Characters (UTF-16 units). A point is one sentence or two. */
export const MAX_POINT = 500
const MAX_NOTE = 1000
const MAX_ITEMS = 20

/** One of the seven principles, or words of our own. */
const unityPoint = v.variant('source', [
  v.object({ type: v.literal('unityPoint'), source: v.literal('starter'), principle: oneOf(PRINCIPLES) }),
  v.object({ type: v.literal('unityPoint'), source: v.literal('own'), text: text(MAX_POINT) }),
])

const unityStance = v.object({
  type: v.literal('unityStance'),
  point: messageId,
  stance: oneOf(STANCES),
  note: v.exactOptional(text(MAX_NOTE)),
})

const unityEnd = v.object({ type: v.literal('unityEnd'), point: messageId, to: oneOf(ENDINGS) })

/** A day of the calendar as people write it down. No rule compares it with a clock. */
const DAY = /^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
export const day = v.pipe(v.string(), v.regex(DAY))

const meeting = v.object({
  type: v.literal('meeting'),
  on: day,
  /** A code that the members know, never an address. */
  where: v.exactOptional(line(60)),
  agenda: v.pipe(
    v.array(v.object({ item: line(200), kind: oneOf(AGENDA_KINDS) })),
    v.maxLength(MAX_ITEMS),
    v.readonly(),
  ),
  facilitator: v.exactOptional(messageId),
  noteTaker: v.exactOptional(messageId),
})

/** Said by each for themselves. */
const meetingThere = v.object({ type: v.literal('meetingThere'), meeting: messageId, was: v.boolean() })

const meetingNotes = v.object({
  type: v.literal('meetingNotes'),
  meeting: messageId,
  notes: v.exactOptional(text(2000)),
  tasks: v.pipe(
    v.array(v.object({ what: line(200), who: v.exactOptional(messageId), by: v.exactOptional(day) })),
    v.maxLength(MAX_ITEMS),
    v.readonly(),
  ),
})

/** We go our separate ways: understood only while the committee is talking. */
const partWays = v.object({ type: v.literal('partWays') })

export const unitySchemas = {
  unityPoint,
  unityStance,
  unityEnd,
  meeting,
  meetingThere,
  meetingNotes,
  partWays,
}

export type UnityPointContent = v.InferOutput<typeof unityPoint>
export type MeetingContent = v.InferOutput<typeof meeting>
export type MeetingNotes = v.InferOutput<typeof meetingNotes>
