/** The bell against push services of our own: what is sent, to whom, how often, and where it may never be sent. No third party is asked. */
import { createPublicKey, verify } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import fc from 'fast-check'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { type Bell, type BellOptions, startBell } from '../../../server/bell/bell.ts'
import { isEndpoint, isPublic } from '../../../server/bell/endpoint.ts'
import { decode, encode } from '../../../shared/base/codec.ts'
import {
  askBell,
  type BellRequest,
  bellAnswer,
  bellRequest,
  parseBellAddress,
  printBellAddress,
  RUNG,
} from '../../../shared/bell/bell.ts'
import { cryptoReady, randomBytes } from '../../../shared/crypto/sodium.ts'
import { pushCertificate, pushService } from '../../support/pushService.ts'
import { newDatabase } from '../../support/relay.ts'

await cryptoReady

/** What waits for a time, run by the test. */
const newTimes = () => {
  const waiting: { readonly at: number; readonly run: () => void }[] = []
  let now = 0
  return {
    steady: () => now,
    later: (ms: number, run: () => void) => void waiting.push({ at: now + ms, run }),
    pass: (ms: number) => {
      now += ms
      for (const due of waiting.filter(({ at }) => at <= now)) {
        waiting.splice(waiting.indexOf(due), 1)
        due.run()
      }
    },
    delays: () => waiting.map(({ at }) => at - now),
  }
}

/** Addresses of localhost: one of IPv4, perhaps one of IPv6. */
const LOOKED_UP = (await lookup('localhost', { all: true })).length

/** What is tried again is so at once; a round never comes. */
const soonOnly = (ms: number, run: () => void): void => {
  if (ms < 60_000) setImmediate(run)
}

const newBell = async (
  t: Test,
  changes: Partial<BellOptions> = {},
): Promise<Bell & { readonly databaseUrl: string }> => {
  const databaseUrl = await newDatabase()
  const bell = await startBell({
    database: { url: databaseUrl },
    migrations: 'migrations/bell',
    host: '127.0.0.1',
    port: 0,
    hosts: [],
    contact: 'mailto:bell@example.org',
    clock: Date.now,
    isAllowed: () => true,
    ca: pushCertificate,
    say: () => undefined,
    ...changes,
  })
  t.teardown(bell.close)
  return { ...bell, databaseUrl }
}

const post = async (bell: Bell, body: Uint8Array): Promise<string> => {
  const answer = await fetch(`${bell.url}/v1`, { method: 'POST', body: body as BodyInit })
  const said = decode(bellAnswer, new Uint8Array(await answer.arrayBuffer()))
  return said.ok ? said.value.type : 'malformed'
}
const secretOf = (bell: Bell): Uint8Array => parseBellAddress(bell.address)?.secret ?? new Uint8Array()
const ask = (bell: Bell, request: BellRequest) => post(bell, askBell(secretOf(bell), request))
const ringAll = (bell: Bell) => ask(bell, { type: 'ringAll', nonce: randomBytes(16) })
const register = (bell: Bell, endpoint: string, rung: 1 | 2 | 3 = RUNG.alarms, id = randomBytes(32)) =>
  ask(bell, { type: 'register', id, rung, endpoint })

t.test('B4 a ring is an empty request, signed for this push service, for whom it is urgent', async (t) => {
  const service = await pushService(t)
  const bell = await newBell(t, { hosts: [service.host] })
  t.equal(await register(bell, service.at('phone')), 'ok')

  t.equal(await ringAll(bell), 'ok')
  await bell.idle()

  const [call] = service.calls
  t.equal(service.calls.length, 1)
  t.equal(call?.path, '/phone')
  t.equal(call?.body, '')
  t.match(call?.headers, { ttl: '86400', urgency: 'high', topic: 'bell', 'content-length': '0' })
  t.strictSame(
    Object.keys(call?.headers ?? {}).sort(),
    ['authorization', 'connection', 'content-length', 'host', 'topic', 'ttl', 'urgency'],
    'and nothing else',
  )
  const [, head, claims, signature, publicKey] =
    /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(.+)$/.exec(String(call?.headers.authorization)) ?? []
  const raw = Buffer.from(publicKey ?? '', 'base64url')
  t.ok(raw.equals(parseBellAddress(bell.address)?.key ?? Buffer.alloc(0)), 'the key of its address')
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: raw.subarray(1, 33).toString('base64url'),
    y: raw.subarray(33).toString('base64url'),
  }
  const verifier = createPublicKey({ key: jwk, format: 'jwk' })
  const signed = { key: verifier, dsaEncoding: 'ieee-p1363' as const }
  t.ok(verify('sha256', Buffer.from(`${head}.${claims}`), signed, Buffer.from(signature ?? '', 'base64url')))
  const said = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())
  t.equal(said.aud, `https://${service.host}`)
  t.ok(said.exp - Date.now() / 1000 < 86_400 && said.exp > Date.now() / 1000)
})

