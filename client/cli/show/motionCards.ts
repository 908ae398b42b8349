/** Decisions on a screen: one line for each, or one of them whole; and as JSON. */

import { putUpIn } from '../../core/committee/candidates.ts'
import { DECISION_KINDS } from '../../core/committee/decisionRules.ts'
import type { EarlierMotion } from '../../core/committee/earlierMotion.ts'
import type { Counts } from '../../core/committee/motionCount.ts'
import type { Amendment, Ballot, Motion } from '../../core/committee/motionLife.ts'
import { textOf } from '../../core/committee/motionText.ts'
import { ballotsBefore } from '../../core/committee/motionVote.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { INTERESTS } from '../../core/committee/roleWords.ts'
import type { Card } from '../../core/session/decideView.ts'
import type { Names } from '../../core/session/names.ts'
import type { Election, Tally } from '../../core/session/tally.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { refusedWords, STATE_WORDS, WAITS_WORDS } from '../motionWords.ts'
import { motionState, motionTitle } from './motions.ts'
import { countOf, listOf, momentOf } from './time.ts'

export type CardShowing = {
  readonly view: CommitteeView
  readonly names: Names
  readonly short: (id: string) => string
  readonly nowMs: number
}

const HOUR_MS = 3_600_000

/** `3 hours left` */
const leftWords = (dueAt: number | undefined, nowMs: number): string => {
  if (dueAt === undefined) return ''
  const hours = Math.ceil((dueAt - nowMs) / HOUR_MS)
  if (hours <= 0) return ', its time is over'
  return hours < 48 ? `, ${countOf(hours, 'hour')} left` : `, ${countOf(Math.ceil(hours / 24), 'day')} left`
}

const titleOf = ({ motion, mandate }: Card, { view, names }: CardShowing): string => {
  if (motion) return toOneLine(motion.content.title)
  return mandate ? motionTitle(view, mandate, names) : ''
}

const stateLine = ({ state, dueAt, isOpen }: Card, { nowMs }: CardShowing): string =>
  `${STATE_WORDS[state]}${isOpen ? leftWords(dueAt, nowMs) : ''}`

export const cardLines = (card: Card, showing: CardShowing): readonly string[] => [
  `(${showing.short(card.id)}) ${titleOf(card, showing)}: ${stateLine(card, showing)}`,
  ...(card.isLate ? [`    ${refusedWords('late')}`] : []),
  ...card.waitsForMe.map((waits) => `    ${WAITS_WORDS[waits]}`),
]

/** Of whoever came in: what they were told of what was decided before, and by whom. */
export const earlierLines = (
  earlier: readonly EarlierMotion[],
  { view, names, short }: CardShowing,
): readonly string[] => {
  if (earlier.length === 0) return []
  const by = view.told?.by
  const whose = by === undefined ? 'another phone of yours' : names(by)
  return [
    '',
    `From before you came, as ${whose} told it. You have no vote in these; ask the others how open ones ended.`,
    ...earlier.flatMap((one) => [
      `(${short(one.id)}) ${toOneLine(one.title)}: ${one.isOpen ? 'was open then' : 'carried'}, asked by ${names(one.seat)}`,
      ...(one.text === null ? [] : one.text.split('\n').map((text) => `    ${text}`)),
    ]),
  ]
}

/** One motion whole. */
export const motionLines = (card: Card, showing: CardShowing): readonly string[] => {
  const { motion, mandate } = card
  const state = `It is ${stateLine(card, showing)}.`
  const approvals = mandate ? [motionState(mandate, showing.names)] : []
  if (!motion) return [titleOf(card, showing), state, ...approvals]
  return [
    toOneLine(motion.content.title),
    `${DECISION_KINDS[motion.content.kind]}, asked by ${showing.names(motion.seat)}. ${state}`,
    ...(motion.content.hasNewFacts
      ? ['It was voted on lately; whoever asks again says that there are new facts.']
      : []),
    ...(motion.seconders.length > 0 ? [`Seconded by ${listOf(motion.seconders.map(showing.names))}.`] : []),
    ...electedLines(motion, showing),
    '',
    ...paragraphLines(motion),
    ...(motion.hash === undefined ? [] : ['', `The text is fixed as ${motion.hash.slice(0, 16)}.`]),
    ...[...motion.amendments.values()].flatMap((one) => amendmentLines(one, showing)),
    ...languageLines(card, motion),
    ...approvals,
    ...voteLines(card, motion, showing),
    ...afterLines(motion, showing),
    ...motion.refused
      .slice(-5)
      .map(({ seat, why }) => `Not counted, from ${showing.names(seat)}: ${refusedWords(why)}`),
    ...card.waitsForMe.map((waits) => `For you: ${WAITS_WORDS[waits]}`),
  ]
}

/** Who may speak for the committee is a rule in words, which people hold beside what the person says of themselves. */
const electedLines = (motion: Motion, { names, view }: CardShowing): readonly string[] => {
  const { effect } = motion.content
  if (effect?.gives !== 'role' && effect?.gives !== 'election') return []
  const rule = toOneLine(view.charter.mayBeDelegate)
  const isSpeaking = effect.role === 'delegate' || effect.role === 'alternate'
  const standing = putUpIn(motion)
  const { stoodDown = [] } = motion
  return [
    standing.length > 0
      ? `Up for election: ${listOf(standing.map(names))}.`
      : 'Nobody stands for election now.',
    ...(stoodDown.length > 0 ? [`Said no to being elected: ${listOf(stoodDown.map(names))}.`] : []),
    ...(isSpeaking && rule !== '' ? [`Who may speak for us, by our rules: ${rule}`] : []),
    ...standing.map((seat) => {
      const { interest } = view.committee.profiles.get(seat) ?? {}
      return `${names(seat)} says about interests of their own: ${interest ? INTERESTS[interest] : 'nothing yet'}.`
    }),
  ]
}

