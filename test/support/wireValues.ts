/** Values of the wire for tests: every frame as fast-check makes it, and frames as an enemy would. */
import fc from 'fast-check'
import type { Event, Request } from '../../shared/protocol/frames.ts'
import { CANCEL_HASHES, MAX_WAIT_SECONDS } from '../../shared/protocol/limits.ts'
import type { Policy } from '../../shared/protocol/policy.ts'

const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const upTo = (size: number) => fc.uint8Array({ maxLength: size })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u8 = fc.integer({ min: 0, max: 255 })
const perhaps = <T>(inner: fc.Arbitrary<T>) => fc.option(inner, { nil: undefined })
const seq = fc.integer({ min: 1, max: 0xffff_ffff })
const ttl = fc.constantFrom(1, 7, 45)

const signedHead = fc.record({ head: u32, chain: bytesOf(32), full: fc.boolean(), signature: bytesOf(64) })
const writer = fc.record({ index: u8, signature: bytesOf(64) })
const entry = fc.record({
  seq,
  content: fc.oneof(
    fc.record({ type: fc.constant('blob'), blob: upTo(200) }),
    fc.record({ type: fc.constant('hash'), hash: bytesOf(32) }),
  ),
  writer: perhaps(writer),
})
const refusal = fc.oneof(
  fc.record({ type: fc.constantFrom('none', 'full', 'size') }),
  fc.record({ type: fc.constant('conflict'), head: u32 }),
  fc.record({ type: fc.constant('slow'), seconds: u32 }),
  fc.record({ type: fc.constant('busy'), bits: u8 }),
)

/** Shapes only: the brands are given here, at once. */
export const requests = fc.oneof(
  fc.record({
    type: fc.constant('create'),
    ref: u32,
    policy: upTo(300),
    admission: bytesOf(32),
    work: perhaps(u32),
  }),
  fc.record({
    type: fc.constant('open'),
    ref: u32,
    log: bytesOf(24),
    role: fc.constantFrom('reader', 'writer'),
    publicKey: bytesOf(32),
    signature: bytesOf(64),
  }),
  fc.record({
    type: fc.constant('append'),
    ref: u32,
    log: bytesOf(24),
    lifeDays: ttl,
    ifHead: perhaps(u32),
    alert: fc.constantFrom(0, 1),
    writer: perhaps(writer),
    blob: upTo(300),
  }),
  fc.record({ type: fc.constant('read'), ref: u32, log: bytesOf(24), from: seq, max: u16 }),
  fc.record({ type: fc.constant('watch'), ref: u32, log: bytesOf(24), from: seq }),
  fc.record({ type: fc.constant('unwatch'), ref: u32, log: bytesOf(24) }),
  fc.record({ type: fc.constant('ping'), ref: u32, padding: upTo(100) }),
  fc.record({
    type: fc.constant('deposit'),
    ref: u32,
    log: bytesOf(24),
    lifeDays: ttl,
    waitSeconds: fc.integer({ min: 1, max: MAX_WAIT_SECONDS }),
    needed: fc.integer({ min: 1, max: CANCEL_HASHES }),
    cancelHashes: fc.array(bytesOf(32), { minLength: CANCEL_HASHES, maxLength: CANCEL_HASHES }),
    writer: perhaps(writer),
    blob: upTo(300),
  }),
  fc.record({
    type: fc.constant('cancel'),
    ref: u32,
    log: bytesOf(24),
    deposit: bytesOf(32),
    token: bytesOf(32),
  }),
) as unknown as fc.Arbitrary<Request>

export const events = fc.oneof(
  fc.record({ type: fc.constant('greeting'), version: u8, challenge: bytesOf(32) }),
  fc.record({ type: fc.constant('ok'), ref: u32 }),
  fc.record({ type: fc.constant('opened'), ref: u32, head: signedHead, admission: bytesOf(32) }),
  fc.record({ type: fc.constant('receipt'), ref: u32, head: signedHead }),
  fc.record({
    type: fc.constant('entries'),
    ref: u32,
    log: bytesOf(24),
    entries: fc.array(entry, { maxLength: 5 }),
    head: signedHead,
  }),
  fc.record({ type: fc.constant('pong'), ref: u32, padding: upTo(100) }),
  fc.record({ type: fc.constant('refused'), ref: u32, refusal }),
) as unknown as fc.Arbitrary<Event>

export const policies = fc.record({
  version: fc.constant(1 as const),
  ttlDays: fc.constantFrom(1, 7, 45),
  cap: fc.constantFrom(0, 1, 2),
  wake: fc.constantFrom(0, 1),
  writerSigned: fc.boolean(),
  readers: fc.array(bytesOf(32), { minLength: 1, maxLength: 6 }),
  writers: fc.array(bytesOf(32), { minLength: 1, maxLength: 6 }),
}) as unknown as fc.Arbitrary<Policy>

/** A frame of the right kind cut, lengthened, overwritten or replaced: `count` of them, always the same ones. */
export const hostileFrames = (frame: Uint8Array, count: number): readonly Uint8Array[] => {
  const place = fc.nat({ max: frame.length - 1 })
  const overwritten = fc.array(fc.tuple(place, u8), { minLength: 1, maxLength: 8 }).map((changes) => {
    const changed = frame.slice()
    for (const [at, byte] of changes) changed[at] = byte
    return changed
  })
  const frames = fc.oneof(
    place.map((length) => frame.slice(0, length)),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => Uint8Array.of(...frame, ...tail)),
    overwritten.map((changed) => changed.slice(0, -1)),
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((tail) => Uint8Array.of(frame[0] ?? 0, ...tail)),
  )
  return fc.sample(frames, { numRuns: count, seed: 5 })
}
