/**
 * When each device was last heard (protocol.md 4.7: silence is a signal), to the hour: a phone in the wrong hands need not know minutes. Whoever is heard again by a
 * repeated statement is not: only what has seen more of the log than the last one tells that there is somebody.
 */
import type { SeenHead } from '../epochlog/payload.ts'
import type { DeviceId } from '../governance/ids.ts'
import type { Desk } from './desk.ts'

const HOUR_MS = 3_600_000

type Seen = Pick<SeenHead, 'log' | 'seq'> & { readonly epoch: number }

/** A payload is known to be no repetition. */
export const heardWords = ({ book, clock }: Desk, device: DeviceId, { epoch, log, seq }: Seen): void => {
  const seen = { epoch, log, seq }
  const before = book.heard.get(device)
  const newest = before && !isAfter(seen, before) ? before : seen
  book.heard.put(device, { ...newest, at: Math.floor(clock() / HOUR_MS) * HOUR_MS })
}

export const heardStatement = (desk: Desk, device: DeviceId, seen: Seen): void => {
  const before = desk.book.heard.get(device)
  if (!before || isAfter(seen, before)) heardWords(desk, device, seen)
}

const isAfter = (a: Seen, b: Seen): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && (a.log > b.log || (a.log === b.log && a.seq > b.seq)))
