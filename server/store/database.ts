/**
 * The one pool, the migrations, and the claim of one relay on one database. Opened and closed by server/start.ts.
 * Two relays on one database would not see each other's entries in memory, so a second one is told no.
 */
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

export type Sql = postgres.Sql
export type Db = ReturnType<typeof drizzle>

/** A URL, or the folder of a unix socket. */
export type DatabaseAddress = { readonly url: string } | { readonly socketFolder: string }

export type Database = {
  readonly sql: Sql
  readonly db: Db
  /** Called once if the claim is lost while the relay runs: somebody else may claim it, so the relay must end. */
  readonly onLost: (listener: () => void) => void
  readonly close: () => Promise<void>
}

/** Connections. The writer uses one at a time; the rest are for reads. */
const POOL_SIZE = 6
/** Advisory locks of this database: any two different numbers. */
const MIGRATION_LOCK = 7_301
const RELAY_LOCK = 7_302
/** A killed relay's connection takes a moment to end on the server's side. */
const CLAIM_TRIES = 30
const CLAIM_PAUSE_MS = 100

/** Throws what the driver throws when the server cannot be reached. */
export const openDatabase = async (
  address: DatabaseAddress,
  migrationsFolder: string,
): Promise<Database | 'taken'> => {
  let closing = false
  let lost: () => void = () => undefined
  const claimant = connect(address, 1, () => {
    if (!closing) lost()
  })
  const sql = connect(address, POOL_SIZE)
  const close = async (): Promise<void> => {
    closing = true
    await sql.end({ timeout: 5 })
    await claimant.end({ timeout: 5 })
  }
  try {
    if (await claim(claimant)) {
      const db = drizzle(sql)
      await migrateOnce(claimant, migrationsFolder)
      const onLost = (listener: () => void): void => {
        lost = listener
      }
      return { sql, db, onLost, close }
    }
  } catch (error) {
    await close()
    throw error
  }
  await close()
  return 'taken'
}

export const connect = (address: DatabaseAddress, max: number, onclose?: () => void): Sql => {
  const options = {
    max,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: { application_name: 'tocsin', synchronous_commit: 'on' },
    ...(onclose && { onclose, max_lifetime: null }),
  }
  return 'url' in address
    ? postgres(address.url, options)
    : postgres({
        ...options,
        path: `${address.socketFolder}/.s.PGSQL.5432`,
        user: 'postgres',
        database: 'postgres',
      })
}

const claim = async (sql: Sql): Promise<boolean> => {
  for (let i = 0; i < CLAIM_TRIES; i++) {
    const [row] = await sql`select pg_try_advisory_lock(${RELAY_LOCK}) as mine`
    if (row?.mine === true) return true
    await new Promise((resolve) => setTimeout(resolve, CLAIM_PAUSE_MS))
  }
  return false
}

/** Forward only. The lock is for tools that migrate without being a relay. */
const migrateOnce = async (sql: Sql, migrationsFolder: string): Promise<void> => {
  await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
  try {
    await migrate(drizzle(sql), { migrationsFolder })
  } finally {
    await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`
  }
}
