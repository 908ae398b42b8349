import fc from 'fast-check'
import t from 'tap'
import { bigEndian, concat, sameBytes, utf8 } from '../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  decode,
  encode,
  flag,
  list,
  mapped,
  oneByteOf,
  option,
  struct,
  text,
  u8,
  u16,
  u32,
  u48,
  varBytes,
  variant,
} from '../../shared/base/codec.ts'
import { fromBase64url, fromHex, fromUtf8, toBase64url, toHex } from '../../shared/base/text.ts'
import { toJson } from '../support/wireVectors.ts'

const of = (...all: number[]): Uint8Array => Uint8Array.from(all)
const malformed = { ok: false, error: 'malformed' }

type AnyCodec = { readonly write: Codec<never>['write']; readonly read: Codec<unknown>['read'] }

/** Prototypes aside. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(toJson(a)) === JSON.stringify(toJson(b))

/** One of everything. */
const shape = struct({
  small: u8,
  middle: u16,
  large: u32,
  larger: u48,
  fixed: bytes(3),
  open: varBytes(9),
  name: text(12),
  yes: flag,
  class: oneByteOf([1, 7, 45]),
  perhaps: option(u16),
  many: list(struct({ id: u8 }), 4),
  either: variant({ number: [1, struct({ n: u32 })], nothing: [9, struct({})] }),
  even: mapped(
    u8,
    (n) => (n % 2 === 0 ? { half: n / 2 } : undefined),
    ({ half }) => half * 2,
  ),
})

const max = (size: number) => fc.integer({ min: 0, max: 2 ** (8 * size) - 1 })
const shapes = fc.record({
  small: max(1),
  middle: max(2),
  large: max(4),
  larger: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  fixed: fc.uint8Array({ minLength: 3, maxLength: 3 }),
  open: fc.uint8Array({ maxLength: 9 }),
  name: fc.string({ unit: 'binary', maxLength: 3 }),
  yes: fc.boolean(),
  class: fc.constantFrom<1 | 7 | 45>(1, 7, 45),
  perhaps: fc.option(max(2), { nil: undefined }),
  many: fc.array(fc.record({ id: max(1) }), { maxLength: 4 }),
  either: fc.oneof(
    fc.record({ type: fc.constant('number' as const), n: max(4) }),
    fc.record({ type: fc.constant('nothing' as const) }),
  ),
  even: fc.record({ half: fc.integer({ min: 0, max: 127 }) }),
})

t.test('C1 what is encoded decodes to the same value', async (t) => {
  fc.assert(
    fc.property(shapes, (value) => {
      const decoded = decode(shape, encode(shape, value))
      return decoded.ok && same(decoded.value, value)
    }),
  )
  t.pass()
})

t.test('C1 a value has one encoding: whatever decodes encodes to the same bytes', async (t) => {
  const changes = fc.array(fc.tuple(fc.nat(), max(1)), { maxLength: 3 })
  let accepted = 0
  fc.assert(
    fc.property(shapes, changes, (value, changed) => {
      const frame = encode(shape, value)
      for (const [at, byte] of changed) frame[at % frame.length] = byte
      const decoded = decode(shape, frame)
      if (decoded.ok) accepted += 1
      return !decoded.ok || sameBytes(encode(shape, decoded.value), frame)
    }),
    { numRuns: 2000 },
  )
  t.ok(accepted > 200, `${accepted}`)
})

t.test('C1 every cut and every extension of an encoding is malformed', async (t) => {
  fc.assert(
    fc.property(shapes, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 5 }), (value, cut, tail) => {
      const frame = encode(shape, value)
      const short = decode(shape, frame.slice(0, cut % frame.length))
      return !short.ok && !decode(shape, concat(frame, tail)).ok
    }),
  )
  t.pass()
})

t.test('C2 the building blocks, byte for byte', async (t) => {
  const cases: [AnyCodec, unknown, Uint8Array][] = [
    [u8, 255, of(255)],
    [u16, 258, of(1, 2)],
    [u32, 0x01020304, of(1, 2, 3, 4)],
    [u32, 0xffffffff, of(255, 255, 255, 255)],
    [u48, 2 ** 48 - 1, of(255, 255, 255, 255, 255, 255)],
    [bytes(2), of(1, 2), of(1, 2)],
    [varBytes(5), of(7), of(0, 0, 0, 1, 7)],
    [text(5), 'ß', of(0, 0, 0, 2, 0xc3, 0x9f)],
    [list(u8, 3), [1, 2], of(0, 2, 1, 2)],
    [option(u8), undefined, of(0)],
    [option(u8), 0, of(1, 0)],
    [flag, true, of(1)],
    [oneByteOf([1, 7]), 7, of(7)],
    [variant({ a: [5, struct({ x: u8 })] }), { type: 'a', x: 3 }, of(5, 3)],
  ]

  for (const [codec, value, encoded] of cases) {
    t.strictSame(encode(codec as Codec<unknown>, value), encoded)
    t.strictSame(decode(codec as Codec<unknown>, encoded), { ok: true, value })
  }
})

