/**
 * Days: what the migration from the first version brings over, reads while days end, what leaves the files, and which day is
 * believed. Not here: the store's contract (store.test.ts), a database that goes away (away.test.ts).
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import fc from 'fast-check'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import type { NewEntry, Outcome, Store } from '../../../server/relay/ports.ts'
import { dayOf } from '../../../server/relay/relay.ts'
import { settle } from '../../../server/settling.ts'
import { type Database, openDatabase, type Sql } from '../../../server/store/database.ts'
import { createStore } from '../../../server/store/logs.ts'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { cryptoReady, sha256 } from '../../../shared/crypto/sodium.ts'
import { firstChain, nextChain } from '../../../shared/protocol/chain.ts'
import type { Entry } from '../../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Seq } from '../../../shared/protocol/ids.ts'
import { newDatabase, startRelay } from '../../support/relay.ts'
import { created, DAY, later, must, newEntry } from '../../support/stores.ts'
import {
  appendTo,
  connectWire,
  newBlob,
  newLog,
  newOpenLog,
  readFrom,
  type TestLog,
} from '../../support/wire.ts'

await cryptoReady

const MIGRATIONS = 'migrations'
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const { caps } = DEFAULT_LIMITS

type Ground = { readonly url: string; readonly database: Database; readonly store: Store }

const opened = async (t: Test, url: string): Promise<Ground> => {
  const database = must(await openDatabase({ url }, MIGRATIONS))
  t.teardown(database.close)
  return { url, database, store: createStore(database, caps) }
}

const chainOver = (log: TestLog, entries: readonly Entry[]): Chain =>
  entries.reduce(
    (chain, { seq, content }) =>
      nextChain(chain, seq, content.type === 'blob' ? sha256(content.blob) : content.hash),
    firstChain(log.id),
  )

const seqsOf = (entries: readonly Entry[]): readonly number[] => entries.map((entry) => entry.seq)
const upTo = (head: number): readonly number[] => Array.from({ length: head }, (_, i) => i + 1)

/** The first version's migrations, alone. */
const firstVersion = async (sql: Sql): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-migrations-'))
  cpSync(MIGRATIONS, folder, { recursive: true })
  const path = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 2) }))
  await migrate(drizzle(sql), { migrationsFolder: folder })
  rmSync(folder, { recursive: true })
}

/** As the first version appended: one log, one entry. */
const oldAppend = (sql: Sql, { log, blob, expiryDay, writer }: NewEntry) =>
  sql`select append_batch(${DAY}, 2, 262144, '{200,20000,50000}'::int4[], '{1048576,67108864,268435456}'::int4[],
    ${Buffer.from(log)}, '{1}'::int4[], ${`{${blob.length}}`}::int4[], ${`{${expiryDay}}`}::int4[], '{-1}'::int4[],
    ${`{${writer?.index ?? -1}}`}::int4[], ${Buffer.from(writer?.signature ?? new Uint8Array(64))}, ${Buffer.from(blob)})`

