/** The logs of an epoch: keys and addresses, envelopes, chunks (protocol.md 4.2), payloads and statements (4.7). */
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { sealBox } from '../../../../client/core/crypto/aead.ts'
import { type Gathering, gather, splitBody } from '../../../../client/core/epochlog/chunks.ts'
import {
  type Envelope,
  type EnvelopeKind,
  MAX_BODY_BYTES,
  openEnvelope,
  sealEnvelope,
} from '../../../../client/core/epochlog/envelope.ts'
import { logFromSeed, logSeed } from '../../../../client/core/epochlog/keys.ts'
import {
  decodePayload,
  encodePayload,
  type Payload,
  payloadHash,
} from '../../../../client/core/epochlog/payload.ts'
import { readStatement, type Statement, signStatement } from '../../../../client/core/epochlog/statement.ts'
import { concat, sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { decode } from '../../../../shared/base/codec.ts'
import { fromBase64url, fromHex, toHex } from '../../../../shared/base/text.ts'
import { randomBytes, sign } from '../../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../../shared/protocol/ids.ts'
import { BUCKETS } from '../../../../shared/protocol/limits.ts'
import { policy } from '../../../../shared/protocol/policy.ts'
import {
  aCommittee,
  aMotion,
  aNewcomer,
  approvalOf,
  dropOfDevice,
  filled,
  hashOf,
  leaveOf,
  resyncOf,
  seatNumber,
  signerOf,
} from '../../../support/court.ts'

/** Nonce, tag, kind and length. */
const OVERHEAD = 24 + 16 + 1 + 4

const threeSeeds = (root: Uint8Array): readonly Uint8Array[] => {
  const first = logSeed(root, 0)
  const second = logSeed(first, 1)
  return [first, second, logSeed(second, 2)]
}
const logsOf = (root: Uint8Array) => threeSeeds(root).map(logFromSeed)
const [LOG, OTHER] = logsOf(filled(0x21))
if (!LOG || !OTHER) throw new Error('an epoch has logs')

const bodyOf = (size: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251)

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('nothing there')
  return value
}
const open = (blob: Uint8Array, log = LOG): Envelope | undefined => {
  const opened = openEnvelope(log, blob)
  return opened.ok ? opened.value : undefined
}

t.test('4.2 keys and address of every log follow from the root as the protocol writes it', async (t) => {
  const root = filled(0x42)
  const seeds = threeSeeds(root)
  seeds.forEach((seed, k) => {
    const hmac = (...parts: Uint8Array[]) =>
      createHmac('sha256', seeds[k - 1] ?? root)
        .update(concat(...parts))
        .digest()
    const info = concat(utf8('log'), new Uint8Array([0, k]))
    const first = hmac(info, new Uint8Array([1]))
    t.equal(toHex(seed), toHex(concat(first, hmac(first, info, new Uint8Array([2])))), `seed ${k}`)
    const log = logFromSeed(seed)
    const id = createHash('sha256').update('epochlog id').update(log.access.policy).digest().subarray(0, 24)
    t.equal(toHex(log.id), toHex(id))
    t.equal(toHex(log.access.id), toHex(id))
    t.equal(toHex(log.envelopeKey), toHex(seed.slice(32)))
    const keyHash = new Uint8Array(createHash('sha256').update(must(log.access.reader).publicKey).digest())
    const read = decode(policy, log.access.policy)
    const readers = [keyHash]
    const wanted = {
      version: 1,
      ttlDays: 45,
      cap: 1,
      wake: 0,
      writerSigned: false,
      readers,
      writers: readers,
    }
    t.same(read, { ok: true, value: wanted })
  })
})

t.test('I19 two epochs, and two logs of one, share nothing that a relay sees', async () => {
  const root = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(root, root, (a, b) => {
      const logs = [...logsOf(a), ...(sameBytes(a, b) ? [] : logsOf(b))]
      const seen = logs.flatMap(({ id, access, envelopeKey }) =>
        [id, access.policy, must(access.reader).publicKey, envelopeKey].map(toHex),
      )
      return new Set(seen).size === seen.length
    }),
    { numRuns: 50 },
  )
})

