/** What members say about "check on me" (product.md 3.E): that one runs, and that somebody has spoken to whom it is about. Not here: the alarm that it opens, which waits sealed. */
import * as v from 'valibot'
import { line, messageId } from './fields.ts'
import { sealedTokens } from './tokens.ts'

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** Minutes; a relay keeps nothing longer than a day (protocol.md D5). */
export const MAX_CHECK_MINUTES = 1440

const check = v.object({
  type: v.literal('check'),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHECK_MINUTES)),
  /** Such as "meeting with the manager"; what is in the alarm nobody sees before. */
  note: v.exactOptional(line(120)),
  /** SHA-256("check/1" || id of the alarm): nobody can say something else under its id before. */
  opens: hash,
  /** How many members have to say that they have spoken to them. */
  needed: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2)),
  /** Where it waits: epoch, log of the epoch, and the deposit's name at the relay. */
  epoch: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)),
  log: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  deposit: hash,
  tokens: sealedTokens,
})

/** "I have spoken to them." */
const checkEnd = v.object({ type: v.literal('checkEnd'), check: messageId })

export const checkSchemas = { check, checkEnd }
export type CheckContent = v.InferOutput<typeof check>
