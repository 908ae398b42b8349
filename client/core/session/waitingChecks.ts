/** Logs in which a sealed alarm may open although the committee has gone on to another epoch: they are read again when its time has come. Not here: starting one (checking.ts). */
import type { CheckContent } from '../committee/checkContent.ts'
import type { Book } from './book.ts'

const MINUTE_MS = 60_000
/** A relay that was away releases it later. */
const LATEST_MS = 24 * 60 * MINUTE_MS

type Around = { readonly book: Book; readonly clock: () => number }

export const noteCheck = ({ book, clock }: Around, id: string, { epoch, minutes }: CheckContent): void =>
  book.checks.put(id, { epoch, dueAt: clock() + minutes * MINUTE_MS })

/** The oldest epoch whose log has to be read now; undefined for none. Forgets what is over. */
export const epochDue = ({ book, clock }: Around): number | undefined => {
  const due: number[] = []
  for (const id of book.checks.keys()) {
    const one = book.checks.get(id)
    const lateMs = clock() - (one?.dueAt ?? 0)
    if (lateMs > LATEST_MS) book.checks.drop(id)
    else if (one && lateMs >= 0) due.push(one.epoch)
  }
  return due.length > 0 ? Math.min(...due) : undefined
}
