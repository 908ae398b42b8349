/**
 * Looking whether watched logs grew, for when nobody said so: hints get lost, and a write may have happened although its answer
 * did not come. One question for a thousand logs, and none while nobody watches. Not here: what is done about growth.
 */
import { logKey } from '../../shared/protocol/ids.ts'
import type { Live, Lives } from './live.ts'
import type { Later, Store } from './ports.ts'

export type SweepDeps = {
  readonly store: Pick<Store, 'heads'>
  readonly later: Later
  readonly lives: Pick<Lives, 'all' | 'size'>
  readonly grown: (live: Live) => void
  /** The store cannot say where these stand. */
  readonly failed: (lives: readonly Live[], error: unknown) => void
}

export type Sweep = {
  /** Somebody watches: look every few seconds as long as that is so. */
  readonly begin: () => void
  /** Look now. */
  readonly look: () => void
}

/** Milliseconds between looks: what a lost hint costs, at most. */
const SWEEP_MS = 5_000
/** Logs in one question. */
const AT_ONCE = 1_000

export const createSweep = ({ store, later, lives, grown, failed }: SweepDeps): Sweep => {
  let isRunning = false
  let looking: Promise<void> | undefined
  let again = false

  /** A head below the edge: the log died and was made anew, which reading it will show. */
  const compare = async (some: readonly Live[]): Promise<void> => {
    const edges = some.map((live) => live.edge ?? 0)
    const heads = await store.heads(some.map((live) => live.id))
    if (heads === 'away') return
    const byKey = new Map(heads.map(([id, head]) => [logKey(id), head]))
    some.forEach((live, i) => {
      const head = byKey.get(live.key)
      const isOther = head !== undefined && (head > (live.edge ?? head) || head < (edges[i] ?? 0))
      if (isOther) grown(live)
    })
  }
  const lookOnce = async (): Promise<void> => {
    const known = lives.all().filter((live) => live.edge !== undefined)
    for (let at = 0; at < known.length; at += AT_ONCE) {
      const some = known.slice(at, at + AT_ONCE)
      await compare(some).catch((error) => failed(some, error))
    }
  }
  const look = async (): Promise<void> => {
    again = true
    while (again) {
      again = false
      await lookOnce()
    }
  }
  const lookSoon = (): Promise<void> => {
    again = true
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
  const tick = async (): Promise<void> => {
    isRunning = lives.size() > 0
    if (!isRunning) return
    await lookSoon()
    later(SWEEP_MS, () => void tick())
  }
  return {
    begin: () => {
      if (isRunning) return
      isRunning = true
      later(SWEEP_MS, () => void tick())
    },
    look: () => void lookSoon(),
  }
}
