/** What members say when they talk: who they are, and words. Not here: what follows from it (talk.ts). */
import * as v from 'valibot'
import { handle, MAX_TEXT, messageId, text } from './fields.ts'

const introduce = v.object({ type: v.literal('introduce'), handle })

const post = v.object({
  type: v.literal('post'),
  text: text(MAX_TEXT.post),
  replyTo: v.exactOptional(messageId),
})

export const talkSchemas = { introduce, post }

export type PostContent = v.InferOutput<typeof post>
