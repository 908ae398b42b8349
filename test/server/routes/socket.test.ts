/** SPEC.md over real sockets: frames, access, heads, refusals, watches. Rates: test/server/limits.test.ts. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady, newKeyPair, sha256 } from '../../../shared/crypto/sodium.ts'
import { type AdmissionSecret, proveAccess, proveAdmission } from '../../../shared/protocol/access.ts'
import { firstChain, nextChain, type SignedHead, verifyHead } from '../../../shared/protocol/chain.ts'
import { type Event, encodeRequest } from '../../../shared/protocol/frames.ts'
import type { Seq } from '../../../shared/protocol/ids.ts'
import { MAX_REQUEST_BYTES } from '../../../shared/protocol/limits.ts'
import { signEntry } from '../../../shared/protocol/writerSignature.ts'
import { startRelay } from '../../support/relay.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newBlob,
  newLog,
  newOpenLog,
  openOn,
  readFrom,
  type TestLog,
  type Wire,
  watchFrom,
} from '../../support/wire.ts'

await cryptoReady
const relay = await startRelay()
t.teardown(() => relay.close())

const headOf = (event: Event): SignedHead => {
  if (event.type === 'receipt' || event.type === 'opened' || event.type === 'entries') return event.head
  throw new Error(`no head in ${event.type}`)
}
const refusalOf = (event: Event): unknown => (event.type === 'refused' ? event.refusal : event.type)
const NONE = { type: 'none' }
const pushedSeqs = (wire: Wire): readonly number[] =>
  wire.pushed.flatMap((page) => page.entries.map((entry) => entry.seq))
const upTo = (count: number, from = 1): readonly number[] => Array.from({ length: count }, (_, i) => i + from)

/** Two connections to one log, both open in both roles. */
const twoWires = async (): Promise<readonly [Wire, Wire, TestLog]> => {
  const [one, two] = [await connectWire(relay.url), await connectWire(relay.url)]
  const log = await newOpenLog(one, relay)
  await openOn(two, relay, log, 'reader')
  await openOn(two, relay, log, 'writer')
  return [one, two, log]
}

t.test('A1 every connection is greeted with a challenge of its own', async (t) => {
  const wires = await Promise.all(upTo(3).map(() => connectWire(relay.url)))

  t.equal(new Set(wires.map((wire) => toHex(wire.challenge))).size, 3)
  for (const wire of wires) wire.end()
})

t.test(
  'A2 A6 OPEN proves one role; CREATE is idempotent; OPENED carries a valid head and the admission secret',
  async (t) => {
    const wire = await connectWire(relay.url)
    const log = newLog()

    t.equal((await createOn(wire, relay, log)).type, 'ok')
    t.equal((await createOn(wire, relay, log)).type, 'ok')
    const opened = await openOn(wire, relay, log, 'reader')

    t.ok(verifyHead(relay.key.signingKey, log.id, headOf(opened)))
    t.strictSame([headOf(opened).head, headOf(opened).full], [0, false])
    t.ok(sameBytes(headOf(opened).chain, firstChain(log.id)))
    t.ok(opened.type === 'opened' && sameBytes(opened.admission, relay.admission))
    t.strictSame(refusalOf(await appendTo(wire, log)), NONE, 'a reader does not write')
    await openOn(wire, relay, log, 'writer')
    t.equal((await appendTo(wire, log)).type, 'receipt')
    t.equal((await readFrom(wire, log)).type, 'entries', 'the first role stays')
    wire.end()
  },
)