t.test('4.2 a blob is exactly the smallest bucket that holds its body, at every edge', async (t) => {
  for (const [i, bucket] of BUCKETS.entries()) {
    const most = bucket - OVERHEAD
    const least = i === 0 ? 0 : must(BUCKETS[i - 1]) - OVERHEAD + 1
    for (const size of [least, least + 1, most - 1, most]) {
      const body = bodyOf(size, 5)
      const blob = sealEnvelope(LOG, { kind: 1, body })
      t.equal(blob.length, bucket, `${size} bytes`)
      t.ok(sameBytes(must(open(blob)).body, body), 'opens')
    }
  }
  t.equal(MAX_BODY_BYTES, 262_144 - OVERHEAD)
  t.throws(() => sealEnvelope(LOG, { kind: 1, body: filled(1, MAX_BODY_BYTES + 1) }))
})

t.test('4.2 what is sealed opens as it was, and no two seals are alike', async () => {
  const kinds = fc.constantFrom<EnvelopeKind>(1, 2, 3, 4, 5)
  fc.assert(
    fc.property(kinds, fc.uint8Array({ maxLength: 5000 }), (kind, body) => {
      const [a, b] = [sealEnvelope(LOG, { kind, body }), sealEnvelope(LOG, { kind, body })]
      return isDeepStrictEqual(open(a), { kind, body }) && !sameBytes(a, b)
    }),
    { numRuns: 200 },
  )
})

t.test('4.2 an entry that was moved to another log does not open there', async (t) => {
  const blob = sealEnvelope(LOG, { kind: 1, body: utf8('here') })
  t.ok(open(blob))
  t.notOk(open(blob, OTHER))
  t.notOk(open(blob, { ...LOG, id: OTHER.id }), 'not even under the same key')
  t.notOk(open(blob, { ...LOG, envelopeKey: OTHER.envelopeKey }))
})

/** Any plaintext, sealed by somebody who holds the key: what an insider can do. */
const inside = (plaintext: Uint8Array): Uint8Array => sealBox(LOG.envelopeKey, plaintext, LOG.id)
const plaintextOf = (kind: number, length: number, body: Uint8Array, bucket: number): Uint8Array => {
  const plaintext = new Uint8Array(bucket - 40)
  new DataView(plaintext.buffer).setUint32(1, length)
  plaintext[0] = kind
  plaintext.set(body, 5)
  return plaintext
}

t.test('4.2 an envelope has one form: smallest bucket, known kind, true length, zeros', async (t) => {
  const body = filled(9, 100)
  const form = (kind: number, length: number, bucket: number) =>
    open(inside(plaintextOf(kind, length, body, bucket)))
  t.ok(form(1, 100, 1024))
  t.notOk(form(1, 100, 4096), 'a larger bucket')
  t.notOk(form(1, 100, 1025), 'no bucket at all')
  t.notOk(form(1, 100, 200), 'smaller than a bucket')
  for (const kind of [0, 6, 255]) t.notOk(form(kind, 100, 1024), `kind ${kind}`)
  for (const kind of [1, 2, 3, 4, 5]) t.ok(form(kind, 100, 1024), `kind ${kind}`)
  t.notOk(form(1, 99, 1024), 'a byte of the body counted as padding')
  for (const length of [980, 4096, 2 ** 31, 2 ** 32 - 1]) t.notOk(form(1, length, 1024), `length ${length}`)
  for (const at of [105, 500, 1024 - 41]) {
    const padded = plaintextOf(1, 100, body, 1024)
    padded[at] = 1
    t.notOk(open(inside(padded)), `padding at ${at}`)
  }
  for (const size of [0, 1, 4]) t.notOk(open(inside(filled(1, size))), `plaintext of ${size}`)
})

// Chunks
const CHUNK_HEAD = 25
const PART = MAX_BODY_BYTES - CHUNK_HEAD
/** All wholes that came out, and what is still waiting. */
const gatherAll = (envelopes: readonly Envelope[]) => {
  let gathering: Gathering = new Map()
  let most = 0
  const wholes: Envelope[] = []
  for (const envelope of envelopes) {
    const next = gather(gathering, envelope)
    gathering = next.gathering
    most = Math.max(most, gathering.size)
    if (next.whole) wholes.push(next.whole)
  }
  return { wholes, most, left: gathering.size }
}

