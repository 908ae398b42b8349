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
  /** The answer's body; undefined where nobody answers, or not well. What is asked of a bell. */
  readonly post?: (url: string, body: Uint8Array) => Promise<Uint8Array | undefined>
  /** Everybody who hears this device's bell is to be woken, and whoever gave one of these tickets. */
  readonly wake?: (tickets: readonly string[]) => void
}
