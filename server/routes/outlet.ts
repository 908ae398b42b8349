/**
 * How far a peer is behind with what was written to it. The operating system takes megabytes for a peer that reads nothing
 * before anything waits here; so a ping goes behind every part, and the pong that brings its mark back says that all before
 * it has arrived. Not here: who is gone (rounds.ts).
 */
import { randomBytes } from 'node:crypto'

export type Lag = {
  /** Bytes since the last mark that came back. */
  unheard: number
  /** Of those, bytes behind the mark that is on its way. */
  behindMark: number
  mark: Buffer | undefined
}

/** Each begins somewhere else, so that a thousand watchers of one log are not asked all at once. */
export const newLag = (everyBytes: number): Lag => ({
  unheard: Math.floor(Math.random() * everyBytes),
  behindMark: 0,
  mark: undefined,
})

/** Random, so that nobody can say it without having read it. */
const MARK_BYTES = 4
const PING_HEADER = Buffer.of(0x89, MARK_BYTES)

/** Counts what was written; the ping that is due behind it, if one is. */
export const pingBehind = (lag: Lag, bytes: number, everyBytes: number): Buffer | undefined => {
  lag.unheard += bytes
  lag.behindMark += bytes
  if (lag.mark !== undefined || lag.unheard < everyBytes) return undefined
  lag.mark = randomBytes(MARK_BYTES)
  lag.behindMark = 0
  return Buffer.concat([PING_HEADER, lag.mark])
}

/** True when the mark came back. */
export const cameBack = (lag: Lag, pong: Uint8Array): boolean => {
  if (!lag.mark?.equals(pong)) return false
  lag.unheard = lag.behindMark
  lag.mark = undefined
  return true
}
