import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import {
  checkContent,
  decodeContent,
  encodeContent,
  isHandle,
  type KnownContent,
  MAX_CONTENT_BYTES,
} from '../../../../client/core/committee/content.ts'
import { MAX_TEXT } from '../../../../client/core/committee/fields.ts'
import {
  isOneLine,
  isPlainText,
  toOneLine,
  toPlainText,
} from '../../../../client/core/committee/plainText.ts'
import { utf8 } from '../../../../shared/base/bytes.ts'
import { fromUtf8 } from '../../../../shared/base/text.ts'
import { hostileBytes, idOf, knownContent } from './arbitraries.ts'

const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value))
const MALFORMED = { ok: false, error: 'malformed' }
const ALARM = {
  type: 'alarm',
  kind: 'fired',
  severity: 'now',
  facts: 'called in at ten, badge taken',
  needs: ['come', 'witness'],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
} as const
const id = idOf(7)
const MOTION = { type: 'motion', kind: 'everyday', title: 'Paint the door', text: 'Red.', lang: 'en' }

t.test('D9 what a member says comes out as it went in', async () => {
  await fc.assert(
    fc.property(knownContent, (content) => {
      const decoded = decodeContent(encodeContent(content))
      return decoded.ok && isDeepStrictEqual(decoded.value, content)
    }),
    { numRuns: 2000 },
  )
})

t.test('D9 the wire form is UTF-8 JSON that begins with version and type', async (t) => {
  const raw = encodeContent({ type: 'post', text: 'Quorum at seven', replyTo: id })

  t.equal(fromUtf8(raw), `{"v":1,"type":"post","text":"Quorum at seven","replyTo":"${id}"}`)
})

t.test('D9 who is put forward and who stands down is written the same way for ever', (t) => {
  const seat = idOf(8)
  const frozen = new Map<string, KnownContent>([
    [
      `{"v":1,"type":"motionCandidate","motion":"${id}","seat":"${seat}"}`,
      { type: 'motionCandidate', motion: id, seat },
    ],
    [`{"v":1,"type":"motionStandDown","motion":"${id}"}`, { type: 'motionStandDown', motion: id }],
  ])
  for (const [text, content] of frozen) {
    t.equal(fromUtf8(encodeContent(content)), text)
    t.strictSame(decodeContent(utf8(text)), { ok: true, value: content })
  }
  t.end()
})

t.test('D9 a type or version of a later release is kept byte for byte', async (t) => {
  for (const raw of [
    json({ v: 1, type: 'pledge', text: 'later' }),
    json({ v: 2, type: 'post', text: 7 }),
    json({ v: 1, type: 'toString' }),
    utf8('{ "type": "poll", "v": 1 }'),
  ]) {
    const decoded = decodeContent(raw)

    t.strictSame(decoded, { ok: true, value: { type: 'unknown', raw } })
    t.strictSame(decoded.ok && encodeContent(decoded.value), raw)
  }
})

t.test('D9 a field that a later release added to a known type is passed over', async (t) => {
  t.strictSame(decodeContent(json({ v: 1, type: 'post', text: 'hello', mood: 5 })), {
    ok: true,
    value: { type: 'post', text: 'hello' },
  })
})

