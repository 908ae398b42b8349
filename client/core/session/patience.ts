/** Who does the common work when several members' devices are awake: each waits a random while, and looks again before it acts. */

export type Patience = {
  readonly mayAct: (work: string) => boolean
  /** This device caused the work, or nobody else may be awake: now. */
  readonly hurry: (work: string) => void
}

/** Milliseconds that a device waits at most for another one to act first. */
const LONGEST_MS = 20_000

/** `isEager`: a device that will not be awake later does what there is to do at once. `random` is in [0, 1). */
export const createPatience = (
  clock: () => number,
  random: () => number,
  isEager: () => boolean,
): Patience => {
  const due = new Map<string, number>()
  return {
    mayAct: (work) => {
      if (isEager()) return true
      const at = due.get(work) ?? clock() + Math.round(random() * LONGEST_MS)
      due.set(work, at)
      return clock() >= at
    },
    hurry: (work) => void due.set(work, 0),
  }
}
