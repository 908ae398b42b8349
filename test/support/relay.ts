/** A real relay inside the test's process, on a database of its own. Not here: a lying relay. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { EdgeSettings } from '../../server/guard/guard.ts'
import type { Machine } from '../../server/guard/shortage.ts'
import { createLog, type LogLevel } from '../../server/log.ts'
import { DEFAULT_LIMITS, type RelayLimits } from '../../server/relay/limits.ts'
import type { WebFiles } from '../../server/routes/web.ts'
import { startRelay as startServer } from '../../server/start.ts'
import type { DatabaseAddress } from '../../server/store/database.ts'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import { printRelayAddress } from '../../shared/protocol/relayAddress.ts'
import type { RelayKey } from '../../shared/protocol/relayKey.ts'

export type TestRelayOptions = {
  readonly limits?: Partial<RelayLimits>
  readonly database?: 'server' | 'embedded'
  /** Of the embedded database; made and removed by the helper when absent. */
  readonly dataDir?: string
  readonly logLevel?: LogLevel
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** Milliseconds of a clock that nobody sets. */
  readonly steady?: () => number
  /** A database that is there already: a relay that comes back. */
  readonly databaseUrl?: string
  readonly edge?: EdgeSettings
  readonly onionPort?: number
  readonly machine?: Machine
  /** The web client; none when absent. */
  readonly web?: WebFiles
  /** Any free one when absent. */
  readonly port?: number
}

export type TestRelay = {
  readonly url: string
  /** Of the onion door, where there is one. */
  readonly onionUrl: string
  readonly key: RelayKey
  /** ws://host:port#key.admission */
  readonly address: string
  readonly admission: AdmissionSecret
  /** All lines logged so far. */
  readonly logs: () => string
  readonly databaseUrl: string
  readonly sql: postgres.Sql
  readonly sweep: () => Promise<void>
  readonly close: () => Promise<void>
}

const PLENTY = { perSecond: 100_000, burst: 100_000 }

/** Rates that no test meets by accident. */
const GENEROUS: Partial<RelayLimits> = {
  connectionAppends: PLENTY,
  logKeyAppends: PLENTY,
  signedConnectionAppends: PLENTY,
  signedKeyAppends: PLENTY,
  connectionFrames: PLENTY,
  connectionCreates: PLENTY,
  web: { connections: 20_000, knocks: PLENTY, creates: PLENTY },
  onion: { connections: 20_000, knocks: PLENTY, creates: PLENTY },
  prefix: { connections: 20_000, knocks: PLENTY, creates: PLENTY, faults: PLENTY },
}

export const startRelay = async (options: TestRelayOptions = {}): Promise<TestRelay> => {
  const lines: string[] = []
  const place = await (options.database === 'embedded' ? embeddedPlace(options) : serverPlace(options))
  const started = await startServer({
    database: place.address,
    host: '127.0.0.1',
    port: options.port ?? 0,
    limits: { ...DEFAULT_LIMITS, ...GENEROUS, ...options.limits },
    clock: options.clock ?? Date.now,
    ...(options.steady && { steady: options.steady }),
    ...(options.edge && { edge: options.edge }),
    ...(options.machine && { machine: options.machine }),
    onionPort: options.onionPort,
    web: options.web,
    log: createLog(options.logLevel ?? 'trace', (line) => lines.push(line)),
  })
  if (!started.ok) throw new Error(`the relay did not start: ${started.error}`)
  const relay = started.value
  return {
    url: relay.url,
    onionUrl: `ws://127.0.0.1:${relay.onionPort}`,
    key: relay.key,
    admission: relay.admission(),
    address: printRelayAddress({ url: relay.url, key: relay.key, admission: relay.admission() }),
    logs: () => lines.join(''),
    databaseUrl: place.url,
    sql: relay.sql,
    sweep: relay.sweep,
    close: async () => {
      await relay.close()
      await place.leave()
    },
  }
}

type Place = {
  readonly address: DatabaseAddress
  readonly url: string
  readonly leave: () => Promise<void>
}

/** An empty database on the server of this test run. */
export const newDatabase = async (): Promise<string> => {
  const adminUrl = process.env.TEST_PG_ADMIN_URL
  if (!adminUrl) throw new Error('TEST_PG_ADMIN_URL is not set: run tests with `npm test`')
  const name = `t_${randomBytes(8).toString('hex')}`
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

const serverPlace = async (options: TestRelayOptions): Promise<Place> => {
  const url = options.databaseUrl ?? (await newDatabase())
  return { address: { url }, url, leave: async () => undefined }
}

const embeddedPlace = async (options: TestRelayOptions): Promise<Place> => {
  const { startEmbedded } = await import('../../server/embedded/embedded.ts')
  const folder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tocsin-data-'))
  const embedded = await startEmbedded(folder)
  if (!embedded.ok) throw new Error(embedded.error)
  const { socketFolder, stop } = embedded.value
  const leave = async (): Promise<void> => {
    await stop()
    if (options.dataDir === undefined) rmSync(folder, { recursive: true, force: true })
  }
  return {
    address: { socketFolder },
    url: `postgres://postgres@localhost/postgres?host=${socketFolder}`,
    leave,
  }
}
