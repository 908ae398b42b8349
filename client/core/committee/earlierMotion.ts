/** How a motion from before somebody came in is told to them. Not here: which ones are (earlier.ts). */
import * as v from 'valibot'
import { DECISION_KINDS } from './decisionRules.ts'
import { line, messageId, oneOf, text } from './fields.ts'
import { MAX_MOTION } from './motionContent.ts'

/** A motion whose paragraphs were all taken out has no text. */
export const earlierMotion = v.strictObject({
  id: messageId,
  seat: messageId,
  at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  kind: oneOf(DECISION_KINDS),
  title: line(MAX_MOTION.title),
  text: v.nullable(text(2 * MAX_MOTION.text)),
  isOpen: v.boolean(),
})
export type EarlierMotion = v.InferOutput<typeof earlierMotion>
