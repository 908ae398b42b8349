/** A Postgres server of the test's own, with fsync on, that may be killed. The server of the whole run is in test/run.ts. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, chooseAccount, makeFolder, options } from '../../server/embedded/account.ts'
import { findBinaries } from '../../server/embedded/binaries.ts'

export type DurablePostgres = {
  readonly url: string
  /** Of the server that runs now. */
  readonly pid: () => number
  /** SIGKILL; its helpers end by themselves. */
  readonly kill: () => Promise<void>
  /** SIGINT: what runs is undone, and it ends in good order. */
  readonly stop: () => Promise<void>
  /** Nothing if it runs. */
  readonly start: () => Promise<void>
  readonly remove: () => Promise<void>
}

const must = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** The folder of Debian's newest server programs, if there are any. */
export const installedPrograms = (): string | undefined => {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((v) => join(debian, v, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

type Place = {
  /** In which its folder is made. */
  readonly parent?: string
  /** Of initdb and postgres; those of the embedded database otherwise. */
  readonly programs?: string | undefined
  /** Such as fsync=off. */
  readonly settings?: readonly string[]
}

/** `env` is added to the server's environment, such as a library to preload. */
export const newDurablePostgres = async (
  env: Readonly<Record<string, string>> = {},
  { parent = tmpdir(), programs, settings: more = [] }: Place = {},
): Promise<DurablePostgres> => {
  const account: Account = must(chooseAccount())
  const folder = mkdtempSync(join(parent, 'tocsin-durable-'))
  chmodSync(folder, 0o755)
  const bin = programs ?? must(findBinaries(account, folder))
  const data = join(folder, 'data')
  makeFolder(account, data)
  const flags = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const init = spawnSync(join(bin, 'initdb'), flags, { ...options(account), encoding: 'utf8' })
  if (init.status !== 0) throw new Error(init.stderr)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on', ...more].flatMap(
    (setting) => ['-c', setting],
  )
  let server: ChildProcess | undefined
  const startOnce = async (): Promise<void> => {
    server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...options(account),
      env: { ...options(account).env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await ready(server)
  }
  /** Helpers of a killed server that are busy take a moment to see that it is gone. */
  const start = async (tries = 100): Promise<void> => {
    try {
      await startOnce()
    } catch (error) {
      if (tries === 0 || !/shared memory block|lock file/.test(String(error))) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
      await start(tries - 1)
    }
  }
  const runs = (): boolean => server?.exitCode === null && server.signalCode === null
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === undefined || !runs()) return
    const gone = new Promise((resolve) => server?.once('exit', resolve))
    server.kill(signal)
    await gone
  }
  await start()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: () => server?.pid ?? 0,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    start: async () => (runs() ? undefined : start()),
    remove: async () => {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const ready = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (text) => {
      said += text
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('close', () => reject(new Error(`postgres did not start: ${said}`)))
  })

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
