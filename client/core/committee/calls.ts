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
  readonly content: CallsContent
}

export type Calls = { readonly calls: ReadonlyMap<Id, CallsMade> }
export const noCalls: Calls = { calls: new Map() }

export const calls: Takers<'calls', Writable<Calls>> = {
  calls: (draft, said) => {
    const { id, seat, content } = said
    draft.calls.set(id, { id, seat, at: saidAt(said), content })
  },
}

/** Of an alarm, by whoever raised it: nobody else says what it calls. */
export const callsOf = (
  { calls: all }: Calls,
  { id, seat }: Pick<Alarm, 'id' | 'seat'>,
): CallsMade | undefined =>
  [...all.values()].find((one) => one.seat === seat && one.content.opens === openingOf(id))

/** Whether this member is there for them: is on it, or has spoken to the person. Having seen it is not enough, nor is that the phone which raised it takes it back. */
export const isThere = (
  committee: Pick<Alarms & Checks, 'alarms' | 'checks'>,
  { seat, content }: CallsMade,
  me: Id,
): boolean =>
  [...committee.alarms.values()].some(
    (alarm) => alarm.seat === seat && openingOf(alarm.id) === content.opens && isOnIt(alarm, me),
  ) || [...committee.checks.values()].some((check) => isEndedBy(check, seat, content, me))

const isOnIt = ({ answers, phase, checkedBy, seat }: Alarm, me: Id): boolean =>
  answers.get(me)?.answer === 'on_it' ||
  (phase.is === 'cancelled' && phase.spokenTo === me) ||
  (me !== seat && checkedBy.includes(me))

const isEndedBy = (check: Check, seat: Id, { opens }: CallsContent, me: Id): boolean =>
  check.seat === seat && check.content.opens === opens && check.endedBy.includes(me)
