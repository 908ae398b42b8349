import fc from 'fast-check'
import t from 'tap'
import {
  ANSWER_MS,
  type Asked,
  createCalls,
  type EntriesEvent,
  judge,
} from '../../../../client/core/relay/calls.ts'
import {
  type Connection,
  FIRST_DIAL,
  type Happening,
  step,
} from '../../../../client/core/relay/connection.ts'
import { cryptoReady, keyPairFromSeed } from '../../../../shared/crypto/sodium.ts'
import type { Challenge } from '../../../../shared/protocol/access.ts'
import { decodeRequest, type Event, encodeEvent, type Request } from '../../../../shared/protocol/frames.ts'
import { createFakeTimer } from '../../../support/fakeTimer.ts'
import { headOf, type MemoryLog, newMemoryLog, testAccess } from '../../../support/memoryLog.ts'
import { hostileFrames } from '../../../support/wireValues.ts'

await cryptoReady

const happenings = fc.constantFrom<Happening>('due', 'greeted', 'settled', 'lost')
const jitters = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const connections: fc.Arbitrary<Connection> = fc.oneof(
  fc.record({ state: fc.constant('dialing' as const), attempt: fc.nat({ max: 2000 }) }),
  fc.record({ state: fc.constant('online' as const), attempt: fc.nat({ max: 2000 }) }),
  fc.record({ state: fc.constant('waiting' as const), attempt: fc.nat({ max: 2000 }), delayMs: fc.nat() }),
)

t.test('4.7 back-off lies between half a second and a minute, whatever happens', async (t) => {
  fc.assert(
    fc.property(connections, happenings, jitters, (connection, happening, jitter) => {
      const next = step(connection, happening, jitter)
      const fresh = next.state === 'waiting' && next !== connection
      return !fresh || (happening === 'lost' && next.delayMs >= 500 && next.delayMs < 60_000 + 1)
    }),
  )
  const delays = (jitter: number) =>
    [0, 1, 2, 3, 9, 2000].map((attempt) => {
      const next = step({ state: 'dialing', attempt }, 'lost', jitter)
      return next.state === 'waiting' && next.delayMs
    })
  t.strictSame(delays(0), [500, 500, 500, 500, 500, 500])
  t.strictSame(delays(0.5), [750, 1250, 2250, 4250, 30_250, 30_250])
})

t.test(
  '4.7 a relay that greets and hangs up is dialed more and more seldom; one that lasts is forgiven',
  async (t) => {
    let connection: Connection = FIRST_DIAL
    const feed = (...all: Happening[]): Connection => {
      for (const happening of all) connection = step(connection, happening, 0.5)
      return connection
    }

    t.same(feed('greeted', 'lost', 'due', 'greeted', 'lost', 'due', 'greeted'), {
      state: 'online',
      attempt: 2,
    })
    t.same(feed('lost'), { state: 'waiting', attempt: 2, delayMs: 2250 })
    t.same(feed('due', 'greeted', 'settled', 'lost'), { state: 'waiting', attempt: 0, delayMs: 750 })
  },
)

t.test('4.7 what does not fit the state changes nothing', async (t) => {
  const online: Connection = { state: 'online', attempt: 1 }
  const waiting: Connection = { state: 'waiting', attempt: 1, delayMs: 5 }

  t.equal(step(online, 'due', 0), online)
  t.equal(step(online, 'greeted', 0), online)
  for (const happening of ['lost', 'greeted', 'settled'] as const)
    t.equal(step(waiting, happening, 0), waiting)
  t.equal(step(FIRST_DIAL, 'settled', 0), FIRST_DIAL)
})

const access = testAccess(1)
const head = headOf(keyPairFromSeed(new Uint8Array(32)).secretKey, newMemoryLog(access.policy) as MemoryLog)
const challenge = new Uint8Array(32).fill(3) as Challenge
const GREETING: Event = { type: 'greeting', version: 1, challenge }
const READ: Request = { type: 'read', ref: 1, log: access.id, from: 1 as never, max: 1 }
const PING: Request = { type: 'ping', ref: 1, padding: Uint8Array.of(1, 2) }
const NONE: Event = { type: 'refused', ref: 1, refusal: { type: 'none' } }
const ENTRIES: EntriesEvent = { type: 'entries', ref: 1, log: access.id, entries: [], head }

