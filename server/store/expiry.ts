/**
 * What ends with its day: blobs leave their hash (E4), logs leave nothing (L6), nor does a deposit (T2). In small steps, so that no lock is held
 * for long and a write never waits for the sweep; several relays may sweep at once.
 * Every step is one statement: in a transaction of several, the driver falls over a connection that breaks. Not here: when to run (server/housekeeping.ts).
 */
import type { Day } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, TTL_DAYS } from '../../shared/protocol/limits.ts'
import { isAway, isTableGone } from './away.ts'
import type { Sql } from './connect.ts'

/** Logs and entries in one step. */
const STEP_LOGS = 50
const STEP_ROWS = 500

/** False when there was nothing left to do, or nothing that can be done now. */
export const expireSome = async (sql: Sql, today: Day): Promise<boolean> =>
  (await dropDay(sql, today)) || (await dropLogs(sql, today)) || (await dropOver(sql, today))

/** The blobs of the oldest day that is over. The file goes with its table: no vacuum, nothing left to read. */
const dropDay = async (sql: Sql, today: Day): Promise<boolean> => {
  const [oldest] = await days(sql)
  return oldest !== undefined && oldest < today && dropTable(sql, oldest, 'any')
}

/** The days that have tables, oldest first. */
const days = async (sql: Sql): Promise<readonly number[]> => {
  const rows = await sql<{ day: number }[]>`
    select substr(relname, 7)::int4 as day from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname ~ '^blobs_[0-9]+$'
    order by 1`
  return rows.map((row) => row.day)
}

const dropTable = async (sql: Sql, day: number, kind: 'any' | 'empty'): Promise<boolean> => {
  try {
    const [row] = await sql<{ dropped: boolean }[]>`select drop_day(${day}, ${kind === 'empty'}) as dropped`
    return row?.dropped ?? false
  } catch (error) {
    if (isAway(error)) return false // still being read: the next sweep
    if (isTableGone(error)) return true // another relay was faster
    throw error
  }
}

/** Some entries of some dead logs, and the logs that have none left. */
const dropLogs = async (sql: Sql, today: Day): Promise<boolean> => {
  const [row] = await sql<{ found: boolean }[]>`
    select drop_dead(${today}, ${EMPTY_LOG_DAYS}, ${STEP_LOGS}, ${STEP_ROWS}) as found`
  return row?.found ?? false
}

/** Deposits that were over two days ago (T2). */
const dropOver = async (sql: Sql, today: Day): Promise<boolean> => {
  const { count } = await sql`
    delete from deposits where (log, name) in
      (select log, name from deposits where due is null and day < ${today - 1} limit ${STEP_ROWS})`
  return count > 0
}

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
  await sql`update deposits set day = ${today} where day > ${today + 1}`
  const last = today + 1 + Math.max(...TTL_DAYS)
  for (const day of (await days(sql)).filter((each) => each > last)) await dropTable(sql, day, 'empty')
  return false
}
