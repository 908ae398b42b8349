/**
 * Who is gone: one timer visits all connections in turn, a few at a time, so that ten thousand pings never leave at
 * once. Not here: what a connection is used for.
 */
import type { Socket } from 'node:net'

export type Visited = {
  readonly raw: Socket
  readonly turn: number
  /** Visits so far. */
  visits: number
  /** Pings that nothing came after. */
  silent: number
  /** Bytes that the peer's side had taken at the last visit, and whether more was waiting. */
  taken: number
  waited: boolean
}

const TURNS = 50

/** `count`: of connections so far, so that those that came together are visited apart. */
export const newVisited = (raw: Socket, count: number): Visited => ({
  raw,
  turn: count % TURNS,
  visits: 0,
  silent: 0,
  taken: 0,
  waited: false,
})

/** A ping without content (RFC 6455 section 5.5.2). */
const PING = Buffer.of(0x89, 0)
/** A peer that only takes what is sent, and answers no ping behind it, is that far behind: what it gets is long over. */
const MOST_SILENT = 10

/** False when the peer is gone: no frame came since the last ping, and nothing was taken of what waits for it. */
export const visit = (visited: Visited): boolean => {
  const { raw } = visited
  const takenNow = raw.bytesWritten - raw.writableLength
  const isTaking = visited.waited && takenNow > visited.taken
  if (visited.silent >= MOST_SILENT || (visited.silent > 0 && !isTaking)) return false
  visited.visits += 1
  visited.silent += 1
  visited.taken = takenNow
  visited.waited = raw.writableLength > 0
  raw.write(PING)
  return true
}

/** Every one of `all` once in `everyMs`. Returns the way to end it. */
export const makeRounds = <T extends Visited>(
  all: () => Iterable<T>,
  everyMs: number,
  look: (one: T) => void,
): (() => void) => {
  let now = 0
  const timer = setInterval(() => {
    now = (now + 1) % TURNS
    for (const one of all()) if (one.turn === now) look(one)
  }, everyMs / TURNS)
  return () => clearInterval(timer)
}