t.test(
  'a database of the first version is brought over with all it holds, and its chains go on',
  async (t) => {
    const url = await newDatabase()
    const old = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined })
    await firstVersion(old)
    const [live, signed, mixed, empty] = [newLog(), newLog({ writerSigned: true }), newLog(), newLog()]
    for (const { id, encoded } of [live, signed, mixed, empty])
      await old`insert into logs values (${Buffer.from(id)}, ${Buffer.from(encoded)}, 0, ${Buffer.from(firstChain(id))}, 0, ${DAY})`
    await old`insert into relay values (true, '\x01', '\x02', '\x03', null, ${DAY - 4})`
    const writer = { index: 0, signature: newBlob().slice(0, 64) }
    const written = [
      newEntry(live, { expiryDay: later(1) }),
      newEntry(live, { expiryDay: later(45), blob: newBlob(65_536) }),
      newEntry(signed, { writer }),
      newEntry(mixed, { expiryDay: later(-3) }),
      newEntry(mixed, { expiryDay: later(-1) }),
      newEntry(mixed),
    ]
    for (const each of written) await oldAppend(old, each)
    await old`update entries set blob = sha256(blob), expiry_day = null where expiry_day < ${later(-2)}`
    await old.end()

    const { store, database } = await opened(t, url)

    for (const log of [live, signed, mixed]) {
      const page = must(await store.read(log.id, 1 as Seq, 256, DAY))
      t.ok(sameBytes(chainOver(log, page.entries), page.at.chain), 'the chain is whole')
      const mine = written.filter((each) => each.log === log.id)
      page.entries.forEach(({ content, writer }, i) => {
        const blob = mine[i]?.blob as Blob
        const expected = content.type === 'blob' ? blob : sha256(blob)
        t.ok(sameBytes(content.type === 'blob' ? content.blob : content.hash, expected))
        t.equal(content.type, (mine[i]?.expiryDay ?? 0) >= DAY ? 'blob' : 'hash')
        t.strictSame(writer, mine[i]?.writer)
      })
      const [outcome] = await store.append([newEntry(log)], DAY)
      t.ok(outcome?.type === 'appended' && outcome.at.head === mine.length + 1)
      const after = must(await store.read(log.id, 1 as Seq, 256, DAY))
      t.ok(sameBytes(chainOver(log, after.entries), after.at.chain), 'and goes on')
    }
    t.equal(must(await store.find(empty.id, DAY)).head, 0)
    const [row] = await database.sql`select settled_day, creation, moved from relay`
    t.strictSame({ ...row }, { settled_day: DAY, creation: true, moved: false })
    while (await store.expireSome(DAY));
    const gone = await database.sql`select 1 from pg_class where relname = ${`blobs_${later(-1)}`}`
    t.equal(gone.length, 0, 'what had ended is gone with the first sweep')
  },
)

t.test(
  'E1 two relays that append to the same logs at once leave no gap, no double seq, one chain',
  async (t) => {
    const url = await newDatabase()
    const stores = [(await opened(t, url)).store, (await opened(t, url)).store]
    const batch = fc.array(
      fc.record({ log: fc.nat(2), ifHead: fc.boolean(), life: fc.constantFrom(1, 7, 45) }),
      {
        minLength: 1,
        maxLength: 24,
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 2, maxLength: 8 }), async (batches) => {
        const logs = [newLog(), newLog(), newLog()]
        for (const log of logs) await stores[0]?.create(log.id, log.encoded, DAY)
        const entriesOf = (steps: (typeof batches)[number]): readonly NewEntry[] =>
          steps.map(({ log, ifHead, life }) =>
            newEntry(logs[log] as TestLog, {
              expiryDay: later(life),
              ifHead: ifHead ? (3 as never) : undefined,
            }),
          )
        const sent = batches.map(entriesOf)
        const answers = await Promise.all(sent.map((each, i) => (stores[i % 2] as Store).append(each, DAY)))
        const pages = await Promise.all(logs.map((log) => stores[1]?.read(log.id, 1 as Seq, 256, DAY)))
        return logs.every((log, i) => {
          const { entries, at } = must(pages[i])
          const heads = answers
            .flatMap((outcomes, b) => outcomes.map((outcome, k) => ({ outcome, entry: sent[b]?.[k] })))
            .filter(({ entry }) => entry?.log === log.id)
            .flatMap(({ outcome }: { outcome: Outcome }) =>
              outcome.type === 'appended' ? [outcome.at.head] : [],
            )
          return (
            sameBytes(chainOver(log, entries), at.chain) &&
            JSON.stringify(seqsOf(entries)) === JSON.stringify(upTo(at.head)) &&
            JSON.stringify(heads.map(Number).sort((a, b) => a - b)) === JSON.stringify(upTo(at.head))
          )
        })
      }),
      { numRuns: 15 },
    )
    t.pass('every schedule')
  },
)

/** A log and the last day of each of its entries. */
type World = { readonly store: Store; readonly log: TestLog; readonly ends: number[]; today: Day }