t.test('4.2 a body goes as it is if it fits, else in as few full chunks as it takes', async (t) => {
  for (const [size, count] of [
    [0, 1],
    [MAX_BODY_BYTES, 1],
    [MAX_BODY_BYTES + 1, 2],
    [2 * PART, 2],
    [2 * PART + 1, 3],
    [16 * PART, 16],
  ] as const) {
    const body = bodyOf(size, 3)
    const envelopes = splitBody(2, body, randomBytes)
    t.equal(envelopes.length, count, `${size} bytes`)
    t.ok(envelopes.every((one) => one.kind === (count === 1 ? 2 : 3) && one.body.length <= MAX_BODY_BYTES))
    const { wholes, left } = gatherAll(envelopes)
    t.equal(wholes.length, 1)
    t.ok(wholes[0]?.kind === 2 && sameBytes(wholes[0].body, body))
    t.equal(left, 0)
  }
  t.throws(() => splitBody(2, new Uint8Array(16 * PART + 1), randomBytes))
})

t.test('4.2 chunks in any order, repeated and mixed, give each whole as it was', async () => {
  const bodies = [bodyOf(MAX_BODY_BYTES + 9, 1), bodyOf(2 * PART + 5, 2), bodyOf(3 * PART, 3)]
  const all = bodies.flatMap((body, i) => splitBody(i === 0 ? 5 : 2, body, (n) => filled(i + 1, n)))
  // Numbers of chunks: a failure that prints the chunks themselves prints megabytes.
  const numbers = all.map((_, i) => i)
  const firsts = fc.shuffledSubarray(numbers, { minLength: all.length })
  fc.assert(
    fc.property(firsts, fc.array(fc.nat({ max: all.length - 1 }), { maxLength: 8 }), (order, repeats) => {
      const told = [...order]
      for (const at of repeats) told.splice(at, 0, must(told[at]))
      const { wholes } = gatherAll(told.map((n) => must(all[n])))
      return (
        bodies.every((body) => wholes.filter((one) => sameBytes(one.body, body)).length === 1) &&
        wholes.length === 3
      )
    }),
    { numRuns: 60 },
  )
})

t.test('4.2 without one of its chunks there is nothing, however often the others come', async (t) => {
  const chunks = splitBody(2, bodyOf(3 * PART, 1), randomBytes)
  for (const missing of chunks) {
    const others = chunks.filter((one) => one !== missing)
    const { wholes, left } = gatherAll([...others, ...others, ...others])
    t.equal(wholes.length, 0)
    t.equal(left, 1)
  }
})

t.test('4.2 beginnings are bounded, and going on with one body pushes out no other', async (t) => {
  const started = Array.from({ length: 40 }, (_, i) =>
    splitBody(2, bodyOf(3 * PART, i), (n) => filled(i + 1, n)),
  )
  const flood = gatherAll(started.map((chunks) => must(chunks[0])))
  t.equal(flood.most, 8)
  t.equal(flood.wholes.length, 0)
  const eight = started.slice(0, 8)
  const turns = [0, 1, 2].flatMap((k) => eight.map((chunks) => must(chunks[k])))
  t.equal(gatherAll(turns).wholes.length, 8)
  const newest = [...started.map((chunks) => must(chunks[0])), ...must(started[39]).slice(1)]
  t.equal(gatherAll(newest).wholes.length, 1, 'the newest is kept')
})

const chunkBody = (index: number, count: number, kind: number, part: Uint8Array): Envelope => {
  const head = new DataView(new ArrayBuffer(9))
  head.setUint16(0, index)
  head.setUint16(2, count)
  head.setUint8(4, kind)
  head.setUint32(5, part.length)
  return { kind: 3, body: concat(filled(7, 16), new Uint8Array(head.buffer), part) }
}

const ofOther = ({ kind, body }: Envelope): Envelope => ({
  kind,
  body: concat(filled(8, 16), body.slice(16)),
})