t.test(
  'A5, attack 20: unknown, wrong key, wrong role, wrong signature, other connection and not admitted look the same',
  async (t) => {
    const [wire, other] = [await connectWire(relay.url), await connectWire(relay.url)]
    const log = await newOpenLog(other, relay)
    const stranger = newKeyPair()
    const bound = { relayStaticKey: relay.key.staticKey, challenge: wire.challenge }
    const open = (changes: Partial<{ log: TestLog; publicKey: Uint8Array; signature: Uint8Array }>) => {
      const { publicKey, secretKey } = log.reader
      const signature = proveAccess(secretKey, bound, (changes.log ?? log).id, 'reader')
      return wire.ask({
        type: 'open',
        role: 'reader',
        publicKey,
        signature,
        ...changes,
        log: (changes.log ?? log).id,
      })
    }

    const answers = [
      await openOn(wire, relay, newLog(), 'reader'),
      await open({ log: newLog() }),
      await open({
        publicKey: stranger.publicKey,
        signature: proveAccess(stranger.secretKey, bound, log.id, 'reader'),
      }),
      await open({ publicKey: stranger.publicKey }),
      await open({ publicKey: new Uint8Array(32) }),
      await open({
        publicKey: log.writer.publicKey,
        signature: proveAccess(log.writer.secretKey, bound, log.id, 'reader'),
      }),
      await open({ signature: proveAccess(log.reader.secretKey, bound, log.id, 'writer') }),
      await open({
        signature: proveAccess(
          log.reader.secretKey,
          { ...bound, challenge: other.challenge },
          log.id,
          'reader',
        ),
      }),
      await open({
        signature: proveAccess(
          log.reader.secretKey,
          { ...bound, relayStaticKey: stranger.publicKey },
          log.id,
          'reader',
        ),
      }),
      await readFrom(wire, log),
      await appendTo(wire, log),
      await watchFrom(wire, log),
      await wire.ask({ type: 'unwatch', log: log.id }),
      await createOn(
        wire,
        { ...relay, admission: new Uint8Array(randomBytes(32)) as AdmissionSecret },
        newLog(),
      ),
      await createOn(wire, { ...relay, admission: new Uint8Array(32) as AdmissionSecret }, newLog()),
      await createOn(wire, { ...relay, admission: new Uint8Array(32) as AdmissionSecret }, log),
    ]

    t.strictSame(
      answers.map(refusalOf),
      answers.map(() => NONE),
    )
    t.equal((await openOn(wire, relay, log, 'reader')).type, 'opened', 'and the right proof still opens')
    wire.end()
    other.end()
  },
)

t.test(
  'E1 E2 H1 H3 L5 a receipt is the signed head at the own seq, over the chain of what was appended',
  async (t) => {
    const wire = await connectWire(relay.url)
    const log = await newOpenLog(wire, relay)
    const blobs = [1024, 4096, 16_384, 65_536, 262_144].map((size) => newBlob(size))

    const receipts = await Promise.all(blobs.map((blob) => appendTo(wire, log, { blob, lifeDays: 45 })))

    let chain = firstChain(log.id)
    for (const [i, receipt] of receipts.entries()) {
      chain = nextChain(chain, (i + 1) as Seq, sha256(blobs[i] ?? new Uint8Array()))
      const head = headOf(receipt)
      t.ok(
        head.head === i + 1 && sameBytes(head.chain, chain) && verifyHead(relay.key.signingKey, log.id, head),
      )
    }
    const page = await readFrom(wire, log)
    t.ok(sameBytes(headOf(page).chain, chain))
    t.strictSame(
      page.type === 'entries' &&
        page.entries.map((e) => e.content.type === 'blob' && toHex(sha256(e.content.blob))),
      blobs.map((blob) => toHex(sha256(blob))),
    )
    wire.end()
  },
)

t.test(
  'R1 R2 what is refused changes nothing, and the first reason in the order is the one that is told',
  async (t) => {
    const wire = await connectWire(relay.url)
    const log = await newOpenLog(wire, relay, { ttlDays: 7, cap: 0 })
    await appendTo(wire, log)

    t.strictSame(refusalOf(await appendTo(wire, log, { ifHead: 0 })), { type: 'conflict', head: 1 })
    t.strictSame(refusalOf(await appendTo(wire, log, { blob: newBlob(1023) })), { type: 'size' })
    t.strictSame(refusalOf(await appendTo(wire, log, { blob: newBlob(0) })), { type: 'size' })
    t.strictSame(refusalOf(await appendTo(wire, log, { lifeDays: 45 })), { type: 'size' })
    t.strictSame(
      refusalOf(await appendTo(wire, log, { lifeDays: 45, ifHead: 9 })),
      { type: 'size' },
      'size before conflict',
    )
    t.strictSame(refusalOf(await appendTo(wire, newLog(), { blob: newBlob(1) })), NONE, 'none before size')
    t.equal(headOf(await appendTo(wire, log, { ifHead: 1 })).head, 2)
    await Promise.all(upTo(3).map(() => appendTo(wire, log, { blob: newBlob(262_144) })))
    const full = await appendTo(wire, log, { ifHead: 77 })
    t.strictSame(refusalOf(full), { type: 'full' }, 'full before conflict')
    t.equal(headOf(await readFrom(wire, log)).full, true)
    wire.end()
  },
)

