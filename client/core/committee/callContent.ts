/** That an alarm will call the city by itself, and how members stop it (product.md 3.E). Not here: what is called out (city/call.ts), when (session/calling.ts). */
import * as v from 'valibot'
import { hash } from './cityContent.ts'
import { sealedTokens } from './tokens.ts'

const calls = v.object({
  type: v.literal('calls'),
  /** SHA-256("check/1" || id of the alarm), as where an alarm waits sealed. */
  opens: hash,
  term: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff)),
  needed: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2)),
  /** In order: minutes from then, the letter that goes out, and its name among what waits at the relay. */
  waiting: v.pipe(
    v.array(
      v.object({
        minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440)),
        letter: hash,
        deposit: hash,
      }),
    ),
    v.minLength(1),
    v.maxLength(2),
    v.readonly(),
  ),
  tokens: sealedTokens,
})

export const callSchemas = { calls }
export type CallsContent = v.InferOutput<typeof calls>
