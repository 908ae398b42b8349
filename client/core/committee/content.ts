/**
 * What members say to each other, as versioned and checked structures (protocol.md D9), and their wire form: UTF-8 JSON
 * `{"v":1,"type":…}`. Not here: what each area of committee life says (its own file, one line in the table
 * below), padding and encryption (the envelope), the message id (the payload around this), and what follows (committee.ts).
 *
 * A type or version this client does not know is kept as bytes and means nothing to it; a known type gains optional
 * fields without a new version, and unknown fields are passed over. Changed meaning needs a new version.
 */

import * as v from 'valibot'
import { utf8 } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromUtf8 } from '../../../shared/base/text.ts'
import { alarmSchemas } from './alarmContent.ts'
import { assemblySchemas } from './assemblyContent.ts'
import { callSchemas } from './callContent.ts'
import { checkSchemas } from './checkContent.ts'
import { citySchemas } from './cityContent.ts'
import { concernSchemas } from './concernContent.ts'
import { handle } from './fields.ts'
import { file } from './fileContent.ts'
import { toFileName } from './fileWords.ts'
import { metSchemas } from './metContent.ts'
import { motionSchemas } from './motionContent.ts'
import { toOneLine, toPlainText } from './plainText.ts'
import { programSchemas } from './programContent.ts'
import { roleSchemas } from './roleContent.ts'
import { talkSchemas } from './talkContent.ts'
import { ticketSchemas } from './ticketContent.ts'
import { unitySchemas } from './unityContent.ts'

const CONTENT_VERSION = 1

/** Bytes of the longest content: what one entry of the largest bucket holds with room for MLS. */
export const MAX_CONTENT_BYTES = 200_000

/** Everything that can be said, by its type: each area brings its own. */
const schemas = {
  ...talkSchemas,
  file,
  ...alarmSchemas,
  ...checkSchemas,
  ...callSchemas,
  ...metSchemas,
  ...programSchemas,
  ...ticketSchemas,
  ...unitySchemas,
  ...roleSchemas,
  ...concernSchemas,
  ...motionSchemas,
  ...citySchemas,
  ...assemblySchemas,
}

/** What this client can say and understand. */
const schemaOf: ReadonlyMap<string, (typeof schemas)[keyof typeof schemas]> = new Map(Object.entries(schemas))

export type KnownContent = v.InferOutput<(typeof schemas)[keyof typeof schemas]>

/** Sayings of these types are stored with who counted when they were said, for the fold knows no roster. */
const COUNTED: ReadonlySet<string> = new Set<KnownContent['type']>([
  'unityPoint',
  'recallAsk',
  'recallDue',
  'suspend',
  'motion',
  'motionFix',
  'motionLapse',
  'motionOpen',
  'motionClose',
  'motionConfirm',
  'cityKeys',
])

export const isCounted = ({ type }: Content): boolean => COUNTED.has(type)

/** Stored with how the charter of that epoch says that things are decided. */
export const isRuled = ({ type }: Content): boolean => type === 'motionOpen'

/** `raw`: the bytes as they came, so that a later release of this client can read them. */
export type Content = KnownContent | { readonly type: 'unknown'; readonly raw: Uint8Array }

const header = v.object({
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  type: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
})

/** At most 200,000 bytes. Throws on what the schemas refuse: drafts go through `checkContent` first. */
export const encodeContent = (content: Content): Uint8Array => {
  if (content.type === 'unknown') return content.raw
  const checked = v.safeParse(schemas[content.type], content)
  if (!checked.success) throw new Error(`content ${content.type} breaks its schema`)
  const { type, ...fields } = checked.output
  return utf8(JSON.stringify({ v: CONTENT_VERSION, type, ...fields }))
}

/** Never throws. A known type with a field that breaks its schema is `malformed`, and so is anything that is not JSON. */
export const decodeContent = (bytes: Uint8Array): Result<Content, 'malformed'> => {
  const value = bytes.length > MAX_CONTENT_BYTES ? undefined : parseJson(bytes)
  const head = v.safeParse(header, value)
  if (!head.success) return err('malformed')
  const schema = schemaOf.get(head.output.type)
  if (head.output.v !== CONTENT_VERSION || !schema) return ok({ type: 'unknown', raw: bytes.slice() })
  const body = v.safeParse(schema, value)
  return body.success ? ok(body.output) : err('malformed')
}

/** Whether somebody may be called that: also asked while they join, before there is any content. */
export const isHandle = (text: string): boolean => v.is(handle, text)

/**
 * What somebody typed, cleaned (line ends, spaces around, reordering controls) and checked. The failure names the field
 * that is empty, too long or not allowed; `namesAllowed` and `about` may contradict each other, which is about `about`.
 */
export const checkContent = <C extends KnownContent>(draft: C): Result<C, { readonly field: string }> => {
  const checked = v.safeParse(schemas[draft.type], cleaned(draft))
  if (checked.success) return ok(checked.output as C)
  return err({ field: v.getDotPath(checked.issues[0]) ?? draft.type })
}

const cleaned = (value: unknown, name?: string): unknown => {
  if (typeof value === 'string') return cleanedText(value, name)
  if (Array.isArray(value)) return value.map((item) => cleaned(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      field === undefined ? [] : [[name, cleaned(field, name)]],
    ),
  )
}

const cleanedText = (text: string, name: string | undefined): string => {
  if (name === 'handle') return toOneLine(text)
  return name === 'name' ? toFileName(text) : toPlainText(text).trim()
}

/** The engine's own failures (nesting too deep for its stack) count as not JSON, as everything else that throws here. */
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(fromUtf8(bytes) ?? '')
  } catch {
    return undefined
  }
}
