/** The guard over real sockets: what is refused before the upgrade, that nobody else feels it, and that a short machine still serves. */
import { request } from 'node:http'
import t from 'tap'
import { parseAddressSet } from '../../server/guard/addresses.ts'
import { type EdgeSettings, NO_EDGE } from '../../server/guard/guard.ts'
import type { Readings } from '../../server/guard/shortage.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import type { Event } from '../../shared/protocol/frames.ts'
import { connectRaw, connectShaken, frame, handshake, type RawPeer } from '../support/rawPeer.ts'
import { startRelay } from '../support/relay.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newLog,
  newOpenLog,
  openOn,
  readFrom,
  watchFrom,
} from '../support/wire.ts'

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
const PLENTY = { perSecond: 1e6, burst: 1e6 }
const plenty = { connections: 10_000, knocks: PLENTY, creates: PLENTY, faults: PLENTY }
const ONION = `${'q'.repeat(56)}.onion`
const proxied = (from = 'loopback'): EdgeSettings => ({
  ...NO_EDGE,
  isTrustedProxy: parseAddressSet(from) ?? (() => false),
})
const refusalOf = (event: Event): unknown => (event.type === 'refused' ? event.refusal : event.type)

type Answer = { readonly status: number; readonly retryAfter: string | undefined; readonly text: string }
const get = (url: string, headers: Readonly<Record<string, string>> = {}, path = '/'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(`${url.replace('ws:', 'http:')}${path}`, { headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }),
      )
    })
      .on('error', reject)
      .end()
  })

