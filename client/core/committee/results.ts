/**
 * What stands in a committee when somebody comes in, and was said before: points of unity, who holds what, about whom there is a concern,
 * who was suspended, and what was or is being decided. Told with a Welcome, it is where
 * the newcomer's fold begins, so that what is said later means the same there as everywhere (product.md 3.B: nothing else of the past comes
 * along, and of these no note, reason or report). Two devices that read the same log make the same of it; only the moment of a word for a
 * suspension is also by the reader's clock, and stays out of the hash. Not here: who told it, and who says the same (session/told.ts).
 */
import * as v from 'valibot'
import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import { fromUtf8, toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { idsOf } from './alarmWords.ts'
import { assemblyFrom, assemblyTold, tellAssembly } from './assemblyResults.ts'
import { cityFrom, cityTold, tellCity } from './cityResults.ts'
import { type Committee, emptyCommittee } from './committee.ts'
import type { Concern } from './concern.ts'
import { CONCERN_ENDS } from './concernWords.ts'
import { earlierIn, MAX_EARLIER } from './earlier.ts'
import { earlierMotion } from './earlierMotion.ts'
import { line, messageId, oneOf, text } from './fields.ts'
import { MAX_OWED_ITEM } from './roleContent.ts'
import { TERM_ENDS, type Term } from './roles.ts'
import { ROLES } from './roleWords.ts'
import type { Id } from './said.ts'
import { isTermNeeded } from './termsRestOn.ts'
import { type UnityPoint, unityState } from './unity.ts'
import { MAX_POINT } from './unityContent.ts'
import { ENDINGS, PRINCIPLES, STANCES } from './unityWords.ts'

/** Bytes: so much fits into every Welcome. */
export const MAX_RESULTS_BYTES = 500_000

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const seats = v.pipe(v.array(messageId), v.maxLength(1024))
const many = <const T extends v.GenericSchema>(item: T, max: number) =>
  v.pipe(v.array(item), v.maxLength(max))

const point = v.strictObject({
  id: messageId,
  seat: messageId,
  order: whole,
  at: whole,
  words: v.union([
    v.strictObject({ principle: oneOf(PRINCIPLES) }),
    v.strictObject({ text: text(MAX_POINT) }),
  ]),
  among: seats,
  stances: many(v.strictTuple([messageId, oneOf(STANCES), whole]), 1024),
  endings: many(v.strictTuple([messageId, oneOf(ENDINGS)]), 1024),
  settled: v.nullable(v.picklist(['agreed', ...idsOf(ENDINGS)])),
})

const term = v.strictObject({
  id: messageId,
  role: oneOf(ROLES),
  seat: messageId,
  order: whole,
  since: whole,
  until: whole,
  inRow: whole,
  owed: many(v.strictObject({ id: messageId, item: line(MAX_OWED_ITEM), at: whole }), 256),
  recall: seats,
  due: v.exactOptional(seats),
  ended: v.nullable(v.strictObject({ how: v.picklist(TERM_ENDS), order: whole, at: whole })),
})

const suspicion = v.strictObject({
  id: messageId,
  seat: messageId,
  about: messageId,
  order: whole,
  at: whole,
  /** Seat, order, moment. */
  suspendedBy: many(v.strictTuple([messageId, whole, whole]), 1024),
  liftedBy: seats,
  endings: many(v.strictTuple([messageId, oneOf(CONCERN_ENDS)]), 1024),
  ended: v.nullable(oneOf(CONCERN_ENDS)),
})

const results = v.strictObject({
  unity: many(point, 512),
  terms: many(term, 2048),
  suspended: many(suspicion, 256),
  motions: many(earlierMotion, MAX_EARLIER),
  city: v.nullable(cityTold),
  assembly: v.nullable(assemblyTold),
})
export type Results = v.InferOutput<typeof results>

export const noResults: Results = {
  unity: [],
  terms: [],
  suspended: [],
  motions: [],
  city: null,
  assembly: null,
}

/** `here`: the seats of the epoch before which it stands. */
export const resultsOf = (
  committee: Committee,
  { here, isFounded }: { readonly here: readonly Id[]; readonly isFounded: boolean },
): Results => {
  const isNeeded = (one: Term): boolean => isTermNeeded(one, committee, new Set(here))
  const amongOf = ({ among }: UnityPoint): readonly Id[] =>
    isFounded ? here.filter((seat) => among.includes(seat)) : here
  return {
    unity: [...committee.unity.values()]
      .filter((one) => unityState(one, amongOf(one)) !== 'dropped')
      .map(pointOf),
    terms: [...committee.terms.values()].filter(isNeeded).map(termOf),
    suspended: [...committee.concerns.values()]
      .filter(({ about, ended, suspendedBy }) => here.includes(about) && (!ended || suspendedBy.size > 0))
      .map(suspicionOf),
    motions: [...earlierIn(committee, here)],
    city: tellCity(committee),
    assembly: tellAssembly(committee),
  }
}

const pointOf = ({ id, seat, order, at, words, among, stances, endings, settled }: UnityPoint) => ({
  ...{ id, seat, order, at, words, among: [...among] },
  stances: [...stances].map(([who, { stance, at: when }]): [Id, typeof stance, number] => [
    who,
    stance,
    when,
  ]),
  endings: [...endings],
  settled: settled ?? null,
})

const termOf = ({ id, role, seat, order, since, until, inRow, owed, recall, due, ended }: Term) => ({
  ...{ id, role, seat, order, since, until, inRow },
  owed: owed.filter(({ report }) => !report).map(({ id: debt, item, at }) => ({ id: debt, item, at })),
  recall: [...recall],
  ...(due ? { due: [...due] } : {}),
  ended: ended ?? null,
})

const suspicionOf = ({ id, seat, about, order, at, suspendedBy, liftedBy, endings, ended }: Concern) => ({
  ...{ id, seat, about, order, at },
  suspendedBy: [...suspendedBy].map(([who, word]): [Id, number, number] => [who, word.order, word.at]),
  liftedBy: [...liftedBy],
  endings: [...endings],
  ended: ended ?? null,
})

/** The fold of somebody to whom this was told and who has heard nothing else. */
export const beginWith = ({ unity, terms, suspended, motions, city, assembly }: Results): Committee => ({
  ...emptyCommittee,
  earlier: motions,
  ...cityFrom(city),
  ...assemblyFrom(assembly),
  unity: new Map(unity.map((one) => [one.id, pointFrom(one)])),
  terms: new Map(terms.map((one) => [one.id, termFrom(one)])),
  concerns: new Map(suspended.map((one) => [one.id, concernFrom(one)])),
})

const pointFrom = ({ stances, endings, settled, ...one }: Results['unity'][number]): UnityPoint => ({
  ...one,
  stances: new Map(stances.map(([seat, stance, at]) => [seat, { stance, at }])),
  endings: new Map(endings),
  ...(settled ? { settled } : {}),
})

const termFrom = ({ recall, due, ended, ...one }: Results['terms'][number]): Term => ({
  ...one,
  recall: new Set(recall),
  ...(due ? { due: new Set(due) } : {}),
  ...(ended ? { ended } : {}),
})

const concernFrom = ({
  suspendedBy,
  liftedBy,
  endings,
  ended,
  ...one
}: Results['suspended'][number]): Concern => ({
  ...one,
  facts: [],
  guesses: [],
  checked: [],
  hasAsked: false,
  endings: new Map(endings),
  suspendedBy: new Map(suspendedBy.map(([seat, order, at]) => [seat, { order, at }])),
  liftedBy: new Set(liftedBy),
  ...(ended ? { ended } : {}),
})

export const encodeResults = (value: Results): Uint8Array => utf8(JSON.stringify(v.parse(results, value)))

/** Never throws; one value has one encoding. */
export const decodeResults = (raw: Uint8Array): Results | undefined => {
  const read = v.safeParse(results, raw.length > MAX_RESULTS_BYTES ? undefined : parse(raw))
  return read.success && sameBytes(encodeResults(read.output), raw) ? read.output : undefined
}

const parse = (raw: Uint8Array): unknown => {
  try {
    return JSON.parse(fromUtf8(raw) ?? '')
  } catch {
    return undefined
  }
}

/** SHA-256("results/1" || JSON), without the moments that depend on who heard them, and without motions: whoever came in late knows others. */
export const resultsHash = (value: Results): string => {
  const suspended = value.suspended.map(({ suspendedBy, ...one }) => ({
    ...one,
    suspendedBy: suspendedBy.map(([seat, order]): [Id, number, number] => [seat, order, 0]),
  }))
  return toHex(sha256(concat(utf8('results/1'), encodeResults({ ...value, suspended, motions: [] }))))
}
