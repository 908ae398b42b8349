/** The store's contract, on a Postgres server and on the embedded database; what its tables may hold; what ends with its day. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import type { NewEntry, Outcome, Store } from '../../../server/relay/ports.ts'
import { dayOf } from '../../../server/relay/relay.ts'
import type { Sql } from '../../../server/store/database.ts'
import { createStore } from '../../../server/store/logs.ts'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady, sha256 } from '../../../shared/crypto/sodium.ts'
import { firstChain, nextChain } from '../../../shared/protocol/chain.ts'
import type { Entry } from '../../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, Seq } from '../../../shared/protocol/ids.ts'
import { isFull } from '../../../shared/protocol/policy.ts'
import { startRelay, type TestRelay } from '../../support/relay.ts'
import { answered, created, DAY, later, newEntry } from '../../support/stores.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newBlob,
  newLog,
  newOpenLog,
  type TestLog,
} from '../../support/wire.ts'

await cryptoReady

type Changes = Partial<NewEntry> & { readonly lifeDays?: number }
const append = (log: TestLog, { lifeDays = 1, ...changes }: Changes = {}): NewEntry =>
  newEntry(log, { expiryDay: later(lifeDays), ...changes })

const heads = (outcomes: readonly Outcome[]): readonly (number | string)[] =>
  outcomes.map((outcome) => (outcome.type === 'appended' ? outcome.at.head : outcome.type))

const allOf = async (store: Store, log: TestLog, day = DAY) => {
  const page = answered(await store.read(log.id, 1 as Seq, 256, day))
  return page?.entries ?? []
}

/** SPEC's rules about logs and entries, asked of any store. */
const obeysTheRules = async (t: Test, store: Store): Promise<void> => {
  t.test('L1 a log is created once, however often it is asked for', async (t) => {
    const log = await created(store)
    await store.append([append(log)], DAY)
    await store.create(log.id, log.encoded, DAY)

    const found = answered(await store.find(log.id, DAY))

    t.equal(found?.head, 1)
    t.ok(found && sameBytes(found.policy, log.encoded))
    t.equal(answered(await store.find(newLog().id, DAY)), undefined)
  })

  t.test('E1 L5 a batch numbers and chains its appends in order, each log for itself', async (t) => {
    const [one, two] = [await created(store), await created(store)]
    const batch = [append(one), append(two), append(one, { blob: newBlob(4096) }), append(one)]

    const outcomes = await store.append(batch, DAY)

    t.strictSame(heads(outcomes), [1, 1, 2, 3])
    let chain = firstChain(one.id)
    for (const [i, k] of [0, 2, 3].entries()) {
      chain = nextChain(chain, (i + 1) as Seq, sha256(batch[k]?.blob as Blob))
      const outcome = outcomes[k]
      t.ok(outcome?.type === 'appended' && sameBytes(outcome.at.chain, chain), `chain ${i + 1}`)
    }
    t.strictSame(
      (await allOf(store, one)).map((entry) => entry.seq),
      [1, 2, 3],
    )
  })

  t.test('R1 if_head lets one of a batch through, and the others learn the head', async (t) => {
    const log = await created(store)
    const zero = 0 as Head

    const outcomes = await store.append(
      [
        append(log, { ifHead: zero }),
        append(log, { ifHead: zero }),
        append(log, { ifHead: 4_294_967_295 as Head }),
      ],
      DAY,
    )

    t.strictSame(outcomes.slice(1), [
      { type: 'conflict', head: 1 },
      { type: 'conflict', head: 1 },
    ])
    t.strictSame(heads(outcomes.slice(0, 1)), [1])
  })

  t.test('R1 an append to a log that is not there is none and holds up nobody', async (t) => {
    const log = await created(store)

    const outcomes = await store.append([append(newLog()), append(log)], DAY)

    t.strictSame(heads(outcomes), ['none', 1])
  })

  t.test('L7 writer and signature are kept where they are given', async (t) => {
    const log = await created(store, { writerSigned: true })
    const writer = { index: 0, signature: newBlob().slice(0, 64) }
    await store.append([append(log), append(log, { writer })], DAY)

    const entries = await allOf(store, log)

    t.equal(entries[0]?.writer, undefined)
    t.equal(entries[1]?.writer?.index, 0)
    t.ok(sameBytes(entries[1]?.writer?.signature ?? new Uint8Array(), writer.signature))
  })

  t.test('F5 a page ends after max entries, after 256, or after 512 KiB', async (t) => {
    const small = await created(store)
    for (let i = 0; i < 2; i++)
      await store.append(
        Array.from({ length: 150 }, () => append(small)),
        DAY,
      )
    const large = await created(store)
    await store.append(
      Array.from({ length: 4 }, () => append(large, { blob: newBlob(262_144) })),
      DAY,
    )
    const seqs = async (log: TestLog, from: number, max: number) =>
      answered(await store.read(log.id, from as Seq, max, DAY))?.entries.map((entry) => entry.seq as number)

    t.strictSame(await seqs(small, 299, 10), [299, 300])
    t.strictSame(await seqs(small, 4_294_967_295, 10), [])
    t.strictSame(await seqs(small, 1, 0), [])
    t.equal((await seqs(small, 1, 65_535))?.length, 256)
    t.strictSame(await seqs(large, 2, 10), [2, 3])
  })

  t.test(
    'E4 an entry is served through its last day, then as its hash, before and after the sweep',
    async (t) => {
      const log = await created(store)
      const [short, long] = [append(log, { lifeDays: 1 }), append(log, { lifeDays: 7 })]
      await store.append([short, long], DAY)
      const kinds = async (day: Day) => (await allOf(store, log, day)).map((entry) => entry.content.type)

      t.strictSame(await kinds(later(1)), ['blob', 'blob'])
      t.strictSame(await kinds(later(2)), ['hash', 'blob'])
      while (await store.expireSome(later(2)));
      t.strictSame(await kinds(later(2)), ['hash', 'blob'])
      const [first] = await allOf(store, log, later(2))
      t.ok(first?.content.type === 'hash' && sameBytes(first.content.hash, sha256(short.blob)))
      t.equal(answered(await store.find(log.id, later(2)))?.head, 2)
    },
  )

  t.test(
    'L6 a log dies after its days without an append, an empty one after two; nothing is left',
    async (t) => {
      const [empty, day, week] = [
        await created(store),
        await created(store, { ttlDays: 1 }),
        await created(store, { ttlDays: 7 }),
      ]
      await store.append([append(day), append(week)], DAY)
      await store.append([append(day)], later(1))

      t.ok(answered(await store.find(empty.id, later(2))))
      t.notOk(answered(await store.find(empty.id, later(3))))
      t.ok(answered(await store.find(day.id, later(2))))
      t.notOk(answered(await store.find(day.id, later(3))))
      t.strictSame(heads(await store.append([append(day)], later(3))), ['none'])
      t.equal(answered(await store.read(day.id, 1 as Seq, 10, later(3))), undefined)
      t.ok(answered(await store.find(week.id, later(7))))
      t.notOk(answered(await store.find(week.id, later(8))))
      await store.create(day.id, day.encoded, later(3))
      t.strictSame(answered(await store.read(day.id, 1 as Seq, 10, later(3)))?.at.head, 0)
      t.strictSame(await allOf(store, day, later(3)), [], 'made anew, it is empty')
    },
  )

  t.test('L4 full follows from head and bytes, in the database as in shared/protocol', async (t) => {
    const log = await created(store, { cap: 0 })
    const batch = (count: number, size: number) =>
      Array.from({ length: count }, () => append(log, { blob: newBlob(size) }))

    const outcomes = await store.append(
      [...batch(2, 262_144), ...batch(3, 131_072 / 2), ...batch(3, 65_536)],
      DAY,
    )

    let [head, bytes] = [0, 0]
    const sizes = [262_144, 262_144, 65_536, 65_536, 65_536, 65_536, 65_536, 65_536]
    for (const [i, outcome] of outcomes.entries()) {
      if (isFull(0, head, bytes)) {
        t.equal(outcome.type, 'full', `append ${i + 1}`)
        continue
      }
      head += 1
      bytes += sizes[i] ?? 0
      t.equal(outcome.type === 'appended' && outcome.at.full, isFull(0, head, bytes), `append ${i + 1}`)
    }
    t.ok(answered(await store.find(log.id, DAY))?.full)
  })

  t.test('L3 L4 a log of class 0 takes 200 entries and is full for ever', async (t) => {
    const log = await created(store, { cap: 0 })
    const outcomes = await store.append(
      Array.from({ length: 202 }, () => append(log)),
      DAY,
    )

    t.strictSame(heads(outcomes).slice(198), [199, 200, 'full', 'full'])
    while (await store.expireSome(later(2)));
    t.strictSame(heads(await store.append([append(log)], later(2))), ['full'], 'expired blobs count')
  })

  t.test('E1 concurrent batches to the same logs leave no gap, no double seq and one chain', async (t) => {
    const logs = [await created(store), await created(store), await created(store)]
    const mixed = (i: number) =>
      Array.from({ length: 20 }, (_, k) => append(logs[(i * 7 + k) % 3] as TestLog))

    await Promise.all(Array.from({ length: 12 }, (_, i) => store.append(mixed(i), DAY)))

    for (const log of logs) {
      const page = answered(await store.read(log.id, 1 as Seq, 256, DAY))
      const entries = page?.entries ?? []
      t.strictSame(
        entries.map((entry) => entry.seq),
        Array.from({ length: 80 }, (_, i) => i + 1),
      )
      t.ok(page && sameBytes(page.at.chain, chainOver(log, entries)))
    }
  })
}

