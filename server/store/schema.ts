/**
 * The tables, as drizzle sees them: exactly what protocol.md section 5 lists. migrations/ is the truth, and a test holds
 * both to that list. Not here: append_batch, which exists only in SQL.
 */
import { bigint, boolean, customType, integer, pgTable, primaryKey, smallint } from 'drizzle-orm/pg-core'

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

export const logs = pgTable('logs', {
  id: bytea().primaryKey(),
  policy: bytea().notNull(),
  head: integer().notNull(),
  chain: bytea().notNull(),
  bytes: bigint({ mode: 'number' }).notNull(),
  /** Day of the last append; of an empty log, the day of its creation. */
  lastDay: integer('last_day').notNull(),
})

export const entries = pgTable(
  'entries',
  {
    log: bytea().notNull(),
    seq: integer().notNull(),
    /** The sealed blob; its SHA-256 once `expiryDay` is null. */
    blob: bytea().notNull(),
    expiryDay: integer('expiry_day'),
    writer: smallint(),
    wsig: bytea(),
  },
  (table) => [primaryKey({ columns: [table.log, table.seq] })],
)

/** One row. */
export const relay = pgTable('relay', {
  only: boolean().primaryKey().default(true),
  signingSeed: bytea('signing_seed').notNull(),
  staticSecret: bytea('static_secret').notNull(),
  admission: bytea().notNull(),
  previousAdmission: bytea('previous_admission'),
  admissionDay: integer('admission_day').notNull(),
})
