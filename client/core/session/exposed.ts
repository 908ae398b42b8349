/**
 * What was on a phone in the moment in which it was cut off, as far as this device knew then (product.md 3.J). Kept with the record of the phone, for later what was
 * said is gone from this device, and not from that one. Not here: the report (exposing.ts).
 */
import { option, struct, u32, u48, type Value } from '../../../shared/base/codec.ts'
import type { Committee } from '../committee/committee.ts'
import { exposedIn } from '../committee/exposure.ts'
import type { Id } from '../committee/said.ts'
import type { Book } from './book.ts'
import { MINE } from './joinings.ts'
import { foldSayings } from './sayings.ts'

const counted = struct({
  posts: u32,
  files: u32,
  open_alarms: u32,
  closed_alarms: u32,
  open_motions: u32,
  decisions: u32,
  unity: u32,
  meetings: u32,
  roles: u32,
  concerns: u32,
  statements: u32,
  names: u32,
  profiles: u32,
})

/** `reportedAt`: when its owner said that it was taken. `doubtful`: what was posted with it since. */
export const exposed = struct({ counted, reportedAt: option(u48), doubtful: u32 })
export type ExposedThen = Value<typeof exposed>

type Phone = { readonly seat: Id; readonly device: Id }

export const reportIn = ({ alarms }: Committee, seat: Id): number | undefined =>
  [...alarms.values()].findLast((alarm) => alarm.kind === 'phone_taken' && alarm.seat === seat)?.at

export const doubtfulIn = ({ posts }: Committee, device: Id, reportedAt: number | undefined): number =>
  reportedAt === undefined ? 0 : posts.filter((one) => one.device === device && one.at >= reportedAt).length

/** While the newest that was said is what stood before it was cut off. */
export const exposedNow = ({ sayings, told, handles }: Book, { seat, device }: Phone): ExposedThen => {
  const committee = foldSayings(sayings.all(), told.get(MINE)?.begin)
  const reportedAt = reportIn(committee, seat)
  return {
    counted: { ...exposedIn(committee, { until: undefined }), names: handles.keys().length },
    reportedAt,
    doubtful: doubtfulIn(committee, device, reportedAt),
  }
}
