/** Counts how often a value was at most so large, for a few bounds. */

/** `upTo`: bound and how many values were not above it, as Prometheus adds them up. */
export type Counted = {
  readonly upTo: readonly (readonly [bound: number, below: number])[]
  readonly count: number
  readonly sum: number
}

export type Histogram = {
  readonly add: (value: number) => void
  readonly read: () => Counted
}

/** `bounds` rise. */
export const createHistogram = (bounds: readonly number[]): Histogram => {
  const counts = bounds.map(() => 0)
  let count = 0
  let sum = 0
  return {
    add: (value) => {
      const at = bounds.findIndex((bound) => value <= bound)
      if (at >= 0) counts[at] = (counts[at] ?? 0) + 1
      count += 1
      sum += value
    },
    read: () => {
      let below = 0
      const upTo = bounds.map((bound, i) => {
        below += counts[i] ?? 0
        return [bound, below] as const
      })
      return { upTo, count, sum }
    },
  }
}
