/**
 * One run of the embedded database, from its start to its end. Not here: who starts it again (keeper.ts), its files
 * (cluster.ts), one that runs already (postmaster.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { type Account, options } from './account.ts'
import { clusterOf } from './cluster.ts'
import type { Server } from './keeper.ts'
import { lastLine } from './words.ts'

/**
 * Small, quiet, durable. Errors are not logged: they may quote the rows they are about. What has expired is soon in no
 * file any more: a WAL segment that is done with is deleted at the next checkpoint instead of being kept under a new name.
 * (`select pg_switch_wal()` and then `checkpoint` leave none of what was written before.)
 */
const SETTINGS = {
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  shared_buffers: '16MB',
  max_connections: '20',
  max_wal_senders: '0',
  wal_level: 'minimal',
  wal_recycle: 'off',
  max_wal_size: '128MB',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  io_method: 'sync',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  log_checkpoints: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_timezone: 'UTC',
} as const

export type Ground = {
  readonly account: Account
  /** Of initdb and postgres. */
  readonly bin: string
  /** Holds the cluster. */
  readonly folder: string
  readonly socketFolder: string
}

/** Resolves when it takes connections. The error is the last thing it said. */
export const launch = async ({
  account,
  bin,
  folder,
  socketFolder,
}: Ground): Promise<Result<Server, string>> => {
  const settings = { ...SETTINGS, unix_socket_directories: socketFolder }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // a process group of its own: Ctrl-C is for the relay, which ends the database last
  const child = spawn(join(bin, 'postgres'), ['-D', clusterOf(folder), ...flags], {
    ...options(account),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let isReady = (): void => undefined
  const ready = new Promise<void>((resolve) => {
    isReady = resolve
  })
  const gone = lastWord(child, isReady)
  endWithUs(child, gone)
  const fault = await Promise.race([ready, gone])
  return fault === undefined ? ok({ gone, stop: () => stop(child, gone) }) : err(fault)
}

/** Resolves at its end with the last thing it said, or with what ended it. */
const lastWord = (child: ChildProcess, isReady: () => void): Promise<string> =>
  new Promise((resolve) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
      if (said.includes('ready to accept connections')) isReady()
    })
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (_code, signal) => signal && resolve(signal)) // its helpers may hold the pipe for a while
    child.once('close', () => resolve(lastLine(said)))
  })

/** Whatever ends the relay, short of a SIGKILL. */
const endWithUs = (child: ChildProcess, gone: Promise<string>): void => {
  const end = (): void => void child.kill('SIGINT')
  process.once('exit', end)
  void gone.then(() => process.off('exit', end))
}

/** A fast shutdown; should it hang, one without its checkpoint, from which the next start recovers; should that hang, the end. */
const ESCALATION = [
  { afterMs: 0, signal: 'SIGINT' },
  { afterMs: 10_000, signal: 'SIGQUIT' },
  { afterMs: 15_000, signal: 'SIGKILL' },
] as const

const stop = async (child: ChildProcess, gone: Promise<string>): Promise<void> => {
  const timers = ESCALATION.map(({ afterMs, signal }) => setTimeout(() => child.kill(signal), afterMs))
  await gone
  for (const timer of timers) clearTimeout(timer)
}