t.test('A1 the greeting comes first, once, and in the version that this client speaks', async (t) => {
  const none = new Map<number, Request>()

  t.same(judge(false, none, GREETING), { do: 'greet', challenge })
  t.same(judge(false, none, { ...GREETING, version: 2 }), { do: 'break' })
  t.same(judge(true, none, GREETING), { do: 'break' })
  for (const event of [NONE, ENTRIES, { ...ENTRIES, ref: 0 }])
    t.same(judge(false, none, event), { do: 'break' })
})

t.test(
  'F2 an answer belongs to its ref and has the type of its question; ref 0 is a watch; the rest is nothing',
  async (t) => {
    const waiting = (request: Request) => new Map([[1, request]])

    t.same(judge(true, waiting(READ), ENTRIES), { do: 'answer', ref: 1 })
    t.same(judge(true, waiting(READ), NONE), { do: 'answer', ref: 1 })
    t.same(judge(true, waiting(READ), { type: 'ok', ref: 1 }), { do: 'break' })
    t.same(judge(true, waiting(READ), { ...ENTRIES, ref: 2 }), { do: 'ignore' })
    t.same(judge(true, waiting(READ), { ...ENTRIES, ref: 0 }), {
      do: 'deliver',
      entries: { ...ENTRIES, ref: 0 },
    })
    t.same(judge(true, waiting(READ), { ...NONE, ref: 0 }), { do: 'ignore' })
    t.same(judge(true, waiting(PING), { type: 'pong', ref: 1, padding: Uint8Array.of(1, 2) }), {
      do: 'answer',
      ref: 1,
    })
    t.same(judge(true, waiting(PING), { type: 'pong', ref: 1, padding: Uint8Array.of(1) }), { do: 'break' })
  },
)

const newCalls = () => {
  const clock = createFakeTimer()
  const seen = { sent: [] as Request[], broken: 0, delivered: 0, greeted: 0 }
  const calls = createCalls({
    send: (frame) => {
      const request = decodeRequest(frame)
      if (request.ok) seen.sent.push(request.value)
    },
    timer: clock.timer,
    onGreeting: () => {
      seen.greeted += 1
    },
    onEntries: () => {
      seen.delivered += 1
    },
    onBroken: () => {
      seen.broken += 1
    },
  })
  return { calls, clock, seen }
}
const ping = (n: number) => ({ type: 'ping', padding: Uint8Array.of(n) }) as const satisfies Asked

t.test(
  'F2 questions in flight together get their own answers, in any order, and what follows is heard after',
  async (t) => {
    const { calls, seen } = newCalls()
    calls.hear(encodeEvent(GREETING))
    const order: string[] = []
    const answers = [1, 2, 3].map((n) => calls.ask(ping(n), () => order.push(`${n}`)))
    const pong = (n: number): Event => ({ type: 'pong', ref: n, padding: Uint8Array.of(n) })

    for (const n of [3, 1, 2]) calls.hear(encodeEvent(pong(n)))
    calls.hear(encodeEvent({ ...ENTRIES, ref: 0 }))

    t.strictSame(order, ['3', '1', '2'])
    t.strictSame(
      (await Promise.all(answers)).map((answer) => answer?.ref),
      [1, 2, 3],
    )
    t.strictSame(
      seen.sent.map(({ ref }) => ref),
      [1, 2, 3],
    )
    t.equal(seen.delivered, 1)
  },
)

t.test('F1 no greeting and no answer in time, and what comes after the end', async (t) => {
  const silent = newCalls()
  await silent.clock.pass(ANSWER_MS)
  t.equal(silent.seen.broken, 1)
  t.equal(await silent.calls.ask(ping(1)), undefined, 'nothing is asked before the greeting')

  const { calls, clock, seen } = newCalls()
  calls.hear(encodeEvent(GREETING))
  const call = calls.ask(ping(1))
  await clock.pass(ANSWER_MS)
  t.equal(seen.broken, 1)
  calls.end()
  t.equal(await call, undefined)
  t.equal(await calls.ask(ping(2)), undefined)
  calls.hear(encodeEvent(GREETING))
  t.equal(seen.greeted, 1)
  t.strictSame(clock.waiting(), [])
})

t.test(
  'F4 ten thousand hostile frames: each breaks the connection or is nothing, none throws, none is an answer',
  async (t) => {
    const { calls, seen } = newCalls()
    calls.hear(encodeEvent(GREETING))
    let answered = 0
    void calls.ask({ type: 'read', log: access.id, from: 1 as never, max: 1 }, () => {
      answered += 1
    })
    for (const frame of hostileFrames(encodeEvent({ ...ENTRIES, ref: 7 }), 10_000)) calls.hear(frame)

    t.ok(seen.broken > 9000, `${seen.broken}`)
    t.equal(answered, 0)
  },
)