/** A log is gone with the last day of its last append. */
const isRight = async ({ store, log, ends, today }: World): Promise<boolean> => {
  const page = await store.read(log.id, 1 as Seq, 256, today)
  if (page === undefined) return today > DAY
  return must(page).entries.every(
    ({ content, seq }) => (content.type === 'blob') === (ends[seq - 1] ?? 0) >= today,
  )
}

const stepOf = {
  append: async ({ store, log, ends, today }: World, days: number): Promise<boolean> => {
    const expiryDay = (today + days) as Day
    const [outcome] = await store.append([newEntry(log, { expiryDay })], today)
    if (outcome?.type === 'appended') ends.push(expiryDay)
    return outcome?.type !== 'away'
  },
  pass: async (world: World, days: number): Promise<boolean> => {
    world.today = (world.today + days) as Day
    return true
  },
  /** And read while it happens. */
  drop: async (world: World): Promise<boolean> => {
    const sweep = async (): Promise<boolean> => {
      while (await world.store.expireSome(world.today));
      return true
    }
    const all = await Promise.all([isRight(world), sweep(), isRight(world), isRight(world)])
    return !all.includes(false)
  },
}

t.test(
  'E4 whatever ends and is dropped in whatever order, an entry is its blob until then and its hash afterwards',
  async (t) => {
    const { store } = await opened(t, await newDatabase())
    const step = fc.record({
      act: fc.constantFrom('append' as const, 'append' as const, 'pass' as const, 'drop' as const),
      days: fc.constantFrom(1, 7, 45),
    })
    let start = DAY
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        start = (start + 1000) as Day
        const world: World = { store, log: newLog({ ttlDays: 45 }), ends: [], today: start }
        await store.create(world.log.id, world.log.encoded, start)
        for (const { act, days } of steps)
          if (!(await stepOf[act](world, days)) || !(await isRight(world))) return false
        return true
      }),
      { numRuns: 25 },
    )
    t.pass('every order')
  },
)

t.test('a day that is still being read is dropped later, and nobody waits for that', async (t) => {
  const { store, database, url } = await opened(t, await newDatabase())
  const log = await created(store)
  await store.append([newEntry(log, { expiryDay: later(1) })], DAY)
  const reader = postgres(url, { max: 1, onnotice: () => undefined })
  const isThere = async () =>
    (await database.sql`select 1 from pg_class where relname = ${`blobs_${later(1)}`}`).length === 1

  await reader.begin(async (tx) => {
    await tx`select count(*) from ${tx(`blobs_${later(1)}`)}`
    t.equal(await store.expireSome(later(2)), false)
    t.ok(await isThere())
    const [outcome] = await store.append([newEntry(log)], later(2))
    t.equal(outcome?.type, 'appended', 'while the reader reads')
  })
  while (await store.expireSome(later(2)));

  t.notOk(await isThere())
  await reader.end()
})

t.test('L6 dead logs go in steps, and a step leaves what another relay is at', async (t) => {
  const { store, database, url } = await opened(t, await newDatabase())
  const [large, small] = [await created(store, { ttlDays: 1 }), await created(store, { ttlDays: 1 })]
  for (let i = 0; i < 3; i++)
    await store.append(
      Array.from({ length: 250 }, () => newEntry(large, { expiryDay: later(1) })),
      DAY,
    )
  await store.append([newEntry(small, { expiryDay: later(1) })], DAY)
  const other = postgres(url, { max: 1, onnotice: () => undefined })
  const left = async () => (await database.sql`select id from logs`).length

  await other.begin(async (tx) => {
    await tx`select 1 from logs where id = ${Buffer.from(small.id)} for update`
    let steps = 0
    while (await store.expireSome(later(2))) steps += 1
    t.ok(steps > 3, 'more than one step')
    t.equal(await left(), 1, 'the one that is held stays')
  })
  while (await store.expireSome(later(2)));

  t.equal(await left(), 0)
  t.equal((await database.sql`select 1 from entries`).length, 0)
  await other.end()
})

/** Names of the files under a folder that hold these bytes. */
const filesWith = (folder: string, bytes: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => readFileSync(path).includes(bytes))

/** Sealed bytes of which any 64 in a row hold the marker. */
const marked = (marker: string, size: number): Blob =>
  new Uint8Array(Buffer.alloc(size, marker.padEnd(32, '.'))) as Blob

