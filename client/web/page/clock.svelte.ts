/** The time for what a screen says is left, once a minute. */
const MINUTE_MS = 60_000
let nowMs = $state(Date.now())

export const now = (): number => nowMs

/** The answer stops it. */
export const startClock = (): (() => void) => {
  const timer = setInterval(() => {
    nowMs = Date.now()
  }, MINUTE_MS)
  return () => clearInterval(timer)
}
