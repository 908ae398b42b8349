/**
 * The database of a relay: its connections, and the order in which a relay enters: claim (claim.ts), migrations
 * (migrations.ts), clients (client.ts). The database may go away and come back. Opened and closed by server/start.ts.
 */
import { drizzle } from 'drizzle-orm/postgres-js'
import { openClaim } from './claim.ts'
import { createClient } from './client.ts'
import { connect, type DatabaseAddress, type Sql } from './connect.ts'
import { migrateOnce } from './migrations.ts'

export type { DatabaseAddress, Sql } from './connect.ts'
export type Db = ReturnType<typeof drizzle>

export type Database = {
  readonly sql: Sql
  /** One connection, for appends: they never wait behind reads. */
  readonly writer: Sql
  readonly db: Db
  /** The server says nothing any more: who waits for it is told so, and what comes next connects anew. */
  readonly renew: () => void
  /** Called once if somebody else holds the database when it comes back: the relay must end. */
  readonly onLost: (listener: () => void) => void
  readonly close: () => Promise<void>
}

/** Connections for everything but appends. */
const POOL_SIZE = 5

/**
 * `taken`: another relay holds the embedded database, or one of the first version holds this one. `newer`: the schema is of a newer version.
 * Throws what the driver throws when the server cannot be reached.
 */
export const openDatabase = async (
  address: DatabaseAddress,
  migrationsFolder: string,
): Promise<Database | 'taken' | 'newer'> => {
  const claim = await openClaim(address, 'url' in address ? 'shared' : 'alone')
  if (claim === 'taken') return 'taken'
  const migrated = await migrateOnce(address, migrationsFolder).catch((error) =>
    claim.end().then(() => Promise.reject(error)),
  )
  if (migrated === 'newer') {
    await claim.end()
    return 'newer'
  }
  const pool = createClient((closed) => connect(address, POOL_SIZE, closed))
  const single = createClient((closed) => connect(address, 1, closed))
  const [sql, writer] = [pool.sql, single.sql]
  const close = async (): Promise<void> => {
    await Promise.all([sql.end({ timeout: 5 }), writer.end({ timeout: 5 })])
    await claim.end()
  }
  const renew = (): void => {
    pool.renew()
    single.renew()
  }
  return { sql, writer, db: drizzle(sql), renew, onLost: claim.onLost, close }
}
