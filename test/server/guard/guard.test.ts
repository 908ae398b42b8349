/** Who may knock and how often, with a clock of the test's own: prefixes, salts, doors, names, pages, shortage. */
import fc from 'fast-check'
import t from 'tap'
import {
  callerOf,
  isPrivate,
  lastForwarded,
  parseAddressSet,
  prefixOf,
} from '../../../server/guard/addresses.ts'
import { createCallers, newCaller } from '../../../server/guard/callers.ts'
import { createDoor } from '../../../server/guard/door.ts'
import { createGuard, type EdgeSettings, NO_EDGE } from '../../../server/guard/guard.ts'
import { hostName, isOurHost, isOurOrigin } from '../../../server/guard/headers.ts'
import {
  isFull,
  type Readings,
  type Shortage,
  shortOf,
  startLookout,
} from '../../../server/guard/shortage.ts'
import { newPurse } from '../../../server/relay/creation.ts'
import { DEFAULT_LIMITS, type Rate } from '../../../server/relay/limits.ts'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady, randomBytes } from '../../../shared/crypto/sodium.ts'

await cryptoReady

const RUNS = 10_000
const HOUR = 3_600_000
const prefix = {
  connections: 3,
  knocks: { perSecond: 1, burst: 5 },
  creates: { perSecond: 1, burst: 5 },
  faults: { perSecond: 1, burst: 4 },
}
const plenty = {
  connections: 1000,
  knocks: { perSecond: 1e6, burst: 1e6 },
  creates: { perSecond: 1e6, burst: 1e6 },
}
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

t.test(
  'an IPv4 address is one caller, an IPv6 network of 64 bits is one, and everything else is one',
  async (t) => {
    const same = (...addresses: readonly string[]): number => new Set(addresses.map(prefixOf)).size
    const v4 = fc.ipV4()
    const v6 = fc.ipV6().filter((text) => !text.includes('.') && !text.startsWith('::'))
    const network = (text: string): string => new URL(`http://[${text}]`).hostname

    fc.assert(
      fc.property(v4, (text) => same(text, `::ffff:${text}`, `::FFFF:${text}`) === 1),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(v4, v4, (one, other) => same(one, other) === (one === other ? 1 : 2)),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(v6, (text) => same(text, network(text).slice(1, -1)) === 1),
      { numRuns: 3000 },
    )
    t.equal(
      same('2001:db8:1:2::', '2001:db8:1:2:ffff::1', '2001:DB8:1:2:0:0:0:7', '2001:0db8:0001:0002::9'),
      1,
    )
    t.equal(same('2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8:2:2::1'), 3)
    t.equal(same('::1', '::', '0:0:0:0:5::'), 1)
    t.equal(same('::a:b:c:d:e:192.0.2.1', '0:a:b:c::'), 1, 'an IPv4 end is two groups')
    t.equal(same('fe80::1%eth0', 'fe80::1'), 1)
    t.equal(same('', 'unknown', '1.2.3', 'x'.repeat(5000), '::g', '1.2.3.4.5'), 1)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => prefixOf(text).length < 40),
      { numRuns: RUNS },
    )
  },
)

t.test('sets of addresses: networks, names for them, and nothing that is half right', async (t) => {
  const set = (text: string) => parseAddressSet(text) ?? (() => undefined)

  t.strictSame(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.1', ''].map(set('loopback')), [
    true,
    true,
    true,
    true,
    false,
    false,
  ])
  t.strictSame(
    ['10.1.2.3', '172.31.0.1', '172.32.0.1', '192.168.0.9', 'fd12::1', 'fe80::1', '2001:db8::1'].map(
      isPrivate,
    ),
    [true, true, false, true, true, true, false],
  )
  t.strictSame(
    ['192.0.2.7', '192.0.2.8', '2001:db8::1', '2001:db9::1'].map(set('192.0.2.7, 2001:db8::/32')),
    [true, false, true, false],
  )
  for (const bad of [
    '',
    ',',
    'all',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0/8',
    'fe80::1%x',
    '10.0.0.0/-1',
    '10.0.0.0/1e1',
    'toString',
  ])
    t.equal(parseAddressSet(bad), undefined, bad)
  const isTotal = (text: string): boolean => {
    const parsed = parseAddressSet(text)
    return parsed === undefined || typeof parsed('192.0.2.1') === 'boolean'
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), isTotal), { numRuns: RUNS })
  fc.assert(fc.property(fc.stringMatching(/^[0-9a-f.:/, ]{0,30}$/), isTotal), { numRuns: RUNS })
})

