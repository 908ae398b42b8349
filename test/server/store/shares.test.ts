/** A share for each writer key of a log (SPEC L9), in real Postgres against a plain list. Not here: what a client makes of the answer (test/client/core/relay, test/client/cli/socketNode.test.ts). */
import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import type { NewDeposit, NewEntry } from '../../../server/relay/ports.ts'
import { type Database, openDatabase } from '../../../server/store/database.ts'
import { createStore } from '../../../server/store/logs.ts'
import { utf8 } from '../../../shared/base/bytes.ts'
import { cryptoReady, sha256 } from '../../../shared/crypto/sodium.ts'
import { type CancelToken, cancelHash, nameOfDeposit } from '../../../shared/protocol/deposit.ts'
import type { Policy } from '../../../shared/protocol/policy.ts'
import { shareOf } from '../../../shared/protocol/policy.ts'
import { newDatabase } from '../../support/relay.ts'
import { created, DAY, later, must, newEntry } from '../../support/stores.ts'
import { newBlob, type TestLog } from '../../support/wire.ts'

await cryptoReady

const url = await newDatabase()
const database: Database = must(await openDatabase({ url }, 'migrations'))
t.teardown(database.close)
await database.sql`insert into relay (signing_seed, static_secret, admission, admission_day, settled_day)
  values (${utf8('1')}, ${utf8('2')}, ${utf8('3')}, ${DAY}, ${DAY - 1})`
const { caps } = DEFAULT_LIMITS
const newStore = () => createStore(database, caps)
let store = newStore()

const signature = new Uint8Array(64)
const byWriter = (log: TestLog, index: number, size: number): NewEntry =>
  newEntry(log, { blob: newBlob(size), writer: { index, signature } })

const TOKEN = sha256(utf8('token')) as CancelToken
const HASHES = Array.from({ length: 32 }, (_, i) => (i === 0 ? cancelHash(TOKEN) : sha256(utf8(`${i}`))))
const waitingOf = (log: TestLog, index: number, size: number): NewDeposit => {
  const deposit = {
    blob: newBlob(size),
    lifeDays: 7,
    waitSeconds: 60,
    needed: 1,
    cancelHashes: HASHES,
  } as const
  const writer = { index, signature }
  return { ...deposit, log: log.id, place: index, writer, name: nameOfDeposit(log.id, deposit) }
}

const others = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(i)))
/** Three writers share 200 entries and 1 MiB: 66 and 256 KiB each. */
const THREE = { cap: 0, writerSigned: true, writers: others(3) } as const satisfies Partial<Policy>

type Step =
  | { readonly do: 'append'; readonly each: readonly { readonly by: number; readonly size: number }[] }
  | { readonly do: 'many'; readonly by: number; readonly count: number }
  | { readonly do: 'deposit'; readonly by: number; readonly size: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'release' | 'restart' | 'expire' }

const by = fc.nat(2)
const size = fc.constantFrom(1024, 4096, 16_384, 65_536)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    each: fc.array(fc.record({ by, size: fc.oneof(size, fc.constant(262_144)) }), {
      minLength: 1,
      maxLength: 6,
    }),
  }),
  fc.record({ do: fc.constant('many' as const), by, count: fc.integer({ min: 20, max: 80 }) }),
  fc.record({ do: fc.constant('deposit' as const), by, size }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat(6) }),
  fc.record({ do: fc.constantFrom('release' as const, 'restart' as const, 'expire' as const) }),
)

/** What a plain list says: the sizes of what each writer has there, and of what waits. */
type World = {
  readonly log: TestLog
  readonly there: readonly [number[], number[], number[]]
  waiting: NewDeposit[]
  at: number
}

const SHARE = { entries: 66, bytes: 262_144 }

const fits = (world: World, writer: number, bytes: number): boolean => {
  const mine = [
    ...(world.there[writer] ?? []),
    ...world.waiting.filter(({ place }) => place === writer).map(({ blob }) => blob.length),
  ]
  return mine.length < SHARE.entries && mine.reduce((sum, one) => sum + one, bytes) <= SHARE.bytes
}

const append = async (world: World, each: readonly { by: number; size: number }[]): Promise<void> => {
  const outcomes = await store.append(
    each.map((one) => byWriter(world.log, one.by, one.size)),
    DAY,
  )
  each.forEach((one, i) => {
    const right = fits(world, one.by, one.size) ? 'appended' : 'full'
    const got = outcomes[i]
    if (got?.type !== right) throw new Error(`append by ${one.by}: ${got?.type}, not ${right}`)
    if (got.type === 'appended' && got.at.full) throw new Error('198 entries do not fill it')
    if (right === 'appended') world.there[one.by]?.push(one.size)
  })
}

