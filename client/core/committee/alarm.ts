/**
 * The life of one alarm after it was raised (product.md 3.E), as pure steps in the committee's order.
 *
 * Who may do what:
 * - raise, answer, update, reopen: any member. The raiser's own answers do not count.
 * - change needs or kind: the raiser, or somebody who is on it. Nothing becomes practice, and practice nothing else.
 * - lower the severity: the raiser, or two others (the milder of the two). Nobody raises it: that is a new alarm.
 * - steady: two different seats, each the raiser or on it. One open phone in the wrong hands is not enough.
 * - settled, false alarm: the raiser, or two who are on it and name the same end.
 * - joined with another one that goes on: the raiser, or two others who name the same.
 * - cancelled: the raiser, until it is settled or false. The five minutes of product.md are the screen's affair:
 *   no clock decides here. A cancelled alarm stays in view until somebody else says they have spoken to the raiser.
 * Whatever is not allowed is kept as a note, if it has words, and changes nothing else.
 */
import type { AlarmAnswer, AlarmContent, AlarmState, AlarmUpdate } from './alarmContent.ts'
import {
  type Alarm,
  type AlarmNote,
  type AlarmPhase,
  type Answer,
  type Closing,
  isClosed,
  isLive,
  quietFromOf,
} from './alarmLife.ts'
import { type About, noted } from './alarmNoted.ts'
import { OUTER_RINGS, rankOf, type Severity } from './alarmWords.ts'
import type { Takers, Writable } from './area.ts'
import { type Id, type Said, type SaidOf, saidAt } from './said.ts'

export type Alarms = {
  /** In the order raised. */
  readonly alarms: ReadonlyMap<Id, Alarm>
}

export const noAlarms: Alarms = { alarms: new Map() }

type Draft = Writable<Alarms> & { readonly handles: ReadonlyMap<Id, string> }
type Following = 'alarmAnswer' | 'alarmUpdate' | 'alarmState'

/** An alarm that does not stand before what follows it never will: the order is total. */
const follow = (draft: Draft, said: SaidOf<Following>): void => {
  const alarm = draft.alarms.get(said.content.alarm)
  if (!alarm) return
  const into = 'into' in said.content ? draft.alarms.get(said.content.into) : undefined
  draft.alarms.set(alarm.id, followed(alarm, said, said.content, into))
}

/** What the person concerned allows, who vouches for the facts, how they can be reached: changes nothing about how it stands. */
const note = (draft: Draft, said: SaidOf<About>): void => {
  const alarm = draft.alarms.get(said.content.alarm)
  if (alarm) draft.alarms.set(alarm.id, noted(alarm, said))
}

export const alarms: Takers<'alarm' | Following | About, Draft> = {
  alarm: (draft, said) => void draft.alarms.set(said.id, raised(draft, said, said.content)),
  alarmAnswer: follow,
  alarmUpdate: follow,
  alarmState: follow,
  alarmConsent: note,
  alarmChecked: note,
  alarmReach: note,
}

/** What members call themselves goes before the raiser's word for who it is; where it does not tell, that word holds, but never for themselves: they would say "me". */
const concernedIn = ({ handles }: Draft, seat: Id, { about }: AlarmContent): Id | undefined => {
  if (about.who !== 'named') return about.who === 'me' ? seat : undefined
  const called = [...handles].flatMap(([one, handle]) => (handle === about.handle ? [one] : []))
  if (called.length === 1) return called[0]
  const isMeant = about.seat !== seat && (called.length === 0 || called.includes(about.seat ?? ''))
  return isMeant ? about.seat : undefined
}

const concernedBy = (concerned: Id | undefined): Pick<Alarm, 'concerned'> =>
  concerned === undefined ? {} : { concerned }

/** What the raiser allows is consent only where it is about themselves. */
const firstConsents = ({ about, namesAllowed }: AlarmContent): Alarm['consents'] =>
  new Map(
    about.who === 'me'
      ? OUTER_RINGS.map((ring) => [ring, { name: namesAllowed[ring], workplace: false }] as const)
      : [],
  )

