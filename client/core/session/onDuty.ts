/** Being on duty for the city (product.md 3.E): who is in which week, as a member sees it, and taking a week. Not here: the rota (committee/cityDuty.ts), what they are called for (callsHeard.ts). */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { TERM_DAYS } from '../city/bulletinTerm.ts'
import { dutyKeyOf, ON_DUTY } from '../city/call.ts'
import { mayBeCalled } from '../committee/cityDuty.ts'
import { membershipOf } from '../committee/cityLife.ts'
import { type Around, homeOf, sayAll } from './cityAround.ts'
import type { Home } from './cityLetters.ts'

const DAY_MS = 86_400_000

export type DutyWeek = {
  readonly term: number
  /** Milliseconds since 1970; of a week that is not announced yet, about. */
  readonly from: number
  readonly until: number
  /** Committees that are called, the first ones first. */
  readonly on: readonly { readonly card: string; readonly code: string; readonly isOurs: boolean }[]
  /** Who of us offered. */
  readonly ours: string | undefined
  /** This phone is called in that week. */
  readonly isMe: boolean
}

/** The running week and the one after it. */
export const dutyWeeks = ({ committee, letterSeed, nowMs }: Home): readonly DutyWeek[] => {
  const mine = membershipOf(committee)
  const known = [...committee.homeTerms.values()].map(({ term }) => term).sort((a, b) => a.term - b.term)
  const begun = known.filter(({ startsAt }) => startsAt <= nowMs).at(-1) ?? known[0]
  if (!begun || !mine) return []
  const names = new Map(known.flatMap((one) => one.names.map(({ card, code }) => [card, code] as const)))
  return [begun.term, begun.term + 1].map((term) => {
    const announced = known.find((one) => one.term === term)
    const from = announced?.startsAt ?? begun.startsAt + TERM_DAYS * DAY_MS
    const rota = committee.rotas.get(term) ?? []
    const key = toHex(dutyKeyOf(letterSeed, term).publicKey)
    return {
      term,
      from,
      until: from + TERM_DAYS * DAY_MS,
      on: rota
        .slice(0, ON_DUTY + 1)
        .map(({ card }) => ({ card, code: names.get(card) ?? '?', isOurs: card === mine.card })),
      ours: committee.onDuty.get(term)?.seat,
      isMe: mayBeCalled(rota, key),
    }
  })
}

export const offerDuty = async (
  around: Around,
  term: number,
  isOn: boolean,
): Promise<Result<undefined, 'not_member' | 'no_city' | 'taken'>> => {
  const { committee, me, letterSeed } = homeOf(around)
  if (!around.isMember()) return err('not_member')
  if (!membershipOf(committee)) return err('no_city')
  const known = committee.onDuty.get(term)
  if (known && known.seat !== me) return err('taken')
  const key = toHex(dutyKeyOf(letterSeed, term).publicKey)
  if (isOn || known) await sayAll(around, [{ type: 'duty', term, ...(isOn ? { key } : {}) }])
  return ok(undefined)
}
