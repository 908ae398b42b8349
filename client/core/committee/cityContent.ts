/**
 * What a committee's members say to each other about their city: keys for letters, letters and who signed them, and what a delegate brings home. Binary parts are base64url
 * of the codecs in client/core/city. Not here: what follows (cityLife.ts), what delegates say among themselves (assemblyContent.ts).
 */
import * as v from 'valibot'
import { TAKES } from '../city/letter.ts'
import { line, messageId, text } from './fields.ts'

/** Terms ahead that a member gives keys for at once. */
export const TERMS_AHEAD = 8

/** Of those who offered to be on duty in a week, so many are told. */
export const MAX_ROTA = 8

export const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
export const packed = (max: number) => v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(max))
export const termNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff_ffff))
export const lang = v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Z]{2})?$/))

/** What other committees may know of this one. */
export const cardFields = {
  code: line(40),
  sector: line(40),
  area: line(40),
  languages: v.pipe(v.array(lang), v.maxLength(12), v.readonly()),
}

/** SHA-256 of this seat's letter keys, for the terms from `from` on. */
const letterKeys = v.object({
  type: v.literal('letterKeys'),
  from: termNumber,
  keys: v.pipe(v.array(hash), v.minLength(1), v.maxLength(TERMS_AHEAD), v.readonly()),
})

/** From a delegate: what the list of a term is filled up with, and the committee's writer key for its bulletin, both as 32-byte seeds. */
const cityKeys = v.object({ type: v.literal('cityKeys'), term: termNumber, seed: hash, writer: hash })

/** From a delegate: this is my seat in the assembly. */
const citySeat = v.object({ type: v.literal('citySeat'), seat: messageId })

/** From a delegate: the bulletin of a term (city/bulletinTerm.ts). */
const cityTerm = v.object({ type: v.literal('cityTerm'), term: packed(20_000) })

export const itemFields = {
  title: line(120),
  text: text(8000),
  lang,
  /** Whether a delegate needs the committee's own vote to answer. */
  needsMandate: v.boolean(),
}

/** From a delegate: what the assembly asks. */
const cityItem = v.object({ type: v.literal('cityItem'), item: messageId, ...itemFields })

/** A letter that is to be signed; `motion`: the one that it is the outcome of. */
const letter = v.object({
  type: v.literal('letter'),
  letter: packed(24_000),
  motion: v.exactOptional(messageId),
})

const letterSign = v.object({
  type: v.literal('letterSign'),
  letter: messageId,
  place: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(31)),
  key: hash,
  signature: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
})

/** "I am on duty for the city in that week", and the key to which calls are sealed; without one, not any more. */
const duty = v.object({ type: v.literal('duty'), term: termNumber, key: v.exactOptional(hash) })

/** From a delegate: who is on duty in a week, in the order in which they are called; committees and keys, no names. */
const dutyRota = v.object({
  type: v.literal('dutyRota'),
  term: termNumber,
  on: v.pipe(v.array(v.object({ card: messageId, key: hash })), v.maxLength(MAX_ROTA), v.readonly()),
})

export const citySchemas = {
  letterKeys,
  cityKeys,
  citySeat,
  cityTerm,
  cityItem,
  letter,
  letterSign,
  duty,
  dutyRota,
}
export type CityType = keyof typeof citySchemas

/** What a carried motion gives the city: an answer to an item, that the committee joins or leaves, or its text as a statement. */
export const cityEffects = [
  v.object({ gives: v.literal('answer'), item: messageId, take: v.picklist(TAKES) }),
  v.object({
    gives: v.literal('city'),
    city: hash,
    to: v.picklist(['join', 'leave']),
    card: messageId,
    /** The first term for which members give keys. */
    from: termNumber,
    ...cardFields,
  }),
  /** `name`, `workplace`: what it tells of the person concerned, so that every device can see whether they allow it, and find it when they take that back. */
  v.object({
    gives: v.literal('statement'),
    name: v.exactOptional(line(40)),
    workplace: v.exactOptional(line(80)),
  }),
] as const
