/**
 * A committee's part in its city when somebody comes in: told with the Welcome beside the rest (results.ts). Not here: what it means (cityLife.ts), the same of an assembly
 * (assemblyResults.ts).
 */
import * as v from 'valibot'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { decodeTerm, encodeTerm } from '../city/bulletinTerm.ts'
import { decodeLetter, encodeLetter } from '../city/letter.ts'
import { packed, unpacked } from '../city/packing.ts'
import { cardFields, hash, itemFields, MAX_ROTA, packed as packedText, termNumber } from './cityContent.ts'
import { type CityLife, noCityLife } from './cityLife.ts'
import { messageId } from './fields.ts'
import { type KeyList, keyOfSeat } from './keyLists.ts'

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const many = <const T extends v.GenericSchema>(item: T, max: number) =>
  v.pipe(v.array(item), v.maxLength(max))

const membership = v.strictObject({
  city: hash,
  to: v.picklist(['join', 'leave']),
  card: messageId,
  from: termNumber,
  ...cardFields,
  motion: messageId,
})
const keyList = v.strictObject({
  term: termNumber,
  keys: v.pipe(v.array(hash), v.length(32)),
  seats: many(v.strictTuple([whole, messageId]), 32),
  writer: hash,
  root: hash,
  writerHash: hash,
})
const letter = v.strictObject({
  id: messageId,
  seat: messageId,
  order: whole,
  at: whole,
  letter: packedText(24_000),
  motion: v.nullable(messageId),
  signatures: many(
    v.strictObject({ place: whole, key: hash, signature: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)) }),
    32,
  ),
})

export const cityTold = v.strictObject({
  memberships: many(membership, 64),
  letterKeys: many(v.strictTuple([termNumber, messageId, hash]), 8192),
  /** One that was replaced stands before the one that did so. */
  keyLists: many(keyList, 6),
  citySeats: many(v.strictTuple([messageId, messageId]), 1024),
  homeTerms: many(
    v.strictObject({
      term: packedText(20_000),
      seat: messageId,
      order: whole,
      isOurs: v.boolean(),
      isDisputed: v.boolean(),
    }),
    2,
  ),
  cityItems: many(v.strictObject({ id: messageId, at: whole, ...itemFields }), 1024),
  letters: many(letter, 256),
  lettered: many(messageId, 4096),
  onDuty: many(v.strictTuple([termNumber, messageId, hash]), 16),
  rotas: many(v.strictTuple([termNumber, many(v.strictTuple([messageId, hash]), MAX_ROTA)]), 16),
})
type CityTold = v.InferOutput<typeof cityTold>

const hexOf = (raw: Uint8Array): string => toHex(raw)
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

const listTold = ({ before: _, ...one }: KeyList) => ({
  ...one,
  keys: one.keys.map(hexOf),
  seats: [...one.seats],
})

const listsFrom = (told: CityTold['keyLists']): CityLife['keyLists'] => {
  const lists = new Map<number, KeyList>()
  for (const one of told) {
    const list = { ...one, keys: one.keys.map(bytesOf), seats: new Map(one.seats) }
    const before = lists.get(one.term)
    lists.set(one.term, before ? { ...list, before } : list)
  }
  return lists
}

/** Null for a committee that has no city. */
export const tellCity = (life: CityLife): CityTold | null =>
  life.memberships.size === 0
    ? null
    : {
        lettered: [...life.lettered],
        onDuty: [...life.onDuty].map(([term, { seat, key }]) => [term, seat, key]),
        rotas: [...life.rotas].map(([term, on]) => [term, on.map(({ card, key }) => [card, key])]),
        memberships: [...life.memberships.values()].map((one) => ({ ...one, languages: [...one.languages] })),
        letterKeys: [...life.letterKeys].map(([key, value]) => {
          const [term = '', seat = ''] = key.split(' ')
          return [Number(term), seat, value]
        }),
        keyLists: [...life.keyLists.values()].flatMap(({ before, ...one }) => [
          ...(before ? [listTold(before)] : []),
          listTold(one),
        ]),
        citySeats: [...life.citySeats],
        homeTerms: [...life.homeTerms.values()].map((one) => ({
          ...one,
          term: packed(encodeTerm(one.term)),
        })),
        cityItems: [...life.cityItems.values()].map((one) => ({ ...one })),
        letters: [...life.letters.values()].map(({ letter: value, motion, signatures, ...one }) => ({
          ...one,
          letter: packed(encodeLetter(value)),
          motion: motion ?? null,
          signatures: [...signatures.values()].map(({ place, key, signature }) => ({
            place,
            key: hexOf(key),
            signature: hexOf(signature),
          })),
        })),
      }

export const cityFrom = (told: CityTold | null): CityLife =>
  told === null
    ? noCityLife
    : {
        memberships: new Map(told.memberships.map((one) => [one.motion, one])),
        letterKeys: new Map(told.letterKeys.map(([term, seat, key]) => [keyOfSeat(term, seat), key])),
        keyLists: listsFrom(told.keyLists),
        lettered: new Set(told.lettered),
        onDuty: new Map(told.onDuty.map(([term, seat, key]) => [term, { seat, key }])),
        rotas: new Map(told.rotas.map(([term, on]) => [term, on.map(([card, key]) => ({ card, key }))])),
        citySeats: new Map(told.citySeats),
        homeTerms: new Map(
          told.homeTerms.flatMap((one) => {
            const term = unpacked(one.term, decodeTerm)
            return term ? [[term.term, { ...one, term }] as const] : []
          }),
        ),
        cityItems: new Map(told.cityItems.map((one) => [one.id, one])),
        letters: new Map(told.letters.flatMap(letterFrom)),
      }

const letterFrom = ({
  letter: text,
  motion,
  signatures,
  ...one
}: CityTold['letters'][number]): readonly (readonly [
  string,
  CityLife['letters'] extends ReadonlyMap<string, infer L> ? L : never,
])[] => {
  const value = unpacked(text, decodeLetter)
  if (!value) return []
  const given = signatures.map(({ place, key, signature }) => ({
    place,
    key: bytesOf(key),
    signature: bytesOf(signature),
  }))
  const bySeat = new Map(given.map((sig) => [sig.place, sig]))
  return [[one.id, { ...one, letter: value, signatures: bySeat, ...(motion === null ? {} : { motion }) }]]
}
