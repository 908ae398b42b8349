/** A concern about a member, suspension, and the right to speak (product.md 3.B, 3.J; acceptance step 22). */
import * as fc from 'fast-check'
import t from 'tap'
import { applyAll, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import { checkContent, type KnownContent } from '../../../../client/core/committee/content.ts'
import { foldsAway, type Now, suspensionOf } from '../../../../client/core/committee/suspension.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { clocks, earlyId, HOUR, isSteady, isTimeless, type Life, MINUTE, newLife, sayingsOf } from './life.ts'

const [ALICE = '', BOB = '', CAROL = '', DORA = '', EMIL = ''] = SEATS

const worry = (about: string): Extract<KnownContent, { type: 'concern' }> => ({
  type: 'concern',
  about,
  facts: ['The manager quoted our draft'],
  guesses: ['I think it was the phone'],
  checked: [{ way: 'paper', found: 'Nobody printed it' }],
  hasAsked: false,
})
const suspend = (concern: string, lifts = false): KnownContent => ({ type: 'suspend', concern, lifts })
const more = (concern: string): KnownContent => ({
  type: 'concernAdd',
  concern,
  facts: ['It was said on Monday'],
  guesses: [],
  checked: [{ way: 'told', found: 'A cousin works there' }],
  hasAsked: true,
  mediator: 'K',
})
const end = (concern: string, to: 'withdrawn' | 'settled'): KnownContent => ({
  type: 'concernEnd',
  concern,
  to,
})
const statement: KnownContent = { type: 'statement', text: 'I was not there' }

const at = (nowMs: number, votes: readonly string[] = []): Now => ({
  nowMs,
  isVoting: (seat) => votes.includes(seat),
})
const isOut = ({ now }: Life, seat: string, when: Now = at(HOUR)) =>
  suspensionOf(now(), seat, when) !== undefined

t.test('3.B facts stand apart from guesses, and other explanations come first', async (t) => {
  t.match(checkContent({ ...worry(EMIL), checked: [] }), { ok: false, error: { field: 'checked' } })
  t.match(checkContent({ ...worry(EMIL), facts: [] }), { ok: false, error: { field: 'facts' } })
  const life = newLife()
  const id = life.say(ALICE, worry(EMIL))
  life.say(BOB, more(id))
  t.match(life.now().concerns.get(id), {
    facts: [{ seat: ALICE }, { seat: BOB, text: 'It was said on Monday' }],
    guesses: [{ seat: ALICE, text: 'I think it was the phone' }],
    checked: [{ way: 'paper' }, { way: 'told', seat: BOB }],
    hasAsked: true,
    mediator: 'K',
  })
  t.equal(life.now().concerns.size, 1)
  life.say(ALICE, worry(ALICE))
  t.equal(life.now().concerns.size, 1, 'nobody worries about themselves')
})

t.test('3.B whoever it is about can always speak, and cannot bury it', async (t) => {
  const life = newLife()
  life.say(EMIL, statement)
  const id = life.say(ALICE, worry(EMIL))
  for (const seat of [ALICE, BOB]) life.say(seat, suspend(id))
  life.say(EMIL, statement)
  t.equal(life.now().statements.get(EMIL)?.length, 2)
  for (const content of [more(id), end(id, 'settled'), suspend(id, true)]) life.say(EMIL, content)
  const concern = life.now().concerns.get(id)
  t.match(concern, { facts: [{ seat: ALICE }], endings: new Map(), liftedBy: new Set() })
})

t.test('3.B any two others suspend; one alone, the person and beginners do not', async (t) => {
  const life = newLife([ALICE, BOB, CAROL, EMIL])
  const id = life.say(ALICE, worry(EMIL))
  for (const seat of [ALICE, ALICE, EMIL, DORA]) life.say(seat, suspend(id))
  t.equal(isOut(life, EMIL), false)
  life.say(BOB, suspend(id))
  t.equal(isOut(life, EMIL), true)
  t.match(suspensionOf(life.now(), EMIL, at(HOUR)), { by: [ALICE, BOB], since: 6 * MINUTE })
})

t.test('3.B it ends by itself after 72 hours, unless the committee votes on that member', async (t) => {
  const life = newLife()
  const id = life.say(ALICE, worry(EMIL))
  for (const seat of [ALICE, BOB]) life.say(seat, suspend(id))
  const over = 3 * MINUTE + 72 * HOUR
  t.equal(isOut(life, EMIL, at(over - 1)), true)
  t.equal(isOut(life, EMIL, at(over)), false)
  t.equal(isOut(life, EMIL, at(over, [EMIL])), true)
  t.equal(isOut(life, EMIL, at(over, [BOB])), false)
})

t.test(
  '3.B two words that lie far apart are not one decision, and a clock ahead makes nothing longer',
  async (t) => {
    const life = newLife()
    const id = life.say(ALICE, worry(EMIL))
    life.say(ALICE, suspend(id))
    life.say(BOB, suspend(id), { at: 80 * HOUR, heardAt: 80 * HOUR })
    t.equal(isOut(life, EMIL, at(81 * HOUR)), false)
    life.say(CAROL, suspend(id), { at: 9000 * HOUR, heardAt: 82 * HOUR })
    t.match(suspensionOf(life.now(), EMIL, at(83 * HOUR)), { by: [BOB, CAROL], since: 82 * HOUR })
    t.equal(isOut(life, EMIL, at(155 * HOUR)), false)
  },
)

t.test('section 12: the same two cannot suspend the same member again', async (t) => {
  const life = newLife()
  const first = life.say(ALICE, worry(EMIL))
  for (const seat of [ALICE, BOB]) life.say(seat, suspend(first))
  const again = life.say(ALICE, worry(EMIL))
  for (const seat of [ALICE, BOB]) life.say(seat, suspend(again))
  t.equal(isOut(life, EMIL, at(100 * HOUR)), false)
  t.equal(life.now().concerns.get(again)?.suspendedBy.size, 0)
  for (const seat of [CAROL, DORA]) life.say(seat, suspend(again), { at: 99 * HOUR, heardAt: 99 * HOUR })
  t.equal(isOut(life, EMIL, at(100 * HOUR)), true, 'others can')
})

t.test(
  '3.B who takes a word back ends it, two others lift it, and so does the end of the concern',
  async (t) => {
    const story = (last: readonly [string, (id: string) => KnownContent][]) => {
      const life = newLife()
      const id = life.say(ALICE, worry(EMIL))
      for (const seat of [ALICE, BOB]) life.say(seat, suspend(id))
      for (const [seat, content] of last) life.say(seat, content(id))
      return isOut(life, EMIL)
    }
    const lift = (id: string) => suspend(id, true)
    t.equal(story([]), true)
    t.equal(story([[BOB, lift]]), false)
    t.equal(
      story([
        [CAROL, lift],
        [CAROL, lift],
      ]),
      true,
      'one other is not two',
    )
    t.equal(
      story([
        [CAROL, lift],
        [DORA, lift],
      ]),
      false,
    )
    t.equal(story([[BOB, (id) => end(id, 'withdrawn')]]), true, 'only whoever opened it takes it back')
    t.equal(story([[ALICE, (id) => end(id, 'withdrawn')]]), false)
    t.equal(
      story([
        [ALICE, (id) => end(id, 'settled')],
        [ALICE, (id) => end(id, 'settled')],
      ]),
      true,
    )
    t.equal(
      story([
        [CAROL, (id) => end(id, 'settled')],
        [ALICE, (id) => end(id, 'settled')],
      ]),
      false,
    )
  },
)

t.test(
  '3.B posts behind a suspension are folded away, those before it are not, and then all are back',
  async (t) => {
    const life = newLife()
    const before = life.say(EMIL, { type: 'post', text: 'before' })
    const id = life.say(ALICE, worry(EMIL))
    for (const seat of [ALICE, BOB]) life.say(seat, suspend(id))
    const after = life.say(EMIL, { type: 'post', text: 'after' })
    const others = life.say(CAROL, { type: 'post', text: 'mine' })
    const hidden = (now: Now) =>
      life
        .now()
        .posts.filter(foldsAway(life.now(), now))
        .map((post) => post.id)
    t.strictSame(hidden(at(HOUR)), [after])
    t.strictSame(hidden(at(80 * HOUR)), [])
    t.ok(before && others)
  },
)

const content: fc.Arbitrary<KnownContent> = fc.oneof(
  { arbitrary: fc.constantFrom(EMIL, BOB).map(worry), weight: 3 },
  {
    arbitrary: fc.tuple(fc.nat(3).map(idOf), fc.boolean()).map(([id, lifts]) => suspend(id, lifts)),
    weight: 3,
  },
  { arbitrary: fc.nat(3).map((n) => suspend(idOf(n))), weight: 6 },
  { arbitrary: earlyId.map(more), weight: 1 },
  {
    arbitrary: fc
      .tuple(earlyId, fc.constantFrom('withdrawn' as const, 'settled' as const))
      .map(([id, to]) => end(id, to)),
    weight: 1,
  },
  { arbitrary: fc.constant(statement), weight: 1 },
)

t.test(
  'D8 order decides about concerns; cuts, repetitions and clocks change nothing, and nobody suspends twice or alone',
  async (t) => {
    let suspended = 0
    const part = ({ concerns, statements }: Committee) => ({ concerns, statements })
    await fc.assert(
      fc.property(sayingsOf(content), fc.nat(30), clocks, (all, cut, times) => {
        const committee = applyAll(emptyCommittee, all)
        const words = [...committee.concerns.values()].flatMap(({ about, suspendedBy }) =>
          [...suspendedBy.keys()].map((seat) => `${about}${seat}`),
        )
        const isSound = SEATS.every((seat) => {
          const one = suspensionOf(committee, seat, at(0, [seat]))
          suspended += one ? 1 : 0
          return !one || (new Set(one.by).size === 2 && !one.by.includes(seat) && !one.by.includes(EMIL))
        })
        return (
          isSound &&
          new Set(words).size === words.length &&
          isSteady(all, cut, part) &&
          isTimeless(all, times, part)
        )
      }),
      { numRuns: 500 },
    )
    t.ok(suspended > 20, `${suspended}`)
  },
)