/** As much of a request as is asked for. */
const asking = (remoteAddress: string, headers: Readonly<Record<string, string>> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as Parameters<typeof callerOf>[0]

t.test(
  'X-Forwarded-For counts only from a proxy that is trusted, and only what that proxy wrote',
  async (t) => {
    const trusted = parseAddressSet('10.0.0.0/8') ?? (() => false)
    const from = (peer: string, header: string): string =>
      callerOf(asking(peer, { 'x-forwarded-for': header }), trusted)

    t.equal(from('192.0.2.1', '198.51.100.1'), '192.0.2.1', 'from a stranger it is not looked at')
    t.equal(from('10.0.0.1', '198.51.100.1'), '198.51.100.1')
    t.equal(
      from('10.0.0.1', '203.0.113.9, 198.51.100.1'),
      '198.51.100.1',
      'what stands before was written by anybody',
    )
    t.equal(from('10.0.0.1', '203.0.113.9, 10.0.0.7'), '10.0.0.7', 'even behind a proxy that looks like ours')
    t.equal(from('10.0.0.1', ''), '10.0.0.1')
    t.equal(callerOf(asking('10.0.0.1'), trusted), '10.0.0.1')
    t.equal(lastForwarded('198.51.100.1:4711'), '198.51.100.1')
    t.equal(lastForwarded('[2001:db8::1]:4711'), '2001:db8::1')
    t.equal(lastForwarded('2001:db8::1'), '2001:db8::1')
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.ipV4(),
        (forged, real) => from('10.0.0.1', `${forged}, ${real}`) === real,
      ),
      { numRuns: RUNS },
    )
  },
)

t.test(
  'callers are kept under keyed hashes; a new salt is no amnesty, and two of them are oblivion',
  async (t) => {
    let now = 0
    const salts: Uint8Array[] = []
    const random = (size: number): Uint8Array => {
      const salt = randomBytes(size)
      salts.push(salt)
      return salt
    }
    const callers = createCallers({ limits: prefix, random, now: () => now })
    const caller = callers.of('192.0.2.1')

    t.equal(callers.of('192.0.2.1'), caller)
    t.not(callers.of('192.0.2.2'), caller)
    now += HOUR
    t.equal(callers.of('192.0.2.1'), caller, 'carried over')
    now += HOUR
    t.equal(callers.of('192.0.2.1'), caller, 'and again, who keeps coming')
    now += HOUR
    callers.of('192.0.2.3')
    now += HOUR
    t.not(callers.of('192.0.2.1'), caller, 'forgotten with its salt')
    now += 10 * HOUR
    callers.of('192.0.2.9')
    t.equal(callers.size(), 1, 'nobody is left of those who did not come back')
    t.equal(new Set(salts.map(toHex)).size, salts.length)
  },
)

t.test('callers are bounded: idle ones make room, and a flood of prefixes shares one place', async (t) => {
  let now = 0
  const callers = createCallers({ limits: prefix, random: randomBytes, now: () => now })
  const door = createDoor({ limits: plenty, prefix, now: () => now })
  const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
  for (const i of upTo(65_536)) callers.of(address(i))
  t.equal(callers.size(), 65_536)
  now += 2000
  callers.of('192.0.2.1')
  t.equal(callers.size(), 1, 'all the others were idle')

  for (const i of upTo(65_535)) door.knock(callers.of(address(i)))
  t.equal(callers.of('192.0.2.2'), callers.of('192.0.2.3'), 'too many at once: one place for all the rest')
  t.not(callers.of(address(7)), callers.of('192.0.2.2'), 'who was there keeps its own')
  now += HOUR
  t.equal(callers.of(address(7)).knocks.at, 2000, 'with an hour gone too')
  callers.of(address(8))
  t.equal(callers.size(), 65_536, 'and each is counted once')
  callers.of('192.0.2.4')
  t.equal(callers.size(), 1, 'idle ones of the hour before make room as well')
})

