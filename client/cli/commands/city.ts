/** The city: what other committees say, an alert to all of them, and the items of the assembly. Not here: founding an assembly and letting committees in (assembly.ts). */

import { utf8 } from '../../../shared/base/bytes.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Posted } from '../../core/city/bulletin.ts'
import { MAX_ALERT_BYTES, TAKES, type Take } from '../../core/city/letter.ts'
import { type CityItem, isComplete } from '../../core/committee/cityLife.ts'
import type { CityFailure } from '../../core/session/cityCommands.ts'
import type { DutyWeek } from '../../core/session/onDuty.ts'
import type { Session } from '../../core/session/session.ts'
import { leaksToCity } from '../../core/session/sharing.ts'
import { askChoice, askText } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, isOn, type Outcome, type Refusal, refused } from '../command.ts'
import { press } from '../motionChoice.ts'
import { cityJson, cityLines } from '../show/city.ts'
import { dutyLines } from '../show/duty.ts'
import { inTheWay } from '../show/rings.ts'
import { inOrder } from '../steps.ts'
import { withCity } from '../withCity.ts'

const FAILURES: Readonly<Record<CityFailure, string>> = {
  not_member: 'This device is not in the committee now: see `npx tocsin status`.',
  no_city: 'The committee is in no city yet, or its first week there has not begun: see `npx tocsin city`.',
  no_key:
    'This phone came too late for this week; it can speak to the city from next week on, unless your other phone does.',
  no_such_letter: 'There is no such alert to confirm: see `npx tocsin city`.',
  taken: 'Somebody else of us is on duty in that week.',
  tells_too_much:
    'Somebody outside would read a name, an exact time, how many you are, a shift or a device. Say it without.',
  used_up:
    'Not sent: our committee has written all that it may in this week. Next week it can call the city again.',
  offline: 'Not sent: the relay of the city cannot be reached. Try again.',
}

export const answered = (
  result: Result<unknown, CityFailure>,
  sentence: string,
  json: object = {},
): Outcome => (result.ok ? ok({ text: [sentence], json }) : refused(result.error, FAILURES[result.error]))

/** What nobody outside should read is pointed out, or whoever wrote it would have to guess. */
const said = (
  home: Session,
  text: string,
  result: Result<unknown, CityFailure>,
  sentence: string,
): Outcome => {
  if (result.ok || result.error !== 'tells_too_much') return answered(result, sentence)
  const found = inTheWay([], leaksToCity(home.view(), text))
  return refused(result.error, [...found, 'Say it without.'].join(' '))
}

export const city: Command = {
  usage: '',
  about: [
    'What other committees told everybody, what the assembly asks, and what waits for a second member here.',
  ],
  examples: ['city'],
  run: (context) => withCity(context, async (all) => ok({ text: cityLines(all), json: cityJson(all) })),
}

export const cityAlert: Command = {
  usage: '[TEXT]',
  about: [
    'Goes to all committees as soon as a second member here confirms it. No names, no exact times.',
    'They read exactly these words, and the name that your committee has in the city.',
  ],
  takes: 1,
  examples: ['city alert "Somebody was called in. We need a witness."'],
  run: (context, input) =>
    withCity(context, async ({ home }) => {
      const text = await askText(context, input.positionals[0], 'What should every committee read?')
      if (!text.ok) return text
      if (utf8(text.value).length > MAX_ALERT_BYTES)
        return refused('too_long', 'That is too long for an alert: shorten it.')
      const sent = await home.alertCity(text.value)
      return said(home, text.value, sent, 'One more member has to confirm it: `npx tocsin city confirm`.')
    }),
}

export const cityConfirm: Command = {
  usage: '[ID]',
  about: ['The second yes to an alert; with it every committee reads it.'],
  takes: 1,
  examples: ['city confirm'],
  run: (context, input) =>
    withCity(context, async ({ home }) => {
      const waiting = [...home.view().committee.letters].filter(
        ([, one]) => one.letter.says.type === 'alert' && !isComplete(one),
      )
      const one = chooseOne(new Map(waiting), input.positionals[0], { what: 'alert', list: 'city' })
      return one.ok ? answered(await home.confirmAlert(one.value.id), 'Every committee reads it now.') : one
    }),
}

