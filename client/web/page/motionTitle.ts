/** What a decision is about, in one line: its own sentence, or what is to be carried out. */
import type { Card } from '../../core/session/decideView.ts'
import { say } from '../words/say.svelte.ts'
import type { CardShown } from '../worker/shown.ts'

type Titled = Pick<Card, 'kind' | 'mandate'> & Partial<Pick<Card, 'motion'> & Pick<CardShown, 'title'>>

export const titleOf = (card: Titled): string => {
  const own = card.motion?.content.title ?? card.title
  return own ?? actionWords(card)
}

const actionWords = ({ kind, mandate }: Pick<Card, 'kind' | 'mandate'>): string => {
  const { actions, kinds, somebody } = say().decide
  if (!mandate) return kinds[kind]
  const { type } = mandate.action
  if (type === 'charter') return actions.charter
  return actions[type](mandate.about ?? somebody)
}
