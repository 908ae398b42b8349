/**
 * Websocket and HTTP abuse from raw sockets. After every case its connection is gone, nothing is left of it, and a neighbour on
 * the same relay is served as if nothing had happened. Frames of the relay's own protocol: hostile.test.ts.
 */
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateRawSync } from 'node:zlib'
import t, { type Test as Tap } from 'tap'
import { concat } from '../../shared/base/bytes.ts'
import { encodeRequest } from '../../shared/protocol/frames.ts'
import { MAX_REQUEST_BYTES } from '../../shared/protocol/limits.ts'
import {
  connectRaw,
  connectShaken,
  type FrameOptions,
  frame,
  handshake,
  type RawPeer,
} from '../support/rawPeer.ts'
import { startRelay, type TestRelay } from '../support/relay.ts'
import { appendTo, connectWire, newOpenLog, type TestLog, type Wire, watchFrom } from '../support/wire.ts'

const relay = await startRelay()
const strict = await startRelay({ limits: { pingMs: 300, idleMs: 60_000 } })
t.teardown(async () => {
  await relay.close()
  await strict.close()
})

type Neighbour = { readonly wire: Wire; readonly log: TestLog }
const newNeighbour = async (of: TestRelay): Promise<Neighbour> => {
  const wire = await connectWire(of.url)
  const log = await newOpenLog(wire, of)
  await watchFrom(wire, log)
  return { wire, log }
}
const neighbours = new Map([
  [relay, await newNeighbour(relay)],
  [strict, await newNeighbour(strict)],
])

/** An append of the neighbour is acknowledged and delivered to it. */
const isServed = async (of: TestRelay): Promise<boolean> => {
  const { wire, log } = neighbours.get(of) as Neighbour
  const answer = await appendTo(wire, log)
  if (answer.type !== 'receipt') return false
  await wire.until((pushed) =>
    pushed.some((page) => page.entries.some((entry) => Number(entry.seq) === Number(answer.head.head))),
  )
  return true
}

const relayPorts = [relay, strict].map(({ url }) => Number(new URL(url).port))

/** Ours and the relays' ends of connections to the two. Not those to the database, of which a relay opens one more whenever it needs it. */
const openSockets = (): number => {
  // Node has no public list of what is open that says to where.
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles: () => readonly object[] }
  return handles
    .call(process)
    .filter((one) => one instanceof Socket)
    .filter(
      ({ localPort = 0, remotePort = 0 }) =>
        relayPorts.includes(localPort) || relayPorts.includes(remotePort),
    ).length
}
const atRest = openSockets()
const isNothingLeft = async (): Promise<boolean> => {
  for (let i = 0; i < 400 && openSockets() > atRest; i++) await sleep(20)
  return openSockets() <= atRest
}

const ping = (padding = 0): Uint8Array =>
  encodeRequest({ type: 'ping', ref: 7, padding: new Uint8Array(padding) })
const PONG = encodePong(0)
function encodePong(padding: number): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(padding)
  return Buffer.concat([Buffer.of(133, 0, 0, 0, 7), size, Buffer.alloc(padding)])
}
const isPong = ({ payload }: { payload: Buffer }, padding = 0): boolean =>
  payload.equals(padding === 0 ? PONG : encodePong(padding))

/** `alive`: a PING of the relay's protocol is answered after it. A number: the close code. `cut`: no close frame. */
type Outcome = 'alive' | 'cut' | number
type Case = readonly [
  title: string,
  send: Buffer | Uint8Array | ((peer: RawPeer) => void | Promise<void>),
  outcome: Outcome,
]

const one = (options: FrameOptions): Buffer => frame(options)
const many = (...frames: readonly FrameOptions[]): Buffer => Buffer.concat(frames.map(frame))
const close = (code: number, reason: Uint8Array = Buffer.alloc(0)): Buffer =>
  one({ opcode: 8, payload: concat(Buffer.of(code >> 8, code & 255), reason) })
