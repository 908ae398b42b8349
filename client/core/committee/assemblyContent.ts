/** What delegates say in an assembly (product.md 3.G story 1). Letters are packed as city/letter.ts has them. Not here: what follows (assembly.ts). */
import * as v from 'valibot'
import { TAKES } from '../city/letter.ts'
import { cardFields, hash, itemFields, packed, termNumber } from './cityContent.ts'
import { messageId } from './fields.ts'

/** A committee shows itself; whoever says it speaks for it until a letter says who does. `card`: 16 random bytes that it is known by. */
const card = v.object({
  type: v.literal('card'),
  city: hash,
  card: messageId,
  signers: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(8)),
  ...cardFields,
})

/** SHA-256 of 32 letter keys and of a writer key; a letter under the keys before vouches for all but the first. */
const cardKeys = v.object({
  type: v.literal('cardKeys'),
  card: messageId,
  term: termNumber,
  keys: packed(1400),
  writer: hash,
  letter: v.exactOptional(packed(24_000)),
})

/** Whom a committee lends for a week: the key to which calls are sealed; without one, nobody any more. */
const cardDuty = v.object({
  type: v.literal('cardDuty'),
  card: messageId,
  term: termNumber,
  key: v.exactOptional(hash),
})

const cardWelcome = v.object({ type: v.literal('cardWelcome'), card: messageId })

/** A signed letter of a committee to its assembly. */
const cityLetter = v.object({ type: v.literal('cityLetter'), letter: packed(24_000) })

/** The bulletin of a term. `delegates`: the seed of the key that all delegates have and nobody at home. `isEmergency`: at once, when another committee's delegate says so too. */
const assemblyTerm = v.object({
  type: v.literal('assemblyTerm'),
  term: termNumber,
  seed: hash,
  delegates: hash,
  startsAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 47)),
  isEmergency: v.exactOptional(v.literal(true)),
})
const assemblyTermToo = v.object({ type: v.literal('assemblyTermToo'), entry: messageId })

const assemblyItem = v.object({ type: v.literal('assemblyItem'), ...itemFields })

/** A delegate's own word, for its committee, on what needs no mandate. */
const itemAnswer = v.object({ type: v.literal('itemAnswer'), item: messageId, take: v.picklist(TAKES) })

/** All that will answer have: said by delegates of two committees. */
const itemClose = v.object({ type: v.literal('itemClose'), item: messageId })

export const assemblySchemas = {
  card,
  cardKeys,
  cardWelcome,
  cardDuty,
  cityLetter,
  assemblyTerm,
  assemblyTermToo,
  assemblyItem,
  itemAnswer,
  itemClose,
}
export type AssemblyType = keyof typeof assemblySchemas
