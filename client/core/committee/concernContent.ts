/** What members say when they worry about one of them (product.md 3.B, 3.J). Facts and guesses never share a field. Not here: what follows (concern.ts). */
import * as v from 'valibot'
import { CONCERN_ENDS, OTHER_WAYS } from './concernWords.ts'
import { line, messageId, oneOf, text } from './fields.ts'

const MAX_FACT = 500
const MAX_LIST = 12

const sentences = v.pipe(v.array(text(MAX_FACT)), v.maxLength(MAX_LIST), v.readonly())
const checks = v.pipe(
  v.array(v.object({ way: oneOf(OTHER_WAYS), found: text(MAX_FACT) })),
  v.maxLength(MAX_LIST),
  v.readonly(),
)

/** Facts, and at least one other explanation that was looked into: could they know it another way? */
const concern = v.object({
  type: v.literal('concern'),
  about: messageId,
  facts: v.pipe(sentences, v.minLength(1)),
  guesses: sentences,
  checked: v.pipe(checks, v.minLength(1)),
  hasAsked: v.boolean(),
  /** Somebody from another committee, by what they are called here. */
  mediator: v.exactOptional(line(60)),
})

const concernAdd = v.object({
  type: v.literal('concernAdd'),
  concern: messageId,
  facts: sentences,
  guesses: sentences,
  checked: checks,
  hasAsked: v.exactOptional(v.literal(true)),
  mediator: v.exactOptional(line(60)),
})

const concernEnd = v.object({ type: v.literal('concernEnd'), concern: messageId, to: oneOf(CONCERN_ENDS) })

/** Of whoever says it, about themselves. Nothing takes this right away. */
const statement = v.object({ type: v.literal('statement'), text: text(4000) })

/** Safety now, for a while; two have to say it. `lifts`: it is over, or I take mine back. */
const suspend = v.object({ type: v.literal('suspend'), concern: messageId, lifts: v.boolean() })

export const concernSchemas = { concern, concernAdd, concernEnd, statement, suspend }

export type ConcernContent = v.InferOutput<typeof concern>
export type ConcernAdd = v.InferOutput<typeof concernAdd>
