/** A committee's life for tests of the fold: each call says one thing, a minute after the last, and answers with its id. */
import * as fc from 'fast-check'
import {
  apply,
  applyAll,
  type Committee,
  emptyCommittee,
} from '../../../../client/core/committee/committee.ts'
import { decodeContent, encodeContent, type KnownContent } from '../../../../client/core/committee/content.ts'
import type { Said } from '../../../../client/core/committee/said.ts'
import { idOf, SEATS } from './arbitraries.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export type Life = {
  readonly say: (seat: string, content: KnownContent, more?: Partial<Said>) => string
  readonly now: () => Committee
  readonly all: () => readonly Said[]
}

/** `electorate`: the seats that count, in everything that is said unless `more` says otherwise. */
export const newLife = (electorate: readonly string[] = SEATS): Life => {
  const all: Said[] = []
  let committee = emptyCommittee
  let order = 0
  return {
    say: (seat, content, more = {}) => {
      order++
      const id = idOf(order)
      const at = order * MINUTE
      // Through the wire form, so that no test says what nobody could.
      const decoded = decodeContent(encodeContent(content))
      if (!decoded.ok) throw new Error('not sayable')
      const said = { id, seat, device: seat, order, at, heardAt: at, electorate, content: decoded.value }
      all.push({ ...said, ...more })
      committee = apply(committee, { ...said, ...more })
      return id
    },
    now: () => committee,
    all: () => all,
  }
}

/** Sayings of a kind of content, by anybody, in an order; some twice. */
export const sayingsOf = (
  content: fc.Arbitrary<KnownContent>,
  maxLength = 30,
): fc.Arbitrary<readonly Said[]> =>
  fc
    .array(fc.record({ content, seat: fc.constantFrom(...SEATS), at: fc.nat(10 * DAY), again: fc.nat(9) }), {
      maxLength,
      size: 'max',
    })
    .map((all) =>
      all.map(({ content, seat, at, again }, i) => ({
        id: idOf(again === 0 && i > 0 ? i - 1 : i),
        seat,
        device: seat,
        order: i,
        at,
        electorate: SEATS.slice(0, 4),
        content,
      })),
    )

/** Ids that `sayingsOf` gives early on, so that sayings meet. */
export const earlyId = fc.nat(7).map(idOf)

/** The same however it was cut, and whatever comes twice. */
export const isSteady = (
  all: readonly Said[],
  cut: number,
  part: (committee: Committee) => unknown,
): boolean => {
  const whole = applyAll(emptyCommittee, all)
  const pieces = applyAll(applyAll(emptyCommittee, all.slice(0, cut)), all.slice(cut))
  const twice = all.reduce((committee, said) => apply(apply(committee, said), said), emptyCommittee)
  const shown = JSON.stringify(plain(part(whole)))
  return [pieces, twice].every((one) => JSON.stringify(plain(part(one))) === shown)
}

/** Without clocks: what only a screen may look at. */
export const plain = (value: unknown): unknown => {
  if (value instanceof Map) return [...value].map(plain)
  if (value instanceof Set) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      ['at', 'since', 'until'].includes(name) ? [] : [[name, plain(field)]],
    ),
  )
}

/** The same committee for every clock. */
export const isTimeless = (
  all: readonly Said[],
  clocks: readonly number[],
  part: (committee: Committee) => unknown,
): boolean => {
  const other = all.map((said, i) => ({ ...said, at: clocks[i] ?? 0 }))
  const [a, b] = [all, other].map((one) => JSON.stringify(plain(part(applyAll(emptyCommittee, one)))))
  return a === b
}

export const clocks = fc.array(fc.nat(10 * DAY), { minLength: 30, maxLength: 30 })
