/**
 * A relay from its parts: database, keys, app, housekeeping; and the way back. main.ts hands in the environment, tests hand
 * in their own clock and limits.
 */
import { err, ok, type Result } from '../shared/base/result.ts'
import { cryptoReady, randomBytes } from '../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../shared/protocol/access.ts'
import type { RelayKey } from '../shared/protocol/relayKey.ts'
import { openDoors } from './doors.ts'
import { type EdgeSettings, NO_EDGE } from './guard/guard.ts'
import { type Machine, type MachineDeps, startLookout, watchMachine } from './guard/shortage.ts'
import { type Housekeeping, startHousekeeping } from './housekeeping.ts'
import { relayKeys } from './keys.ts'
import type { Log } from './log.ts'
import type { RelayLimits } from './relay/limits.ts'
import type { Clock } from './relay/ports.ts'
import { createRelay, dayOf, type Relay } from './relay/relay.ts'
import { MIGRATIONS } from './release.ts'
import { framing } from './routes/framing.ts'
import { openBus, silentBus } from './store/bus.ts'
import { type Database, type DatabaseAddress, openDatabase } from './store/database.ts'
import { loadRelayRow, type RelayRow } from './store/keys.ts'
import { createStore } from './store/logs.ts'

export type StartOptions = {
  readonly database: DatabaseAddress
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  readonly limits: RelayLimits
  readonly clock: Clock
  /** Milliseconds of a clock that nobody sets; the process's own unless a test hands one in. */
  readonly steady?: Clock
  readonly log: Log
  readonly edge?: EdgeSettings
  /** 0 for any free one; no onion door without it. */
  readonly onionPort?: number | undefined
  /** A folder on the disk that the database fills. */
  readonly disk?: string | undefined
  /** What the database may take before no more logs are created. */
  readonly maxBytes?: number | undefined
  /** What this machine has left; looked at by itself unless a test hands it in. */
  readonly machine?: Machine
}

export type Running = {
  /** Where it listens, such as ws://127.0.0.1:8787. */
  readonly url: string
  /** Where tor hands in connections. */
  readonly onionPort: number | undefined
  readonly key: RelayKey
  readonly admission: () => AdmissionSecret
  readonly sql: Database['sql']
  /** Sweeps and rotates now, instead of within the hour. */
  readonly sweep: Housekeeping['round']
  /** The database is gone, or another relay may have it: this one has to end. */
  readonly onLost: Database['onLost']
  /** What was taken is answered, then everything is closed. */
  readonly close: () => Promise<void>
}

/** Milliseconds that appends under way have when the relay ends. */
const DRAIN_MS = 3_000

/**
 * `taken`, `newer`: as `openDatabase` says. `moved`: what was here is served by another machine. Throws what the database or the
 * listening socket throw.
 */
export type StartFault = 'taken' | 'newer' | 'moved'

export const startRelay = async (options: StartOptions): Promise<Result<Running, StartFault>> => {
  await cryptoReady
  const database = await openDatabase(options.database, MIGRATIONS)
  if (database === 'taken' || database === 'newer') return err(database)
  try {
    const keeper = { db: database.db, random: randomBytes }
    const row = await loadRelayRow(keeper, dayOf(options.clock()))
    if (!row.moved) return ok(await startOn(database, row, options))
    await database.close()
    return err('moved')
  } catch (error) {
    await database.close()
    throw error
  }
}

const startOn = async (database: Database, row: RelayRow, options: StartOptions): Promise<Running> => {
  const { limits, log } = options
  const keeper = { db: database.db, random: randomBytes }
  const { signing, key } = relayKeys(row)
  const store = createStore(database, limits.caps)
  const steady = options.steady ?? (() => performance.now())
  const house = startHousekeeping({ keeper, sql: database.sql, clock: options.clock, steady, log }, row)
  await house.round()
  const bus = 'url' in options.database ? await openBus(options.database, randomBytes) : silentBus
  bus.onRow(() => void house.refresh())
  const lookout = startLookout({
    machine: options.machine ?? watchMachine(machineOf(options, database, () => relay.totals().waiting)),
    isCreationOn: house.creation,
    changed: (short) =>
      log.warn(short.length > 0 ? `no new logs: too little ${short.join(' and ')}` : 'new logs again'),
  })
  const relay = createRelay({
    store,
    bus,
    clock: house.clock,
    limits,
    framing,
    supplies: lookout,
    signingKey: signing.secretKey,
    staticKey: key.staticKey,
    admission: house.admission,
    random: randomBytes,
    soon: setImmediate,
    later: (ms, run) => void setTimeout(run, ms).unref(),
  })
  await lookout.look()
  const doors = await openDoors({
    relay,
    host: options.host,
    port: options.port,
    onionPort: options.onionPort,
    edge: options.edge ?? NO_EDGE,
    limits,
    log,
    random: randomBytes,
    now: steady,
    isReady: () => answers(database),
  })
  log.info('listening')
  const close = async (): Promise<void> => {
    lookout.stop()
    await house.stop()
    await drained(relay)
    await doors.close()
    await drained(relay)
    log.info('ended', { appended: relay.totals().appended })
    await bus.close()
    await database.close()
  }
  return {
    url: `ws://${options.host.includes(':') ? `[${options.host}]` : options.host}:${doors.port}`,
    onionPort: doors.onionPort,
    key,
    admission: () => house.admission().current,
    sql: database.sql,
    sweep: house.round,
    onLost: database.onLost,
    close,
  }
}

const machineOf = (
  { disk, maxBytes }: StartOptions,
  { sql }: Database,
  waiting: () => number,
): MachineDeps => ({
  disk,
  database: maxBytes === undefined ? undefined : { maxBytes, bytes: () => databaseBytes(sql) },
  waiting,
})

const databaseBytes = async (sql: Database['sql']): Promise<number> => {
  const [row] = await sql`select pg_database_size(current_database())::float8 as bytes`
  return Number(row?.bytes)
}

const answers = (database: Database): Promise<boolean> =>
  database.sql`select 1`.then(
    () => true,
    () => false,
  )

const drained = (relay: Relay): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DRAIN_MS)
  })
  return Promise.race([relay.idle(), enough]).finally(() => clearTimeout(timer))
}
