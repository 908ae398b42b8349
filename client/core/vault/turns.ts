/**
 * One thing at a time, in the order of asking, until one of them fails or somebody asks for the last turn.
 * Not here: what the turns do (vault.ts).
 */

export type Turns = {
  /** Throws when there are no more turns to be had. */
  readonly check: () => void
  /** A task that rejects is the last one that ran: those that wait behind it reject unheard. */
  readonly next: <T>(task: () => Promise<T>) => Promise<T>
  /** Runs after all others, failed or not; every further call gets the same promise. */
  readonly last: (task: (isSound: boolean) => Promise<void>) => Promise<void>
  readonly isOver: () => boolean
  /** Tasks that have not begun. */
  readonly waiting: () => number
}

export const createTurns = (): Turns => {
  let queue: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let hasFailed = false
  let end: Promise<void> | undefined

  const begin = (): void => {
    waiting--
    if (hasFailed) throw new Error(FAILED)
  }
  const check = (): void => {
    if (hasFailed) throw new Error(FAILED)
    if (end !== undefined) throw new Error('the vault is closed')
  }

  return {
    check,
    next: async (task) => {
      check()
      waiting++
      const turn = queue.then(begin).then(task)
      queue = turn.catch(() => {
        hasFailed = true
      })
      return turn
    },
    last: (task) => {
      end ??= queue.then(() => task(!hasFailed))
      return end
    },
    isOver: () => end !== undefined,
    waiting: () => waiting,
  }
}

const FAILED = 'a write failed: close the vault and open it again'
