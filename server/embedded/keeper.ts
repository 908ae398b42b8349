/**
 * Keeps one database server running until it is told to stop: when it dies it is started again, with growing pauses, for
 * as long as it takes. Not here: what a server is made of (launch.ts, postmaster.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { err, type Result } from '../../shared/base/result.ts'

export type Server = {
  /** Resolves when it has ended, with what is known about why. */
  readonly gone: Promise<string>
  readonly stop: () => Promise<void>
}

export type KeeperDeps = {
  readonly start: () => Promise<Result<Server, string>>
  /** Sentences for the operator. */
  readonly tell: (sentence: string) => void
}

/** Milliseconds before the first try, between tries at most, and of running after which a server counts as well again. */
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 5_000
const WELL_AFTER_MS = 10_000

export type Keeper = {
  /** Stops whatever runs, and resolves when nothing does. */
  readonly stop: () => Promise<void>
  /** Looks after it no longer: it is somebody else's. */
  readonly release: () => void
}

/** `first` runs already. */
export const keepRunning = (first: Server, { start, tell }: KeeperDeps): Keeper => {
  const ending = new AbortController()
  const { signal } = ending
  let server: Server | undefined = first
  let pauseMs = FIRST_PAUSE_MS

  const startAgain = async (): Promise<Server | undefined> => {
    while (!signal.aborted) {
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      if (signal.aborted) return undefined
      const started = await start().catch((error: Error) => err(error.message))
      if (started.ok) return started.value
      tell(`The embedded database did not start (${started.error}) and is tried again.`)
    }
    return undefined
  }

  const watch = async (): Promise<void> => {
    while (server !== undefined && !signal.aborted) {
      const since = performance.now()
      const why = await server.gone
      if (signal.aborted) return
      tell(`The embedded database ended (${why}) and is started again.`)
      if (performance.now() - since > WELL_AFTER_MS) pauseMs = FIRST_PAUSE_MS
      server = await startAgain()
    }
    await server?.stop()
  }

  const watching = watch()
  return {
    stop: async () => {
      ending.abort()
      await server?.stop()
      await watching
    },
    release: () => ending.abort(),
  }
}
