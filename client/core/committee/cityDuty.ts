/**
 * The duty rota of the city (product.md 3.E): each committee lends one person for a week, who is called when an alarm somewhere else finds nobody. They learn ring R1 and
 * nothing else; the city learns their committee and a key. Not here: what a call is (city/call.ts), carrying the rota between the two logs (session/cityOwed.ts).
 */
import { bigEndian, concat, utf8 } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { ON_DUTY } from '../city/call.ts'
import type { Takers, Writable } from './area.ts'
import { type Assembly, membersIn } from './assemblyLife.ts'
import { MAX_ROTA, TERMS_AHEAD } from './cityContent.ts'
import { type Roles, speaksFor } from './roles.ts'
import type { Id } from './said.ts'

/** In the order in which they are called: the committee that lends somebody, and the key of that person's phone. */
export type Rota = readonly { readonly card: Id; readonly key: string }[]

export type DutyLife = {
  /** By term, who of us is on duty for the city. */
  readonly onDuty: ReadonlyMap<number, { readonly seat: Id; readonly key: string }>
  /** By term, who is on duty in the city, as our delegates were told. */
  readonly rotas: ReadonlyMap<number, Rota>
}
export const noDuty: DutyLife = { onDuty: new Map(), rotas: new Map() }

type Draft = Writable<DutyLife> & Pick<Roles, 'terms'> & { readonly homeTerms: ReadonlyMap<number, unknown> }

export const cityDuty: Takers<'duty' | 'dutyRota', Draft> = {
  /** Whoever said so first is on duty until they take it back. */
  duty: (draft, { seat, content: { term, key } }) => {
    const known = draft.onDuty.get(term)
    const newest = Math.max(0, ...draft.homeTerms.keys())
    if (term < newest || term > newest + TERMS_AHEAD || (known && known.seat !== seat)) return
    if (key === undefined) draft.onDuty.delete(term)
    else draft.onDuty.set(term, { seat, key })
  },
  dutyRota: (draft, { seat, content: { term, on } }) => {
    if (speaksFor(draft, seat)) draft.rotas.set(term, on)
  },
}

/** Of an assembly: who offered, in an order that changes with the week, so that it is not always the same who are called first. */
export const rotaOf = (assembly: Pick<Assembly, 'cards' | 'city'>, term: number): Rota =>
  membersIn(assembly)
    .flatMap(({ id, duty }) => {
      const key = duty.get(term)
      return key === undefined ? [] : [{ card: id, key, rank: rankOf(assembly.city, term, id) }]
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, MAX_ROTA)
    .map(({ card, key }) => ({ card, key }))

const rankOf = (city: string, term: number, card: Id): string =>
  toHex(sha256(concat(utf8(`duty/1 ${city} ${card} `), bigEndian(term, 4))))

/** Whom a committee calls: never its own. */
export const calledBy = (rota: Rota, card: Id): Rota =>
  rota.filter((one) => one.card !== card).slice(0, ON_DUTY)

/** Who may be called by anybody: one more than a call goes to, since nobody calls their own. */
export const mayBeCalled = (rota: Rota, key: string): boolean =>
  rota.slice(0, ON_DUTY + 1).some((one) => one.key === key)