const raised = (draft: Draft, said: Said, content: AlarmContent): Alarm => ({
  id: said.id,
  seat: said.seat,
  device: said.device,
  order: said.order,
  at: said.at,
  askedAt: saidAt(said),
  asked: askedBy(said),
  content,
  kind: content.kind,
  severity: content.severity,
  needs: content.needs,
  notes: [],
  timesReopened: 0,
  ...concernedBy(concernedIn(draft, said.seat, content)),
  consents: firstConsents(content),
  reach: new Map(),
  checkedBy: content.checked === 'spoke' || content.checked === 'saw' ? [said.seat] : [],
  ...unanswered,
})

/** `into`: the other alarm that is named, if there is one. */
const followed = (
  alarm: Alarm,
  said: Said,
  content: AlarmAnswer | AlarmUpdate | AlarmState,
  into: Alarm | undefined,
): Alarm => {
  if (content.type === 'alarmAnswer') return answered(alarm, said, content)
  if (content.type === 'alarmUpdate') return updated(alarm, said, content)
  const noted = withNote(alarm, said, content.to, content.note)
  if (content.to === 'joined') return into ? joined(noted, said.seat, into) : noted
  return stated(noted, said, content)
}

const unanswered: Pick<Alarm, 'phase' | 'answers' | 'steadyBy' | 'closings' | 'lowerings' | 'joinings'> = {
  phase: { is: 'open' },
  answers: new Map(),
  steadyBy: [],
  closings: new Map(),
  lowerings: new Map(),
  joinings: new Map(),
}

/** Nobody answers it any more: what is said about it is kept as a note. */
const isOver = ({ phase }: Alarm): boolean => isClosed(phase) || phase.is === 'joined'

const isOnIt = (alarm: Alarm, seat: Id): boolean => alarm.answers.get(seat)?.answer === 'on_it'

const maySteer = (alarm: Alarm, seat: Id): boolean => seat === alarm.seat || isOnIt(alarm, seat)

const answered = (alarm: Alarm, said: Said, content: AlarmAnswer): Alarm => {
  if (said.seat === alarm.seat || isOver(alarm)) return alarm
  if (content.answer === 'seen' && alarm.answers.has(said.seat)) return alarm
  const answers = new Map(alarm.answers).set(said.seat, answerOf(saidAt(said), content))
  const now = { ...alarm, answers }
  return content.answer === 'on_it' ? now : withoutSay({ ...now, ...letGo(alarm, said) }, said.seat)
}

/** Whoever had not been heard of for so long was let go of then: saying it later asks nobody again. */
const letGo = (alarm: Alarm, said: Said): Pick<Alarm, 'letGoAt'> => {
  const { answer, at = 0 } = alarm.answers.get(said.seat) ?? {}
  const ended = Math.min(saidAt(said), quietFromOf(alarm, said.seat, at))
  return answer === 'on_it' ? { letGoAt: Math.max(ended, alarm.letGoAt ?? 0) } : {}
}

const answerOf = (at: number, content: AlarmAnswer): Answer => {
  if (content.answer !== 'on_it') return { at, answer: content.answer }
  const { what, by, takes = [] } = content
  return { at, answer: 'on_it', what, takes, ...(by === undefined ? {} : { by }) }
}

/** Who is no longer on it no longer speaks for those who are. */
const withoutSay = (alarm: Alarm, seat: Id): Alarm => ({
  ...alarm,
  steadyBy: alarm.steadyBy.filter((other) => other !== seat),
  closings: new Map([...alarm.closings].filter(([other]) => other !== seat)),
})

const withNote = (alarm: Alarm, said: Said, what: AlarmNote['said'], text: string | undefined): Alarm => {
  const { id, seat } = said
  const at = saidAt(said)
  const note = text === undefined ? { id, seat, at, said: what } : { id, seat, at, said: what, text }
  return { ...alarm, notes: [...alarm.notes, note] }
}

