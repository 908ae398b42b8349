/** Whom an alarm names: the phone that raises it knows under which names people joined, which what was said does not tell. Not here: what follows (committee/alarm.ts), names on a screen (names.ts). */
import type { AlarmContent } from '../committee/alarmContent.ts'
import type { KnownContent } from '../committee/content.ts'
import { seatsOf } from '../governance/roster.ts'
import type { Book } from './book.ts'
import { rosterOf } from './state.ts'

/** Says which seat it is, where one member is called that. Who names themselves says "me". */
export const naming = <C extends KnownContent | AlarmContent>(book: Book, content: C): C => {
  if (content.type !== 'alarm' || content.about.who !== 'named') return content
  const { handle } = content.about
  const own = book.own()
  const called = seatsOf(rosterOf(book.newest())).filter(
    (seat) => (book.handles.get(seat) ?? (seat === own.seat ? own.handle : undefined)) === handle,
  )
  const [seat] = called
  if (called.length !== 1 || seat === undefined) return content
  return { ...content, about: seat === own.seat ? { who: 'me' } : { who: 'named', handle, seat } }
}
