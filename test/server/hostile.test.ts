/** The relay's two doors to strangers: frames, and the environment. Whatever comes in, one clear answer and no crash. */
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { WebSocket } from 'ws'
import { readConfig } from '../../server/config.ts'
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
    const relay = await startRelay({
      limits: { connectionCreates: { perSecond: 0, burst: 1e6 }, allCreates: { perSecond: 0, burst: 1e6 } },
    })
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
      'GET /v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tocsin.1\r\n\r\n'
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

const KNOWN = [
  'TOCSIN_HOST',
  'TOCSIN_PORT',
  'TOCSIN_DATA',
  'TOCSIN_PUBLIC_URL',
  'TOCSIN_LOG_LEVEL',
  'TOCSIN_MAX_CONNECTIONS',
  'DATABASE_URL',
]
const GOOD: Readonly<Record<string, readonly string[]>> = {
  TOCSIN_HOST: ['127.0.0.1', '::1', 'relay.example.org', '0.0.0.0'],
  TOCSIN_PORT: ['0', '8787', '65535'],
  TOCSIN_DATA: ['./data', '/var/lib/tocsin', 'a folder'],
  TOCSIN_PUBLIC_URL: ['wss://relay.example.org', 'ws://127.0.0.1:8787', 'wss://example.org/relay'],
  TOCSIN_LOG_LEVEL: ['info', 'silent', 'trace'],
  TOCSIN_MAX_CONNECTIONS: ['1', '20000'],
  DATABASE_URL: ['postgres://relay:secret@db/tocsin', 'postgresql://localhost/tocsin'],
}
const BAD: Readonly<Record<string, readonly string[]>> = {
  TOCSIN_HOST: ['a b', '127.0.0.1/8', '\u0000'],
  TOCSIN_PORT: ['-1', '65536', '08787', '8787 ', '1e3', 'NaN', '٣'],
  TOCSIN_DATA: ['a\nb', '\u0000'],
  TOCSIN_PUBLIC_URL: [
    'https://example.org',
    'wss://',
    'wss://a@b',
    'wss://example.org#x',
    'wss://example.org:99999',
    'WSS://EXAMPLE.ORG',
  ],
  TOCSIN_LOG_LEVEL: ['loud', 'INFO', '__proto__'],
  TOCSIN_MAX_CONNECTIONS: ['0', '-1', '1000001', 'many'],
  DATABASE_URL: ['mysql://secret@db/x', 'postgres://', 'secret', 'postgres://[bad/x'],
}

t.test(
  `${RUNS} environments: a complete configuration, or every fault at once and no value repeated`,
  async (t) => {
    const setting = fc
      .constantFrom(...KNOWN)
      .chain((name) =>
        fc.tuple(
          fc.constant(name),
          fc.constantFrom(...(GOOD[name] ?? []), ...(BAD[name] ?? []), ''),
          fc.constant(true),
        ),
      )
    const stranger = fc
      .tuple(fc.stringMatching(/^[A-Z_]{0,12}$/), fc.string({ unit: 'binary' }))
      .map(([name, value]) => [`TOCSIN_${name}`, `${value}!`, false] as const)
    const foreign = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.constant(false))
    const environment = fc.array(fc.oneof({ weight: 4, arbitrary: setting }, stranger, foreign), {
      maxLength: 9,
    })
    const outcomes = { taken: 0, refused: 0 }

    const isRight = (list: readonly (readonly [string, string, boolean])[]): boolean => {
      const env = Object.fromEntries(list.map(([name, value]) => [name, value]))
      const names = Object.keys(env)
      const wrong = names.filter(
        (name) => KNOWN.includes(name) && env[name] !== '' && !GOOD[name]?.includes(env[name] ?? ''),
      )
      const unknown = names.filter(
        (name) => name.startsWith('TOCSIN_') && !KNOWN.includes(name) && env[name] !== '',
      )
      const read = readConfig(env)
      if (read.ok) {
        outcomes.taken += 1
        return wrong.length === 0 && unknown.length === 0 && Number.isInteger(read.value.port)
      }
      outcomes.refused += 1
      const isNamed = (name: string): boolean =>
        read.error.some((sentence) => sentence.startsWith(name.replace(/[^\w]/g, '?').slice(0, 60)))
      const isPlain = read.error.every(
        (sentence) => /^[ -~]+\.$/.test(sentence) && !sentence.includes('secret'),
      )
      return (
        [...wrong, ...unknown].every(isNamed) &&
        isPlain &&
        read.error.length === wrong.length + unknown.length
      )
    }
    fc.assert(fc.property(environment, isRight), { numRuns: RUNS })

    t.ok(outcomes.taken > 100 && outcomes.refused > 100, JSON.stringify(outcomes))
    t.strictSame(readConfig({}), {
      ok: true,
      value: {
        host: '127.0.0.1',
        port: 8787,
        dataFolder: './data',
        databaseUrl: undefined,
        publicUrl: undefined,
        logLevel: 'info',
        maxConnections: 20_000,
      },
    })
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
