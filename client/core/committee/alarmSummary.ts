/** What a screen says about an alarm: one state word, counts of seats (never of devices), who is on it, what is missing. */

import type { Alarm } from './alarmLife.ts'
import { isClosed, quietFromOf } from './alarmLife.ts'
import { type Need, rankOf } from './alarmWords.ts'
import type { Committee } from './committee.ts'
import type { Id } from './said.ts'

/** The words for where an alarm stands, from raised to the end. */
export const ALARM_STATES = {
  raised: 'raised, nobody has seen it yet',
  seen: 'seen, nobody is on it yet',
  answered: 'being answered',
  steady: 'steady',
  settled: 'settled',
  cancelled: 'cancelled, not yet spoken to',
  spoken_to: 'cancelled, spoken to',
  false_alarm: 'false alarm',
  joined: 'joined with another alarm',
} as const

export type AlarmStateWord = keyof typeof ALARM_STATES

export type OnIt = {
  readonly seat: Id
  readonly what: string
  /** Minutes from `at` on, or an ISO 8601 time. */
  readonly by?: number | string
  readonly takes: readonly Need[]
  /** Milliseconds, by the author's clock: when they said so. */
  readonly at: number
  /** Milliseconds, by the author's clock: from then on a screen may say that nothing was heard from them. */
  readonly quietFrom: number
}

export type AlarmSummary = {
  readonly state: AlarmStateWord
  /** Seats that have seen it, whatever they answered; the raiser is not among them. */
  readonly seen: number
  /** How many must have seen it; besides, at least one must be on it. */
  readonly seenNeeded: number
  readonly isEnough: boolean
  /** Seats of the committee now: the N of "n of N have seen it" is one less when the raiser is among them. */
  readonly members: number
  readonly onIt: readonly OnIt[]
  readonly cannot: readonly Id[]
  /** Asked for, and nobody who is on it has taken it. */
  readonly stillNeeded: readonly Need[]
  /** What happens when one more seat says the same. */
  readonly oneMoreFor: readonly ('steady' | 'close' | 'lower' | 'join')[]
}

const MINUTE_MS = 60_000

/** The charter's number, or for 0 the smaller of 3 and one third of the members, rounded up. */
export const seenNeeded = (members: number, alarmSeen = 0): number =>
  alarmSeen > 0 ? alarmSeen : Math.min(3, Math.ceil(members / 3))

/**
 * `members`: the seats of the committee now; answers of seats that have left are not counted. `alarmSeen`: from the charter.
 */
export const alarmSummary = (alarm: Alarm, members: readonly Id[], alarmSeen = 0): AlarmSummary => {
  const present = new Set(members)
  const seats = [...alarm.answers.keys()].filter((seat) => present.has(seat))
  const onIt = seats.flatMap((seat) => onItOf(alarm, seat))
  const needed = seenNeeded(present.size, alarmSeen)
  return {
    state: stateOf(alarm, seats.length, onIt.length),
    seen: seats.length,
    seenNeeded: needed,
    isEnough: seats.length >= needed && onIt.length > 0,
    members: present.size,
    onIt,
    cannot: seats.filter((seat) => alarm.answers.get(seat)?.answer === 'cannot'),
    stillNeeded: alarm.needs.filter((need) => !onIt.some(({ takes }) => takes.includes(need))),
    oneMoreFor: oneMoreFor(alarm),
  }
}

const DRILL_MS = 10 * MINUTE_MS

/** What a practice measures (product.md 3.E): how many of the others had answered within ten minutes, by their last word. */
export const drillOf = (
  { seat: raiser, askedAt, answers }: Alarm,
  members: readonly Id[],
): { readonly inTime: number; readonly of: number } => {
  const others = members.filter((seat) => seat !== raiser)
  const inTime = others.filter((seat) => (answers.get(seat)?.at ?? Infinity) - askedAt <= DRILL_MS)
  return { inTime: inTime.length, of: others.length }
}

/** The last practice, as the page about readiness has it. */
export const lastDrill = (
  { alarms }: Pick<Committee, 'alarms'>,
  members: readonly Id[],
): (ReturnType<typeof drillOf> & { readonly at: number }) | undefined => {
  const drill = [...alarms.values()].findLast(({ kind }) => kind === 'practice')
  return drill && { at: drill.at, ...drillOf(drill, members) }
}

/** What belongs in front of everybody, most urgent first: neither closed nor joined with another, or cancelled and the raiser not yet spoken to. */
export const liveAlarms = (committee: Committee): readonly Alarm[] =>
  [...committee.alarms.values()]
    .filter(
      ({ phase }) =>
        !isClosed(phase) &&
        phase.is !== 'joined' &&
        !(phase.is === 'cancelled' && phase.spokenTo !== undefined),
    )
    .sort((a, b) => rankOf(a.severity) - rankOf(b.severity) || a.order - b.order)

const onItOf = (alarm: Alarm, seat: Id): readonly OnIt[] => {
  const answer = alarm.answers.get(seat)
  if (answer?.answer !== 'on_it') return []
  const { what, takes, at, by } = answer
  const quietFrom = quietFromOf(alarm, seat, at)
  return [{ seat, what, takes, at, quietFrom, ...(by === undefined ? {} : { by }) }]
}

const stateOf = (alarm: Alarm, seen: number, onIt: number): AlarmStateWord => {
  const { phase } = alarm
  if (phase.is === 'cancelled') return phase.spokenTo === undefined ? 'cancelled' : 'spoken_to'
  if (phase.is !== 'open') return phase.is
  if (onIt > 0) return 'answered'
  return seen > 0 ? 'seen' : 'raised'
}

const oneMoreFor = (alarm: Alarm): AlarmSummary['oneMoreFor'] => {
  const isOpen = alarm.phase.is === 'open'
  if (!isOpen && alarm.phase.is !== 'steady') return []
  return [
    ...(isOpen && alarm.steadyBy.length > 0 ? (['steady'] as const) : []),
    ...(alarm.closings.size > 0 ? (['close'] as const) : []),
    ...(alarm.lowerings.size > 0 ? (['lower'] as const) : []),
    ...(alarm.joinings.size > 0 ? (['join'] as const) : []),
  ]
}
