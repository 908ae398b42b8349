/** What this phone does about alarms besides showing them: when it may be loud, and whom its owner calls when nobody answers. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Quiet } from '../../core/committee/ladder.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { type Call, MOST_CALLS } from '../../core/session/care.ts'
import type { RingingView } from '../../core/session/ringing.ts'
import { oneOf } from '../alarmChoice.ts'
import { type Command, isOn, type Outcome, type Refusal, refused, textOf } from '../command.ts'
import { withCommittee } from '../open.ts'

const YES_NO = { yes: 'yes', no: 'no' } as const

export const alarmWake: Command = {
  usage: '[OPTIONS]',
  about: [
    'When an alarm may be loud here, while `read --follow` runs: at most 6 times for one alarm, and 10',
    'times a day. In quiet hours nothing is, except NOW, if you want to be woken for it. The bell, which',
    'rings a phone on which Tocsin is closed, is turned on in the web client only: Safety, The bell.',
  ],
  options: {
    now: { type: 'string', value: 'yes|no', help: 'wake me for NOW' },
    quiet: { type: 'string', value: 'HOURS', help: 'such as 22-6; or none; or agreed, as in the rules' },
  },
  examples: ['alarm wake', 'alarm wake --now yes', 'alarm wake --quiet 23-7'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const now = oneOf(YES_NO, textOf(input, 'now'), '--now')
      if (!now.ok) return now
      const hours = hoursIn(textOf(input, 'quiet'), session.ringing())
      if (!hours.ok) return hours
      const forNow = now.value === undefined ? session.ringing().wakes.forNow : now.value === 'yes'
      const set = await session.setWakes({ quiet: hours.value, forNow })
      return set.ok ? wakesNow(session.ringing()) : noSuchHour()
    }),
}

const noSuchHour = (): Result<never, Refusal> =>
  refused('no_such_hour', '--quiet is two hours from 0 to 23, such as 22-6; or none; or agreed.', 2)

const hoursIn = (
  typed: string | undefined,
  { hasOwnHours, wakes }: RingingView,
): Result<Quiet | 'none' | undefined, Refusal> => {
  if (typed === undefined) return ok(hasOwnHours ? (wakes.quiet ?? 'none') : undefined)
  if (typed === 'none') return ok('none')
  if (typed === 'agreed') return ok(undefined)
  const hours = /^(\d{1,2})-(\d{1,2})$/.exec(typed)
  return hours ? ok({ from: Number(hours[1]), to: Number(hours[2]) }) : noSuchHour()
}

const wakesNow = ({ wakes, hasOwnHours }: RingingView): Outcome => {
  const { quiet, forNow } = wakes
  const hours = quiet ? `from ${quiet.from} to ${quiet.to} o'clock` : 'none'
  return ok({
    text: [
      `Quiet hours: ${hours}${hasOwnHours ? '' : ', as in the rules'}.`,
      forNow ? 'NOW wakes you in them.' : 'Nothing is loud in them, NOW neither.',
    ],
    json: { quiet: quiet ?? null, hasOwnHours, forNow },
  })
}

export const alarmCalls: Command = {
  usage: '[NAME NUMBER]',
  about: [
    `Whom you call when nobody answers an alarm: at most ${MOST_CALLS}. Kept on this phone and never sent.`,
    'Whoever opens this phone can read it: write down only who wants that.',
  ],
  options: { clear: { type: 'boolean', help: 'take everybody off the list' } },
  takes: 2,
  examples: ['alarm calls', 'alarm calls Ana "+34 600 000 000"', 'alarm calls --clear'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const before = isOn(input, 'clear') ? [] : session.ringing().calls
      const calls = callsFrom(before, input.positionals.map(toOneLine))
      if (!calls.ok) return calls
      const set = await session.setCalls(calls.value)
      if (set.ok) return callsNow(session.ringing().calls)
      return set.error === 'too_many'
        ? refused(
            'too_many',
            `The list holds ${MOST_CALLS}: clear it with \`npx tocsin alarm calls --clear\`.`,
          )
        : refused('bad_call', 'A name and a number are one line each, of at most 40 characters.', 2)
    }),
}

/** Whoever is on it already gets the new number. */
const callsFrom = (
  before: readonly Call[],
  [name, number]: readonly string[],
): Result<readonly Call[], Refusal> => {
  if (name === undefined) return ok(before)
  if (number === undefined) return refused('no_number', 'Say the name and the number.', 2)
  return ok([...before.filter((one) => one.name !== name), { name, number }])
}

const callsNow = (calls: readonly Call[]): Outcome =>
  ok({
    text:
      calls.length > 0
        ? calls.map(({ name, number }) => `${toOneLine(name)}: ${toOneLine(number)}`)
        : ['Nobody is on your call list.'],
    json: { calls },
  })
