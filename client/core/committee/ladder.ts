/**
 * When an alarm is loud on somebody's phone, and when a screen offers more than waiting (product.md 3.E, section 5): a pure step from what was rung before, what
 * was said, and this phone's clock. Not here: what was said (alarm.ts), making a sound (the CLI and the web client), and the city (ring.ts).
 */
import { type Alarm, isLive } from './alarmLife.ts'
import { alarmSummary, liveAlarms } from './alarmSummary.ts'
import { rankOf, type Severity } from './alarmWords.ts'
import type { Committee } from './committee.ts'
import type { Id } from './said.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** After the alarm was raised: when it is loud again for those who have not answered. What has no hurry is never loud. */
const STEPS_MS: Readonly<Record<Severity, readonly number[]>> = {
  now: [0, 3, 8, 15, 30, 60].map((minutes) => minutes * MINUTE_MS),
  today: [0, 1, 4, 12].map((hours) => hours * HOUR_MS),
  note: [],
}

/** In 24 hours. What is NOW and about this member does not count against a day's. */
export const MOST_LOUD = { ofOneAlarm: 6, ofAll: 10 } as const

/** Of one member in a day; what goes beyond them is as loud as TODAY: nobody is silenced, and nobody keeps all awake. */
const MOST_NOW_OF_ONE = 3

/** From which hour to which nobody is rung, by the phone's own clock. */
export type Quiet = { readonly from: number; readonly to: number }

/** What a member has agreed to. */
export type Wakes = { readonly quiet: Quiet | undefined; readonly forNow: boolean }

/** `born`: when an alarm was raised or opened again (`askedAt`), as far as this phone believes it. `rung`: what was loud in the last 24 hours. */
export type Ringing = {
  /** When this phone last knew all that was said, by its own clock: what it had not heard then was not raised before. */
  readonly lookedAt: number
  readonly born: readonly { readonly alarm: Id; readonly askedAt: number; readonly at: number }[]
  readonly rung: readonly { readonly alarm: Id; readonly at: number }[]
}

export const notRung: Ringing = { lookedAt: 0, born: [], rung: [] }

export type Listener = {
  readonly committee: Committee
  /** Seats of the committee now, ours among them. */
  readonly members: readonly Id[]
  /** Of the charter. */
  readonly alarmSeen: number
  readonly seat: Id
  readonly wakes: Wakes
}

export type Moment = {
  readonly nowMs: number
  /** 0 to 23, where the phone is. */
  readonly hour: number
  /** Whether all that was said is known now. */
  readonly isUpToDate: boolean
}

/** What is to be loud now, the most urgent first; it counts as rung. */
export const ring = (
  before: Ringing,
  listener: Listener,
  moment: Moment,
): { readonly ringing: Ringing; readonly loud: readonly Id[] } => {
  const looked = lookAgain(before, listener, moment)
  let { rung } = looked
  const loud: Id[] = []
  for (const alarm of liveAlarms(listener.committee)) {
    const now = { ...looked, rung }
    if (!isDue(alarm, now, listener, moment.nowMs) || !isAllowed(alarm, now, listener, moment)) continue
    rung = [...rung, { alarm: alarm.id, at: moment.nowMs }]
    loud.push(alarm.id)
  }
  return { ringing: { ...looked, rung }, loud }
}

/** A clock that was set back makes nothing last longer, and nothing that was rung uncounted. */
const lookAgain = (
  { lookedAt, born, rung }: Ringing,
  { committee }: Listener,
  { nowMs, isUpToDate }: Moment,
): Ringing => {
  const isKnown = (id: Id, askedAt: number) =>
    born.find((one) => one.alarm === id && one.askedAt === askedAt)?.at
  return {
    lookedAt: isUpToDate ? nowMs : Math.min(lookedAt, nowMs),
    born: [...committee.alarms.values()].map(({ id, askedAt }) => ({
      alarm: id,
      askedAt,
      at: Math.min(nowMs, isKnown(id, askedAt) ?? Math.max(askedAt, lookedAt)),
    })),
    rung: rung
      .map(({ alarm, at }) => ({ alarm, at: Math.min(at, nowMs) }))
      .filter(({ at }) => nowMs - at < DAY_MS),
  }
}

