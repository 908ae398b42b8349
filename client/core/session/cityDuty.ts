/** What a delegate's device carries of the duty rota: whom we lend to the assembly, and who is on duty back home. Not here: the rota itself (committee/cityDuty.ts). */
import { type Card, newestTerm } from '../committee/assemblyLife.ts'
import { rotaOf } from '../committee/cityDuty.ts'
import type { KnownContent } from '../committee/content.ts'
import type { Abroad, Home } from './cityLetters.ts'

type Said = readonly KnownContent[]

/** The running week and the next one: further ahead nobody has to know. */
const termsNow = ({ assembly }: Abroad): readonly number[] => {
  const newest = newestTerm(assembly)
  return newest === 0 ? [] : [newest, newest + 1]
}

export const lent = ({ committee }: Home, abroad: Abroad, card: Card | undefined): Said =>
  termsNow(abroad).flatMap((term): Said => {
    const key = committee.onDuty.get(term)?.key
    if (!card || card.duty.get(term) === key) return []
    return [{ type: 'cardDuty', card: card.id, term, ...(key === undefined ? {} : { key }) }]
  })

export const rotasBrought = ({ committee }: Home, abroad: Abroad): Said =>
  termsNow(abroad).flatMap((term): Said => {
    const on = rotaOf(abroad.assembly, term)
    const isKnown = JSON.stringify(on) === JSON.stringify(committee.rotas.get(term) ?? [])
    return isKnown ? [] : [{ type: 'dutyRota', term, on }]
  })
