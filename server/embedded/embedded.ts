/**
 * The database that comes with the relay: a real Postgres from an npm package, on a unix socket that only its account can
 * enter, small, with fsync on. First use makes it. Not here: what is in it (server/store).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { type Account, chooseAccount, makeFolder, options } from './account.ts'
import { findBinaries } from './binaries.ts'
import { findPostmaster, SOCKET_NAME, stopPostmaster } from './postmaster.ts'

export type Embedded = {
  readonly socketFolder: string
  /** It was running already: left by a killed relay, or another relay's. Who claims it (store/database.ts) knows which. */
  readonly wasRunning: boolean
  readonly stop: () => Promise<void>
}

/** Small, quiet, durable. Errors are not logged: they may quote the rows they are about. */
const SETTINGS = {
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  shared_buffers: '16MB',
  max_connections: '20',
  max_wal_senders: '0',
  wal_level: 'minimal',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  autovacuum_max_workers: '1',
  io_method: 'sync',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_timezone: 'UTC',
} as const

/** `dataFolder` is made if it is missing. The error is a sentence for the person at the terminal. */
export const startEmbedded = async (dataFolder: string): Promise<Result<Embedded, string>> => {
  const data = resolve(dataFolder)
  const account = chooseAccount()
  if (!account.ok) return account
  const folder = join(data, 'postgres')
  if (!makeFolders(account.value, data, folder)) return err(unreachable(account.value, data))
  const running = await findPostmaster(join(folder, 'data'))
  if (running)
    return ok({ socketFolder: running.socketFolder, wasRunning: true, stop: () => stopPostmaster(running) })
  const bin = findBinaries(account.value, data)
  if (!bin.ok) return bin
  const made = initialise(account.value, bin.value, folder)
  return made.ok ? launch(account.value, bin.value, folder) : made
}

/** The account must pass through the data folder, and needs no other right to it. Folders above it are left as they are. */
const makeFolders = (account: Account, data: string, folder: string): boolean => {
  try {
    mkdirSync(data, { recursive: true, mode: 0o755 })
    if (account.ids) chmodSync(data, statSync(data).mode | 0o011)
  } catch {
    return false
  }
  return makeFolder(account, folder)
}

const unreachable = (account: Account, data: string): string =>
  account.ids
    ? `The embedded database cannot run as root, and ${account.name} cannot reach ${data}: set TOCSIN_DATA to a folder outside private homes, such as /var/lib/tocsin, or start the relay as an ordinary user.`
    : `The folder ${data} cannot be written: set TOCSIN_DATA to one that can.`

/** Beside its final place, so that an interrupted first start leaves nothing half made. */
const initialise = (account: Account, bin: string, folder: string): Result<void, string> => {
  const cluster = join(folder, 'data')
  if (existsSync(cluster)) return ok(undefined)
  const growing = join(folder, 'data.new')
  rmSync(growing, { recursive: true, force: true })
  const flags = ['-D', growing, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  const init = spawnSync(join(bin, 'initdb'), flags, { ...options(account), encoding: 'utf8' })
  if (init.status !== 0) return err(`The embedded database could not be made: ${lastLine(init.stderr)}`)
  renameSync(growing, cluster)
  return ok(undefined)
}

const launch = async (account: Account, bin: string, folder: string): Promise<Result<Embedded, string>> => {
  const socketFolder = makeSocketFolder(account, folder)
  const settings = { ...SETTINGS, unix_socket_directories: socketFolder }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // a process group of its own: Ctrl-C is for the relay, which ends the database last
  const server = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...flags], {
    ...options(account),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  process.once('exit', () => server.kill('SIGINT')) // whatever ends the relay, short of a SIGKILL
  const fault = await ready(server)
  if (fault !== undefined) return err(`The embedded database did not start: ${fault}`)
  const stop = async (): Promise<void> => {
    await stopChild(server)
    if (!socketFolder.startsWith(folder)) rmSync(socketFolder, { recursive: true, force: true })
  }
  return ok({ socketFolder, wasRunning: false, stop })
}

/** Longest socket path that every system takes. */
const MAX_SOCKET_PATH = 100

const makeSocketFolder = (account: Account, folder: string): string => {
  const near = join(folder, 'socket')
  const isUsable = /^[\w./-]+$/.test(near) && Buffer.byteLength(join(near, SOCKET_NAME)) <= MAX_SOCKET_PATH
  if (isUsable && makeFolder(account, near)) return near
  const far = mkdtempSync(join(tmpdir(), 'tocsin-'))
  if (account.ids) chownSync(far, account.ids.uid, account.ids.gid)
  return far
}

/** Undefined when it is ready; else the last thing it said. */
const ready = (server: ChildProcess): Promise<string | undefined> =>
  new Promise((resolve) => {
    let said = ''
    server.stderr?.setEncoding('utf8')
    server.stderr?.on('data', (text: string) => {
      said = (said + text).slice(-4000)
      if (said.includes('ready to accept connections')) resolve(undefined)
    })
    server.once('error', (error) => resolve(error.message))
    server.once('exit', () => resolve(lastLine(said)))
  })

const stopChild = (server: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve()
    server.once('exit', () => resolve())
    server.kill('SIGINT')
  })

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? 'it said nothing'