const bornAt = ({ born }: Ringing, { id }: Alarm): number => born.find(({ alarm }) => alarm === id)?.at ?? 0

/** Since when the committee is asked, at which step of the ladder that begins, and whether an answer from before counts. */
type Asking = { readonly from: number; readonly since: number }

/** When whoever was on it is not heard of any more, the ladder begins again at its second step (product.md 3.E). */
const askingOf = (alarm: Alarm, members: readonly Id[], start: number, nowMs: number): Asking => {
  const { onIt } = alarmSummary(alarm, members)
  const ends = [...onIt.map(({ quietFrom }) => quietFrom), alarm.letGoAt ?? 0]
  const since = Math.max(...ends.filter((at) => at <= nowMs), 0)
  const isOnIt = onIt.some(({ quietFrom }) => quietFrom > nowMs)
  const [, second = 0] = STEPS_MS[alarm.severity]
  return isOnIt || since <= start ? { from: start, since: 0 } : { from: since - second, since }
}

/** Enough have seen it, and somebody who is on it is heard of. */
const isAnswered = (
  alarm: Alarm,
  { members, alarmSeen }: Pick<Listener, 'members' | 'alarmSeen'>,
  nowMs: number,
) => {
  const { seen, seenNeeded, onIt } = alarmSummary(alarm, members, alarmSeen)
  return seen >= seenNeeded && onIt.some(({ quietFrom }) => quietFrom > nowMs)
}

/** Asked in this round, and silent so far. Who cannot is left alone. */
const isAsked = ({ seat, answers }: Alarm, me: Id, { since }: Asking): boolean => {
  const mine = answers.get(me)
  return seat !== me && (mine === undefined || (mine.answer !== 'cannot' && mine.at < since))
}

const isDue = (alarm: Alarm, ringing: Ringing, listener: Listener, nowMs: number): boolean => {
  const start = bornAt(ringing, alarm)
  const isOver = alarm.phase.is !== 'open' || nowMs - start >= DAY_MS || isAnswered(alarm, listener, nowMs)
  if (isOver || isAttached(alarm, listener, nowMs)) return false
  const asking = askingOf(alarm, listener.members, start, nowMs)
  if (!isAsked(alarm, listener.seat, asking)) return false
  const reached = stepsOf(alarm, listener.committee).findLast((step) => asking.from + step <= nowMs)
  const last = ringing.rung.findLast((one) => one.alarm === alarm.id)?.at
  return reached !== undefined && (last === undefined || last < asking.from + reached)
}

const stepsOf = (alarm: Alarm, { alarms }: Committee): readonly number[] => {
  const lately = [...alarms.values()].filter(
    ({ seat, content, kind, order, askedAt }) =>
      seat === alarm.seat &&
      content.severity === 'now' &&
      kind !== 'practice' &&
      order < alarm.order &&
      alarm.askedAt - askedAt < DAY_MS,
  )
  return STEPS_MS[lately.length >= MOST_NOW_OF_ONE && alarm.severity === 'now' ? 'today' : alarm.severity]
}

/** While many are hit at once, and that is being answered, single ones do not ring besides. Whoever raises such an alarm alone silences nobody. */
const isAttached = (alarm: Alarm, listener: Omit<Listener, 'wakes'>, nowMs: number): boolean =>
  alarm.kind !== 'many_hit' &&
  [...listener.committee.alarms.values()].some(
    (other) =>
      other.kind === 'many_hit' &&
      isLive(other.phase) &&
      other.order < alarm.order &&
      rankOf(other.severity) <= rankOf(alarm.severity) &&
      isAnswered(other, listener, nowMs),
  )

