/**
 * Migrations: forward only, all that wait in one transaction, under a lock, so that relays may start together. A migration keeps
 * what the version before it calls, or takes it away so that its calls fail as a whole; a relay does not start on a schema newer than its own.
 */
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { connect, type DatabaseAddress, type Sql } from './connect.ts'

/** An advisory lock of this database, as in claim.ts. */
const MIGRATION_LOCK = 7_301

/** The opening line of each migration that waits. `newer`: the database has some that this version does not know. */
export const pendingMigrations = async (sql: Sql, folder: string): Promise<readonly string[] | 'newer'> => {
  const known = readMigrationFiles({ migrationsFolder: folder })
  const applied = await lastApplied(sql)
  if (known.every((each) => each.folderMillis < applied)) return 'newer'
  return known.filter((each) => each.folderMillis > applied).map((each) => openingLine(each.sql))
}

const openingLine = (statements: readonly string[]): string =>
  /^--\s*(.*)/.exec(statements[0]?.trim() ?? '')?.[1] ?? ''

/** When the newest migration was written; 0 on an empty database. */
const lastApplied = async (sql: Sql): Promise<number> => {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`
  if (!table?.there) return 0
  const [row] = await sql`select max(created_at)::text as last from drizzle.__drizzle_migrations`
  return Number(row?.last ?? 0)
}

export const migrateOnce = async (address: DatabaseAddress, folder: string): Promise<'done' | 'newer'> => {
  const sql = connect(address, 1)
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    const pending = await pendingMigrations(sql, folder)
    if (pending === 'newer') return 'newer'
    if (pending.length > 0) await migrate(drizzle(sql), { migrationsFolder: folder })
    return 'done'
  } finally {
    await sql.end({ timeout: 1 })
  }
}
