/** Questions to Postgres about logs, one function each. Pages are in pages.ts, the append in appendBatch.ts; decisions are in server/relay. */
import { firstChain } from '../../shared/protocol/chain.ts'
import { type Day, type Head, LOG_ID_BYTES, type LogId } from '../../shared/protocol/ids.ts'
import { EMPTY_LOG_DAYS } from '../../shared/protocol/limits.ts'
import type { Found, NewEntry, Outcome, Store } from '../relay/ports.ts'
import { appendBatch, type Caps, HELD } from './appendBatch.ts'
import { isAway, isTableGone, isUnanswered } from './away.ts'
import type { Sql } from './connect.ts'
import type { Database } from './database.ts'
import { cancelDeposit, makeDeposit, releaseDue, releaseIn, restamp } from './deposits.ts'
import { expireSome } from './expiry.ts'
import { readPage, type StandingRow, standing } from './pages.ts'

export const createStore = ({ sql, writer }: Pick<Database, 'sql' | 'writer'>, caps: Caps): Store => ({
  create: (id, policy, today) =>
    create(sql, id, policy, today).catch((error) => orThrow(isAway(error), error)),
  find: (id, today) => find(sql, caps, id, today).catch((error) => orThrow(isUnanswered(error), error)),
  read: (id, from, max, today) =>
    readPage(sql, caps, { id, from, max, today }).catch((error) => orThrow(isUnanswered(error), error)),
  append: (batch, today) => append(writer, caps, batch, today),
  deposit: (one, moment) =>
    makeDeposit(sql, caps, one, moment).catch((error) => orThrow(isAway(error), error)),
  cancel: (id, name, hash, today) =>
    cancelDeposit(sql, { id, name, hash, today }).catch((error) => orThrow(isAway(error), error)),
  release: (moment) => releaseDue(sql, caps, moment).catch((error) => orThrow(isUnanswered(error), error)),
  restamp: (now) => restamp(sql, now),
  heads: (ids) => heads(sql, ids).catch((error) => orThrow(isUnanswered(error), error)),
  expireSome: (today) => expireSome(sql, today),
})

const orThrow = (away: boolean, error: unknown): 'away' => {
  if (away) return 'away'
  throw error
}

/** A log that died but was not yet swept away is gone first: what is left of it is nothing (L6). */
const create = async (sql: Sql, id: LogId, policy: Uint8Array, today: Day): Promise<'made' | 'away'> => {
  const [row] = await sql<{ made: boolean }[]>`
    select create_log(${id}, ${policy}, ${firstChain(id)}, ${today}, ${EMPTY_LOG_DAYS}) as made`
  return row?.made ? 'made' : 'away'
}

const find = async (sql: Sql, caps: Caps, id: LogId, today: Day): Promise<Found | undefined> => {
  const [row] = await sql<(StandingRow & { policy: Buffer })[]>`
    select policy, get_byte(policy, 2) as cap, head, chain, bytes from logs
    where id = ${id} and ${today} <= last_day_of(policy, head, last_day, ${EMPTY_LOG_DAYS})`
  return row && { ...standing(caps, row), policy: new Uint8Array(row.policy) }
}

const append = async (
  sql: Sql,
  caps: Caps,
  batch: readonly NewEntry[],
  today: Day,
): Promise<readonly Outcome[]> => {
  const outcomes = await appendOnce(sql, caps, batch, today)
  const held = batch.filter((_, i) => outcomes[i] === HELD)
  if (held.length === 0) return outcomes.map(settled)
  const again = (await appendAfterRelease(sql, caps, held, today)).values()
  return outcomes.map((outcome) => settled(outcome === HELD ? (again.next().value ?? HELD) : outcome))
}

type Answers = Awaited<ReturnType<typeof appendBatch>>

/** Held twice: somebody deposited in between. Nothing was done. */
const settled = (outcome: Answers[number]): Outcome => (outcome.type === 'held' ? { type: 'away' } : outcome)

const appendOnce = async (sql: Sql, caps: Caps, batch: readonly NewEntry[], today: Day): Promise<Answers> => {
  const once = (): Promise<Answers> => appendBatch(sql, caps, batch, today)
  try {
    // a day's table that is dropped in that very moment is made anew, and dropped again by the next sweep
    return await once().catch((error) => (isTableGone(error) ? once() : Promise.reject(error)))
  } catch (error) {
    if (!isAway(error)) throw error
    return batch.map(() => ({ type: 'away' }))
  }
}

/** T3: what waits is released first, then what was in its way is appended. */
const appendAfterRelease = async (
  sql: Sql,
  caps: Caps,
  held: readonly NewEntry[],
  today: Day,
): Promise<Answers> => {
  const logs = held.map(({ log }) => log)
  const released = await releaseIn(sql, caps, logs, today).catch((error) => orThrow(isAway(error), error))
  return released === 'away' ? held.map(() => HELD) : appendOnce(sql, caps, held, today)
}

/** Ids go and come packed: a relay asks about all watched logs at once. */
const heads = async (sql: Sql, ids: readonly LogId[]): Promise<readonly (readonly [LogId, Head])[]> => {
  const [row] = await sql<{ packed: string | null }[]>`
    with asked as materialized (select decode(${Buffer.concat(ids).toString('base64')}::text, 'base64') as ids)
    select encode(string_agg(l.id || int4send(l.head), ''), 'base64') as packed
    from asked cross join generate_series(1, ${ids.length}::int4) i
    join logs l on l.id = substr(ids, ${LOG_ID_BYTES}::int4 * (i - 1) + 1, ${LOG_ID_BYTES}::int4)`
  return unpackHeads(Buffer.from(row?.packed ?? '', 'base64'))
}

const unpackHeads = (packed: Buffer): readonly (readonly [LogId, Head])[] => {
  const size = LOG_ID_BYTES + 4
  return Array.from({ length: packed.length / size }, (_, i) => {
    const at = i * size
    const id = new Uint8Array(packed.subarray(at, at + LOG_ID_BYTES)) as LogId
    return [id, packed.readInt32BE(at + LOG_ID_BYTES) as Head]
  })
}