t.test('C1 over-long, unknown and ambiguous values are malformed', async (t) => {
  const cases: [string, AnyCodec, Uint8Array][] = [
    ['a length above the limit', varBytes(2), of(0, 0, 0, 3, 1, 2, 3)],
    ['a length beyond the end', varBytes(9), of(0, 0, 0, 3, 1, 2)],
    ['a length of 4 GiB', varBytes(9), of(255, 255, 255, 255)],
    ['too many items', list(u8, 2), of(0, 3, 1, 2, 3)],
    ['a count beyond the end', list(u8, 9), of(0, 9, 1)],
    ['a flag of 2', flag, of(2)],
    ['an option of 2', option(u8), of(2, 1)],
    ['a class that is none', oneByteOf([1, 7]), of(2)],
    ['an unknown member', variant({ a: [5, struct({})] }), of(6)],
    ['no member at all', variant({ a: [5, struct({})] }), of()],
    ['text that is not UTF-8', text(9), of(0, 0, 0, 1, 0xff)],
    ['UTF-8 in a longer form than needed', text(9), of(0, 0, 0, 2, 0xc0, 0xaf)],
    ['half of a surrogate pair', text(9), of(0, 0, 0, 3, 0xed, 0xa0, 0x80)],
    [
      'a value that its own rule refuses',
      mapped(
        u8,
        () => undefined,
        (n: number) => n,
      ),
      of(1),
    ],
  ]
  for (const [name, codec, frame] of cases)
    t.strictSame(decode(codec as Codec<unknown>, frame), malformed, name)
})

t.test('C1 a value that breaks its own codec is a bug and throws', async (t) => {
  for (const n of [-1, 256, 1.5, Number.NaN]) t.throws(() => encode(u8, n), `${n}`)
  t.throws(() => encode(u48, 2 ** 48))
  t.throws(() => encode(bytes(2), of(1)))
  t.throws(() => encode(varBytes(2), of(1, 2, 3)))
  t.throws(() => encode(list(u8, 1), [1, 2]))
  t.throws(() => encode(oneByteOf([1, 7]), 2 as 1))
  t.throws(() => encode(text(2), 'abc'))
  t.throws(() => encode(text(9), '\ud800'))
  t.throws(() => bigEndian(256, 1))
})

t.test('C1 decoded bytes are copies: changing the frame afterwards changes nothing', async (t) => {
  for (const frame of [of(0, 0, 0, 1, 7), Buffer.from([0, 0, 0, 1, 7])]) {
    const decoded = decode(varBytes(4), frame)
    frame[4] = 9

    t.same(decoded, { ok: true, value: of(7) })
  }
})

t.test('C1 hostile bytes never throw and never hang, whatever they claim', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (frame) => {
      const decoded = decode(shape, frame)
      return !decoded.ok || sameBytes(encode(shape, decoded.value), frame)
    }),
    { numRuns: 10_000 },
  )
  t.pass()
})

t.test('K1 base64url and hex: one text for one value, anything else is refused', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (value) => {
      const [base64, hex] = [toBase64url(value), toHex(value)]
      const back = [fromBase64url(base64), fromHex(hex)]
      const nodes = Buffer.from(value)
      const agreed = base64 === nodes.toString('base64url') && hex === nodes.toString('hex')
      return agreed && back.every((bytes) => bytes !== undefined && sameBytes(bytes, value))
    }),
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const base64 = fromBase64url(text)
      const hex = fromHex(text)
      return (
        (base64 === undefined || toBase64url(base64) === text) && (hex === undefined || toHex(hex) === text)
      )
    }),
    { numRuns: 5000 },
  )
  for (const text of ['A', 'AB', 'AA==', 'AA=', 'A+', 'A/', 'AA\n', ' AA', 'AAAAA', 'AAB', 'ÄÄ'])
    t.equal(fromBase64url(text), undefined, JSON.stringify(text))
  for (const text of ['0', 'AA', '0g', ' 00', '00\n', '0x00'])
    t.equal(fromHex(text), undefined, JSON.stringify(text))
  t.strictSame(fromBase64url(''), of())
  t.strictSame(fromBase64url('_-8'), of(255, 239))
})

t.test('C1 UTF-8 is strict, and keeps what it is given', async (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => fromUtf8(utf8(value)) === value))
  t.equal(fromUtf8(of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa')
  t.equal(fromUtf8(of(0x61, 0x80)), undefined)
})

t.test('C2 whole numbers are big-endian, and bytes compare by value', async (t) => {
  t.strictSame(bigEndian(0x01020304, 4), of(1, 2, 3, 4))
  t.strictSame(concat(of(1), of(), of(2, 3)), of(1, 2, 3))
  t.ok(sameBytes(of(1, 2), of(1, 2)))
  t.notOk(sameBytes(of(1, 2), of(1, 2, 3)))
  t.notOk(sameBytes(of(1, 2), of(1, 3)))
})