const bytes = (size: number): Buffer => Buffer.alloc(size, 1)
/** A message in pieces of `size`. */
const pieces = (message: Uint8Array, size: number, opcode = 2): FrameOptions[] => {
  const count = Math.ceil(message.length / size)
  return Array.from({ length: count }, (_, i) => ({
    fin: i === count - 1,
    opcode: i === 0 ? opcode : 0,
    payload: message.subarray(i * size, (i + 1) * size),
  }))
}
const START = { fin: false, opcode: 2, payload: ping().subarray(0, 2) }
const REST = { opcode: 0, payload: ping().subarray(2) }
const MALFORMED = 4400

const LEGAL: readonly Case[] = [
  ['a message in two fragments', many(START, REST), 'alive'],
  ['a message in fragments of one byte', many(...pieces(ping(), 1)), 'alive'],
  ['an empty first fragment', many({ fin: false }, { opcode: 0, payload: ping() }), 'alive'],
  ['an empty last fragment', many({ fin: false, payload: ping() }, { opcode: 0 }), 'alive'],
  ['500 empty fragments', many(START, ...Array(500).fill({ fin: false, opcode: 0 }), REST), 'alive'],
  ['a ping between fragments', many(START, { opcode: 9, payload: bytes(3) }, REST), 'alive'],
  ['a pong between fragments', many(START, { opcode: 10 }, REST), 'alive'],
  [
    'another mask for each fragment',
    many({ ...START, mask: randomBytes(4) }, { ...REST, mask: randomBytes(4) }),
    'alive',
  ],
  ['a mask of zeros', one({ payload: ping(), mask: Buffer.alloc(4) }), 'alive'],
  ['a length in 16 bits', one({ payload: ping(200) }), 'alive'],
  ['a length in 16 bits that fits in 7', one({ payload: ping(), lengthBits: 16 }), 'alive'],
  ['a length in 64 bits that fits in 7', one({ payload: ping(), lengthBits: 64 }), 'alive'],
  ['the longest padding', one({ payload: ping(4096) }), 'alive'],
  ['many frames in one packet', many(...Array(50).fill({ payload: ping() })), 'alive'],
  ['a frame byte by byte', (peer) => trickle(peer, one({ payload: ping() }), 5), 'alive'],
  ['a ping with 125 bytes', one({ opcode: 9, payload: bytes(125) }), 'alive'],
  ['a pong that nobody asked for', one({ opcode: 10, payload: bytes(4) }), 'alive'],
  ['5,000 pings at once', many(...Array(5000).fill({ opcode: 9, payload: bytes(8) })), 'alive'],
  ['5,000 pongs at once', many(...Array(5000).fill({ opcode: 10 })), 'alive'],
]

