/** For delegates: founding an assembly, letting committees in, what it asks, and its answers. */
import { ok } from '../../../shared/base/result.ts'
import { TAKES } from '../../core/city/letter.ts'
import type { Card, Item } from '../../core/committee/assemblyLife.ts'
import { joinMotion } from '../../core/session/cityMotions.ts'
import { type NoNewWeek, newWeek } from '../../core/session/cityTerms.ts'
import { askText } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, isOn, refused, textOf } from '../command.ts'
import { press } from '../motionChoice.ts'
import { catchUp, withVault } from '../open.ts'
import { saying } from '../saying.ts'
import { inOrder } from '../steps.ts'
import { type City, inAssembly, withCity } from '../withCity.ts'
import { askRelay } from './found.ts'

export const cityFound: Command = {
  usage: '[CODE]',
  about: [
    'Begins an assembly, on any relay. Other delegates come in with `npx tocsin invite --committee NAME`.',
    'It is active when three committees are in. No committee ever sees who is in another, or how many.',
  ],
  options: {
    name: { type: 'string', value: 'NAME', help: 'what the assembly is called' },
    'relay-file': { type: 'string', value: 'FILE', help: 'a file with the relay address' },
  },
  takes: 1,
  examples: ['city found Heron --name City --relay-file relay.txt'],
  run: (context, input) =>
    withVault(context, async ({ client }) => {
      const asked = await inOrder({
        name: () => askText(context, textOf(input, 'name'), 'What is the assembly called?'),
        code: () =>
          askText(context, input.positionals[0], 'What is your committee called there? (not its real name)'),
        relay: () => askRelay(context, input),
      })
      if (!asked.ok) return asked
      const { name, code, relay } = asked.value
      const charter = { isFounded: true, isAssembly: true, probation: 0 }
      const wishes = { name, purpose: '', handle: code, suite: 'xwing', relay, charter } as const
      const session = await client.found(wishes)
      await catchUp(context, session)
      await session.close()
      return ok({
        text: [`"${name}" begins. Next: \`npx tocsin city join ${code}\`, and your committee decides.`],
        json: { assembly: session.id, name },
      })
    }),
}

export const cityJoin: Command = {
  usage: '[CODE]',
  about: [
    'Puts to the vote whether the committee joins the assembly that this device is in, and what others may know of it.',
  ],
  options: {
    sector: { type: 'string', value: 'WORD', help: 'what kind of work, in a word' },
    area: { type: 'string', value: 'WORD', help: 'roughly where' },
    lang: { type: 'string', value: 'CODE', help: 'a language that you read, as in es' },
  },
  takes: 1,
  examples: ['city join Heron --sector logistics --area north'],
  run: (context, input) =>
    withCity(context, async ({ home, groups }) => {
      const assembly = groups.find((one) => one.view().charter.isAssembly)
      if (!assembly)
        return refused('no_assembly', 'This device is in no assembly: `npx tocsin city found`, or join one.')
      const asked = await inOrder({
        code: () =>
          askText(context, input.positionals[0], 'What are you called in the city? (not your real name)'),
        sector: () => askText(context, textOf(input, 'sector'), 'What kind of work, in a word?'),
        area: () => askText(context, textOf(input, 'area'), 'Roughly where?'),
      })
      if (!asked.ok) return asked
      const lang = textOf(input, 'lang') ?? 'en'
      const { code, sector, area } = asked.value
      const text = `We join the city assembly. It may know of us: ${code}, ${sector}, ${area}, ${lang}.`
      const words = { title: 'We join the city', text, lang }
      const motion = joinMotion(home, assembly, { card: { code, sector, area, languages: [lang] }, words })
      if (!motion.ok) return refused('in_city', 'The committee is in a city already.')
      return press(context, home, { do: 'start', content: motion.value }, 'The others are asked.')
    }),
}

export const cityWelcome: Command = {
  usage: '[CODE]',
  about: ['Says for your committee that another one may come in; two thirds of those that are in have to.'],
  takes: 1,
  examples: ['city welcome Swift'],
  run: (context, input) =>
    withCity(context, async (all) => {
      const assembly = inAssembly(all)
      if (!assembly.ok) return assembly
      const asking = [...assembly.value.view().committee.cards.values()].filter(
        ({ since, hasLeft }) => since === undefined && !hasLeft,
      )
      const typed = input.positionals[0]
      const named = asking.filter(({ code }) => code === typed)
      const one = chooseOne<Card>(
        new Map((named.length === 1 ? named : asking).map((card) => [card.id, card])),
        named.length === 1 ? undefined : typed,
        {
          what: 'committee',
          list: 'city',
        },
      )
      if (!one.ok) return one
      return saying(
        context,
        assembly.value,
        { type: 'cardWelcome', card: one.value.id },
        'Your committee says yes.',
      )
    }),
}

