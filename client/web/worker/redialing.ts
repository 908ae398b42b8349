/**
 * Waiting to dial again in a browser. A phone that was in a tunnel waits up to a minute between two dials (4.7); when the browser says that the
 * network is back, an alarm need not wait for the rest of it. Not here: how long a wait is (client/core/relay/connection.ts).
 */
import type { Timer } from '../../core/relay/ports.ts'

export type Redialing = {
  readonly redial: Timer
  /** Ends every wait that is under way. */
  readonly now: () => void
}

export const createRedialing = (timer: Timer): Redialing => {
  const waits = new Set<() => void>()
  return {
    redial: (delayMs, wake) => {
      const end = (): void => {
        cancel()
        waits.delete(due)
      }
      const due = (): void => {
        end()
        wake()
      }
      const cancel = timer(delayMs, due)
      waits.add(due)
      return end
    },
    now: () => {
      for (const due of [...waits]) due()
    },
  }
}