/** An upgrade request as one client behind a proxy sends it: its status, and the open peer. */
const knock = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawPeer> => {
  const peer = await connectRaw(url)
  peer.socket.write(handshake(headers))
  await peer.until(() => peer.status() !== undefined)
  return peer
}
const via = (address: string): Readonly<Record<string, string>> => ({ 'X-Forwarded-For': address })
const statusOf = async (
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number | undefined> => {
  const peer = await knock(url, headers)
  peer.socket.destroy()
  return peer.status()
}

t.test(
  'above the rate of handshakes there is 429 with the seconds to wait, for one caller and not for another',
  async (t) => {
    let now = 0
    const limits = { prefix: { ...plenty, knocks: { perSecond: 0.25, burst: 3 } } }
    const relay = await startRelay({ limits, edge: proxied(), steady: () => now })
    const [flooder, other] = [via('198.51.100.1'), via('198.51.100.2')]

    for (const _ of upTo(3)) t.equal(await statusOf(relay.url, flooder), 101)
    const late = await knock(relay.url, flooder)
    t.equal(late.status(), 429)
    t.match(late.head(), /\r\nRetry-After: 4\b/)
    t.match(late.all(), /try again in 4 seconds/)
    t.equal(await statusOf(relay.url, other), 101)
    t.equal(
      await statusOf(relay.url, { 'X-Forwarded-For': '198.51.100.2, 198.51.100.1' }),
      429,
      'no way around it',
    )
    t.equal((await get(relay.url, flooder)).retryAfter, '4', 'pages count as well')
    t.equal((await get(relay.url, flooder, '/livez')).status, 200, 'but not whether it is there')
    now += 4000
    t.equal(await statusOf(relay.url, flooder), 101)
    await relay.close()
  },
)

t.test(
  'a caller has so many open connections; without a trusted proxy the header is not looked at',
  async (t) => {
    const limits = { prefix: { ...plenty, connections: 2 } }
    const relay = await startRelay({ limits, edge: proxied() })
    const blunt = await startRelay({ limits })
    const held = [await knock(relay.url, via('2001:db8::1')), await knock(relay.url, via('2001:db8::2'))]

    t.equal(await statusOf(relay.url, via('2001:db8::ffff')), 429, 'the same network of 64 bits')
    t.equal(await statusOf(relay.url, via('2001:db8:0:1::1')), 101, 'the next one')
    held[0]?.socket.destroy()
    await held[0]?.closed
    let status = 429
    for (let i = 0; i < 100 && status === 429; i++)
      status = (await statusOf(relay.url, via('2001:db8::3'))) ?? 0
    t.equal(status, 101, 'who leaves makes room')
    const own = [await knock(blunt.url, via('198.51.100.1')), await knock(blunt.url, via('198.51.100.2'))]
    t.equal(await statusOf(blunt.url, via('198.51.100.3')), 429)
    for (const peer of [...held, ...own]) peer.socket.destroy()
    await relay.close()
    await blunt.close()
  },
)

t.test(
  'TCP connections of one address that ask nothing are cut off beyond a bound; others come in',
  async (t) => {
    const relay = await startRelay({ limits: { prefix: { ...plenty, connections: 5 } } })
    const silent = await Promise.all(upTo(14).map(() => connectRaw(relay.url)))
    await Promise.all(
      silent.slice(0, 4).map((peer) => Promise.race([peer.closed, get(relay.url).catch(() => 0)])),
    )

    let cut = 0
    for (let i = 0; i < 200 && cut < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      cut = silent.filter((peer) => peer.socket.destroyed).length
    }
    t.equal(cut, 4)
    for (const peer of silent) peer.socket.destroy()
    await relay.close()
  },
)

t.test(
  'one caller that sends what is none, or asks for what it cannot have, meets 429; its neighbours nothing',
  async (t) => {
    let now = 0
    const limits = { prefix: { ...plenty, faults: { perSecond: 1, burst: 10 } } }
    const relay = await startRelay({ limits, edge: proxied(), steady: () => now })
    const [bad, good] = [via('198.51.100.1'), via('198.51.100.2')]
    const own = await connectWire(relay.url)
    const log = await newOpenLog(own, relay)
    const malformed = async (payload: Uint8Array, opcode: number): Promise<number | undefined> => {
      const peer = await knock(relay.url, bad)
      peer.socket.write(frame({ payload, opcode }))
      await peer.closed
      return peer.closeCode() ?? peer.status()
    }

    for (const i of upTo(10)) t.equal(await malformed(Buffer.of(9, i), i % 2 === 0 ? 1 : 2), 4400)
    t.equal(await statusOf(relay.url, bad), 429)
    t.equal(await statusOf(relay.url, good), 101)
    t.equal((await appendTo(own, log)).type, 'receipt')
    const stranger = await connectWire(relay.url)
    for (const _ of upTo(12)) t.strictSame(refusalOf(await readFrom(stranger, newLog())), { type: 'none' })
    t.equal(await statusOf(relay.url), 429, 'NONE counts as well: the neighbours here share an address')
    t.equal((await appendTo(own, log)).type, 'receipt', 'and are served')
    now += 20_000
    t.equal(await statusOf(relay.url, bad), 101)
    own.end()
    stranger.end()
    await relay.close()
  },
)

t.test('all callers together have a rate and a number; a flood of one takes nothing from it', async (t) => {
  const limits = {
    web: { connections: 6, knocks: { perSecond: 0.1, burst: 20 }, creates: PLENTY },
    prefix: { ...plenty, knocks: { perSecond: 0.1, burst: 4 } },
  }
  const relay = await startRelay({ limits, edge: proxied(), steady: () => 0 })
  for (const _ of upTo(40)) await statusOf(relay.url, via('198.51.100.1'))

  const statuses: unknown[] = []
  for (const i of upTo(20)) statuses.push(await statusOf(relay.url, via(`203.0.113.${i}`)))
  t.strictSame(statuses, [...Array(16).fill(101), ...Array(4).fill(429)], '16 of 20 were left to the others')
  await relay.close()
})

t.test('the onion door and the web cannot starve each other', async (t) => {
  const small = {
    connections: 2,
    knocks: { perSecond: 0.1, burst: 4 },
    creates: { perSecond: 0.1, burst: 1 },
  }
  const limits = { web: small, onion: small, prefix: plenty }
  const relay = await startRelay({ limits, onionPort: 0, steady: () => 0 })
  const hosted = { Host: `${ONION}:80` }
  const onion = [await knock(relay.onionUrl, hosted), await knock(relay.onionUrl, hosted)]
  t.strictSame(
    [
      await statusOf(relay.onionUrl, hosted),
      await statusOf(relay.onionUrl, hosted),
      await statusOf(relay.onionUrl, hosted),
    ],
    [429, 429, 429],
  )
  for (const peer of onion) peer.socket.destroy()

  const web = await connectWire(relay.url)
  t.equal((await createOn(web, relay, newLog())).type, 'ok')
  t.match(
    refusalOf(await createOn(web, relay, newLog())),
    { type: 'busy' },
    'the web has used up its creations',
  )
  t.equal(await statusOf(relay.url, hosted), 421, 'no onion name on the web')
  web.end()
  await relay.close()

  const other = await startRelay({
    limits: { ...limits, onion: { ...small, knocks: PLENTY } },
    onionPort: 0,
    steady: () => 0,
  })
  const spender = await connectWire(other.url)
  await createOn(spender, other, newLog())
  const hidden = await connectWire(other.onionUrl)
  t.equal((await createOn(hidden, other, newLog())).type, 'ok', 'the onion door has creations of its own')
  spender.end()
  hidden.end()
  await other.close()
})

t.test('names and pages: 421 and 403 before the upgrade, with one sentence', async (t) => {
  const edge = { ...NO_EDGE, hosts: ['relay.example.org'], origins: ['tauri://localhost'] }
  const relay = await startRelay({ edge })
  const foreign = await get(relay.url, { host: 'rebound.example' })

  t.equal(foreign.status, 421)
  t.match(foreign.text, /^This relay is not known by that name: .*\.\n$/)
  t.equal((await get(relay.url, { host: 'rebound.example' }, '/livez')).status, 200)
  t.equal((await get(relay.url, { host: 'rebound.example' }, '/readyz')).status, 200)
  t.equal(await statusOf(relay.url, { Host: 'relay.example.org' }), 101)
  t.equal(await statusOf(relay.url, { Origin: 'tauri://localhost' }), 101)
  t.equal(await statusOf(relay.url, { Host: 'relay.example.org', Origin: 'https://relay.example.org' }), 101)
  t.equal(await statusOf(relay.url, { Origin: 'https://app.example' }), 403)
  t.equal(await statusOf(relay.url, { Origin: 'null' }), 403)
  await relay.close()
})

t.test(
  'the price of creations rises for who creates, falls with time, and is not asked of another',
  async (t) => {
    let now = 0
    const limits = { prefix: { ...plenty, creates: { perSecond: 1, burst: 4 } } }
    const relay = await startRelay({ limits, edge: proxied('10.0.0.0/8'), steady: () => now })
    const one = await connectWire(relay.url)
    const another = await connectWire(relay.url)
    for (const wire of [one, another, one, another])
      t.equal((await createOn(wire, relay, newLog())).type, 'ok')

    const bits: unknown[] = []
    for (const wire of [one, another]) bits.push(refusalOf(await createOn(wire, relay, newLog())))
    t.match(bits, [{ type: 'busy' }, { type: 'busy' }], 'a new connection from there is no way around it')
    now += 2000
    t.equal((await createOn(one, relay, newLog())).type, 'ok')
    one.end()
    another.end()
    await relay.close()
  },
)

t.test(
  'a machine that is short refuses new logs while reads and appends go on; a full disk refuses appends too',
  async (t) => {
    const fine: Readings = { spaces: [], memory: 1e10, lateMs: 0, waiting: 0 }
    const DISK = 100 * 2 ** 30
    let readings = fine
    const relay = await startRelay({ machine: { read: async () => readings, stop: () => undefined } })
    const wire = await connectWire(relay.url)
    const log = await newOpenLog(wire, relay)
    await watchFrom(wire, log)
    const until = async (ask: () => Promise<Event>, type: string): Promise<unknown> => {
      let answer = await ask()
      for (
        let i = 0;
        i < 400 && (answer.type === 'refused' ? answer.refusal.type : answer.type) !== type;
        i++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        answer = await ask()
      }
      return refusalOf(answer)
    }

    readings = { ...fine, memory: 0 }
    t.strictSame(await until(() => createOn(wire, relay, newLog()), 'slow'), { type: 'slow', seconds: 300 })
    t.equal((await appendTo(wire, log)).type, 'receipt')
    t.equal((await readFrom(wire, log)).type, 'entries')
    readings = { ...fine, spaces: [{ free: 1, total: DISK }] }
    t.strictSame(await until(() => appendTo(wire, log), 'slow'), { type: 'slow', seconds: 30 })
    t.equal((await readFrom(wire, log)).type, 'entries')
    t.equal((await openOn(wire, relay, log, 'writer')).type, 'opened')
    readings = fine
    t.equal(await until(() => appendTo(wire, log), 'receipt'), 'receipt', 'and all is well again')
    t.equal(await until(() => createOn(wire, relay, newLog()), 'ok'), 'ok')
    t.match(relay.logs(), /no new logs: too little memory/)
    wire.end()
    await relay.close()
  },
)

t.test('A4 the switch of the operator refuses new logs within its time, on a running relay', async (t) => {
  const relay = await startRelay()
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay)
  await relay.sql`update relay set creation = false`
  await relay.sweep()

  t.strictSame(refusalOf(await createOn(wire, relay, newLog())), { type: 'slow', seconds: 300 })
  t.equal((await appendTo(wire, log)).type, 'receipt')
  await relay.sql`update relay set creation = true`
  await relay.sweep()
  t.equal((await createOn(wire, relay, newLog())).type, 'ok')
  wire.end()
  await relay.close()
})

