/** Roles, reports, recall and the page that shows who holds what (product.md 3.B, 3.C). */
import * as fc from 'fast-check'
import t from 'tap'
import {
  apply,
  applyAll,
  type Committee,
  emptyCommittee,
} from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import {
  activeIn,
  type Election,
  elect,
  electFault,
  isRecallAsked,
  type Roles,
  recall,
} from '../../../../client/core/committee/roles.ts'
import { ELECTED, ROLES, type Role } from '../../../../client/core/committee/roleWords.ts'
import {
  type Around,
  speaker,
  type Warning,
  whoHoldsWhat,
} from '../../../../client/core/committee/whoHoldsWhat.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { clocks, DAY, earlyId, HOUR, isSteady, isTimeless, newLife, sayingsOf } from './life.ts'

const [ALICE = '', BOB = '', CAROL = '', DORA = '', EMIL = ''] = SEATS

const take = (role: Role): KnownContent => ({ type: 'roleTake', role })
const hand = (term: string, ends: boolean, note?: string): KnownContent => ({
  type: 'roleHandover',
  term,
  ends,
  ...(note === undefined ? {} : { note }),
})
const owe = (term: string, item: string): KnownContent => ({ type: 'reportOwed', term, item })
const tell = (owed: string): KnownContent => ({ type: 'report', owed, said: 'We act' })
const ask = (term: string, asks = true): KnownContent => ({ type: 'recallAsk', term, asks })

/** Votes as they are carried out, one after the other: what the fold of motions does with these areas. */
const elections = (electorate: readonly string[] = SEATS) => {
  let order = 1000
  const draft = { terms: new Map<string, never>() } as unknown as Parameters<typeof elect>[0]
  const cause = () => {
    order++
    return { id: idOf(order), order, at: order * HOUR }
  }
  return {
    roles: draft as Roles,
    elect: (election: Election): string => {
      const why = cause()
      elect(draft, why, election, electorate)
      return why.id
    },
    recall: (id: string): string => {
      const why = cause()
      recall(draft, why, id)
      return why.id
    },
    holders: (role: Role) => activeIn(draft, role).map(({ seat }) => seat),
  }
}

t.test('3.B a role without election is taken by whoever is willing, and ended by nobody else', async (t) => {
  const life = newLife()
  const term = life.say(ALICE, take('facilitator'))
  t.match(life.now().terms.get(term), { seat: ALICE, inRow: 1, since: 60_000, until: 60_000 + 30 * DAY })
  for (const role of ELECTED) life.say(ALICE, take(role))
  t.equal(life.now().terms.size, 1, 'a mandate is not taken')
  life.say(BOB, hand(term, true, 'Enough'))
  t.notOk(life.now().terms.get(term)?.ended)
  t.notOk(life.now().terms.get(term)?.handover)
  life.say(ALICE, hand(term, true, 'The projector is at Bob’s'))
  t.match(life.now().terms.get(term), { handover: 'The projector is at Bob’s', ended: { how: 'ended' } })
  life.say(ALICE, hand(term, false, 'And the key at Carol’s'))
  t.match(life.now().terms.get(term)?.handover, 'And the key', 'a note can be mended afterwards')
})

t.test('I11 a beginner holds no mandate, by whatever vote', async (t) => {
  const votes = elections([ALICE, BOB, CAROL])
  for (const role of ELECTED) {
    t.equal(electFault(votes.roles, { role, seat: DORA }, [ALICE, BOB, CAROL]), 'beginner')
    votes.elect({ role, seat: DORA })
    t.strictSame(votes.holders(role), [])
  }
  votes.elect({ role: 'minder', seat: ALICE })
  t.strictSame(votes.holders('minder'), [ALICE])
})

t.test('3.B twice in a row is enough; after somebody else it begins anew', async (t) => {
  const votes = elections()
  votes.elect({ role: 'delegate', seat: ALICE })
  votes.elect({ role: 'delegate', seat: ALICE })
  t.equal(electFault(votes.roles, { role: 'delegate', seat: ALICE }, SEATS), 'terms')
  const third = votes.elect({ role: 'delegate', seat: ALICE })
  t.notOk(votes.roles.terms.has(third))
  t.strictSame(votes.holders('delegate'), [ALICE], 'the second term goes on')
  votes.elect({ role: 'delegate', seat: BOB })
  t.strictSame(votes.holders('delegate'), [BOB])
  const again = votes.elect({ role: 'delegate', seat: ALICE })
  t.equal(votes.roles.terms.get(again)?.inRow, 1)
})

t.test('3.B there is one delegate, and at most three minders: the longest serving one is free', async (t) => {
  const votes = elections()
  for (const seat of [ALICE, BOB, CAROL, DORA]) votes.elect({ role: 'minder', seat })
  t.strictSame(votes.holders('minder'), [BOB, CAROL, DORA])
  for (const seat of [ALICE, BOB]) votes.elect({ role: 'delegate', seat })
  t.strictSame(votes.holders('delegate'), [BOB])
})