const updated = (before: Alarm, said: Said, content: AlarmUpdate): Alarm => {
  const alarm = withNote(before, said, 'update', content.text)
  if (isOver(alarm)) return alarm
  const lowered = content.severity === undefined ? alarm : lower(alarm, said.seat, content.severity)
  if (!maySteer(alarm, said.seat)) return lowered
  const isSameRealm = (content.kind === 'practice') === (alarm.kind === 'practice')
  return {
    ...lowered,
    kind: content.kind !== undefined && isSameRealm ? content.kind : alarm.kind,
    needs: content.needs ?? alarm.needs,
  }
}

const lower = (alarm: Alarm, seat: Id, severity: Severity): Alarm => {
  if (rankOf(severity) <= rankOf(alarm.severity)) return alarm
  if (seat === alarm.seat) return { ...alarm, severity, lowerings: new Map() }
  const lowerings = new Map(alarm.lowerings).set(seat, severity)
  const [milder] = [...lowerings.values()].sort((a, b) => rankOf(a) - rankOf(b))
  if (lowerings.size < 2 || milder === undefined) return { ...alarm, lowerings }
  return { ...alarm, severity: milder, lowerings: new Map() }
}

/** Neither practice with the real thing, nor with what is over: an alarm must not be hidden behind one that nobody hears. */
const joined = (alarm: Alarm, seat: Id, into: Alarm): Alarm => {
  const isSameRealm = (into.kind === 'practice') === (alarm.kind === 'practice')
  const mayJoin = isLive(alarm.phase) && isLive(into.phase) && into.id !== alarm.id && isSameRealm
  if (!mayJoin) return alarm
  const phase: AlarmPhase = { is: 'joined', into: into.id }
  if (seat === alarm.seat) return { ...alarm, phase }
  const joinings = new Map(alarm.joinings).set(seat, into.id)
  const alike = [...joinings.values()].filter((other) => other === into.id)
  return alike.length < 2 ? { ...alarm, joinings } : { ...alarm, joinings, phase }
}

const stated = (alarm: Alarm, said: Said, content: Exclude<AlarmState, { readonly to: 'joined' }>): Alarm => {
  const { seat } = said
  switch (content.to) {
    case 'steady':
      return steadied(alarm, seat)
    case 'settled':
      return closed(alarm, seat, { is: 'settled', outcome: content.outcome })
    case 'false_alarm':
      return closed(alarm, seat, { is: 'false_alarm' })
    case 'cancelled':
      return isLive(alarm.phase) && seat === alarm.seat ? { ...alarm, phase: { is: 'cancelled' } } : alarm
    case 'spoken_to':
      return alarm.phase.is === 'cancelled' && !alarm.phase.spokenTo && seat !== alarm.seat
        ? { ...alarm, phase: { is: 'cancelled', spokenTo: seat } }
        : alarm
    case 'reopened':
      return alarm.phase.is === 'open' ? alarm : { ...alarm, ...unanswered, ...askedAgain(alarm, said) }
  }
}

const askedBy = ({ seat, device, order }: Said): Alarm['asked'] => ({ seat, device, order })

const askedAgain = (
  { timesReopened }: Alarm,
  said: Said,
): Pick<Alarm, 'askedAt' | 'asked' | 'timesReopened'> => ({
  askedAt: saidAt(said),
  asked: askedBy(said),
  timesReopened: timesReopened + 1,
})

const steadied = (alarm: Alarm, seat: Id): Alarm => {
  if (alarm.phase.is !== 'open' || !maySteer(alarm, seat) || alarm.steadyBy.includes(seat)) return alarm
  const steadyBy = [...alarm.steadyBy, seat]
  return steadyBy.length < 2 ? { ...alarm, steadyBy } : { ...alarm, steadyBy, phase: { is: 'steady' } }
}

const closed = (alarm: Alarm, seat: Id, closing: Closing): Alarm => {
  if (!isLive(alarm.phase) || !maySteer(alarm, seat)) return alarm
  if (seat === alarm.seat) return { ...alarm, phase: closing }
  const closings = new Map(alarm.closings).set(seat, closing)
  const alike = [...closings.values()].filter((other) => nameOf(other) === nameOf(closing))
  return alike.length < 2 ? { ...alarm, closings } : { ...alarm, closings, phase: closing }
}

const nameOf = (closing: Closing): string => (closing.is === 'settled' ? closing.outcome : closing.is)
