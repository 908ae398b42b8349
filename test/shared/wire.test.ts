import { createHash, createHmac, createPublicKey, verify as nodeVerify } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { bigEndian, concat, sameBytes, utf8 } from '../../shared/base/bytes.ts'
import { decode, encode } from '../../shared/base/codec.ts'
import { ok, type Result } from '../../shared/base/result.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, sha256, verify } from '../../shared/crypto/sodium.ts'
import {
  type AdmissionSecret,
  type Challenge,
  powBits,
  proveAccess,
  proveAdmission,
  verifyAccess,
  verifyAdmission,
} from '../../shared/protocol/access.ts'
import { firstChain, headBytes, nextChain, signedHead, verifyHead } from '../../shared/protocol/chain.ts'
import { type CancelToken, cancelHash, nameOfDeposit } from '../../shared/protocol/deposit.ts'
import {
  decodeEvent,
  decodeRequest,
  type Event,
  encodeEvent,
  encodeRequest,
  type Request,
} from '../../shared/protocol/frames.ts'
import type { Blob, Chain, Head, LogId, Seq } from '../../shared/protocol/ids.ts'
import {
  BUCKETS,
  CANCEL_HASHES,
  CAPS,
  MAX_BLOB_BYTES,
  MAX_KEYS,
  MAX_REQUEST_BYTES,
  PAGE_BYTES,
} from '../../shared/protocol/limits.ts'
import {
  encodePolicy,
  isFull,
  logIdOf,
  MAX_POLICY_BYTES,
  type Policy,
  policy,
} from '../../shared/protocol/policy.ts'
import { parseRelayKey, printRelayKey, relayKey } from '../../shared/protocol/relayKey.ts'
import { signEntry, verifyEntry } from '../../shared/protocol/writerSignature.ts'
import { headBy, testAccess } from '../support/memoryLog.ts'
import { events, hostileFrames, policies, requests } from '../support/wireValues.ts'
import { fromJson, hex, readWireVectors, toJson } from '../support/wireVectors.ts'

await cryptoReady

const vectors = readWireVectors()
const log = hex(vectors.policies[0]?.id ?? '') as LogId
const seed = (n: number) => keyPairFromSeed(new Uint8Array(32).fill(n))
const [relay, reader, writer] = [seed(1), seed(2), seed(3)]
const challenge = Uint8Array.from({ length: 32 }, (_, i) => i) as Challenge
const binding = { relayStaticKey: new Uint8Array(32).fill(0x55), challenge }
const secret = new Uint8Array(32).fill(0x66) as AdmissionSecret
const malformed = { ok: false, error: 'malformed' }

/** Node's own Ed25519, to have a second opinion. */
const nodeAgrees = (publicKey: string, message: string, signature: string): boolean => {
  const key = createPublicKey({
    key: concat(hex('302a300506032b6570032100'), hex(publicKey)) as Buffer,
    format: 'der',
    type: 'spki',
  })
  return nodeVerify(null, hex(message), key, hex(signature))
}
const nodeSha = (...parts: readonly Uint8Array[]): string =>
  createHash('sha256')
    .update(concat(...parts))
    .digest('hex')

t.test('F1 the frozen frames decode to their values and encode to their bytes', async (t) => {
  for (const { frame, encoded } of vectors.requests) {
    const decoded = decodeRequest(hex(encoded))
    t.strictSame(decoded.ok && toJson(decoded.value), frame, `request ${encoded.slice(0, 10)}`)
    t.equal(toHex(encodeRequest(fromJson(frame) as Request)), encoded)
  }
  for (const { frame, encoded } of vectors.events) {
    const decoded = decodeEvent(hex(encoded))
    t.strictSame(decoded.ok && toJson(decoded.value), frame, `event ${encoded.slice(0, 10)}`)
    t.equal(toHex(encodeEvent(fromJson(frame) as Event)), encoded)
  }
  const tags = (all: readonly { readonly encoded: string }[]) =>
    new Set(all.map(({ encoded }) => hex(encoded)[0]))
  t.strictSame([...tags(vectors.requests)], [1, 2, 3, 4, 5, 6, 7, 8, 9], 'every request is there')
  t.strictSame([...tags(vectors.events)], [128, 129, 130, 131, 132, 133, 134], 'every event is there')
})

