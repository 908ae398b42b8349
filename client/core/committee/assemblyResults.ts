/**
 * What stands in an assembly when somebody comes in: told with the Welcome beside the rest (results.ts), because it was said before and decides what later letters mean.
 * Not here: what it means (assembly.ts), the same of a committee's part (cityResults.ts).
 */
import * as v from 'valibot'
import { TAKES } from '../city/letter.ts'
import { type Assembly, noAssembly } from './assemblyLife.ts'
import { cardFields, hash, itemFields, packed as packedText, termNumber } from './cityContent.ts'
import { messageId } from './fields.ts'

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const many = <const T extends v.GenericSchema>(item: T, max: number) =>
  v.pipe(v.array(item), v.maxLength(max))
const signers = v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(8))

const card = v.strictObject({
  id: messageId,
  ...cardFields,
  signers,
  order: whole,
  at: whole,
  speakers: many(messageId, 2),
  serial: whole,
  keys: many(
    v.strictTuple([
      termNumber,
      v.strictObject({ keys: packedText(1400), writer: hash, serial: v.exactOptional(whole) }),
    ]),
    2,
  ),
  welcomedBy: many(messageId, 127),
  isWilling: v.boolean(),
  since: v.nullable(whole),
  hasLeft: v.boolean(),
  seen: many(v.strictTuple([hash, whole]), 4096),
  duty: many(v.strictTuple([termNumber, hash]), 16),
})

const item = v.strictObject({
  id: messageId,
  card: messageId,
  order: whole,
  at: whole,
  ...itemFields,
  answers: many(
    v.strictTuple([
      messageId,
      v.strictObject({ take: v.picklist(TAKES), by: v.picklist(['letter', 'delegate']), serial: whole }),
    ]),
    127,
  ),
  closedBy: many(messageId, 127),
  closed: v.nullable(v.strictObject({ order: whole, at: whole })),
})

const announced = { term: termNumber, seed: hash, delegates: hash, startsAt: whole }
const listed = v.strictObject({
  card: messageId,
  signers,
  root: hash,
  writer: hash,
  code: cardFields.code,
  sector: cardFields.sector,
  area: cardFields.area,
})

export const assemblyTold = v.strictObject({
  city: hash,
  cards: many(card, 127),
  bulletins: many(v.strictObject({ ...announced, listed: many(listed, 127) }), 2),
  emergencies: many(v.strictTuple([messageId, v.strictObject({ ...announced, by: messageId })]), 1024),
  items: many(item, 1024),
})
type AssemblyTold = v.InferOutput<typeof assemblyTold>

/** Null for a group that is no assembly. */
export const tellAssembly = ({
  city,
  cards,
  bulletins,
  emergencies,
  items,
}: Assembly): AssemblyTold | null =>
  cards.size === 0
    ? null
    : {
        city,
        cards: [...cards.values()].map(({ since, hasLeft, ...one }) => ({
          ...one,
          languages: [...one.languages],
          speakers: [...one.speakers],
          keys: [...one.keys],
          welcomedBy: [...one.welcomedBy],
          seen: [...one.seen],
          duty: [...one.duty],
          since: since ?? null,
          hasLeft: hasLeft === true,
        })),
        bulletins: [...bulletins.values()].map((one) => ({ ...one, listed: [...one.listed] })),
        emergencies: [...emergencies],
        items: [...items.values()].map(({ closed, ...one }) => ({
          ...one,
          answers: [...one.answers],
          closedBy: [...one.closedBy],
          closed: closed ?? null,
        })),
      }

export const assemblyFrom = (told: AssemblyTold | null): Assembly =>
  told === null
    ? noAssembly
    : {
        city: told.city,
        cards: new Map(
          told.cards.map(({ since, hasLeft, ...one }) => [
            one.id,
            {
              ...one,
              keys: new Map(one.keys),
              welcomedBy: new Set(one.welcomedBy),
              seen: new Map(one.seen),
              duty: new Map(one.duty),
              ...(since === null ? {} : { since }),
              ...(hasLeft ? { hasLeft } : {}),
            },
          ]),
        ),
        bulletins: new Map(told.bulletins.map((one) => [one.term, one])),
        emergencies: new Map(told.emergencies),
        items: new Map(
          told.items.map(({ closed, ...one }) => [
            one.id,
            {
              ...one,
              answers: new Map(one.answers),
              closedBy: new Set(one.closedBy),
              ...(closed === null ? {} : { closed }),
            },
          ]),
        ),
      }
