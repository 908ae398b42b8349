/**
 * The database that comes with the relay: how long its first start and a restart take, and what relay and database need together. Beside it what the
 * machine allows: bare `initdb` and a bare `postgres`, with nothing of ours around.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, chooseAccount, makeFolder, options } from '../../server/embedded/account.ts'
import { findBinaries } from '../../server/embedded/binaries.ts'
import { startEmbedded } from '../../server/embedded/embedded.ts'
import { startRelayProcess } from '../support/relayProcess.ts'
import { alternating, type Goal, judged, type Pace, say, table } from './bench.ts'
import { ownKib, tree } from './kernel.ts'

const timed = async <T>(work: () => Promise<T>): Promise<readonly [number, T]> => {
  const begin = performance.now()
  const result = await work()
  return [performance.now() - begin, result]
}

const inFolder = async (work: (folder: string) => Promise<readonly number[]>): Promise<readonly number[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  chmodSync(folder, 0o755)
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const orThrow = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** Until it answers, each: first start, restart. Ending is not counted. */
const ours = (): Promise<readonly number[]> =>
  inFolder(async (folder) => {
    const [first, one] = await timed(() => startEmbedded(folder))
    await orThrow(one).stop()
    const [again, two] = await timed(() => startEmbedded(folder))
    await orThrow(two).stop()
    return [first, again]
  })

const bare = (): Promise<readonly number[]> =>
  inFolder(async (folder) => {
    const account = orThrow(chooseAccount())
    const bin = orThrow(findBinaries(account, folder))
    const data = join(folder, 'data')
    makeFolder(account, data)
    const [made] = await timed(async () => initdb(account, bin, data))
    const first = await postgres(account, bin, data)
    return [made + first, await postgres(account, bin, data)]
  })

const initdb = (account: Account, bin: string, data: string): void => {
  const flags = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
  const init = spawnSync(join(bin, 'initdb'), flags, { ...options(account), encoding: 'utf8' })
  if (init.status !== 0) throw new Error(init.stderr)
}

/** Milliseconds until it is ready; then it is ended. */
const postgres = async (account: Account, bin: string, data: string): Promise<number> => {
  const settings = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${data}`]
  const begin = performance.now()
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings], {
    ...options(account),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = once(server, 'exit')
  let took = Number.NaN
  server.stderr.on('data', (text) => {
    if (!String(text).includes('ready to accept connections')) return
    took = performance.now() - begin
    server.kill('SIGINT')
  })
  await gone
  return took
}

/** The whole program: until it says where it listens; and the memory of everything that it started. */
const program = (): Promise<readonly number[]> =>
  inFolder(async (folder) => {
    const [first, one] = await timed(() => startRelayProcess({ TOCSIN_DATA: folder }))
    await one.end()
    const [again, two] = await timed(() => startRelayProcess({ TOCSIN_DATA: folder }))
    const memory = ownKib(tree(two.pid)) / 1024
    await two.end()
    return [first, again, memory]
  })

export const embedded = async (pace: Pace): Promise<void> => {
  const {
    ours: own = [],
    bare: peer = [],
    program: whole = [],
  } = await alternating({ ours, bare, program }, pace.rounds)
  const values = (all: readonly (readonly number[])[], i: number): readonly number[] =>
    all.map((each) => each[i] ?? Number.NaN)
  const row = (name: string, all: readonly number[], goal?: Goal): readonly string[] => [
    name,
    judged(all, goal),
  ]
  table([
    row('first start, ms', values(own, 0), { atMost: 1500 }),
    row('first start of bare initdb and postgres, ms', values(peer, 0)),
    row('first start of the whole program, ms', values(whole, 0)),
    row('restart, ms', values(own, 1), { atMost: 300 }),
    row('restart of a bare postgres, ms', values(peer, 1)),
    row('restart of the whole program, ms', values(whole, 1)),
    row('MiB of relay and database, own memory', values(whole, 2), { atMost: 110 }),
  ])
  say('The whole program includes starting Node and reading the sources.')
}
