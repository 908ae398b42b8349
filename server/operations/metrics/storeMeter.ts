/** The store as it is, and how it does: how large batches are, how long a commit takes, whether it is away. */
import type { Store } from '../../relay/ports.ts'
import { createHistogram, type Histogram } from './histogram.ts'

export type StoreMeter = {
  readonly metered: (store: Store) => Store
  readonly batchEntries: Histogram
  readonly commitSeconds: Histogram
  /** What the store was when it was last asked. */
  readonly isAway: () => boolean
}

const ENTRIES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** `now`: milliseconds that never go back. */
export const createStoreMeter = (now: () => number): StoreMeter => {
  const batchEntries = createHistogram(ENTRIES)
  const commitSeconds = createHistogram(SECONDS)
  let away = false
  const heard = <T>(answer: T): T => {
    away = answer === 'away'
    return answer
  }
  return {
    metered: (store) => ({
      ...store,
      find: (id, today) => store.find(id, today).then(heard),
      read: (id, from, max, today) => store.read(id, from, max, today).then(heard),
      append: async (batch, today) => {
        const began = now()
        const outcomes = await store.append(batch, today)
        away = outcomes.some((outcome) => outcome.type === 'away')
        if (away) return outcomes
        batchEntries.add(batch.length)
        commitSeconds.add((now() - began) / 1000)
        return outcomes
      },
    }),
    batchEntries,
    commitSeconds,
    isAway: () => away,
  }
}