const ILLEGAL: readonly Case[] = [
  ['a continuation of nothing', one({ ...REST, fin: false }), MALFORMED],
  ['a last continuation of nothing', one(REST), MALFORMED],
  ['a binary frame inside a message', many(START, { payload: ping() }), MALFORMED],
  ['a text frame inside a message', many(START, { opcode: 1, payload: bytes(1) }), MALFORMED],
  ['endless empty continuations', many(START, ...Array(3000).fill({ fin: false, opcode: 0 })), MALFORMED],
  [
    'endless continuations of a byte',
    many(START, ...Array(3000).fill({ fin: false, opcode: 0, payload: bytes(1) })),
    MALFORMED,
  ],
  ['fragments that add up to too much', many(...pieces(bytes(MAX_REQUEST_BYTES + 1), 65_536)), MALFORMED],
  ...([2, 9, 8, 10, 0] as const).map(
    (opcode): Case => [
      `no mask, opcode ${opcode}`,
      one({ opcode, payload: bytes(2), mask: null }),
      MALFORMED,
    ],
  ),
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (reserved): Case => [`reserved bits ${reserved}`, one({ reserved, payload: ping() }), MALFORMED],
  ),
  ['a reserved bit in a ping', one({ reserved: 4, opcode: 9 }), MALFORMED],
  ['a reserved bit in a continuation', many(START, { ...REST, reserved: 4 }), MALFORMED],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode): Case => [`reserved opcode ${opcode}`, one({ opcode, payload: bytes(2) }), MALFORMED],
  ),
  ['an empty message', one({}), MALFORMED],
  ['a message one byte too long', one({ payload: bytes(MAX_REQUEST_BYTES + 1) }), MALFORMED],
  [
    'the length of a message one byte too long, and nothing of it',
    one({ length: BigInt(MAX_REQUEST_BYTES + 1) }),
    MALFORMED,
  ],
  ...[2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map(
    (length): Case => [`a length of ${length}`, one({ length, lengthBits: 64 }), MALFORMED],
  ),
  ...[8, 9, 10].map(
    (opcode): Case => [
      `126 bytes in a control frame, opcode ${opcode}`,
      one({ opcode, payload: bytes(126) }),
      MALFORMED,
    ],
  ),
  ...[8, 9, 10].map(
    (opcode): Case => [
      `a fragmented control frame, opcode ${opcode}`,
      one({ fin: false, opcode }),
      MALFORMED,
    ],
  ),
  ['a ping whose length stands in 64 bits', one({ opcode: 9, lengthBits: 64 }), MALFORMED],
  ['a compressed message', one({ reserved: 4, payload: deflateRawSync(ping()) }), MALFORMED],
  ['a compressed bomb', one({ reserved: 4, payload: deflateRawSync(Buffer.alloc(50 << 20)) }), MALFORMED],
  ['text', one({ opcode: 1, payload: Buffer.from('text') }), MALFORMED],
  ['empty text', one({ opcode: 1 }), MALFORMED],
  ['text that is not UTF-8', one({ opcode: 1, payload: Buffer.of(0xc0, 0xaf) }), MALFORMED],
  ['text in fragments', many(...pieces(Buffer.from('text'), 2, 1)), MALFORMED],
  ['text whose fragments are not UTF-8', many(...pieces(Buffer.of(0xf0, 0x28, 0x8c, 0x28), 1, 1)), MALFORMED],
  ['what is no frame of ours', one({ payload: randomBytes(64) }), MALFORMED],
  ['HTTP after the handshake', Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), MALFORMED],
  ['TLS after the handshake', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), MALFORMED],
  ['garbage after the handshake', bytes(100_000), MALFORMED],
]

const CLOSING: readonly Case[] = [
  ['a goodbye', close(1000), 1000],
  ['a goodbye with a reason', close(1001, bytes(123)), 1001],
  ['a goodbye without a code', one({ opcode: 8 }), 1005],
  ['a goodbye inside a message', Buffer.concat([many(START), close(1000)]), 1000],
  ['a goodbye of an application', close(4999), 4999],
  ['two goodbyes', Buffer.concat([close(1000), close(1001)]), 1000],
  [
    'data after a goodbye',
    Buffer.concat([close(1000), many({ payload: ping() }, { payload: bytes(9) })]),
    1000,
  ],
  ['garbage after a goodbye', Buffer.concat([close(1000), bytes(5000)]), 1000],
  ['half a close code', one({ opcode: 8, payload: bytes(1) }), MALFORMED],
  ['a goodbye that is not UTF-8', close(1000, Buffer.of(0xff, 0xfe)), MALFORMED],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code): Case => [`close code ${code}`, close(code), MALFORMED],
  ),
]

const GOING: readonly Case[] = [
  ['the end of the stream', (peer) => void peer.socket.end(), 'cut'],
  [
    'the end of the stream inside a frame',
    (peer) => void peer.socket.end(one({ payload: ping(100) }).subarray(0, 9)),
    'cut',
  ],
  [
    'the end of the stream inside a length',
    (peer) => void peer.socket.end(one({ payload: ping(200) }).subarray(0, 3)),
    'cut',
  ],
  ['the end of the stream inside a message', (peer) => void peer.socket.end(one(START)), 'cut'],
  ['the end of the stream behind a request', (peer) => void peer.socket.end(one({ payload: ping() })), 'cut'],
  ['a reset', (peer) => void peer.socket.resetAndDestroy(), 'cut'],
  [
    'a reset inside a frame',
    (peer) => resetAfter(peer, one({ payload: ping(4000) }).subarray(0, 900)),
    'cut',
  ],
  ['a reset behind a request', (peer) => resetAfter(peer, one({ payload: ping() })), 'cut'],
  ['a reset behind what is malformed', (peer) => resetAfter(peer, one({ opcode: 1 })), 'cut'],
]