const isAllowed = (
  alarm: Alarm,
  { rung }: Ringing,
  { committee, seat, wakes }: Listener,
  { hour }: Moment,
): boolean => {
  if (!mayRing(wakes, hour, alarm.severity === 'now' && alarm.kind !== 'practice')) return false
  const ofThis = rung.filter((one) => one.alarm === alarm.id).length
  const others = rung.filter((one) => !isNowAbout(committee.alarms.get(one.alarm), seat)).length
  const isFree = isNowAbout(alarm, seat)
  return ofThis < MOST_LOUD.ofOneAlarm && (isFree || others < MOST_LOUD.ofAll)
}

/** Whether this phone may be loud at that hour. `isNow`: it is about minutes, and no practice; so it is when another committee calls. */
export const mayRing = ({ quiet, forNow }: Wakes, hour: number, isNow: boolean): boolean =>
  !isQuiet(quiet, hour) || (forNow && isNow)

export const isQuiet = (quiet: Quiet | undefined, hour: number): boolean => {
  if (!quiet || quiet.from === quiet.to) return false
  const { from, to } = quiet
  return from < to ? hour >= from && hour < to : hour >= from || hour < to
}

const isNowAbout = (alarm: Alarm | undefined, seat: Id): boolean =>
  alarm?.severity === 'now' &&
  alarm.kind !== 'practice' &&
  alarm.content.about.who === 'named' &&
  alarm.concerned === seat

/** What a screen offers besides waiting, from when on it does. */
export type LadderView = {
  /** The people of the call list are to be called: the raiser sees it from the third step on, everybody from the fifth while nobody is on it. */
  readonly isCalling: boolean
  /** Nobody is on it, half an hour after everybody was asked. */
  readonly isNobody: boolean
  /** Who was on it has not been heard of, and the committee is asked again. */
  readonly isAskedAgain: boolean
  /** When those who are silent are asked again; undefined where it is answered, over, or at its last step. */
  readonly nextAt: number | undefined
  /** Seats that have not said anything. */
  readonly silent: readonly Id[]
  /** A day without a word about it. */
  readonly isStale: boolean
  /** Alarms of the same kind, at the same place, within half an hour: it may be joined with them. */
  readonly like: readonly Id[]
}

/** What is loud on other phones is theirs; this is what everybody's screen says. */
export const ladderOf = (alarm: Alarm, listener: Omit<Listener, 'wakes'>, nowMs: number): LadderView => {
  const start = Math.min(alarm.askedAt, nowMs)
  const asking = askingOf(alarm, listener.members, start, nowMs)
  const past = nowMs - asking.from
  const steps = STEPS_MS[alarm.severity]
  const isWaiting = alarm.phase.is === 'open' && !isAnswered(alarm, listener, nowMs)
  const reached = steps.filter((step) => step <= past).length
  const isNobody = isWaiting && alarm.severity === 'now' && reached >= 5
  const isRinging = isWaiting && !isAttached(alarm, listener, nowMs)
  const words = [...alarm.notes, ...alarm.answers.values()].map(({ at }) => at)
  return {
    isCalling: isNobody || (isWaiting && alarm.seat === listener.seat && reached >= 3),
    isNobody,
    isAskedAgain: isWaiting && asking.since > 0,
    nextAt: isRinging
      ? stepsOf(alarm, listener.committee)
          .map((step) => asking.from + step)
          .find((at) => at > nowMs)
      : undefined,
    silent: listener.members.filter((seat) => seat !== alarm.seat && !alarm.answers.has(seat)),
    isStale: isLive(alarm.phase) && nowMs - Math.max(start, ...words) >= DAY_MS,
    like: likeThis(alarm, listener.committee),
  }
}

const likeThis = (alarm: Alarm, committee: Committee): readonly Id[] =>
  liveAlarms(committee)
    .filter(
      (other) =>
        other.id !== alarm.id &&
        isLive(other.phase) &&
        isLive(alarm.phase) &&
        other.kind === alarm.kind &&
        other.content.place === alarm.content.place &&
        Math.abs(other.askedAt - alarm.askedAt) < 30 * MINUTE_MS,
    )
    .map(({ id }) => id)