t.test('nobody is forgotten who has something open, or still owes for something', async (t) => {
  let now = 0
  const callers = createCallers({ limits: prefix, random: randomBytes, now: () => now })
  const door = createDoor({ limits: plenty, prefix, now: () => now })
  const busy: Readonly<Record<string, (caller: ReturnType<typeof newCaller>) => unknown>> = {
    '192.0.2.1': (caller) => door.arrive(caller),
    '192.0.2.2': (caller) => door.enter(caller),
    '192.0.2.3': (caller) => upTo(5).map(() => door.knock(caller)),
    '192.0.2.4': (caller) => upTo(4).map(() => door.strayed(caller)),
    '192.0.2.5': (caller) => upTo(5).map(() => door.payCreation(caller, newPurse(prefix.creates), 0)),
  }
  const before = Object.entries(busy).map(([address, does]) => {
    const caller = callers.of(address)
    does(caller)
    return caller
  })
  for (const i of upTo(65_536 - before.length)) callers.of(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
  now += 2000

  callers.of('192.0.2.9')

  t.equal(callers.size(), before.length + 1)
  for (const [i, address] of Object.keys(busy).entries()) t.equal(callers.of(address), before[i], address)
})

t.test('an address is kept under a key of the hour only', async (t) => {
  const kept: string[] = []
  const keep = Map.prototype.set
  t.teardown(() => {
    Map.prototype.set = keep
  })
  const keysOf = (salt: number): readonly string[] => {
    kept.length = 0
    const callers = createCallers({
      limits: prefix,
      random: (size) => new Uint8Array(size).fill(salt),
      now: () => 0,
    })
    Map.prototype.set = function (key, value) {
      if (typeof key === 'string') kept.push(key)
      return keep.call(this, key, value)
    }
    callers.of('192.0.2.1')
    Map.prototype.set = keep
    return [...kept]
  }

  const [one, other] = [keysOf(1), keysOf(2)]

  t.equal(one.length, 1)
  t.not(one[0], other[0])
  t.notMatch(one[0], /192/)
})

t.test(
  'a caller knocks at its rate, waits whole seconds, and uses up nothing that belongs to the others',
  async (t) => {
    let now = 0
    const door = createDoor({
      limits: { ...plenty, knocks: { perSecond: 1, burst: 8 } },
      prefix,
      now: () => now,
    })
    const [flooder, other] = [newCaller(prefix), newCaller(prefix)]

    t.strictSame(
      upTo(8).map(() => door.knock(flooder)),
      [0, 0, 0, 0, 0, 1, 1, 1],
    )
    t.strictSame(
      upTo(4).map(() => door.knock(other)),
      [0, 0, 0, 1],
      'three were left of all, none was taken by the refused',
    )
    now += 2000
    t.strictSame([door.knock(flooder), door.knock(other), door.knock(flooder)], [0, 0, 1])
  },
)

t.test('a caller has so many open connections, a door has so many, and what closes makes room', async (t) => {
  const door = createDoor({ limits: { ...plenty, connections: 4 }, prefix, now: () => 0 })
  const [one, other] = [newCaller(prefix), newCaller(prefix)]

  t.strictSame(
    upTo(4).map(() => door.enter(one)),
    [true, true, true, false],
  )
  t.strictSame(
    upTo(2).map(() => door.enter(other)),
    [true, false],
  )
  door.leave(one)
  t.strictSame([door.enter(other), door.enter(one)], [true, false])
  door.leave(other)
  t.equal(door.enter(one), true, 'its own place is free again too')
  t.strictSame(
    upTo(8).map(() => door.arrive(one)),
    [true, true, true, true, true, true, false, false],
    'TCP connections that say nothing',
  )
  door.depart(one)
  t.equal(door.arrive(one), true)
})

t.test(
  'who sends what is none is let in no more for a while and read more slowly, and nobody else',
  async (t) => {
    let now = 0
    const door = createDoor({ limits: plenty, prefix, now: () => now })
    const [stray, other] = [newCaller(prefix), newCaller(prefix)]
    for (const _ of upTo(4)) door.strayed(stray)

    t.equal(door.pauseMs(stray), 0, 'up to a burst')
    t.equal(door.knock(stray), 1)
    for (const _ of upTo(50)) door.strayed(stray)
    t.equal(door.pauseMs(stray), 4000, 'and then for its time, which is bounded')
    t.strictSame([door.pauseMs(other), door.knock(other)], [0, 0])
    now += 5000
    t.strictSame([door.pauseMs(stray), door.knock(stray)], [0, 0])
  },
)

const ONION = `${'a'.repeat(56)}.onion`
const UPGRADE = { host: '127.0.0.1' }

t.test(
  'the two doors have budgets of their own, and the onion door lets nobody in from elsewhere',
  async (t) => {
    const limits = {
      ...DEFAULT_LIMITS,
      prefix,
      web: { ...plenty, connections: 2 },
      onion: { ...plenty, connections: 2, knocks: { perSecond: 1, burst: 3 } },
    }
    const deps = { edge: NO_EDGE, limits, log: { warn: () => undefined }, random: randomBytes, now: () => 0 }
    const web = createGuard({ ...deps, side: 'web' })
    const onion = createGuard({ ...deps, side: 'onion' })
    const [near, far] = [asking('127.0.0.1', UPGRADE), asking('192.0.2.1', UPGRADE)]
    const enter = ({ door, caller }: typeof web, request: typeof near): boolean => door.enter(caller(request))

    t.strictSame(
      upTo(4).map(() => onion.refusal(near, onion.caller(near))?.status),
      [undefined, undefined, undefined, 429],
    )
    t.equal(web.refusal(near, web.caller(near)), undefined, 'the web is not kept waiting')
    t.strictSame(
      upTo(3).map(() => enter(onion, near)),
      [true, true, false],
    )
    t.strictSame([enter(web, near), enter(web, far), enter(web, far)], [true, true, false])
    t.equal(onion.peer('192.0.2.1'), false)
    t.ok(onion.peer('127.0.0.1') && onion.peer('172.18.0.5'))
  },
)

t.test(
  'A4 a creation is paid for by the connection, its caller and the door; the doors ask apart',
  async (t) => {
    const door = (creates: Rate) => createDoor({ limits: { ...plenty, creates }, prefix, now: () => 0 })
    const [web, onion] = [door({ perSecond: 1, burst: 12 }), door({ perSecond: 1, burst: 12 })]
    const own = () => newPurse({ perSecond: 1, burst: 3 })
    const [one, other, third] = [newCaller(prefix), newCaller(prefix), newCaller(prefix)]
    const paid = (at: typeof web, caller: typeof one, count: number, purse = own): boolean[] =>
      upTo(count).map(() => at.payCreation(caller, purse(), 0) === 0)

    const mine = own()
    t.strictSame(
      paid(web, one, 4, () => mine),
      [true, true, true, false],
      'a connection has three',
    )
    t.strictSame(paid(web, one, 3), [true, true, false], 'its caller five, over all connections')
    t.strictSame(paid(web, other, 5), Array(5).fill(true))
    t.strictSame(paid(web, third, 3), [true, true, false], 'the door twelve, over all callers')
    t.equal(web.payCreation(third, own(), 24), 0, 'work pays')
    t.strictSame(paid(onion, one, 1), [false], 'a caller that owes is asked everywhere')
    t.strictSame(paid(onion, newCaller(prefix), 1), [true], 'the onion door has lost nothing')
  },
)

t.test(
  'a proxy that is trusted is nobody: it speaks for many; one that is not is warned of, once',
  async (t) => {
    const warnings: string[] = []
    const guardWith = (edge: EdgeSettings, side: 'web' | 'onion' = 'web') =>
      createGuard({
        side,
        edge,
        limits: DEFAULT_LIMITS,
        log: { warn: (what) => void warnings.push(what) },
        random: randomBytes,
        now: () => 0,
      })
    const guard = guardWith({ ...NO_EDGE, isTrustedProxy: isPrivate })
    const from = (client: string) => asking('10.0.0.2', { 'x-forwarded-for': client })
    const via = (client: string) => guard.caller(from(client))

    t.equal(guard.peer('10.0.0.2'), undefined)
    t.ok(guard.peer('192.0.2.1'))
    t.equal(via('198.51.100.1'), via('203.0.113.1, 198.51.100.1'))
    t.not(via('198.51.100.1'), via('198.51.100.2'))
    t.equal(via('198.51.100.1'), guard.caller(asking('198.51.100.1')), 'the same caller by another way')
    t.strictSame(warnings, [])
    guardWith(NO_EDGE, 'onion').caller(from('198.51.100.1'))
    t.strictSame(warnings, [], 'tor is no proxy to be told of')
    const blunt = guardWith(NO_EDGE)
    blunt.caller(asking('192.0.2.1', { 'x-forwarded-for': '198.51.100.1' }))
    t.strictSame(warnings, [], 'a stranger may write what it likes')
    for (const _ of upTo(5)) blunt.caller(from('198.51.100.1'))
    t.equal(warnings.length, 1)
    t.match(warnings[0], /TOCSIN_TRUSTED_PROXY/)
    t.notMatch(warnings[0], /[0-9]/)
  },
)

t.test('the relay answers to its own names, to addresses and to localhost', async (t) => {
  const names = ['relay.example.org']
  const on = (side: 'web' | 'onion') => (host: string | undefined) => isOurHost(host, side, names)

  for (const good of [
    'relay.example.org',
    'RELAY.example.org:443',
    'relay.example.org.',
    '127.0.0.1:8787',
    '[::1]:8787',
    '192.0.2.1',
    'localhost',
    'LocalHost:1',
  ])
    t.ok(on('web')(good), good)
  for (const bad of [
    undefined,
    '',
    ':',
    'rebound.example',
    'relay.example.org.rebound.example',
    'xrelay.example.org',
    ONION,
    'a b',
    'relay.example.org@x',
    '[::1',
    '1.2.3.4.5',
    '[relay.example.org]',
    'localhost:123456',
    'x'.repeat(400),
  ])
    t.notOk(on('web')(bad), String(bad).slice(0, 40))
  t.ok(on('onion')(ONION) && on('onion')(`www.${ONION}`))
  t.notOk(on('onion')(`${'a'.repeat(55)}.onion`) || on('onion')(`${ONION}.example`))
  const isTotal = (text: string): boolean => {
    const name = hostName(text)
    return name === undefined || (name.length > 0 && name === name.toLowerCase() && !/[\s/@?#]/.test(name))
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), isTotal), { numRuns: RUNS })
  fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9.:[\]-]{0,40}$/), isTotal), { numRuns: RUNS })
  fc.assert(
    fc.property(fc.domain(), (name) => !on('web')(name) || name === names[0]),
    { numRuns: 2000 },
  )
})

