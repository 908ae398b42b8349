/**
 * Every choice of a schedule and every random byte of its clients come from one number, so that a schedule that failed runs again to the
 * same bytes. Not here: what is chosen between (moves.ts).
 */
import sodium from 'libsodium-wrappers'

/** Uniform in [0, 1). */
type Roll = () => number

/** mulberry32: 32 bits of state are enough to choose among test cases, and for nothing else. */
const rollFrom = (seed: number): Roll => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Dice = {
  readonly below: (limit: number) => number
  readonly chance: (probability: number) => boolean
  /** Throws on nothing to choose from. */
  readonly pick: <T>(from: readonly T[]) => T
  /** Each with probability one half. */
  readonly some: <T>(from: readonly T[]) => readonly T[]
  readonly shuffled: <T>(from: readonly T[]) => readonly T[]
}

export const diceFrom = (seed: number): Dice => {
  const roll = rollFrom(seed)
  const below = (limit: number): number => Math.floor(roll() * limit)
  const chance = (probability: number): boolean => roll() < probability
  return {
    below,
    chance,
    pick: (from) => {
      if (from.length === 0) throw new Error('nothing to choose from')
      return from[below(from.length)] as (typeof from)[number]
    },
    some: (from) => from.filter(() => chance(0.5)),
    shuffled: (from) =>
      from
        .map((one) => ({ one, at: roll() }))
        .sort((a, b) => a.at - b.at)
        .map(({ one }) => one),
  }
}

/** The module behind libsodium's wrappers asks the machine for 32 bits at a time, through this function. */
type Source = { getRandomValue: () => number }

/** From here on libsodium's randomness in this process comes from the seed: keys, ids and nonces are the same in every run. */
export const seedLibsodium = (seed: number): void => {
  const roll = rollFrom(seed)
  const { libsodium } = sodium as unknown as { libsodium: Source }
  libsodium.getRandomValue = () => Math.floor(roll() * 4_294_967_296)
}
