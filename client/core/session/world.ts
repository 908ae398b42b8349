/** What a session needs of the machine it runs on. The CLI and the web client each provide it. */
import type { Dial, Timer } from '../relay/ports.ts'

/** `clock`: milliseconds since 1970. `chance`: in [0, 1). */
export type World = {
  readonly dial: Dial
  readonly timer: Timer
  /** Waits before a relay is dialed again, and wakes at once when the machine is told that its network is back. */
  readonly redial?: Timer
  readonly clock: () => number
  readonly chance: () => number
}