t.test(
  'L7 where writers sign, the signature of a proven writer is needed; elsewhere none is taken',
  async (t) => {
    const wire = await connectWire(relay.url)
    const second = newKeyPair()
    const plain = await newOpenLog(wire, relay)
    const log = newLog({ writerSigned: true, moreWriters: [sha256(second.publicKey)] })
    await createOn(wire, relay, log)
    await openOn(wire, relay, log, 'reader')
    await openOn(wire, relay, log, 'writer')
    const blob = newBlob()
    const send = (to: TestLog, writer: { index: number; signature: Uint8Array } | undefined) =>
      wire.ask({ type: 'append', log: to.id, lifeDays: 1, ifHead: undefined, alert: 0, writer, blob })
    const good = signEntry(log.writer.secretKey, log.id, blob)

    t.strictSame(refusalOf(await send(log, undefined)), { type: 'size' }, 'missing')
    t.strictSame(
      refusalOf(await send(plain, { index: 0, signature: good })),
      { type: 'size' },
      'not asked for',
    )
    t.strictSame(
      refusalOf(await send(log, { index: 0, signature: signEntry(log.writer.secretKey, plain.id, blob) })),
      { type: 'size' },
    )
    t.strictSame(
      refusalOf(await send(log, { index: 1, signature: signEntry(second.secretKey, log.id, blob) })),
      { type: 'size' },
      'a key of the list that this connection did not prove',
    )
    t.strictSame(refusalOf(await send(log, { index: 1, signature: good })), { type: 'size' }, 'another place')
    t.equal((await send(log, { index: 0, signature: good })).type, 'receipt')
    const page = await readFrom(wire, log)
    const writer = page.type === 'entries' ? page.entries[0]?.writer : undefined
    t.ok(writer?.index === 0 && sameBytes(writer.signature, good), 'readers get index and signature')
    wire.end()
  },
)

t.test('F5 READ answers from `from` on, and may be empty', async (t) => {
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay)
  await Promise.all(upTo(5).map(() => appendTo(wire, log)))
  const seqs = async (from: number, max: number): Promise<unknown> => {
    const page = await readFrom(wire, log, from, max)
    return page.type === 'entries' && [page.entries.map((entry) => entry.seq), page.head.head]
  }

  t.strictSame(await seqs(2, 2), [[2, 3], 5])
  t.strictSame(await seqs(5, 65_535), [[5], 5])
  t.strictSame(await seqs(6, 10), [[], 5])
  t.strictSame(await seqs(4_294_967_295, 10), [[], 5])
  t.strictSame(await seqs(1, 0), [[], 5])
  wire.end()
})

t.test('F6 a watch tells the backlog, then what is new; an empty log is told as well', async (t) => {
  const [writer, watcher, log] = await twoWires()

  t.equal((await watchFrom(watcher, log)).type, 'ok')
  await watcher.until((pushed) => pushed.length === 1)
  t.strictSame([watcher.pushed[0]?.entries.length, watcher.pushed[0]?.head.head], [0, 0])
  await appendTo(writer, log)
  await watcher.until(() => pushedSeqs(watcher).length === 1)
  const last = watcher.pushed.at(-1)
  t.ok(last && last.head.head === 1 && verifyHead(relay.key.signingKey, log.id, last.head))
  writer.end()
  watcher.end()
})

