/**
 * A relay from its parts: database, keys, app, housekeeping; and the way back. main.ts hands in the environment, tests hand
 * in their own clock and limits.
 */
import { randomBytes } from 'node:crypto'
import { err, ok, type Result } from '../shared/base/result.ts'
import { cryptoReady } from '../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../shared/protocol/access.ts'
import type { RelayKey } from '../shared/protocol/relayKey.ts'
import { openDoors } from './doors.ts'
import { type EdgeSettings, NO_EDGE } from './guard/guard.ts'
import { type Lookout, type Machine, type MachineDeps, startLookout, watchMachine } from './guard/shortage.ts'
import { type Housekeeping, startHousekeeping } from './housekeeping.ts'
import { relayKeys } from './keys.ts'
import type { Log } from './log.ts'
import { spaceOf } from './operations/disk.ts'
import { createMeasures } from './operations/metrics/measures.ts'
import { type MetricsServer, serveMetrics } from './operations/metrics/server.ts'
import { createStoreMeter, type StoreMeter } from './operations/metrics/storeMeter.ts'
import { metricsText } from './operations/metrics/text.ts'
import type { RelayLimits } from './relay/limits.ts'
import type { Clock } from './relay/ports.ts'
import { createRelay, dayOf, type Relay } from './relay/relay.ts'
import { MIGRATIONS, VERSION } from './release.ts'
import { framing } from './routes/framing.ts'
import type { WebFiles } from './routes/web.ts'
import { openBus, type RelayBus, silentBus } from './store/bus.ts'
import { type Database, type DatabaseAddress, openDatabase } from './store/database.ts'
import { loadRelayRow, type RelayRow } from './store/keys.ts'
import { createStore } from './store/logs.ts'
import { readStats } from './store/stats.ts'
import { answers, within } from './within.ts'

export type StartOptions = {
  readonly database: DatabaseAddress
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  readonly limits: RelayLimits
  readonly clock: Clock
  /** Milliseconds of a clock that nobody sets; the process's own unless a test hands one in. */
  readonly steady?: Clock
  /** A loopback address for the numbers; nowhere without it. Port 0 for any free one. */
  readonly metrics?: { readonly host: string; readonly port: number } | undefined
  /** Called before the relay listens. */
  readonly makeWay?: () => Promise<void>
  /** What is under way has this long when the relay ends. */
  readonly graceMs?: number
  readonly log: Log
  readonly edge?: EdgeSettings
  /** 0 for any free one; no onion door without it. */
  readonly onionPort?: number | undefined
  /** A folder on the disk that the database fills. */
  readonly disk?: string | undefined
  /** What the database may take before no more logs are created. */
  readonly maxBytes?: number | undefined
  /** The web client, at `/`; a page that says what this is without it. */
  readonly web?: WebFiles | undefined
  /** What this machine has left; looked at by itself unless a test hands it in. */
  readonly machine?: Machine
}

export type Running = {
  /** Where it listens, such as ws://127.0.0.1:8787. */
  readonly url: string
  /** Where tor hands in connections. */
  readonly onionPort: number | undefined
  readonly metricsPort: number | undefined
  readonly key: RelayKey
  readonly admission: () => AdmissionSecret
  readonly sql: Database['sql']
  /** Sweeps, rotates and releases now, instead of within the hour. */
  readonly sweep: Housekeeping['round']
  /** The database is gone, or another relay may have it: this one has to end. */
  readonly onLost: Database['onLost']
  /** Nobody new comes in, what was taken is answered, then everything is closed. */
  readonly close: () => Promise<void>
}

/** Milliseconds that what is under way has when the relay ends, unless it is said otherwise. */
const GRACE_MS = 10_000

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
  const parts = await assemble(database, row, options)
  const { house, relay } = parts
  const { log, limits, graceMs = GRACE_MS } = options
  let isLeaving = false
  await options.makeWay?.()
  const doors = await openDoors({
    relay,
    host: options.host,
    port: options.port,
    onionPort: options.onionPort,
    edge: options.edge ?? NO_EDGE,
    limits,
    log,
    random: randomBytes,
    now: options.steady ?? (() => performance.now()),
    web: options.web,
    isReady: () => answers(database),
    isLeaving: () => isLeaving,
  })
  const metrics = options.metrics && (await startMetrics(options.metrics, parts, options))
  log.info('listening')
  const close = async (): Promise<void> => {
    isLeaving = true
    await doors.letGo(graceMs)
    await within(graceMs, relay.idle())
    await doors.close()
    await metrics?.close()
    parts.lookout.stop()
    await relay.releasing.stop()
    await house.stop()
    log.info('ended', { appended: relay.totals().appended })
    await parts.bus.close()
    await database.close()
  }
  return {
    url: `ws://${options.host.includes(':') ? `[${options.host}]` : options.host}:${doors.port}`,
    onionPort: doors.onionPort,
    metricsPort: metrics?.port,
    key: parts.key,
    admission: () => house.admission().current,
    sql: database.sql,
    sweep: async () => {
      await house.round()
      await relay.releasing.look()
    },
    onLost: database.onLost,
    close,
  }
}

type Parts = {
  readonly sql: Database['sql']
  readonly key: RelayKey
  readonly house: Housekeeping
  readonly bus: RelayBus
  readonly lookout: Lookout
  readonly relay: Relay
  readonly meter: StoreMeter
}

/** All but the way in. */
const assemble = async (database: Database, row: RelayRow, options: StartOptions): Promise<Parts> => {
  const { limits, log, clock, steady = () => performance.now() } = options
  const { sql } = database
  const { signHead, key } = relayKeys(row)
  const meter = createStoreMeter(() => performance.now())
  const house = startHousekeeping(
    { keeper: { db: database.db, random: randomBytes }, database, clock, steady, log },
    row,
  )
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
    store: meter.metered(createStore(database, limits.caps)),
    bus,
    clock: house.clock,
    limits,
    framing,
    supplies: lookout,
    signHead,
    staticKey: key.staticKey,
    admission: house.admission,
    random: randomBytes,
    soon: setImmediate,
    later: (ms, run) => void setTimeout(run, ms).unref(),
    steady,
  })
  await relay.releasing.start()
  await lookout.look()
  return { sql, key, house, bus, lookout, relay, meter }
}

const startMetrics = async (
  at: NonNullable<StartOptions['metrics']>,
  { sql, house, relay, meter }: Parts,
  { disk }: StartOptions,
): Promise<MetricsServer> => {
  const measures = createMeasures({
    totals: relay.totals,
    meter,
    stats: () => readStats(sql),
    freeBytes: async () => (disk === undefined ? undefined : (await spaceOf(disk)).free),
    today: () => dayOf(house.clock()),
    now: () => performance.now(),
    version: VERSION,
  })
  const server = await serveMetrics(at, async () => metricsText(await measures.read()))
  const close = (): Promise<void> => {
    measures.stop()
    return server.close()
  }
  return { ...server, close }
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
