/** The assembly as a delegate's device shows it. Pure picking out. Not here: what a member at home sees of the city (cityView.ts). */
import type { Take } from '../city/letter.ts'
import {
  type Assembly,
  assemblyStage,
  type Card,
  cardOfSeat,
  type Item,
  type Tally,
  tallyOf,
} from '../committee/assemblyLife.ts'
import { toOneLine } from '../committee/plainText.ts'
import type { Named } from './cityView.ts'

export type AssemblyPage = {
  readonly name: string
  readonly stage: ReturnType<typeof assemblyStage>
  /** Our own committee is in: we may welcome, ask and close. */
  readonly isIn: boolean
  readonly cards: readonly (Pick<Card, 'id' | 'code' | 'sector' | 'area' | 'languages'> & {
    readonly is: 'in' | 'asks' | 'left'
    readonly isOurs: boolean
    /** Our own committee has said yes. */
    readonly isWelcomed: boolean
    /** Its own members have not decided yet. */
    readonly isWilling: boolean
    readonly welcomes: number
  })[]
  readonly items: readonly AskedPage[]
}

export type AskedPage = Pick<Item, 'id' | 'title' | 'text' | 'lang' | 'needsMandate' | 'at'> & {
  readonly by: string | undefined
  readonly tally: Tally
  /** Committees that have answered; nobody sees how their members voted. */
  readonly answers: readonly (Named & { readonly take: Take; readonly hasMandate: boolean })[]
  readonly closedAt: number | undefined
  readonly closes: number
  /** Our own committee has said that all have answered. */
  readonly isClosedByUs: boolean
}

/** `me`: our own seat there. */
export const assemblyPage = (
  assembly: Assembly,
  { me, name }: { readonly me: string; readonly name: string },
): AssemblyPage => {
  const mine = cardOfSeat(assembly, me)
  return {
    name: toOneLine(name),
    stage: assemblyStage(assembly),
    isIn: mine?.since !== undefined,
    cards: [...assembly.cards.values()].map((card) => ({
      id: card.id,
      code: toOneLine(card.code),
      sector: toOneLine(card.sector),
      area: toOneLine(card.area),
      languages: card.languages,
      is: stateOf(card),
      isOurs: card.id === mine?.id,
      isWelcomed: mine !== undefined && card.welcomedBy.has(mine.id),
      isWilling: card.isWilling,
      welcomes: card.welcomedBy.size,
    })),
    items: [...assembly.items.values()].toReversed().map((item) => askedPage(assembly, item, mine)),
  }
}

const stateOf = ({ since, hasLeft }: Card): 'in' | 'asks' | 'left' => {
  if (since !== undefined) return 'in'
  return hasLeft ? 'left' : 'asks'
}

const askedPage = (assembly: Assembly, item: Item, mine: Card | undefined): AskedPage => {
  const { id, title, text, lang, needsMandate, at, card, answers, closed, closedBy } = item
  const codeOf = (of: string): string => toOneLine(assembly.cards.get(of)?.code ?? '?')
  return {
    id,
    title,
    text,
    lang,
    needsMandate,
    at,
    by: codeOf(card),
    tally: tallyOf(assembly, item),
    answers: [...answers].map(([of, { take, by }]) => ({
      code: codeOf(of),
      isOurs: of === mine?.id,
      take,
      hasMandate: by === 'letter',
    })),
    closedAt: closed?.at,
    closes: closedBy.size,
    isClosedByUs: mine !== undefined && closedBy.has(mine.id),
  }
}
