/** Every rule of a charter in words, each under the name by which `charter propose` changes it. What is not here could be changed without being seen. */
import {
  DECISION_KINDS,
  type DecisionKind,
  type Pace,
  type Rule,
  type Share,
} from '../../core/committee/decisionRules.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import type { Charter, Threshold } from '../../core/governance/charter.ts'
import type { Level } from '../../core/governance/levels.ts'
import { countOf } from './time.ts'

const CALLS_ON =
  'goes to the people on duty in the city after 15 minutes, without names or the place, and to all delegates after an hour'

const THIRDS = { 1: 'a third', 2: 'two thirds', 3: 'all' } as const

const thresholdWords = ({ count, thirds }: Threshold): string =>
  `at least ${count}, and ${THIRDS[thirds]} of us`

export const LEVEL_WORDS: Record<Level, string> = {
  unwritten: 'not written down',
  open_group: 'an open group about one thing',
  committee: "a workers' committee",
  other: 'something else',
}

const SHARE_WORDS: Record<Share, string> = {
  any: 'any number',
  third: 'a third',
  half: 'half',
  majority: 'more than half',
  two_thirds: 'two thirds',
  three_quarters: 'three quarters',
  all: 'all',
}

const paceWords = ({ discussHours, voteHours, urgentHours, ballot }: Pace): string =>
  [
    `${discussHours} h to talk, ${voteHours} h to vote`,
    ...(urgentHours > 0 ? [`${urgentHours} h if urgent`] : []),
    ...(ballot === 'reserved' ? ['who said what is not shown'] : []),
  ].join(', ')

const ruleWords = (rule: Rule): string =>
  [
    `${SHARE_WORDS[rule.quorum]} of us vote`,
    `${SHARE_WORDS[rule.carries]} of ${rule.of === 'cast' ? 'the votes' : 'all of us'} and at least ${rule.atLeast} say yes`,
    ...(rule.blocks ? ['a block brings it back once'] : []),
    paceWords(rule),
  ].join('; ')

const decisionRows = ({ decisions }: Charter): readonly (readonly [string, string])[] =>
  Object.entries(decisions).map(([kind, rule]) => [
    `For ${kind}, ${DECISION_KINDS[kind as DecisionKind]}`,
    'quorum' in rule ? ruleWords(rule) : paceWords(rule),
  ])

const dayWords = (day: number | undefined): string =>
  day === undefined ? 'when we like' : new Date(day * 86_400_000).toISOString().slice(0, 10)

const written = (text: string): string => toOneLine(text) || 'not written down'

const aboutUs = (charter: Charter): readonly (readonly [string, string])[] => [
  ['Name', toOneLine(charter.name)],
  ['Purpose', written(charter.purpose)],
  ['In one sentence', written(charter.purposeEasy)],
  ['What we are', LEVEL_WORDS[charter.level]],
  ['Who may join', written(charter.mayJoin)],
  ['Who may speak for us', written(charter.mayBeDelegate)],
  ['Languages', charter.languages.join(', ') || 'any'],
  ['Quiet hours', charter.quiet ? `${charter.quiet.from} to ${charter.quiet.to}` : 'none'],
  ['In an emergency', charter.standingOrders.map(toOneLine).join('; ') || 'nothing agreed beforehand'],
  ['We look at this again', dayWords(charter.reviewOn)],
]

const membership = (charter: Charter): readonly (readonly [string, string])[] => [
  ['To admit somebody', thresholdWords(charter.add)],
  ['To put somebody out', `${thresholdWords(charter.remove)}, without them`],
  ['To change these rules', thresholdWords(charter.change)],
  ['To move to another relay', thresholdWords(charter.relocate)],
  [
    'New members decide with us',
    charter.probation === 0 ? 'at once' : `after ${countOf(charter.probation, 'change')} of the committee`,
  ],
  ['Devices for each member', `at most ${charter.devices}`],
]

export const rules = (charter: Charter): readonly (readonly [string, string])[] => [
  ...aboutUs(charter),
  ...membership(charter),
  ['Posts are kept', countOf(charter.keepDays, 'day')],
  ['Closed alarms are kept', countOf(charter.keepAlarmDays, 'day')],
  ['Closed plans are kept', countOf(charter.keepPlanDays, 'day')],
  ['Meetings are kept', countOf(charter.keepMeetingDays, 'day')],
  [
    'An alarm must be seen by',
    charter.alarmSeen === 0 ? 'a third of us, at most 3' : countOf(charter.alarmSeen, 'member'),
  ],
  ['An alarm that nobody answers', charter.callsCity ? CALLS_ON : 'stays among us'],
  ...decisionRows(charter),
  ['Relays', charter.relays.map((relay) => toOneLine(relay.address)).join(', ')],
]
