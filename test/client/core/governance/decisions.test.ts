import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import type { CountedKind, Rule } from '../../../../client/core/committee/decisionRules.ts'
import { type Counts, endOf, noVotes, yesNeeded } from '../../../../client/core/committee/motionCount.ts'
import {
  type Charter,
  decodeCharter,
  defaultCharter,
  encodeCharter,
  MAX_CHARTER_BYTES,
  meetsFloors,
} from '../../../../client/core/governance/charter.ts'
import { defaultDecisions, meetsDecisionFloors } from '../../../../client/core/governance/decisions.ts'
import { decisions, rule } from './charterParts.ts'

const RELAY = {
  address: 'wss://relay.example',
  staticKey: new Uint8Array(32),
  signingKey: new Uint8Array(32),
}
const CHARTER = defaultCharter({ suite: 84, name: 'Night shift', purpose: 'Rest', relays: [RELAY] })

const withRule = (kind: CountedKind, change: Partial<Rule>): Charter => ({
  ...CHARTER,
  decisions: { ...CHARTER.decisions, [kind]: { ...CHARTER.decisions[kind], ...change } },
})

t.test('D9 a decision table comes out of a charter as it went in', async () => {
  await fc.assert(
    fc.property(decisions.filter(meetsDecisionFloors), (table) => {
      const charter = { ...CHARTER, decisions: table }
      return isDeepStrictEqual(decodeCharter(encodeCharter(charter)), charter)
    }),
  )
})

t.test('the longest charter that can be written fits into its 4096 bytes', async (t) => {
  const full = {
    ...CHARTER,
    name: 'x'.repeat(64),
    purpose: 'x'.repeat(280),
    purposeEasy: 'x'.repeat(160),
    mayJoin: 'x'.repeat(280),
    mayBeDelegate: 'x'.repeat(280),
    languages: Array.from('abcdefghijkl', (letter) => `${letter}${letter}-XX`),
    standingOrders: Array.from({ length: 4 }, () => 'x'.repeat(280)),
    reviewOn: 30_000,
    relays: [RELAY, RELAY].map((relay) => ({ ...relay, address: `wss://${'x'.repeat(194)}` })),
  }

  t.ok(encodeCharter(full).length <= MAX_CHARTER_BYTES, String(encodeCharter(full).length))
})

t.test('a byte that stands for no word, and a language said twice, are no charter', async (t) => {
  const raw = encodeCharter(CHARTER)
  const at = raw.findIndex((_, i) => {
    const copy = raw.slice()
    copy[i] = 200
    return decodeCharter(copy) === undefined
  })

  t.ok(at >= 0)
  t.notOk(meetsFloors({ ...CHARTER, languages: ['es', 'es'] }))
  t.throws(() => encodeCharter({ ...CHARTER, languages: ['Spanish'] }))
})

t.test('4.5 no committee can vote a rule below its floor', async (t) => {
  const low: readonly (readonly [CountedKind, Partial<Rule>])[] = [
    ['everyday', { atLeast: 1 }],
    ['everyday', { quorum: 'any' }],
    ['everyday', { quorum: 'third' }],
    ['everyday', { carries: 'half' }],
    ['spend', { carries: 'third' }],
    ['recall', { voteHours: 0 }],
    ['urgent', { atLeast: 1 }],
    ['unity', { carries: 'majority' }],
    ['unity', { of: 'cast' }],
    ['dissolve', { carries: 'majority' }],
  ]
  for (const [kind, change] of low) {
    t.notOk(meetsFloors(withRule(kind, change)), `${kind} ${JSON.stringify(change)}`)
    t.throws(() => encodeCharter(withRule(kind, change)))
  }
  t.ok(meetsFloors(withRule('everyday', { quorum: 'two_thirds' })))
  t.ok(meetsFloors(withRule('urgent', { atLeast: 3 })))
  t.notOk(meetsFloors({ ...CHARTER, keepAlarmDays: 0 }))
})

t.test("R1 whatever a charter says, one person's yes carries nothing from two members on", async () => {
  const votes = fc.record({ no: fc.nat(3), unsure: fc.nat(30), block: fc.nat(2) })
  await fc.assert(
    fc.property(rule, fc.integer({ min: 2, max: 30 }), fc.boolean(), votes, (one, full, isOut, rest) => {
      const voters = { full, electorate: isOut ? full - 1 : full, isSecond: true }
      return endOf(one, voters, { ...rest, yes: 1 }) !== 'carried'
    }),
    { numRuns: 2000 },
  )
})

