/**
 * Who may come in, and how often: one door for the open web, one for the onion service, where everybody has the same
 * address and so is one caller. A caller's own limits are looked at first, so that nobody uses up what belongs to all.
 * Not here: sockets (server/routes/upgrade.ts), what a connection may do once it is in (server/relay/limits.ts).
 */
import { newPurse, type Purse, payCreation } from '../relay/creation.ts'
import type { DoorLimits, Rate, RelayLimits } from '../relay/limits.ts'
import { type Bucket, fullBucket, refilled, spent, waitSeconds } from '../relay/rates.ts'
import type { Caller } from './callers.ts'

export type Door = {
  /** A TCP connection; false when it is to be cut off, and then it does not leave. */
  readonly arrive: (caller: Caller) => boolean
  readonly depart: (caller: Caller) => void
  /** An HTTP request: whole seconds to wait, or 0 and it is counted. */
  readonly knock: (caller: Caller) => number
  /** A websocket; false when there are too many of them, and then it does not leave. */
  readonly enter: (caller: Caller) => boolean
  readonly leave: (caller: Caller) => void
  /** Bits of work that are missing; 0 and the connection's own purse, its caller's and the door's have paid. */
  readonly payCreation: (caller: Caller, own: Purse, brought: number) => number
  /** Counts a frame that was none, or a request for what its sender cannot have. */
  readonly strayed: (caller: Caller) => void
  /** Milliseconds for which who strays is to be read no further. */
  readonly pauseMs: (caller: Caller) => number
}

export type DoorDeps = {
  readonly limits: DoorLimits
  /** Of one caller. */
  readonly prefix: RelayLimits['prefix']
  /** Milliseconds that never go back. */
  readonly now: () => number
}

export const createDoor = ({ limits, prefix, now }: DoorDeps): Door => {
  const creates = newPurse(limits.creates)
  let knocks = fullBucket(limits.knocks)
  let open = 0

  const isFull = (caller: Caller): boolean => open >= limits.connections || caller.open >= prefix.connections
  const wait = (bucket: Bucket, rate: Rate, tokens: number): number =>
    waitSeconds(refilled(bucket, rate, now()), rate, tokens)
  const take = (bucket: Bucket, rate: Rate): Bucket => {
    const { tokens, at } = spent(refilled(bucket, rate, now()), 1)
    return { tokens: Math.max(tokens, -rate.burst), at }
  }
  return {
    arrive: (caller) => {
      // as many again as may be open: they have not asked yet, or only look at a page
      if (caller.sockets >= 2 * prefix.connections) return false
      caller.sockets += 1
      return true
    },
    depart: (caller) => {
      caller.sockets -= 1
    },
    knock: (caller) => {
      const seconds =
        Math.max(wait(caller.knocks, prefix.knocks, 1), wait(caller.faults, prefix.faults, 1)) ||
        wait(knocks, limits.knocks, 1)
      if (seconds > 0) return seconds
      caller.knocks = take(caller.knocks, prefix.knocks)
      knocks = take(knocks, limits.knocks)
      return 0
    },
    enter: (caller) => {
      if (isFull(caller)) return false
      open += 1
      caller.open += 1
      return true
    },
    leave: (caller) => {
      open -= 1
      caller.open -= 1
    },
    payCreation: (caller, own, brought) => payCreation([own, caller.creates, creates], brought, now()),
    strayed: (caller) => {
      caller.faults = take(caller.faults, prefix.faults)
    },
    pauseMs: (caller) => 1000 * wait(caller.faults, prefix.faults, 0),
  }
}
