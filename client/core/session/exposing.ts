/**
 * The exposure report (product.md 3.J): of a phone that was cut off, or is gone, what somebody who holds it can read, what was never on it, and what to do now. From
 * what this device knew itself when it was cut off; where it was not there then, from what it remembers. Not here: what counts as which kind (committee/exposure.ts).
 */
import {
  type Counted,
  type ExposureStep,
  exposedIn,
  exposureSteps,
  NEVER_EXPOSED,
  type NeverExposed,
} from '../committee/exposure.ts'
import type { DeviceId, SeatId } from '../governance/ids.ts'
import { doubtfulIn, reportIn } from './exposed.ts'
import type { CommitteeView, MemberView } from './view.ts'

export type Exposure = {
  readonly device: DeviceId
  readonly seat: SeatId
  /** Undefined: it has not been cut off, and reads what is written now. */
  readonly cutOff: { readonly at: number; readonly by: SeatId | undefined } | undefined
  /** When the member told the others that it was taken, by an alarm that is still kept. */
  readonly reportedAt: number | undefined
  /** Since when it was theirs, where this device was there; and when it was heard last. */
  readonly since: number | undefined
  readonly heardAt: number | undefined
  readonly counted: Counted
  /** As it was when the phone was cut off; otherwise what this device still knows now. */
  readonly isFrozen: boolean
  readonly never: readonly NeverExposed[]
  readonly steps: readonly ExposureStep[]
}

/** Newest first. */
export const exposures = (view: CommitteeView): readonly Exposure[] =>
  view.members
    .flatMap((member) => member.cutOffs.flatMap(({ device }) => exposureOf(view, device) ?? []))
    .sort((a, b) => (b.cutOff?.at ?? 0) - (a.cutOff?.at ?? 0))

/** Undefined for a phone that nobody here has or had. */
export const exposureOf = (view: CommitteeView, device: DeviceId): Exposure | undefined => {
  const isIts = (one: { readonly device: DeviceId }): boolean => one.device === device
  const member = view.members.find(({ devices, cutOffs }) => devices.some(isIts) || cutOffs.some(isIts))
  if (!member) return undefined
  const phone = member.devices.find(isIts)
  const cutOff = member.cutOffs.find(isIts)
  const then = cutOff?.exposed
  const reportedAt = then?.reportedAt ?? reportIn(view.committee, member.seat)
  const names = view.handles.size
  const counted = then?.counted ?? { ...exposedIn(view.committee, { until: cutOff?.at }), names }
  const doubtful = then?.doubtful ?? doubtfulIn(view.committee, device, reportedAt)
  return {
    device,
    seat: member.seat,
    cutOff: cutOff && { at: cutOff.at, by: cutOff.by },
    reportedAt,
    since: phone?.came?.at,
    heardAt: phone?.heardAt,
    counted,
    never: NEVER_EXPOSED,
    isFrozen: then !== undefined,
    steps: stepsFor(view, member, { device, reportedAt, counted, doubtful }),
  }
}

type About = Pick<Exposure, 'device' | 'reportedAt' | 'counted'> & { readonly doubtful: number }

const stepsFor = (
  { committee }: CommitteeView,
  { seat, devices }: MemberView,
  { device, reportedAt, counted, doubtful }: About,
): readonly ExposureStep[] => {
  const others = devices.filter((one) => one.device !== device)
  const isSince = (at: number): boolean => reportedAt !== undefined && at >= reportedAt
  return exposureSteps({
    counted,
    doubtful,
    newPhones: others.filter(({ came }) => came && isSince(came.at)).length,
    roles: [...committee.terms.values()].filter((term) => term.seat === seat && !term.ended).length,
    hasOtherPhone: others.length > 0,
  })
}
