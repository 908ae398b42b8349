/** The options of `charter propose` that are about what we are and how we decide. Not here: names, numbers of people and days (commands/charter.ts). */
import { ok, type Result } from '../../shared/base/result.ts'
import { type Decisions, SHARES } from '../core/committee/decisionRules.ts'
import { toOneLine } from '../core/committee/plainText.ts'
import type { Charter } from '../core/governance/charter.ts'
import { LEVELS } from '../core/governance/levels.ts'
import { type Input, listOf, type Option, type Refusal, refused, textOf } from './command.ts'

export const CHARTER_OPTIONS: Readonly<Record<string, Option>> = {
  'purpose-easy': { type: 'string', value: 'TEXT', help: 'what it is for, in a sentence to read aloud' },
  level: { type: 'string', value: 'WORD', help: `what we are: ${LEVELS.join(', ')}` },
  'may-join': { type: 'string', value: 'TEXT', help: 'who may join' },
  'may-be-delegate': { type: 'string', value: 'TEXT', help: 'who may speak for us elsewhere' },
  languages: { type: 'string', multiple: true, value: 'CODES', help: 'in which we write, as es,ar' },
  quiet: { type: 'string', value: 'HOURS', help: 'when nobody is rung, as 22-6; or none' },
  'standing-order': {
    type: 'string',
    multiple: true,
    value: 'TEXT',
    help: 'what may be done in an emergency; all of them',
  },
  'review-on': { type: 'string', value: 'DAY', help: 'when we look at this again, as 2027-01-31; or none' },
  'calls-city': {
    type: 'string',
    value: 'on|off',
    help: 'an alarm that nobody answers goes to whoever is on duty in the city, without names',
  },
  rule: {
    type: 'string',
    multiple: true,
    value: 'KIND:WHAT=VALUE',
    help: 'how a kind is decided, as everyday:vote=48; see above',
  },
}

/** For the help page: what `--rule` takes. */
export const RULE_HELP: readonly string[] = [
  'A rule is KIND:WHAT=VALUE. KIND as in `motion start`; WHAT is enough (who must vote), carries (who must say yes), of',
  '(cast or electorate), at-least (a number), talk, vote and urgent (hours), blocks (yes or no), ballot (named or',
  `reserved). Parts of us are written ${SHARES.join(', ')}.`,
]

type Change = Partial<Charter>