const chainOver = (log: TestLog, entries: readonly Entry[]): Chain =>
  entries.reduce(
    (chain, { seq, content }) =>
      nextChain(chain, seq, content.type === 'blob' ? sha256(content.blob) : content.hash),
    firstChain(log.id),
  )

type Step = { readonly log: number; readonly ifHead: number | undefined; readonly size: number }

/** What a log with cap class 0 answers, as a plain count; log 2 was never created. */
const expectedOf = (
  model: { head: number; bytes: number }[],
  { log, ifHead, size }: Step,
): number | string => {
  const at = model[log]
  if (at === undefined || log === 2) return 'none'
  if (isFull(0, at.head, at.bytes)) return 'full'
  if (ifHead !== undefined && ifHead !== at.head) return 'conflict'
  at.head += 1
  at.bytes += size
  return at.head
}

const modelled = (t: Test, store: Store) =>
  t.test('E1 L4 R1 any schedule of batches gives what a plain list would give', async (t) => {
    const step = fc.record({
      log: fc.nat(2),
      ifHead: fc.option(fc.nat(3), { nil: undefined }),
      size: fc.constantFrom(1024, 4096, 262_144),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 4 }),
        async (batches) => {
          const logs = [await created(store, { cap: 0 }), await created(store, { cap: 0 }), newLog()]
          const model = logs.map(() => ({ head: 0, bytes: 0 }))
          for (const batch of batches) {
            const outcomes = await store.append(
              batch.map(({ log, ifHead, size }) =>
                append(logs[log] as TestLog, { ifHead: ifHead as Head | undefined, blob: newBlob(size) }),
              ),
              DAY,
            )
            const expected = batch.map((each) => expectedOf(model, each))
            if (JSON.stringify(heads(outcomes)) !== JSON.stringify(expected)) return false
          }
          return true
        },
      ),
      { numRuns: 25 },
    )
    t.pass('every outcome as expected')
  })