const trickle = async ({ socket }: RawPeer, all: Uint8Array, ms: number): Promise<void> => {
  for (const byte of all) {
    socket.write(Buffer.of(byte))
    await sleep(ms)
  }
}
const resetAfter = async ({ socket }: RawPeer, sent: Uint8Array): Promise<void> => {
  await new Promise<void>((resolve) => void socket.write(sent, () => resolve()))
  socket.resetAndDestroy()
}

const isStillAnswered = async (peer: RawPeer): Promise<boolean> => {
  peer.socket.write(frame({ payload: ping(33) }))
  await peer.until(() => peer.frames.some((received) => isPong(received, 33)))
  peer.socket.destroy()
  return true
}

const outcomeOf = async (peer: RawPeer, [, send, outcome]: Case): Promise<Outcome> => {
  if (typeof send === 'function') await send(peer)
  else peer.socket.write(send)
  if (outcome === 'alive') return (await isStillAnswered(peer)) ? 'alive' : 'cut'
  await peer.closed
  return peer.closeCode() ?? 'cut'
}

for (const [kind, cases] of Object.entries({ LEGAL, ILLEGAL, CLOSING, GOING })) {
  t.test(
    `F4 ${cases.length} ${kind.toLowerCase()} ways to use a websocket end as they should, and alone`,
    async (t) => {
      for (const each of cases) {
        const peer = await connectShaken(relay.url)
        t.equal(await outcomeOf(peer, each), each[2], each[0])
        t.ok(await isServed(relay), `a neighbour is served: ${each[0]}`)
        t.ok(await isNothingLeft(), `nothing is left: ${each[0]}`)
      }
    },
  )
}

/** Status of the answer to what is sent on a fresh connection; 101 goes on to the close code, or 101 when it is greeted. */
type Request = readonly [title: string, text: string | Uint8Array, status: number]
const path = (line: string): string => handshake({}, line)
const plain = (...lines: readonly string[]): string =>
  ['GET / HTTP/1.1', 'Host: 127.0.0.1', ...lines, '', ''].join('\r\n')
const post = (...lines: readonly string[]): string =>
  ['POST / HTTP/1.1', 'Host: 127.0.0.1', ...lines].join('\r\n')

const HANDSHAKES: readonly Request[] = [
  ['the right one', handshake(), 101],
  ['with a query', path('GET /v1?a=b HTTP/1.1'), 101],
  ['with our protocol among others', handshake({ 'Sec-WebSocket-Protocol': 'chat, tocsin.1' }), 101],
  [
    'with small letters and a port',
    handshake({ Host: 'LOCALHOST:8787', Upgrade: 'WebSocket', Connection: 'keep-alive, upgrade' }),
    101,
  ],
  ['no protocol', handshake({ 'Sec-WebSocket-Protocol': '' }), MALFORMED],
  ['another protocol', handshake({ 'Sec-WebSocket-Protocol': 'tocsin.2' }), MALFORMED],
  ['protocols that are none', handshake({ 'Sec-WebSocket-Protocol': 'tocsin.1,,' }), 400],
  ['a protocol twice', handshake({ 'Sec-WebSocket-Protocol': 'tocsin.1, tocsin.1' }), 400],
  ['no version', handshake({ 'Sec-WebSocket-Version': '' }), 400],
  ['an old version', handshake({ 'Sec-WebSocket-Version': '7' }), 400],
  ['a version of the future', handshake({ 'Sec-WebSocket-Version': '14' }), 400],
  ['no key', handshake({ 'Sec-WebSocket-Key': '' }), 400],
  ['a short key', handshake({ 'Sec-WebSocket-Key': 'c2hvcnQ=' }), 400],
  ['a key that is none', handshake({ 'Sec-WebSocket-Key': '!'.repeat(24) }), 400],
  ['another upgrade', handshake({ Upgrade: 'h2c' }), 400],
  ['no upgrade', handshake({ Upgrade: '' }), 404],
  ['no connection header', handshake({ Connection: '' }), 404],
  ['POST', path('POST /v1 HTTP/1.1'), 405],
  ['another path', path('GET /v2 HTTP/1.1'), 404],
  ['a path below', path('GET /v1/ HTTP/1.1'), 404],
  ['a page', path('GET / HTTP/1.1'), 404],
  ['a whole URL', path('GET http://127.0.0.1/v1 HTTP/1.1'), 404],
  ['CONNECT', path('CONNECT 127.0.0.1:80 HTTP/1.1'), 0],
  ['no host', handshake({ Host: '' }), 421],
  ['a foreign host', handshake({ Host: 'rebound.example' }), 421],
  ['a host that is none', handshake({ Host: 'a b' }), 421],
  ['a page that came in the clear', handshake({ Origin: 'http://rebound.example' }), 403],
  ['a page from nowhere', handshake({ Origin: 'null' }), 403],
  ['a page that came over TLS', handshake({ Origin: 'https://app.example' }), 101],
  [
    'an offer to compress',
    handshake({ 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }),
    101,
  ],
  ['extensions that are none', handshake({ 'Sec-WebSocket-Extensions': ';;,=' }), 101],
  ['20 KB of headers', handshake({ 'X-Long': 'x'.repeat(20_000) }), 431],
  [
    '3,000 headers',
    handshake(Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`X-${i}`, '1']))),
    431,
  ],
  ['a long path', path(`GET /${'v'.repeat(20_000)} HTTP/1.1`), 431],
]

