/** How long fault tests go on, and by which dice: short and different every time, long in the nightly run, again with a seed. */
import type { Test } from 'tap'

/** `npm test` does a few rounds of everything; with TOCSIN_TEST_FULL=1 all of them are done (.ci/nightly). */
export const IS_FULL = process.env.TOCSIN_TEST_FULL === '1'

export const rounds = (few: number, all: number): number => (IS_FULL ? all : few)

/** A number from 0 up to `below`. */
export type Dice = (below: number) => number

/** The seed is printed; TOCSIN_TEST_SEED throws the same dice again, though the machine may not run the same way. */
export const newDice = (t: Test): Dice => {
  const seed = Number(process.env.TOCSIN_TEST_SEED ?? Date.now() % 2 ** 31)
  t.comment(`TOCSIN_TEST_SEED=${seed}`)
  let state = seed
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
