/**
 * On whose phones an alarm has arrived (product.md 3.E: shown apart, and never counted): read off what each phone said last, for every word tells how far its author had read. No phone says anything for
 * this, so there may be more than are known. Not here: who has seen it (committee/alarmSummary.ts).
 */
import type { Alarm } from '../committee/alarmLife.ts'
import type { PhoneView } from './phones.ts'
import type { CommitteeView } from './view.ts'

/** Seats besides the raiser's, never devices. */
export const deliveredTo = (
  { members }: Pick<CommitteeView, 'members'>,
  { seat: raiser, order, answers }: Pick<Alarm, 'seat' | 'order' | 'answers'>,
): number =>
  members.filter(
    ({ seat, devices }) =>
      seat !== raiser && (answers.has(seat) || devices.some((one) => hasRead(one, order))),
  ).length

/** Whoever came later was told of no alarm. */
const hasRead = ({ isMe, read }: PhoneView, order: number): boolean =>
  isMe || (read !== undefined && read.from <= order && order <= read.to)
