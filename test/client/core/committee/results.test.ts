/** What a newcomer is told of what was said before: enough to go on with, nothing else of the past, and the same from everybody (product.md 3.B). */
import * as fc from 'fast-check'
import t from 'tap'
import { applyAll, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import {
  beginWith,
  decodeResults,
  encodeResults,
  noResults,
  type Results,
  resultsHash,
  resultsOf,
} from '../../../../client/core/committee/results.ts'
import { suspensionOf } from '../../../../client/core/committee/suspension.ts'
import { utf8 } from '../../../../shared/base/bytes.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { earlyId, newLife, sayingsOf } from './life.ts'

await cryptoReady

const [ALICE = '', BOB = '', CAROL = '', DORA = ''] = SEATS
const AROUND = { here: SEATS, isFounded: true }

const concern = (about: string): KnownContent => ({
  type: 'concern',
  about,
  facts: ['The list of shifts was shown to the manager'],
  guesses: ['Somebody wants to be liked'],
  checked: [{ way: 'seen', found: 'It hangs in the hall' }],
  hasAsked: true,
})

const said: fc.Arbitrary<KnownContent> = fc.oneof(
  fc.constant<KnownContent>({ type: 'unityPoint', source: 'own', text: 'We decide together' }),
  fc.record({
    type: fc.constant('unityStance' as const),
    point: earlyId,
    stance: fc.constantFrom('agree' as const, 'talk' as const),
  }),
  fc.record({
    type: fc.constant('unityEnd' as const),
    point: earlyId,
    to: fc.constant('kept_open' as const),
  }),
  fc.record({
    type: fc.constant('roleTake' as const),
    role: fc.constantFrom('duty' as const, 'marshal' as const),
  }),
  fc.record({ type: fc.constant('roleHandover' as const), term: earlyId, ends: fc.boolean() }),
  fc.record({ type: fc.constant('recallAsk' as const), term: earlyId, asks: fc.boolean() }),
  fc.constantFrom(...SEATS.slice(0, 3)).map(concern),
  fc.record({ type: fc.constant('suspend' as const), concern: earlyId, lifts: fc.boolean() }),
)

t.test(
  '3.B whoever comes in goes on as if they had been there: what comes later comes to the same',
  async () => {
    await fc.assert(
      fc.property(sayingsOf(said), fc.nat(30), (all, cut) => {
        const ids = new Set<string>()
        const once = all.filter(({ id }) => !ids.has(id) && ids.add(id))
        const before = applyAll(emptyCommittee, once.slice(0, cut))
        const told = decodeResults(encodeResults(resultsOf(before, AROUND)))
        const there = resultsOf(applyAll(before, once.slice(cut)), AROUND)
        const came = resultsOf(applyAll(beginWith(told ?? noResults), once.slice(cut)), AROUND)
        return resultsHash(there) === resultsHash(came)
      }),
      { numRuns: 500 },
    )
  },
)

t.test('3.B points, roles and a suspension are told, and no reason, note or fact with them', async (t) => {
  const life = newLife()
  const point = life.say(ALICE, { type: 'unityPoint', source: 'own', text: 'We decide together' })
  life.say(BOB, { type: 'unityStance', point, stance: 'talk', note: 'SECRET note' })
  const term = life.say(CAROL, { type: 'roleTake', role: 'facilitator' })
  life.say(CAROL, { type: 'roleHandover', term, note: 'SECRET hand-over', ends: false })
  life.say(ALICE, { type: 'post', text: 'SECRET post' })
  const about = life.say(ALICE, { ...concern(DORA), facts: ['SECRET fact'] } as KnownContent)
  for (const seat of [ALICE, BOB]) life.say(seat, { type: 'suspend', concern: about, lifts: false })
  const raw = encodeResults(resultsOf(life.now(), AROUND))
  t.notMatch(new TextDecoder().decode(raw), /SECRET|shown to the manager|liked/)

  const came = beginWith(decodeResults(raw) ?? noResults)
  t.match(came.unity.get(point), { words: { text: 'We decide together' } })
  t.match(came.terms.get(term), {
    role: 'facilitator',
    seat: CAROL,
    until: life.now().terms.get(term)?.until,
  })
  const now = { nowMs: 60_000, isVoting: () => false }
  t.same(suspensionOf(came, DORA, now), suspensionOf(life.now(), DORA, now))
  t.strictSame([came.posts, came.ids.size], [[], 0])
})

t.test(
  'what is over is not told: points that were dropped, terms that nothing rests on, people who are gone',
  async (t) => {
    const life = newLife()
    const point = life.say(ALICE, { type: 'unityPoint', source: 'own', text: 'We decide together' })
    life.say(ALICE, { type: 'unityEnd', point, to: 'dropped' })
    const term = life.say(CAROL, { type: 'roleTake', role: 'facilitator' })
    life.say(CAROL, { type: 'roleHandover', term, ends: true })
    life.say(BOB, { type: 'roleTake', role: 'facilitator' })
    const about = life.say(ALICE, concern(DORA))
    t.equal(resultsOf(life.now(), AROUND).suspended[0]?.id, about)
    const { unity, terms, suspended } = resultsOf(life.now(), { here: [ALICE, BOB, CAROL], isFounded: true })
    t.strictSame([unity, terms.map(({ seat }) => seat), suspended], [[], [BOB], []])
  },
)

t.test('D9 one value has one encoding, and anything else is refused', async (t) => {
  const life = newLife()
  life.say(ALICE, { type: 'unityPoint', source: 'own', text: 'We decide together' })
  const value = resultsOf(life.now(), AROUND)
  const raw = encodeResults(value)
  t.same(decodeResults(raw), value)
  const text = new TextDecoder().decode(raw)
  for (const other of [
    `${text} `,
    text.replace('{', '{ '),
    text.replace('"terms":[]', '"terms":[],"more":1'),
    text.replace(/"order":\d+/, '"order":-1'),
    text.slice(1),
    '',
  ])
    t.equal(decodeResults(utf8(other)), undefined, other.slice(0, 20))
  const changed: Results = { ...value, unity: [] }
  t.not(resultsHash(changed), resultsHash(value))
  t.equal(idOf(0).length, 32)
})
