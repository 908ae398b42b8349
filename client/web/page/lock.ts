/** Locks the vault when nobody has touched the page for a while, also when it was asleep meanwhile: then as soon as it wakes. */
import { chosenLock } from './choices.ts'

const LOOK_MS = 15_000
const MINUTE_MS = 60_000
const TOUCHES = ['pointerdown', 'keydown', 'scroll'] as const

/** The answer stops it. */
export const lockWhenIdle = (lock: () => void): (() => void) => {
  let touchedAt = Date.now()
  const touch = (): void => {
    touchedAt = Date.now()
  }
  const look = (): void => {
    if (Date.now() - touchedAt > chosenLock() * MINUTE_MS) lock()
  }
  const timer = setInterval(look, LOOK_MS)
  document.addEventListener('visibilitychange', look)
  for (const name of TOUCHES) document.addEventListener(name, touch, { capture: true, passive: true })
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    for (const name of TOUCHES) document.removeEventListener(name, touch, { capture: true })
  }
}
