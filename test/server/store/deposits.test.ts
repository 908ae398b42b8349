/**
 * Deposits in real Postgres against a model: whatever tokens come, relays restart and clocks jump, what was not cancelled is appended
 * once, never too early, never long after its time. Not here: the frames (test/server/deposits.test.ts).
 */
import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import type { NewDeposit, Page, Store } from '../../../server/relay/ports.ts'
import { dayOf } from '../../../server/relay/relay.ts'
import { releaseTimeAt, releaseTimeFrom } from '../../../server/relay/releaseTime.ts'
import { createReleasing, type Releasing } from '../../../server/relay/releasing.ts'
import { type Database, openDatabase } from '../../../server/store/database.ts'
import { createForgetting } from '../../../server/store/forget.ts'
import { createStore } from '../../../server/store/logs.ts'
import { sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import { cryptoReady, sha256 } from '../../../shared/crypto/sodium.ts'
import { type CancelToken, cancelHash, nameOfDeposit } from '../../../shared/protocol/deposit.ts'
import type { Blob, Day, Seq } from '../../../shared/protocol/ids.ts'
import { newDatabase } from '../../support/relay.ts'
import { must, newEntry } from '../../support/stores.ts'
import { newBlob, newLog, type TestLog } from '../../support/wire.ts'

await cryptoReady

const { caps } = DEFAULT_LIMITS
const RUNS = Number(process.env.TOCSIN_TEST_DEPOSIT_RUNS ?? 40)
const NOON = Date.UTC(2030, 0, 10, 12)
const DAY_MS = 86_400_000
/** Seconds by which time may stand still in a day (server/relay/releaseTime.ts), twice since a base lasts a day. */
const SLACK_S = 120

const database: Database = must(await openDatabase({ url: await newDatabase() }, 'migrations'))
t.teardown(database.close)
await database.sql`insert into relay (signing_seed, static_secret, admission, admission_day, settled_day)
  values (${utf8('1')}, ${utf8('2')}, ${utf8('3')}, ${dayOf(NOON)}, ${dayOf(NOON) - 1})`
const store = createStore(database, caps)

const tokenOf = (i: number): CancelToken => sha256(utf8(`token ${i}`)) as CancelToken
const HASHES = Array.from({ length: 32 }, (_, i) => cancelHash(tokenOf(i)))

const depositOf = (log: TestLog, changes: Partial<NewDeposit> = {}): NewDeposit => {
  const deposit = {
    blob: newBlob(),
    lifeDays: 7 as const,
    waitSeconds: 900,
    needed: 2,
    cancelHashes: HASHES,
    log: log.id,
    place: 0,
    writer: undefined,
    ...changes,
  }
  return { ...deposit, name: nameOfDeposit(log.id, deposit) }
}

const makeLog = async (on: Store, at: number, changes = {}): Promise<TestLog> => {
  const log = newLog(changes)
  must(await on.create(log.id, log.encoded, dayOf(at)))
  return log
}

const pageOf = async (on: Store, log: TestLog, today: Day): Promise<Page> =>
  must(await on.read(log.id, 1 as Seq, 256, today))

const has = ({ entries }: Page, blob: Blob): number =>
  entries.filter(({ content }) => content.type === 'blob' && sameBytes(content.blob, blob)).length

type Step =
  | { readonly do: 'deposit'; readonly wait: number; readonly needed: number }
  | { readonly do: 'again' | 'cancel'; readonly which: number; readonly token: number }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'leap'; readonly seconds: number }
  | { readonly do: 'restart' | 'look' }

const which = fc.nat({ max: 5 })
const token = fc.nat({ max: 3 })
const steps = (leaps: fc.Arbitrary<number>): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      fc.record({
        do: fc.constant('deposit' as const),
        wait: fc.constantFrom(1, 60, 900, 3600, 86_400),
        needed: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({ do: fc.constantFrom('again' as const, 'cancel' as const), which, token }),
      fc.record({ do: fc.constantFrom('cancel' as const), which, token }),
      fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 59, 600, 3000) }),
      fc.record({ do: fc.constant('leap' as const), seconds: leaps }),
      fc.record({ do: fc.constantFrom('restart' as const, 'look' as const, 'look' as const) }),
    ),
    { minLength: 8, maxLength: 30 },
  )

