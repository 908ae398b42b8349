/** Two bounds of the design, counted out: how long insiders hold a decided removal up (I5), and how many of them a forking relay needs (7.5). */

import { stepsOf } from './honest.ts'
import { hostileMoves } from './hostile.ts'
import { begin, type Cast, chainOf, honestDevices, keyOf, type State } from './world.ts'

/**
 * The longest row of insiders' commits while every one of them is to be removed and honest devices, which follow and vote, always lose the
 * race. `cap` stands for no end.
 */
export const longestRow = (cast: Cast, cap: number): number => {
  const start: State = { ...begin({ ...cast, budget: 99 }), budget: 99, decided: true }
  const seen = new Set([keyOf(start)])
  const waiting: State[] = [start]
  let longest = 0
  for (let state = waiting.pop(); state; state = waiting.pop()) {
    longest = Math.max(longest, chainOf(state).length - 1)
    if (longest >= cap) return cap
    for (const after of racing(cast, state)) {
      const key = keyOf(after)
      if (seen.has(key)) continue
      seen.add(key)
      waiting.push(after)
    }
  }
  return longest
}

/** Insiders' commits that everybody can follow, and no removal: they would only help. VOID of theirs is not in their interest. */
const racing = (cast: Cast, state: State): readonly State[] => {
  const isHonest = (after: State): boolean => after.epochs.length === state.epochs.length
  const honest = honestDevices(cast).flatMap((device) =>
    stepsOf(cast, state, device, false).map((step) => step.state),
  )
  const hostile = hostileMoves(cast, state).filter((after) => {
    const added = after.epochs.length > state.epochs.length ? after.epochs.at(-1) : undefined
    const isVoid = after.logs.some((log, i) => log.voids !== (state.logs[i]?.voids ?? 0))
    return !isVoid && (added === undefined || (added.victims === 0 && added.kind !== 'remove'))
  })
  return [...honest.filter(isHonest), ...hostile]
}

/** The fewest insiders with whom a relay that shows two halves two branches gets both of them confirmed; undefined if no number below `seats` does. */
export const forkersNeeded = (seats: number, needed: (electorate: number) => number): number | undefined => {
  for (let insiders = 0; insiders < seats; insiders++) if (canFork(seats, insiders, needed)) return insiders
  return undefined
}

/** Of the two branches, none, one or both begin with an insider's commit; an author has no HELLO in the own branch. */
const canFork = (seats: number, insiders: number, needed: (electorate: number) => number): boolean =>
  [0, 1, 2].some((authors) => {
    const honest = seats - insiders - (2 - authors)
    if ((authors > 0 && insiders === 0) || honest < 0) return false
    const lacking = [0, 1].map((branch) =>
      Math.max(0, needed(seats - 1) - (insiders - (branch < authors ? 1 : 0))),
    )
    return (lacking[0] ?? 0) + (lacking[1] ?? 0) <= honest
  })