t.test('a flood of frames on one connection is read slowly; another is answered at once', async (t) => {
  const relay = await startRelay({ limits: { connectionFrames: { perSecond: 50, burst: 100 } } })
  const flooder = await connectShaken(relay.url)
  const other = await connectWire(relay.url)
  const log = await newOpenLog(other, relay)
  const flood = Buffer.concat(Array(2000).fill(frame({ opcode: 9 })))
  for (const _ of upTo(20)) flooder.socket.write(flood)

  for (const _ of upTo(50)) t.equal((await appendTo(other, log)).type, 'receipt')
  const pongs = flooder.frames.filter(({ opcode }) => opcode === 10).length
  t.ok(pongs < 40_000, `${pongs} of 40,000 pings were answered meanwhile`)
  flooder.socket.destroy()
  other.end()
  await relay.close()
})

t.test('the limits that nobody sets let a committee behind one address live', async (t) => {
  const { prefix, web, onion } = DEFAULT_LIMITS

  t.ok(prefix.connections >= 200 && prefix.knocks.burst >= 200 && prefix.creates.burst >= 50)
  t.ok(
    prefix.connections * 50 <= web.connections && prefix.knocks.burst * 20 <= web.knocks.burst,
    'and take little from all',
  )
  t.ok(onion.connections < web.connections)
})
