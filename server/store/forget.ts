/**
 * The write-ahead log has the time of every transaction to the microsecond, and every blob once more. Nothing else on the disk says when
 * something was written, but deposits that are over, until their table is written anew; so what is not needed any more is closed and thrown away. The server must not keep segments for use
 * again (`wal_recycle = off`), and must let this account do it. Not here: when (server/housekeeping.ts).
 */
import type { Sql } from './connect.ts'

/** Not ours to do on this server, or not here: another one's operator keeps that promise, or does not (docker/INSTALL.md). */
const NOT_OURS = ['42501', '42883', '55000', '0A000']

const HOUR_MS = 3_600_000

/** To be called every now and then: it does it once an hour, if anything was written since. `steady`: milliseconds of a clock that nobody sets. */
export const createForgetting = (sql: Sql, steady: () => number): (() => Promise<void>) => {
  let end: string | undefined
  let at = Number.NEGATIVE_INFINITY
  return async () => {
    if (steady() - at < HOUR_MS) return
    if ((await endOf(sql)) !== end) end = await forget(sql)
    at = steady()
  }
}

/** Where the write-ahead log ends afterwards. */
const forget = async (sql: Sql): Promise<string | undefined> => {
  try {
    await sql`vacuum (full) deposits`
    await sql`select pg_switch_wal()`
    await sql`checkpoint`
    return await endOf(sql)
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_OURS.includes(String(error.code))) return undefined
    throw error
  }
}

const endOf = async (sql: Sql): Promise<string | undefined> => {
  const [row] = await sql<{ at: string }[]>`select pg_current_wal_insert_lsn()::text as at`
  return row?.at
}