t.test('3.C recalled is recalled at once, and the alternate has the rest of the term', async (t) => {
  const votes = elections()
  const first = votes.elect({ role: 'delegate', seat: ALICE, days: 90 })
  votes.elect({ role: 'alternate', seat: BOB })
  const stepped = votes.recall(first)
  t.strictSame([votes.holders('delegate'), votes.holders('alternate')], [[BOB], []])
  t.equal(votes.roles.terms.get(first)?.ended?.how, 'recalled')
  t.equal(votes.roles.terms.get(stepped)?.until, votes.roles.terms.get(first)?.until)
  votes.recall(first)
  t.strictSame(votes.holders('delegate'), [BOB], 'a second time changes nothing')
  votes.recall(stepped)
  t.strictSame(votes.holders('delegate'), [], 'and then there is nobody')
})

t.test('CL6 two missing reports ask for a recall, when two members’ devices say so', async (t) => {
  const votes = elections()
  const term = votes.elect({ role: 'delegate', seat: ALICE })
  let now: Committee = { ...emptyCommittee, terms: votes.roles.terms }
  let order = 2000
  const three = [ALICE, BOB, CAROL]
  const say = (seat: string, content: KnownContent): string => {
    order++
    const id = idOf(order)
    now = apply(now, { id, seat, device: seat, order, at: order * HOUR, electorate: three, content })
    return id
  }
  const its = () => now.terms.get(term)
  const asked = (full: readonly string[] = three) => {
    const one = its()
    return one !== undefined && isRecallAsked(one, full)
  }
  const due = (seat: string) => say(seat, { type: 'recallDue', term })
  const [first] = ['Reinstatement', 'Rota'].map((item) => {
    due(BOB)
    return say(BOB, owe(term, item))
  })
  t.notOk(its()?.due, 'not before two are owed')
  for (const seat of [BOB, BOB, ALICE, DORA]) due(seat)
  t.notOk(asked(), 'one clock, the holder and a beginner')
  t.ok(asked([ALICE, BOB]), 'where there is one other, that one')
  due(CAROL)
  t.ok(asked())
  say(ALICE, tell(first ?? ''))
  t.notOk(asked(), 'as long as they are missing')
})

t.test(
  '3.C a third of those who count ask for a recall; the holder, beginners and doubles do not count',
  async (t) => {
    const electorate = [ALICE, BOB, CAROL, DORA]
    const life = newLife(electorate)
    const term = life.say(ALICE, take('liaison'))
    const isAsked = () => {
      const one = life.now().terms.get(term)
      return one !== undefined && isRecallAsked(one, electorate)
    }
    for (const seat of [ALICE, EMIL, BOB, BOB]) life.say(seat, ask(term))
    t.equal(isAsked(), false)
    life.say(CAROL, ask(term))
    t.equal(isAsked(), true)
    life.say(BOB, ask(term, false))
    t.equal(isAsked(), false)
  },
)

t.test('3.C a report is owed to the committee, given by the delegate alone, and once', async (t) => {
  const life = newLife()
  const votes = elections()
  const term = votes.elect({ role: 'delegate', seat: ALICE })
  const start: Committee = { ...emptyCommittee, terms: votes.roles.terms }
  const said = (n: number, seat: string, content: KnownContent) => ({
    id: idOf(n),
    seat,
    device: seat,
    order: n,
    at: n * HOUR,
    electorate: SEATS,
    content,
  })
  const after = applyAll(start, [
    said(2001, BOB, owe(term, 'Reinstatement')),
    said(2002, CAROL, owe(term, 'Reinstatement')),
    said(2003, CAROL, owe(term, 'Rota')),
    said(2004, BOB, { ...tell(idOf(2001)), said: 'I was there, too' } as KnownContent),
    said(2005, ALICE, tell(idOf(2001))),
    said(2006, ALICE, { ...tell(idOf(2001)), said: 'Something else' } as KnownContent),
  ])
  const page = (nowMs: number) => whoHoldsWhat(after, around(nowMs))
  t.match(page(2010 * HOUR).holdings, [
    {
      is: 'active',
      owed: [
        { item: 'Reinstatement', is: 'given', report: { said: 'We act' } },
        { item: 'Rota', is: 'owed' },
      ],
    },
  ])
  t.equal(page(2003 * HOUR + 73 * HOUR).holdings[0]?.owed[1]?.is, 'missed')
  t.strictSame(page(2003 * HOUR + 73 * HOUR).warnings, [], 'one missed report is no reason to call back')
  t.ok(life)
})

t.test('section 10, 24: two missed reports suggest a recall, and a report takes one away', async (t) => {
  const votes = elections()
  const term = votes.elect({ role: 'delegate', seat: ALICE })
  const owed = ['Reinstatement', 'Rota'].map((item, i) => ({ id: idOf(i), item, at: 0 }))
  const held = votes.roles.terms.get(term)
  if (!held) throw new Error('no term')
  const page = (reported: number) => {
    const debts = owed.map((one, i) => (i < reported ? { ...one, report: { at: 0, said: 'x' } } : one))
    const terms = new Map([[term, { ...held, owed: debts }]])
    return whoHoldsWhat({ ...emptyCommittee, terms }, around(80 * DAY)).warnings
  }
  t.strictSame(page(0), [{ is: 'reports_missed', seat: ALICE, term, missed: 2 }])
  t.strictSame(page(1), [])
})

