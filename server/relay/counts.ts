/**
 * What the relay has done since it started, in numbers about all of it: the only ones that are ever shown. Not here, and
 * nowhere else: numbers about one log, one connection or one address.
 */
import type { Refusal } from '../../shared/protocol/refusals.ts'

/** `away`: SLOW on the wire, because the store could not be asked. */
export type RefusalKind = Refusal['type'] | 'away'

export type Counts = {
  /** Open now. */
  connections: number
  frames: number
  receivedBytes: number
  sentBytes: number
  appended: number
  readonly refused: Record<RefusalKind, number>
}

export const newCounts = (): Counts => ({
  connections: 0,
  frames: 0,
  receivedBytes: 0,
  sentBytes: 0,
  appended: 0,
  refused: { none: 0, conflict: 0, full: 0, slow: 0, size: 0, busy: 0, away: 0 },
})