export const cityAsk: Command = {
  usage: '[TITLE]',
  about: ['Asks every committee what it does. Each decides for itself: act, support, or stand aside.'],
  options: {
    text: { type: 'string', value: 'TEXT', help: 'the whole question' },
    lang: { type: 'string', value: 'CODE', help: 'the language it is written in' },
    small: { type: 'boolean', help: 'delegates may answer by themselves' },
  },
  takes: 1,
  examples: ['city ask "Support reinstatement" --text "What does each of us do?"'],
  run: (context, input) =>
    withCity(context, async (all) => {
      const assembly = inAssembly(all)
      if (!assembly.ok) return assembly
      const asked = await inOrder({
        title: () => askText(context, input.positionals[0], 'What is it about, in one sentence?'),
        text: () => askText(context, textOf(input, 'text'), 'The whole question?'),
      })
      if (!asked.ok) return asked
      const rest = { lang: textOf(input, 'lang') ?? 'en', needsMandate: !isOn(input, 'small') }
      return saying(
        context,
        assembly.value,
        { type: 'assemblyItem', ...asked.value, ...rest },
        'Every committee is asked.',
      )
    }),
}

/** The assembly that this device is in, and the open item that is named. */
const openItem = (all: City, typed: string | undefined) => {
  const assembly = inAssembly(all)
  if (!assembly.ok) return assembly
  const open = [...assembly.value.view().committee.items].filter(([, { closed }]) => !closed)
  const item = chooseOne<Item>(new Map(open), typed, { what: 'item', list: 'city' })
  return item.ok ? ok({ assembly: assembly.value, item: item.value }) : item
}

export const cityAnswer: Command = {
  usage: `[ITEM] [${TAKES.join('|')}]`,
  about: [
    'A delegate answers a small item at once. What needs a vote of your committee is refused: `npx tocsin city decide`.',
  ],
  takes: 2,
  examples: ['city answer 3fa2 support'],
  run: (context, input) =>
    withCity(context, async (all) => {
      const found = openItem(all, input.positionals[0])
      if (!found.ok) return found
      const { assembly, item } = found.value
      const take = TAKES.find((one) => one === input.positionals[1])
      if (!take) return refused('no_such_answer', `Say one of ${TAKES.join(', ')}.`, 2)
      return saying(
        context,
        assembly,
        { type: 'itemAnswer', item: item.id, take },
        'Your committee has answered.',
      )
    }),
}

export const cityClose: Command = {
  usage: '[ITEM]',
  about: [
    'All that will answer have. Delegates of two committees say it; then each reports to their own within three days.',
  ],
  takes: 1,
  examples: ['city close 3fa2'],
  run: (context, input) =>
    withCity(context, async (all) => {
      const found = openItem(all, input.positionals[0])
      if (!found.ok) return found
      const { assembly, item } = found.value
      return saying(
        context,
        assembly,
        { type: 'itemClose', item: item.id },
        'Said. It is closed when two committees say so, or more than half where some have not answered.',
      )
    }),
}

const NO_NEW_WEEK: Readonly<Record<NoNewWeek, string>> = {
  not_in: 'Your committee is not in the assembly yet.',
  not_ready:
    'More than half of the committees have to be ready for the next week: their delegates look, and then try again.',
  asked: 'Your committee has asked for it. A delegate of another one has to do the same.',
}

export const cityNewWeek: Command = {
  usage: '',
  about: [
    'Begins a new week of the city at once: whoever was put out, or has a phone that was taken, reads the city no longer.',
    'It takes delegates of two committees, who both say this.',
  ],
  examples: ['city new-week'],
  run: (context) =>
    withCity(context, async (all) => {
      const assembly = inAssembly(all)
      if (!assembly.ok) return assembly
      const { committee, own } = assembly.value.view()
      const next = newWeek(committee, own.seat, Date.now())
      if (!next.ok) return refused(next.error, NO_NEW_WEEK[next.error])
      const done =
        next.value.type === 'assemblyTermToo'
          ? 'The new week has begun.'
          : 'A delegate of another committee has to do the same.'
      return saying(context, assembly.value, next.value, done)
    }),
}
