/** Which alarm is meant: the one whose id begins so, or the only one that is open. And the lists that options name. */
import { ok, type Result } from '../../shared/base/result.ts'
import type { Alarm } from '../core/committee/alarmLife.ts'
import { liveAlarms } from '../core/committee/alarmSummary.ts'
import { idsOf, NEEDS, type Need } from '../core/committee/alarmWords.ts'
import type { CommitteeView } from '../core/session/view.ts'
import { choose } from './ask.ts'
import { type Refusal, refused } from './command.ts'
import { showingOf } from './news.ts'
import { alarmTitle } from './show/alarms.ts'
import { findId } from './show/shortIds.ts'

export const chooseAlarm = (view: CommitteeView, typed: string | undefined): Result<Alarm, Refusal> =>
  typed === undefined ? theOpenOne(view) : alarmCalled(view, typed)

const alarmCalled = ({ committee }: CommitteeView, typed: string): Result<Alarm, Refusal> => {
  const found = findId([...committee.alarms.keys()], typed)
  const alarm = found.ok ? committee.alarms.get(found.value) : undefined
  if (alarm) return ok(alarm)
  return !found.ok && found.error === 'several'
    ? refused('ambiguous', `Several alarms begin with "${typed}": type one more digit of the id.`)
    : refused('no_such_alarm', `There is no alarm "${typed}": \`npx tocsin alarm list --all\` shows them.`)
}

const theOpenOne = (view: CommitteeView): Result<Alarm, Refusal> => {
  const open = liveAlarms(view.committee)
  const [only] = open
  if (only && open.length === 1) return ok(only)
  if (!only)
    return refused('no_alarm', 'No alarm is open: name one that `npx tocsin alarm list --all` shows.')
  const showing = showingOf(view)
  const titles = open.map((alarm) => alarmTitle(alarm, showing)).join('; ')
  return refused('which_alarm', `Several alarms are open, say which one by its id: ${titles}.`)
}

/** "call me" and call_me alike. */
export const needsIn = (
  typed: readonly string[] | undefined,
): Result<readonly Need[] | undefined, Refusal> => {
  if (typed === undefined) return ok(undefined)
  const found: Need[] = []
  for (const word of typed) {
    const need = choose(NEEDS, word)
    if (need === undefined)
      return refused('no_such_need', `There is no need "${word}"; there are: ${idsOf(NEEDS).join(', ')}.`, 2)
    if (!found.includes(need)) found.push(need)
  }
  return ok(found)
}

/** An option that names one of a closed list. */
export const oneOf = <const Id extends string>(
  table: Readonly<Record<Id, string>>,
  typed: string | undefined,
  option: string,
): Result<Id | undefined, Refusal> => {
  if (typed === undefined) return ok(undefined)
  const chosen = choose(table, typed)
  return chosen === undefined
    ? refused('no_such_choice', `${option} is one of: ${Object.keys(table).join(', ')}.`, 2)
    : ok(chosen)
}
