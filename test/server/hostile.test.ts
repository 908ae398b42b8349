/** What strangers send the relay. Whatever comes in, one clear answer and no crash. Its other door, the environment: operations/config.test.ts. */
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { WebSocket } from 'ws'
import { sameBytes } from '../../shared/base/bytes.ts'
import { cryptoReady, randomBytes } from '../../shared/crypto/sodium.ts'
import { proveAdmission } from '../../shared/protocol/access.ts'
import { decodeRequest, encodeRequest, type Request } from '../../shared/protocol/frames.ts'
import type { Blob, Head, LogId, Seq } from '../../shared/protocol/ids.ts'
import { startRelay } from '../support/relay.ts'
import { appendTo, connectWire, createOn, newLog, newOpenLog, readFrom } from '../support/wire.ts'

await cryptoReady

/** fast-check's numRuns of the doors: 10,000 at least. */
const RUNS = 12_000
const SOCKETS = 1_500

const array = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const log = newLog()
const ids = fc.oneof(array(24), fc.constant(log.id as Uint8Array)) as fc.Arbitrary<LogId>

/** Requests that are well formed and mean nothing. */
const valid: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    type: fc.constant('create' as const),
    ref: u32,
    policy: fc.oneof(fc.constant(log.encoded), fc.uint8Array({ maxLength: 400 })),
    admission: array(32),
    work: fc.option(u32, { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('open' as const),
    ref: u32,
    log: ids,
    role: fc.constantFrom('reader' as const, 'writer' as const),
    publicKey: array(32),
    signature: array(64),
  }),
  fc.record({
    type: fc.constant('append' as const),
    ref: u32,
    log: ids,
    lifeDays: fc.constantFrom(1 as const, 7 as const, 45 as const),
    ifHead: fc.option(u32, { nil: undefined }) as fc.Arbitrary<Head | undefined>,
    alert: fc.constantFrom(0 as const, 1 as const),
    writer: fc.option(fc.record({ index: fc.integer({ min: 0, max: 255 }), signature: array(64) }), {
      nil: undefined,
    }),
    blob: fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.constant(new Uint8Array(1024))) as fc.Arbitrary<Blob>,
  }),
  fc.record({
    type: fc.constant('read' as const),
    ref: u32,
    log: ids,
    from: fc.integer({ min: 1, max: 2 ** 32 - 1 }) as unknown as fc.Arbitrary<Seq>,
    max: fc.integer({ min: 0, max: 65_535 }),
  }),
  fc.record({
    type: fc.constant('watch' as const),
    ref: u32,
    log: ids,
    from: fc.integer({ min: 1, max: 2 ** 32 - 1 }) as unknown as fc.Arbitrary<Seq>,
  }),
  fc.record({ type: fc.constant('unwatch' as const), ref: u32, log: ids }),
  fc.record({ type: fc.constant('ping' as const), ref: u32, padding: fc.uint8Array({ maxLength: 100 }) }),
)

type Change = (frame: Uint8Array) => Uint8Array
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
    ([at, mask]): Change =>
      (frame) =>
        frame.map((byte, i) => (i === at % frame.length ? byte ^ mask : byte)),
  ),
  fc.nat().map(
    (at): Change =>
      (frame) =>
        frame.slice(0, at % frame.length),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map(
    (more): Change =>
      (frame) =>
        Uint8Array.from([...frame, ...more]),
  ),
  fc.constant<Change>((frame) => frame),
)

const hostileFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.uint8Array({ maxLength: 200 }))
    .map(([tag, rest]) => Uint8Array.from([tag, ...rest])),
  fc.tuple(valid, changes).map(([request, change]) => change(encodeRequest(request))),
)

t.test(
  `C1 the decoder takes ${RUNS} hostile frames: malformed, or the one encoding of what it read`,
  async (t) => {
    let taken = 0
    const isStrict = (frame: Uint8Array): boolean => {
      const decoded = decodeRequest(frame)
      if (!decoded.ok) return true
      taken += 1
      return sameBytes(encodeRequest(decoded.value), frame)
    }

    fc.assert(fc.property(hostileFrame, isStrict), { numRuns: RUNS })

    t.ok(taken > RUNS / 20 && taken < RUNS, `${taken} of them were well formed`)
  },
)

