/** The time for what a screen says is left, four times a minute. */
const TICK_MS = 15_000
let nowMs = $state(Date.now())

export const now = (): number => nowMs

/** The answer stops it. */
export const startClock = (): (() => void) => {
  const timer = setInterval(() => {
    nowMs = Date.now()
  }, TICK_MS)
  return () => clearInterval(timer)
}
