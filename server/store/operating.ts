/** The database for what its operator does beside the relays: connections without a claim, and nothing is migrated. */
import { drizzle } from 'drizzle-orm/postgres-js'
import { connect, type DatabaseAddress, type Sql } from './connect.ts'
import type { Database } from './database.ts'

export type Opened = Pick<Database, 'sql' | 'db' | 'close'>

/** Connects with the first question, and throws then what the driver throws. */
export const openForOperation = (address: DatabaseAddress): Opened => {
  const sql = connect(address, 2)
  return { sql, db: drizzle(sql), close: () => sql.end({ timeout: 5 }) }
}

/** False where no relay has ever run. */
export const hasTables = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql`select to_regclass('relay') is not null as there`
  return row?.there === true
}