t.test(
  'B5 B8 everybody is rung between 20 and 40 minutes, alarms ring all but tickets, and the dead are forgotten',
  async (t) => {
    const times = newTimes()
    const service = await pushService(
      t,
      (path) => ({ '/dead': 410, '/moved': 404, '/redirected': 302 })[path] ?? 201,
    )
    const bell = await newBell(t, { hosts: [service.host], steady: times.steady, later: times.later })
    const ticket = randomBytes(32)
    for (const path of ['alarms', 'dead', 'moved', 'redirected']) await register(bell, service.at(path))
    await register(bell, service.at('rounds'), RUNG.rounds)
    await register(bell, service.at('ticket'), RUNG.ticket, ticket)
    const rung = async (): Promise<readonly string[]> => {
      let isIdle = false
      const idle = bell.idle().then(() => {
        isIdle = true
      })
      while (!isIdle) {
        if (times.delays().some((ms) => ms <= 5_000)) times.pass(5_000)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await idle
      return [...new Set(service.calls.splice(0).map(({ path }) => path))].sort()
    }

    for (let i = 0; i < 5; i++) {
      const [wait = 0] = times.delays()
      t.ok(wait >= 1_200_000 && wait <= 2_400_000, `${wait}`)
      times.pass(wait)
      await bell.idle()
      t.strictSame(
        service.calls.splice(0).map(({ path, headers }) => [path, headers.urgency]),
        [['/rounds', 'normal']],
      )
    }
    await ringAll(bell)
    t.strictSame(
      await rung(),
      ['/alarms', '/dead', '/moved', '/redirected', '/rounds'],
      'no redirect is followed',
    )
    t.equal(await bell.count(), 4)
    await ringAll(bell)
    t.strictSame(await rung(), ['/alarms', '/redirected', '/rounds'])
    t.equal(await ask(bell, { type: 'ringOne', id: ticket }), 'ok')
    t.strictSame(await rung(), ['/ticket'])
    t.equal(await ask(bell, { type: 'unregister', id: ticket }), 'ok')
    t.equal(await ask(bell, { type: 'unregister', id: ticket }), 'none')
    t.equal(await ask(bell, { type: 'ringOne', id: ticket }), 'none')
  },
)

t.test('B6 whoever rings without end is heard six times, and then once in ten minutes for all', async (t) => {
  const times = newTimes()
  const service = await pushService(t)
  const bell = await newBell(t, { hosts: [service.host], steady: times.steady, later: times.later })
  await register(bell, service.at('phone'))

  const answers: string[] = []
  for (let i = 0; i < 40; i++) answers.push(await ringAll(bell))
  await bell.idle()
  t.strictSame(answers.slice(0, 7), [...Array(6).fill('ok'), 'later'])
  t.equal(service.calls.length, 6)
  times.pass(599_000)
  await bell.idle()
  t.equal(service.calls.length, 6)
  times.pass(1_001)
  await bell.idle()
  t.equal(service.calls.length, 7, 'what was asked for comes, without being asked for again')
})

t.test(
  'B5 B6 whoever registers without end is taken a thousand times, and rung after all who were there the day before',
  async (t) => {
    let now = Date.now()
    const times = newTimes()
    const ours = Array.from({ length: 32 }, (_, i) => `/ours${i}`)
    // none of ours is answered before all have come: they take every line of the bell
    const came = new Set<string>()
    let open: () => void = () => undefined
    const all = new Promise<void>((resolve) => {
      open = resolve
    })
    const service = await pushService(t, async (path) => {
      if (path.startsWith('/junk')) return 400
      if (came.add(path).size === ours.length) open()
      await all
      return 201
    })
    const bell = await newBell(t, { hosts: [service.host], clock: () => now, ...times })
    for (const path of ours) await register(bell, service.at(path.slice(1)))
    now += 86_400_000
    const junk = async (count: number): Promise<number> => {
      let refused = 0
      for (let i = 0; i < count; i += 100) {
        const batch = Array.from({ length: 100 }, (_, k) => register(bell, service.at(`junk${i + k}`)))
        refused += (await Promise.all(batch)).filter((one) => one === 'later').length
      }
      return refused
    }
    await junk(200)
    t.equal(await ringAll(bell), 'ok')
    while (service.calls.length < 232) await new Promise((resolve) => setTimeout(resolve, 5))
    const paths = service.calls.map(({ path }) => path)
    t.strictSame(paths.slice(0, 32).sort(), ours.sort(), 'ours are first, though none of the junk was taken')
    for (let tries = 0; tries < 2; tries++) {
      while (!times.delays().some((ms) => ms <= 5000)) await new Promise((resolve) => setTimeout(resolve, 5))
      times.pass(5000)
    }
    await bell.idle()
    t.equal(service.calls.length, 32 + 3 * 200, 'what was not taken is tried again, behind everybody')
    // the steady clock has gone ten seconds: two more
    t.equal(await junk(800), 30)
  },
)

t.test(
  'B2 B7 a stranger, a replayed proof of another request, nonsense and every other address come to nothing',
  async (t) => {
    const bell = await newBell(t)
    const request: BellRequest = { type: 'ringAll', nonce: randomBytes(16) }
    t.equal(await post(bell, askBell(randomBytes(32), request)), 'none')
    const stolen = askBell(secretOf(bell), request).slice(0, 32)
    const other = encode(bellRequest, { type: 'ringOne', id: randomBytes(32) })
    t.equal(await post(bell, Buffer.concat([stolen, other])), 'none')
    for (const junk of [new Uint8Array(), randomBytes(33), randomBytes(5000)])
      t.equal(await post(bell, junk).catch(() => 'none'), 'none')
    t.equal((await fetch(`${bell.url}/v1`)).status, 404)
    t.equal((await fetch(bell.url, { method: 'POST' })).status, 404)

    for (const endpoint of [
      'https://localhost/x',
      'https://127.0.0.1/x',
      'https://[::1]/x',
      'https://relay/x',
      'http://fcm.googleapis.com/fcm/send/x',
      'https://fcm.googleapis.com:8443/x',
      'https://someone:word@fcm.googleapis.com/x',
      'https://fcm.googleapis.com.example.org/x',
      'https://example.org/fcm.googleapis.com',
      'https://notpush.apple.com/x',
      'file:///etc/passwd',
      'nonsense',
    ])
      t.equal(await register(bell, endpoint), 'endpoint', endpoint)
    for (const endpoint of [
      'https://fcm.googleapis.com/fcm/send/x',
      'https://updates.push.services.mozilla.com/wpush/v2/x',
      'https://web.push.apple.com/x',
      'https://wns2-par02p.notify.windows.com/w/?token=x',
    ])
      t.ok(isEndpoint(endpoint, []), endpoint)
    t.ok(
      isEndpoint('https://push.example.org:8443/up', ['push.example.org:8443']),
      'a distributor of the operator',
    )
    t.notOk(isEndpoint('https://push.example.org/up', ['push.example.org:8443']))
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https', 'http', 'ftp'] }), (url) => !isEndpoint(url, [])),
    )
  },
)

