/**
 * Several relays on one database, each a process of its own: whoever appends where, every watcher of every relay gets every
 * entry in order, once, through restarts one after another, kills, ended listeners and notifications that never come.
 */
import postgres from 'postgres'
import t from 'tap'
import { openBus } from '../../server/store/bus.ts'
import { cryptoReady, randomBytes } from '../../shared/crypto/sodium.ts'
import type { LogId } from '../../shared/protocol/ids.ts'
import { checkHistory, type History, newHistory } from '../faults/history.ts'
import { type Load, startLoad, until } from '../faults/load.ts'
import { newDurablePostgres } from '../support/postgres.ts'
import { type RelayProcess, startRelayProcess } from '../support/relayProcess.ts'

await cryptoReady

const SERVER = await newDurablePostgres()
t.teardown(SERVER.remove)

/** Rounds of restarts; a nightly run makes more. */
const ROUNDS = Number(process.env.TOCSIN_TEST_RELAY_ROUNDS ?? 1)
/** Milliseconds in which everything must have come; generous, for busy machines. */
const DEADLINE_MS = 60_000

const newDatabase = async (name: string): Promise<string> => {
  const admin = postgres(SERVER.url, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const url = new URL(SERVER.url)
  url.pathname = `/${name}`
  return url.href
}

type Fleet = {
  readonly relays: (RelayProcess | undefined)[]
  readonly loads: readonly Load[]
  readonly history: History
  /** Takes one relay away, and gives it back as a new process. */
  readonly replace: (place: number, how: 'end' | 'kill') => Promise<void>
  readonly acknowledge: (more: number) => Promise<void>
  /** Everybody has everything, and all of it is true. */
  readonly check: (t: Tap) => Promise<void>
}

type Tap = Parameters<typeof checkHistory>[0]

/** Writers with and without if_head, and watchers, at every relay; all of them on the same logs. */
const newFleet = async (size: number, url: string): Promise<Fleet> => {
  const env = { DATABASE_URL: url, TOCSIN_LOG_LEVEL: 'warn' }
  const relays: (RelayProcess | undefined)[] = await Promise.all(
    Array.from({ length: size }, () => startRelayProcess(env)),
  )
  const history = newHistory(2)
  const loads = relays.map((_, i) => startLoad(history, { where: () => relays[i], lines: 4, watchers: 2 }))
  return {
    relays,
    loads,
    history,
    replace: async (place, how) => {
      const leaving = relays[place]
      relays[place] = undefined
      await leaving?.[how]()
      relays[place] = await startRelayProcess(env)
    },
    acknowledge: async (more) => {
      await Promise.all(loads.map((load) => load.acknowledge(more, DEADLINE_MS)))
    },
    check: async (t) => {
      await Promise.all(loads.map((load) => load.settle(DEADLINE_MS)))
      await Promise.all(loads.map((load) => load.stop()))
      const [relay] = relays
      if (relay) await checkHistory(t, history, relay)
      t.strictSame(
        await Promise.all(relays.map((each) => each?.end())),
        relays.map(() => 0),
      )
    },
  }
}

/** Ends every connection of this database that listens; how many there were. */
const endListeners = async (sql: postgres.Sql): Promise<number> => {
  const ended = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`
  return ended.length
}

t.test(
  'E1 F6 three relays on one database, each restarted and killed in turn, their listeners ended',
  async (t) => {
    const url = await newDatabase('three')
    const fleet = await newFleet(3, url)
    const sql = postgres(url, { max: 1 })
    await fleet.acknowledge(60)

    for (let round = 0; round < ROUNDS; round++) {
      t.equal(await endListeners(sql), 3, 'one listener for each relay')
      await fleet.acknowledge(40)
      for (const [place, how] of [
        [0, 'end'],
        [1, 'kill'],
        [2, 'end'],
      ] as const) {
        await fleet.replace(place, how)
        await fleet.acknowledge(40)
      }
    }

    await fleet.check(t)
    await sql.end()
  },
)

t.test(
  'F6 two relays whose notifications never come still deliver everything, some seconds later',
  async (t) => {
    const url = await newDatabase('silent')
    const sql = postgres(url, { max: 1, onnotice: () => undefined })
    // found before the real one, and does nothing
    await sql`create function public.pg_notify(text, text) returns void language sql as ''`
    await sql`alter database silent set search_path = public, pg_catalog`
    const fleet = await newFleet(2, url)

    await fleet.acknowledge(40)

    await fleet.check(t)
    await sql.end()
  },
)

t.test(
  'a bus carries ids to the others and not to itself, many at once as a word, and a changed row to all',
  async (t) => {
    const url = await newDatabase('bus')
    const sql = postgres(url, { max: 1 })
    const [speaker, listener] = [await openBus({ url }, randomBytes), await openBus({ url }, randomBytes)]
    const heard = { own: 0, rows: [0, 0], hints: [] as (readonly LogId[] | undefined)[] }
    const ids = (count: number): readonly LogId[] =>
      Array.from({ length: count }, () => randomBytes(24) as LogId)
    const has = (what: string, isTrue: () => boolean): Promise<void> => until(isTrue, DEADLINE_MS, what)
    speaker.onHint(() => {
      heard.own += 1
    })
    listener.onHint((hint) => heard.hints.push(hint))
    for (const [i, bus] of [speaker, listener].entries())
      bus.onRow(() => {
        heard.rows[i] = (heard.rows[i] ?? 0) + 1
      })

    const few = ids(3)
    speaker.announce(few)
    await has('three ids', () => heard.hints.length === 1)
    t.strictSame(heard.hints[0]?.map(String), few.map(String))
    for (const id of ids(1000)) speaker.announce([id])
    await has('a thousand ids', () => heard.hints.includes(undefined))
    t.ok(heard.hints.length < 10, `a thousand announcements are ${heard.hints.length - 1} notifications`)
    speaker.announceRow()
    await has('the row, also where it was said', () => heard.rows.join() === '1,1')
    t.equal(heard.own, 0)

    heard.hints.length = 0
    t.equal(await endListeners(sql), 2)
    await has('that anything may have been lost', () => heard.hints.includes(undefined) && heard.own === 1)
    t.ok(
      heard.rows.every((count) => count >= 2),
      'and the row',
    )
    heard.hints.length = 0
    speaker.announce(few)
    await has('what is said after that', () => heard.hints.length === 1)
    t.strictSame(heard.hints[0]?.map(String), few.map(String))

    await Promise.all([speaker.close(), listener.close()])
    await sql.end()
  },
)
