/** How a load talks to a server: a subscriber that only counts, and a publisher that says what was acknowledged. Not here: to which (relayTalk.ts, peerTalks.ts). */
import { newBlob } from '../support/wire.ts'
import type { Place, RawSocket } from './rawSocket.ts'

export type Counted = (deliveries: number) => void
export type Talk = {
  /** Settles when the server knows the subscriber. `from`: an address of the loopback. */
  readonly subscribe: (counted: Counted, from?: string) => Promise<RawSocket>
  /** A function that sends one message; `acked` is called for each that the server has kept. */
  readonly publish: (acked: () => void) => Promise<() => void>
}

/** A ping is a message too, and counts nothing. */
export const acks =
  (acked: () => void): Counted =>
  (count) => {
    if (count > 0) acked()
  }

export const BLOB_BYTES = 1024
/** What every publisher sends, always the same. */
export const payload = newBlob(BLOB_BYTES)

export const placeOf = (url: string, from?: string): Place => {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port), from }
}
