/**
 * Every table of a relay that moves, out of one database and into another, as Postgres copies them: never more than a piece of
 * them in memory. Not here: the file between the two (server/operations/backup).
 */
import type postgres from 'postgres'
import type { Day } from '../../shared/protocol/ids.ts'
import type { Sql } from './database.ts'
import type { Configuration } from './keys.ts'

export type Transaction = postgres.TransactionSql

/** Given a table's name, then its rows in any pieces, then the next name. */
export type Taker = {
  readonly table: (name: string) => void
  readonly rows: (bytes: Uint8Array) => void
}

/** As of one instant. The taker is done with what it was given when it returns: the driver's own way to hold the server back gets stuck. */
export const copyOut = async (sql: Sql, taker: Taker): Promise<void> => {
  await sql.begin('isolation level repeatable read read only', async (tx) => {
    for (const name of ['logs', 'entries', 'ahead', 'deposits', ...(await dayTables(tx))]) {
      taker.table(name)
      const stream = await tx`copy ${tx(name)} to stdout (format binary)`.readable()
      await new Promise<void>((resolve, reject) => {
        stream.once('end', resolve).once('error', reject)
        stream.on('data', (bytes: Uint8Array) => {
          try {
            taker.rows(bytes)
          } catch (error) {
            reject(error)
          }
        })
      })
    }
  })
}

export const dayTables = async (tx: Transaction): Promise<readonly string[]> => {
  const days = await tx<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'r' and relname ~ '^blobs_[0-9]+$' and pg_table_is_visible(oid)
    order by substr(relname, 7)::int4`
  return days.map(({ name }) => name)
}

/** When the newest migration of this database was written. */
export const newestMigration = async (sql: Sql): Promise<string> => {
  const [row] = await sql<{ last: string }[]>`
    select max(created_at)::text as last from drizzle.__drizzle_migrations`
  return row?.last ?? ''
}

/** Does all of `work`, or nothing where it says false. */
export const allOrNothing = async (
  sql: Sql,
  work: (tx: Transaction) => Promise<boolean>,
): Promise<boolean> => {
  const no = new Error('no')
  try {
    await sql.begin(async (tx) => {
      if (!(await work(tx))) throw no
    })
    return true
  } catch (error) {
    if (error === no) return false
    throw error
  }
}

export const hasLogs = async (sql: Sql | Transaction): Promise<boolean> => {
  const [row] = await sql`select exists (select from logs) as some`
  return row?.some === true
}

/** The database becomes that relay's. */
export const insertRelay = async (
  tx: Transaction,
  configuration: Configuration,
  settledDay: Day,
): Promise<void> => {
  const { signingSeed, staticSecret, admission, previousAdmission, admissionDay, creation } = configuration
  await tx`delete from relay`
  await tx`
    insert into relay (signing_seed, static_secret, admission, previous_admission, admission_day, settled_day, creation)
    values (${signingSeed}, ${staticSecret}, ${admission}, ${previousAdmission ?? null}, ${admissionDay},
      ${settledDay}, ${creation})`
}

type Open = {
  readonly stream: {
    readonly write: (bytes: Uint8Array) => boolean
    readonly end: () => void
    readonly once: Once
  }
  readonly closed: Promise<void>
}
type Once = (event: 'drain', listener: () => void) => unknown

type Arriving = {
  readonly table: (name: string) => Promise<void>
  readonly rows: (bytes: Uint8Array) => Promise<void>
  readonly done: () => Promise<void>
}

/** `done` resolves when all rows are in, and rejects if Postgres did not understand them. */
export const copyInto = (tx: Transaction): Arriving => {
  let open: Open | undefined
  const done = async (): Promise<void> => {
    open?.stream.end()
    await open?.closed
    open = undefined
  }
  return {
    table: async (name) => {
      await done()
      const day = /^blobs_([0-9]+)$/.exec(name)?.[1]
      if (day !== undefined) await tx`select make_day(${Number(day)})`
      const stream = await tx`copy ${tx(name)} from stdin (format binary)`.writable()
      const closed = new Promise<void>((resolve, reject) =>
        stream.once('finish', resolve).once('error', reject),
      )
      closed.catch(() => undefined) // who waits for it next is told
      open = { stream, closed }
    },
    rows: async (bytes) => {
      if (open === undefined || open.stream.write(bytes)) return
      await Promise.race([new Promise<void>((resolve) => open?.stream.once('drain', resolve)), open.closed])
    },
    done,
  }
}
