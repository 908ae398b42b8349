/**
 * A database that goes away and comes back under the store: what is answered, what is certain, who holds the claim; and how
 * relays share one. Not here: the relay over it (test/faults), expiry (days.test.ts).
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { startEmbedded } from '../../../server/embedded/embedded.ts'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import type { Store } from '../../../server/relay/ports.ts'
import { isAway, isUnanswered } from '../../../server/store/away.ts'
import { openClaim } from '../../../server/store/claim.ts'
import { type Database, type DatabaseAddress, openDatabase } from '../../../server/store/database.ts'
import {
  loadRelayRow,
  markMoved,
  readRelayRow,
  rotateAdmission,
  rotateAdmissionNow,
  setCreation,
  settleDay,
} from '../../../server/store/keys.ts'
import { createStore } from '../../../server/store/logs.ts'
import { pendingMigrations } from '../../../server/store/migrations.ts'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { cryptoReady, randomBytes } from '../../../shared/crypto/sodium.ts'
import type { Day, Seq } from '../../../shared/protocol/ids.ts'
import { newDurablePostgres } from '../../support/postgres.ts'
import { newDatabase } from '../../support/relay.ts'
import { created, DAY, must, newEntry } from '../../support/stores.ts'
import type { TestLog } from '../../support/wire.ts'

await cryptoReady

const MIGRATIONS = 'migrations'

const opened = async (t: Test, address: DatabaseAddress): Promise<Database & { readonly store: Store }> => {
  const database = must(await openDatabase(address, MIGRATIONS))
  t.teardown(database.close)
  return { ...database, store: createStore(database, DEFAULT_LIMITS.caps) }
}

const connection = (t: Test, url: string) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  t.teardown(() => sql.end({ timeout: 1 }))
  return sql
}

const headOf = async (store: Store, log: TestLog): Promise<number> => must(await store.find(log.id, DAY)).head

/** `kept`, `undone` or `unsure`, as a sender would know it. */
const tried = (store: Store, log: TestLog): Promise<string> =>
  store.append([newEntry(log)], DAY).then(
    ([outcome]) => outcome?.type ?? 'nothing',
    () => 'unsure',
  )