export const cityOnIt: Command = {
  usage: '[ID] [TEXT]',
  about: ['Tells the committee that called that somebody here is on it, and what they do.'],
  takes: 2,
  examples: ['city on-it 3fa2 "We come and stand by her."'],
  run: (context, input) =>
    withCity(context, async ({ home }) => {
      const calls = home.bulletins().flatMap(({ posted }) => posted.filter(isCall))
      const asked = await inOrder<{ call: Posted; text: string }>({
        call: () =>
          chooseOne(new Map(calls.map((one) => [one.id, one])), input.positionals[0], {
            what: 'alert',
            list: 'city',
          }),
        text: () => askText(context, input.positionals[1], 'What do you do?'),
      })
      if (!asked.ok) return asked
      const { call, text } = asked.value
      return said(home, text, await home.answerCity(call.id, text), 'They read that you are on it.')
    }),
}

const isCall = ({ letter: { says } }: Posted): boolean => says.type === 'alert' || says.type === 'ring'

export const cityDuty: Command = {
  usage: '[take|leave]',
  about: [
    'Who is on duty in the city this week. Whoever is on duty is told of alarms elsewhere that nobody answers:',
    'what kind, how urgent, the hour, what is needed; no names and no place. Each committee lends one person.',
  ],
  options: { next: { type: 'boolean', help: 'for the next week' } },
  takes: 1,
  examples: ['city duty', 'city duty take --next'],
  run: (context, input) =>
    withCity(context, async ({ home }) => {
      const weeks = home.dutyWeeks()
      const week = weeks[isOn(input, 'next') ? 1 : 0]
      const word = input.positionals[0]
      if (word === undefined) return ok({ text: dutyLines(weeks), json: { weeks } })
      return takeDuty(home, week, word)
    }),
}

const takeDuty = async (home: Session, week: DutyWeek | undefined, word: string): Promise<Outcome> => {
  if (word !== 'take' && word !== 'leave') return refused('no_such_choice', 'Say take or leave.', 2)
  if (!week) return refused('no_city', FAILURES.no_city)
  const done = await home.offerDuty(week.term, word === 'take')
  return answered(done, word === 'take' ? OFFERED : 'You are not on duty any more.')
}

const OFFERED = 'You have offered it. It counts when our delegate has told the city: `npx tocsin city duty`.'

const TAKE_WORDS: Readonly<Record<Take, string>> = {
  act: 'we act',
  support: 'we support',
  aside: 'we stand aside',
  against: 'we are against it',
}

/** What the assembly asks is decided here first: the carried motion is what the delegate brings. */
export const cityDecide: Command = {
  usage: `[ITEM] [${TAKES.join('|')}]`,
  about: [
    'Puts to the vote what this committee does about an item of the assembly. The outcome goes there by itself.',
  ],
  takes: 2,
  examples: ['city decide 3fa2 support'],
  run: (context, input) =>
    withCity(context, async ({ home }) => {
      const asked = await inOrder<{ item: CityItem; take: Take }>({
        item: () =>
          chooseOne(home.view().committee.cityItems, input.positionals[0], { what: 'item', list: 'city' }),
        take: () => takeFrom(context, input.positionals[1]),
      })
      return asked.ok ? putItem(context, home, asked.value) : asked
    }),
}

const takeFrom = (
  context: Parameters<Command['run']>[0],
  typed: string | undefined,
): Result<Take, Refusal> | Promise<Result<Take, Refusal>> => {
  if (typed === undefined) return askChoice(context, TAKE_WORDS, 'What do we do? (a number)')
  const take = TAKES.find((one) => one === typed)
  return take ? ok(take) : refused('no_such_answer', `Say one of ${TAKES.join(', ')}.`, 2)
}

const putItem = (
  context: Parameters<Command['run']>[0],
  home: Session,
  { item, take }: { readonly item: CityItem; readonly take: Take },
): Promise<Outcome> =>
  press(
    context,
    home,
    {
      do: 'start',
      content: {
        type: 'motion',
        kind: 'item',
        title: item.title.slice(0, 100),
        text: `${item.text}\n\nOur answer: ${TAKE_WORDS[take]}.`.slice(0, 8000),
        lang: item.lang,
        effect: { gives: 'answer', item: item.id, take },
      },
    },
    'The others are asked.',
  )
