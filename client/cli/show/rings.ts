/** What leaves the committee about an alarm, in English: the words are the client's, the fields are the ring's (client/core/committee/ring.ts). */
import { ALARM_KINDS, NEEDS, SEVERITIES } from '../../core/committee/alarmWords.ts'
import { toPlainText } from '../../core/committee/plainText.ts'
import type { Ring1, Ring2Gap, RingWords } from '../../core/committee/ring.ts'
import type { Leak } from '../../core/committee/scan.ts'
import type { StatementGap } from '../../core/committee/statement.ts'

const HOUR_MS = 3_600_000

const hourWords = (hour: number): string => {
  const at = new Date(hour * HOUR_MS)
  return `${at.toISOString().slice(0, 10)}, around ${at.getUTCHours()} o'clock UTC`
}

const needsWords = (needs: Ring1['needs']): string => needs.map((need) => NEEDS[need]).join(', ')

export const ringWords: RingWords = {
  first: ({ kind, severity, hour, code, sector, area }) =>
    `${SEVERITIES[severity]}: ${ALARM_KINDS[kind]}. ${code}, ${sector}, ${area}; ${hourWords(hour)}.`,
  workplace: (workplace) => `Workplace: ${workplace}`,
  name: (name) => `Name: ${name}`,
  needs: (needs) => `Needed: ${needsWords(needs)}`,
  checked: 'Two have spoken to the person, or seen it.',
}

/** R1, as the duty rota of the city sees it. */
export const ring1Lines = (ring: Ring1): readonly string[] => [
  ringWords.first(ring),
  ...(ring.needs.length > 0 ? [ringWords.needs(ring.needs)] : []),
  ring.checked ? ringWords.checked : 'NOT YET CHECKED.',
]

const LEAKS: Readonly<Record<Leak['what'], string>> = {
  handle: 'a name',
  time: 'an exact time',
  people: 'how many people',
  shift: 'a shift',
  device: 'a device',
}

export const STATEMENT_GAPS: Readonly<Record<StatementGap, string>> = {
  not_checked_by_two: 'Two of you must have spoken to the person, or seen it: `npx tocsin alarm checked`.',
  workplace_not_allowed:
    'The person concerned has not allowed the workplace to be named: `npx tocsin alarm consent`.',
  name_not_allowed: 'The person concerned has not allowed their name to be said: `npx tocsin alarm consent`.',
  alarm_gone: 'The alarm that it is about is not known here.',
  tells_too_much: 'It holds a name, an exact time, how many people, or a shift: put other words to the vote.',
}

export const inTheWay = (gaps: readonly Ring2Gap[], leaks: readonly Leak[]): readonly string[] => [
  ...gaps.map((gap) => STATEMENT_GAPS[gap]),
  ...leaks.map(({ what, found }) => `Nobody outside should read ${LEAKS[what]}: "${toPlainText(found)}".`),
]
