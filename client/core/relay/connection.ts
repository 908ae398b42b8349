/**
 * Staying connected, as a pure machine. The shell owns the socket and the timer (createRelay.ts).
 * Not here: what is asked over the connection (calls.ts).
 */
import { unreachable } from '../../../shared/base/unreachable.ts'

/** `attempt` counts dials since a connection last proved useful. */
export type Connection =
  | { readonly state: 'dialing'; readonly attempt: number }
  | { readonly state: 'online'; readonly attempt: number }
  | { readonly state: 'waiting'; readonly attempt: number; readonly delayMs: number }

/** due: the wait is over. greeted: the relay spoke. settled: it still answers after a while. lost: no connection (any more). */
export type Happening = 'due' | 'greeted' | 'settled' | 'lost'

export const FIRST_DIAL: Connection = { state: 'dialing', attempt: 0 }

/** Milliseconds. A relay that restarts is back within seconds; a phone in a tunnel is asked to try once a minute. */
const SHORTEST_MS = 500
const LONGEST_MS = 60_000

/**
 * `jitter` is in [0, 1): without it every phone in town redials a restarted relay at once. Only `settled` forgets the
 * attempts: a relay that greets and hangs up is not dialed faster than one that is down.
 */
export const step = (connection: Connection, happening: Happening, jitter: number): Connection => {
  const { attempt } = connection
  switch (happening) {
    case 'due':
      return connection.state === 'waiting' ? { state: 'dialing', attempt: attempt + 1 } : connection
    case 'greeted':
      return connection.state === 'dialing' ? { state: 'online', attempt } : connection
    case 'settled':
      return connection.state === 'online' ? { state: 'online', attempt: 0 } : connection
    case 'lost':
      return connection.state === 'waiting'
        ? connection
        : { state: 'waiting', attempt, delayMs: backOff(attempt, jitter) }
    default:
      return unreachable(happening)
  }
}

/** Anywhere between the shortest wait and a ceiling that doubles: 1 s, 2 s, 4 s ... 60 s. */
const backOff = (attempt: number, jitter: number): number =>
  SHORTEST_MS + jitter * (Math.min(LONGEST_MS, 2 * SHORTEST_MS * 2 ** attempt) - SHORTEST_MS)
