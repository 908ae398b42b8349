/** A database server that is already running on a data folder: one that a killed relay left, or one of another relay's. */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Postmaster = { readonly pid: number; readonly socketFolder: string }

/** The name of the socket that Postgres makes for port 5432. */
export const SOCKET_NAME = '.s.PGSQL.5432'

/** A server that was just started gets this long to answer, one that is recovering too. */
const PATIENCE_MS = 10_000
const PAUSE_MS = 50

/** Undefined when nothing runs there. A pid file of a process that is gone counts as nothing: Postgres clears it up. */
export const findPostmaster = async (folder: string): Promise<Postmaster | undefined> => {
  for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    const noted = readPidFile(folder)
    if (noted === undefined || !isAlive(noted.pid)) return undefined
    if (noted.socketFolder !== '' && (await answers(noted.socketFolder))) return noted
    await sleep(PAUSE_MS)
  }
  return undefined
}

/** Fast shutdown: running statements are rolled back, what was acknowledged is on disk. */
export const stopPostmaster = async ({ pid }: Postmaster): Promise<void> => {
  if (!signal(pid, 'SIGINT')) return
  for (let waited = 0; isAlive(pid) && waited < PATIENCE_MS; waited += PAUSE_MS) await sleep(PAUSE_MS)
}

/** Line 1 of postmaster.pid is the process, line 5 the folder of its socket. */
const readPidFile = (folder: string): Postmaster | undefined => {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 1 ? { pid, socketFolder: lines[4] ?? '' } : undefined
  } catch {
    return undefined
  }
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
