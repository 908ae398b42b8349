/** What members are called on a screen: their handles, and a piece of the seat behind those that look alike. */
import type { AlarmContent } from '../committee/alarmContent.ts'
import type { Committee } from '../committee/committee.ts'
import type { KnownContent } from '../committee/content.ts'
import { toOneLine } from '../committee/plainText.ts'
import { nameOf } from '../committee/views.ts'
import { seatsOf } from '../governance/roster.ts'
import type { Book } from './book.ts'
import { rosterOf } from './state.ts'
import type { CommitteeView } from './view.ts'

export type Names = (seat: string) => string

type Named = Pick<CommitteeView, 'committee' | 'handles' | 'own'>

export const plainNamesIn = (view: CommitteeView): Names => {
  const known = handlesIn(view)
  return (seat) => toOneLine(nameOf(known, seat))
}

/** Members who have not introduced themselves yet were named by whoever vouched for them. */
export const handlesIn = (view: Named): Pick<Committee, 'handles'> => {
  const handles = new Map([...view.committee.handles, ...view.handles])
  if (!handles.has(view.own.seat)) handles.set(view.own.seat, view.own.handle)
  return { handles }
}

/** An alarm that names a member says which seat that is, where one member is called that: what was said does not tell under which names people joined. */
export const naming = <C extends KnownContent | AlarmContent>(book: Book, content: C): C => {
  if (content.type !== 'alarm' || content.about.who !== 'named') return content
  const { handle } = content.about
  const own = book.own()
  const called = seatsOf(rosterOf(book.newest())).filter(
    (seat) => (book.handles.get(seat) ?? (seat === own.seat ? own.handle : undefined)) === handle,
  )
  const [seat] = called
  return called.length === 1 && seat !== undefined
    ? { ...content, about: { who: 'named', handle, seat } }
    : content
}