/** Column by column, what protocol.md section 5 lists. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  logs: {
    id: 'bytea',
    policy: 'bytea',
    head: 'integer',
    chain: 'bytea',
    bytes: 'bigint',
    last_day: 'integer',
    held: 'integer',
    held_bytes: 'integer',
  },
  deposits: {
    due: 'bigint',
    wait: 'integer',
    day: 'integer',
    life: 'smallint',
    needed: 'smallint',
    place: 'smallint',
    writer: 'smallint',
    log: 'bytea',
    name: 'bytea',
    shown: 'ARRAY',
    hashes: 'bytea',
    wsig: 'bytea',
    blob: 'bytea',
  },
  entries: {
    log: 'bytea',
    seq: 'integer',
    hash: 'bytea',
    bytes: 'integer',
    expiry_day: 'integer',
    writer: 'smallint',
    wsig: 'bytea',
  },
  'blobs_<day>': { log: 'bytea', seq: 'integer', blob: 'bytea' },
  ahead: { log: 'bytea', seq: 'integer', life: 'smallint' },
  relay: {
    only: 'boolean',
    signing_seed: 'bytea',
    static_secret: 'bytea',
    admission: 'bytea',
    previous_admission: 'bytea',
    admission_day: 'integer',
    settled_day: 'integer',
    creation: 'boolean',
    moved: 'boolean',
  },
}

const tables = async (sql: Sql) => {
  const rows = await sql`
    select table_name, column_name, data_type from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema', 'drizzle')`
  const found: Record<string, Record<string, string>> = {}
  for (const row of rows) {
    const table = row.table_name.replace(/^blobs_\d+$/, 'blobs_<day>')
    found[table] = { ...found[table], [row.column_name]: row.data_type }
  }
  return found
}

const holdsNothingElse = (t: Test, relay: TestRelay) =>
  t.test('I18 the database holds what section 5 lists and nothing else', async (t) => {
    const wire = await connectWire(relay.url)
    const log = await newOpenLog(wire, relay)
    const blobs = [newBlob(), newBlob(4096)]
    for (const blob of blobs) await appendTo(wire, log, { blob })
    wire.end()

    t.strictSame(await tables(relay.sql), ALLOWED, 'no other table, no other column')
    const others = await relay.sql`
      select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('pg_catalog', 'information_schema', 'drizzle', 'pg_toast') and c.relkind in ('v', 'm', 'S', 'f', 'p')`
    t.equal(others.length, 0, 'no view, no sequence, nothing partitioned')
    const triggers = await relay.sql`select 1 from pg_trigger where not tgisinternal`
    t.equal(triggers.length, 0, 'no trigger')
    const hex = (column: string) => relay.sql.unsafe(`encode(${column}, 'hex')`)
    const today = dayOf(Date.now())
    const [row] = await relay.sql`
      select ${hex('policy')} as policy, head, bytes::int4 as bytes, last_day from logs where id = ${log.id}`
    t.strictSame({ ...row }, { policy: toHex(log.encoded), head: 2, bytes: 5120, last_day: today })
    const rows = await relay.sql`
      select seq, ${hex('hash')} as hash, bytes, expiry_day, writer, wsig from entries where log = ${log.id} order by seq`
    t.strictSame(
      rows.map((each) => ({ ...each })),
      blobs.map((blob, i) => ({
        seq: i + 1,
        hash: toHex(sha256(blob)),
        bytes: blob.length,
        expiry_day: today + 1,
        writer: null,
        wsig: null,
      })),
    )
    const stored = await relay.sql`
      select seq, ${hex('blob')} as blob from ${relay.sql(`blobs_${today + 1}`)} where log = ${log.id} order by seq`
    t.strictSame(
      stored.map((each) => ({ ...each })),
      blobs.map((blob, i) => ({ seq: i + 1, blob: toHex(blob) })),
    )
    const [bookkeeping] =
      await relay.sql`select count(*)::int4 as migrations from drizzle.__drizzle_migrations`
    t.equal(bookkeeping?.migrations, 5)
  })

for (const database of ['server', 'embedded'] as const)
  t.test(`on the ${database} database`, async (t) => {
    const relay = await startRelay({ database })
    const store = createStore({ sql: relay.sql, writer: relay.sql }, DEFAULT_LIMITS.caps)

    await obeysTheRules(t, store)
    await modelled(t, store)
    await holdsNothingElse(t, relay)

    t.test('E2 every connection waits for the disk', async (t) => {
      const [row] = await relay.sql`select current_setting('synchronous_commit') as sync`
      t.equal(row?.sync, 'on')
      if (database === 'embedded') {
        const [fsync] = await relay.sql`select current_setting('fsync') as fsync`
        t.equal(fsync?.fsync, 'on')
      }
    })
    t.teardown(() => relay.close())
  })

t.test(
  'A3 the admission secret changes after 30 days; the one before it still admits, the one before that does not',
  async (t) => {
    let now = Date.UTC(2026, 0, 1)
    const relay = await startRelay({ clock: () => now })
    t.teardown(() => relay.close())
    const pass = async (): Promise<void> => {
      for (let day = 0; day < 30; day++) {
        now += 86_400_000
        await relay.sweep()
      }
    }
    const admits = async (): Promise<string> => {
      const wire = await connectWire(relay.url)
      const answer = await createOn(wire, relay, newLog())
      wire.end()
      return answer.type
    }

    t.equal(await admits(), 'ok')
    await pass()
    t.equal(await admits(), 'ok', 'previous')
    await pass()
    t.equal(await admits(), 'refused')
    const [row] = await relay.sql`select count(*)::int4 as rows from relay`
    t.equal(row?.rows, 1)
  },
)
