/**
 * Generated frames and HTTP requests by the ten thousand: never a 5xx, never a crash, and memory stays where it was. Seeds are
 * printed; TOCSIN_FUZZ_SEED repeats a run. TOCSIN_FUZZ makes it longer: 100,000 in the nightly run.
 */
import { randomInt } from 'node:crypto'
import v8 from 'node:v8'
import vm from 'node:vm'
import t from 'tap'
import { encodeRequest, type Request } from '../../shared/protocol/frames.ts'
import type { Blob, Head, LogId, Seq } from '../../shared/protocol/ids.ts'
import {
  connectRaw,
  type FrameOptions,
  frame,
  HANDSHAKE,
  handshake,
  type RawPeer,
} from '../support/rawPeer.ts'
import { startRelay } from '../support/relay.ts'
import { appendTo, connectWire, newOpenLog } from '../support/wire.ts'

const TOTAL = Number(process.env.TOCSIN_FUZZ ?? 10_000)
const SEED = Number(process.env.TOCSIN_FUZZ_SEED ?? randomInt(2 ** 31))
/** The part of the run after which memory is looked at for the first time. */
const WARM_UP = 0.3
const SIDE_BY_SIDE = 8
/** Of the longest run on a busy machine. */
const TIMEOUT_MS = 3_600_000

/** mulberry32: small, and the same everywhere. */
const createDice = (seed: number) => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number): number => Math.floor(next() * count)
  const one = <T>(...of: readonly T[]): T => of[below(of.length)] as T
  const bytes = (max: number): Buffer => Buffer.from(Array.from({ length: below(max + 1) }, () => below(256)))
  return { below, one, bytes, chance: (part: number): boolean => next() < part }
}
type Dice = ReturnType<typeof createDice>

const someRequest = (dice: Dice): Request => {
  const ref = dice.one(1, 2, 2 ** 32 - 1)
  const log = Buffer.alloc(24, dice.below(4)) as unknown as LogId
  const key = Buffer.alloc(32, dice.below(256))
  const from = 1 as Seq
  return dice.one<Request>(
    { type: 'ping', ref, padding: dice.bytes(200) },
    { type: 'read', ref, log, from, max: dice.below(65_536) },
    { type: 'watch', ref, log, from },
    { type: 'unwatch', ref, log },
    { type: 'create', ref, policy: dice.bytes(90), admission: key, work: dice.one(undefined, 7) },
    {
      type: 'open',
      ref,
      log,
      role: dice.one('reader', 'writer'),
      publicKey: key,
      signature: Buffer.alloc(64, 3),
    },
    {
      type: 'append',
      ref,
      log,
      lifeDays: dice.one(1, 7, 45),
      ifHead: dice.one(undefined, 3 as Head),
      alert: 0,
      writer: undefined,
      blob: dice.one(dice.bytes(50), Buffer.alloc(1024)) as unknown as Blob,
    },
  )
}

const change = (dice: Dice, bytes: Uint8Array): Uint8Array => {
  const changed = Buffer.from(bytes)
  if (dice.chance(0.5)) return changed
  if (changed.length > 0) changed[dice.below(changed.length)] = dice.below(256)
  return dice.one(
    changed,
    changed.subarray(0, dice.below(changed.length + 1)),
    Buffer.concat([changed, dice.bytes(9)]),
  )
}

/** Mostly right on the websocket's level, or every connection would end at once. */
const someFrame = (dice: Dice): Buffer => {
  const payload = dice.chance(0.9) ? change(dice, encodeRequest(someRequest(dice))) : dice.bytes(300)
  const options: FrameOptions = {
    payload,
    fin: dice.chance(0.97),
    reserved: dice.chance(0.02) ? dice.below(8) : 0,
    opcode: dice.chance(0.9) ? 2 : dice.below(16),
    ...(dice.chance(0.02) && { mask: null }),
    ...(dice.chance(0.02) && { lengthBits: dice.one(16 as const, 64 as const) }),
    ...(dice.chance(0.01) && { length: BigInt(dice.below(2 ** 31)), lengthBits: 64 as const }),
  }
  return Buffer.from(dice.chance(0.03) ? change(dice, frame(options)) : frame(options))
}