/**
 * The files of the tables. The write-ahead log beside them holds every blob once more, until the second checkpoint after its file was closed: an
 * hour or two, since the relay closes it every hour (server/store/forget.ts), and the shortest life is a day.
 */
t.test('E4 the bytes of an entry whose day is over are in no file of the tables', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-files-'))
  let now = Date.UTC(2026, 3, 1)
  const relay = await startRelay({ database: 'embedded', dataDir, clock: () => now })
  t.teardown(async () => {
    await relay.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const base = join(dataDir, 'postgres', 'data', 'base')
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay)
  for (const blob of [marked('ends-tomorrow-small', 1024), marked('ends-tomorrow-large', 65_536)])
    t.equal((await appendTo(wire, log, { blob, lifeDays: 1 })).type, 'receipt')
  await appendTo(wire, log, { blob: marked('stays-for-a-week', 4096), lifeDays: 7 })
  wire.end()
  const found = async (): Promise<readonly number[]> => {
    await relay.sql`checkpoint`
    return ['ends-tomorrow-small', 'ends-tomorrow-large', 'stays-for-a-week'].map(
      (each) => filesWith(base, each).length,
    )
  }

  t.strictSame(await found(), [1, 1, 1], 'they were there to be found')
  for (let day = 0; day < 2; day++) {
    now += DAY_MS
    await relay.sweep()
  }

  t.strictSame(await found(), [0, 0, 1])
})

t.test(
  'a day is settled at once when it follows, else after an hour in which the clock agreed with itself',
  async (t) => {
    const at = (clock: number, steady: number) => ({ clock, steady })
    const noon = (days: number): number => (DAY + days) * DAY_MS + 12 * HOUR_MS

    t.strictSame(settle(undefined, DAY, at(noon(0), 0)), { doubt: undefined })
    t.strictSame(settle(undefined, DAY, at(noon(-9), 0)), { doubt: undefined }, 'it never goes back')
    t.equal(settle(undefined, DAY, at(noon(1), 0)).settled, DAY + 1)
    const { doubt, settled } = settle(undefined, DAY, at(noon(2), 0))
    t.equal(settled, undefined)
    t.equal(settle(doubt, DAY, at(noon(2) + HOUR_MS - 1, HOUR_MS - 1)).settled, undefined)
    t.equal(settle(doubt, DAY, at(noon(2) + HOUR_MS, HOUR_MS)).settled, DAY + 2)
    const uneven = settle(doubt, DAY, at(noon(2) + HOUR_MS + 120_000, HOUR_MS))
    t.equal(uneven.settled, undefined, 'it jumped again meanwhile')
    t.strictSame(uneven.doubt, at(noon(2) + HOUR_MS + 120_000, HOUR_MS), 'the hour begins anew')
    t.equal(settle(doubt, DAY, at(noon(3), HOUR_MS)).settled, undefined)
  },
)

t.test(
  'E4 after a jump of the clock what ended is unserved at once, erased an hour later, and never before',
  async (t) => {
    let [now, steady] = [Date.UTC(2026, 3, 1, 6), 0]
    const relay = await startRelay({ clock: () => now, steady: () => steady })
    t.teardown(relay.close)
    const wire = await connectWire(relay.url)
    const log = await newOpenLog(wire, relay)
    await appendTo(wire, log, { lifeDays: 1 })
    const kind = async () => {
      const answer = await readFrom(wire, log)
      return answer.type === 'entries' ? answer.entries[0]?.content.type : answer.type
    }
    const passes = async (ms: number): Promise<void> => {
      now += ms
      steady += ms
      await relay.sweep()
    }
    const isThere = async (): Promise<boolean> => {
      const name = `blobs_${dayOf(Date.UTC(2026, 3, 2))}`
      return (await relay.sql`select 1 from pg_class where relname = ${name}`).length === 1
    }

    now += 20 * DAY_MS
    await relay.sweep()
    t.equal(await kind(), 'hash')
    t.ok(await isThere())
    now -= 20 * DAY_MS
    await relay.sweep()
    t.equal(await kind(), 'blob', 'it was a mistake, and nothing is lost')
    now += 20 * DAY_MS
    await relay.sweep()
    await passes(HOUR_MS - 1)
    t.ok(await isThere(), 'not yet')
    await passes(1)
    t.notOk(await isThere())
    now -= 20 * DAY_MS
    await relay.sweep()
    t.equal(await kind(), 'hash', 'what was settled stays: time does not go back')
    wire.end()
  },
)

