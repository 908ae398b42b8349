/** Rates, caps on connections, the pages for people, and what the relay's log says: it says nothing about anybody. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { WebSocket } from 'ws'
import { toBase64url, toHex } from '../../shared/base/text.ts'
import { newKeyPair, sha256 } from '../../shared/crypto/sodium.ts'
import { powBits } from '../../shared/protocol/access.ts'
import type { Event } from '../../shared/protocol/frames.ts'
import { signEntry } from '../../shared/protocol/writerSignature.ts'
import { startRelay } from '../support/relay.ts'
import {
  type Asked,
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
} from '../support/wire.ts'

const refusalOf = (event: Event): unknown => (event.type === 'refused' ? event.refusal : event.type)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)

const headSeq = async (wire: Wire, log: TestLog): Promise<number> => {
  const page = await readFrom(wire, log)
  return page.type === 'entries' ? page.head.head : -1
}

const relay = await startRelay()
t.teardown(() => relay.close())

t.test(
  'R3 SLOW meets the connection above its rate, with seconds to wait; another on the same log is not slowed',
  async (t) => {
    let now = Date.now()
    const limits = {
      connectionAppends: { perSecond: 2, burst: 5 },
      logKeyAppends: { perSecond: 100, burst: 100 },
    }
    const slow = await startRelay({ limits, clock: () => now })
    const [flooder, other] = [await connectWire(slow.url), await connectWire(slow.url)]
    const log = await newOpenLog(flooder, slow)
    await openOn(other, slow, log, 'writer')

    const answers = await Promise.all(upTo(8).map(() => appendTo(flooder, log)))

    t.equal(answers.filter((answer) => answer.type === 'receipt').length, 5)
    t.strictSame(refusalOf(answers[7] as Event), { type: 'slow', seconds: 1 })
    t.equal((await appendTo(other, log)).type, 'receipt', 'R3 the other is served')
    t.equal(await headSeq(flooder, log), 6, 'R2 a refused request changed nothing')
    t.strictSame(
      refusalOf(await appendTo(flooder, log, { blob: newBlob(1) })),
      { type: 'size' },
      'R2 size before slow',
    )
    now += 1000
    t.equal((await appendTo(flooder, log)).type, 'receipt', 'after that second')
    flooder.end()
    other.end()
    await slow.close()
  },
)

t.test(
  'R2 R3 where entries are signed the rates are lower, one key never pays for another, and a signature is looked at when it is paid for',
  async (t) => {
    const limits = {
      signedConnectionAppends: { perSecond: 1, burst: 2 },
      signedKeyAppends: { perSecond: 1, burst: 5 },
    }
    const slow = await startRelay({ limits, clock: () => 0 })
    const [flooder, again, third, other] = await Promise.all(upTo(4).map(() => connectWire(slow.url)))
    if (!flooder || !again || !third || !other) throw new Error('four connections')
    const second = newKeyPair()
    const log = newLog({ writerSigned: true, moreWriters: [sha256(second.publicKey)] })
    await createOn(flooder, slow, log)
    for (const wire of [flooder, again, third]) await openOn(wire, slow, log, 'writer')
    await openOn(other, slow, { ...log, writer: second }, 'writer')
    const append = (index: number, by = index === 0 ? log.writer : second): Asked => {
      const blob = newBlob()
      const writer = { index, signature: signEntry(by.secretKey, log.id, blob) }
      return { type: 'append', log: log.id, lifeDays: 1, ifHead: undefined, alert: 0, writer, blob }
    }
    const typeOf = async (wire: Wire, one: Asked): Promise<unknown> => {
      const refusal = refusalOf(await wire.ask(one))
      return typeof refusal === 'string' ? refusal : (refusal as { type: string }).type
    }

    t.equal(await typeOf(flooder, append(1)), 'size', 'whoever did not prove a key cannot name it')
    t.equal(await typeOf(flooder, append(0, second)), 'size', 'signed by another')
    t.equal(await typeOf(flooder, append(0)), 'receipt')
    t.equal(
      await typeOf(flooder, append(0, second)),
      'slow',
      'what is signed wrong was paid for, and is not looked at now',
    )
    const plain = await newOpenLog(flooder, slow)
    t.equal((await appendTo(flooder, plain)).type, 'receipt', 'a log without signatures has the usual rates')
    const all = []
    for (const wire of [again, again, third, third]) all.push(await typeOf(wire, append(0)))
    t.strictSame(all, ['receipt', 'receipt', 'receipt', 'slow'], 'over all connections with that key')
    t.equal(await typeOf(other, append(1)), 'receipt', 'another key of the same log is not slowed')
    for (const wire of [flooder, again, third, other]) wire.end()
    await slow.close()
  },
)

t.test(
  'R3 a connection that asks on and on after SLOW is hardly read any more; who waits is read as before',
  async (t) => {
    const limits = {
      connectionAppends: { perSecond: 0.001, burst: 60 },
      connectionFrames: { perSecond: 0.1, burst: 1000 },
    }
    const slow = await startRelay({ limits })
    const [flooder, other] = [await connectWire(slow.url), await connectWire(slow.url)]
    const log = await newOpenLog(flooder, slow)
    await openOn(other, slow, log, 'writer')
    let answered = 0
    for (const _ of upTo(900))
      appendTo(flooder, log).then(
        () => {
          answered += 1
        },
        () => undefined, // ended with its connection
      )

    for (const _ of upTo(50)) t.equal((await appendTo(other, log)).type, 'receipt')
    await sleep(300)
    t.ok(answered < 400, `${answered} of 900 were answered`)
    flooder.end()
    other.end()
    await slow.close()
  },
)

t.test(
  'R3 a large blob weighs as much as five small ones, so that a burst is bounded in bytes too',
  async (t) => {
    const limits = { connectionAppends: { perSecond: 1, burst: 12 } }
    const slow = await startRelay({ limits, clock: () => 0 })
    const wire = await connectWire(slow.url)
    const log = await newOpenLog(wire, slow)

    const answers = []
    for (const size of [262_144, 262_144, 262_144, 1024, 65_536])
      answers.push(refusalOf(await appendTo(wire, log, { blob: newBlob(size) })))
    t.strictSame(answers, [
      'receipt',
      'receipt',
      { type: 'slow', seconds: 3 },
      'receipt',
      { type: 'slow', seconds: 1 },
    ])
    wire.end()
    await slow.close()
  },
)

t.test('R1 the key of a log has a rate of its own, over all its connections', async (t) => {
  const now = Date.now()
  const limits = { logKeyAppends: { perSecond: 1, burst: 4 } }
  const slow = await startRelay({ limits, clock: () => now })
  const wires = await Promise.all(upTo(3).map(() => connectWire(slow.url)))
  const log = await newOpenLog(wires[0] as Wire, slow)
  for (const wire of wires) await openOn(wire, slow, log, 'writer')
  const elsewhere = await newOpenLog(wires[0] as Wire, slow)

  const answers = []
  for (const wire of [...wires, ...wires]) answers.push((await appendTo(wire, log)).type)

  t.strictSame(answers, ['receipt', 'receipt', 'receipt', 'receipt', 'refused', 'refused'])
  t.equal((await appendTo(wires[0] as Wire, elsewhere)).type, 'receipt', 'another log is not slowed')
  for (const wire of wires) wire.end()
  await slow.close()
})

t.test(
  'A4 R1 above the rate of creations work is asked for, checked, and more of it the more are created',
  async (t) => {
    const now = Date.now()
    const limits = { connectionCreates: { perSecond: 0.1, burst: 2 } }
    const busy = await startRelay({ limits, clock: () => now })
    const [wire, other] = [await connectWire(busy.url), await connectWire(busy.url)]
    await createOn(wire, busy, newLog())
    await createOn(wire, busy, newLog())
    const log = newLog()

    const refused = await createOn(wire, busy, log)

    const bits = refused.type === 'refused' && refused.refusal.type === 'busy' ? refused.refusal.bits : 0
    t.ok(bits >= 8 && bits <= 18, `${bits} bits`)
    if (bits === 0) return // there is no work that would be too little
    const solve = (bad = false): number => {
      let nonce = 0
      while (powBits(wire.challenge, log.id, nonce) >= bits === bad) nonce += 1
      return nonce
    }
    t.same(
      (refusalOf(await createOn(wire, busy, log, solve(true))) as { type: string }).type,
      'busy',
      'wrong work',
    )
    t.equal((await createOn(wire, busy, log, solve())).type, 'ok')
    const next = await createOn(wire, busy, newLog(), 0)
    t.ok(next.type === 'refused' && next.refusal.type === 'busy' && next.refusal.bits > bits)
    t.equal((await createOn(other, busy, newLog())).type, 'ok', 'R3 another connection is not asked')
    wire.end()
    other.end()
    await busy.close()
  },
)

t.test(
  'a connection that opens nothing is closed, a peer that answers no ping is cut off, the others stay',
  async (t) => {
    const strict = await startRelay({ limits: { idleMs: 300, pingMs: 150 } })
    const [used, unused, deaf] = [
      await connectWire(strict.url),
      await connectWire(strict.url),
      await connectWire(strict.url),
    ]
    await newOpenLog(used, strict)
    await newOpenLog(deaf, strict)
    deaf.socket.pong = () => undefined
    Object.assign(deaf.socket, { _autoPong: false })

    t.equal(await unused.closed, 4408)
    t.equal(await deaf.closed, 1006)
    await sleep(400)
    t.equal(used.socket.readyState, WebSocket.OPEN)
    used.end()
    await strict.close()
  },
)

t.test(
  'GET / says what this is, /livez and /readyz that it works, and everything else nothing',
  async (t) => {
    const base = relay.url.replace('ws:', 'http:')
    const get = async (path: string): Promise<readonly [number, string]> => {
      const response = await fetch(base + path)
      return [response.status, await response.text()]
    }

    const [status, text] = await get('/')
    t.equal(status, 200)
    t.match(text, /cannot read/)
    t.match(text, /does not store/)
    t.strictSame(await get('/livez'), [200, 'ok\n'])
    t.strictSame(await get('/readyz'), [200, 'ok\n'])
    t.equal((await get('/v1'))[0], 404)
    t.strictSame(await get('/../etc'), [404, 'nothing here\n'])
  },
)

t.test(
  'I18 at trace level the log of a whole session holds no id, key, address, blob or user agent',
  async (t) => {
    const watched = await startRelay({ logLevel: 'trace' })
    const wire = await connectWire(watched.url)
    const log = await newOpenLog(wire, watched)
    const blob = newBlob()
    await watchFrom(wire, log)
    await appendTo(wire, log, { blob })
    await wire.until((pushed) => pushed.some((page) => page.entries.length > 0))
    await appendTo(wire, log, { ifHead: 55 })
    await readFrom(wire, log)
    await openOn(wire, watched, newLog(), 'reader')
    wire.socket.send('garbage-marker')
    await wire.closed
    await fetch(`${watched.url.replace('ws:', 'http:')}/url-marker`, {
      headers: { 'user-agent': 'agent-marker' },
    })
    await watched.sql`drop function append_batch`
    const failing = await connectWire(watched.url)
    await openOn(failing, watched, log, 'writer')
    await appendTo(failing, log).catch(() => undefined)
    await watched.sweep()
    await watched.close()

    const logs = watched.logs()
    t.match(logs, /listening/)
    t.match(logs, /a request failed/, 'and a fault of the database is logged')
    const secrets = [
      log.id,
      log.reader.publicKey,
      log.writer.publicKey,
      blob.subarray(0, 24),
      wire.challenge,
      watched.admission,
    ]
    const texts = secrets.flatMap((bytes) => [
      toHex(bytes),
      toHex(bytes).slice(0, 12),
      toBase64url(bytes).slice(0, 8),
      Buffer.from(bytes).toString('base64').slice(0, 8),
    ])
    const { port } = new URL(watched.url)
    const words = ['127.0.0.1', '::1', `:${port}`, 'marker', 'hostname', '"pid"', '1024', 'append_batch(']
    t.strictSame(
      [...texts, ...words].filter((text) => logs.includes(text)),
      [],
    )
  },
)
