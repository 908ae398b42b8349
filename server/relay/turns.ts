/**
 * What waits, in a line for each owner, and goes one from each line in turn (protocol.md section 5, Fairness): a flood
 * waits behind itself. Not here: what is done with it, and how much at once.
 */
export type Turns<T> = {
  readonly add: (owner: object, item: T) => void
  readonly take: () => T | undefined
  /** Owners who wait. */
  readonly lines: () => number
}

export const createTurns = <T>(): Turns<T> => {
  const lines = new Map<object, T[]>()
  return {
    add: (owner, item) => {
      const line = lines.get(owner)
      if (line) line.push(item)
      else lines.set(owner, [item])
    },
    /** A line that was served goes to the end. */
    take: () => {
      for (const [owner, line] of lines) {
        lines.delete(owner)
        if (line.length > 1) lines.set(owner, line)
        return line.shift()
      }
      return undefined
    },
    lines: () => lines.size,
  }
}