t.test('L1 the frozen policies encode to their bytes and hash to their ids', async (t) => {
  for (const vector of vectors.policies) {
    const value = fromJson(vector.policy) as Policy
    t.equal(toHex(encodePolicy(value)), vector.encoded)
    t.strictSame(decode(policy, hex(vector.encoded)), { ok: true, value })
    t.equal(toHex(logIdOf(hex(vector.encoded))), vector.id)
    t.equal(nodeSha(utf8('epochlog id'), hex(vector.encoded)).slice(0, 48), vector.id)
  }
})

t.test('L5 the frozen chain', async (t) => {
  let chain = firstChain(log)
  t.equal(toHex(chain), vectors.policies[0]?.chain0)
  for (const vector of vectors.chain) {
    const blob = new Uint8Array(1024).fill(vector.seq)
    const before = chain
    chain = nextChain(before, vector.seq as Seq, sha256(blob))

    t.equal(toHex(chain), vector.chain)
    t.equal(nodeSha(blob), vector.blobHash)
    t.equal(nodeSha(before, Uint8Array.of(0, 0, 0, vector.seq), hex(vector.blobHash)), vector.chain)
  }
})

t.test('H1 the frozen heads, and nothing else, are signed', async (t) => {
  for (const vector of vectors.heads) {
    const at = { head: vector.head as Head, chain: hex(vector.chain) as Chain, full: vector.full }
    const signed = { ...at, signature: hex(vector.signature) }

    t.equal(toHex(headBytes(log, at)), vector.signed)
    t.strictSame(headBy(relay.secretKey, log, at), signed)
    t.ok(nodeAgrees(toHex(relay.publicKey), vector.signed, vector.signature))
    t.ok(verifyHead(relay.publicKey, log, signed))
    t.notOk(verifyHead(reader.publicKey, log, signed))
    t.notOk(verifyHead(relay.publicKey, testAccess(1).id, signed))
    t.notOk(verifyHead(relay.publicKey, log, { ...signed, full: !at.full }))
    t.notOk(verifyHead(relay.publicKey, log, { ...signed, head: (at.head + 1) as Head }))
    t.notOk(verifyHead(relay.publicKey, log, { ...signed, chain: sha256(at.chain) as Chain }))
  }
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 101, maxLength: 101 }), (bytes) => {
      const decoded = decode(signedHead, bytes)
      return !decoded.ok || !verifyHead(relay.publicKey, log, decoded.value)
    }),
  )
})

t.test(
  'A2, attack 20: the frozen access proofs hold for this key, relay, connection, log and role only',
  async (t) => {
    for (const { role, publicKey, signed, signature } of vectors.access) {
      const key = role === 'reader' ? reader : writer
      const proof = { publicKey: hex(publicKey), signature: hex(signature) }
      const holds = (changed: Partial<typeof binding>, id = log, as = role, by = proof): boolean =>
        verifyAccess(by, { ...binding, ...changed }, id, as)

      t.equal(toHex(proveAccess(key.secretKey, binding, log, role)), signature)
      t.ok(nodeAgrees(publicKey, signed, signature))
      t.ok(holds({}))
      t.notOk(holds({ challenge: sha256(challenge) as Challenge }), 'another connection')
      t.notOk(holds({ relayStaticKey: new Uint8Array(32) }), 'another relay')
      t.notOk(holds({}, testAccess(1).id), 'another log')
      t.notOk(holds({}, log, role === 'reader' ? 'writer' : 'reader'), 'the other role')
      t.notOk(holds({}, log, role, { ...proof, publicKey: relay.publicKey }), 'another key')
      t.notOk(holds({}, log, role, { ...proof, signature: proof.signature.slice(1) }))
    }
  },
)

