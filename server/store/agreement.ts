/**
 * Whether the rows of a database that came from elsewhere agree with each other: ids with policies, heads with entries, chains
 * with hashes, hashes with blobs, counts with deposits (SPEC L1, E1, L5, E4, T3). A relay that served others would sign what it can be convicted of (H2).
 */
import type { Day } from '../../shared/protocol/ids.ts'
import { dayTables, type Transaction } from './copying.ts'

/** Blobs of days before `today` may be missing. */
export const agrees = async (tx: Transaction, today: Day): Promise<boolean> => {
  if ((await hasStrayLog(tx)) || (await hasBrokenChain(tx))) return false
  const tables = await dayTables(tx)
  for (const table of tables) if (await hasStrayBlob(tx, table)) return false
  return !(await lacksTable(tx, tables, today))
}

const isThere = (rows: readonly unknown[]): boolean => rows.length > 0

const hasStrayLog = async (tx: Transaction): Promise<boolean> =>
  isThere(
    await tx`select from logs where id <> substr(sha256('epochlog id'::bytea || policy), 1, 24) limit 1`,
  ) ||
  isThere(await tx`select from entries where not exists (select from logs where id = log) limit 1`) ||
  isThere(await tx`select from deposits where not exists (select from logs where id = log) limit 1`) ||
  isThere(
    await tx`
    select from logs left join (
      select log, count(*) as number, sum(octet_length(blob)) as bytes from deposits where due is not null group by log
    ) waiting on log = id
    where held <> coalesce(number, 0) or held_bytes <> coalesce(waiting.bytes, 0) limit 1`,
  )

/** Of every log: all seqs from 1 to its head, and the chain over them. */
const hasBrokenChain = async (tx: Transaction): Promise<boolean> => {
  await tx`
    create function pg_temp.chain_step(chain bytea, id bytea, seq int, hash bytea) returns bytea language sql immutable as
      $$ select sha256(coalesce(chain, sha256('chain'::bytea || id)) || int4send(seq) || hash) $$`
  await tx`create aggregate pg_temp.chain_of(bytea, int, bytea) (sfunc = pg_temp.chain_step, stype = bytea)`
  return isThere(
    await tx`
    select from logs left join (
      select log, count(*) as number, min(seq) as first, max(seq) as last,
        pg_temp.chain_of(log, seq, hash order by seq) as chain
      from entries group by log
    ) found on log = id
    where coalesce(number, 0) <> head or coalesce(last, 0) <> head or coalesce(first, 1) <> 1
      or logs.chain <> coalesce(found.chain, sha256('chain'::bytea || id))
    limit 1`,
  )
}

/** A blob that is not its entry's, or an entry without its blob. */
const hasStrayBlob = async (tx: Transaction, table: string): Promise<boolean> => {
  const day = Number(table.slice('blobs_'.length))
  return isThere(
    await tx`
    select from (select * from entries where expiry_day = ${day}) e
    full join ${tx(table)} b on b.log = e.log and b.seq = e.seq
    where e.log is null or b.log is null or e.hash <> sha256(b.blob) or e.bytes <> octet_length(b.blob)
    limit 1`,
  )
}

const lacksTable = async (tx: Transaction, tables: readonly string[], today: Day): Promise<boolean> => {
  const days = await tx<
    { day: number }[]
  >`select distinct expiry_day as day from entries where expiry_day >= ${today}`
  return days.some(({ day }) => !tables.includes(`blobs_${day}`))
}
