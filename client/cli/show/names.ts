/** What members are called on the terminal: as everywhere, and "you" behind one's own name. */
import { type Names, plainNamesIn } from '../../core/session/names.ts'
import type { CommitteeView } from '../../core/session/view.ts'

export const namesIn = (view: CommitteeView): Names => {
  const names = plainNamesIn(view)
  return (seat) => (seat === view.own.seat ? `${names(seat)} (you)` : names(seat))
}
