/** Generated content, sayings and hostile bytes for the tests of this room. */
import * as fc from 'fast-check'
import {
  ALARM_KINDS,
  CHECKS,
  idsOf,
  NEEDS,
  OUTCOMES,
  OUTER_RINGS,
  SEVERITIES,
} from '../../../../client/core/committee/alarmWords.ts'
import { encodeContent, isHandle, type KnownContent } from '../../../../client/core/committee/content.ts'
import { DECISION_KINDS } from '../../../../client/core/committee/decisionRules.ts'
import {
  FILE_DAYS,
  FILE_KINDS,
  fitsKind,
  MAX_FILE_BYTES,
  MEDIA,
  partsOf,
  toFileName,
} from '../../../../client/core/committee/fileWords.ts'
import { AMENDMENT_SIDES } from '../../../../client/core/committee/motionContent.ts'
import { isOneLine, isPlainText } from '../../../../client/core/committee/plainText.ts'
import { ELECTED } from '../../../../client/core/committee/roleWords.ts'
import type { Said } from '../../../../client/core/committee/said.ts'
import { ENDINGS } from '../../../../client/core/committee/unityWords.ts'
import { utf8 } from '../../../../shared/base/bytes.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'

await cryptoReady

const one = <T extends object>(table: T) => fc.constantFrom(...idsOf(table))

export const idOf = (n: number): string => n.toString(16).padStart(32, '0')

/** Few ids and seats, so that sayings meet. */
const someId = fc.integer({ min: 0, max: 11 }).map(idOf)
export const SEATS = [1, 2, 3, 4, 5].map((n) => idOf(0xa0 + n))

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .filter((value) => value === value.trim() && isPlainText(value))

const handle = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isHandle)

const needs = fc.uniqueArray(one(NEEDS), { maxLength: 4 })
const by = fc.oneof(
  fc.integer({ min: 1, max: 10_080 }),
  fc.constantFrom('2026-05-01T10:30', '2026-05-01T10:30:00Z'),
)

const about = fc.oneof(
  fc.constant({ who: 'me' as const }),
  fc.constant({ who: 'not_named' as const }),
  fc.record(
    { who: fc.constant('named' as const), handle, seat: fc.constantFrom(...SEATS) },
    { requiredKeys: ['who', 'handle'] },
  ),
)

const safeContact = fc.record({ may: fc.constantFrom('yes' as const, 'no' as const, 'phrase' as const) })

const rings = fc.record({
  team: fc.boolean(),
  committee: fc.constant(true),
  city: fc.boolean(),
  supporters: fc.boolean(),
  public: fc.boolean(),
})

const introduce = fc.record({ type: fc.constant('introduce' as const), handle })

const post = fc.record(
  { type: fc.constant('post' as const), text, replyTo: someId },
  { requiredKeys: ['type', 'text'] },
)

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)

const file = fc
  .record(
    {
      type: fc.constant('file' as const),
      media: one(MEDIA),
      name: fc.string({ unit: 'grapheme', maxLength: 90 }).map(toFileName),
      size: fc.integer({ min: 1, max: MAX_FILE_BYTES }),
      sha256: digest,
      life: fc.constantFrom(...FILE_DAYS),
      until: fc.nat(100_000),
      secret: digest,
      words: text,
      replyTo: someId,
    },
    { requiredKeys: ['type', 'media', 'name', 'size', 'sha256', 'life', 'until', 'secret'] },
  )
  .chain((rest) =>
    one(FILE_KINDS)
      .filter((kind) => fitsKind(kind, rest.media))
      .map((kind) => ({ ...rest, kind, parts: partsOf(rest.size) })),
  )

const alarm = fc.record(
  {
    type: fc.constant('alarm' as const),
    kind: one(ALARM_KINDS),
    severity: one(SEVERITIES),
    facts: text,
    guesses: text,
    needs,
    about,
    place: text,
    safeContact,
    namesAllowed: rings,
    checked: one(CHECKS),
  },
  { requiredKeys: ['type', 'kind', 'severity', 'facts', 'needs', 'about', 'namesAllowed'] },
)

const to = { type: fc.constant('alarmState' as const), alarm: someId }
const aboutAlarm = { type: fc.constant('alarmAnswer' as const), alarm: someId }

const alarmAnswer = fc.oneof(
  fc.record({ ...aboutAlarm, answer: fc.constant('seen' as const) }),
  fc.record({ ...aboutAlarm, answer: fc.constant('cannot' as const) }),
  fc.record(
    { ...aboutAlarm, answer: fc.constant('on_it' as const), what: text, by, takes: needs },
    { requiredKeys: ['type', 'alarm', 'answer', 'what'] },
  ),
)

const alarmUpdate = fc.record(
  {
    type: fc.constant('alarmUpdate' as const),
    alarm: someId,
    text,
    needs,
    severity: one(SEVERITIES),
    kind: one(ALARM_KINDS),
  },
  { requiredKeys: ['type', 'alarm', 'text'] },
)