/** What a deposit should come to. `since`: seconds that truly passed until it was made, or until the relay that waits for it began. */
type Expected = {
  readonly deposit: NewDeposit
  readonly made: number
  since: number
  readonly tokens: Set<number>
  state: 'waiting' | 'released' | 'cancelled'
}

type World = {
  readonly log: TestLog
  readonly expected: Expected[]
  readonly relays: Releasing[]
  wall: number
  /** Seconds that truly passed. */
  true: number
}

const relayOf = (world: World): Releasing =>
  createReleasing({
    store,
    clock: () => world.wall,
    steady: () => 1000 * world.true,
    today: () => dayOf(world.wall),
    later: () => undefined,
    released: () => undefined,
  })

const newWorld = async (): Promise<World> => {
  const world: World = {
    log: await makeLog(store, NOON),
    expected: [],
    relays: [],
    wall: NOON,
    true: 0,
  }
  await store.append([newEntry(world.log, { expiryDay: dayOf(NOON) })], dayOf(NOON))
  world.relays.push(relayOf(world), relayOf(world))
  await Promise.all(world.relays.map((relay) => relay.start()))
  return world
}

/** Two relays look at once. Nothing is there twice, early, or late. */
const look = async (world: World, mayBeEarly: boolean): Promise<void> => {
  await Promise.all(world.relays.map((relay) => relay.look()))
  const page = await pageOf(store, world.log, dayOf(NOON))
  for (const one of world.expected) {
    const fault = faultOf(world, one, has(page, one.deposit.blob), mayBeEarly)
    if (fault) throw new Error(fault)
  }
}

const faultOf = (world: World, one: Expected, count: number, mayBeEarly: boolean): string | undefined => {
  const { waitSeconds } = one.deposit
  const right = one.state === 'cancelled' ? 0 : 1
  if (one.state !== 'waiting' || count > 1)
    return count === right ? undefined : `${one.state}: ${count} times`
  if (count === 0) return world.true - one.since > waitSeconds + SLACK_S ? 'silent' : undefined
  one.state = 'released'
  const isEarly = world.true - one.made < waitSeconds
  return isEarly && !mayBeEarly ? 'too early' : undefined
}

const cancel = async (world: World, one: Expected, nth: number): Promise<void> => {
  const hash = cancelHash(tokenOf(nth))
  const counted = await store.cancel(world.log.id, one.deposit.name, hash, dayOf(world.wall))
  if (counted !== (one.state === 'waiting')) throw new Error(`a token was ${counted ? 'counted' : 'refused'}`)
  if (one.state !== 'waiting') return
  one.tokens.add(nth)
  if (one.tokens.size >= one.deposit.needed) one.state = 'cancelled'
}

const deposit = async (world: World, wait: number, needed: number): Promise<void> => {
  if (world.expected.length >= 16) return
  const one = depositOf(world.log, { waitSeconds: wait, needed })
  const made = await store.deposit(one, (world.relays[0] as Releasing).now())
  if (made !== 'made') throw new Error(`a deposit was answered ${made}`)
  const { true: now } = world
  world.expected.push({ deposit: one, made: now, since: now, tokens: new Set(), state: 'waiting' })
}

const pass = (world: World, seconds: number): void => {
  for (let left = seconds; left > 0; left -= 10) {
    world.true += Math.min(10, left)
    world.wall += 1000 * Math.min(10, left)
    for (const relay of world.relays) relay.now()
  }
}

const restart = async (world: World): Promise<void> => {
  for (const relay of world.relays.splice(0)) await relay.stop()
  for (const each of world.expected) each.since = world.true
  world.relays.push(relayOf(world), relayOf(world))
  await Promise.all(world.relays.map((relay) => relay.start()))
}

const take = async (world: World, step: Step): Promise<void> => {
  const one = 'which' in step ? world.expected[step.which] : undefined
  if (step.do === 'deposit') await deposit(world, step.wait, step.needed)
  if (step.do === 'again' && one) await store.deposit(one.deposit, (world.relays[1] as Releasing).now())
  if (step.do === 'cancel' && one) await cancel(world, one, step.token)
  if (step.do === 'pass') pass(world, step.seconds)
  if (step.do === 'leap')
    world.wall = Math.min(Math.max(NOON, world.wall + 1000 * step.seconds), NOON + 30 * DAY_MS)
  if (step.do === 'restart') await restart(world)
}