export const fieldsIn = (charter: Charter, input: Input): Result<Change, Refusal> => {
  const level = textOf(input, 'level')
  const known = LEVELS.find((one) => one === (level ?? charter.level))
  if (!known) return refused('no_such_choice', `--level is one of: ${LEVELS.join(', ')}.`, 2)
  const quiet = quietIn(charter, textOf(input, 'quiet'))
  if (!quiet.ok) return quiet
  const reviewOn = dayIn(charter, textOf(input, 'review-on'))
  if (!reviewOn.ok) return reviewOn
  const decisions = rulesIn(charter.decisions, input)
  if (!decisions.ok) return decisions
  const calls = callsIn(charter, textOf(input, 'calls-city'))
  if (!calls.ok) return calls
  const orders = input.values['standing-order']
  const text = (name: string, old: string): string => toOneLine(textOf(input, name) ?? old)
  return fitting({
    level: known,
    purposeEasy: text('purpose-easy', charter.purposeEasy),
    mayJoin: text('may-join', charter.mayJoin),
    mayBeDelegate: text('may-be-delegate', charter.mayBeDelegate),
    languages: listOf(input, 'languages')?.filter((code) => code !== '') ?? charter.languages,
    standingOrders: Array.isArray(orders)
      ? orders.map((one) => toOneLine(String(one)))
      : charter.standingOrders,
    quiet: quiet.value,
    reviewOn: reviewOn.value,
    decisions: decisions.value,
    callsCity: calls.value,
  })
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

const fitting = (change: Change): Result<Change, Refusal> => {
  const { purposeEasy = '', mayJoin = '', mayBeDelegate = '', standingOrders = [], languages = [] } = change
  const long = [mayJoin, mayBeDelegate, ...standingOrders].some((text) => bytesOf(text) > 280)
  return long || bytesOf(purposeEasy) > 160 || standingOrders.length > 4 || languages.length > 12
    ? refused('too_long', 'One of the texts is too long, or there are too many: shorten it.')
    : ok(change)
}

const quietIn = (charter: Charter, typed: string | undefined): Result<Charter['quiet'], Refusal> => {
  if (typed === undefined) return ok(charter.quiet)
  if (typed === 'none') return ok(undefined)
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(typed) ?? []
  const hours = { from: Number(from), to: Number(to) }
  return hours.from <= 23 && hours.to <= 23
    ? ok(hours)
    : refused('bad_number', '--quiet is written as 22-6, or none.', 2)
}

const callsIn = ({ callsCity }: Charter, typed: string | undefined): Result<boolean, Refusal> => {
  if (typed === undefined || typed === 'on' || typed === 'off')
    return ok(typed === undefined ? callsCity : typed === 'on')
  return refused('no_such_choice', '--calls-city is on or off.', 2)
}

const DAY_MS = 86_400_000

const dayIn = (charter: Charter, typed: string | undefined): Result<number | undefined, Refusal> => {
  if (typed === undefined) return ok(charter.reviewOn)
  if (typed === 'none') return ok(undefined)
  const day = /^20\d{2}-\d{2}-\d{2}$/.test(typed) ? Date.parse(`${typed}T00:00:00Z`) / DAY_MS : Number.NaN
  return Number.isInteger(day) ? ok(day) : refused('bad_day', 'A day is written as 2027-01-31, or none.', 2)
}

/** Each WHAT, the field it is, and how its value is read. */
const WHAT: Readonly<Record<string, { readonly field: string; readonly read: (typed: string) => unknown }>> =
  {
    enough: { field: 'quorum', read: (typed) => SHARES.find((one) => one === typed) },
    carries: { field: 'carries', read: (typed) => SHARES.find((one) => one === typed) },
    of: { field: 'of', read: (typed) => (['cast', 'electorate'] as const).find((one) => one === typed) },
    'at-least': { field: 'atLeast', read: (typed) => numberIn(typed, 255) },
    talk: { field: 'discussHours', read: (typed) => numberIn(typed, 65_535) },
    vote: { field: 'voteHours', read: (typed) => numberIn(typed, 65_535) },
    urgent: { field: 'urgentHours', read: (typed) => numberIn(typed, 65_535) },
    blocks: { field: 'blocks', read: (typed) => ({ yes: true, no: false })[typed] },
    ballot: {
      field: 'ballot',
      read: (typed) => (['named', 'reserved'] as const).find((one) => one === typed),
    },
  }

const numberIn = (typed: string, max: number): number | undefined =>
  /^\d{1,5}$/.test(typed) && Number(typed) <= max ? Number(typed) : undefined

const rulesIn = (decisions: Decisions, input: Input): Result<Decisions, Refusal> => {
  let now = decisions
  for (const typed of listOf(input, 'rule') ?? []) {
    const [, kind = '', what = '', value = ''] = /^([a-z]+):([a-z-]+)=([a-z_0-9]+)$/.exec(typed) ?? []
    const rule: object | undefined = Object.entries(now).find(([name]) => name === kind)?.[1]
    const how = Object.entries(WHAT).find(([name]) => name === what)?.[1]
    const read = how?.read(value)
    if (!rule || !how || read === undefined || !(how.field in rule))
      return refused('bad_rule', `"${typed}" is no rule: see \`npx tocsin charter propose --help\`.`, 2)
    now = { ...now, [kind]: { ...rule, [how.field]: read } }
  }
  return ok(now)
}