t.test(
  'pages may connect that nobody on the way could have changed; a list of the operator replaces that',
  async (t) => {
    const may = (
      origin: string | undefined,
      listed?: readonly string[],
      host = 'relay.example.org',
    ): boolean => isOurOrigin(origin, host, listed)

    for (const good of [
      undefined,
      'https://app.example',
      'https://app.example:8443',
      'http://localhost:5173',
      'http://127.0.0.1',
      'http://[::1]:80',
      `http://${ONION}`,
    ])
      t.ok(may(good), String(good))
    for (const bad of [
      'null',
      '',
      'http://app.example',
      'http://192.168.0.1',
      'https://',
      'https://a/b',
      'https://a@b',
      'ftp://localhost',
      'tauri://localhost',
      'https://a, https://b',
      'http://127.0.0.1.example',
      'http://localhost.example',
      'file://',
    ])
      t.notOk(may(bad), bad)
    const listed = ['https://app.example', 'tauri://localhost']
    t.ok(may('https://app.example', listed) && may('tauri://localhost', listed))
    t.ok(may('https://relay.example.org', listed), 'and the relay itself')
    t.ok(may(undefined, listed), 'programs send none')
    t.notOk(
      may('https://other.example', listed) || may('http://relay.example.org', listed) || may('null', listed),
    )
    const isTotal = (text: string): boolean =>
      typeof may(text) === 'boolean' && (may(text, [text]) || text === undefined)
    fc.assert(fc.property(fc.string({ unit: 'binary' }), isTotal), { numRuns: RUNS })
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !may(`http://${text}`) || /^(localhost|127\.|\[|[a-z0-9.-]+\.onion)/i.test(text),
      ),
      { numRuns: RUNS },
    )
  },
)

