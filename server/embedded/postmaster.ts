/** A database server that is already running on a data folder: one that a killed relay left, or one of another relay's. */
import { readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from './keeper.ts'

export type Postmaster = { readonly pid: number; readonly socketFolder: string }

/** The name of the socket that Postgres makes for port 5432. */
export const SOCKET_NAME = '.s.PGSQL.5432'

/** A server that was just started gets this long to answer, one that is recovering too. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 50
/** Between looks at a server that is not our child. */
const LOOK_MS = 200

/** Undefined when nothing runs there. A pid file of a process that is gone counts as nothing: Postgres clears it up. */
export const findPostmaster = async (cluster: string): Promise<Postmaster | undefined> => {
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    const noted = readPidFile(cluster)
    if (noted === undefined || !isAlive(noted.pid)) return undefined
    if (isStranger(noted.pid, cluster)) return disown(cluster)
    if (noted.socketFolder !== '' && (await answers(noted.socketFolder))) return noted
    await sleep(PAUSE_MS)
  }
  return undefined
}

/** Not our child, so its end is seen by looking. */
export const adopt = (postmaster: Postmaster): Server => ({
  gone: ended(postmaster.pid).then(() => 'it was left by another relay'),
  stop: () => stopPostmaster(postmaster),
})

const ended = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await sleep(LOOK_MS)
}

/** Fast shutdown: running statements are rolled back, what was acknowledged is on disk. */
const stopPostmaster = async ({ pid }: Postmaster): Promise<void> => {
  if (!signal(pid, 'SIGINT')) return
  for (let waited = 0; isAlive(pid) && waited < PATIENCE_MS; waited += PAUSE_MS) await sleep(PAUSE_MS)
}

/** Line 1 of postmaster.pid is the process, line 5 the folder of its socket. */
const readPidFile = (cluster: string): Postmaster | undefined => {
  try {
    const lines = pidLines(cluster)
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 1 ? { pid, socketFolder: lines[4] ?? '' } : undefined
  } catch {
    return undefined
  }
}

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid')
const pidLines = (cluster: string): readonly string[] => readFileSync(pidFile(cluster), 'utf8').split('\n')

/**
 * After a restart of the machine or container the noted number may be anybody's, and Postgres would wait for that process for
 * ever. A server works in its own cluster; where the system does not tell, nobody is a stranger.
 */
const isStranger = (pid: number, cluster: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(cluster)
  } catch {
    return false
  }
}

/**
 * Our own number instead of the stranger's: Postgres takes its parent's for stale, and still looks whether children of the
 * server before it are alive, which it could not without the file.
 */
const disown = (cluster: string): undefined => {
  writeFileSync(pidFile(cluster), [String(process.pid), ...pidLines(cluster).slice(1)].join('\n'))
}

const isAlive = (pid: number): boolean => signal(pid, 0)

const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

const answers = (socketFolder: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(join(socketFolder, SOCKET_NAME))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
