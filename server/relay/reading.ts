/**
 * Pages that watches read from the store: a few at once across the whole relay, so that five thousand who come back together
 * leave the database room for everything else. While the store is away, all of them wait. Not here: who gets a page.
 */
import type { Day, LogId, Seq } from '../../shared/protocol/ids.ts'
import { MAX_PAGE_ENTRIES } from '../../shared/protocol/limits.ts'
import type { Later, Page, Store } from './ports.ts'
import { createTurns, type Turns } from './turns.ts'

export type ReadingDeps = {
  readonly store: Pick<Store, 'read'>
  readonly today: () => Day
  readonly later: Later
}

/** One page to be read. `found` gets undefined where there is no such log, and the day on which the page was good. */
export type Job = {
  readonly id: LogId
  /** Called when its turn has come: where the page begins; undefined when nobody waits for it any more. */
  readonly start: () => Seq | undefined
  readonly found: (page: Page | undefined, day: Day) => void
  readonly failed: (error: unknown) => void
}

/** `pull` serves everybody who is live in a log and waits for no more than every other read. */
export type Reading = {
  readonly pull: (job: Job) => void
  readonly catchUp: (owner: object, job: Job) => void
}

/** Half of the store's connections: the writer, openings and READs have the others. */
const AT_ONCE = 3
/** Milliseconds until a store that was away is asked again. */
const AWAY_MS = 1_000

type Waiting = { readonly job: Job; readonly again: () => void }

export const createReading = ({ store, today, later }: ReadingDeps): Reading => {
  const pulls = createTurns<Waiting>()
  const catchUps = createTurns<Waiting>()
  let underWay = 0
  let isResting = false
  let isPullsTurn = false

  const next = (): Waiting | undefined => {
    isPullsTurn = !isPullsTurn
    return isPullsTurn ? (pulls.take() ?? catchUps.take()) : (catchUps.take() ?? pulls.take())
  }
  const go = (): void => {
    while (underWay < AT_ONCE && !isResting) {
      const waiting = next()
      if (waiting === undefined) return
      const from = waiting.job.start()
      if (from !== undefined) void run(waiting, from)
    }
  }
  const rest = (): void => {
    if (isResting) return
    isResting = true
    later(AWAY_MS, () => {
      isResting = false
      go()
    })
  }
  const run = async ({ job, again }: Waiting, from: Seq): Promise<void> => {
    underWay += 1
    const day = today()
    try {
      const page = await store.read(job.id, from, MAX_PAGE_ENTRIES, day)
      if (page !== 'away') return job.found(page, day)
      rest()
      again()
    } catch (error) {
      job.failed(error)
    } finally {
      underWay -= 1
      go()
    }
  }
  const ask = (turns: Turns<Waiting>, owner: object, job: Job): void => {
    const again = (): void => turns.add(owner, { job, again })
    again()
    go()
  }
  return {
    pull: (job) => ask(pulls, job, job),
    catchUp: (owner, job) => ask(catchUps, owner, job),
  }
}