/** Until the database is back, which takes it a moment. */
const eventually = async (what: () => Promise<boolean>): Promise<boolean> => {
  for (let i = 0; i < 300; i++) {
    if (await what()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

const everyAnswer = async (store: Store, log: TestLog): Promise<readonly unknown[]> => [
  await store.create(log.id, log.encoded, DAY),
  await store.find(log.id, DAY),
  await store.read(log.id, 1 as Seq, 10, DAY),
  await tried(store, log),
  await store.heads([log.id]),
]

t.test('a database that is gone is away to every question, and back when it is back', async (t) => {
  const server = await newDurablePostgres()
  t.teardown(server.remove)
  const { store, onLost } = await opened(t, { url: server.url })
  onLost(() => t.fail('nobody else holds it'))
  const log = await created(store)
  await store.append([newEntry(log)], DAY)

  for (const [round, how] of (['kill', 'stop'] as const).entries()) {
    await server[how]()
    // a connection that was lost without a word is noticed by the first who uses it
    await Promise.allSettled(Array.from({ length: 8 }, () => everyAnswer(store, log)))
    for (let i = 0; i < 3; i++) t.strictSame(await everyAnswer(store, log), Array(5).fill('away'), how)
    await server.start()
    t.ok(await eventually(async () => (await tried(store, log)) === 'appended'))
    t.equal(must(await store.read(log.id, 1 as Seq, 10, DAY)).entries.length, await headOf(store, log))
    t.equal(await headOf(store, log), round + 2, 'what was answered away was not done')
  }
})

t.test('an append under which the database goes is unsure, and whole or not there', async (t) => {
  const server = await newDurablePostgres()
  t.teardown(server.remove)
  const { store } = await opened(t, { url: server.url })
  const log = await created(store)
  for (const [round, how] of (['kill', 'stop'] as const).entries()) {
    const [holder, watcher] = [connection(t, server.url), connection(t, server.url)]
    holder.unsafe('begin; select 1 from logs for update; select pg_sleep(600)').catch(() => undefined)
    const waiting = (): Promise<readonly unknown[]> =>
      watcher`select 1 from pg_stat_activity where wait_event in ('PgSleep', 'transactionid', 'tuple')`
    t.ok(await eventually(async () => (await waiting()).length === 1))
    const sent = tried(store, log)
    t.ok(await eventually(async () => (await waiting()).length === 2), 'it is under way')
    const before = round
    await server[how]()
    const outcome = await sent
    await server.start()

    t.ok(await eventually(async () => (await store.find(log.id, DAY)) !== 'away'))
    const head = await headOf(store, log)
    // One that stops ends the holder first or last: if first, the append may still be done, and is then said to be.
    if (how === 'kill')
      t.strictSame([outcome, head], ['unsure', before], 'this one had not reached its commit')
    else t.ok(outcome === 'unsure' || head === before + 1, 'what was answered is there')
    t.equal(must(await store.read(log.id, 1 as Seq, 10, DAY)).entries.length, head, 'whole or not there')
    t.ok(await eventually(async () => (await tried(store, log)) === 'appended'))
  }
})

t.test('a sweep under which the database goes harms nobody', async (t) => {
  const url = await newDatabase()
  const { store, db } = await opened(t, { url })
  const log = await created(store)
  await store.append([newEntry(log)], DAY)
  const cutter = connection(t, new URL('/postgres', url).href)
  const name = new URL(url).pathname.slice(1)
  const late = (DAY + 60) as Day
  for (const what of [
    () => store.expireSome(late),
    () => settleDay(db, late),
    () => loadRelayRow({ db, random: randomBytes }, DAY),
  ]) {
    await Promise.allSettled([
      what(),
      cutter`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`,
    ])
  }
  t.ok(await eventually(async () => (await tried(store, log)) === 'appended'))
})

t.test(
  'an append to a server that says nothing any more is given up, unsure; what comes next connects anew',
  async (t) => {
    const url = await newDatabase()
    const { store, renew } = await opened(t, { url })
    const [held, other] = [await created(store), await created(store)]
    t.equal(await tried(store, other), 'appended', 'and the table of the day is there')
    const holder = connection(t, url)
    const waiting = async (): Promise<boolean> =>
      (
        await watcher`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`
      ).length === 1
    const watcher = connection(t, url)
    await holder`begin`
    await holder`select 1 from logs where id = ${Buffer.from(held.id)} for update`
    const sent = tried(store, held)
    t.ok(await eventually(waiting))

    renew()

    t.equal(await tried(store, other), 'appended')
    t.equal(await sent, 'unsure')
    await holder`rollback`
  },
)

t.test('one connection that is cut is one answer that is lost', async (t) => {
  const { store, sql } = await opened(t, { url: await newDatabase() })
  const log = await created(store)
  for (let round = 0; round < 5; round++) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
    await eventually(async () => (await tried(store, log)) === 'appended')
    t.equal(await tried(store, log), 'appended')
    t.equal(must(await store.read(log.id, 1 as Seq, 256, DAY)).entries.length, await headOf(store, log))
  }
})

t.test('what the database says decides: undone by its own word, a fault of ours, or unknown', async (t) => {
  const { store, sql } = await opened(t, { url: await newDatabase() })
  const log = await created(store)
  await store.append([newEntry(log)], DAY)
  const saying = async (code: string): Promise<string> => {
    await sql.unsafe(`create or replace function make_day(p_day int) returns void language plpgsql as
      $$ begin raise exception 'no' using errcode = '${code}'; end $$`)
    return tried(store, log)
  }

  for (const code of ['53100', '53200', '58030', '25006', '40P01', '55P03', '57014', '57P01'])
    t.equal(await saying(code), 'away', code)
  for (const code of ['42501', '23505', 'XX000', '08006']) t.equal(await saying(code), 'unsure', code)
  t.equal(await headOf(store, log), 1, 'none of them was done')
})

t.test('a server that lets nobody in is away, at once', async (t) => {
  const url = await newDatabase()
  const { store, sql } = await opened(t, { url })
  const log = await created(store)
  const name = new URL(url).pathname.slice(1)
  const admin = postgres(new URL('/postgres', url).href, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`alter database ${name} allow_connections false`)
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
  await Promise.allSettled(Array.from({ length: 8 }, () => everyAnswer(store, log)))

  t.strictSame(await everyAnswer(store, log), Array(5).fill('away'))

  await admin.unsafe(`alter database ${name} allow_connections true`)
  await admin.end()
  t.ok(await eventually(async () => (await tried(store, log)) === 'appended'))
  t.type(await sql`select 1`, 'object')
})

t.test('failures that cannot be made here are told apart too', async (t) => {
  const failure = (changes: object): Error => Object.assign(new Error(), changes)
  const said = (severity: string, code: string): Error =>
    Object.assign(new postgres.PostgresError('no'), { severity, code })

  for (const error of [
    failure({ code: 'ECONNREFUSED', syscall: 'connect' }),
    failure({ code: 'ENOENT', syscall: 'connect' }),
    failure({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }),
    failure({ code: 'CONNECT_TIMEOUT' }),
    failure({ code: 'CONNECTION_ENDED' }),
    said('FATAL', '57P03'),
    said('FATAL', '53300'),
    said('FATAL', '28P01'),
  ])
    t.ok(isAway(error))
  for (const error of [
    failure({ code: 'ECONNRESET', syscall: 'read' }),
    failure({ code: 'EPIPE', syscall: 'write' }),
    failure({ code: 'CONNECTION_CLOSED' }),
    failure({ code: 'CONNECTION_DESTROYED' }),
    said('PANIC', '53100'),
  ]) {
    t.notOk(isAway(error), 'it may have been done')
    t.ok(isUnanswered(error), 'a reader asks again')
  }
  t.notOk(isUnanswered(said('ERROR', '42601')))
  t.notOk(isUnanswered(new TypeError()))
})

t.test('any number of relays share a database; one of the first version shares with nobody', async (t) => {
  const url = await newDatabase()
  const old = postgres(url, { max: 1, onnotice: () => undefined })
  t.teardown(() => old.end())
  const first = await opened(t, { url })
  const second = await opened(t, { url })
  const claimed = async () => (await old`select pg_try_advisory_lock(7302) as mine`)[0]?.mine

  t.equal(await claimed(), false, 'the old one finds it taken')
  const log = await created(first.store)
  t.equal(await tried(second.store, log), 'appended')
  await first.close()
  t.equal(await claimed(), false)
  await second.close()
  t.equal(await claimed(), true)
  t.equal(await openDatabase({ url }, MIGRATIONS), 'taken')
  t.equal(await openClaim({ url }, 'alone'), 'taken')
})

t.test('the claim is taken again when it was cut; who finds it in other hands is told', async (t) => {
  const url = await newDatabase()
  const other = postgres(url, { max: 2, onnotice: () => undefined })
  t.teardown(() => other.end())
  const { onLost } = await opened(t, { url })
  let losses = 0
  onLost(() => {
    losses += 1
  })
  const holders = async () =>
    (await other`select pid from pg_locks where locktype = 'advisory' and objid = 7302 and granted`).map(
      (row) => row.pid,
    )
  const [before] = await holders()
  const cut = () =>
    other`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7302 and granted`

  await cut()
  t.ok(await eventually(async () => ![undefined, before].includes((await holders())[0])))
  t.equal(losses, 0)
  const taken = other`select pg_advisory_lock(7302)`.execute() // waits in the line, so it is first
  await eventually(
    async () => (await other`select 1 from pg_locks where objid = 7302 and not granted`).length > 0,
  )
  await cut()
  await taken

  t.ok(await eventually(async () => losses === 1))
})

t.test('the embedded database belongs to one relay', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-claim-'))
  const embedded = await startEmbedded(folder)
  if (!embedded.ok) throw new Error(embedded.error)
  t.teardown(async () => {
    await embedded.value.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const { socketFolder } = embedded.value
  await opened(t, { socketFolder })

  t.equal(await openDatabase({ socketFolder }, MIGRATIONS), 'taken')
})

t.test('relays that start together migrate once; none starts on a newer schema', async (t) => {
  const url = await newDatabase()
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  t.teardown(() => sql.end())
  const waiting = must(await pendingMigrations(sql, MIGRATIONS))
  t.equal(waiting.length, 5)
  t.match(waiting[2], /^Blobs move into a table for each day/)

  const relays = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url }, MIGRATIONS)))

  for (const relay of relays) await must(relay).close()
  const applied = async () => (await sql`select count(*)::int4 as n from drizzle.__drizzle_migrations`)[0]?.n
  t.equal(await applied(), 5)
  t.strictSame(await pendingMigrations(sql, MIGRATIONS), [])
  await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9795400000000)`
  t.equal(await pendingMigrations(sql, MIGRATIONS), 'newer')
  t.equal(await openDatabase({ url }, MIGRATIONS), 'newer')
  t.equal(await applied(), 6, 'nothing was changed')
})

t.test('a migration that fails leaves everything as it was, and the next start does it', async (t) => {
  const url = await newDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-migrations-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  cpSync(MIGRATIONS, folder, { recursive: true })
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  t.teardown(() => sql.end())
  await sql`create table ahead (stands_in_the_way int)`

  await t.rejects(openDatabase({ url }, folder))
  t.equal((await sql`select to_regclass('entries') is null as missing`)[0]?.missing, true)
  await sql`drop table ahead`
  await migrate(drizzle(sql), { migrationsFolder: folder })
  const { store } = await opened(t, { url })
  await created(store)
})

t.test(
  'A3 the row is shared: a secret is changed once, a switch is heard by all, a day never goes back',
  async (t) => {
    const url = await newDatabase()
    const [one, two] = [await opened(t, { url }), await opened(t, { url })]
    const keeper = (database: Database) => ({ db: database.db, random: randomBytes })
    const rows = await Promise.all([loadRelayRow(keeper(one), DAY), loadRelayRow(keeper(two), DAY)])
    t.ok(sameBytes(rows[0].signingSeed, rows[1].signingSeed), 'made once')
    const [row] = rows
    const read = async () => must(await readRelayRow(two.db))

    const changed = await Promise.all([one, two].map((each) => rotateAdmissionNow(keeper(each), row, DAY)))
    t.strictSame([...changed].sort(), [false, true])
    const after = await read()
    t.ok(after.previousAdmission && sameBytes(after.previousAdmission, row.admission))
    const due = (DAY + 30) as Day
    await Promise.all([one, two].map((each) => rotateAdmission(keeper(each), after, due)))
    const later = await read()
    t.ok(
      later.previousAdmission && sameBytes(later.previousAdmission, after.admission),
      'by the calendar too',
    )
    t.equal(later.admissionDay, due)
    await rotateAdmission(keeper(one), later, (due + 29) as Day)
    t.ok(sameBytes((await read()).admission, later.admission), 'not before its day')

    await setCreation(one.db, false)
    t.equal((await read()).creation, false)
    await settleDay(one.db, (DAY + 3) as Day)
    await settleDay(two.db, (DAY + 2) as Day)
    t.equal((await read()).settledDay, DAY + 3)
    await markMoved(one.db)
    t.equal((await read()).moved, true)
  },
)
