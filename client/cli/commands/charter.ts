/** The rules a committee gave itself: reading them, and asking the others to change them. */

import { utf8 } from '../../../shared/base/bytes.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import {
  CHARTER_BYTES,
  type Charter,
  encodeCharter,
  meetsFloors,
  type Threshold,
} from '../../core/governance/charter.ts'
import { charterJson } from '../../core/session/records.ts'
import type { Session } from '../../core/session/session.ts'
import { CHARTER_OPTIONS, fieldsIn, RULE_HELP } from '../charterFields.ts'
import {
  type Command,
  type Context,
  type Input,
  type Outcome,
  type Refusal,
  refused,
  textOf,
} from '../command.ts'
import { withCommittee, withMembership } from '../open.ts'
import { proposedTo } from '../proposing.ts'
import { notMember } from '../saying.ts'
import { changeLines, charterLines } from '../show/charter.ts'
import { proceed } from '../steps.ts'

export const charterShow: Command = {
  usage: '',
  about: [
    "The rules that this committee gave itself. Everybody's device keeps to them, and refuses what breaks them.",
  ],
  examples: ['charter'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const { charter, probationDays } = view
      return ok({ text: charterLines(view), json: { ...charterJson(charter), probationDays } })
    }),
}

export const charterPropose: Command = {
  usage: '[OPTIONS]',
  about: [
    'Asks the others to change the rules you name; it counts as your yes. Some limits cannot be',
    'voted away: to admit or to put out somebody takes at least two and a third of you, and',
    'admitting is never easier than putting out; to change the rules takes two thirds.',
    'A number of people is written COUNT/THIRDS: 2/1 is at least 2 and at least a third of you,',
    '3/2 at least 3 and two thirds, 2/3 at least 2 and everybody.',
    ...RULE_HELP,
  ],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what the committee is called' },
    purpose: { type: 'string', value: 'TEXT', help: 'what it is for' },
    add: { type: 'string', value: 'COUNT/THIRDS', help: 'to admit somebody' },
    remove: { type: 'string', value: 'COUNT/THIRDS', help: 'to put somebody out' },
    change: { type: 'string', value: 'COUNT/THIRDS', help: 'to change these rules' },
    relocate: { type: 'string', value: 'COUNT/THIRDS', help: 'to move to another relay' },
    probation: {
      type: 'string',
      value: 'CHANGES',
      help: 'changes of the committee before new members decide',
    },
    'keep-days': { type: 'string', value: 'DAYS', help: 'how long posts are kept' },
    'keep-alarm-days': { type: 'string', value: 'DAYS', help: 'how long closed alarms are kept' },
    'keep-plan-days': { type: 'string', value: 'DAYS', help: 'how long closed plans are kept' },
    'keep-meeting-days': { type: 'string', value: 'DAYS', help: 'how long meetings are kept' },
    'alarm-seen': {
      type: 'string',
      value: 'MEMBERS',
      help: 'how many must have seen an alarm; 0: a third, at most 3',
    },
    ...CHARTER_OPTIONS,
  },
  examples: [
    'charter propose --keep-days 14',
    'charter propose --name "Night shift" --add 3/2',
    'charter propose --rule everyday:vote=48',
  ],
  run: (context, input) =>
    withMembership(context, async ({ session }) =>
      proceed(changed(session.view().charter, input), (next) => propose(context, session, next)),
    ),
}

const propose = async (context: Context, session: Session, next: Charter): Promise<Outcome> => {
  const { charter } = session.view()
  const bytes = encodeCharter(next)
  const lines = changeLines(charter, bytes)
  if (sameText(charter, next))
    return refused(
      'no_change',
      'Nothing would change: name a rule, as `npx tocsin charter propose --help` shows.',
      2,
    )
  const proposed = await session.propose({ type: 'charter', charter: bytes })
  if (!proposed.ok) return notMember(session)
  return proposedTo(context, session, proposed.value, [
    'The others are asked to change:',
    ...lines.map((line) => `  ${line}`),
  ])
}

const sameText = (a: Charter, b: Charter): boolean =>
  JSON.stringify(charterJson(a)) === JSON.stringify(charterJson(b))

const MAX = {
  probation: 65_535,
  'keep-days': 3650,
  'keep-alarm-days': 3650,
  'keep-plan-days': 3650,
  'keep-meeting-days': 3650,
  'alarm-seen': 255,
} as const

const NUMBERS = {
  probation: 'probation',
  'keep-days': 'keepDays',
  'keep-alarm-days': 'keepAlarmDays',
  'keep-plan-days': 'keepPlanDays',
  'keep-meeting-days': 'keepMeetingDays',
  'alarm-seen': 'alarmSeen',
} as const

const changed = (charter: Charter, input: Input): Result<Charter, Refusal> => {
  const texts = textsIn(charter, input)
  const thresholds = thresholdsIn(charter, input)
  const numbers = numbersIn(charter, input)
  if (!texts.ok) return texts
  if (!thresholds.ok) return thresholds
  if (!numbers.ok) return numbers
  const fields = fieldsIn(charter, input)
  if (!fields.ok) return fields
  const next = { ...charter, ...texts.value, ...thresholds.value, ...numbers.value, ...fields.value }
  return meetsFloors(next)
    ? ok(next)
    : refused(
        'below_floor',
        'That is below what can be voted: see the limits in `npx tocsin charter propose --help`, and ask for more people or more days.',
      )
}

const textsIn = (charter: Charter, input: Input): Result<Partial<Charter>, Refusal> => {
  const name = toOneLine(textOf(input, 'name') ?? charter.name)
  const purpose = toOneLine(textOf(input, 'purpose') ?? charter.purpose)
  return name === '' || utf8(name).length > CHARTER_BYTES.name || utf8(purpose).length > CHARTER_BYTES.purpose
    ? refused('too_long', 'The name is empty or too long, or the purpose is too long: shorten it.')
    : ok({ name, purpose })
}

const thresholdsIn = (charter: Charter, input: Input): Result<Partial<Charter>, Refusal> => {
  const found: Record<string, Threshold> = {}
  for (const name of ['add', 'remove', 'change', 'relocate'] as const) {
    const typed = textOf(input, name)
    const value = typed === undefined ? charter[name] : thresholdOf(typed)
    if (!value)
      return refused(
        'bad_number',
        `--${name} is written COUNT/THIRDS, as 2/2: at least two, and two thirds.`,
        2,
      )
    found[name] = value
  }
  return ok(found)
}

const thresholdOf = (typed: string): Threshold | undefined => {
  const [, count = '', thirds] = /^(\d{1,3})\/([123])$/.exec(typed) ?? []
  const third = ([1, 2, 3] as const).find((n) => String(n) === thirds)
  return third && Number(count) <= 255 ? { count: Number(count), thirds: third } : undefined
}

const numbersIn = (charter: Charter, input: Input): Result<Partial<Charter>, Refusal> => {
  const found: Record<string, number> = {}
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    const typed = textOf(input, name)
    const value = typed === undefined ? charter[NUMBERS[name]] : Number(typed)
    if (!/^\d+$/.test(typed ?? '0') || value > MAX[name])
      return refused('bad_number', `--${name} is a whole number from 0 to ${MAX[name]}.`, 2)
    found[NUMBERS[name]] = value
  }
  return ok(found)
}
