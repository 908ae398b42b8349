/**
 * The hot path: a batch of appends in one call of the SQL function append_batch (migrations/0004). Everything binary goes
 * as one packed value with places beside it. Not here: which appends go together (server/relay/writeQueue.ts).
 */
import { toHex } from '../../shared/base/text.ts'
import { SIGNATURE_BYTES } from '../../shared/crypto/sodium.ts'
import type { Chain, Day, Head } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS, MAX_BLOB_BYTES } from '../../shared/protocol/limits.ts'
import type { NewEntry, Outcome } from '../relay/ports.ts'
import type { Sql } from './connect.ts'

/** L3, by class. Handed in, so that tests can fill a log. */
export type Caps = readonly { readonly bytes: number; readonly entries: number }[]

/** L4, the same rule as shared/protocol/policy.ts and append_batch. */
export const isFullUnder = (caps: Caps, cap: number, head: number, bytes: number): boolean => {
  const most = caps[cap]
  return most === undefined || head >= most.entries || bytes + MAX_BLOB_BYTES > most.bytes
}

/** It would leave no room for what waits in the log (T3): that goes first, and then this. */
export const HELD = { type: 'held' } as const

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
): Promise<readonly (Outcome | typeof HELD)[]> => {
  const groups = groupByLog(batch)
  const places = groups.flat()
  const answer = await call(sql, caps, today, { groups, batch, appends: places.map((i) => at(batch, i)) })
  const outcomes: (Outcome | typeof HELD)[] = new Array(batch.length)
  places.forEach((i, k) => {
    outcomes[i] = readOutcome(answer.subarray(k * ANSWER_BYTES, (k + 1) * ANSWER_BYTES))
  })
  return outcomes
}

const at = (batch: readonly NewEntry[], i: number): NewEntry => batch[i] as NewEntry

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
  readonly groups: readonly (readonly number[])[]
  readonly batch: readonly NewEntry[]
  /** The batch in the order of the groups. */
  readonly appends: readonly NewEntry[]
}

const call = async (
  sql: Sql,
  caps: Caps,
  today: Day,
  { groups, batch, appends }: Call,
): Promise<Uint8Array> => {
  const ids = base64(groups.map((group) => at(batch, group[0] ?? 0).log))
  const isSigned = appends.some((append) => append.writer !== undefined)
  const signatures = isSigned ? base64(appends.map(({ writer }) => writer?.signature ?? NO_SIGNATURE)) : ''
  const lengths = appends.map((append) => append.blob.length)
  const [row] = await sql<{ answer: Buffer }[]>`
    select append_batch(${today}, ${EMPTY_LOG_DAYS}, ${MAX_BLOB_BYTES},
      ${numbers(caps.map((cap) => cap.entries))}::int4[], ${numbers(caps.map((cap) => cap.bytes))}::int4[],
      ${ids}::text, ${numbers(groups.map((group) => group.length))}::int4[],
      ${numbers(beginnings(lengths))}::int4[], ${numbers(lengths)}::int4[],
      ${numbers(appends.map((append) => append.expiryDay))}::int4[],
      ${numbers(appends.map((append) => Math.min(append.ifHead ?? -1, UNREACHABLE_HEAD)))}::int4[],
      ${numbers(appends.map((append) => append.writer?.index ?? -1))}::int4[],
      ${signatures}::text, ${base64(appends.map((append) => append.blob))}::text) as answer`
  if (row?.answer.length !== appends.length * ANSWER_BYTES)
    throw new Error('append_batch: answer of a wrong length')
  return row.answer
}

/** As text, which is what the driver sends anyway: half the time that its own ways take for bytes and lists. */
const base64 = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('base64')
export const numbers = (list: readonly number[]): string => `{${list.join()}}`

/** Where each begins when all stand back to back; SQL counts from 1. */
const beginnings = (lengths: readonly number[]): readonly number[] => {
  let next = 1
  return lengths.map((length) => {
    next += length
    return next - length
  })
}

const readOutcome = (answer: Uint8Array): Outcome | typeof HELD => {
  const head = new DataView(answer.buffer, answer.byteOffset).getInt32(1) as Head
  switch (answer[0]) {
    case 0:
      return { type: 'appended', at: { head, chain: answer.slice(5, 37) as Chain, full: answer[37] === 1 } }
    case 2:
      return { type: 'conflict', head }
    case 3:
      return { type: 'full' }
    case 4:
      return HELD
    default:
      return { type: 'none' }
  }
}
