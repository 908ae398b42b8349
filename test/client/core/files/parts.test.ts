/** What a file is made of: its parts in their places, its log, and what may be announced about it. SPEC.md (client/core), section "File logs". */
import fc from 'fast-check'
import t from 'tap'
import { decodeContent, encodeContent } from '../../../../client/core/committee/content.ts'
import type { FileContent } from '../../../../client/core/committee/fileContent.ts'
import {
  isFileName,
  MAX_FILE_BYTES,
  MAX_NAME,
  MAX_PARTS,
  MEDIA,
  mediaOf,
  PART_BYTES,
  partsOf,
  toFileName,
} from '../../../../client/core/committee/fileWords.ts'
import { AEAD_OVERHEAD_BYTES, sealBox } from '../../../../client/core/crypto/aead.ts'
import { fileLogOf } from '../../../../client/core/files/fileLog.ts'
import { openPart, partLength, partOffset, sealPart } from '../../../../client/core/files/parts.ts'
import { bigEndian, concat, utf8 } from '../../../../shared/base/bytes.ts'
import { decode } from '../../../../shared/base/codec.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import { BUCKETS, CAPS, MAX_BLOB_BYTES } from '../../../../shared/protocol/limits.ts'
import { isFull, policy } from '../../../../shared/protocol/policy.ts'
import { testBytes } from '../../../support/fileEnds.ts'

await cryptoReady

const newLog = (size: number, secret = randomBytes(32)) => fileLogOf(secret, { size, life: 7 })
const pieceOf = (bytes: Uint8Array, number: number): Uint8Array =>
  bytes.subarray(partOffset(number), partOffset(number) + partLength(bytes.length, number))

const sizes = fc.oneof(
  fc.integer({ min: 1, max: 3 * PART_BYTES }),
  fc.constantFrom(
    1,
    ...BUCKETS.flatMap((b) => [b - 41, b - 40, b - 39]),
    PART_BYTES,
    PART_BYTES + 1,
    2 * PART_BYTES,
  ),
)

t.test('FL3 the parts of a file are the file, each in the smallest bucket that holds it', (t) => {
  t.equal(PART_BYTES + AEAD_OVERHEAD_BYTES, MAX_BLOB_BYTES)
  fc.assert(
    fc.property(sizes, (size) => {
      const bytes = testBytes(size)
      const log = newLog(size)
      const numbers = Array.from({ length: partsOf(size) }, (_, i) => i + 1)
      const back = numbers.map((number) => {
        const blob = sealPart(log, number, pieceOf(bytes, number))
        const length = partLength(size, number)
        const smallest = BUCKETS.find((bucket) => length + 40 <= bucket)
        if (blob.length !== smallest) throw new Error(`part ${number} of ${size} is ${blob.length}`)
        return openPart(log, number, blob) ?? new Uint8Array(0)
      })
      return Buffer.compare(Buffer.concat(back), bytes) === 0
    }),
    { numRuns: 40 },
  )
  t.end()
})

t.test('FL4 a part opens in its own place of its own file and nowhere else', (t) => {
  const secret = randomBytes(32)
  const bytes = testBytes(3 * PART_BYTES)
  const log = newLog(bytes.length, secret)
  const blobs = [1, 2, 3].map((number) => sealPart(log, number, pieceOf(bytes, number)))
  const opened = (where = log) =>
    [0, 1, 2, 3, 4].map((number) => blobs.map((blob) => openPart(where, number, blob) !== undefined))
  t.strictSame(opened(), [
    [false, false, false],
    [true, false, false],
    [false, true, false],
    [false, false, true],
    [false, false, false],
  ])
  const none = Array.from({ length: 5 }, () => [false, false, false])
  t.strictSame(opened(newLog(bytes.length)), none, 'another file')
  t.strictSame(opened(fileLogOf(secret, { size: bytes.length, life: 45 })), none, 'another life: another log')
  t.strictSame(opened(newLog(bytes.length + 1, secret)), none, 'a file with a part more')
  t.strictSame(opened(newLog(2 * PART_BYTES, secret)), none, 'a file that ends after two parts')
  t.strictSame(opened(newLog(bytes.length - 1, secret)), none, 'a file that is one byte shorter')
  t.end()
})

t.test('FL4 a changed bit, another bucket, and anything but zeros behind the end are refused', (t) => {
  const log = newLog(100)
  const blob = sealPart(log, 1, testBytes(100))
  fc.assert(
    fc.property(fc.nat(1024 * 8 - 1), (bit) => {
      const changed = blob.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return openPart(log, 1, changed) === undefined
    }),
  )
  t.equal(openPart(log, 1, new Uint8Array(4096)), undefined)
  t.equal(openPart(log, 1, blob.subarray(0, 1023)), undefined)
  const boundTo = concat(utf8('file part/1'), log.id, bigEndian(1, 4), bigEndian(0, 2), bigEndian(100, 4))
  const padded = new Uint8Array(1024 - AEAD_OVERHEAD_BYTES)
  padded.set(testBytes(100))
  t.ok(openPart(log, 1, sealBox(log.partKey, padded, boundTo)), 'what a part is bound to, byte for byte')
  padded[500] = 1
  t.equal(openPart(log, 1, sealBox(log.partKey, padded, boundTo)), undefined)
  t.throws(() => sealPart(log, 1, testBytes(101)))
  t.throws(() => sealPart(log, 2, testBytes(100)))
  t.end()
})

