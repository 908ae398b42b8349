/**
 * What ends with its day: blobs leave their hash (E4), logs leave nothing (L6). In small steps, so that no lock is held
 * for long and a write never waits for the sweep; several relays may sweep at once. Not here: when to run (server/housekeeping.ts).
 */
import type { Day } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, TTL_DAYS } from '../../shared/protocol/limits.ts'
import { isAway, isTableGone } from './away.ts'
import type { Sql, TransactionSql } from './connect.ts'

/** Logs and entries in one step. */
const STEP_LOGS = 50
const STEP_ROWS = 500
/** Milliseconds that a drop waits for readers of a day that just ended; who comes meanwhile waits behind it. */
const LOCK_MS = 50

/** False when there was nothing left to do, or nothing that can be done now. */
export const expireSome = async (sql: Sql, today: Day): Promise<boolean> =>
  (await dropDay(sql, today)) || (await dropLogs(sql, today))

/** The blobs of the oldest day that is over. The file goes with its table: no vacuum, nothing left to read. */
const dropDay = async (sql: Sql, today: Day): Promise<boolean> => {
  const [oldest] = await days(sql)
  return oldest !== undefined && oldest < today && dropTable(sql, oldest, async () => true)
}

/** The days that have tables, oldest first. */
const days = async (sql: Sql): Promise<readonly number[]> => {
  const rows = await sql<{ day: number }[]>`
    select substr(relname, 7)::int4 as day from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname ~ '^blobs_[0-9]+$'
    order by 1`
  return rows.map((row) => row.day)
}

/** `mayGo` is asked while nobody can write to it. */
const dropTable = async (
  sql: Sql,
  day: number,
  mayGo: (tx: TransactionSql) => Promise<boolean>,
): Promise<boolean> => {
  try {
    return await sql.begin(async (tx) => {
      await tx`select set_config('lock_timeout', ${`${LOCK_MS}ms`}, true)`
      await tx.unsafe(`lock table blobs_${day} in access exclusive mode`)
      const goes = await mayGo(tx)
      if (goes) await tx.unsafe(`drop table blobs_${day}`)
      return goes
    })
  } catch (error) {
    if (isAway(error)) return false // still being read: the next sweep
    if (isTableGone(error)) return true // another relay was faster
    throw error
  }
}

/** Their blobs are gone already. Entries first, a log when it has none left; under the lock of its row, so that nobody makes it anew meanwhile. */
const dropLogs = (sql: Sql, today: Day): Promise<boolean> =>
  sql.begin(async (tx) => {
    await tx`select set_config('enable_seqscan', 'off', true)` // few of many: never the whole table
    const [row] = await tx<{ done: number }[]>`
      with dead as materialized (
        select id from logs
        where last_day < ${today} - 1 and ${today} > last_day_of(policy, head, last_day, ${EMPTY_LOG_DAYS})
        limit ${STEP_LOGS} for update skip locked
      ), ended as materialized (
        select log, seq from entries where log in (select id from dead) limit ${STEP_ROWS}
      ), cleared as (
        delete from entries where (log, seq) in (select log, seq from ended)
      ), emptied as (
        delete from logs where id in (select id from dead) and (select count(*) from ended) = 0
      )
      select count(*)::int4 as done from dead`
    return (row?.done ?? 0) > 0
  })

/** Tables of the days to come, so that no append has to make one: for appends of today and of tomorrow. */
export const makeDays = async (sql: Sql, today: Day): Promise<void> => {
  for (const life of TTL_DAYS) for (const day of [today, today + 1]) await sql`select make_day(${day + life})`
}

/**
 * What was written while the clock was ahead gets the days that it would have had. False when nothing was left; then tables of days that no
 * entry can have are dropped if they are empty.
 */
export const redateSome = async (sql: Sql, today: Day): Promise<boolean> => {
  const [row] = await sql<{ done: number }[]>`select redate(${today}, ${STEP_ROWS}) as done`
  if (row && row.done > 0) return true
  const last = today + 1 + Math.max(...TTL_DAYS)
  for (const day of (await days(sql)).filter((each) => each > last)) await dropTable(sql, day, isEmpty(day))
  return false
}

const isEmpty =
  (day: number) =>
  async (tx: TransactionSql): Promise<boolean> => {
    const rows = await tx.unsafe(`select 1 from blobs_${day} limit 1`)
    return rows.length === 0
  }
