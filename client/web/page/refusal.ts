/** The sentence for whatever the worker refused. */
import type { DecideRefusal } from '../../core/session/deciding.ts'
import type { Why } from '../words/en/begin.ts'
import { formats, say } from '../words/say.svelte.ts'

type Refused = Why | { readonly field: string } | DecideRefusal

const fieldWords = (field: string): string => {
  const { fields, why } = say()
  const name = field.split('.')[0] ?? ''
  return Object.entries(fields).find(([one]) => one === name)?.[1] ?? why.field
}

export const refusalWords = (refused: Refused): string => {
  const { why } = say()
  if (typeof refused === 'string') return why[refused]
  if ('field' in refused) return fieldWords(refused.field)
  const when = 'at' in refused ? ` (${formats().moment(refused.at, Date.now())})` : ''
  return `${why[refused.why]}${when}`
}
