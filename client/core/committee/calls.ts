/** Alarms that call the city by themselves unless enough members are there for whom they are about (product.md 3.E). Not here: tokens and the relay (session/calling.ts). */
import type { Alarms } from './alarm.ts'
import type { Alarm } from './alarmLife.ts'
import type { Takers, Writable } from './area.ts'
import type { CallsContent } from './callContent.ts'
import { type Check, type Checks, openingOf } from './check.ts'
import { type Id, saidAt } from './said.ts'

export type CallsMade = {
  readonly id: Id
  readonly seat: Id
  readonly at: number
  readonly order: number
  readonly content: CallsContent
}

export type Calls = { readonly calls: ReadonlyMap<Id, CallsMade> }
export const noCalls: Calls = { calls: new Map() }

export const calls: Takers<'calls', Writable<Calls>> = {
  calls: (draft, said) => {
    const { id, seat, order, content } = said
    draft.calls.set(id, { id, seat, at: saidAt(said), order, content })
  },
}

type Asked = Pick<Alarm, 'id' | 'seat' | 'asked'>

/** Of an alarm, by whoever raised it or opened it again: nobody else says what it calls. */
export const callsOf = ({ calls: all }: Calls, { id, seat, asked }: Asked): readonly CallsMade[] =>
  [...all.values()].filter(
    (one) => (one.seat === seat || one.seat === asked.seat) && one.content.opens === openingOf(id),
  )

/** Since everybody was asked last. What waited sealed called before it opened. */
export const hasCalled = (all: Calls, alarm: Asked & Pick<Alarm, 'timesReopened'>): boolean =>
  callsOf(all, alarm).some((one) => alarm.timesReopened === 0 || isOfThisTime(one, alarm))

const isOfThisTime = ({ seat, order }: CallsMade, { asked }: Asked): boolean =>
  seat === asked.seat && order > asked.order

/** Whether this member is there for them: is on it, or has spoken to the person. Having seen it is not enough, nor is that the phone which raised it takes it back. */
export const isThere = (
  committee: Pick<Alarms & Checks, 'alarms' | 'checks'>,
  made: CallsMade,
  me: Id,
): boolean =>
  [...committee.alarms.values()].some((alarm) => isMadeFor(made, alarm) && isOnIt(alarm, made, me)) ||
  [...committee.checks.values()].some((check) => isEndedBy(check, made.seat, made.content, me))

const isMadeFor = ({ seat, content }: CallsMade, alarm: Alarm): boolean =>
  (alarm.seat === seat || alarm.asked.seat === seat) && openingOf(alarm.id) === content.opens

/** To have spoken to them before it was opened again says nothing about now. */
const isOnIt = (alarm: Alarm, made: CallsMade, me: Id): boolean => {
  const { answers, phase, checkedBy, seat, timesReopened } = alarm
  const hasSpoken = me !== seat && checkedBy.includes(me)
  return (
    answers.get(me)?.answer === 'on_it' ||
    (phase.is === 'cancelled' && phase.spokenTo === me) ||
    (hasSpoken && !(timesReopened > 0 && isOfThisTime(made, alarm)))
  )
}

const isEndedBy = (check: Check, seat: Id, { opens }: CallsContent, me: Id): boolean =>
  check.seat === seat && check.content.opens === opens && check.endedBy.includes(me)