const isLook = (step: Step): boolean => ['pass', 'leap', 'restart', 'look'].includes(step.do)

const live = async (all: readonly Step[], mayBeEarly: boolean): Promise<World> => {
  const world = await newWorld()
  for (const step of all) {
    await take(world, step)
    if (isLook(step)) await look(world, mayBeEarly)
  }
  for (let i = 0; i < 30; i++) {
    pass(world, 3000)
    await look(world, mayBeEarly)
  }
  return world
}

const held = async (leaps: fc.Arbitrary<number>, mayBeEarly: boolean, seed: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(steps(leaps), async (all) => {
      const { log, expected } = await live(all, mayBeEarly)
      if (expected.some(({ state }) => state === 'waiting')) throw new Error('silent for ever')
      const [row] = await database.sql`select held, held_bytes from logs where id = ${log.id}`
      if (row?.held !== 0 || row?.held_bytes !== 0) throw new Error('room is kept for nothing')
    }),
    { numRuns: RUNS, seed, endOnFailure: true },
  )

t.test(
  'T3 T5 what is not cancelled is appended once, and never early while no clock leaps ahead',
  async (t) => {
    await t.resolves(held(fc.constantFrom(-30, -4000, -30_000), false, 6))
  },
)

t.test('T3 T5 it is never long after its time either, whatever the clocks do', async (t) => {
  await t.resolves(held(fc.constantFrom(-30_000, -59, 59, 4000, 50_000, 90_000, 1_000_000), true, 7))
})

t.test(
  'T5 time never goes back, follows the clock, and does not follow a leap of more than a day',
  async (t) => {
    const at = (clock: number, steady: number) => ({ clock: NOON + 1000 * clock, steady: 1000 * steady })
    const seconds = (moments: readonly [number, number][]): number => {
      const end = moments.reduce(
        (time, [clock, steady]) => releaseTimeAt(time, at(clock, steady)),
        releaseTimeFrom(at(0, 0)),
      )
      return (end.at - NOON) / 1000
    }

    t.equal(
      seconds([
        [10, 10],
        [11, 12],
        [20, 21],
      ]),
      20,
      'a clock that is set right by little',
    )
    t.equal(
      seconds([
        [10, 10],
        [-18_000, 20],
      ]),
      20,
      'a clock that went back',
    )
    t.equal(
      seconds([
        [10, 10],
        [5, 11],
      ]),
      10,
      'and one that went back by little',
    )
    t.equal(
      seconds([
        [10, 10],
        [3600, 20],
      ]),
      3600,
      'a machine that slept',
    )
    t.equal(
      seconds([
        [10, 10],
        [90_000, 20],
      ]),
      20,
      'more than a day',
    )
    const day = DAY_MS / 1000
    t.ok(
      seconds([
        [day - 50, day],
        [2 * day - 100, 2 * day],
      ]) >=
        2 * day - SLACK_S,
      'a clock that is slow',
    )
  },
)

t.test('T3 an append that would leave no room releases what waits first', async (t) => {
  const few = createStore(database, [{ bytes: 1 << 20, entries: 6 }, ...caps.slice(1)])
  const today = dayOf(NOON)
  const moment = { at: NOON, today }
  const log = await makeLog(few, NOON, { cap: 0 })
  const deposits = [depositOf(log), depositOf(log), depositOf(log)]
  for (const one of deposits) t.equal(await few.deposit(one, moment), 'made')
  const append = (ifHead?: number) =>
    newEntry(log, { ifHead: ifHead as never, expiryDay: (today + 7) as Day })

  const types = async (batch: readonly ReturnType<typeof append>[]) =>
    (await few.append(batch, today)).map((outcome) => outcome.type)
  t.strictSame(await types([append(), append(2), append(), append()]), [
    'appended',
    'conflict',
    'appended',
    'appended',
  ])
  t.strictSame(await types([append(3)]), ['full'], 'what waited came first')
  const page = await pageOf(few, log, today)
  t.equal(page.at.head, 6)
  for (const one of deposits) t.equal(has(page, one.blob), 1)
  t.strictSame(await types([append()]), ['full'])
  t.equal(await few.deposit(depositOf(log), moment), 'full')

  const tight = await makeLog(few, NOON, { cap: 0 })
  const all = Array.from({ length: 7 }, () => few.deposit(depositOf(tight), moment))
  t.strictSame((await Promise.all(all)).sort(), ['made', 'made', 'made', 'made', 'made', 'made', 'slow'])
})

