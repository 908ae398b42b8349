/** The duty rota of the city in words, and what other committees called for by themselves. */
import { toOneLine } from '../../core/committee/plainText.ts'
import type { CallHeard } from '../../core/session/callsHeard.ts'
import type { DutyWeek } from '../../core/session/onDuty.ts'
import { ring1Lines } from './rings.ts'
import { dayOf } from './time.ts'

export const dutyLines = (weeks: readonly DutyWeek[]): readonly string[] =>
  weeks.length === 0
    ? ['There is no week in the city yet.']
    : weeks.flatMap(({ from, until, on, isMe }) => [
        `From ${dayOf(from)} to ${dayOf(until)}: ${on.map(({ code }) => toOneLine(code)).join(', ') || 'nobody yet'}`,
        ...(isMe ? ['  You are on duty.'] : []),
      ])

/** Only what was sealed to this phone can be read. */
export const callLines = (calls: readonly CallHeard[]): readonly string[] =>
  calls.flatMap(({ id, ring, answers }) =>
    ring
      ? [
          `Nobody answered an alarm elsewhere (${id.slice(0, 4)}), ${answers.length} on it:`,
          ...ring1Lines(ring),
        ]
      : [],
  )
