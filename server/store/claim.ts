/**
 * The claim of a relay on its database: an advisory lock, held by a connection of its own for as long as it runs. Relays on one server
 * share it; the embedded database belongs to one relay alone, and so does a database that is being moved. Relays of the first
 * version claimed it alone and saw nobody else's entries: one of those and one of ours never run together.
 */
import { connect, type DatabaseAddress, type Sql } from './connect.ts'

export type Claim = {
  /** Called once when somebody else holds the database after it was away: this relay has to end. */
  readonly onLost: (listener: () => void) => void
  readonly end: () => Promise<void>
}

export type ClaimKind = 'shared' | 'alone'

const RELAY_LOCK = 7_302
/** A killed relay's connection takes a moment to end on the server's side. */
const TRIES = 30
const PAUSE_MS = 100

/** Throws what the driver throws when the server cannot be reached. */
export const openClaim = async (address: DatabaseAddress, kind: ClaimKind): Promise<Claim | 'taken'> => {
  let isOver = false
  let lost: () => void = () => undefined

  const take = (): Promise<Sql | undefined> => claimed(address, kind, () => void retake())
  /** The connection broke and the lock is free: until the database is back, or somebody else has it. */
  const retake = async (): Promise<void> => {
    while (!isOver) {
      const taken = await take().catch(() => 'away' as const)
      if (taken === undefined) return lost()
      if (taken !== 'away') return hold(taken)
      await pause()
    }
  }
  let holder: Sql | undefined
  const hold = (taken: Sql): void => {
    holder = taken
    if (isOver) void finish(taken)
  }

  const first = await take()
  if (first === undefined) return 'taken'
  hold(first)
  return {
    onLost: (listener) => {
      lost = listener
    },
    end: async () => {
      isOver = true
      if (holder) await finish(holder)
    },
  }
}

/** The connection that has the lock; undefined if it is somebody else's. `broken` is called once should it break. */
const claimed = async (
  address: DatabaseAddress,
  kind: ClaimKind,
  broken: () => void,
): Promise<Sql | undefined> => {
  let holds = false
  const sql = connect(address, 1, () => {
    if (holds) broken()
    holds = false
  })
  try {
    holds = await tryLock(sql, kind)
    if (holds) return sql
  } catch (error) {
    await finish(sql)
    throw error
  }
  await finish(sql)
  return undefined
}

const tryLock = async (sql: Sql, kind: ClaimKind): Promise<boolean> => {
  for (let i = 0; i < TRIES; i++) {
    const [row] =
      kind === 'shared'
        ? await sql`select pg_try_advisory_lock_shared(${RELAY_LOCK}) as mine`
        : await sql`select pg_try_advisory_lock(${RELAY_LOCK}) as mine`
    if (row?.mine === true) return true
    await pause()
  }
  return false
}

const finish = (sql: Sql): Promise<void> => sql.end({ timeout: 1 })

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
