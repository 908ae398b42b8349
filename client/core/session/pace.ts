/**
 * How fast a committee changes, so that people are told in days what is counted in changes (I11): a guess, which decides nothing. Not here: why a probation is
 * counted in changes (governance/roster.ts).
 */
import type { Book } from './book.ts'
import { rosterOf } from './state.ts'
import { TIDY_DAYS } from './tidying.ts'

const DAY_MS = 86_400_000

type Held = Pick<Book, 'epochs' | 'newest'>

/** As it was lately; where that is too short to say more than how fast a few people came in, as many as phones renew their keys. */
const daysPerChange = (book: Held): number => {
  const [first, ...later] = book.epochs()
  const last = later.at(-1)
  const days = first && last ? (last.notes.enteredAt - first.notes.enteredAt) / DAY_MS : 0
  if (!first || !last || days < TIDY_DAYS)
    return TIDY_DAYS / Math.max(1, rosterOf(book.newest()).devices.length)
  return days / (last.info.number - first.info.number)
}

/** When somebody's probation is over, in milliseconds since 1970. */
export const guessedEnd = (book: Held, epochsToWait: number): number | undefined =>
  epochsToWait === 0
    ? undefined
    : book.newest().notes.enteredAt + Math.round(daysPerChange(book) * epochsToWait * DAY_MS)

/** How long the whole of one takes. */
export const probationDays = (book: Held): number =>
  Math.round(daysPerChange(book) * book.newest().charter.probation)
