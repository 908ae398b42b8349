/** An alarm as a few plain lines, in the order in which somebody who has seconds needs them. */

import type { AlarmContent } from '../../core/committee/alarmContent.ts'
import type { Alarm, AlarmNote } from '../../core/committee/alarmLife.ts'
import { isClosed } from '../../core/committee/alarmLife.ts'
import { ALARM_STATES, type AlarmSummary, drillOf, type OnIt } from '../../core/committee/alarmSummary.ts'
import {
  ALARM_KINDS,
  CHECKS,
  idsOf,
  NEEDS,
  OUTCOMES,
  RINGS,
  SEVERITIES,
} from '../../core/committee/alarmWords.ts'
import { ladderOf } from '../../core/committee/ladder.ts'
import { toOneLine, toPlainText } from '../../core/committee/plainText.ts'
import { deliveredTo } from '../../core/session/delivered.ts'
import { summaryOf } from '../../core/session/records.ts'
import { listenerOf } from '../../core/session/ringing.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import type { Showing } from './posts.ts'
import { listOf, momentOf, timeOf } from './time.ts'

/** `ALARM NOW (3fa2): called to a meeting` */
export const alarmTitle = (alarm: Alarm, { short }: Pick<Showing, 'short'>): string => {
  const practice = alarm.kind === 'practice'
  const what = practice ? 'a drill, nothing has happened' : ALARM_KINDS[alarm.kind]
  return `${practice ? 'PRACTICE ALARM' : 'ALARM'} ${SEVERITIES[alarm.severity]} (${short(alarm.id)}): ${what}`
}

export const alarmLines = (
  view: CommitteeView,
  alarm: Alarm,
  showing: Showing,
  nowMs: number,
): readonly string[] => {
  const summary = summaryOf(view, alarm)
  const { names } = showing
  const { content } = alarm
  return [
    alarmTitle(alarm, showing),
    ...[
      `Raised by ${names(alarm.seat)} at ${momentOf(alarm.at, nowMs)}, ${aboutWords(content)}.`,
      ...textLines(content.facts),
      ...(content.guesses ? textLines(`Guesses: ${content.guesses}`) : []),
      ...(content.place ? [`Where: ${toOneLine(content.place)}.`] : []),
      ...(content.checked ? [`How sure: ${CHECKS[content.checked]}.`] : []),
      ...contactWords(content, showing.reachOf?.(alarm.id)),
      `Who may know the name: ${ringWords(content)}.`,
      stateWords(alarm, summary),
      ...seenWords(alarm, summary, deliveredTo(view, alarm)),
      ...drillWords(view, alarm),
      ...summary.onIt.map((one) => onItWords(one, showing, nowMs)),
      ...(summary.cannot.length > 0 ? [`Cannot: ${listOf(summary.cannot.map(names))}.`] : []),
      ...(summary.stillNeeded.length > 0 && !isClosed(alarm.phase)
        ? [`Still needed: ${summary.stillNeeded.map((need) => NEEDS[need]).join(', ')}.`]
        : []),
      ...alarm.notes.map((note) => noteWords(note, showing)),
      ...ladderWords(view, alarm, showing, nowMs),
      ...summary.oneMoreFor.map((what) => `One more member has to say the same: ${ONE_MORE[what]}.`),
    ].map((line) => `  ${line}`),
  ]
}

/** What to do besides waiting. */
const ladderWords = (
  view: CommitteeView,
  alarm: Alarm,
  { short }: Showing,
  nowMs: number,
): readonly string[] => {
  const { isNobody, isCalling, isAskedAgain, isStale, like } = ladderOf(alarm, listenerOf(view), nowMs)
  const says: readonly (readonly [boolean, string])[] = [
    [isAskedAgain, 'Nothing was heard from whoever was on it: everybody is asked again.'],
    [isNobody, 'Nobody has answered yet. Call somebody: `npx tocsin alarm calls`.'],
    [isCalling && !isNobody, 'Do not only wait, call somebody: `npx tocsin alarm calls`.'],
    [isStale, 'It has gone quiet: nobody has said anything for a day.'],
  ]
  return [
    ...says.flatMap(([isSo, words]) => (isSo ? [words] : [])),
    ...like.map((id) => `It may be the same as ${short(id)}: \`npx tocsin alarm join\`.`),
  ]
}