const around = (nowMs: number, more: Partial<Around> = {}): Around => ({
  nowMs,
  isVoting: () => false,
  members: SEATS.map((seat) => ({ seat, heardAt: nowMs })),
  motions: [],
  ...more,
})

t.test(
  '3.B the page warns of many roles, long service, one who proposes most, and who is not heard',
  async (t) => {
    const life = newLife()
    for (const role of ['facilitator', 'note_taker', 'duty'] as const) life.say(ALICE, take(role))
    for (let i = 0; i < 3; i++) life.say(BOB, take('marshal'))
    const kinds = (page: { warnings: readonly Warning[] }) =>
      page.warnings.map(({ is, seat }) => `${is} ${seat}`)
    t.strictSame(kinds(whoHoldsWhat(life.now(), around(DAY))), [`many_roles ${ALICE}`, `long_service ${BOB}`])
    const motions = [ALICE, ALICE, ALICE, BOB].map((seat) => ({ seat, at: 100 * DAY }))
    const members = [
      { seat: CAROL, heardAt: 60 * DAY },
      ...[ALICE, BOB].map((seat) => ({ seat, heardAt: 75 * DAY })),
    ]
    const quiet = newLife().now()
    t.strictSame(whoHoldsWhat(quiet, around(101 * DAY, { motions, members })).warnings, [
      { is: 'proposes_most', seat: ALICE, motions: 3, of: 4 },
      { is: 'not_heard', seat: CAROL, days: 41 },
    ])
    t.strictSame(
      kinds(whoHoldsWhat(quiet, around(101 * DAY, { motions: motions.slice(1) }))),
      [],
      'three are few',
    )
    t.strictSame(kinds(whoHoldsWhat(quiet, around(161 * DAY, { motions }))), [], 'and that was long ago')
  },
)

t.test(
  '3.B a member who has gone holds nothing, and the alternate speaks while there is no delegate',
  async (t) => {
    const votes = elections()
    votes.elect({ role: 'delegate', seat: ALICE })
    votes.elect({ role: 'alternate', seat: BOB })
    const committee = { ...emptyCommittee, terms: votes.roles.terms }
    const late = 1003 * HOUR
    t.equal(speaker(whoHoldsWhat(committee, around(late))), ALICE)
    const without = around(late, { members: [BOB, CAROL].map((seat) => ({ seat, heardAt: late })) })
    t.equal(speaker(whoHoldsWhat(committee, without)), BOB)
    t.equal(speaker(whoHoldsWhat(committee, around(late + 91 * DAY))), undefined, 'nor when its time is over')
  },
)

const content: fc.Arbitrary<KnownContent> = fc.oneof(
  fc.constantFrom(...(Object.keys(ROLES) as Role[])).map(take),
  fc.tuple(earlyId, fc.boolean()).map(([id, ends]) => hand(id, ends, 'note')),
  earlyId.map((id) => owe(id, 'Rota')),
  earlyId.map(tell),
  fc.tuple(earlyId, fc.boolean()).map(([id, asks]) => ask(id, asks)),
)

t.test(
  'D8 order decides about roles; cuts, repetitions and clocks change nothing, and nobody asks twice',
  async () => {
    await fc.assert(
      fc.property(sayingsOf(content), fc.nat(30), clocks, (all, cut, times) => {
        const { terms } = applyAll(emptyCommittee, all)
        const part = (committee: Committee) => committee.terms
        const isCounted = [...terms.values()].every(
          (term) => !term.recall.has(term.seat) && term.recall.size <= 3 && SEATS.includes(term.seat),
        )
        return isCounted && isSteady(all, cut, part) && isTimeless(all, times, part)
      }),
      { numRuns: 500 },
    )
  },
)

t.test(
  '3.B whatever is voted, no more hold a role than there are places, and nobody three times in a row',
  async () => {
    const vote = fc.oneof(
      fc.record({ role: fc.constantFrom(...ELECTED), seat: fc.constantFrom(...SEATS) }),
      fc.nat(20),
    )
    await fc.assert(
      fc.property(fc.array(vote, { maxLength: 40, size: 'max' }), (all) => {
        const votes = elections(SEATS.slice(0, 4))
        for (const one of all) {
          if (typeof one !== 'number') votes.elect(one)
          else votes.recall([...votes.roles.terms.keys()][one] ?? '')
        }
        const terms = [...votes.roles.terms.values()]
        const places = [votes.holders('delegate'), votes.holders('alternate'), votes.holders('panel')]
        return (
          places.every((held) => held.length <= 1) &&
          votes.holders('minder').length <= 3 &&
          new Set(votes.holders('minder')).size === votes.holders('minder').length &&
          terms.every(({ seat, role, inRow }) => seat !== EMIL && (inRow <= 2 || role === 'delegate'))
        )
      }),
      { numRuns: 500 },
    )
  },
)