t.test('D9 a known type with a bad field is malformed', async (t) => {
  const bad: readonly object[] = [
    { type: 'post' },
    { type: 'post', text: '' },
    { type: 'post', text: ' spaces around ' },
    { type: 'post', text: 'x'.repeat(MAX_TEXT.post + 1) },
    { type: 'post', text: 'bell \u0007' },
    { type: 'post', text: 'red \u001b[31m' },
    { type: 'post', text: 'one-byte escape \u009b31m' },
    { type: 'post', text: 'turned \u202egnp.exe' },
    { type: 'post', text: 'isolated \u2066x\u2069' },
    { type: 'post', text: 'half \ud800' },
    { type: 'post', text: 'x', replyTo: id.slice(1) },
    { type: 'post', text: 'x', replyTo: id.replace('7', 'G') },
    { type: 'post', text: 'x', replyTo: null },
    { type: 'introduce', handle: 'two\nlines' },
    { type: 'introduce', handle: 'zero\u200bwidth' },
    { type: 'introduce', handle: 'anna#a1b2c3' },
    { type: 'introduce', handle: 'x'.repeat(MAX_TEXT.handle + 1) },
    { ...ALARM, kind: 'promoted' },
    { ...ALARM, severity: 'soon' },
    { ...ALARM, needs: ['come', 'come'] },
    { ...ALARM, needs: ['a pony'] },
    { ...ALARM, about: { who: 'named' } },
    { ...ALARM, namesAllowed: { ...ALARM.namesAllowed, city: 1 } },
    { ...ALARM, namesAllowed: { team: true } },
    { ...ALARM, checked: 'maybe' },
    { ...ALARM, safeContact: { may: 'perhaps' } },
    { type: 'alarmAnswer', alarm: id, answer: 'on_it' },
    { type: 'alarmAnswer', alarm: id, answer: 'on_it', what: 'I go', by: 0 },
    { type: 'alarmAnswer', alarm: id, answer: 'on_it', what: 'I go', by: 'soon' },
    { type: 'alarmAnswer', alarm: id, answer: 'maybe' },
    { type: 'alarmUpdate', alarm: id },
    { type: 'alarmState', alarm: id, to: 'settled' },
    { type: 'alarmState', alarm: id, to: 'settled', outcome: 'tie' },
    { type: 'alarmState', alarm: id, to: 'false_alarm' },
    { type: 'alarmState', alarm: 'x', to: 'steady' },
    { ...MOTION, kind: 'found' },
    { ...MOTION, kind: 'remove' },
    { ...MOTION, about: id },
    { ...MOTION, kind: 'elect' },
    { ...MOTION, kind: 'elect', effect: { gives: 'recall', term: id, seat: id } },
    { ...MOTION, effect: { gives: 'role', role: 'delegate', seat: id } },
    { ...MOTION, kind: 'elect', effect: { gives: 'election', role: 'delegate', candidates: [id] } },
    { ...MOTION, kind: 'elect', effect: { gives: 'election', role: 'delegate', candidates: [id, id] } },
    { ...MOTION, title: 'two\nlines' },
    { ...MOTION, lang: 'Spanish' },
    { ...MOTION, reviewOn: '2027-02-40' },
    { type: 'motionVote', motion: id, hash: 'a'.repeat(64), choice: 'block' },
    { type: 'motionVote', motion: id, hash: 'a'.repeat(64), choice: 'for' },
    { type: 'motionVote', motion: id, hash: 'a'.repeat(63), choice: 'yes' },
    { type: 'motionAmend', motion: id, paragraph: -1 },
    { type: 'motionConfirm', motion: id, close: id, counts: { yes: 1 } },
  ]
  for (const content of bad) t.strictSame(decodeContent(json({ v: 1, ...content })), MALFORMED)

  t.ok(decodeContent(json({ v: 1, ...MOTION })).ok)
  t.ok(decodeContent(json({ v: 1, ...ALARM })).ok, 'and the alarm they were made from is well formed')
})

t.test(
  'D9 whatever has no version and type is malformed, and so is what is too long or too deep',
  async (t) => {
    const long = utf8(`{"v":1,"type":"x","raw":"${'x'.repeat(MAX_CONTENT_BYTES)}"}`)
    const deep = utf8(`{"v":1,"type":"post","text":${'['.repeat(MAX_CONTENT_BYTES - 40)}`)
    const header = [
      {},
      { v: 1 },
      { type: 'post' },
      { v: 0, type: 'post' },
      { v: '1', type: 'post' },
      [],
      null,
      7,
    ]

    for (const raw of [...header.map(json), utf8(''), utf8('post'), Uint8Array.of(0xff), long, deep])
      t.strictSame(decodeContent(raw), MALFORMED)
  },
)