const METHODS = [
  'GET',
  'GET',
  'GET',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
  'PATCH',
  'BREW',
  'get',
]
const PATHS = [
  '/',
  '/v1',
  '/livez',
  '/readyz',
  '/operator',
  '/v1?x=%',
  '/%zz',
  '/%00',
  '//',
  '/../..',
  '*',
  '/v1/\u00e9',
  '?',
]
const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    'Host',
    ['127.0.0.1', 'localhost:1', 'rebound.example', '[::1]', '[::1', 'a b', '', ':', '127.0.0.1:99999999'],
  ],
  [
    'Origin',
    ['null', 'http://x', 'https://x', 'https://', '//', 'http://127.0.0.1', 'https://[::1]:1', '\u00ff'],
  ],
  ['X-Forwarded-For', ['1.2.3.4', ',', 'unknown', '::1', '1.2.3.4:5, [::1]:80', ', ,'.repeat(50)]],
  ['Content-Length', ['0', '5', '-1', '5, 5', '99999999999999999999', 'x']],
  ['Transfer-Encoding', ['chunked', 'gzip, chunked', 'xchunked']],
  ['Connection', ['close', 'keep-alive', 'Upgrade', 'upgrade, close']],
  ['Upgrade', ['websocket', 'h2c', 'tls/1.0']],
  ['Expect', ['100-continue', 'x']],
  ['Content-Type', ['application/json', 'text/plain', 'multipart/form-data']],
  ['Accept-Encoding', ['gzip', '*;q=0']],
  ['Cookie', ['a=b', '='.repeat(3000)]],
  ['X-Long', ['y'.repeat(9000)]],
  ['Sec-WebSocket-Key', ['dGhlIHNhbXBsZSBub25jZQ==', 'x']],
  ['Sec-WebSocket-Version', ['13', '8', '-1', '1e9']],
  ['Sec-WebSocket-Protocol', ['tocsin.1', ',', 'a,a']],
  ['Sec-WebSocket-Extensions', ['permessage-deflate', ';=']],
]

const someHttp = (dice: Dice): Buffer => {
  const line = `${dice.one(...METHODS)} ${dice.one(...PATHS)} HTTP/${dice.one('1.1', '1.1', '1.1', '1.0', '0.9', '2.0')}`
  const headers = Object.fromEntries(
    HEADERS.filter(() => dice.chance(0.2)).map(([name, values]) => [name, dice.one(...values)]),
  )
  const base = dice.chance(0.3) ? HANDSHAKE : { Host: '127.0.0.1' }
  const lines = Object.entries({ ...base, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const text = Buffer.from(
    `${[line, ...lines].join('\r\n')}\r\n\r\n${dice.chance(0.2) ? dice.bytes(40) : ''}`,
    'latin1',
  )
  return Buffer.from(dice.chance(0.1) ? change(dice, text) : text)
}

/** Sends until it has sent enough or the connection is over; how many were sent. */
const attack = async (peer: RawPeer, some: () => Buffer, most: number): Promise<number> => {
  let sent = 0
  while (sent < most && peer.socket.writable && peer.closeCode() === undefined) {
    peer.socket.write(some())
    sent += 1
    if (sent % 8 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  peer.socket.end()
  await Promise.race([peer.closed, lost(peer)])
  return Math.max(1, sent)
}

/** What an unfinished request leaves waiting is not waited for. */
const lost = async (peer: RawPeer): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 150).unref())
  peer.socket.destroy()
}

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void
const memory = async (): Promise<number> => {
  for (let i = 0; i < 4; i++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

t.setTimeout(TIMEOUT_MS)

t.test(
  `${TOTAL} generated frames and HTTP requests: no 5xx, no crash, no growth`,
  { timeout: TIMEOUT_MS },
  async (t) => {
    t.comment(`seed ${SEED}`)
    const relay = await startRelay()
    const neighbour = await connectWire(relay.url)
    const log = await newOpenLog(neighbour, relay)
    const dice = createDice(SEED)
    const statuses = new Map<number, number>()
    const codes = new Map<number, number>()
    let done = 0

    const tell = (of: Map<number, number>, key: number): void => void of.set(key, (of.get(key) ?? 0) + 1)
    const statusesOf = ({ all }: RawPeer): readonly number[] =>
      [...all().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
    const frames = async (): Promise<void> => {
      const peer = await connectRaw(relay.url)
      peer.socket.write(handshake())
      done += await attack(peer, () => someFrame(dice), 60)
      tell(codes, peer.closeCode() ?? 0)
    }
    const requests = async (): Promise<void> => {
      const peer = await connectRaw(relay.url)
      done += await attack(peer, () => someHttp(dice), 8)
      for (const status of statusesOf(peer)) tell(statuses, status)
    }
    const work = async (until: number): Promise<void> => {
      while (done < until) await (dice.chance(0.4) ? frames() : requests())
    }
    const workUntil = (until: number): Promise<unknown> =>
      Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => work(until)))

    await workUntil(TOTAL * WARM_UP)
    const before = await memory()
    await workUntil(TOTAL)
    const after = await memory()

    t.comment(`statuses ${JSON.stringify([...statuses])}, close codes ${JSON.stringify([...codes])}`)
    t.strictSame(
      [...statuses.keys()].filter((status) => status >= 500),
      [],
      'no 5xx',
    )
    t.ok((statuses.get(200) ?? 0) > 0 && (statuses.get(400) ?? 0) > 0 && (codes.get(4400) ?? 0) > 0)
    t.ok(after < before * 1.1, `${before} bytes, then ${after}`)
    t.equal((await appendTo(neighbour, log)).type, 'receipt', 'who was there before is still served')
    t.notMatch(relay.logs(), /"level":[56]0/, 'no fault of ours')
    neighbour.end()
    await relay.close()
  },
)