/** With numbers, as long as they can be changed. */
const paragraphLines = ({ paragraphs, hash }: Motion): readonly string[] =>
  hash === undefined
    ? paragraphs.map((text, i) => `${i + 1}. ${text === '' ? '(taken out)' : text}`)
    : [textOf(paragraphs)]

const STATUS: Record<Amendment['status'], string> = {
  offered: 'offered',
  accepted: 'taken',
  rejected: 'not taken',
  withdrawn: 'withdrawn',
  put_to_vote: 'put to the vote',
  voted_in: 'voted in',
  voted_out: 'voted out',
}

const amendmentLines = (one: Amendment, { names, short }: CardShowing): readonly string[] => {
  const side = (which: 'for' | 'against'): number => [...one.sides.values()].filter((s) => s === which).length
  const sides = one.sides.size > 0 ? `, ${side('for')} for and ${side('against')} against` : ''
  return [
    '',
    `Change (${short(one.id)}) of ${one.paragraph + 1} by ${names(one.seat)}, ${STATUS[one.status]}${sides}: ${one.text || '(take it out)'}`,
    ...(one.note === undefined ? [] : [`    ${one.note}`]),
  ]
}

const languageLines = ({ missing }: Card, { translations, content }: Motion): readonly string[] => [
  ...(translations.size > 0 ? [`Languages: ${[content.lang, ...translations.keys()].join(', ')}.`] : []),
  ...(missing.length > 0 ? [`Still needed in: ${missing.join(', ')}.`] : []),
]

const tallyLine = ({ voted, electorate, enough, counts, yesNeeded }: Tally): string => {
  if (!counts) return `${voted} of ${electorate} have voted. Enough of us: ${enough} of ${electorate}.`
  const { yes, no, unsure, block } = counts
  const blocks = block > 0 ? `, ${countOf(block, 'block')}` : ''
  return `${yes} yes, ${no} no, ${unsure} not sure${blocks}. It needed ${yesNeeded ?? yes} yes, and ${enough} of ${electorate} to vote.`
}

/** `carol 3, bo 2, none of them 1, not sure 0` */
const eachWords = ({ each = [], no, unsure }: Counts, names: Names): string =>
  `${each.map(({ seat, votes }) => `${names(seat)} ${votes}`).join(', ')}, none of them ${no}, not sure ${unsure}`

const electionLines = (
  { counts, voted, electorate, enough, yesNeeded }: Tally,
  { among, isRunOff, rounds, elected }: Election,
  names: Names,
): readonly string[] => [
  ...rounds.map((round) => `Before: ${eachWords(round, names)}. Nobody had more than half.`),
  `${isRunOff ? 'The run-off is between' : 'It is between'} ${listOf(among.map(names))}.`,
  counts
    ? `${eachWords(counts, names)}. It needed ${yesNeeded ?? 0} for one of them, and ${enough} of ${electorate} to vote.`
    : `${voted} of ${electorate} have voted. Enough of us: ${enough} of ${electorate}.`,
  ...(elected === undefined ? [] : [`Elected: ${names(elected)}.`]),
]

const tallyLines = (tally: Tally, names: Names): readonly string[] =>
  tally.election ? electionLines(tally, tally.election, names) : [tallyLine(tally)]

const votedWords = ({ choice, candidate }: Ballot, names: Names): string => {
  if (candidate !== undefined) return `for ${names(candidate)}`
  return choice === 'unsure' ? 'not sure' : choice
}

const voteLines = (
  { tally }: Card,
  { vote, returned }: Motion,
  { names, view, nowMs }: CardShowing,
): readonly string[] => {
  const back = returned?.blocks.map(
    ({ seat, reason }) => `Brought back by a block of ${names(seat)}: ${reason ?? ''}`,
  )
  const mine = vote && ballotsBefore(vote, Number.MAX_SAFE_INTEGER).get(view.own.seat)
  const doubts = vote?.recountAskedBy ?? []
  return [
    ...(back ?? []),
    ...(tally ? ['', ...tallyLines(tally, names)] : []),
    ...(mine && !vote?.result ? [`You voted ${votedWords(mine, names)}; you can change it.`] : []),
    ...(vote?.result
      ? [
          `Over since ${momentOf(vote.result.at, nowMs)}, as ${listOf(vote.result.closedBy.map(names))} counted.`,
        ]
      : []),
    ...(doubts.length > 0 ? [`${listOf(doubts.map(names))} would count again.`] : []),
  ]
}

const afterLines = ({ outcome, review, reviewOn }: Motion, { names }: CardShowing): readonly string[] => [
  ...(outcome
    ? [
        `What came of it, says ${names(outcome.by)}: ${outcome.text}${outcome.doneBy ? ` Done by ${names(outcome.doneBy)}.` : ''}`,
      ]
    : []),
  ...(reviewOn === undefined ? [] : [`To be looked at again on ${reviewOn}.`]),
  ...(review ? [`Looked at again by ${names(review.by)}: ${review.text}`] : []),
]