t.test('FL3 two seals of one piece have nothing in common: what is sent again tells nothing', (t) => {
  const log = newLog(900)
  const [a, b] = [sealPart(log, 1, testBytes(900)), sealPart(log, 1, testBytes(900))]
  t.ok(a.filter((byte, i) => byte === b[i]).length < 40)
  t.end()
})

t.test('FL1 every secret has a log of its own, with the smallest cap that takes all parts', (t) => {
  const ids = new Set(Array.from({ length: 50 }, () => toHex(newLog(1000).id)))
  t.equal(ids.size, 50)
  for (const parts of [1, 4, 5, 256, 257, 1024]) {
    const decoded = decode(policy, newLog(parts * PART_BYTES).access.policy)
    if (!decoded.ok) throw new Error('no policy')
    const { cap, ttlDays, wake } = decoded.value
    t.strictSame([ttlDays, wake], [7, 0])
    t.notOk(isFull(cap, parts - 1, (parts - 1) * MAX_BLOB_BYTES), `${parts} parts fit into cap ${cap}`)
    t.ok(cap === 0 || CAPS[(cap - 1) as 0 | 1].bytes < parts * MAX_BLOB_BYTES, 'and into no smaller one')
  }
  t.throws(() => newLog(MAX_FILE_BYTES + 1))
  t.throws(() => fileLogOf(new Uint8Array(31), { size: 1, life: 1 }))
  t.end()
})

t.test('FL6 a name is one safe part of a path on every system, however it was typed', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x\\photo.jpg', 'photo.jpg'],
    ['a/b/', 'b'],
    ['/', 'file'],
    ['..', 'file'],
    ['', 'file'],
    ['.bashrc', 'bashrc'],
    ['con.txt', 'file con.txt'],
    ['LPT1', 'file LPT1'],
    ['invoice\u202egpj.exe', 'invoicegpj.exe'],
    ['a\u0000b\nc.txt', 'a\ufffdb c.txt'],
    ['what?*.txt', 'what__.txt'],
    ['end. . ', 'end'],
    [`${'x'.repeat(200)}.jpeg`, `${'x'.repeat(75)}.jpeg`],
    ['صورة.jpg', 'صورة.jpg'],
  ]
  for (const [typed, name] of cases) t.equal(toFileName(typed), name, JSON.stringify(typed))
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
  )
  fc.assert(
    fc.property(text, (typed) => {
      const name = toFileName(typed)
      const isSafe =
        !/[/\\<>:"|?*\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(name) && !/^[.\s]|[.\s]$/.test(name)
      return (
        isSafe && name.length > 0 && name.length <= MAX_NAME && utf8(name).length <= 255 && isFileName(name)
      )
    }),
    { numRuns: 2000 },
  )
  t.end()
})

const honest: FileContent = {
  type: 'file',
  kind: 'photo',
  name: 'photo.jpg',
  media: 'image/jpeg',
  size: 300_000,
  parts: 2,
  sha256: 'ab'.repeat(32),
  life: 7,
  until: 20_000,
  secret: 'cd'.repeat(32),
  words: 'ours',
}

t.test('FL6 what a hostile member announces is malformed wherever it does not hold', (t) => {
  const raw = (change: object): Uint8Array => utf8(JSON.stringify({ v: 1, ...honest, ...change }))
  t.ok(decodeContent(raw({})).ok)
  t.strictSame(decodeContent(encodeContent(honest)), { ok: true, value: honest })
  const wrong: readonly object[] = [
    { parts: 1 },
    { parts: 3 },
    { parts: 1e9 },
    { size: 0, parts: 0 },
    { size: -5, parts: 0 },
    { size: 1.5, parts: 1 },
    { size: MAX_FILE_BYTES + 1, parts: MAX_PARTS + 1 },
    { size: Number.MAX_SAFE_INTEGER, parts: 2 ** 40 },
    { size: '300000' },
    { size: null },
    { name: '../photo.jpg' },
    { name: '/etc/passwd' },
    { name: '..' },
    { name: '' },
    { name: '.hidden' },
    { name: 'a\u0000.jpg' },
    { name: 'a\u202egpj.exe' },
    { name: 'a\n.jpg' },
    { name: 'x'.repeat(MAX_NAME + 1) },
    { media: 'text/html' },
    { media: 'image/svg+xml' },
    { media: 'IMAGE/JPEG' },
    { kind: 'video' },
    { kind: 'photo', media: 'application/pdf' },
    { kind: 'voice', media: 'image/jpeg' },
    { life: 3 },
    { life: 365 },
    { until: -1 },
    { until: 100_001 },
    { until: 1e12 },
    { sha256: 'ab' },
    { secret: 'CD'.repeat(32) },
    { secret: undefined },
    { words: '' },
    { words: 'x'.repeat(1001) },
    { words: 'a\u001b[2J' },
    { replyTo: 'x' },
  ]
  for (const change of wrong)
    t.strictSame(decodeContent(raw(change)), { ok: false, error: 'malformed' }, JSON.stringify(change))
  t.end()
})

t.test('FL6 a type is on the closed list, and nothing on it runs in a browser', (t) => {
  t.equal(mediaOf('a.JPG'), 'image/jpeg')
  for (const name of ['a.html', 'a.svg', 'a.js', 'a', '.jpg.exe', 'constructor'])
    t.equal(mediaOf(name), 'application/octet-stream')
  t.notOk(Object.keys(MEDIA).some((one) => /html|svg|xml|script/.test(one)))
  t.end()
})
