/** How much there is, in numbers about the whole database: never about one log. Cheap enough to be asked once a minute. */
import type { Day } from '../../shared/protocol/ids.ts'
import type { Sql } from './database.ts'

/** `entries`: as many as heads say, expired ones too, which keep their hash (E4). `bytes`: of all blobs ever appended (L3). */
export type ClassStats = {
  /** Of the policy: 0, 1, 2. */
  readonly cap: number
  readonly logs: number
  readonly entries: number
  readonly bytes: number
}

/** `bytes`: on disk, with what Postgres needs to find them. */
export type DayStats = { readonly day: Day; readonly bytes: number }

export type Stats = {
  readonly classes: readonly ClassStats[]
  /** By the last day on which the blobs are served, earliest first. */
  readonly days: readonly DayStats[]
  /** Of the whole database on disk. */
  readonly databaseBytes: number
  /** Undefined before the first relay has run here. */
  readonly settledDay: Day | undefined
  readonly creation: boolean
}

/** Seqs have no gaps (E1), so heads add up to entries without reading any. */
export const readStats = async (sql: Sql): Promise<Stats> => {
  const classes = await sql<{ cap: number; logs: number; entries: string; bytes: string }[]>`
    select get_byte(policy, 2) as cap, count(*)::int4 as logs, sum(head)::text as entries, sum(bytes)::text as bytes
    from logs group by 1 order by 1`
  const days = await sql<{ day: number; bytes: string }[]>`
    select substr(relname, 7)::int4 as day, pg_total_relation_size(oid)::text as bytes
    from pg_class where relkind = 'r' and relname ~ '^blobs_[0-9]+$' and pg_table_is_visible(oid) order by 1`
  const [whole] = await sql<{ bytes: string }[]>`
    select pg_database_size(current_database())::text as bytes`
  const [row] = await sql<{ settled: number; creation: boolean }[]>`
    select settled_day as settled, creation from relay`
  return {
    classes: classes.map(({ cap, logs, entries, bytes }) => ({
      cap,
      logs,
      entries: Number(entries),
      bytes: Number(bytes),
    })),
    days: days.map(({ day, bytes }) => ({ day: day as Day, bytes: Number(bytes) })),
    databaseBytes: Number(whole?.bytes ?? 0),
    settledDay: row?.settled as Day | undefined,
    creation: row?.creation ?? true,
  }
}

export type ServerState = {
  /** Such as 170002. */
  readonly version: number
  readonly encoding: string
  /** Milliseconds since 1970. */
  readonly clockMs: number
  readonly fsync: string
  readonly synchronous_commit: string
  readonly full_page_writes: string
}

/** How the server itself is set; of `synchronous_commit` what it is without our asking for it. */
export const readServerState = async (sql: Sql): Promise<ServerState> => {
  const [row] = await sql<ServerState[]>`
    select current_setting('server_version_num')::int4 as version, current_setting('server_encoding') as encoding,
      extract(epoch from clock_timestamp())::float8 * 1000 as "clockMs", current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes`
  if (row === undefined) throw new Error('the server says nothing about itself')
  return row
}
