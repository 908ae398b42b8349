/** Questions to Postgres about logs and entries, one function each. The append is in appendBatch.ts; decisions are in server/relay. */

import { and, sql as drizzleSql, eq } from 'drizzle-orm'
import { firstChain } from '../../shared/protocol/chain.ts'
import type { Entry } from '../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, MAX_PAGE_ENTRIES, PAGE_BYTES } from '../../shared/protocol/limits.ts'
import type { Page, Standing, Store } from '../relay/ports.ts'
import { appendBatch, type Caps, isFullUnder } from './appendBatch.ts'
import type { Database, Db, Sql } from './database.ts'
import { expireSome } from './expiry.ts'
import { entries, logs } from './schema.ts'

export const createStore = ({ sql, db }: Pick<Database, 'sql' | 'db'>, caps: Caps): Store => ({
  create: (id, policy, today) => create(db, { id, policy, today }).then(() => 'made' as const),

  find: async (id, today) => {
    const [row] = await sql<LogRow[]>`
      select policy, head, chain, bytes from logs
      where id = ${id} and ${today} <= last_day_of(policy, head, last_day, ${EMPTY_LOG_DAYS})`
    return row && { ...standing(caps, row), policy: new Uint8Array(row.policy) }
  },

  read: (id, from, max, today) => read(sql, caps, { id, from, max, today }),

  append: (batch, today) => appendBatch(sql, caps, batch, today),

  heads: async (ids) => {
    const rows = await sql<{ id: Buffer; head: number }[]>`
      select id, head from logs where id in ${sql(ids.map((id) => Buffer.from(id)))}`
    return rows.map((row) => [new Uint8Array(row.id) as LogId, row.head as Head] as const)
  },

  expireSome: (today) => expireSome(sql, today),
})

type LogRow = { policy: Buffer; head: number; chain: Buffer; bytes: string }
type EntryRow = LogRow & {
  seq: number | null
  blob: Buffer
  hashed: boolean
  writer: number | null
  wsig: Buffer | null
}

const standing = (caps: Caps, row: LogRow): Standing => ({
  head: row.head as Head,
  chain: new Uint8Array(row.chain) as Chain,
  full: isFullUnder(caps, row.policy[2] ?? 0, row.head, Number(row.bytes)),
})

/** One statement, so that head and entries are of one instant. A log without entries to show is one row without a seq. */
const read = async (
  sql: Sql,
  caps: Caps,
  ask: { id: LogId; from: Seq; max: number; today: Day },
): Promise<Page | undefined> => {
  const rows = await sql<EntryRow[]>`
    with log as (
      select policy, head, chain, bytes from logs
      where id = ${ask.id} and ${ask.today} <= last_day_of(policy, head, last_day, ${EMPTY_LOG_DAYS})
    ), found as (
      select *, sum(octet_length(blob)) over (order by seq) - octet_length(blob) as before from entries
      where log = ${ask.id} and seq >= ${Math.min(ask.from, 2 ** 31 - 1)}
      order by seq limit ${Math.min(ask.max, MAX_PAGE_ENTRIES)}
    )
    select l.*, seq, expiry_day is null or expiry_day < ${ask.today} as hashed,
      case when expiry_day < ${ask.today} then sha256(blob) else blob end as blob, writer, wsig
    from log l left join found on before < ${PAGE_BYTES} order by seq`
  const [first] = rows
  return first && { at: standing(caps, first), entries: rows.flatMap((row) => entryOf(row)) }
}

const entryOf = (row: EntryRow): readonly Entry[] => {
  if (row.seq === null) return []
  const bytes = new Uint8Array(row.blob)
  return [
    {
      seq: row.seq as Seq,
      content: row.hashed ? { type: 'hash', hash: bytes } : { type: 'blob', blob: bytes as Blob },
      writer:
        row.writer === null || row.wsig === null
          ? undefined
          : { index: row.writer, signature: new Uint8Array(row.wsig) },
    },
  ]
}

/** A log that died but was not yet swept away is gone first: what is left of it is nothing (L6). */
const create = (
  db: Db,
  { id, policy, today }: { id: LogId; policy: Uint8Array; today: Day },
): Promise<void> =>
  db.transaction(async (tx) => {
    const isDead = drizzleSql`${today} > last_day_of(${logs.policy}, ${logs.head}, ${logs.lastDay}, ${EMPTY_LOG_DAYS})`
    const gone = await tx
      .delete(logs)
      .where(and(eq(logs.id, id), isDead))
      .returning({ head: logs.head })
    if (gone.length > 0) await tx.delete(entries).where(eq(entries.log, id))
    const empty = { id, policy, head: 0, chain: firstChain(id), bytes: 0, lastDay: today }
    await tx.insert(logs).values(empty).onConflictDoNothing()
  })
