/**
 * E4 L6 when the clock is wrong: what ends by a clock that jumped is not served, but nothing is erased before the clock has agreed with
 * itself for an hour; time does not go back; and what was written meanwhile ends as if the clock had been right.
 */
import t from 'tap'
import type { Event } from '../../shared/protocol/frames.ts'
import { startRelay, type TestRelay } from '../support/relay.ts'
import { appendTo, connectWire, newOpenLog, openOn, readFrom, type TestLog } from '../support/wire.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS
const NOON = Date.UTC(2030, 0, 10, 12)

/** A clock on the wall that anybody may set, and one that only goes. */
const newClocks = () => {
  let wall = NOON
  let steady = 0
  return {
    clock: () => wall,
    steady: () => steady,
    set: (to: number) => {
      wall = to
    },
    pass: (ms: number) => {
      wall += ms
      steady += ms
    },
  }
}

/** What a reader is given: of every entry whether its blob is there, or the refusal. */
const shown = (answer: Event): readonly string[] | string => {
  if (answer.type === 'entries') return answer.entries.map(({ content }) => content.type)
  return answer.type === 'refused' ? answer.refusal.type : answer.type
}

const readOn = async (relay: TestRelay, log: TestLog): Promise<readonly string[] | string> => {
  const wire = await connectWire(relay.url)
  const opened = await openOn(wire, relay, log, 'reader')
  const answer = opened.type === 'opened' ? shown(await readFrom(wire, log)) : shown(opened)
  wire.end()
  return answer
}

/** Blobs in the files of the database. */
const blobs = async ({ sql }: TestRelay): Promise<number> => {
  const tables =
    await sql`select relname as name from pg_class where relkind = 'r' and relname ~ '^blobs_[0-9]+$'`
  const counts = await Promise.all(
    tables.map(({ name }) => sql`select count(*)::int4 as n from ${sql(name)}`),
  )
  return counts.reduce((sum, [row]) => sum + Number(row?.n), 0)
}

/** A log with an entry of every life. */
const newThree = async (relay: TestRelay): Promise<TestLog> => {
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay)
  for (const lifeDays of [1, 7, 45] as const) await appendTo(wire, log, { lifeDays })
  wire.end()
  return log
}

t.test('E4 L6 a clock that jumps ahead and comes back has erased nothing', async (t) => {
  const { clock, steady, set, pass } = newClocks()
  const relay = await startRelay({ clock, steady })
  t.teardown(relay.close)
  const log = await newThree(relay)

  set(NOON + 8 * DAY_MS)
  await relay.sweep()
  t.strictSame(await readOn(relay, log), ['hash', 'hash', 'blob'], 'what may have ended is not served')
  set(NOON + YEAR_MS)
  await relay.sweep()
  t.equal(await readOn(relay, log), 'none')
  pass(59 * MINUTE_MS)
  await relay.sweep()
  const meanwhile = await newThree(relay)
  t.strictSame(await readOn(relay, meanwhile), ['blob', 'blob', 'blob'])
  t.equal(await blobs(relay), 6, 'and nothing is erased')

  set(NOON + HOUR_MS)
  await relay.sweep()

  t.strictSame(await readOn(relay, log), ['blob', 'blob', 'blob'], 'all is served again')
  t.strictSame(await readOn(relay, meanwhile), ['blob', 'blob', 'blob'], 'and what was written meanwhile')
  for (let day = 0; day < 8; day++) {
    pass(DAY_MS)
    await relay.sweep()
  }
  t.strictSame(await readOn(relay, log), ['hash', 'hash', 'blob'], 'all of it ends by the right clock')
  t.strictSame(await readOn(relay, meanwhile), ['hash', 'hash', 'blob'])
  t.equal(await blobs(relay), 2)
  for (let day = 8; day < 47; day++) {
    pass(DAY_MS)
    await relay.sweep()
  }
  t.equal(await readOn(relay, log), 'none')
  t.equal(await readOn(relay, meanwhile), 'none')
  t.equal(await blobs(relay), 0)
})

t.test('E4 a clock that falls back to 1970 brings nothing back, and keeps nothing longer', async (t) => {
  const { clock, steady, set, pass } = newClocks()
  const first = await startRelay({ clock, steady })
  const log = await newThree(first)
  for (let day = 0; day < 2; day++) {
    pass(DAY_MS)
    await first.sweep()
  }
  t.strictSame(await readOn(first, log), ['hash', 'blob', 'blob'])

  set(0)
  await first.sweep()

  t.strictSame(await readOn(first, log), ['hash', 'blob', 'blob'], 'what has ended stays ended')
  const meanwhile = await newThree(first)
  t.strictSame(await readOn(first, meanwhile), ['blob', 'blob', 'blob'], 'what is written is there')
  await first.close()
  const relay = await startRelay({ clock, steady, databaseUrl: first.databaseUrl })
  t.teardown(relay.close)
  t.strictSame(
    await readOn(relay, log),
    ['hash', 'blob', 'blob'],
    'a relay that starts with that clock knows better',
  )
  set(NOON + 2 * DAY_MS)
  for (let day = 2; day < 4; day++) {
    pass(DAY_MS)
    await relay.sweep()
  }
  t.strictSame(await readOn(relay, meanwhile), ['hash', 'blob', 'blob'], 'and it ends when it should')
  t.equal(await blobs(relay), 4)
})

t.test('E4 L6 a clock is believed when it has gone evenly for an hour, and no sooner', async (t) => {
  const { clock, steady, set, pass } = newClocks()
  const relay = await startRelay({ clock, steady })
  t.teardown(relay.close)
  await newThree(relay)
  set(NOON + YEAR_MS)
  await relay.sweep()
  pass(40 * MINUTE_MS)
  set(clock() + 30 * DAY_MS)
  await relay.sweep()
  pass(40 * MINUTE_MS)
  await relay.sweep()
  t.equal(await blobs(relay), 3, 'it jumped again 40 minutes ago')

  pass(21 * MINUTE_MS)
  await relay.sweep()

  t.equal(await blobs(relay), 0)
  const [left] =
    await relay.sql`select (select count(*) from logs)::int4 + (select count(*) from entries)::int4 as n`
  t.equal(left?.n, 0, 'and the log is gone')
})
