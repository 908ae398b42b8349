/** What a relay of a fault test stands on: the database it brings, or a server that it is told of. Both with fsync on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { installedPrograms, newDurablePostgres } from '../support/postgres.ts'

export type Ground = {
  /** For the relay process. */
  readonly env: Readonly<Record<string, string>>
  /** The pid of the server that runs now. */
  readonly postmaster: () => number
  /** SIGKILL to the server. */
  readonly kill: () => Promise<void>
  /** Stops a server as its operator would. */
  readonly stop: () => Promise<void>
  /** Starts a server that has ended. The embedded one is its relay's to start, so there it does nothing. */
  readonly revive: () => Promise<void>
  /** One statement of an operator, and the first column of its first row. */
  readonly ask: (statement: string) => Promise<unknown>
  readonly remove: () => Promise<void>
}

/** Its data goes into a folder of its own in `parent`. */
export const embeddedGround = (parent: string): Ground => {
  const folder = join(parent, 'relay')
  const postmaster = (): number =>
    Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  const nothing = async (): Promise<void> => undefined
  return {
    env: { TOCSIN_DATA: folder },
    postmaster,
    kill: async () => {
      try {
        process.kill(postmaster(), 'SIGKILL')
      } catch {} // it has ended, or its disk has
    },
    stop: nothing,
    revive: nothing,
    ask: (statement) => {
      const path = join(folder, 'postgres', 'socket', '.s.PGSQL.5432')
      return askOnce(postgres({ path, user: 'postgres', database: 'postgres', max: 1 }), statement)
    },
    remove: nothing,
  }
}

/** Debian's server where it is installed, else the programs of the embedded database. */
export const serverGround = async (parent: string, ...settings: readonly string[]): Promise<Ground> => {
  const server = await newDurablePostgres({}, { parent, programs: installedPrograms(), settings })
  return {
    env: { DATABASE_URL: server.url },
    postmaster: server.pid,
    kill: server.kill,
    stop: server.stop,
    revive: server.start,
    ask: (statement) => askOnce(postgres(server.url, { max: 1 }), statement),
    remove: server.remove,
  }
}

const askOnce = async (sql: postgres.Sql, statement: string): Promise<unknown> => {
  try {
    const [row] = await sql.unsafe(statement)
    return row && Object.values(row)[0]
  } finally {
    await sql.end({ timeout: 1 })
  }
}
