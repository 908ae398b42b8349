/** What durable appends are measured against: rows of the same shape and size, without order, heads or answers to anybody. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bigint, customType, integer, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { findProgram, newFolder } from './bench.ts'

/** As the relay stores an entry; `seq` from a sequence, since nobody counts here. */
const TABLES = `
  create sequence bench_seq;
  create table bench_entries (
    log bytea not null, seq int8 not null default nextval('bench_seq'), blob bytea not null,
    expiry_day int, writer smallint, wsig bytea, primary key (log, seq)
  );
  alter table bench_entries alter column blob set storage external;
  create table bench_blob (blob bytea not null);`

/** The blob comes from a table: what is measured is the database, not how fast it reads. */
const INSERT = `insert into bench_entries (log, blob, expiry_day)
  select decode(lpad(to_hex(:client_id::int), 48, '0'), 'hex'), blob, 20000 from bench_blob;`

export const preparePeers = async (url: string, blobBytes: number): Promise<void> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  await sql.unsafe(TABLES)
  await sql`insert into bench_blob select decode(string_agg(md5(i::text), ''), 'hex') from generate_series(1, ${blobBytes / 16}) i`
  await sql.end()
}

/** Transactions a second, by pgbench's own count; undefined where it is not installed. */
export const pgbenchPeer = (url: string, clients: number): ((ms: number) => Promise<number>) | undefined => {
  const pgbench = findProgram('pgbench')
  if (pgbench === undefined) return undefined
  const script = join(newFolder('pgbench'), 'insert.sql')
  writeFileSync(script, INSERT.replaceAll('\n', ' '))
  return (ms) => {
    const flags = [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(clients),
      '-j',
      '2',
      '-T',
      String(Math.ceil(ms / 1000)),
    ]
    return tps(pgbench, [...flags, '-f', script, url])
  }
}

const tps = (pgbench: string, flags: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(pgbench, flags, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (text) => {
      said += text
    })
    child.stderr.on('data', (text) => {
      said += text
    })
    child.once('exit', () => {
      const found = /tps = ([\d.]+) \(without/.exec(said)?.[1]
      if (found === undefined) reject(new Error(`pgbench: ${said}`))
      else resolve(Number(found))
    })
  })

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })
const benchEntries = pgTable(
  'bench_entries',
  {
    log: bytea().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    blob: bytea().notNull(),
    expiryDay: integer('expiry_day'),
    writer: smallint(),
    wsig: bytea(),
  },
  (rows) => [primaryKey({ columns: [rows.log, rows.seq] })],
)

const POOL_SIZE = 10

/** One INSERT for one append, as most servers do it. */
export const drizzlePeer = (
  url: string,
): {
  readonly insert: (log: Uint8Array, blob: Uint8Array) => Promise<unknown>
  readonly end: () => Promise<void>
} => {
  const sql = postgres(url, { max: POOL_SIZE, onnotice: () => undefined })
  const db = drizzle(sql)
  let seq = 2 ** 40
  return {
    insert: (log, blob) => {
      seq += 1
      return db.insert(benchEntries).values({ log, seq, blob, expiryDay: 20_000 })
    },
    end: () => sql.end(),
  }
}