t.test('T3 of one key 16 wait and 64 were made in two days; another key has its own', async (t) => {
  const log = await makeLog(store, NOON)
  const moment = { at: NOON, today: dayOf(NOON) }
  const one = (place: number) => store.deposit(depositOf(log, { place, needed: 1 }), moment)
  for (let i = 0; i < 16; i++) t.equal(await one(0), 'made')
  t.equal(await one(0), 'slow')
  t.equal(await one(1), 'made')
  for (let i = 0; i < 100; i++) {
    const deposit = depositOf(log, { place: 2, needed: 1 })
    const made = await store.deposit(deposit, moment)
    t.equal(made, i < 64 ? 'made' : 'slow')
    const hash = cancelHash(tokenOf(5))
    if (i < 64) t.equal(await store.cancel(log.id, deposit.name, hash, moment.today), true)
  }
  while (await store.expireSome((moment.today + 2) as Day));
  t.equal(await one(2), 'made', 'two days later')
})

t.test('L6 a log with a deposit lives until it is released, and leaves nothing when it ends', async (t) => {
  const log = await makeLog(store, NOON, { ttlDays: 1 })
  const today = dayOf(NOON)
  must((await store.append([newEntry(log, { expiryDay: (today + 1) as Day })], today))[0])
  const evening = NOON + DAY_MS + 11 * 3_600_000
  const deposit = depositOf(log, { waitSeconds: 86_400, lifeDays: 1 })
  t.equal(await store.deposit(deposit, { at: evening, today: (today + 1) as Day }), 'made')

  await store.release({ at: evening + DAY_MS - 1000, today: (today + 2) as Day })
  t.equal(has(await pageOf(store, log, (today + 2) as Day), deposit.blob), 0)
  await store.release({ at: evening + DAY_MS, today: (today + 2) as Day })
  t.equal(has(await pageOf(store, log, (today + 2) as Day), deposit.blob), 1)
  while (await store.expireSome((today + 9) as Day));
  const [row] = await database.sql`select count(*)::int4 as n from deposits where log = ${log.id}`
  t.equal(row?.n, 0)
})

t.test('T6 what is over leaves the files: its bytes, hashes and second', async (t) => {
  const log = await makeLog(store, NOON)
  const moment = { at: NOON, today: dayOf(NOON) }
  const kept = depositOf(log, { blob: newBlob(4096) })
  const gone = depositOf(log, { blob: newBlob(4096), needed: 1, cancelHashes: HASHES.toReversed() })
  for (const one of [kept, gone]) t.equal(await store.deposit(one, moment), 'made')
  const files = async (): Promise<Buffer> => {
    await database.sql`checkpoint`
    const rows = await database.sql<{ bytes: Buffer }[]>`
      select pg_read_binary_file(pg_relation_filepath(c.oid)) as bytes from pg_class c
      where c.oid = 'deposits'::regclass or c.oid = (select reltoastrelid from pg_class where oid = 'deposits'::regclass)`
    return Buffer.concat(rows.map(({ bytes }) => bytes))
  }
  const part = (bytes: Uint8Array) => Buffer.from(bytes.slice(100, 140))
  const reversed = Buffer.concat(HASHES.toReversed().slice(0, 2))
  t.ok((await files()).includes(part(gone.blob)))
  t.ok((await files()).includes(reversed))

  t.equal(await store.cancel(log.id, gone.name, HASHES[0] as Uint8Array, moment.today), true)
  await createForgetting(database.sql, () => 1e9)()

  const left = await files()
  t.notOk(left.includes(part(gone.blob)))
  t.notOk(left.includes(reversed))
  t.ok(left.includes(part(kept.blob)), 'what waits is there')
  t.equal(await store.deposit(gone, moment), 'made')
  await store.release({ at: NOON + DAY_MS, today: moment.today })
  t.equal(has(await pageOf(store, log, moment.today), gone.blob), 0, 'cancelled for good')
})
