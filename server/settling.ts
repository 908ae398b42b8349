/**
 * Which day may be believed. A clock that goes on by a day is believed at once. One that jumped further, or was off for days, is believed
 * when it has agreed with itself for an hour of running: until then what ended is not served, and nothing is erased. Pure. Not here: what
 * is erased then (housekeeping.ts).
 */
import type { Day } from '../shared/protocol/ids.ts'
import { dayOf } from './relay/relay.ts'

/** Milliseconds: `clock` since 1970, `steady` of a clock that nobody sets. */
export type Moment = { readonly clock: number; readonly steady: number }

/** Since when the clock has gone evenly, while it is ahead. */
export type Doubt = Moment | undefined

const PROOF_MS = 3_600_000
/** Milliseconds by which two clocks may drift apart within the hour. */
const DRIFT_MS = 60_000

/** `settled`: the day to settle now, if any. */
export const settle = (
  doubt: Doubt,
  settledDay: Day,
  now: Moment,
): { readonly doubt: Doubt; readonly settled?: Day } => {
  const day = dayOf(now.clock)
  if (day <= settledDay) return { doubt: undefined }
  if (day === settledDay + 1) return { doubt: undefined, settled: day }
  if (doubt === undefined || !goesEvenly(doubt, now)) return { doubt: now }
  return now.steady - doubt.steady >= PROOF_MS ? { doubt: undefined, settled: day } : { doubt }
}

const goesEvenly = (since: Moment, now: Moment): boolean =>
  Math.abs(now.clock - since.clock - (now.steady - since.steady)) <= DRIFT_MS