t.test('L2 what was written while the clock was ahead gets the days that it would have had', async (t) => {
  let now = Date.UTC(2026, 3, 1, 6)
  const relay = await startRelay({ clock: () => now })
  t.teardown(relay.close)
  const today = dayOf(now)
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay, { ttlDays: 45 })
  await appendTo(wire, log, { lifeDays: 45 })
  now += 30 * DAY_MS
  await relay.sweep()
  const ahead = newBlob()
  for (const [lifeDays, blob] of [
    [1, ahead],
    [45, newBlob(4096)],
  ] as const)
    await appendTo(wire, log, { lifeDays, blob })
  const days = async () =>
    (await relay.sql`select expiry_day from entries order by seq`).map((row) => row.expiry_day)
  t.strictSame(await days(), [today + 45, today + 31, today + 75])

  now -= 30 * DAY_MS
  await relay.sweep()

  t.strictSame(await days(), [today + 45, today + 1, today + 45])
  const answer = await readFrom(wire, log)
  t.ok(
    answer.type === 'entries' &&
      answer.entries[1]?.content.type === 'blob' &&
      sameBytes(answer.entries[1].content.blob, ahead),
  )
  const [row] = await relay.sql`select last_day, (select count(*)::int4 from ahead) as ahead from logs`
  t.strictSame({ ...row }, { last_day: today, ahead: 0 })
  const far = await relay.sql`select 1 from pg_class where relname = ${`blobs_${today + 75}`}`
  t.equal(far.length, 0, 'the table of a day that no entry can have is gone')
  wire.end()
})

t.test('L6 a log that died only by a clock that is not believed yet is not made anew', async (t) => {
  const { store, database } = await opened(t, await newDatabase())
  await database.sql`insert into relay values (true, '\x01', '\x02', '\x03', null, ${DAY}, ${DAY})`
  const log = await created(store, { ttlDays: 1 })
  await store.append([newEntry(log, { expiryDay: later(1) })], DAY)

  t.equal(await store.create(log.id, log.encoded, later(9)), 'away')
  t.equal(must(await store.read(log.id, 1 as Seq, 9, DAY)).entries.length, 1, 'nothing was erased')
  await database.sql`update relay set settled_day = ${later(9)}`
  t.equal(await store.create(log.id, log.encoded, later(9)), 'made')
  t.equal(must(await store.find(log.id, later(9))).head, 0)
})

t.test('reads go on while entries are dated anew', async (t) => {
  const { store, database } = await opened(t, await newDatabase())
  await database.sql`insert into relay values (true, '\x01', '\x02', '\x03', null, ${DAY}, ${DAY})`
  const far = later(20)
  const log = newLog()
  await store.create(log.id, log.encoded, far)
  await store.append(
    Array.from({ length: 200 }, () => newEntry(log, { expiryDay: (far + 7) as Day })),
    far,
  )
  let isOver = false
  const redate = async (): Promise<void> => {
    const few = async () => (await database.sql`select redate(${DAY}, 100) as done`)[0]?.done
    while ((await few()) > 0);
    isOver = true
  }
  const read = async (): Promise<void> => {
    while (!isOver) {
      const { entries } = must(await store.read(log.id, 1 as Seq, 256, DAY))
      if (entries.length !== 200 || entries.some((entry) => entry.content.type !== 'blob'))
        t.fail('a blob is missing')
    }
  }

  await Promise.all([read(), read(), read(), redate()])

  const days = await database.sql`select distinct expiry_day from entries`
  t.strictSame(
    days.map((row) => row.expiry_day),
    [DAY + 7],
  )
})
