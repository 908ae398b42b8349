/** The city in words and as JSON. */
import type { Posted } from '../../core/city/bulletin.ts'
import type { BulletinTerm } from '../../core/city/bulletinTerm.ts'
import { assemblyStage, type Card, type Item, membersIn, tallyOf } from '../../core/committee/assemblyLife.ts'
import { isComplete, membershipOf } from '../../core/committee/cityLife.ts'
import { toOneLine, toPlainText } from '../../core/committee/plainText.ts'
import { heldBack } from '../../core/session/cityLetters.ts'
import type { Session } from '../../core/session/session.ts'
import type { City } from '../withCity.ts'
import { standingLines } from './cityStanding.ts'
import { callLines } from './duty.ts'
import { STATEMENT_GAPS } from './rings.ts'

const STAGES = {
  proposed: 'The assembly is proposed. With three committees it is active.',
  ratified: 'The assembly is ratified by two committees. With a third it is active.',
  active: 'The assembly is active.',
  paused: 'The assembly rests: fewer than three committees are in.',
} as const

const SAYS: Readonly<Record<string, string>> = {
  alert: 'calls everybody',
  ring: 'needs somebody; nobody has checked it yet',
  statement: 'says',
  onIt: 'is on it',
  hide: 'has taken a part of its words back',
}

export const cityLines = (city: City): readonly string[] => {
  const { home, assembly } = city
  const { committee } = home.view()
  if (!membershipOf(committee)) return standingLines(city)
  const terms = [...committee.homeTerms.values()]
  return [
    ...standingLines(city),
    ...terms
      .filter(({ isOurs }) => !isOurs)
      .map(() => 'Our delegate handed in other keys than ours: ask them why, and compare.'),
    ...terms
      .filter(({ isDisputed }) => isDisputed)
      .map(() => 'Our delegates brought different things from the assembly: ask both.'),
    ...waitingLines(home),
    ...heldLines(home),
    ...callLines(home.calls(assembly?.view().committee)),
    ...home.bulletins().flatMap(({ term, posted }) => posted.map((one) => postedLine(term, one))),
    ...[...committee.cityItems.values()].map(
      ({ id, title }) => `The assembly asks: ${toOneLine(title)} (${id.slice(0, 4)})`,
    ),
    ...(assembly ? assemblyLines(assembly) : []),
  ]
}

const waitingLines = (home: Session): readonly string[] =>
  [...home.view().committee.letters.values()].flatMap((one) => {
    const { says } = one.letter
    return says.type === 'alert' && !isComplete(one)
      ? [`Waits for a second member: "${toPlainText(says.text)}" (${one.id.slice(0, 4)})`]
      : []
  })

const heldLines = (home: Session): readonly string[] =>
  heldBack(home.homeOf()).flatMap(({ title, gaps }) => [
    `We decided to say this, and this phone does not send it: ${toOneLine(title)}`,
    ...gaps.map((gap) => `  ${STATEMENT_GAPS[gap]}`),
  ])

const nameIn = ({ names }: BulletinTerm, card: string): string =>
  toOneLine(names.find((one) => one.card === card)?.code ?? '?')

const postedLine = (term: BulletinTerm, { id, letter: { card, says } }: Posted): string =>
  `${nameIn(term, card)} ${SAYS[says.type] ?? ''}: ${'text' in says ? toPlainText(says.text) : ''} (${id.slice(0, 4)})`

const assemblyLines = (session: Session): readonly string[] => {
  const { committee } = session.view()
  return [
    STAGES[assemblyStage(committee)],
    ...[...committee.cards.values()].map(
      (card) =>
        `  ${toOneLine(card.code)} (${toOneLine(card.sector)}, ${toOneLine(card.area)}) ${placeOf(card)}`,
    ),
    ...[...committee.items.values()].map((item) => itemLine(session, item)),
  ]
}

const placeOf = ({ id, code, since, hasLeft }: Card): string => {
  if (since !== undefined) return 'is in'
  return hasLeft
    ? 'has left'
    : `asks to come in (${id.slice(0, 4)}): \`npx tocsin city welcome ${toOneLine(code)}\``
}

const itemLine = (session: Session, item: Item): string => {
  const { act, support, aside, against, silent } = tallyOf(session.view().committee, item)
  const counts = `${act} act, ${support} support, ${aside} stand aside, ${against} against, ${silent} have not answered`
  return `  ${item.closed ? 'Answered' : 'Open'}: ${toOneLine(item.title)}: ${counts} (${item.id.slice(0, 4)})`
}

export const cityJson = ({ home, assembly }: City): object => {
  const { committee } = home.view()
  const mine = membershipOf(committee)
  const there = assembly?.view().committee
  return {
    code: mine?.code ?? null,
    calls: home.calls(there),
    bulletin: home
      .bulletins()
      .flatMap(({ term, posted }) =>
        posted.map(({ id, letter: { card, says } }) => ({ id, from: nameIn(term, card), ...says })),
      ),
    items: [...committee.cityItems.values()].map(({ id, title, needsMandate }) => ({
      id,
      title,
      needsMandate,
    })),
    assembly: there
      ? {
          stage: assemblyStage(there),
          committees: membersIn(there).map(({ code, sector, area }) => ({ code, sector, area })),
          items: [...there.items.values()].map((item) => ({
            id: item.id,
            title: item.title,
            isClosed: item.closed !== undefined,
            ...tallyOf(there, item),
          })),
        }
      : null,
  }
}
