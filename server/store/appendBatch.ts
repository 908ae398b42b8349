/**
 * The hot path: up to 256 appends in one call of the SQL function append_batch (migrations/0001). Everything binary goes
 * as one packed value with lengths beside it. Not here: which appends go together (server/relay/writeQueue.ts).
 */
import { toHex } from '../../shared/base/text.ts'
import { SIGNATURE_BYTES } from '../../shared/crypto/sodium.ts'
import type { Chain, Day, Head } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, MAX_BLOB_BYTES } from '../../shared/protocol/limits.ts'
import type { NewEntry, Outcome } from '../relay/ports.ts'
import type { Sql } from './database.ts'

/** L3, by class. Handed in, so that tests can fill a log. */
export type Caps = readonly { readonly bytes: number; readonly entries: number }[]

/** L4, the same rule as shared/protocol/policy.ts and append_batch. */
export const isFullUnder = (caps: Caps, cap: number, head: number, bytes: number): boolean => {
  const most = caps[cap]
  return most === undefined || head >= most.entries || bytes + MAX_BLOB_BYTES > most.bytes
}

/** Bytes of one append's answer: status, head, chain, full. */
const ANSWER_BYTES = 38
const NO_SIGNATURE = new Uint8Array(SIGNATURE_BYTES)
/** An int4 that no head reaches. */
const UNREACHABLE_HEAD = 2 ** 31 - 1

export const appendBatch = async (
  sql: Sql,
  caps: Caps,
  batch: readonly NewEntry[],
  today: Day,
): Promise<readonly Outcome[]> => {
  const groups = groupByLog(batch)
  const ordered = groups.flatMap((group) => group.map((i) => [i, batch[i] as NewEntry] as const))
  const appends = ordered.map(([, append]) => append)
  const answer = await call(sql, caps, { today, groups, appends, batch })
  const outcomes: Outcome[] = new Array(batch.length)
  ordered.forEach(([i], k) => {
    outcomes[i] = readOutcome(answer.subarray(k * ANSWER_BYTES, (k + 1) * ANSWER_BYTES))
  })
  return outcomes
}

/** Places in the batch by log, logs in ascending order of id: the order in which rows are locked. */
const groupByLog = (batch: readonly NewEntry[]): readonly (readonly number[])[] => {
  const groups = new Map<string, number[]>()
  batch.forEach((append, i) => {
    const key = toHex(append.log)
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  })
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

type Call = {
  readonly today: Day
  readonly groups: readonly (readonly number[])[]
  readonly appends: readonly NewEntry[]
  readonly batch: readonly NewEntry[]
}

const call = async (sql: Sql, caps: Caps, { today, groups, appends, batch }: Call): Promise<Uint8Array> => {
  const ids = Buffer.concat(groups.map((group) => batch[group[0] ?? 0]?.log ?? NO_SIGNATURE))
  const signatures = Buffer.concat(appends.map((append) => append.writer?.signature ?? NO_SIGNATURE))
  const blobs = Buffer.concat(appends.map((append) => append.blob))
  const [row] = await sql<{ answer: Buffer }[]>`
    select append_batch(${today}, ${EMPTY_LOG_DAYS}, ${MAX_BLOB_BYTES},
      ${caps.map((cap) => cap.entries)}::int4[], ${caps.map((cap) => cap.bytes)}::int4[],
      ${ids}, ${groups.map((group) => group.length)}::int4[],
      ${appends.map((append) => append.blob.length)}::int4[],
      ${appends.map((append) => append.expiryDay)}::int4[],
      ${appends.map((append) => Math.min(append.ifHead ?? -1, UNREACHABLE_HEAD))}::int4[],
      ${appends.map((append) => append.writer?.index ?? -1)}::int4[],
      ${signatures}, ${blobs}) as answer`
  if (row?.answer.length !== appends.length * ANSWER_BYTES)
    throw new Error('append_batch: answer of a wrong length')
  return row.answer
}

const readOutcome = (answer: Uint8Array): Outcome => {
  const head = new DataView(answer.buffer, answer.byteOffset).getInt32(1) as Head
  switch (answer[0]) {
    case 0:
      return { type: 'appended', at: { head, chain: answer.slice(5, 37) as Chain, full: answer[37] === 1 } }
    case 2:
      return { type: 'conflict', head }
    case 3:
      return { type: 'full' }
    default:
      return { type: 'none' }
  }
}
