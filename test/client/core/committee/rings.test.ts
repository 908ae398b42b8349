/** What leaves the committee about an alarm (product.md R5, R6, 3.E): no field that its ring does not list, no name without its person, no words that tell too much. */
import * as fc from 'fast-check'
import t from 'tap'
import type { AlarmContent } from '../../../../client/core/committee/alarmContent.ts'
import type { Alarm } from '../../../../client/core/committee/alarmLife.ts'
import {
  apply,
  applyAll,
  type Committee,
  emptyCommittee,
} from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import {
  decodeRing1,
  encodeRing1,
  gapsIn,
  hiddenNames,
  type Ring2,
  type RingWords,
  ring1Of,
  ring2Of,
  ring2Text,
} from '../../../../client/core/committee/ring.ts'
import { leaksIn } from '../../../../client/core/committee/scan.ts'
import { previewOf } from '../../../../client/core/session/sharing.ts'
import { idOf, SEATS, sayings } from './arbitraries.ts'

const [ALICE = '', BOB = '', CAROL = ''] = SEATS
const CARD = { code: 'Heron', sector: 'food', area: 'north' }
const CALL = 'ab'.repeat(16)
const HOUR = 3_600_000

/** As bare as it can be: whatever else stands in the text came out of the fields. */
const WORDS: RingWords = {
  first: (ring) => `first ${JSON.stringify(ring)}`,
  workplace: (workplace) => `workplace ${workplace}`,
  name: (name) => `name ${name}`,
  needs: (needs) => `needs ${needs.join()}`,
  checked: 'checked by two',
}
const DRAFT = { demand: 'the demand', ask: 'the ask', workplace: 'the big hotel' }

const raise = (more: Partial<AlarmContent> = {}): KnownContent => ({
  type: 'alarm',
  kind: 'fired',
  severity: 'now',
  facts: 'secret facts',
  guesses: 'secret guesses',
  place: 'secret place',
  safeContact: { may: 'phrase' },
  needs: ['witness'],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
  ...more,
})

/** Ana raises it; Bob is called that; then whatever is said. */
const told = (content: KnownContent, ...then: readonly (readonly [string, KnownContent])[]) => {
  let committee: Committee = emptyCommittee
  const all: readonly (readonly [string, KnownContent])[] = [
    [ALICE, { type: 'introduce', handle: 'Ana' }],
    [BOB, { type: 'introduce', handle: 'Bob' }],
    [ALICE, content],
    ...then,
  ]
  all.forEach(([seat, one], i) => {
    const said = { id: idOf(i), seat, device: seat, order: i, at: 1000 * HOUR + 29 * 60_000, content: one }
    committee = apply(committee, said)
  })
  const alarm = committee.alarms.get(idOf(2))
  if (!alarm) throw new Error('no alarm')
  return { committee, alarm }
}
const consent = (name: boolean, workplace: boolean): KnownContent => ({
  type: 'alarmConsent',
  alarm: idOf(2),
  ring: 'city',
  name,
  workplace,
})
const ring2 = ({ committee, alarm }: { committee: Committee; alarm: Alarm }): Ring2 =>
  ring2Of(alarm, CARD, committee, DRAFT)

t.test(
  'R5 ring R1 holds its fixed fields and nothing that anybody wrote, the time to the hour',
  async (t) => {
    const { alarm } = told(raise())
    t.strictSame(ring1Of(alarm, CARD, CALL), {
      v: 1,
      ring: 'r1',
      kind: 'fired',
      severity: 'now',
      hour: 1000,
      code: 'Heron',
      sector: 'food',
      area: 'north',
      needs: ['witness'],
      checked: false,
      call: CALL,
    })
  },
)

const WRITTEN = ['facts', 'guesses', 'place', 'how', 'phrase', 'text', 'note', 'what', 'handle', 'title']

/** Whatever somebody wrote is marked. */
const marked = (content: unknown): KnownContent =>
  JSON.parse(JSON.stringify(content), (key, value) =>
    WRITTEN.includes(key)
      ? `LEAK ${[...String(value)].slice(0, 12).join('').replaceAll('#', '')}`.trim()
      : value,
  )

