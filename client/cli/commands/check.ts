/** "Check on me": an alarm that opens by itself, unless members say that they have spoken to whoever began it. */
import { ok, type Result } from '../../../shared/base/result.ts'
import { ALARM_KINDS, SEVERITIES } from '../../core/committee/alarmWords.ts'
import { type Check, runningChecks } from '../../core/committee/check.ts'
import type { CheckFailure, EndFailure } from '../../core/session/checking.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { oneOf } from '../alarmChoice.ts'
import { type Command, type Refusal, refused, textOf } from '../command.ts'
import { withCommittee, withMembership } from '../open.ts'
import { notMember, told } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { findId, shortIds } from '../show/shortIds.ts'
import { timeOf } from '../show/time.ts'
import { fieldRefusal } from '../words.ts'

export const checkStart: Command = {
  usage: 'MINUTES [WHAT THE ALARM SAYS]',
  about: [
    'Before a meeting or a talk that may go wrong. The alarm waits sealed at the relay, and opens by itself',
    'even if this phone is taken; nobody can read it before. Others stop it when they have spoken to you:',
    'two of them, in a committee of two or three one. You cannot stop it alone.',
  ],
  options: {
    kind: { type: 'string', short: 'k', value: 'KIND', help: 'what it would be; called_in if not said' },
    fast: { type: 'string', short: 'f', value: 'now|today', help: 'how fast; now if not said' },
    note: { type: 'string', short: 'n', value: 'TEXT', help: 'what the others see of it until then' },
  },
  takes: 64,
  examples: ['check start 30 "I was in the office with the manager" --note "meeting at three"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const [minutes = '', ...words] = input.positionals
      const kind = oneOf(ALARM_KINDS, textOf(input, 'kind'), '--kind')
      if (!kind.ok) return kind
      const severity = oneOf(SEVERITIES, textOf(input, 'fast'), '--fast')
      if (!severity.ok) return severity
      const started = await session.startCheck({
        minutes: Number(minutes),
        note: textOf(input, 'note'),
        alarm: {
          type: 'alarm',
          kind: kind.value ?? 'called_in',
          severity: severity.value ?? 'now',
          facts: words.length > 0 ? words.join(' ') : 'They wanted to be back by now, and are not.',
          needs: ['call_me'],
          about: { who: 'me' },
          namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
        },
      })
      if (!started.ok) return notStarted(session, started.error)
      const text = [`The alarm opens in ${minutes} minutes, unless others say that they have spoken to you.`]
      return told(session, started.value, { text, json: {} })
    }),
}

const notStarted = (session: Session, why: CheckFailure): Result<never, Refusal> => {
  if (why === 'not_member') return notMember(session) as Result<never, Refusal>
  if (typeof why === 'object')
    return why.field === 'minutes'
      ? refused('minutes', 'Say in how many minutes: 1 to 1440.', 2)
      : { ok: false, error: fieldRefusal(why.field) }
  if (why === 'nobody') return refused('nobody', 'There is nobody else yet who could check on you.')
  return refused(
    why,
    'Not started: the relay cannot take it now. Tell somebody by voice.',
    why === 'offline' ? 3 : 1,
  )
}

export const checkList: Command = {
  usage: '',
  about: ['Who asked to be checked on, until when, and who has spoken to them.'],
  examples: ['check list'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const running = runningChecks(view.committee, Date.now())
      const lines = running.map((one) => checkLine(view, one))
      return ok({
        text: lines.length > 0 ? lines : ['Nobody has asked to be checked on.'],
        json: { checks: running.map(({ id, seat, dueAt, endedBy }) => ({ id, seat, dueAt, endedBy })) },
      })
    }),
}

const checkLine = (view: CommitteeView, { id, seat, dueAt, endedBy, content }: Check): string => {
  const short = shortIds([...view.committee.checks.keys()])
  const spoken = `spoken to them: ${endedBy.length} of ${content.needed}`
  const note = content.note === undefined ? '' : `, ${content.note}`
  const opens = dueAt > Date.now() ? 'opens' : 'was to open'
  return `${short(id)}  ${namesIn(view)(seat)}${note}: the alarm ${opens} at ${timeOf(dueAt)} (${spoken}).`
}

export const checkEnd: Command = {
  usage: '[ID]',
  about: ['Only if you have spoken to them yourself, and they are well. Without an id: the one that runs.'],
  takes: 1,
  examples: ['check end', 'check end 3fa2'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const check = chosen(session.view(), input.positionals[0])
      if (!check.ok) return check
      const ended = await session.endCheck(check.value.id)
      if (!ended.ok) return notEnded(session, ended.error)
      const now = session.view().committee.checks.get(check.value.id)
      const left = check.value.content.needed - (now?.endedBy.length ?? 0)
      const text = left > 0 ? 'One more member has to say the same.' : 'The alarm does not open any more.'
      return told(session, ended.value, { text: [text], json: { check: check.value.id, left } })
    }),
}

const chosen = (view: CommitteeView, typed: string | undefined): Result<Check, Refusal> => {
  const running = runningChecks(view.committee, Date.now())
  const [only, another] = running
  if (typed === undefined && only && !another) return ok(only)
  const found = findId(
    running.map(({ id }) => id),
    typed ?? '',
  )
  const check = running.find(({ id }) => found.ok && id === found.value)
  return check && typed !== undefined
    ? ok(check)
    : refused('which_check', 'Say which one, by the id that `npx tocsin check list` shows.')
}

const ENDING: Readonly<Record<Exclude<EndFailure, 'not_member'>, string>> = {
  no_such_check: 'There is no such check.',
  no_token: 'This device cannot stop it: it was yours, or the device came later. Others can.',
  too_late: 'Too late: the alarm is open, or was stopped already. See `npx tocsin alarm`.',
  offline: 'Not stopped: the relay cannot be reached.',
}

const notEnded = (session: Session, why: EndFailure): Result<never, Refusal> =>
  why === 'not_member'
    ? (notMember(session) as Result<never, Refusal>)
    : refused(why, ENDING[why], why === 'offline' ? 3 : 1)
