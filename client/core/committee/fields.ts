/** The small schemas that content is made of. Not here: the contents (content.ts, fileContent.ts). */
import * as v from 'valibot'
import { idsOf } from './alarmWords.ts'
import { isOneLine, isPlainText } from './plainText.ts'

/** Characters (UTF-16 units) after trimming. A post of 500 and its wrapping stay in the smallest bucket. */
export const MAX_TEXT = {
  handle: 40,
  post: 4000,
  facts: 2000,
  note: 1000,
  place: 200,
  by: 40,
} as const

const isTrimmed = (text: string): boolean => text === text.trim()

export const text = (max: number) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(max), v.check(isPlainText), v.check(isTrimmed))

export const line = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max), v.check(isOneLine))

/** A message id as 32 hex digits: the 16 bytes that the payload around a content carries. */
export const messageId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))

export const oneOf = <const T extends object>(table: T) => v.picklist(idsOf(table))

/** No '#': screens put a piece of the seat id behind one when two handles look alike, and nobody may imitate that. */
export const handle = v.pipe(line(MAX_TEXT.handle), v.excludes('#'))
