/** What members are called on the screen: their handles, and a piece of the seat behind those that look alike. */

import type { Committee } from '../../core/committee/committee.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { nameOf } from '../../core/committee/views.ts'
import type { CommitteeView } from '../../core/session/view.ts'

export type Names = (seat: string) => string

/** "you" stands behind one's own. */
export const namesIn = (view: CommitteeView): Names => {
  const known = everybody(view)
  return (seat) => {
    const name = toOneLine(nameOf(known, seat))
    return seat === view.own.seat ? `${name} (you)` : name
  }
}

/** The same without "you", for JSON and files. */
export const plainNamesIn = (view: CommitteeView): Names => {
  const known = everybody(view)
  return (seat) => toOneLine(nameOf(known, seat))
}

/** Members who have not introduced themselves yet were named by whoever vouched for them. */
const everybody = (view: CommitteeView): Committee => {
  const handles = new Map([...view.committee.handles, ...view.handles])
  if (!handles.has(view.own.seat)) handles.set(view.own.seat, view.own.handle)
  return { ...view.committee, handles }
}
