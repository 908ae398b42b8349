/** What a session needs of the machine it runs on. The CLI and the web client each provide it. */
import type { Dial, Timer } from '../relay/ports.ts'

/** `clock`: milliseconds since 1970. `chance`: in [0, 1). */
export type World = {
  readonly dial: Dial
  readonly timer: Timer
  readonly clock: () => number
  readonly chance: () => number
}
