/**
 * The tables, as drizzle sees them: exactly what protocol.md section 5 lists. migrations/ is the truth, and a test holds
 * both to that list. Not here: append_batch, create_log, make_day and what is done about deposits, which exist only in SQL.
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
  /** What waits in it, so that appends leave room (T3). */
  held: integer().notNull().default(0),
  heldBytes: integer('held_bytes').notNull().default(0),
})

export const entries = pgTable(
  'entries',
  {
    seq: integer().notNull(),
    /** The last day on which the blob is served, and the name of its table; 0 where it was not kept. */
    expiryDay: integer('expiry_day').notNull(),
    /** Of the blob: a page is filled before its blobs are looked up. */
    bytes: integer().notNull(),
    writer: smallint(),
    log: bytea().notNull(),
    /** SHA-256 of the blob: what is served when its life is over (E4). */
    hash: bytea().notNull(),
    wsig: bytea(),
  },
  (table) => [primaryKey({ columns: [table.log, table.seq] })],
)

/** The sealed blobs of one day of expiry. The table is dropped when the day is over. */
export const blobsOf = (day: number) =>
  pgTable(
    `blobs_${day}`,
    { seq: integer().notNull(), log: bytea().notNull(), blob: bytea().notNull() },
    (table) => [primaryKey({ columns: [table.log, table.seq] })],
  )

/** Entries of days that the clock has not proved yet (server/housekeeping.ts); nearly always empty. */
export const ahead = pgTable(
  'ahead',
  { log: bytea().notNull(), seq: integer().notNull(), life: smallint().notNull() },
  (table) => [primaryKey({ columns: [table.log, table.seq] })],
)

/** Entries that wait to be appended (T6). What is over keeps its name, its key's place and the day, for two days. */
export const deposits = pgTable(
  'deposits',
  {
    /** Seconds since 1970. */
    due: bigint({ mode: 'number' }),
    wait: integer(),
    day: integer().notNull(),
    life: smallint(),
    needed: smallint(),
    place: smallint().notNull(),
    writer: smallint(),
    log: bytea().notNull(),
    name: bytea().notNull(),
    /** Places of the hashes whose tokens have come. */
    shown: smallint().array(),
    hashes: bytea(),
    wsig: bytea(),
    blob: bytea(),
  },
  (table) => [primaryKey({ columns: [table.log, table.name] })],
)

/** One row. */
export const relay = pgTable('relay', {
  only: boolean().primaryKey().default(true),
  signingSeed: bytea('signing_seed').notNull(),
  staticSecret: bytea('static_secret').notNull(),
  admission: bytea().notNull(),
  previousAdmission: bytea('previous_admission'),
  admissionDay: integer('admission_day').notNull(),
  /** What ended before this day is erased; it never goes back. */
  settledDay: integer('settled_day').notNull(),
  /** Whether logs may be created. */
  creation: boolean().notNull().default(true),
  /** Everything here was moved to another machine: whoever served it again would sign a second head for one seq (H2). */
  moved: boolean().notNull().default(false),
})