const alarmState = fc.oneof(
  ...(['steady', 'cancelled', 'spoken_to', 'reopened'] as const).map((word) =>
    fc.record({ ...to, to: fc.constant(word), note: text }, { requiredKeys: ['type', 'alarm', 'to'] }),
  ),
  fc.record(
    { ...to, to: fc.constant('settled' as const), outcome: one(OUTCOMES), note: text },
    { requiredKeys: ['type', 'alarm', 'to', 'outcome'] },
  ),
  fc.record({ ...to, to: fc.constant('false_alarm' as const), note: text }),
  fc.record({ ...to, to: fc.constant('joined' as const), into: someId }),
)

const alarmConsent = fc.record({
  type: fc.constant('alarmConsent' as const),
  alarm: someId,
  ring: fc.constantFrom(...OUTER_RINGS),
  name: fc.boolean(),
  workplace: fc.boolean(),
})
const alarmReach = fc.record({
  type: fc.constant('alarmReach' as const),
  alarm: someId,
  sealed: fc.array(
    fc.record({
      device: fc.constantFrom(...SEATS),
      sealed: fc.uint8Array({ minLength: 49, maxLength: 60 }).map(toHex),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})
const alarmChecked = fc.record({
  type: fc.constant('alarmChecked' as const),
  alarm: someId,
  how: fc.constantFrom('spoke' as const, 'saw' as const),
})

const aMotion = { motion: someId }
const textHash = { hash: digest }
const lang = fc.constantFrom('es', 'ar', 'pt-BR')
const lines = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((value) => isOneLine(value) && value !== '')
const day = fc.constantFrom('2027-01-31', '2026-12-01')
const effect = fc.oneof(
  fc.record(
    {
      gives: fc.constant('role' as const),
      role: fc.constantFrom(...ELECTED),
      seat: someId,
      days: fc.integer({ min: 1, max: 366 }),
    },
    { requiredKeys: ['gives', 'role', 'seat'] },
  ),
  fc.record(
    {
      gives: fc.constant('election' as const),
      role: fc.constantFrom(...ELECTED),
      candidates: fc.uniqueArray(someId, { minLength: 2, maxLength: 4 }),
      days: fc.integer({ min: 1, max: 366 }),
    },
    { requiredKeys: ['gives', 'role', 'candidates'] },
  ),
  fc.record({ gives: fc.constant('recall' as const), term: someId, seat: someId }),
  fc.record({
    gives: fc.constant('unity' as const),
    point: someId,
    to: fc.constantFrom('agreed' as const, ...idsOf(ENDINGS)),
  }),
)

const motion = fc
  .record(
    {
      type: fc.constant('motion' as const),
      kind: one(DECISION_KINDS).filter((kind) => kind !== 'found'),
      title: lines,
      text,
      lang,
      isUrgent: fc.constant(true as const),
      links: fc.array(someId, { maxLength: 8 }),
      reviewOn: day,
    },
    { requiredKeys: ['type', 'kind', 'title', 'text', 'lang'] },
  )
  .chain((put) => {
    if (put.kind === 'remove') return someId.map((about) => ({ ...put, about }))
    const gives = { elect: ['role', 'election'], recall: ['recall'], unity: ['unity'] }[put.kind as string]
    return gives === undefined
      ? fc.constant(put)
      : effect.filter((one) => gives.includes(one.gives)).map((one) => ({ ...put, effect: one }))
  })

const aboutMotion: fc.Arbitrary<KnownContent> = fc.oneof(
  ...(
    [
      'motionSecond',
      'motionClose',
      'motionRecount',
      'motionStandDown',
      'motionWithdraw',
      'motionLapse',
    ] as const
  ).map((type) => fc.record({ type: fc.constant(type), ...aMotion })),
  fc.record({ type: fc.constant('motionCandidate' as const), ...aMotion, seat: someId }),
  fc.record(
    { type: fc.constant('motionAmend' as const), ...aMotion, paragraph: fc.nat(99), text, note: text },
    { requiredKeys: ['type', 'motion', 'paragraph'] },
  ),
  fc.record({
    type: fc.constant('motionAmendment' as const),
    ...aMotion,
    amendment: someId,
    to: fc.constantFrom(...AMENDMENT_SIDES),
  }),
  fc.record({ type: fc.constantFrom('motionFix' as const, 'motionWaive' as const), ...aMotion, ...textHash }),
  fc.record({
    type: fc.constant('motionTranslate' as const),
    ...aMotion,
    ...textHash,
    lang,
    title: lines,
    text,
  }),
  fc.record({ type: fc.constant('motionChecked' as const), ...aMotion, lang }),
  fc.record(
    { type: fc.constant('motionOpen' as const), ...aMotion, ...textHash, mandate: digest },
    { requiredKeys: ['type', 'motion', 'hash'] },
  ),
  fc.record({
    type: fc.constant('motionVote' as const),
    ...aMotion,
    ...textHash,
    choice: fc.constantFrom('yes' as const, 'no' as const, 'unsure' as const),
  }),
  fc.record({
    type: fc.constant('motionVote' as const),
    ...aMotion,
    ...textHash,
    choice: fc.constant('block' as const),
    reason: text,
  }),
  fc.record({
    type: fc.constant('motionVote' as const),
    ...aMotion,
    ...textHash,
    choice: fc.constant('for' as const),
    candidate: someId,
  }),
  fc.record({
    type: fc.constant('motionConfirm' as const),
    ...aMotion,
    close: someId,
    counts: fc.record(
      {
        yes: fc.nat(99),
        no: fc.nat(99),
        unsure: fc.nat(99),
        block: fc.nat(99),
        each: fc.array(fc.record({ seat: someId, votes: fc.nat(99) }), { maxLength: 4 }),
      },
      { requiredKeys: ['yes', 'no', 'unsure', 'block'] },
    ),
  }),
  fc.record(
    { type: fc.constant('motionOutcome' as const), ...aMotion, text, doneBy: someId, reviewOn: day },
    { requiredKeys: ['type', 'motion', 'text'] },
  ),
  fc.record({ type: fc.constant('motionReview' as const), ...aMotion, text }),
)

/** With the prototypes that decoded values have, so that they can be compared. */
export const knownContent: fc.Arbitrary<KnownContent> = fc
  .oneof(
    introduce,
    post,
    file,
    { arbitrary: alarm, weight: 3 },
    { arbitrary: alarmAnswer, weight: 8 },
    { arbitrary: alarmUpdate, weight: 2 },
    { arbitrary: alarmState, weight: 4 },
    alarmConsent,
    alarmChecked,
    alarmReach,
    motion,
    { arbitrary: aboutMotion, weight: 3 },
  )
  .map((content) => structuredClone(content))

/** Most of what is about an alarm is about one that was raised before; some is not. */
const meeting = (list: readonly (Said & { readonly content: KnownContent })[]): readonly Said[] => {
  const raised: string[] = []
  return list.map((said) => {
    const { content } = said
    if (content.type === 'alarm') raised.push(said.id)
    if (!('alarm' in content)) return said
    const chosen = raised[Number.parseInt(content.alarm, 16) % (raised.length + 1)]
    const other = 'into' in content ? { into: raised[0] ?? content.into } : {}
    return { ...said, content: { ...content, ...other, alarm: chosen ?? content.alarm } }
  })
}

/** Sayings in order with gaps between the order numbers, so that tests can put something in between. */
export const sayings = (maxLength: number): fc.Arbitrary<readonly Said[]> =>
  fc
    .array(
      fc.record({
        seat: fc.constantFrom(...SEATS),
        device: fc.constantFrom('d1', 'd2'),
        at: fc.integer({ min: 0, max: 2 ** 40 }),
        content: knownContent,
      }),
      { minLength: maxLength >> 1, maxLength, size: 'max' },
    )
    .map((list) => meeting(list.map((said, i) => ({ ...said, id: idOf(i), order: 10 * i }))))

/** Valid encodings with a few bytes changed, cut or added. */
const damaged: fc.Arbitrary<Uint8Array> = fc
  .record({
    content: knownContent,
    changes: fc.array(fc.record({ at: fc.nat(400), byte: fc.integer({ min: 31, max: 130 }) }), {
      maxLength: 2,
    }),
    cut: fc.constantFrom(0, 0, 0, 1, 5),
    more: fc.constantFrom('', '', ' ', '}', 'x'),
  })
  .map(({ content, changes, cut, more }) => {
    const raw = encodeContent(content)
    const next = new Uint8Array([...raw.slice(0, raw.length - cut), ...utf8(more)])
    for (const { at, byte } of changes) next[at % next.length] = byte
    return next
  })

/** JSON that begins like ours, with any fields. */
const pretending: fc.Arbitrary<Uint8Array> = fc
  .record({
    v: fc.oneof(fc.constant(1), fc.jsonValue()),
    type: fc.oneof(
      fc.constantFrom(
        'introduce',
        'post',
        'alarm',
        'alarmAnswer',
        'alarmUpdate',
        'alarmState',
        'motion',
        'motionVote',
        '__proto__',
        'toString',
      ),
      fc.jsonValue(),
    ),
    fields: fc.dictionary(
      fc.constantFrom(
        'text',
        'handle',
        'alarm',
        'answer',
        'to',
        'kind',
        'needs',
        'about',
        'replyTo',
        '__proto__',
      ),
      fc.jsonValue(),
    ),
  })
  .map(({ v, type, fields }) => utf8(JSON.stringify({ ...fields, v, type })))

export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map(utf8),
  { arbitrary: damaged, weight: 3 },
  pretending,
)
