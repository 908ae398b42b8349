/** Points of unity and meetings (product.md 3.B, lines 26 to 28 of the founding text). Not here: the founding itself (founding.test.ts). */
import * as fc from 'fast-check'
import t from 'tap'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { attendance, nextFor, sharedDays } from '../../../../client/core/committee/meeting.ts'
import { settleUnity, unityState } from '../../../../client/core/committee/unity.ts'
import { type ENDINGS, PRINCIPLES, type STANCES } from '../../../../client/core/committee/unityWords.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { clocks, earlyId, isSteady, isTimeless, type Life, newLife, sayingsOf } from './life.ts'

const [ALICE = '', BOB = '', CAROL = ''] = SEATS
const THREE = [ALICE, BOB, CAROL]
const TWO = [ALICE, BOB]

const own = (text: string): KnownContent => ({ type: 'unityPoint', source: 'own', text })
const starter = (principle: keyof typeof PRINCIPLES): KnownContent => ({
  type: 'unityPoint',
  source: 'starter',
  principle,
})
const stance = (point: string, word: keyof typeof STANCES, note?: string): KnownContent => ({
  type: 'unityStance',
  point,
  stance: word,
  ...(note === undefined ? {} : { note }),
})
const rest = (point: string, to: keyof typeof ENDINGS): KnownContent => ({ type: 'unityEnd', point, to })
const met = (on: string): KnownContent => ({ type: 'meeting', on, agenda: [] })
const there = (meeting: string, was = true): KnownContent => ({ type: 'meetingThere', meeting, was })

const stateOf = ({ now }: Life, id: string, among = THREE) => {
  const point = now().unity.get(id)
  return point && unityState(point, among)
}

t.test('3.B a point is agreed when everybody agrees, and never by fewer', async (t) => {
  const life = newLife(THREE)
  const id = life.say(ALICE, own('Breaks are ours'))
  t.equal(stateOf(life, id), 'proposed')
  life.say(ALICE, stance(id, 'agree'))
  life.say(BOB, stance(id, 'agree'))
  t.equal(stateOf(life, id), 'in_discussion', 'proposing it is no vote, and two of three are not all')
  life.say(BOB, stance(id, 'agree'))
  t.equal(stateOf(life, id), 'in_discussion', 'who says it twice is counted once')
  life.say(CAROL, stance(id, 'talk', 'What about the night?'))
  t.match(life.now().unity.get(id)?.stances.get(CAROL), { stance: 'talk', note: 'What about the night?' })
  life.say(CAROL, stance(id, 'agree'))
  t.equal(stateOf(life, id), 'agreed')
  life.say(CAROL, stance(id, 'no'))
  t.equal(stateOf(life, id), 'in_discussion', 'a mind can be changed')
  t.equal(stateOf(life, id, []), 'in_discussion', 'nobody is not everybody')
})

t.test(
  '3.B a point rests open or is dropped when all say so; its proposer takes it back while nobody else agrees',
  async (t) => {
    const life = newLife(THREE)
    const id = life.say(ALICE, own('No overtime'))
    for (const seat of THREE) life.say(seat, rest(id, 'kept_open'))
    t.equal(stateOf(life, id), 'kept_open')
    life.say(BOB, stance(id, 'agree'))
    t.equal(stateOf(life, id), 'in_discussion', 'who takes a stand again does not let it rest')
    life.say(ALICE, rest(id, 'dropped'))
    t.equal(stateOf(life, id), 'in_discussion', 'bob stands by it')
    life.say(BOB, stance(id, 'no'))
    t.equal(stateOf(life, id), 'dropped')
    const other = life.say(ALICE, own('Paid breaks'))
    life.say(BOB, rest(other, 'dropped'))
    life.say(CAROL, rest(other, 'dropped'))
    t.equal(stateOf(life, other), 'in_discussion', 'others cannot take it back for her')
  },
)

t.test('3.B a principle stands once, until it is dropped', async (t) => {
  const life = newLife(THREE)
  const id = life.say(ALICE, starter('autonomy'))
  life.say(BOB, starter('autonomy'))
  t.equal(life.now().unity.size, 1)
  for (const seat of THREE) life.say(seat, rest(id, 'dropped'))
  life.say(BOB, starter('autonomy'))
  t.equal(life.now().unity.size, 2)
  t.equal(Object.keys(PRINCIPLES).length, 7)
})