t.test('A3 the frozen admission', async (t) => {
  const { proof } = vectors.admission

  t.equal(toHex(proveAdmission(secret, log)), proof)
  t.equal(createHmac('sha256', secret).update(log).digest('hex'), proof)
  t.ok(verifyAdmission(secret, log, hex(proof)))
  t.notOk(verifyAdmission(secret, testAccess(1).id, hex(proof)))
  t.notOk(verifyAdmission(new Uint8Array(32) as AdmissionSecret, log, hex(proof)))
  t.notOk(verifyAdmission(secret, log, hex(proof).slice(1)))
})

t.test('A4 the frozen work, and how its zero bits are counted', async (t) => {
  const { nonce, bits } = vectors.work
  const counted = (n: number): number => {
    const nonceBytes = Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n)
    const digest = nodeSha(utf8('epochlog pow/1'), challenge, log, nonceBytes)
    return 256 - BigInt(`0x${digest}`).toString(2).length
  }

  t.equal(powBits(challenge, log, nonce), bits)
  t.ok(bits >= 12)
  for (let n = 0; n < 300; n++) if (powBits(challenge, log, n) !== counted(n)) t.fail(`nonce ${n}`)
  t.equal(counted(nonce), bits)
})

t.test('L7 the frozen writer’s signature holds for this key, log and blob only', async (t) => {
  const { signed, signature, blobHash } = vectors.entry
  const blob = new Uint8Array(1024).fill(1) as Blob

  t.equal(toHex(sha256(blob)), blobHash)
  t.equal(toHex(signEntry(writer.secretKey, log, blob)), signature)
  t.ok(nodeAgrees(toHex(writer.publicKey), signed, signature))
  t.ok(verifyEntry(writer.publicKey, log, blob, hex(signature)))
  t.notOk(verifyEntry(reader.publicKey, log, blob, hex(signature)))
  t.notOk(verifyEntry(writer.publicKey, testAccess(1).id, blob, hex(signature)))
  t.notOk(verifyEntry(writer.publicKey, log, new Uint8Array(1024) as Blob, hex(signature)))
})

t.test('K1 a relay key is 86 characters, and one text only', async (t) => {
  const { staticKey, signingKey, text } = vectors.relayKey
  const key = { staticKey: hex(staticKey), signingKey: hex(signingKey) as typeof relay.publicKey }

  t.equal(printRelayKey(key), text)
  t.equal(text.length, 86)
  t.strictSame(parseRelayKey(text), key)
  t.equal(encode(relayKey, key).length, 64)
  for (const wrong of [
    '',
    text.slice(1),
    `${text}A`,
    `${text.slice(0, -1)}B`,
    `${text}==`,
    text.replace('V', '+'),
  ])
    t.equal(parseRelayKey(wrong), undefined, wrong)
})