t.test('fewer than half carry nothing among themselves under any charter, but what cannot wait', async () => {
  const allowed = rule
    .map((one) => ({ ...one, atLeast: 2, voteHours: 1 }))
    .filter((everyday) => meetsDecisionFloors({ ...defaultDecisions, everyday }))
  const voters = fc.integer({ min: 3, max: 30 }).chain((full) =>
    fc.record({
      full: fc.constant(full),
      yes: fc.integer({ min: 0, max: Math.ceil(full / 2) - 1 }),
      isSecond: fc.boolean(),
    }),
  )
  await fc.assert(
    fc.property(allowed, voters, (one, { full, yes, isSecond }) => {
      const end = endOf(one, { full, electorate: full, isSecond }, { ...noVotes, yes })
      return end !== 'carried'
    }),
    { numRuns: 1000 },
  )
})

t.test(
  'product.md 6 two decide together, three by two, and about one of three the other two together',
  async (t) => {
    const end = (full: number, electorate: number, counts: Partial<Counts>, kind: CountedKind = 'everyday') =>
      endOf(defaultDecisions[kind], { full, electorate, isSecond: false }, { ...noVotes, ...counts })

    t.equal(end(1, 1, { yes: 1 }), 'carried')
    t.equal(end(2, 2, { yes: 2 }), 'carried')
    t.equal(end(2, 2, { yes: 1, no: 1 }), 'not_carried')
    t.equal(end(2, 2, { yes: 1 }), 'no_quorum')
    t.equal(end(2, 1, { yes: 1 }, 'recall'), 'no_quorum', 'one of two calls nobody back alone')
    for (const kind of ['everyday', 'unity', 'dissolve', 'spend'] as const) {
      t.equal(end(3, 3, { yes: 2, no: 1 }, kind), 'carried')
      t.equal(end(3, 3, { yes: 1, no: 1, unsure: 1 }, kind), 'not_carried')
    }
    t.equal(end(3, 2, { yes: 2 }, 'recall'), 'carried')
    t.equal(end(3, 2, { yes: 1, no: 1 }, 'recall'), 'not_carried')
  },
)

t.test('product.md 6 from four members on each kind carries as its line of the table says', async (t) => {
  const cases: readonly (readonly [CountedKind, Partial<Counts>, string])[] = [
    ['everyday', { yes: 3, no: 2 }, 'carried'],
    ['everyday', { yes: 3, no: 1 }, 'no_quorum'],
    ['everyday', { yes: 2, no: 2, unsure: 1 }, 'not_carried'],
    ['everyday', { yes: 2, no: 1, unsure: 2 }, 'carried'],
    ['elect', { yes: 3, no: 3 }, 'not_carried'],
    ['guest', { yes: 4, no: 2 }, 'carried'],
    ['guest', { yes: 3, no: 2 }, 'not_carried'],
    ['unity', { yes: 6 }, 'no_quorum'],
    ['unity', { yes: 6, no: 1 }, 'not_carried'],
    ['unity', { yes: 7 }, 'carried'],
    ['dissolve', { yes: 7, no: 3 }, 'not_carried'],
    ['dissolve', { yes: 8, no: 2 }, 'carried'],
    ['urgent', { yes: 2 }, 'carried'],
    ['urgent', { yes: 1 }, 'not_carried'],
  ]
  for (const [kind, counts, expected] of cases)
    t.equal(
      endOf(defaultDecisions[kind], { full: 10, electorate: 10, isSecond: false }, { ...noVotes, ...counts }),
      expected,
      `${kind} ${JSON.stringify(counts)}`,
    )
})

t.test(
  'product.md 3.C a block brings a motion back once; then three quarters of the cast votes carry it',
  async (t) => {
    const plan = defaultDecisions.plan
    const end = (isSecond: boolean, counts: Partial<Counts>) =>
      endOf(plan, { full: 10, electorate: 10, isSecond }, { ...noVotes, ...counts })

    t.equal(end(false, { yes: 9, block: 1 }), 'returned')
    t.equal(end(true, { yes: 9, block: 1 }), 'carried')
    t.equal(
      end(true, { yes: 7, block: 3 }),
      'not_carried',
      'two thirds would have been enough without blocks',
    )
    t.equal(end(true, { yes: 7, no: 3 }), 'carried')
    t.equal(end(true, { yes: 6, block: 1 }), 'not_carried', 'and never with less than without blocks')
    t.equal(
      yesNeeded(plan, { full: 10, electorate: 10, isSecond: true }, { ...noVotes, yes: 7, block: 3 }),
      8,
    )
  },
)
