/**
 * What was said and decided as plain records: what programs read, and what somebody takes along as a file. Never a secret, nothing that another program could read
 * as more than text. Not here: sentences, which each client says in its own words, and whose records they are (exporting.ts).
 */
import type { Alarm } from '../committee/alarmLife.ts'
import { type AlarmSummary, alarmSummary } from '../committee/alarmSummary.ts'
import { dayWritten, momentWritten } from '../committee/calendar.ts'
import type { FileContent } from '../committee/fileContent.ts'
import type { Motion } from '../committee/motionLife.ts'
import { textOf } from '../committee/motionText.ts'
import { toOneLine, toPlainText } from '../committee/plainText.ts'
import type { Post } from '../committee/talk.ts'
import type { Charter } from '../governance/charter.ts'
import type { Card } from './decideView.ts'
import { deliveredTo } from './delivered.ts'
import type { Names } from './names.ts'
import type { Election } from './tally.ts'
import type { CommitteeView, MotionView } from './view.ts'

export const charterJson = ({ relays, ...charter }: Charter) => ({
  ...charter,
  name: toOneLine(charter.name),
  purpose: toOneLine(charter.purpose),
  purposeEasy: toOneLine(charter.purposeEasy),
  mayJoin: toOneLine(charter.mayJoin),
  mayBeDelegate: toOneLine(charter.mayBeDelegate),
  standingOrders: charter.standingOrders.map(toOneLine),
  relays: relays.map(({ address }) => address),
})

export const fileJson = ({ kind, name, media, size, life, until, sha256 }: FileContent) => ({
  kind,
  name,
  media,
  size,
  life,
  until: dayWritten(until),
  sha256,
})

export const postJson = (post: Post, names: Names) => ({
  type: 'post',
  id: post.id,
  seat: post.seat,
  handle: names(post.seat),
  at: momentWritten(post.at),
  text: toPlainText(post.text),
  ...(post.file === undefined ? {} : { file: fileJson(post.file) }),
  ...(post.replyTo === undefined ? {} : { replyTo: post.replyTo }),
})

export const summaryOf = (view: CommitteeView, alarm: Alarm): AlarmSummary =>
  alarmSummary(
    alarm,
    view.members.map((member) => member.seat),
    view.charter.alarmSeen,
  )

export const alarmJson = (view: CommitteeView, alarm: Alarm, names: Names) => {
  const summary = summaryOf(view, alarm)
  return {
    type: 'alarm',
    id: alarm.id,
    seat: alarm.seat,
    handle: names(alarm.seat),
    at: momentWritten(alarm.at),
    kind: alarm.kind,
    severity: alarm.severity,
    facts: toPlainText(alarm.content.facts),
    about: alarm.content.about,
    namesAllowed: alarm.content.namesAllowed,
    ...(alarm.content.place === undefined ? {} : { place: toPlainText(alarm.content.place) }),
    state: summary.state,
    ...(alarm.phase.is === 'settled' ? { outcome: alarm.phase.outcome } : {}),
    delivered: deliveredTo(view, alarm),
    seen: summary.seen,
    seenNeeded: summary.seenNeeded,
    isEnough: summary.isEnough,
    onIt: summary.onIt.map(({ seat, what, by, takes }) => ({
      seat,
      handle: names(seat),
      what: toPlainText(what),
      takes,
      ...(by === undefined ? {} : { by }),
    })),
    cannot: summary.cannot.map(names),
    needs: alarm.needs,
    stillNeeded: summary.stillNeeded,
    notes: alarm.notes.map(({ seat, at, said, text }) => ({
      handle: names(seat),
      at: momentWritten(at),
      said,
      ...(text === undefined ? {} : { text: toPlainText(text) }),
    })),
  }
}

export const motionJson = (motion: MotionView, names: Names) => ({
  type: 'motion',
  id: motion.hash,
  action: motion.action.type,
  about: motion.about === undefined ? null : toOneLine(motion.about),
  by: motion.by === undefined ? null : names(motion.by),
  approvedBy: motion.approvedBy.map(names),
  declinedBy: motion.declinedBy.map(names),
  needed: motion.needed,
  outcome: motion.outcome,
  restsUntil: motion.restsUntil === undefined ? null : momentWritten(motion.restsUntil),
  isDisowned: motion.isDisowned,
  isWaitingForMe: motion.isWaitingForMe,
})

export const cardJson = (card: Card, names: Names) => {
  const { id, kind, motion, mandate, state, isOpen, dueAt = null, waitsForMe, tally, missing, isLate } = card
  const votes = tally && {
    ...tally,
    counts: tally.counts ?? null,
    yesNeeded: tally.yesNeeded ?? null,
    election: tally.election ? electionJson(tally.election, names) : null,
  }
  return {
    ...{ id, kind, state, isOpen, dueAt, waitsForMe, missing, isLate },
    ...(motion ? ownJson(motion, names) : {}),
    tally: votes ?? null,
    mandate: mandate ? motionJson(mandate, names) : null,
  }
}

const electionJson = ({ among, isRunOff, rounds, elected }: Election, names: Names) => ({
  among: among.map(names),
  isRunOff,
  rounds,
  elected: elected === undefined ? null : names(elected),
})

const ownJson = (motion: Motion, names: Names) => ({
  title: toOneLine(motion.content.title),
  by: names(motion.seat),
  text: textOf(motion.paragraphs),
  hash: motion.hash ?? null,
  amendments: [...motion.amendments.values()].map(({ id, paragraph, text, status }) => ({
    id,
    paragraph: paragraph + 1,
    text,
    status,
  })),
  outcome: motion.outcome?.text ?? null,
  reviewOn: motion.reviewOn ?? null,
  refused: motion.refused.map(({ seat, said, why }) => ({ by: names(seat), said, why })),
})