const GIB = 1 << 30
const fine: Readings = { spaces: [{ free: 50 * GIB, total: 100 * GIB }], memory: GIB, lateMs: 5, waiting: 3 }

t.test('new logs need room on the disk, memory and time; appends only the last of the room', async (t) => {
  const short = (changes: Partial<Readings>): string => shortOf({ ...fine, ...changes }).join()
  const disk = (free: number, total: number) => ({ spaces: [...fine.spaces, { free, total }] })

  t.equal(short({}), '')
  t.equal(short(disk(GIB - 1, 100 * GIB)), 'disk')
  t.equal(short(disk(GIB, 100 * GIB)), '')
  t.equal(short(disk(0.9e8, 1e9)), 'disk', 'a tenth of a small one')
  t.equal(short(disk(-5, 1e9)), 'disk', 'a database that is larger than it may be')
  t.equal(short({ memory: 20 << 20 }), 'memory')
  t.equal(short({ lateMs: 400 }), 'time')
  t.equal(short({ waiting: 20_000 }), 'time')
  t.equal(short({ ...disk(0, 1e9), memory: 0, lateMs: 999 }), 'disk,memory,time')
  t.notOk(isFull({ ...fine, ...disk(GIB >> 1, 100 * GIB) }))
  t.ok(isFull({ ...fine, ...disk(100 << 20, 100 * GIB) }))
})

t.test(
  'the lookout tells what changed, once, keeps what it knows when it cannot look, and obeys the switch',
  async (t) => {
    let readings: Readings | undefined = fine
    let isOn = true
    const told: (readonly Shortage[])[] = []
    const lookout = startLookout({
      machine: {
        read: async () => {
          if (readings === undefined) throw new Error('not now')
          return readings
        },
        stop: () => undefined,
      },
      isCreationOn: () => isOn,
      changed: (short) => void told.push(short),
    })
    const after = async (next: Readings | undefined): Promise<readonly boolean[]> => {
      readings = next
      await lookout.look()
      return [lookout.mayCreate(), lookout.mayAppend()]
    }

    t.strictSame(await after(fine), [true, true])
    t.strictSame(await after({ ...fine, memory: 0 }), [false, true])
    t.strictSame(await after(undefined), [false, true])
    t.strictSame(await after({ ...fine, spaces: [{ free: 0, total: GIB }] }), [false, false])
    t.strictSame(await after(fine), [true, true])
    isOn = false
    t.strictSame(await after(fine), [false, true])
    t.strictSame(told, [['memory'], ['disk'], []])
    lookout.stop()
  },
)