/** Prototypes aside. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(toJson(a)) === JSON.stringify(toJson(b))

t.test('C1 every frame decodes to what was encoded', async (t) => {
  fc.assert(
    fc.property(requests, events, policies, (request, event, value) => {
      const [asked, said] = [decodeRequest(encodeRequest(request)), decodeEvent(encodeEvent(event))]
      const read = decode(policy, encodePolicy(value))
      return same(asked, ok(request)) && same(said, ok(event)) && same(read, ok(value))
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('C1 every accepted frame is the one encoding of its value', async (t) => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 3,
  })
  const changed = (frame: Uint8Array, all: readonly (readonly [number, number])[]): Uint8Array => {
    for (const [at, byte] of all) frame[at % frame.length] = byte
    return frame
  }
  let accepted = 0
  fc.assert(
    fc.property(requests, events, changes, (request, event, all) => {
      const [asked, said] = [changed(encodeRequest(request), all), changed(encodeEvent(event), all)]
      const [a, b] = [decodeRequest(asked), decodeEvent(said)]
      accepted += Number(a.ok) + Number(b.ok)
      return (
        (!a.ok || sameBytes(encodeRequest(a.value), asked)) &&
        (!b.ok || sameBytes(encodeEvent(b.value), said))
      )
    }),
    { numRuns: 3000 },
  )
  t.ok(accepted > 1000, `${accepted} of 6000 changed frames were still frames`)
})

t.test('C1 ten thousand hostile frames to each decoder: one refusal, no exception', async (t) => {
  const frames = (all: readonly { readonly encoded: string }[]): readonly Uint8Array[] =>
    all.flatMap(({ encoded }) => hostileFrames(hex(encoded), 1000))
  const asked = frames(vectors.requests)
  const said = frames(vectors.events)
  const isFine = (frame: Uint8Array, again: Uint8Array | undefined): boolean =>
    again === undefined || sameBytes(again, frame)
  const read = <T>(
    result: Result<T, 'malformed'>,
    write: (value: T) => Uint8Array,
  ): Uint8Array | undefined => {
    if (!result.ok && result.error !== 'malformed') throw new Error('another refusal')
    return result.ok ? write(result.value) : undefined
  }

  t.ok(asked.length >= 10_000 && said.length >= 10_000)
  t.ok(asked.every((frame) => isFine(frame, read(decodeRequest(frame), encodeRequest))))
  t.ok(said.every((frame) => isFine(frame, read(decodeEvent(frame), encodeEvent))))
  t.ok(asked.filter((frame) => !decodeRequest(frame).ok).length > 9000)
})

t.test('T2 the name of a deposit is the hash of all of it', async (t) => {
  const { deposit: frozen } = vectors
  const tokens = Array.from({ length: CANCEL_HASHES }, (_, i) => new Uint8Array(32).fill(i) as CancelToken)
  const deposit = { ...frozen, blob: hex(frozen.blob) as Blob, cancelHashes: tokens.map(cancelHash) }
  const other = [
    { ...deposit, blob: utf8('other') as Blob },
    { ...deposit, lifeDays: 45 as const },
    { ...deposit, waitSeconds: 901 },
    { ...deposit, needed: 3 },
    { ...deposit, cancelHashes: [...deposit.cancelHashes].reverse() },
  ]

  t.equal(toHex(nameOfDeposit(log, deposit)), frozen.name)
  for (const one of other) t.not(toHex(nameOfDeposit(log, one)), frozen.name)
})

t.test('T1 none or more than 32 tokens, no wait or more than 24 hours are malformed', async (t) => {
  const good = hex(vectors.requests.find(({ encoded }) => encoded.startsWith('08'))?.encoded ?? '')
  const waits = (seconds: number) => concat(good.slice(0, 30), bigEndian(seconds, 4), good.slice(34))
  const needs = (count: number) => good.map((byte, i) => (i === 34 ? count : byte))

  for (const fine of [waits(1), waits(86_400), needs(1), needs(32)]) t.ok(decodeRequest(fine).ok)
  for (const bad of [waits(0), waits(86_401), needs(0), needs(33), needs(255)])
    t.strictSame(decodeRequest(bad), malformed)
  const frame = decodeRequest(good)
  t.throws(() => encodeRequest({ ...(frame.ok && frame.value), waitSeconds: 0 } as Request))
})

t.test('C1 requests are no events, and the other way round', async (t) => {
  for (const { encoded } of vectors.requests) t.strictSame(decodeEvent(hex(encoded)), malformed)
  for (const { encoded } of vectors.events) t.strictSame(decodeRequest(hex(encoded)), malformed)
})

t.test('F3 an append is its blob and at most 160 bytes; a full page stays below a mebibyte', async (t) => {
  const blob = new Uint8Array(MAX_BLOB_BYTES) as Blob
  const signature = { index: 255, signature: new Uint8Array(64) }
  const largest = encodeRequest({
    type: 'append',
    ref: 1,
    log,
    lifeDays: 45,
    ifHead: 1 as Head,
    alert: 1,
    writer: signature,
    blob,
  })
  const head = headBy(relay.secretKey, log, { head: 3 as Head, chain: firstChain(log), full: false })
  const entry = (n: number) =>
    ({ seq: n as Seq, content: { type: 'blob', blob }, writer: signature }) as const
  const page = encodeEvent({ type: 'entries', ref: 1, log, entries: [1, 2, 3].map(entry), head })

  t.ok(largest.length <= MAX_REQUEST_BYTES, `${largest.length}`)
  t.ok(decodeRequest(largest).ok)
  t.ok(PAGE_BYTES <= 2 * MAX_BLOB_BYTES && page.length < 1 << 20)
  t.throws(() =>
    encodeRequest({
      type: 'append',
      ref: 1,
      log,
      lifeDays: 45,
      ifHead: undefined,
      alert: 0,
      writer: undefined,
      blob: new Uint8Array(MAX_BLOB_BYTES + 1) as Blob,
    }),
  )
})

t.test(
  'L1 a policy without readers or writers, with an unknown class or with foreign bytes is malformed',
  async (t) => {
    const good = hex(vectors.policies[0]?.encoded ?? '')
    const at = (index: number, byte: number): Uint8Array => good.map((old, i) => (i === index ? byte : old))
    const cases: Record<string, Uint8Array> = {
      'another version': at(0, 2),
      'a life of 2 days': at(1, 2),
      'cap 3': at(2, 3),
      'wake 2': at(3, 2),
      'an unknown flag': at(4, 2),
      'more readers than there are': at(5, 2),
      'a byte more': concat(good, Uint8Array.of(0)),
      'no reader': concat(good.slice(0, 5), Uint8Array.of(0), good.slice(38)),
      'no writer': concat(good.slice(0, 38), Uint8Array.of(0)),
    }
    for (const [name, encoded] of Object.entries(cases))
      t.strictSame(decode(policy, encoded), malformed, name)
    const many = Array.from({ length: MAX_KEYS }, (_, i) => sha256(Uint8Array.of(i)))
    const largest = encodePolicy({
      version: 1,
      ttlDays: 1,
      cap: 0,
      wake: 0,
      writerSigned: false,
      readers: many,
      writers: many,
    })
    t.equal(largest.length, MAX_POLICY_BYTES)
    t.ok(
      decodeRequest(
        encodeRequest({ type: 'create', ref: 1, policy: largest, admission: new Uint8Array(32), work: 1 }),
      ).ok,
    )
  },
)

t.test('L4 full follows from the two counts: when one more of the largest blobs would not fit', async (t) => {
  for (const cap of [0, 1, 2] as const) {
    const { bytes, entries } = CAPS[cap]
    t.notOk(isFull(cap, entries - 1, bytes - MAX_BLOB_BYTES), `${cap}`)
    t.ok(isFull(cap, entries, 0))
    t.ok(isFull(cap, 1, bytes - MAX_BLOB_BYTES + 1))
  }
  t.equal(Math.max(...BUCKETS), MAX_BLOB_BYTES)
})

t.test(
  'A2, attack 15: strict Ed25519: small-order keys, non-canonical numbers and malleable signatures are refused',
  async (t) => {
    const message = utf8('strict')
    const signature = hex(vectors.access[0]?.signature ?? '')
    const order = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn
    const s = signature.slice(32).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n) + order
    const malleable = concat(
      signature.slice(0, 32),
      Uint8Array.from({ length: 32 }, (_, i) => Number((s >> BigInt(8 * i)) & 255n)),
    )
    const signed = hex(vectors.access[0]?.signed ?? '')
    const identity = concat(Uint8Array.of(1), new Uint8Array(31))

    t.ok(verify(reader.publicKey, signed, signature))
    t.notOk(verify(reader.publicKey, signed, malleable), 's + L')
    for (const key of [
      identity,
      new Uint8Array(32),
      concat(Uint8Array.of(0xee), new Uint8Array(30).fill(255), Uint8Array.of(0x7f)),
    ])
      t.notOk(verify(key, message, concat(identity, new Uint8Array(32))), toHex(key))
    t.notOk(verify(reader.publicKey.slice(1), signed, signature))
  },
)
