import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import { dialNode } from '../../../client/cli/socketNode.ts'
import { createRelay } from '../../../client/core/relay/createRelay.ts'
import { observePage } from '../../../client/core/relay/observe.ts'
import type { Timer } from '../../../client/core/relay/ports.ts'
import type { Failure, Relay } from '../../../client/core/relay/relay.ts'
import { newWitness, type Witness } from '../../../client/core/relay/witness.ts'
import type { Result } from '../../../shared/base/result.ts'
import { cryptoReady, newKeyPair, sha256 } from '../../../shared/crypto/sodium.ts'
import { encodePolicy, logIdOf } from '../../../shared/protocol/policy.ts'
import { testAccess, testBlob } from '../../support/memoryLog.ts'
import { startRelay, type TestRelay } from '../../support/relay.ts'

await cryptoReady

const timer: Timer = (delayMs, wake) => {
  const timeout = setTimeout(wake, delayMs)
  return () => clearTimeout(timeout)
}

/** A websocket server that does what the test says to each connection. */
const serve = async (
  t: Test,
  meet: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<string> => {
  const http = createServer().listen(0, '127.0.0.1')
  const server = new WebSocketServer({ server: http })
  server.on('connection', meet)
  await once(http, 'listening')
  t.teardown(() => {
    for (const socket of server.clients) socket.terminate()
    http.close()
  })
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
}

/** Frames until the end. */
const listen = (address: string) => {
  const frames: Uint8Array[] = []
  let closes = 0
  let socket: ReturnType<typeof dialNode> | undefined
  const closed = new Promise<void>((resolve) => {
    socket = dialNode(address, {
      onFrame: (frame) => void frames.push(frame),
      onClose: () => {
        closes += 1
        resolve()
      },
    })
  })
  return { frames, closed, closes: () => closes, close: () => socket?.close() }
}

t.test('F4 the handshake names path and subprotocol and tells nothing else', async (t) => {
  let seen: IncomingMessage | undefined
  const address = await serve(t, (socket, request) => {
    seen = request
    socket.send(Uint8Array.of(1, 2, 3))
    socket.close()
  })
  const { frames, closed } = listen(`${address}/`)
  await closed

  t.equal(seen?.url, '/v1')
  t.strictSame(Object.keys(seen?.headers ?? {}).sort(), [
    'connection',
    'host',
    'sec-websocket-key',
    'sec-websocket-protocol',
    'sec-websocket-version',
    'upgrade',
  ])
  t.equal(seen?.headers['sec-websocket-protocol'], 'tocsin.1')
  t.strictSame(
    frames.map((frame) => [...frame]),
    [[1, 2, 3]],
  )
})

t.test(
  'F4 a text, a frame that is too large and a broken server end the connection, once and without a throw',
  async (t) => {
    const misbehaviours: ((socket: WebSocket) => void)[] = [
      (socket) => socket.send('text'),
      (socket) => socket.send(new Uint8Array((2 << 20) + 1)),
      (socket) => socket.terminate(),
    ]
    for (const misbehave of misbehaviours) {
      const address = await serve(t, misbehave)
      const { frames, closed, closes } = listen(address)
      await closed

      t.strictSame(frames, [])
      t.equal(closes(), 1)
    }
    const nowhere = listen('ws://127.0.0.1:1')
    await nowhere.closed
    t.equal(nowhere.closes(), 1)
  },
)

t.test(
  'F4 leaving before the connection is there, or from a relay that does not say goodbye, takes no time',
  async (t) => {
    const early = listen('ws://127.0.0.1:1')
    early.close()
    await early.closed

    let greeted: () => void = () => undefined
    const open = new Promise<void>((resolve) => {
      greeted = resolve
    })
    const address = await serve(t, (socket) => {
      socket.pause()
      greeted()
    })
    const silent = listen(address)
    await open
    silent.close()
    await silent.closed
    t.pass()
  },
)

const value = async <T>(promise: Promise<Result<T, Failure>>): Promise<T> => {
  const result = await promise
  if (!result.ok) throw new Error(`failed: ${JSON.stringify(result.error)}`)
  return result.value
}

const connect = (t: Test, server: TestRelay, learned: Uint8Array[] = []): Relay => {
  const relay = createRelay({
    dial: dialNode,
    timer,
    random: Math.random,
    address: server.url,
    relayKey: server.key,
    admission: server.admission,
    onAdmission: (secret) => learned.push(secret),
  })
  t.teardown(relay.close)
  return relay
}

t.test(
  '4.7 client and relay agree over a real socket: create, append, read, watch, refuse, come back',
  async (t) => {
    const server = await startRelay()
    t.teardown(server.close)
    const [alice, bob] = [connect(t, server), connect(t, server)]
    const access = testAccess(1)
    const LIFE = { lifeDays: 7 } as const
    let seen: Witness = newWitness(access)
    const texts: string[] = []
    let enough: () => void = () => undefined

    await value(alice.create(access))
    await value(bob.create(access))
    const first = await value(alice.append(access, testBlob('one'), { ...LIFE, after: newWitness(access) }))
    const stale = await alice.append(access, testBlob('late'), { ...LIFE, after: newWitness(access) })
    bob.watch(access, {
      witness: () => seen,
      onPage: (page) => {
        const result = observePage(seen, server.key.signingKey, page)
        if (!result.ok) throw new Error(result.error.kind)
        seen = result.value.witness
        for (const { blob } of result.value.entries) texts.push(new TextDecoder().decode(blob?.slice(0, 3)))
        if (texts.length >= 40) enough()
      },
      onEnd: (failure) => t.fail(failure.type),
    })
    const all = new Promise<void>((resolve) => {
      enough = resolve
    })
    const sizes = [1024, 4096, 16_384, 65_536, 262_144]
    await Promise.all(
      Array.from({ length: 39 }, (_, i) => value(alice.append(access, testBlob('two', sizes[i % 5]), LIFE))),
    )
    await all

    t.equal(first.head, 1)
    t.match(stale, { ok: false, error: { type: 'conflict', head: { head: 1 } } })
    t.strictSame(texts, ['one', ...Array.from({ length: 39 }, () => 'two')])
    let read = newWitness(access)
    for (let atHead = false; !atHead; ) {
      const page = await value(alice.pull(access, read))
      read = page.witness
      atHead = page.atHead
    }
    t.strictSame([read.seq, read.chain], [seen.seq, seen.chain])
    t.strictSame(read.reached, await value(bob.open(access, ['reader', 'writer'])))
    const stranger = { ...access, reader: newKeyPair() }
    t.match(await connect(t, server).pull(stranger, read), { ok: false, error: { type: 'none' } })
    t.match(await bob.pull(testAccess(2), newWitness(testAccess(2))), { ok: false, error: { type: 'none' } })
  },
)

t.test('L4 L7 a real relay fills up, asks for writers’ signatures, and is believed', async (t) => {
  const server = await startRelay()
  t.teardown(server.close)
  const relay = connect(t, server)
  const access = testAccess(3, { cap: 0, writerSigned: true })
  await value(relay.create(access))
  let witness = newWitness(access)
  for (let i = 0; i < 4; i++) await value(relay.append(access, testBlob('large', 262_144), { lifeDays: 7 }))
  while (witness.seq < 4) witness = (await value(relay.pull(access, witness))).witness

  t.match(await relay.append(access, testBlob('more'), { lifeDays: 7 }), {
    ok: false,
    error: { type: 'full', head: { head: 4, full: true } },
  })
  t.equal(witness.reached?.full, true)
})

t.test('L9 a real relay keeps a share for each writer: who fills theirs takes nobody else’s', async (t) => {
  const server = await startRelay()
  t.teardown(server.close)
  const base = { version: 1, ttlDays: 7, cap: 0, wake: 0, writerSigned: true } as const
  const [reader, flooder, other] = [newKeyPair(), newKeyPair(), newKeyPair()]
  const writers = [flooder, other].map(({ publicKey }) => sha256(publicKey))
  const encoded = encodePolicy({ ...base, readers: [sha256(reader.publicKey)], writers })
  const as = (writer: typeof flooder) => {
    const relay = connect(t, server)
    const access = { id: logIdOf(encoded), policy: encoded, reader, writer }
    return {
      make: () => relay.create(access),
      add: (text: string, size = 1024) => relay.append(access, testBlob(text, size), { lifeDays: 7 }),
    }
  }
  const [mine, again, theirs] = [as(flooder), as(flooder), as(other)]
  await value(mine.make())
  await value(mine.add('large', 262_144))
  const usedUp = { ok: false, error: { type: 'share' } }
  t.match(await mine.add('larger than what is left', 262_144), usedUp)
  for (let i = 1; i < 100; i++) await value(mine.add(`small ${i}`))
  t.match(await mine.add('one more'), usedUp)
  t.match(await again.add('on another line'), usedUp)
  for (let i = 0; i < 100; i++) await value(theirs.add(`${i}`))
  t.match(await theirs.add('one more'), { ok: false, error: { type: 'full' } }, 'all shares are used up')
})

t.test('A4 R1 the work and the waits that a real relay asks for are done', async (t) => {
  const limits = {
    allCreates: { perSecond: 0.001, burst: 1 },
    logKeyAppends: { perSecond: 1, burst: 1 },
  }
  const server = await startRelay({ limits })
  t.teardown(server.close)
  const relay = connect(t, server)

  for (const n of [1, 2, 3]) await value(relay.create(testAccess(n)))
  for (const text of ['one', 'two'])
    t.ok((await relay.append(testAccess(1), testBlob(text), { lifeDays: 7 })).ok, text)
})
