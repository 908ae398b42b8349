/**
 * The database that comes with the relay: a real Postgres from an npm package, on a unix socket that only its account can
 * enter, small, with fsync on. First use makes it; should it die, it is started again. Not here: what is in it (server/store).
 */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { type Account, chooseAccount, makeFolder } from './account.ts'
import { findBinaries } from './binaries.ts'
import { clusterOf, makeCluster } from './cluster.ts'
import { keepRunning, type Server } from './keeper.ts'
import { type Ground, launch } from './launch.ts'
import { adopt, findPostmaster, SOCKET_NAME } from './postmaster.ts'

export type Embedded = {
  readonly socketFolder: string
  /** It was running already: left by a killed relay, or another relay's. Who claims it (store/database.ts) knows which. */
  readonly wasRunning: boolean
  readonly stop: () => Promise<void>
  /** Leaves it to whoever started it: it is not started again from here. */
  readonly release: () => void
}

/**
 * `dataFolder` is made if it is missing. The error is a sentence for the person at the terminal, and so is what is told when
 * the server has to be started again.
 */
export const startEmbedded = async (
  dataFolder: string,
  tell: (sentence: string) => void = () => undefined,
): Promise<Result<Embedded, string>> => {
  const data = resolve(dataFolder)
  const account = chooseAccount()
  if (!account.ok) return account
  const folder = join(data, 'postgres')
  if (!makeFolders(account.value, data, folder)) return err(unreachable(account.value, data))
  const bin = findBinaries(account.value, data)
  if (!bin.ok) return bin
  const place = { account: account.value, bin: bin.value, folder }
  const running = await findPostmaster(clusterOf(folder))
  if (running)
    return ok({
      ...kept(adopt(running), { ...place, socketFolder: running.socketFolder }, tell),
      wasRunning: true,
    })
  const made = await makeCluster(account.value, bin.value, folder)
  if (!made.ok) return made
  const ground = { ...place, socketFolder: makeSocketFolder(account.value, folder) }
  const server = await launch(ground)
  return server.ok
    ? ok({ ...kept(server.value, ground, tell), wasRunning: false })
    : err(`The embedded database did not start: ${server.error}`)
}

const kept = (
  first: Server,
  ground: Ground,
  tell: (sentence: string) => void,
): Omit<Embedded, 'wasRunning'> => {
  const { folder, socketFolder } = ground
  const start = async (): Promise<Result<Server, string>> => {
    const running = await findPostmaster(clusterOf(folder))
    return running ? ok(adopt(running)) : launch(ground)
  }
  const keeper = keepRunning(first, { start, tell })
  const stop = async (): Promise<void> => {
    await keeper.stop()
    if (!socketFolder.startsWith(folder)) rmSync(socketFolder, { recursive: true, force: true })
  }
  return { socketFolder, stop, release: keeper.release }
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
