/** For each device the token of its seat, by which its member takes part in stopping what waits at the relay: sealed to the key of its leaf, 80 bytes as hex. */
import * as v from 'valibot'
import { messageId } from './fields.ts'

export const sealedTokens = v.pipe(
  v.array(v.object({ device: messageId, sealed: v.pipe(v.string(), v.regex(/^[0-9a-f]{160}$/)) })),
  v.minLength(1),
  v.maxLength(96),
  v.readonly(),
)
export type SealedTokens = v.InferOutput<typeof sealedTokens>
