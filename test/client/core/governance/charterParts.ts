/** Generated parts of charters: the decision table and what a committee writes about itself, above the floors. */
import * as fc from 'fast-check'
import { type Decisions, type Rule, SHARES } from '../../../../client/core/committee/decisionRules.ts'
import { defaultDecisions, meetsDecisionFloors } from '../../../../client/core/governance/decisions.ts'
import { LEVELS } from '../../../../client/core/governance/levels.ts'

const hours = fc.nat(65_535)
const ballot = fc.constantFrom('named' as const, 'reserved' as const)
const pace = {
  discussHours: hours,
  voteHours: fc.integer({ min: 1, max: 65_535 }),
  urgentHours: hours,
  ballot,
}

export const rule: fc.Arbitrary<Rule> = fc.record({
  ...pace,
  quorum: fc.constantFrom(...SHARES),
  carries: fc.constantFrom(...SHARES),
  of: fc.constantFrom('cast' as const, 'electorate' as const),
  atLeast: fc.integer({ min: 0, max: 9 }),
  blocks: fc.boolean(),
})

/** One kind at a time differs from the defaults, so that most of them keep to the floors. */
export const decisions: fc.Arbitrary<Decisions> = fc
  .tuple(fc.constantFrom(...Object.keys(defaultDecisions)), rule, fc.record(pace))
  .map(([kind, one, slow]) => {
    const isBinding = kind === 'admit' || kind === 'remove' || kind === 'charter'
    return structuredClone({ ...defaultDecisions, [kind]: isBinding ? slow : one })
  })

const text = (max: number) => fc.string({ maxLength: max >> 2 })
const days = fc.integer({ min: 1, max: 65_535 })
const hour = fc.nat(23)

export const charterParts = {
  purposeEasy: text(160),
  level: fc.constantFrom(...LEVELS),
  mayJoin: text(280),
  mayBeDelegate: text(280),
  languages: fc.uniqueArray(fc.constantFrom('es', 'ar', 'hi', 'pt-BR'), { maxLength: 4 }),
  quiet: fc.option(fc.record({ from: hour, to: hour }, { noNullPrototype: true }), { nil: undefined }),
  standingOrders: fc.array(text(280), { maxLength: 4 }),
  reviewOn: fc.option(fc.nat(100_000), { nil: undefined }),
  decisions: decisions.filter(meetsDecisionFloors),
}

export const keptDays = {
  keepAlarmDays: days,
  keepPlanDays: days,
  keepMeetingDays: days,
}
