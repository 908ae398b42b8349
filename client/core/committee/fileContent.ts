/** What a member says when a file of theirs waits at the relay: all that it takes to find, open and check it. Not here: the file. */
import * as v from 'valibot'
import { messageId, oneOf, text } from './fields.ts'
import {
  FILE_DAYS,
  FILE_KINDS,
  fitsKind,
  isFileName,
  MAX_FILE_BYTES,
  MAX_NAME,
  MEDIA,
  partsOf,
} from './fileWords.ts'

/** Characters (UTF-16 units) of the words that go with a file: with these it mostly stays in the second bucket. */
export const MAX_WORDS = 1000

/** Days since 1970, to the year 2243: what every calendar can print. */
const LAST_DAY = 100_000

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/**
 * A file in a log of its own, and all that it takes to fetch it (client/core/SPEC.md, section "File logs"). `until` is the last UTC day, counted from 1970,
 * on which the relay has all of it, as its author reckoned. `size` says how many parts there are; a claim that does not fit is malformed.
 */
export const file = v.pipe(
  v.object({
    type: v.literal('file'),
    kind: oneOf(FILE_KINDS),
    name: v.pipe(v.string(), v.maxLength(MAX_NAME), v.check(isFileName)),
    media: oneOf(MEDIA),
    size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_FILE_BYTES)),
    parts: v.pipe(v.number(), v.integer()),
    sha256: digest,
    life: v.picklist(FILE_DAYS),
    until: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_DAY)),
    secret: digest,
    words: v.exactOptional(text(MAX_WORDS)),
    replyTo: v.exactOptional(messageId),
  }),
  v.forward(
    v.check(({ size, parts }) => parts === partsOf(size)),
    ['parts'],
  ),
  v.forward(
    v.check(({ kind, media }) => fitsKind(kind, media)),
    ['kind'],
  ),
)

export type FileContent = v.InferOutput<typeof file>
