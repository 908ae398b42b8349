/** What members are called on a screen: their handles, and a piece of the seat behind those that look alike. */
import type { Committee } from '../committee/committee.ts'
import { toOneLine } from '../committee/plainText.ts'
import { nameOf } from '../committee/views.ts'
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