t.test('B7 no private, local or reserved address is called, whatever its name', async (t) => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'nonsense',
  ])
    t.notOk(isPublic(address), address)
  for (const address of ['142.250.1.1', '17.1.2.3', '2a00:1450::1']) t.ok(isPublic(address), address)

  const service = await pushService(t)
  const bell = await newBell(t, {
    hosts: [service.host],
    isAllowed: isPublic,
    later: soonOnly,
    steady: () => 0,
  })
  t.equal(await register(bell, service.at('phone')), 'ok')
  await ringAll(bell)
  await bell.idle()
  t.equal(service.calls.length, 0, 'a name that leads home')
  const direct = await newBell(t, {
    hosts: [service.host.replace('localhost', '127.0.0.1')],
    isAllowed: isPublic,
    later: soonOnly,
    steady: () => 0,
  })
  t.equal(await register(direct, `https://${service.host.replace('localhost', '127.0.0.1')}/x`), 'ok')
  await ringAll(direct)
  await direct.idle()
  t.equal(service.calls.length, 0, 'nor without a name')
})

t.test(
  'B1 B9 the disk of a bell has endpoints and days; a restart keeps its keys; what is old is forgotten',
  async (t) => {
    let now = Date.now()
    const times = newTimes()
    const bell = await newBell(t, { clock: () => now, ...times })
    const id = randomBytes(32)
    await register(bell, 'https://web.push.apple.com/one', RUNG.rounds, id)
    await register(bell, 'https://web.push.apple.com/two', RUNG.alarms, id)
    const sql = postgres(bell.databaseUrl, { max: 1 })
    const rows = await sql`select * from bells`
    t.equal(rows.length, 1, 'one id, one endpoint')
    t.strictSame(Object.keys(rows[0] ?? {}).sort(), ['day', 'endpoint', 'hash', 'rung', 'since'])
    t.notOk(Buffer.from(rows[0]?.hash).equals(Buffer.from(id)), 'the id itself is not there')
    t.strictSame(
      parseBellAddress(bell.address) && printBellAddress(parseBellAddress(bell.address) as never),
      bell.address,
    )

    const again = await startBell({
      database: { url: bell.databaseUrl },
      migrations: 'migrations/bell',
      host: '127.0.0.1',
      port: 0,
      hosts: [],
      contact: '',
      clock: Date.now,
      say: () => undefined,
    })
    t.equal(again.address.split('#')[1], bell.address.split('#')[1])
    await again.close()

    now += 46 * 86_400_000
    times.pass(2_400_000)
    await bell.idle()
    for (let i = 0; i < 100 && (await bell.count()) > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    t.equal(await bell.count(), 0)
    await sql.end()
  },
)

t.test(
  'B10 after a rotation both addresses ring, after the next one the first does not, and what phones subscribed to stays',
  async (t) => {
    const service = await pushService(t)
    const options = { hosts: [service.host] }
    const first = await newBell(t, options)
    t.equal(await register(first, service.at('phone')), 'ok')
    const { databaseUrl } = first
    const again = (): Promise<Bell & { readonly databaseUrl: string }> =>
      newBell(t, { ...options, rotates: true, database: { url: databaseUrl } })
    const bells = [first, await again(), await again()] as const
    const [one, two, three] = bells
    const ringWith = (bell: Bell, by: Bell) =>
      post(bell, askBell(secretOf(by), { type: 'ringAll', nonce: randomBytes(16) }))
    t.equal(new Set(bells.map((bell) => secretOf(bell).join())).size, 3)
    t.strictSame([await ringWith(two, one), await ringWith(two, two)], ['ok', 'ok'])
    t.strictSame([await ringWith(three, one), await ringWith(three, two)], ['none', 'ok'])
    const keys = bells.map((bell) => parseBellAddress(bell.address)?.key.join())
    t.equal(new Set(keys).size, 1, 'push services know the same key')
    await Promise.all(bells.map((bell) => bell.idle()))
    t.equal(service.calls.length, 3, 'and the phone rings by all of them')
  },
)

t.test(
  'B7 a name that leads to a push service when it is looked at, and home a moment later, is connected to where it was looked at',
  async (t) => {
    const service = await pushService(t)
    const asked: string[] = []
    // the first look is allowed, every later one would not be
    const isAllowed = (address: string): boolean => asked.push(address) <= LOOKED_UP
    const bell = await newBell(t, { hosts: [service.host], isAllowed, later: soonOnly, steady: () => 0 })
    await register(bell, service.at('phone'))
    await ringAll(bell)
    await bell.idle()
    t.equal(service.calls.length, 1)
    const addresses = asked.length
    await ringAll(bell)
    await bell.idle()
    t.equal(service.calls.length, 1, 'it is looked at again for every ring')
    t.ok(asked.length > addresses, 'and never called by what was found before')
  },
)
