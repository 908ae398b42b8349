/**
 * Pages of entries. One statement finds entries and head of one instant; then one for each day of expiry brings the blobs from
 * that day's table, by its name: a plan over all days would lock them all.
 */
import { HASH_BYTES } from '../../shared/crypto/sodium.ts'
import type { Entry } from '../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, MAX_PAGE_ENTRIES, PAGE_BYTES } from '../../shared/protocol/limits.ts'
import type { Page, Standing } from '../relay/ports.ts'
import { type Caps, isFullUnder } from './appendBatch.ts'
import { isTableGone } from './away.ts'
import type { Sql } from './connect.ts'

export type StandingRow = {
  readonly cap: number
  readonly head: number
  readonly chain: Buffer
  readonly bytes: string
}

export const standing = (caps: Caps, row: StandingRow): Standing => ({
  head: row.head as Head,
  chain: new Uint8Array(row.chain) as Chain,
  full: isFullUnder(caps, row.cap, row.head, Number(row.bytes)),
})

export type Ask = {
  readonly id: LogId
  readonly from: Seq
  readonly max: number
  readonly today: Day
}

/** Entries that are dated anew meanwhile are found the next time; a page lies in two steps of that at most (expiry.ts). */
const TRIES = 3

export const readPage = async (sql: Sql, caps: Caps, ask: Ask): Promise<Page | undefined> => {
  for (let i = 0; i < TRIES; i++) {
    const rows = await find(sql, ask)
    const [first] = rows
    if (first === undefined) return undefined
    const found = rows.flatMap((row) => (row.seq === null ? [] : [row]))
    const entries = withBlobs(found, await blobsOf(sql, ask, found), ask.today)
    if (entries) return { at: standing(caps, first), entries }
  }
  throw new Error('the store lacks a blob')
}

type EntryRow = {
  readonly seq: number
  readonly expiry_day: number
  readonly hash: Buffer
  readonly writer: number | null
  readonly wsig: Buffer | null
}
type Row = StandingRow & (EntryRow | { readonly seq: null })

/** A log without entries to show is one row without a seq. What was served as a hash counts as one. */
const find = (sql: Sql, ask: Ask): Promise<readonly Row[]> => sql<Row[]>`
  with log as (
    select get_byte(policy, 2) as cap, head, chain, bytes from logs
    where id = ${ask.id} and ${ask.today} <= last_day_of(policy, head, last_day, ${EMPTY_LOG_DAYS})
  ), found as (
    select seq, expiry_day, hash, writer, wsig,
      case when expiry_day < ${ask.today} then ${HASH_BYTES} else bytes end as size from entries
    where log = ${ask.id} and seq >= ${Math.min(ask.from, 2 ** 31 - 1)}
    order by seq limit ${Math.min(ask.max, MAX_PAGE_ENTRIES)}
  ), counted as (
    select *, sum(size) over (order by seq) - size as before from found
  )
  select l.*, seq, expiry_day, hash, writer, wsig
  from log l left join counted on before < ${PAGE_BYTES} order by seq`

/** By day: the blobs by seq, or nothing where the day ended meanwhile and its table is gone. */
type BlobsByDay = ReadonlyMap<number, ReadonlyMap<number, Blob> | undefined>

const blobsOf = async (sql: Sql, { id, today }: Ask, rows: readonly EntryRow[]): Promise<BlobsByDay> => {
  const days = new Set(rows.map((row) => row.expiry_day).filter((day) => day >= today))
  const [first, last] = [rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0]
  const found = [...days].map(async (day) => [day, await blobsOfDay(sql, day, [id, first, last])] as const)
  return new Map(await Promise.all(found))
}

/** Base64 costs the driver less than its own hex. */
const blobsOfDay = async (
  sql: Sql,
  day: number,
  range: [LogId, number, number],
): Promise<ReadonlyMap<number, Blob> | undefined> => {
  const statement = `select seq, encode(blob, 'base64') as blob from blobs_${day} where log = $1 and seq between $2 and $3`
  try {
    const rows = await sql.unsafe<{ seq: number; blob: string }[]>(statement, range, { prepare: true })
    return new Map(rows.map((row) => [row.seq, new Uint8Array(Buffer.from(row.blob, 'base64')) as Blob]))
  } catch (error) {
    if (isTableGone(error)) return undefined
    throw error
  }
}

/** Undefined where a blob is not where its entry says. */
const withBlobs = (rows: readonly EntryRow[], blobs: BlobsByDay, today: Day): Entry[] | undefined => {
  const entries: Entry[] = []
  for (const row of rows) {
    const ofDay = row.expiry_day < today ? undefined : blobs.get(row.expiry_day)
    const blob = ofDay?.get(row.seq)
    if (ofDay && blob === undefined) return undefined
    entries.push(entryOf(row, blob))
  }
  return entries
}

const entryOf = (row: EntryRow, blob: Blob | undefined): Entry => ({
  seq: row.seq as Seq,
  content: blob ? { type: 'blob', blob } : { type: 'hash', hash: new Uint8Array(row.hash) },
  writer:
    row.writer === null || row.wsig === null
      ? undefined
      : { index: row.writer, signature: new Uint8Array(row.wsig) },
})