/** What leaves about an alarm and should not. */
const leftOf = (committee: Committee, alarm: Alarm): readonly string[] => {
  const r1 = encodeRing1(ring1Of(alarm, CARD, CALL))
  const r2 = ring2Text(ring2Of(alarm, CARD, committee, DRAFT), WORDS)
  const mayName = alarm.consents.get('city')?.name === true && alarm.concerned !== undefined
  const ids = [...SEATS, alarm.id].filter((id) => `${r1}${r2}`.includes(id))
  return [...ids, ...(`${r1}${mayName ? '' : r2}`.includes('LEAK') ? [r1, r2] : [])]
}

t.test('R5 no field leaves that its ring does not list, whatever was said', async (t) => {
  let seen = 0
  await fc.assert(
    fc.property(sayings(25), (all) => {
      const loud = all.map((said) => ({ ...said, content: marked(said.content) }))
      const committee = applyAll(emptyCommittee, loud)
      const alarms = [...committee.alarms.values()]
      seen += alarms.length
      return alarms.every((alarm) => leftOf(committee, alarm).length === 0)
    }),
    { numRuns: 200 },
  )
  t.ok(seen > 100)
})

t.test('R5 a value with another field is neither written nor read, and has one form', async (t) => {
  const { alarm, committee } = told(raise())
  const good = ring1Of(alarm, CARD, CALL)
  t.strictSame(decodeRing1(encodeRing1(good)), good)
  const more = { ...good, facts: 'secret facts' }
  t.throws(() => encodeRing1(more))
  t.equal(decodeRing1(JSON.stringify(more)), undefined)
  t.equal(decodeRing1(` ${encodeRing1(good)}`), undefined)
  t.equal(decodeRing1(encodeRing1(good).replace('"needs":', '"needs":["fire"],"needs":')), undefined)
  t.equal(decodeRing1('{'), undefined)
  t.throws(() => encodeRing1({ ...good, call: 'where we meet' }), 'where to answer is 16 random bytes')
  t.throws(() => ring2Text({ ...ring2({ alarm, committee }), place: 'secret' } as Ring2, WORDS))
})

t.test(
  'R6 only the person concerned allows their name and workplace, per ring, and may take it back',
  async (t) => {
    const own = ring2(told(raise()))
    t.notOk('name' in own || 'workplace' in own)
    const said = ring2(told(raise(), [ALICE, consent(true, true)]))
    t.match(said, { name: 'Ana', workplace: 'the big hotel' })
    t.match(ring2(told(raise(), [ALICE, consent(false, true)])), { workplace: 'the big hotel' })
    const back = ring2(told(raise(), [ALICE, consent(true, true)], [ALICE, consent(false, false)]))
    t.notOk('name' in back || 'workplace' in back)
    const other = ring2(told(raise(), [BOB, consent(true, true)]))
    t.notOk('name' in other || 'workplace' in other)
    const named = raise({
      about: { who: 'named', handle: 'Bob' },
      namesAllowed: { team: true, committee: true, city: true, supporters: true, public: true },
    })
    t.notOk('name' in ring2(told(named)), 'whoever raises it about somebody else does not speak for them')
    t.match(ring2(told(named, [BOB, consent(true, false)])), { name: 'Bob' })
    const twice = told(named, [CAROL, { type: 'introduce', handle: 'Bob' }], [CAROL, consent(true, false)])
    t.notOk('name' in ring2(twice))
    const [, clash] = told(
      named,
      [CAROL, { type: 'introduce', handle: 'Bob' }],
      [ALICE, named],
    ).committee.alarms.values()
    t.equal(clash?.concerned, undefined, 'of two Bobs nobody is meant')
    const about = (handle: string, seat: string) =>
      told(raise({ about: { who: 'named', handle, seat } })).alarm.concerned
    t.equal(about('Caro', CAROL), CAROL, 'who never said what they are called')
    t.equal(about('Bob', CAROL), BOB, 'what members call themselves goes before')
    t.equal(about('Caro', ALICE), undefined, 'nobody makes themselves the one concerned')
    const nobody = told(raise({ about: { who: 'not_named' } }), [ALICE, consent(true, true)])
    t.notOk('name' in ring2(nobody))
  },
)

