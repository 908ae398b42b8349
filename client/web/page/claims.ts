/** What somebody writes about a worry, before it is said: facts, guesses and other explanations never share a field. */
import type { ConcernAdd } from '../../core/committee/concernContent.ts'
import type { OtherWay } from '../../core/committee/concernWords.ts'

/** As it is typed; one fact or guess to a line. */
export type Claims = {
  readonly facts: string
  readonly guesses: string
  readonly way: OtherWay | undefined
  readonly found: string
  readonly hasAsked: boolean
  readonly mediator: string
}

export const emptyClaims: Claims = {
  facts: '',
  guesses: '',
  way: undefined,
  found: '',
  hasAsked: false,
  mediator: '',
}

type Said = Pick<ConcernAdd, 'facts' | 'guesses' | 'checked'> & { readonly mediator?: string }

export const saidOf = ({ facts, guesses, way, found, mediator }: Claims): Said => ({
  facts: linesIn(facts),
  guesses: linesIn(guesses),
  checked: way && found.trim() !== '' ? [{ way, found }] : [],
  ...(mediator.trim() === '' ? {} : { mediator }),
})

/** Some words, with the commas of any of our languages between them. */
export const partsIn = (text: string): readonly string[] =>
  text
    .split(/[,،;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const linesIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.trim() !== '')