t.test('4.2 chunks that are not those of one body never become one', async (t) => {
  const full = bodyOf(PART, 1)
  const last = filled(5, 10)
  const wholesOf = (...envelopes: Envelope[]) => gatherAll(envelopes)
  const good = wholesOf(chunkBody(0, 2, 2, full), chunkBody(1, 2, 2, last))
  t.equal(good.wholes.length, 1)
  t.equal(wholesOf(chunkBody(0, 2, 2, full), chunkBody(1, 2, 5, last)).wholes.length, 0, 'two kinds')
  t.equal(wholesOf(chunkBody(0, 3, 2, full), chunkBody(1, 2, 2, last)).wholes.length, 0, 'two counts')
  t.equal(wholesOf(chunkBody(0, 2, 2, full), ofOther(chunkBody(1, 2, 2, last))).wholes.length, 0)
  const first = wholesOf(
    chunkBody(0, 2, 2, full),
    chunkBody(0, 2, 2, bodyOf(PART, 9)),
    chunkBody(1, 2, 2, last),
  )
  t.ok(sameBytes(must(first.wholes[0]).body, concat(full, last)), 'the first chunk of an index stands')
  for (const [name, one] of [
    ['index beyond count', chunkBody(2, 2, 2, last)],
    ['no chunks', chunkBody(0, 0, 2, last)],
    ['one chunk', chunkBody(0, 1, 2, last)],
    ['too many', chunkBody(0, 17, 2, full)],
    ['chunk of a chunk', chunkBody(0, 2, 3, full)],
    ['unknown kind', chunkBody(0, 2, 0, full)],
    ['unknown kind', chunkBody(0, 2, 99, full)],
    ['short in the middle', chunkBody(0, 2, 2, full.slice(1))],
    ['empty at the end', chunkBody(1, 2, 2, new Uint8Array())],
    ['no chunk at all', { kind: 3, body: filled(1, 20) }],
  ] as const)
    t.same(gatherAll([one]), { wholes: [], most: 0, left: 0 }, name)
})

// Payloads
const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const hex = (size: number) => bytesOf(size).map(toHex)
const u32 = fc.nat({ max: 0xffff_ffff })
const seenHead = fc.record({ log: fc.nat({ max: 255 }), seq: u32, chain: bytesOf(32) })
const { court, of } = aCommittee({ seats: [{}, { devices: 2 }, {}] })
const removal = aMotion(court, { type: 'remove', seat: seatNumber(2) })
const said: fc.Arbitrary<Payload['said']> = fc.oneof(
  fc.record({ type: fc.constant('content' as const), content: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({
    type: fc.constant('motion' as const),
    motion: fc.constant(removal),
    join: fc.option(
      fc.record({
        keyPackage: fc.uint8Array({ maxLength: 50 }),
        secret: bytesOf(32),
        kind: fc.nat({ max: 255 }),
        handle: fc.string({ unit: 'grapheme', maxLength: 4 }),
        lastDay: u32,
      }),
      { nil: undefined },
    ),
  }),
  fc.record({
    type: fc.constant('approval' as const),
    motion: hex(32),
    approval: fc.constant(approvalOf(removal, of(0))),
  }),
  fc.record({ type: fc.constant('decline' as const), motion: hex(32) }),
)
const payload: fc.Arbitrary<Payload> = fc.record({
  id: hex(16),
  counter: u32,
  at: fc.nat({ max: 2 ** 48 - 1 }),
  previous: bytesOf(32),
  seen: seenHead,
  said,
})
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? toHex(one) : one))
const readPayload = (raw: Uint8Array): Payload | undefined => {
  const decoded = decodePayload(raw)
  return decoded.ok ? decoded.value : undefined
}

t.test('4.7 a payload has one encoding', async () => {
  fc.assert(
    fc.property(payload, fc.nat(), fc.nat({ max: 255 }), (value, at, byte) => {
      const raw = encodePayload(value)
      const changed = raw.slice()
      changed[at % raw.length] = byte
      const other = readPayload(changed)
      const isCanonical = other === undefined || sameBytes(encodePayload(other), changed)
      const isExact = !readPayload(concat(raw, filled(0, 1))) && !readPayload(raw.slice(0, at % raw.length))
      return plain(readPayload(raw)) === plain(value) && isCanonical && isExact
    }),
    { numRuns: 400 },
  )
})

t.test(
  '4.7 a payload keeps its hash when it is sealed again with another `seen`, and with nothing else changed',
  async () => {
    const keys = ['id', 'counter', 'previous', 'said'] as const
    fc.assert(
      fc.property(payload, payload, fc.constantFrom(...keys), (a, b, key) => {
        const again = { ...a, seen: b.seen }
        const changed = { ...a, [key]: b[key] }
        const same = (one: Payload, two: Payload) => sameBytes(payloadHash(one), payloadHash(two))
        return same(a, again) && same(a, changed) === (plain(a) === plain(changed))
      }),
      { numRuns: 400 },
    )
  },
)