const SMUGGLED: readonly Request[] = [
  [
    'a length and chunks',
    `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}\r\n\r\n0\r\n\r\nGET /x`,
    400,
  ],
  ['two lengths', `${post('Content-Length: 1', 'Content-Length: 2')}\r\n\r\nab`, 400],
  ['two lengths in one line', `${post('Content-Length: 1, 2')}\r\n\r\nab`, 400],
  ['a negative length', `${post('Content-Length: -1')}\r\n\r\n`, 400],
  ['a length with a sign', `${post('Content-Length: +1')}\r\n\r\na`, 400],
  ['an encoding that is none', `${post('Transfer-Encoding: xchunked')}\r\n\r\n0\r\n\r\n`, 405],
  ['chunks that are none', `${post('Transfer-Encoding: chunked')}\r\n\r\nzz\r\n\r\n`, 405],
  ['a space before the colon', plain('Content-Length : 5'), 400],
  ['a folded header', plain('X-A: 1', '  Content-Length: 5'), 400],
  ['a zero byte in a header', plain('X-A: a\0b'), 400],
  ['bare line feeds', 'GET / HTTP/1.1\nHost: 127.0.0.1\n\n', 400],
  ['a bare carriage return', plain('X-A: a\rX-B: b'), 400],
  ['no such method', 'BREW / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 400],
  ['no such version', 'GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n', 400],
  ['no HTTP at all', randomBytes(300), 400],
  ['TLS', Buffer.from([0x16, 3, 1, 0, 4, 1, 0, 0, 0]), 400],
  ['an upgrade behind a page', plain() + handshake(), 200],
  ['two hosts, one of them foreign', handshake({ 'X-A': '1\r\nHost: rebound.example' }), 101],
  ['an upgrade with a body', `${handshake({ 'Content-Length': '5' })}hello`, MALFORMED],
  ['an upgrade, and requests right behind it', `${handshake()}${plain()}`, MALFORMED],
]

const answerTo = async (t: Tap, [, text, status]: Request): Promise<number> => {
  const peer = await connectRaw(relay.url)
  peer.socket.write(text)
  if (status === 101) {
    await peer.until(() => peer.frames.length > 0).catch(() => undefined)
    t.notMatch(peer.head(), /extensions/i, 'nothing is negotiated')
  } else if (status === MALFORMED || status === 0) await peer.closed
  else await peer.until(() => peer.status() !== undefined).catch(() => undefined)
  peer.socket.destroy()
  await peer.closed
  return peer.closeCode() ?? peer.status() ?? 0
}

for (const [kind, requests] of Object.entries({ HANDSHAKES, SMUGGLED })) {
  t.test(`${requests.length} ${kind.toLowerCase()}: each answered for what it is, and alone`, async (t) => {
    for (const each of requests) {
      t.equal(await answerTo(t, each), each[2], each[0])
      t.ok(await isServed(relay), `a neighbour is served: ${each[0]}`)
      t.ok(await isNothingLeft(), `nothing is left: ${each[0]}`)
    }
  })
}

/** Milliseconds until the relay has ended the connection. */
const lasts = async (peer: RawPeer): Promise<number> => {
  const since = performance.now()
  await peer.closed
  return performance.now() - since
}
/** A byte every now and then, for as long as it is read. */
const drip = async (peer: RawPeer, all: Uint8Array): Promise<void> => {
  for (const byte of all) {
    if (peer.socket.destroyed) return
    peer.socket.write(Buffer.of(byte))
    await sleep(100)
  }
}

/** Each of them holds its connection as long as it is let. */
const SLOW: readonly (readonly [title: string, start: () => Promise<RawPeer>, end: number | 'cut'])[] = [
  ['nothing at all', () => connectRaw(relay.url), 408],
  ['half a request line', () => started('GET /v1'), 408],
  ['a handshake without its end', () => started(handshake().slice(0, -4)), 408],
  ['a header every now and then', () => dripping(plain(...Array(300).fill('X: y'))), 408],
  ['a body that does not come', () => started(`${post('Content-Length: 1000')}\r\n\r\n`), 405],
  ['no pong', () => connectShaken(strict.url), 'cut'],
  ['half a frame', () => shaken(one({ payload: bytes(60_000) }).subarray(0, 30_000)), 'cut'],
  ['half a length', () => shaken(one({ payload: bytes(60_000) }).subarray(0, 3)), 'cut'],
  ['half a message', () => shaken(one(START)), 'cut'],
  ['a frame byte by byte', () => shaken(Buffer.alloc(0), one({ payload: bytes(4000) })), 'cut'],
  ['a goodbye that it does not answer', () => deaf(one({ opcode: 1 })), MALFORMED],
  ['no goodbye of its own', () => deaf(bytes(40_000)), MALFORMED],
  ['half of a stream that ended', () => shaken(one(START), Buffer.alloc(0), true), 'cut'],
]
const started = async (text: string): Promise<RawPeer> => {
  const peer = await connectRaw(relay.url)
  peer.socket.write(text)
  return peer
}
const dripping = async (text: string): Promise<RawPeer> => {
  const peer = await connectRaw(relay.url)
  void drip(peer, Buffer.from(text))
  return peer
}
const shaken = async (
  sent: Uint8Array,
  then: Uint8Array = new Uint8Array(),
  isOver = false,
): Promise<RawPeer> => {
  const peer = await connectShaken(strict.url)
  peer.socket.write(sent)
  void drip(peer, then)
  if (isOver) peer.socket.end()
  return peer
}
const deaf = async (sent: Uint8Array): Promise<RawPeer> => {
  const peer = await connectShaken(relay.url, { answersClose: false })
  peer.socket.write(sent)
  return peer
}

t.test(`${SLOW.length} slow peers: each is ended in time, and nobody else`, async (t) => {
  const ends = await Promise.all(
    SLOW.map(async ([title, start, end]) => {
      const peer = await start()
      const took = await lasts(peer)
      return [title, peer.closeCode() ?? peer.status() ?? 'cut', end, took] as const
    }),
  )
  for (const [title, actual, wanted, took] of ends) {
    t.equal(actual === 101 ? 'cut' : actual, wanted, title)
    t.ok(took < 30_000, `${title}: ${Math.round(took)} ms`)
  }
  t.ok(await isServed(relay))
  t.ok(await isServed(strict))
  t.ok(await isNothingLeft())
})

t.test('a flood of pings whose answers nobody takes is read no further, and cut off', async (t) => {
  const peer = await connectShaken(strict.url)
  peer.socket.pause()
  const flood = many(...Array(8000).fill({ opcode: 9, payload: bytes(125) }))
  for (let i = 0; i < 40; i++) peer.socket.write(flood)

  await isServed(strict)
  const waiting = peer.socket.writableLength
  const took = await lasts(peer)

  t.ok(waiting > 0, `${waiting} of ${40 * flood.length} bytes still wait to be taken`)
  t.ok(took < 30_000)
  t.ok(await isServed(strict))
  t.ok(await isNothingLeft())
})

t.test('no fault of the relay was among all that', async (t) => {
  t.notMatch(relay.logs() + strict.logs(), /"level":[56]0/)
})

t.teardown(() => {
  for (const { wire } of neighbours.values()) wire.end()
})
