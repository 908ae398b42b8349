/**
 * What of an alarm leaves the committee (product.md R5, 3.E): for each ring a new object, made field by field from the list of that ring, and the words that a motion
 * would put before the members. Never the alarm with something taken away, and no way back to it. Not here: carrying it (the city), what is not said in free words (scan.ts).
 */
import * as v from 'valibot'
import type { Alarm, Consent } from './alarmLife.ts'
import { ALARM_KINDS, NEEDS, SEVERITIES } from './alarmWords.ts'
import type { Committee } from './committee.ts'
import { line, oneOf, text } from './fields.ts'
import type { Id } from './said.ts'

const HOUR_MS = 3_600_000
/** Characters of what a committee writes for its city. */
export const MAX_RING_WORDS = { demand: 400, ask: 400, workplace: 80 } as const

/** A committee as the city knows it. */
const card = { code: line(40), sector: line(40), area: line(40) }
export type RingCard = { readonly code: string; readonly sector: string; readonly area: string }

/**
 * R1, for the duty rota of the city: fixed fields, nothing that somebody wrote. The hour is counted from 1970. `call`: where to answer, which says nothing about
 * the alarm itself.
 */
const ring1 = v.strictObject({
  v: v.literal(1),
  ring: v.literal('r1'),
  kind: oneOf(ALARM_KINDS),
  severity: oneOf(SEVERITIES),
  hour: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4_000_000)),
  ...card,
  needs: v.pipe(v.array(oneOf(NEEDS)), v.maxLength(Object.keys(NEEDS).length), v.readonly()),
  checked: v.boolean(),
  call: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
})
export type Ring1 = v.InferOutput<typeof ring1>

/** `call`: 16 random bytes as hex, of this one time. */
export const ring1Of = (
  alarm: Pick<Alarm, 'kind' | 'severity' | 'askedAt' | 'needs' | 'checkedBy'>,
  { code, sector, area }: RingCard,
  call: string,
): Ring1 => ({
  v: 1,
  ring: 'r1',
  kind: alarm.kind,
  severity: alarm.severity,
  hour: Math.round(alarm.askedAt / HOUR_MS),
  code,
  sector,
  area,
  needs: alarm.needs,
  checked: isCheckedByTwo(alarm),
  call,
})

/** One value has one form: these fields in this order. Throws on what the list of the ring does not hold. */
export const encodeRing1 = (value: Ring1): string => {
  const { kind, severity, hour, code, sector, area, needs, checked, call } = v.parse(ring1, value)
  return JSON.stringify({ v: 1, ring: 'r1', kind, severity, hour, code, sector, area, needs, checked, call })
}

export const decodeRing1 = (raw: string): Ring1 | undefined => {
  const read = v.safeParse(ring1, parsed(raw))
  return read.success && encodeRing1(read.output) === raw ? read.output : undefined
}

const parsed = (raw: string): unknown => {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

/** R2, for the whole city: what R1 holds, and what the committee says for itself. */
const ring2 = v.strictObject({
  kind: oneOf(ALARM_KINDS),
  severity: oneOf(SEVERITIES),
  hour: ring1.entries.hour,
  ...card,
  needs: ring1.entries.needs,
  workplace: v.optional(line(MAX_RING_WORDS.workplace)),
  name: v.optional(line(40)),
  demand: text(MAX_RING_WORDS.demand),
  ask: text(MAX_RING_WORDS.ask),
})
export type Ring2 = v.InferOutput<typeof ring2>

export type Ring2Draft = {
  readonly demand: string
  readonly ask: string
  readonly workplace: string | undefined
}

/** Name and workplace only where the person concerned has said so, whatever the draft holds (R6). */
export const ring2Of = (
  alarm: Alarm,
  { code, sector, area }: RingCard,
  { handles }: Pick<Committee, 'handles'>,
  { demand, ask, workplace }: Ring2Draft,
): Ring2 => {
  const may = consentIn(alarm, 'city')
  const name = may.name && alarm.concerned !== undefined ? handles.get(alarm.concerned) : undefined
  return {
    kind: alarm.kind,
    severity: alarm.severity,
    hour: Math.round(alarm.askedAt / HOUR_MS),
    code,
    sector,
    area,
    needs: alarm.needs,
    ...(may.workplace && workplace !== undefined ? { workplace } : {}),
    ...(name === undefined ? {} : { name }),
    demand,
    ask,
  }
}

const NOTHING: Consent = { name: false, workplace: false }

export const consentIn = ({ consents }: Alarm, ring: 'city' | 'supporters' | 'public'): Consent =>
  consents.get(ring) ?? NOTHING

/** Two members have spoken to the person, or seen it. */
export const isCheckedByTwo = ({ checkedBy }: Pick<Alarm, 'checkedBy'>): boolean => checkedBy.length >= 2

/** The words in which a client says what the fields hold, in the language of the motion. */
export type RingWords = {
  readonly first: (ring: Omit<Ring1, 'v' | 'ring' | 'needs' | 'checked' | 'call'>) => string
  readonly workplace: (workplace: string) => string
  readonly name: (name: string) => string
  readonly needs: (needs: Ring2['needs']) => string
  readonly checked: string
}

/** Exactly what the city will read, paragraph by paragraph, so that each can be amended. Throws on a field that is not on the list. */
export const ring2Text = (value: Ring2, words: RingWords): string => {
  const { workplace, name, needs, demand, ask, ...first } = v.parse(ring2, value)
  return [
    words.first(first),
    ...(workplace === undefined ? [] : [words.workplace(workplace)]),
    ...(name === undefined ? [] : [words.name(name)]),
    demand,
    ask,
    ...(needs.length > 0 ? [words.needs(needs)] : []),
    words.checked,
  ].join('\n\n')
}

/** What stands in the way of R2. */
export type Ring2Gap = 'not_checked_by_two' | 'workplace_not_allowed'

export const gapsIn = (alarm: Alarm, { workplace }: Ring2Draft): readonly Ring2Gap[] => [
  ...(isCheckedByTwo(alarm) ? [] : (['not_checked_by_two'] as const)),
  ...(workplace !== undefined && !consentIn(alarm, 'city').workplace
    ? (['workplace_not_allowed'] as const)
    : []),
]

/** Of a name in words that are to be written by hand: those whose person has not allowed it. */
export const hiddenNames = (alarm: Alarm, { handles }: Pick<Committee, 'handles'>): readonly string[] =>
  [...handles].flatMap(([seat, handle]) => (isShown(alarm, seat) ? [] : [handle]))

const isShown = (alarm: Alarm, seat: Id): boolean => seat === alarm.concerned && consentIn(alarm, 'city').name
