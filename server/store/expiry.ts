/**
 * What ends with its day: blobs leave their hash (E4), logs leave nothing (L6). In small steps, so that no lock is held
 * for long and a write never waits for the sweep. Not here: when to run (server/start.ts).
 */
import type { Day } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS } from '../../shared/protocol/limits.ts'
import type { Sql } from './database.ts'

/** Rows in one step. */
const STEP_ROWS = 500

/** False when there was nothing left to do. */
export const expireSome = async (sql: Sql, today: Day): Promise<boolean> =>
  (await dropSome(sql, today)) || (await hashSome(sql, today))

const hashSome = async (sql: Sql, today: Day): Promise<boolean> => {
  const done = await sql`
    update entries e set blob = sha256(e.blob), expiry_day = null
    from (
      select log, seq from entries where expiry_day < ${today} order by expiry_day limit ${STEP_ROWS}
      for update skip locked
    ) ended
    where e.log = ended.log and e.seq = ended.seq`
  return done.count > 0
}

/** Under the lock of the log's row, so that nobody makes the log anew meanwhile. Entries first, the row last. */
const dropSome = (sql: Sql, today: Day): Promise<boolean> =>
  sql.begin(async (tx) => {
    const [dead] = await tx<{ id: Buffer }[]>`
      select id from logs where ${today} > last_day_of(policy, head, last_day, ${EMPTY_LOG_DAYS})
      limit 1 for update skip locked`
    if (!dead) return false
    const dropped = await tx`
      delete from entries
      where (log, seq) in (select log, seq from entries where log = ${dead.id} limit ${STEP_ROWS})`
    if (dropped.count === 0) await tx`delete from logs where id = ${dead.id}`
    return true
  })