t.test('product.md 3.E R2 needs two who have checked it, and the workplace its consent', async (t) => {
  const checked = (seat: string): readonly [string, KnownContent] => [
    seat,
    { type: 'alarmChecked', alarm: idOf(2), how: 'spoke' },
  ]
  t.strictSame(gapsIn(told(raise()).alarm, DRAFT), ['not_checked_by_two', 'workplace_not_allowed'])
  const one = told(raise(), checked(BOB), checked(BOB), [ALICE, consent(false, true)])
  t.strictSame(gapsIn(one.alarm, DRAFT), ['not_checked_by_two'], 'one person twice is one')
  const heard = told(raise({ checked: 'second_hand' }), checked(BOB), [ALICE, consent(false, true)])
  t.strictSame(
    gapsIn(heard.alarm, DRAFT),
    ['not_checked_by_two'],
    'who has it from others has not checked it',
  )
  t.strictSame(
    gapsIn(told(raise({ checked: 'saw' }), checked(BOB)).alarm, { ...DRAFT, workplace: undefined }),
    [],
  )
})

const LEAKS: readonly (readonly [string, string, string])[] = [
  ['time', 'They called her at 02:15 into the office', '02:15'],
  ['time', 'a las 7 la llamaron', 'a las 7'],
  ['time', 'since 7 pm', '7 pm'],
  ['time', 'الساعة ٣ في المكتب', 'الساعة ٣'],
  ['people', 'we are 14 people here', '14 people'],
  ['people', 'somos doce compañeras', 'doce compañeras'],
  ['people', 'fourteen? no, seven of us', 'seven of us'],
  ['people', '9 out of 12 signed', '9 out of 12'],
  ['people', 'نحن ١٢ عاملا', '١٢ عاملا'],
  ['shift', 'the Night shift knows', 'Night shift'],
  ['shift', 'el turno de noche', 'turno de noche'],
  ['shift', 'في الوردية الليلية', 'الوردية الليلية'],
  ['device', 'from 192.168.1.20', '192.168.1.20'],
  ['device', 'it says aa:bb:cc:dd:ee:ff', 'aa:bb:cc:dd:ee:ff'],
  ['device', 'IMEI: 490154203237518', '490154203237518'],
  ['device', `token ${'ab'.repeat(12)}`, 'ab'.repeat(12)],
  ['handle', 'ANA was fired', 'ANA'],
  ['handle', '\uff21\uff4e\uff41 was fired', 'Ana'],
  ['handle', 'they fired lu.z', 'lu.z'],
  ['handle', 'and Bo (who else) too', 'Bo'],
]

/** As people may write them: with signs of patterns, and in full width. */
const HANDLES = ['Ana', 'Lu.z', '\uff22o', 'J(', '']

t.test(
  'product.md 3.E the scan stops names, exact times, head counts, shifts and devices in three languages',
  async (t) => {
    for (const [what, words, found] of LEAKS) {
      const leaks = leaksIn(words, HANDLES)
      t.ok(
        leaks.some((leak) => leak.what === what && leak.found.includes(found)),
        `${words}: ${JSON.stringify(leaks)}`,
      )
    }
    const fine = [
      'Two euros more, and the lockers open by 3 May',
      'Llamen a la oficina mañana',
      'نريد عودتها إلى العمل',
    ]
    for (const words of fine) t.strictSame(leaksIn(words, [...HANDLES, 'Os', 'l.s']), [], words)
    const { alarm, committee } = told(raise(), [ALICE, consent(true, false)])
    t.strictSame(hiddenNames(alarm, committee), ['Bob'])
    const unasked = told(raise())
    t.strictSame(hiddenNames(unasked.alarm, unasked.committee), ['Ana', 'Bob'])
    const inOrder = leaksIn('at 7 the Night shift saw Ana', ['Ana']).map(({ what }) => what)
    t.strictSame(inOrder, ['time', 'shift', 'handle'], 'as they stand there')
  },
)

t.test(
  '3.E the name of a member who has never changed it is stopped, and told where they allow it',
  async (t) => {
    const { alarm, committee } = told(raise(), [ALICE, consent(true, false)])
    /** As on a phone: what members are called came with their greetings. */
    const own = { seat: CAROL, handle: 'Caro' } as Parameters<typeof previewOf>[0]['own']
    const handles = new Map([
      [ALICE, 'Ana'],
      [BOB, 'Bob'],
    ])
    const view = { own, handles, committee: { ...committee, handles: new Map() } }
    const draft = { ...DRAFT, workplace: undefined, card: CARD, words: WORDS }
    const preview = previewOf(view, alarm, { ...draft, demand: 'Ana, Bob and Caro stay' })
    t.strictSame(
      preview.leaks.map(({ found }) => found),
      ['Bob', 'Caro'],
    )
    t.match(preview.text, /name Ana/)
  },
)