const deposit = async (world: World, writer: number, bytes: number): Promise<void> => {
  const one = waitingOf(world.log, writer, bytes)
  const right = fits(world, writer, bytes) ? 'made' : 'full'
  if (world.waiting.filter(({ place }) => place === writer).length >= 16) return
  const made = await store.deposit(one, { at: world.at, today: DAY })
  if (made !== right) throw new Error(`deposit by ${writer}: ${made}, not ${right}`)
  if (made !== 'made') return
  world.waiting.push(one)
  if ((await store.deposit(one, { at: world.at, today: DAY })) !== 'made')
    throw new Error('once more is as before')
}

const cancel = async (world: World, which: number): Promise<void> => {
  const one = world.waiting[which]
  if (!one) return
  must(await store.cancel(world.log.id, one.name, cancelHash(TOKEN), DAY))
  world.waiting = world.waiting.filter((other) => other !== one)
}

/** All that waits goes in, whatever the others have written. */
const release = async (world: World): Promise<void> => {
  world.at += 120_000
  await store.release({ at: world.at, today: DAY })
  for (const { place, blob } of world.waiting) world.there[place]?.push(blob.length)
  world.waiting = []
  const head = must(await store.find(world.log.id, DAY)).head
  if (head !== world.there.flat().length)
    throw new Error(`${head} entries are there, not ${world.there.flat().length}`)
}

const take = async (world: World, one: Step): Promise<void> => {
  if (one.do === 'append') await append(world, one.each)
  if (one.do === 'many')
    await append(
      world,
      Array.from({ length: one.count }, () => ({ by: one.by, size: 1024 })),
    )
  if (one.do === 'deposit') await deposit(world, one.by, one.size)
  if (one.do === 'cancel') await cancel(world, one.which)
  if (one.do === 'release') await release(world)
  if (one.do === 'restart') store = newStore()
  if (one.do === 'expire') while (await store.expireSome(DAY)) await Promise.resolve()
}

t.test(
  'L9 whatever is appended, waits, is cancelled or released: each writer has a share, and all of it',
  async (t) => {
    let made = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const log = await created(store, THREE)
        const world: World = { log, there: [[], [], []], waiting: [], at: 1000 * ++made }
        for (const one of steps) await take(world, one)
        await release(world)
        for (const writer of [0, 1, 2])
          for (let left = true; left; ) {
            left = fits(world, writer, 1024)
            await append(world, [{ by: writer, size: 1024 }])
          }
      }),
      { numRuns: 25, seed: 9, endOnFailure: true },
    )
    t.pass('every outcome as expected')
  },
)

t.test(
  'L9 shares are those of shared/protocol, and only of logs whose entries name one of several writers',
  async (t) => {
    const counts: readonly [Partial<Policy>, number][] = [
      [THREE, 66],
      [{ cap: 0, writerSigned: true, writers: others(128) }, 1],
      [{ cap: 0, writerSigned: true }, 200],
    ]
    for (const [changes, count] of counts) {
      const log = await created(store, changes)
      t.equal(shareOf(log.policy)?.entries ?? 200, count)
      const outcomes = await store.append(
        Array.from({ length: 202 }, () => byWriter(log, 0, 1024)),
        DAY,
      )
      t.equal(outcomes.filter(({ type }) => type === 'appended').length, count)
      t.equal(must(await store.find(log.id, DAY)).full, count === 200)
    }
    const unsigned = await created(store, { cap: 0, writers: others(3) })
    const outcomes = await store.append(
      Array.from({ length: 202 }, () => newEntry(unsigned)),
      DAY,
    )
    t.equal(outcomes.filter(({ type }) => type === 'appended').length, 200)
  },
)

t.test('L9 what has expired goes on counting, and one writer’s flood lets nothing out early', async (t) => {
  const log = await created(store, THREE)
  const waits = waitingOf(log, 1, 65_536)
  t.equal(await store.deposit(waits, { at: 1000, today: DAY }), 'made')
  const flood = Array.from({ length: 100 }, () => byWriter(log, 0, 1024))
  await store.append(flood, DAY)
  t.equal(must(await store.find(log.id, DAY)).head, 66, 'what waits still waits')
  while (await store.expireSome(later(8))) await Promise.resolve()
  t.strictSame(
    (await store.append([byWriter(log, 0, 1024), byWriter(log, 2, 1024)], later(8))).map(({ type }) => type),
    ['full', 'appended'],
  )
})

t.test(
  'L9 T3 in a log that is nearly full, who has no share left lets nothing out early either',
  async (t) => {
    const log = await created(store, THREE)
    const waits = waitingOf(log, 1, 65_536)
    t.equal(await store.deposit(waits, { at: 1000, today: DAY }), 'made')
    const large = (by: number): NewEntry => byWriter(log, by, 262_144)
    const outcomes = await store.append([large(0), large(2), large(0)], DAY)
    t.strictSame(
      outcomes.map(({ type }) => type),
      ['appended', 'appended', 'full'],
    )
    t.equal(must(await store.find(log.id, DAY)).head, 2)
  },
)