// Statements
const fresh = aNewcomer()
const seen = { log: 1, seq: 70_000, chain: filled(0x33) }
const request = resyncOf(of(0), fresh)
const statements: readonly Statement['stated'][] = [
  {
    type: 'hello',
    commit: hashOf('c'),
    parent: seen,
    ledger: hashOf('s'),
    results: hashOf('r'),
    handle: 'Ana',
    isProvisional: true,
  },
  { type: 'void', commit: hashOf('c'), turn: 1 },
  { type: 'unvoid', commit: hashOf('c'), turn: 2 },
  { type: 'resync', request, keyPackage: fresh.bytes },
  { type: 'leave', request: leaveOf(of(0)) },
  { type: 'drop', request: dropOfDevice(of(1), of(0)) },
]
const stating = (stated: Statement['stated'], leaf = 0): Statement => ({ leaf, seen, stated })
const signed = (stated: Statement['stated'], by = of(0), log: LogId = LOG.id): Uint8Array =>
  signStatement(by.secretKey, log, stating(stated, by.leaf))

t.test('4.7 a statement is read as it was made, with the device that made it', async (t) => {
  for (const stated of statements) {
    for (const by of [of(0), of(1), of(2)]) {
      const read = readStatement(court.roster, LOG.id, signed(stated, by))
      t.same(read?.statement, stating(stated, by.leaf), stated.type)
      t.equal(read?.by.device, by.device)
      t.equal(read?.by.seat, by.seat)
    }
  }
})

t.test('4.7 a statement counts in its own log only, and for the leaf that signed it', async (t) => {
  for (const stated of statements) {
    const read = (raw: Uint8Array, log: LogId = LOG.id) => readStatement(court.roster, log, raw)
    t.notOk(read(signed(stated), OTHER.id), `${stated.type} of another log`)
    t.notOk(read(signed(stated, of(0), OTHER.id)), 'signed for another log')
    t.notOk(read(signed(stated, { ...of(0), leaf: 1 })), "another seat's leaf named")
    t.notOk(read(signed(stated, { ...of(1), leaf: 2 })), 'the other device of the same seat named')
    t.notOk(read(signed(stated, signerOf(50, 0, 9))), 'no such leaf')
    t.notOk(read(signed(stated, signerOf(50, 0, 0))), 'a stranger')
    const raw = signed(stated)
    t.notOk(read(concat(raw, filled(0, 1))), 'a byte more')
    t.notOk(read(raw.slice(0, -1)), 'a byte less')
  }
})

t.test('4.7 no bit of a statement can be changed', async (t) => {
  for (const stated of statements) {
    const raw = signed(stated)
    const survivors = []
    for (let bit = 0; bit < 8 * raw.length; bit++) {
      const changed = raw.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      if (readStatement(court.roster, LOG.id, changed)) survivors.push(bit)
    }
    t.same(survivors, [], stated.type)
  }
})

// Hostile input
const RUNS = 12_000
const damaged = (sample: Uint8Array) =>
  fc
    .record({
      cut: fc.option(fc.nat({ max: sample.length }), { freq: 3, nil: undefined }),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
      tail: fc.uint8Array({ maxLength: 3 }),
    })
    .map(({ cut, changes, tail }) => {
      const raw = concat(sample.slice(0, cut), tail)
      for (const [at, byte] of changes) if (raw.length > 0) raw[at % raw.length] = byte
      return raw
    })

const assail = (inputs: fc.Arbitrary<Uint8Array>, isSound: (raw: Uint8Array) => boolean): void => {
  fc.assert(
    fc.property(inputs, (raw) => {
      const before = raw.slice()
      return isSound(raw) && sameBytes(raw, before)
    }),
    { numRuns: RUNS },
  )
}

