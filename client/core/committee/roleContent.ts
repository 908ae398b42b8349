/** What members say about roles, and about themselves (product.md 3.B, 3.C). Not here: what follows (roles.ts, profile.ts), elections (motions). */
import * as v from 'valibot'
import { line, messageId, oneOf, text } from './fields.ts'
import { INTERESTS, MAX_TERM_DAYS, ROLES } from './roleWords.ts'

const MAX_WORDS = 1000
const MAX_LIST = 12
export const MAX_OWED_ITEM = 200

/** Somebody takes a role that needs no election. */
const roleTake = v.object({
  type: v.literal('roleTake'),
  role: oneOf(ROLES),
  days: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_TERM_DAYS))),
})

/** The holder's words for whoever comes next; with `ends` the term is over. */
const roleHandover = v.object({
  type: v.literal('roleHandover'),
  term: messageId,
  note: v.exactOptional(text(MAX_WORDS)),
  ends: v.boolean(),
})

/** The assembly dealt with something, and the delegate tells us about it: from any member. */
const reportOwed = v.object({ type: v.literal('reportOwed'), term: messageId, item: line(MAX_OWED_ITEM) })

const report = v.object({
  type: v.literal('report'),
  owed: messageId,
  /** What I said, how the others voted, what comes back to us. */
  said: text(MAX_WORDS),
  others: v.exactOptional(text(MAX_WORDS)),
  back: v.exactOptional(text(MAX_WORDS)),
})

const recallAsk = v.object({
  type: v.literal('recallAsk'),
  term: messageId,
  asks: v.boolean(),
  why: v.exactOptional(text(MAX_WORDS)),
})

/** From a device by itself: by its clock two reports of this delegate are missing. */
const recallDue = v.object({ type: v.literal('recallDue'), term: messageId })

/** A short language code as in `es` or `ar`, perhaps with a region. */
const language = v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Z]{2})?$/))
const words = v.pipe(v.array(line(60)), v.maxLength(MAX_LIST), v.readonly())
const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23))

/** All of what a member says about themselves; the newest replaces what was said before. No name, number, picture or birthday. */
const profile = v.object({
  type: v.literal('profile'),
  languages: v.pipe(
    v.array(language),
    v.maxLength(MAX_LIST),
    v.check((list) => new Set(list).size === list.length),
    v.readonly(),
  ),
  interest: v.exactOptional(oneOf(INTERESTS)),
  skills: words,
  wants: words,
  buddy: v.exactOptional(messageId),
  quiet: v.exactOptional(v.object({ from: hour, to: hour })),
  away: v.boolean(),
})

export const roleSchemas = { roleTake, roleHandover, reportOwed, report, recallAsk, recallDue, profile }

export type ProfileContent = v.InferOutput<typeof profile>
