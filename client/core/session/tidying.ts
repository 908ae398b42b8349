/** When a device renews its own keys (protocol.md 4.1): every fourteen days, and within a day of a removal, an incident or a long absence. */
import type { Desk } from './desk.ts'

const DAY_MS = 86_400_000
/** Not weekly: every epoch costs every offline member a hop. */
export const TIDY_DAYS = 14
const TIDY_MS = TIDY_DAYS * DAY_MS
/** A day in which the devices spread, so that not everybody commits at once. */
const SPREAD_MS = DAY_MS

/** Clocks only say when to press: keys that seem to be from the future are as good as old. */
export const isTidyDue = ({ book, clock }: Pick<Desk, 'book' | 'clock'>): boolean => {
  const { owesTidy, refreshedAt } = book.own()
  const age = clock() - refreshedAt
  return owesTidy || age > TIDY_MS || age < 0
}

/** Within a day: the moment is random, and never later than it would have been. */
export const tidySoon = ({ book, clock, random }: Pick<Desk, 'book' | 'clock' | 'random'>): void => {
  const [high = 0, low = 0] = random(2)
  const waitMs = Math.floor(((high * 256 + low) / 65_536) * SPREAD_MS)
  const refreshedAt = Math.max(0, clock() - TIDY_MS + waitMs)
  if (refreshedAt < book.own().refreshedAt) book.setOwn({ refreshedAt })
}