t.test('F6 a watch from a later seq begins there', async (t) => {
  const [writer, watcher, log] = await twoWires()
  await watchFrom(watcher, log, 4)
  await watcher.until((pushed) => pushed.length === 1)
  await Promise.all(upTo(6).map(() => appendTo(writer, log)))

  await watcher.until(() => pushedSeqs(watcher).includes(6))

  t.strictSame(pushedSeqs(watcher), [4, 5, 6])
  writer.end()
  watcher.end()
})

t.test('F6 F7 a second WATCH replaces the first; after UNWATCH nothing comes', async (t) => {
  const [writer, watcher, log] = await twoWires()
  await Promise.all(upTo(3).map(() => appendTo(writer, log)))
  await watchFrom(watcher, log)
  await watcher.until(() => pushedSeqs(watcher).length === 3)
  await watchFrom(watcher, log, 3)
  await watcher.until(() => pushedSeqs(watcher).length === 4)
  await appendTo(writer, log)
  await watcher.until(() => pushedSeqs(watcher).length === 5)

  t.equal((await watcher.ask({ type: 'unwatch', log: log.id })).type, 'ok')
  await appendTo(writer, log)
  await watcher.ask({ type: 'ping', padding: new Uint8Array() })

  t.strictSame(pushedSeqs(watcher), [1, 2, 3, 3, 4])
  writer.end()
  watcher.end()
})

t.test(
  'F6 under concurrent appends and reconnects every watcher gets every entry once, in order',
  async (t) => {
    const total = 600
    const writers = await Promise.all(upTo(4).map(() => connectWire(relay.url)))
    const log = await newOpenLog(writers[0] as Wire, relay)
    for (const writer of writers) await openOn(writer, relay, log, 'writer')
    const writing = Promise.all(
      writers.map(async (writer) => {
        for (let i = 0; i < total / 4; i++)
          await appendTo(writer, log, { blob: newBlob(i % 10 === 0 ? 16_384 : 1024) })
      }),
    )
    /** Connects again after every few entries, from where it stopped. */
    const follow = async (patience: number): Promise<readonly number[]> => {
      const got: number[] = []
      while (got.length < total) {
        const wire = await connectWire(relay.url)
        await openOn(wire, relay, log, 'reader')
        await watchFrom(wire, log, got.length + 1)
        await wire.until(() => got.length + pushedSeqs(wire).length >= Math.min(total, got.length + patience))
        wire.end()
        got.push(...pushedSeqs(wire))
      }
      return got
    }

    const followed = await Promise.all([follow(total), follow(total), follow(97), follow(31)])
    await writing

    for (const seqs of followed) t.strictSame(seqs, upTo(total))
    for (const writer of writers) writer.end()
  },
)

t.test('F6 a watcher that does not read is not buffered for, and misses nothing once it reads', async (t) => {
  const small = await startRelay({ limits: { behindBytes: 65_536, tailBytes: 262_144 } })
  const writer = await connectWire(small.url)
  const log = await newOpenLog(writer, small)
  const slow = await connectWire(small.url)
  await openOn(slow, small, log, 'reader')
  await watchFrom(slow, log)
  const quick = await connectWire(small.url)
  await openOn(quick, small, log, 'reader')
  await watchFrom(quick, log)
  slow.socket.pause()
  for (let i = 0; i < 20; i++)
    await Promise.all(upTo(8).map(() => appendTo(writer, log, { blob: newBlob(65_536) })))
  await quick.until(() => pushedSeqs(quick).length === 160)

  slow.socket.resume()
  await slow.until(() => pushedSeqs(slow).length === 160)

  t.strictSame(pushedSeqs(slow), upTo(160))
  t.strictSame(pushedSeqs(quick), upTo(160))
  for (const wire of [writer, slow, quick]) wire.end()
  await small.close()
})