t.test('3.B what a vote settled stays settled, whatever one of them thinks later', async (t) => {
  const life = newLife(THREE)
  const id = life.say(ALICE, own('We share the fund'))
  const draft = { unity: new Map(life.now().unity) }
  settleUnity(draft, id, 'agreed')
  const point = draft.unity.get(id)
  if (!point) throw new Error('gone')
  t.equal(unityState({ ...point, stances: new Map([[BOB, { stance: 'no', at: 0 }]]) }, THREE), 'agreed')
  settleUnity(draft, 'elsewhere', 'agreed')
  t.equal(draft.unity.size, 1)
})

t.test('3.B who was at a meeting each says for themselves; screens count', async (t) => {
  const life = newLife(THREE)
  const first = life.say(ALICE, met('2026-11-02'))
  t.equal(attendance(life.now().meetings.get(first) ?? raise()), 0, 'whoever writes it down says nothing yet')
  for (const seat of THREE) life.say(seat, there(first))
  t.strictSame(sharedDays(life.now(), THREE), ['2026-11-02'])
  const second = life.say(BOB, met('2026-11-09'))
  life.say(ALICE, there(second))
  life.say(ALICE, there(second))
  life.say(BOB, there(second))
  t.equal(attendance(life.now().meetings.get(second) ?? raise()), 2)
  t.strictSame(sharedDays(life.now(), THREE), ['2026-11-02'], 'two cannot say it for the third')
  life.say(CAROL, there(second))
  const same = life.say(CAROL, met('2026-11-09'))
  for (const seat of THREE) life.say(seat, there(same))
  t.strictSame(sharedDays(life.now(), THREE), ['2026-11-02', '2026-11-09'], 'a day counts once')
  life.say(CAROL, there(first, false))
  t.strictSame(sharedDays(life.now(), THREE), ['2026-11-09'])
})

t.test('3.B facilitator and note-taker go round', async (t) => {
  const life = newLife(THREE)
  t.equal(nextFor(life.now(), 'facilitator', THREE), ALICE)
  life.say(BOB, { type: 'meeting', on: '2026-11-02', agenda: [], facilitator: ALICE, noteTaker: BOB })
  t.equal(nextFor(life.now(), 'facilitator', THREE), BOB)
  life.say(BOB, { type: 'meeting', on: '2026-11-09', agenda: [], facilitator: BOB })
  life.say(BOB, { type: 'meeting', on: '2026-11-16', agenda: [], facilitator: CAROL })
  t.equal(nextFor(life.now(), 'facilitator', THREE), ALICE)
  t.equal(nextFor(life.now(), 'noteTaker', THREE), ALICE)
})

const raise = (): never => {
  throw new Error('gone')
}

const content: fc.Arbitrary<KnownContent> = fc.oneof(
  fc.constantFrom(...(['autonomy', 'democracy'] as const)).map(starter),
  fc.constant(own('Breaks')),
  fc
    .tuple(earlyId, fc.constantFrom(...(['agree', 'talk', 'no'] as const)))
    .map(([id, word]) => stance(id, word)),
  fc.tuple(earlyId, fc.constantFrom(...(['kept_open', 'dropped'] as const))).map(([id, to]) => rest(id, to)),
  fc.constantFrom('2026-11-02', '2026-11-09').map(met),
  fc.tuple(earlyId, fc.boolean()).map(([id, was]) => there(id, was)),
)

/** Mostly agreement on the first point. */
const agreeing = fc.oneof(
  { arbitrary: fc.constant(stance(idOf(0), 'agree')), weight: 4 },
  { arbitrary: content, weight: 6 },
  { arbitrary: fc.constant(own('Breaks')), weight: 1 },
)

t.test(
  'D8 order decides about unity and meetings; cuts, repetitions and clocks change nothing',
  async (t) => {
    let agreed = 0
    await fc.assert(
      fc.property(sayingsOf(content), fc.nat(30), clocks, (all, cut, times) =>
        [isSteady(all, cut, part), isTimeless(all, times, part)].every(Boolean),
      ),
      { numRuns: 300 },
    )
    await fc.assert(
      fc.property(sayingsOf(agreeing, 40), (all) => {
        const life = newLife()
        life.say(ALICE, own('Breaks'), { id: idOf(0) })
        for (const { seat, content, id } of all)
          if (content.type !== 'unknown') life.say(seat, content, { id })
        return [...life.now().unity.values()].every((point) => {
          const { stances } = point
          const isAgreed = unityState(point, TWO) === 'agreed'
          agreed += isAgreed ? 1 : 0
          return !isAgreed || TWO.every((seat) => stances.get(seat)?.stance === 'agree')
        })
      }),
      { numRuns: 600 },
    )
    t.ok(agreed > 100, `${agreed}`)
  },
)

const part = ({ unity, meetings }: ReturnType<Life['now']>) => ({ unity, meetings })