t.test(
  `F4 A5 ${3 * SOCKETS} hostile frames over ${SOCKETS} sockets: closed with 4400 or refused, and nothing changed`,
  async (t) => {
    const relay = await startRelay({})
    const witness = await connectWire(relay.url)
    const own = await newOpenLog(witness, relay)
    await appendTo(witness, own)
    await createOn(witness, relay, log)
    const state = async (): Promise<string> => {
      const [row] = await relay.sql`
      select (select count(*) from logs)::int4 as logs, (select count(*) from entries)::int4 as entries,
        (select md5(string_agg(l::text, '' order by id)) from logs l) as sum`
      return JSON.stringify(row)
    }
    const before = await state()
    const malformed = fc.sample(
      hostileFrame.filter((frame) => !decodeRequest(frame).ok),
      { numRuns: SOCKETS, seed: 7 },
    )
    const meaningless = fc.sample(valid, { numRuns: 2 * SOCKETS, seed: 8 })
    const codes = new Map<number, number>()

    /** Two frames that mean nothing, then one that is none: the relay reads all three, and closes. */
    const attackWith = async (i: number): Promise<void> => {
      const socket = new WebSocket(`${relay.url}/v1`, 'tocsin.1')
      const closed = once(socket, 'close')
      await once(socket, 'open')
      for (const request of meaningless.slice(2 * i, 2 * i + 2)) socket.send(encodeRequest(request))
      socket.send(malformed[i] ?? Buffer.alloc(0))
      const [code] = await closed
      codes.set(Number(code), (codes.get(Number(code)) ?? 0) + 1)
    }
    let next = 0
    const attack = async (): Promise<void> => {
      while (next < SOCKETS) await attackWith(next++)
    }
    await Promise.all([attack(), attack(), attack(), attack()])

    t.strictSame([...codes], [[4400, SOCKETS]], 'every connection was closed with 4400')
    t.equal(await state(), before, 'nothing was stored')
    t.notMatch(relay.logs(), /"level":50/, 'no fault of ours')
    const page = await readFrom(witness, own)
    t.ok(page.type === 'entries' && page.entries.length === 1, 'who was there before is still served')
    witness.end()
    await relay.close()
  },
)

t.test(
  'F4 bytes that are no websocket frames, and handshakes that are none, end their connection only',
  async (t) => {
    const relay = await startRelay()
    const { port } = new URL(relay.url)
    const shake =
      'GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tocsin.1\r\n\r\n'
    const attack = async (bytes: Buffer): Promise<void> => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      socket.end(bytes)
      await once(socket, 'close')
    }
    const shapes = fc.oneof(
      fc
        .uint8Array({ minLength: 1, maxLength: 200 })
        .map((bytes) => Buffer.concat([Buffer.from(shake), bytes])),
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.nat({ max: shake.length - 1 }).map((at) => Buffer.from(shake.slice(0, at))),
    )

    await Promise.all(fc.sample(shapes, 300).map(attack))

    const wire = await connectWire(relay.url)
    t.equal((await createOn(wire, relay, newLog())).type, 'ok')
    t.notMatch(relay.logs(), /"level":50/)
    wire.end()
    await relay.close()
  },
)

t.test('A3 a CREATE with a right proof and a policy that is none is malformed, not stored', async (t) => {
  const relay = await startRelay()
  const policy = randomBytes(70)
  const wire = await connectWire(relay.url)
  const admission = proveAdmission(relay.admission, log.id)
  wire.socket.send(encodeRequest({ type: 'create', ref: 1, policy, admission, work: undefined }))

  t.equal(await wire.closed, 4400)
  const [row] = await relay.sql`select count(*)::int4 as logs from logs`
  t.equal(row?.logs, 0)
  await relay.close()
})
