/** Deposits in Postgres, one function each (migrations/0003 and 0004, SPEC T). Not here: when to look for what is due (server/relay/releasing.ts). */
import { concat } from '../../shared/base/bytes.ts'
import type { DepositName } from '../../shared/protocol/deposit.ts'
import { type Day, LOG_ID_BYTES, type LogId } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, MAX_BLOB_BYTES, MAX_DEPOSITS } from '../../shared/protocol/limits.ts'
import type { Moment, NewDeposit, Released } from '../relay/ports.ts'
import { type Caps, numbers } from './appendBatch.ts'
import type { Sql } from './connect.ts'

/** T3: of one key in one log, made within two days or still waiting. */
const MAX_MADE = 64
/** Deposits in one step, and logs whose rows are locked for it. */
const STEP = 64

/** Whole seconds, and never too early. */
const secondsOf = (ms: number): number => Math.ceil(ms / 1000)

export const makeDeposit = async (
  sql: Sql,
  caps: Caps,
  one: NewDeposit,
  { at, today }: Moment,
): Promise<'made' | 'none' | 'full' | 'slow'> => {
  const [row] = await sql<{ answer: 'made' | 'none' | 'full' | 'slow' }[]>`
    select make_deposit(${today}, ${secondsOf(at)}, ${EMPTY_LOG_DAYS}, ${MAX_BLOB_BYTES}, ${entriesOf(caps)}::int4[],
      ${bytesOf(caps)}::int4[], ${MAX_DEPOSITS}, ${MAX_MADE}, ${one.log}, ${one.name}, ${one.place}, ${one.lifeDays},
      ${one.waitSeconds}, ${one.needed}, ${concat(...one.cancelHashes)}, ${one.writer?.index ?? null},
      ${one.writer?.signature ?? null}, ${one.blob}) as answer`
  return row?.answer ?? 'none'
}

const entriesOf = (caps: Caps): string => numbers(caps.map((cap) => cap.entries))
const bytesOf = (caps: Caps): string => numbers(caps.map((cap) => cap.bytes))

type Cancel = {
  readonly id: LogId
  readonly name: DepositName
  readonly hash: Uint8Array
  readonly today: Day
}

export const cancelDeposit = async (sql: Sql, { id, name, hash, today }: Cancel): Promise<boolean> => {
  const [row] = await sql<{ counted: boolean }[]>`
    select cancel_deposit(${today}, ${id}, ${name}, ${hash}) as counted`
  return row?.counted ?? false
}

export const releaseDue = async (sql: Sql, caps: Caps, { at, today }: Moment): Promise<Released> => {
  const grown = await release(sql, caps, { today, now: Math.floor(at / 1000), only: null })
  const [row] = await sql<
    { next: string | null }[]
  >`select min(due)::text as next from deposits where due is not null`
  return { grown, next: row?.next ? 1000 * Number(row.next) : undefined }
}

/** All that waits in these logs, due or not. */
export const releaseIn = async (sql: Sql, caps: Caps, logs: readonly LogId[], today: Day): Promise<void> => {
  for (const only of logs) await release(sql, caps, { today, now: 0, only })
}

type Step = { readonly today: Day; readonly now: number; readonly only: LogId | null }

const release = async (sql: Sql, caps: Caps, { today, now, only }: Step): Promise<readonly LogId[]> => {
  const [row] = await sql<{ grown: Buffer }[]>`
    select release_deposits(${today}, ${now}, ${only}, ${EMPTY_LOG_DAYS}, ${MAX_BLOB_BYTES}, ${entriesOf(caps)}::int4[],
      ${bytesOf(caps)}::int4[], ${STEP}) as grown`
  const packed = row?.grown ?? Buffer.alloc(0)
  return Array.from(
    { length: packed.length / LOG_ID_BYTES },
    (_, i) => new Uint8Array(packed.subarray(i * LOG_ID_BYTES, (i + 1) * LOG_ID_BYTES)) as LogId,
  )
}

export const restamp = async (sql: Sql, now: number): Promise<void> => {
  const seconds = secondsOf(now)
  await sql`update deposits set due = ${seconds} + wait where due - wait > ${seconds}`
}