const ONE_MORE = {
  steady: 'steady',
  close: 'settled or a false alarm',
  lower: 'less urgent',
  join: 'the same as another',
} as const

const textLines = (text: string): readonly string[] =>
  toPlainText(text)
    .split('\n')
    .map((line) => `  ${line}`)

const aboutWords = ({ about }: AlarmContent): string => {
  if (about.who === 'me') return 'about themselves'
  return about.who === 'named' ? `about ${toOneLine(about.handle)}` : 'about somebody who is not named'
}

const CONTACT = {
  yes: 'Whoever is on it is told how they can be reached.',
  no: 'Do not try to reach them.',
  phrase: 'Whoever is on it is told the phrase to ask for, before you speak to them.',
} as const

/** `reach`: what only those on it are told. */
const contactWords = ({ safeContact }: AlarmContent, reach: string | undefined): readonly string[] => {
  if (!safeContact) return []
  if (reach === undefined) return [CONTACT[safeContact.may]]
  return safeContact.may === 'phrase'
    ? [`Before you speak to them, ask for the phrase: ${toOneLine(reach)}.`]
    : [`They can be reached: ${toOneLine(reach)}.`]
}

const ringWords = ({ namesAllowed }: AlarmContent): string =>
  listOf(
    idsOf(RINGS)
      .filter((ring) => namesAllowed[ring])
      .map((ring) => RINGS[ring]),
  )

const stateWords = ({ phase, timesReopened }: Alarm, { state }: AlarmSummary): string => {
  const how = phase.is === 'settled' ? `settled: ${OUTCOMES[phase.outcome]}` : ALARM_STATES[state]
  return `State: ${how}${timesReopened > 0 ? ', reopened' : ''}.`
}

const seenWords = (alarm: Alarm, summary: AlarmSummary, delivered: number): readonly string[] => {
  if (alarm.phase.is !== 'open' && alarm.phase.is !== 'steady') return []
  const others = Math.max(summary.members - 1, summary.seen)
  if (others === 0) return ['Nobody else is here to see it.']
  const enough = summary.isEnough
    ? 'enough of us'
    : `enough of us: ${summary.seenNeeded}, and one of them on it`
  return [
    `Seen by ${summary.seen} of ${others} (${enough}).`,
    `On the phones of at least ${delivered} of ${others}; that is not seeing it.`,
  ]
}

const drillWords = ({ members }: CommitteeView, alarm: Alarm): readonly string[] => {
  if (alarm.kind !== 'practice') return []
  const { inTime, of } = drillOf(
    alarm,
    members.map(({ seat }) => seat),
  )
  return [`Practice: ${inTime} of ${of} had answered within ten minutes.`]
}

const onItWords = (one: OnIt, { names }: Showing, nowMs: number): string => {
  const takes = one.takes.length > 0 ? `; takes: ${one.takes.map((need) => NEEDS[need]).join(', ')}` : ''
  const quiet = nowMs > one.quietFrom ? '; nothing heard from them since' : ''
  return `On it: ${names(one.seat)}, ${toOneLine(one.what)}${byWords(one)}${takes}${quiet}.`
}

const byWords = ({ by, at }: OnIt): string => {
  if (by === undefined) return ''
  return `, by ${typeof by === 'number' ? timeOf(at + by * 60_000) : toOneLine(by)}`
}

const NOTE_WORDS: Record<AlarmNote['said'], string> = {
  update: 'says',
  steady: 'says it is steady',
  settled: 'says it is settled',
  cancelled: 'took it back',
  spoken_to: 'has spoken to them',
  false_alarm: 'says it was a false alarm',
  reopened: 'says it goes on',
  joined: 'says it is the same as another alarm',
}

const noteWords = ({ at, seat, said, text }: AlarmNote, { names }: Showing): string =>
  `${timeOf(at)}  ${names(seat)} ${NOTE_WORDS[said]}${text === undefined ? '.' : `: ${toPlainText(text).replaceAll('\n', '\n           ')}`}`