t.test('F6 what the network takes for a watcher counts as unread until a pong says otherwise', async (t) => {
  const small = await startRelay({ limits: { behindBytes: 65_536 } })
  const writer = await connectWire(small.url)
  const log = await newOpenLog(writer, small)
  for (let i = 0; i < 20; i++) await appendTo(writer, log, { blob: newBlob(16_384) })
  const deaf = await connectWire(small.url)
  const marks: Buffer[] = []
  const asked = once(deaf.socket, 'ping')
  deaf.socket.on('ping', (mark) => marks.push(mark))
  Object.assign(deaf.socket, { _autoPong: false })
  await openOn(deaf, small, log, 'reader')
  await watchFrom(deaf, log)
  await deaf.until((pushed) => pushed.length > 0)
  await asked

  for (let i = 0; i < 20; i++) await appendTo(writer, log, { blob: newBlob(16_384) })
  deaf.socket.pong(Buffer.alloc(4))
  await deaf.ask({ type: 'ping', padding: new Uint8Array(0) })
  t.strictSame(pushedSeqs(deaf), upTo(20), 'one page, and no more for a pong that says nothing')
  for (const mark of marks) deaf.socket.pong(mark)
  Object.assign(deaf.socket, { _autoPong: true })
  await deaf.until(() => pushedSeqs(deaf).length === 40)

  t.strictSame(pushedSeqs(deaf), upTo(40))
  for (const wire of [writer, deaf]) wire.end()
  await small.close()
})

t.test('F4 anything that is not a frame closes with 4400 and has no effect', async (t) => {
  const closes = async (send: (socket: WebSocket) => void): Promise<number> => {
    const wire = await connectWire(relay.url)
    send(wire.socket)
    return wire.closed
  }
  const log = newLog()
  const admission = proveAdmission(relay.admission, log.id)
  const create = { type: 'create', policy: log.encoded, admission, work: undefined, ref: 1 } as const
  const good = encodeRequest(create)

  t.equal(await closes((socket) => socket.send('text')), 4400, 'text')
  t.equal(await closes((socket) => socket.send(Buffer.alloc(0))), 4400, 'empty')
  t.equal(await closes((socket) => socket.send(good.subarray(0, -1))), 4400, 'short')
  t.equal(
    await closes((socket) => socket.send(Buffer.concat([good, Buffer.alloc(1)]))),
    4400,
    'trailing byte',
  )
  t.equal(await closes((socket) => socket.send(encodeRequest({ ...create, ref: 0 }))), 4400, 'ref 0')
  t.equal(
    await closes((socket) => socket.send(encodeRequest({ ...create, policy: log.encoded.subarray(1) }))),
    4400,
  )
  t.equal(await closes((socket) => socket.send(Buffer.alloc(MAX_REQUEST_BYTES + 1))), 4400, 'too large')
  t.equal(await closes((socket) => socket.send(Buffer.alloc(5_000_000))), 4400, 'far too large')
  const after = await closes((socket) => {
    socket.send('text')
    socket.send(good)
  })
  t.equal(after, 4400)
  const [row] = await relay.sql`select count(*)::int4 as found from logs where id = ${log.id}`
  t.equal(row?.found, 0, 'what comes behind a malformed frame is not read')
  const bare = new WebSocket(`${relay.url}/v1`)
  t.equal(await new Promise((resolve) => bare.on('close', resolve)), 4400, 'no subprotocol')
})

t.test('F1 a request in the first packet after the handshake is heard', async (t) => {
  const { port, hostname } = new URL(relay.url)
  const socket = connect(Number(port), hostname)
  const ping = encodeRequest({ type: 'ping', ref: 7, padding: new Uint8Array() })
  const upgrade = `GET /v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: tocsin.1\r\n\r\n`
  socket.write(
    Buffer.concat([Buffer.from(upgrade), Buffer.from([0x82, 0x80 | ping.length, 0, 0, 0, 0]), ping]),
  )
  const pong = Buffer.from([0x82, 9, 133, 0, 0, 0, 7, 0, 0, 0, 0])

  const seen = await new Promise<boolean>((resolve) => {
    let all = Buffer.alloc(0)
    socket.on('data', (data) => {
      all = Buffer.concat([all, data])
      if (all.includes(pong)) resolve(true)
    })
  })

  t.ok(seen)
  socket.destroy()
})
