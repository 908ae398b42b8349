/** "Check on me" as a page is shown it. Not here: what it is (client/core/committee/check.ts). */
import { type Check, openingOf, runningChecks } from '../../core/committee/check.ts'
import type { CommitteeView } from '../../core/session/view.ts'

export type CheckShown = Pick<Check, 'id' | 'seat' | 'dueAt'> & {
  readonly note: string | undefined
  readonly isMine: boolean
  /** Members who say that they have spoken to them, of how many are needed. */
  readonly spoken: number
  readonly needed: number
  readonly haveISpoken: boolean
  /** The alarm that came of it. */
  readonly alarm: string | undefined
}

/** Those that run; one whose alarm is open stays until that is over. */
export const checksShown = ({ committee, own }: CommitteeView, nowMs: number): readonly CheckShown[] =>
  runningChecks(committee, nowMs).map(({ id, seat, dueAt, content, endedBy }) => ({
    id,
    seat,
    dueAt,
    note: content.note,
    isMine: seat === own.seat,
    spoken: endedBy.length,
    needed: content.needed,
    haveISpoken: endedBy.includes(own.seat),
    alarm: [...committee.alarms.keys()].find((alarm) => openingOf(alarm) === content.opens),
  }))
