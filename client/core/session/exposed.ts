/**
 * What was on a phone in the moment in which it was cut off, as far as this device knew then (product.md 3.J). Kept with the record of the phone, for later what was
 * said is gone from this device, and not from that one. Not here: the report (exposing.ts).
 */
import type { Committee } from '../committee/committee.ts'
import { exposedIn } from '../committee/exposure.ts'
import type { Id } from '../committee/said.ts'
import type { Book } from './book.ts'
import type { ExposedThen } from './exposedThen.ts'
import { MINE } from './joinings.ts'
import { foldSayings } from './sayings.ts'

type Phone = { readonly seat: Id; readonly device: Id }

export const reportIn = ({ alarms }: Committee, seat: Id): number | undefined =>
  [...alarms.values()].findLast((alarm) => alarm.kind === 'phone_taken' && alarm.seat === seat)?.at

export const doubtfulIn = ({ posts }: Committee, device: Id, reportedAt: number | undefined): number =>
  reportedAt === undefined ? 0 : posts.filter((one) => one.device === device && one.at >= reportedAt).length

/** While the newest that was said is what stood before it was cut off. */
export const exposedNow = (
  { sayings, told, handles }: Pick<Book, 'sayings' | 'told' | 'handles'>,
  { seat, device }: Phone,
): ExposedThen => {
  const committee = foldSayings(sayings.all(), told.get(MINE)?.begin)
  const reportedAt = reportIn(committee, seat)
  return {
    counted: { ...exposedIn(committee, { until: undefined }), names: handles.keys().length },
    reportedAt,
    doubtful: doubtfulIn(committee, device, reportedAt),
  }
}
