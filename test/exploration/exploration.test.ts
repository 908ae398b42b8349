/**
 * Every state of small committees, protocol.md 4.5, 6, 7 and 9 (I4, I5), in the abstract model of world.ts. Numbers of states are asserted, so
 * that a rule of the model cannot change unnoticed. More and larger ones with TOCSIN_TEST_FULL=1.
 */
import t from 'tap'
import { forkersNeeded, longestRow } from './bounds.ts'
import { explore } from './explore.ts'
import { type Cast, RULES, type Rules } from './world.ts'

const isFull = process.env.TOCSIN_TEST_FULL === '1'

/** As the rules were first explored: HELLO and VOID exclude each other, more than half confirm, nobody counts requests. */
const FIRST: Rules = { ...RULES, hello: 'majority', help: 'always' }

type Part = Partial<Omit<Cast, 'seatOf' | 'hostile'>>

/** `seatOf`: each device's seat; the last `insiders` seats are hostile. */
const castOf = (seatOf: readonly number[], insiders: number, more: Part): Cast => {
  const seats = Math.max(...seatOf) + 1
  return {
    seatOf,
    hostile: ((1 << insiders) - 1) << (seats - insiders),
    probation: 0,
    probationDepth: 0,
    budget: 1,
    flights: 0,
    canDrop: false,
    rules: RULES,
    ...more,
  }
}
const ONE_EACH = [0, 1, 2, 3, 4, 5, 6]
const single = (seats: number, insiders: number, more: Part): Cast =>
  castOf(ONE_EACH.slice(0, seats), insiders, more)

const MAX = 5_000_000

type Row = { readonly name: string; readonly cast: Cast; readonly states: number; readonly stuck: number }

const check = (test: Pick<typeof t, 'match'>, { name, cast, states, stuck }: Row): void => {
  const found = explore(cast, MAX)
  test.match(
    { states: found.states, stuck: found.stuck, isWhole: found.isWhole },
    { states, stuck, isWhole: true },
    `${name}: ${found.states} states, ${found.stuck} stuck`,
  )
}

t.test(
  'the first exploration of the rules is reproduced, state by state, and finds nobody stuck',
  async (test) => {
    const first = (rules: Partial<Rules>, budget = 2) =>
      single(3, 1, { budget, rules: { ...FIRST, ...rules } })
    check(test, { name: 'all rules', cast: first({}), states: 10_276, stuck: 0 })
    check(test, { name: 'without VOID', cast: first({ void: false }), states: 10_632, stuck: 1222 })
    check(test, { name: 'without RESYNC', cast: first({ resync: false }), states: 228, stuck: 80 })
    check(test, { name: 'without escalation', cast: first({ escalate: false }), states: 8618, stuck: 72 })
    check(test, { name: 'without V6', cast: first({ gate: false }), states: 22_500, stuck: 0 })
    check(test, { name: 'HELLO never withheld', cast: first({ withhold: false }), states: 5544, stuck: 0 })
    check(test, { name: 'author votes', cast: first({ withoutAuthor: false }), states: 10_276, stuck: 0 })
    const many = { budget: 1, rules: FIRST }
    check(test, { name: 'two insiders of three', cast: single(3, 2, many), states: 251, stuck: 78 })
  },
)

t.test('the rules as they stand leave nobody stuck behind one insider (I4)', async (test) => {
  check(test, { name: 'three seats', cast: single(3, 1, { budget: 2 }), states: 7360, stuck: 0 })
  const twice = castOf([0, 0, 1, 2], 1, {})
  check(test, { name: 'two devices in a seat', cast: twice, states: 90_540, stuck: 0 })
  const held = single(3, 1, { flights: 2 })
  check(test, { name: 'the relay holds back two entries', cast: held, states: 2080, stuck: 0 })
  const drops = single(3, 1, { budget: 2, canDrop: true })
  check(test, { name: 'emergency drops', cast: drops, states: 14_644, stuck: 0 })
})

t.test('what was mended shows when it is taken back (I4)', async (test) => {
  const now = (rules: Partial<Rules>, canDrop = false) =>
    single(3, 1, { budget: 2, canDrop, rules: { ...RULES, ...rules } })
  // An insider answers the request and spoils the answer: the mark then shuts the way for the honest ones.
  check(test, {
    name: 'help in only once (V7 as designed)',
    cast: now({ help: 'once' }),
    states: 6832,
    stuck: 144,
  })
  // Who was cut off has to help whoever is stuck at an earlier commit: nobody else may be able to.
  check(test, {
    name: 'who was cut off helps nobody',
    cast: now({ join: false }, true),
    states: 14_644,
    stuck: 192,
  })
  check(test, { name: 'without VOID', cast: now({ void: false }), states: 7208, stuck: 378 })
  check(test, { name: 'without RESYNC', cast: now({ resync: false }), states: 334, stuck: 100 })
  check(test, { name: 'without escalation', cast: now({ escalate: false }), states: 5524, stuck: 144 })
})

t.test(
  'attacks 8 and 9: insiders get one commit in front of a decided removal, and one more for each drop (I5)',
  async (test) => {
    const cap = 7
    const row = (seats: number, insiders: number, more: Part) =>
      longestRow(single(seats, insiders, more), cap)
    test.equal(row(3, 1, { rules: FIRST }), 1, 'as first explored')
    test.equal(row(3, 1, {}), 1)
    test.equal(row(5, 2, {}), 1)
    test.equal(row(3, 1, { canDrop: true }), 2)
    test.equal(row(5, 2, { rules: { ...RULES, gate: false } }), cap, 'no end without V6')
    test.equal(row(5, 2, { rules: { ...RULES, withhold: false } }), cap, 'no end where HELLO is not withheld')
  },
)

t.test(
  'attack 18: a forking relay needs more than a third of the seats to confirm both branches (7.5)',
  async (test) => {
    const seats = Array.from({ length: 28 }, (_, i) => i + 3)
    const twoThirds = (electorate: number) => Math.ceil((2 * electorate) / 3)
    for (const n of seats) {
      const needed = forkersNeeded(n, twoThirds)
      test.ok(needed === undefined || 3 * needed > n, `${n} seats: ${needed}`)
    }
    const half = (electorate: number) => Math.floor(electorate / 2) + 1
    test.equal(forkersNeeded(30, half), 2, 'more than half would let two do it, at any size')
  },
)

t.test('larger committees, whole', { skip: !isFull && 'with TOCSIN_TEST_FULL=1' }, async (test) => {
  check(test, {
    name: 'first rules, three commits',
    cast: single(3, 1, { budget: 3, rules: FIRST }),
    states: 421_076,
    stuck: 0,
  })
  check(test, { name: 'four seats', cast: single(4, 1, {}), states: 233_602, stuck: 0 })
  check(test, { name: 'three commits', cast: single(3, 1, { budget: 3 }), states: 47_820, stuck: 0 })
  check(test, {
    name: 'drops, three commits',
    cast: single(3, 1, { budget: 3, canDrop: true }),
    states: 145_928,
    stuck: 0,
  })
  const late = single(3, 1, { budget: 2, flights: 1 })
  check(test, { name: 'an entry held back, two commits', cast: late, states: 18_294, stuck: 0 })
  const waiting = castOf([0, 1, 2, 3], 1, { probation: 0b1000, probationDepth: 2 })
  check(test, { name: 'the insider is new', cast: waiting, states: 118_786, stuck: 0 })
  const honestNew = single(4, 1, { probation: 0b0001, probationDepth: 3 })
  check(test, { name: 'an honest seat is new', cast: honestNew, states: 194_438, stuck: 0 })
})
