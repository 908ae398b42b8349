/** Every rule of a charter in words, in one order, so that two charters can be compared. What is not here could be changed without being seen. */
import type { Pace, Rule } from '../../core/committee/decisionRules.ts'
import type { Charter, Threshold } from '../../core/governance/charter.ts'
import { formats, language, say, sayLater } from '../words/say.svelte.ts'
import { RULES, type RuleName } from './ruleNames.ts'

export type DecisionName = keyof Charter['decisions']

export type RuleRow = { readonly key: string; readonly name: string; readonly text: string }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const hoursWords = (hours: number): string =>
  hours === 0 ? sayLater().rules.noTime : formats().span(hours * HOUR_MS)
export const daysWords = (days: number): string => formats().days(days)
export const dayWords = (day: number | undefined): string =>
  day === undefined ? sayLater().rules.whenWeLike : formats().date(day * DAY_MS)
export const languageName = (code: string): string =>
  new Intl.DisplayNames([language()], { type: 'language' }).of(code) ?? code

export const thresholdWords = ({ count, thirds }: Threshold): string =>
  sayLater().rules.needs(formats().number(count), sayLater().rules.partOf[thirds])

const paceWords = ({ discussHours, voteHours, urgentHours, ballot }: Pace): readonly string[] => {
  const words = sayLater().rules.say
  return [
    words.times(hoursWords(discussHours), hoursWords(voteHours)),
    ...(urgentHours > 0 ? [words.urgent(hoursWords(urgentHours))] : []),
    ...(ballot === 'reserved' ? [words.hidden] : []),
  ]
}

const ruleWords = ({ quorum, carries, of, atLeast, blocks }: Rule): readonly string[] => {
  const { shares, ofWhom, say: words } = sayLater().rules
  return [
    words.vote(shares[quorum]),
    words.carries(shares[carries], ofWhom[of], formats().number(atLeast)),
    ...(blocks ? [words.block] : []),
  ]
}

export const decisionWords = (rule: Rule | Pace): string =>
  [...('quorum' in rule ? ruleWords(rule) : []), ...paceWords(rule)].join('; ')

const TEXTS: { readonly [N in RuleName]: (value: Charter[N]) => string } = {
  name: (text) => text,
  purpose: (text) => text || sayLater().rules.none,
  purposeEasy: (text) => text || sayLater().rules.none,
  level: (level) => sayLater().charter.levels[level],
  mayJoin: (text) => text || sayLater().rules.none,
  mayBeDelegate: (text) => text || sayLater().rules.none,
  languages: (codes) => codes.map(languageName).join(', ') || sayLater().rules.any,
  quiet: (quiet) =>
    quiet
      ? sayLater().rules.hours(formats().number(quiet.from), formats().number(quiet.to))
      : sayLater().rules.always,
  standingOrders: (orders) => orders.join('; ') || sayLater().rules.none,
  reviewOn: dayWords,
  add: thresholdWords,
  remove: (threshold) => sayLater().rules.withoutThem(thresholdWords(threshold)),
  change: thresholdWords,
  relocate: thresholdWords,
  probation: (changes) => (changes === 0 ? sayLater().rules.atOnce : sayLater().rules.afterChanges(changes)),
  devices: (n) => formats().number(n),
  keepDays: daysWords,
  keepAlarmDays: daysWords,
  keepPlanDays: daysWords,
  keepMeetingDays: daysWords,
  alarmSeen: (n) => (n === 0 ? sayLater().rules.seenByThird : sayLater().rules.members(n)),
  callsCity: (calls) => (calls ? sayLater().rules.callsOn : sayLater().rules.callsOff),
  relays: (relays) => relays.map(({ address }) => address).join(', '),
}

export const ruleText = <N extends RuleName>(name: N, charter: Charter): string => TEXTS[name](charter[name])

export const ruleRows = (charter: Charter): readonly RuleRow[] => [
  ...RULES.map((name) => ({ key: name, name: sayLater().rules.names[name], text: ruleText(name, charter) })),
  ...decisionNames(charter).map((kind) => ({
    key: `for ${kind}`,
    name: say().decide.kinds[kind],
    text: decisionWords(charter.decisions[kind]),
  })),
]

export const decisionNames = ({ decisions }: Charter): readonly DecisionName[] =>
  Object.keys(decisions) as DecisionName[]

export type RuleChange = {
  readonly key: string
  readonly name: string
  readonly now: string
  readonly next: string
}

/** Rules that read otherwise. */
export const ruleChanges = (now: Charter, next: Charter): readonly RuleChange[] => {
  const old = ruleRows(now)
  return ruleRows(next).flatMap(({ key, name, text }, i) =>
    old[i]?.text === text ? [] : [{ key, name, now: old[i]?.text ?? '', next: text }],
  )
}
