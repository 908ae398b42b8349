/** A timer port that the test moves. Not here: any real time. */
import type { Timer } from '../../client/core/relay/ports.ts'

export type FakeTimer = {
  readonly timer: Timer
  /** Milliseconds since the start. */
  readonly now: () => number
  /** Wakes what is due within `ms`, in order, and lets everything settle after each. */
  readonly pass: (ms: number) => Promise<void>
  /** Delays of what is waiting, in milliseconds from now. */
  readonly waiting: () => readonly number[]
}

/** Everything that needs no timer has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

export const createFakeTimer = (): FakeTimer => {
  const waiting = new Set<{ readonly at: number; readonly wake: () => void }>()
  let now = 0
  const next = (until: number) => [...waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  return {
    timer: (delayMs, wake) => {
      const one = { at: now + delayMs, wake }
      waiting.add(one)
      return () => void waiting.delete(one)
    },
    now: () => now,
    pass: async (ms) => {
      const until = now + ms
      await settled()
      for (let due = next(until); due !== undefined; due = next(until)) {
        now = due.at
        waiting.delete(due)
        due.wake()
        await settled()
      }
      now = until
    },
    waiting: () => [...waiting].map(({ at }) => at - now),
  }
}