t.test('D9 10,000 hostile inputs get a refusal or a value that can be said again', async (t) => {
  let refused = 0
  let known = 0
  await fc.assert(
    fc.property(hostileBytes, (raw) => {
      const decoded = decodeContent(raw)
      if (!decoded.ok) refused++
      if (!decoded.ok) return decoded.error === 'malformed'
      if (decoded.value.type !== 'unknown') known++
      return decodeContent(encodeContent(decoded.value)).ok
    }),
    { numRuns: 10_000 },
  )

  t.ok(refused > 1000 && known > 500, `both ways are reached: ${refused}, ${known}`)
})

t.test('product.md 3.E an alarm names somebody only if the committee may know the name', async (t) => {
  const named = { ...ALARM, about: { who: 'named', handle: 'bo' } } as const
  const secret = { ...named, namesAllowed: { ...named.namesAllowed, committee: false } }

  t.ok(checkContent(named).ok)
  t.strictSame(checkContent(secret), { ok: false, error: { field: 'about' } })
  t.strictSame(decodeContent(json({ v: 1, ...secret })), MALFORMED)
})

t.test('what somebody typed is cleaned before it is checked, and a refusal names the field', async (t) => {
  t.strictSame(checkContent({ type: 'post', text: '  one\r\ntwo \u202e\n' }), {
    ok: true,
    value: { type: 'post', text: 'one\ntwo' },
  })
  t.strictSame(checkContent({ type: 'introduce', handle: ' an\u200bna\n b' }), {
    ok: true,
    value: { type: 'introduce', handle: 'anna b' },
  })
  t.strictSame(checkContent({ type: 'post', text: ' \n ' }), { ok: false, error: { field: 'text' } })
  const long = { ...ALARM, about: { who: 'named', handle: 'x'.repeat(41) } } as const
  t.strictSame(checkContent(long), { ok: false, error: { field: 'about.handle' } })
})

t.test('a draft that was not checked is a bug and throws', async (t) => {
  t.throws(() => encodeContent({ type: 'post', text: '' }))
  t.throws(() => encodeContent({ type: 'post', text: '\u001b]0;owned\u0007' }))
})

t.test('R10 a post of 500 letters leaves the envelope its smallest size', async (t) => {
  const post: KnownContent = { type: 'post', text: 'x'.repeat(500), replyTo: id }

  t.ok(encodeContent(post).length < 640)
})

t.test('no escape sequence, control or reordering character survives plain text', async (t) => {
  const nasty = fc.constantFrom(
    ...[
      '\u001b',
      '\u009b',
      '\u0007',
      '\b',
      '\r',
      '\n',
      '\t',
      '\u0000',
      '\u007f',
      '\u0085',
      '\u2028',
      '\u202e',
    ],
    ...[
      '\u2066',
      '\u2069',
      '\ud800',
      '\udc00',
      '\ufeff',
      '\u200b',
      '[31m',
      ']8;;http://x',
      'a',
      '\u00e4',
      '\u{1f600}',
    ],
  )
  const line = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })))
    .map((parts) => parts.join(''))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there
  const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/
  await fc.assert(
    fc.property(line, (text) => {
      const plain = toPlainText(text)
      const flat = toOneLine(text)
      return (
        !forbidden.test(plain) &&
        isPlainText(plain) &&
        toPlainText(plain) === plain &&
        !/[\n\t\u200b\ufeff]/.test(flat) &&
        !forbidden.test(flat) &&
        isOneLine(flat)
      )
    }),
    { numRuns: 5000 },
  )
  t.equal(toPlainText('a\u001b[2Jb\r\nc\td'), 'a\ufffd[2Jb\nc\td')
  t.equal(toOneLine(' a\u001b[2J\r\nb\u200d\t c '), 'a\ufffd[2J b c')
})

t.test('names in many scripts are names', async (t) => {
  for (const name of [
    'Zo\u00eb',
    '\u0645\u0631\u064a\u0645',
    '\u0905\u0928\u0940\u0924\u093e',
    'Nachtschicht Halle 3',
    '\u{1f33b}',
  ])
    t.ok(isHandle(name), name)
})