t.test('hostile input: an envelope opens or is not ours, and nothing throws', async (t) => {
  const real = sealEnvelope(LOG, { kind: 1, body: filled(1, 300) })
  let [opened, refused] = [0, 0]
  const insider = fc
    .record({
      kind: fc.nat({ max: 7 }),
      length: fc.oneof(fc.nat({ max: 1000 }), fc.constant(300), u32),
      bucket: fc.constantFrom(45, 46, 1023, 1024, 1025, 4096),
      dirt: fc.option(fc.nat({ max: 1023 }), { nil: undefined, freq: 2 }),
    })
    .map(({ kind, length, bucket, dirt }) => {
      const plaintext = plaintextOf(kind, length, filled(1, Math.min(300, bucket - 45)), bucket)
      if (dirt !== undefined && dirt >= 5 && dirt < plaintext.length) plaintext[dirt] = 0xff
      return inside(plaintext)
    })
  const inputs = fc.oneof(fc.uint8Array({ maxLength: 1100 }), damaged(real), insider)
  assail(inputs, (raw) => {
    const envelope = openEnvelope(LOG, raw)
    if (!envelope.ok) {
      refused++
      return envelope.error === 'not_ours'
    }
    opened++
    const { kind, body } = envelope.value
    return kind >= 1 && kind <= 5 && sealEnvelope(LOG, { kind, body }).length === raw.length
  })
  t.ok(opened > 10 && refused > RUNS / 2, `${opened} opened, ${refused} refused`)
})

t.test('hostile input: a payload is read or malformed, and nothing throws', async (t) => {
  const samples = fc.sample(payload, { numRuns: 30, seed: 3 }).map(encodePayload)
  let read = 0
  const inputs = fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...samples).chain(damaged))
  assail(inputs, (raw) => {
    const decoded = decodePayload(raw)
    if (!decoded.ok) return decoded.error === 'malformed'
    read++
    return sameBytes(encodePayload(decoded.value), raw)
  })
  t.ok(read > 10 && read < RUNS / 2, `${read} read`)
})

t.test('hostile input: a statement is read or nothing, and nothing throws', async (t) => {
  const samples = statements.map((stated) => signed(stated))
  /** A member may sign anything. */
  const insider = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((noise) => {
    const body = concat(new Uint8Array([0, 0, 0, 0]), noise)
    return concat(body, sign(of(0).secretKey, concat(utf8('statement/1'), LOG.id, body)))
  })
  let read = 0
  const inputs = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.constantFrom(...samples).chain(damaged),
    insider,
  )
  assail(inputs, (raw) => {
    const statement = readStatement(court.roster, LOG.id, raw)
    if (!statement) return true
    read++
    return samples.some((one) => sameBytes(one, raw))
  })
  t.ok(read > 10 && read < RUNS / 2, `${read} read`)
})

/** Frozen: whoever changes one of these can no longer read what others write. */
const computed = () => {
  const root = filled(0x42)
  const value: Payload = {
    id: '0b'.repeat(16),
    counter: 7,
    at: 1_790_000_000_000,
    previous: filled(0x0c),
    seen,
    said: { type: 'content', content: utf8('Quorum at seven') },
  }
  return {
    root: toHex(root),
    logs: threeSeeds(root).map((seed) => {
      const { id, access, envelopeKey } = logFromSeed(seed)
      return {
        seed: toHex(seed),
        accessKey: toHex(must(access.reader).publicKey),
        policy: toHex(access.policy),
        id: toHex(id),
        envelopeKey: toHex(envelopeKey),
      }
    }),
    payloads: [
      value,
      { ...value, said: { type: 'motion' as const, motion: removal, join: undefined } },
      {
        ...value,
        said: { type: 'approval' as const, motion: hashOf('m'), approval: approvalOf(removal, of(0)) },
      },
      { ...value, said: { type: 'decline' as const, motion: hashOf('m') } },
    ].map((one) => ({ encoded: toHex(encodePayload(one)), hash: toHex(payloadHash(one)) })),
    statements: statements.map((stated) =>
      toHex(signStatement(of(0).secretKey, must(logsOf(root)[0]).id, stating(stated))),
    ),
  }
}

t.test('4.2 keys, addresses, envelopes, payloads and statements are frozen, byte for byte', async (t) => {
  const { sealed, note, ...frozen } = JSON.parse(readFileSync('test/vectors/epochlog.json', 'utf8'))
  t.strictSame(computed(), frozen)
  const log = must(logsOf(must(fromHex(frozen.root)))[0])
  const body = must(fromHex(sealed.body))
  t.strictSame(openEnvelope(log, must(fromBase64url(sealed.blob))), {
    ok: true,
    value: { kind: sealed.kind, body },
  })
  for (const raw of frozen.statements) t.ok(readStatement(court.roster, log.id, must(fromHex(raw))))
  t.type(note, 'string')
})
