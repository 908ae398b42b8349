/** The assembly's fold by its own account (SPEC.md CI3 to CI7): who is in, whose keys and letters count, terms and items. Pure; real signatures. */
import * as fc from 'fast-check'
import t from 'tap'
import {
  encodeSigned,
  type Letter,
  type LetterSaying,
  signLetter,
} from '../../../../client/core/city/letter.ts'
import { letterKeyOf, letterListOf, listRoot } from '../../../../client/core/city/letterKeys.ts'
import { packed } from '../../../../client/core/city/packing.ts'
import { assemblyStage, membersIn, tallyOf } from '../../../../client/core/committee/assemblyLife.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import { concat, sameBytes } from '../../../../shared/base/bytes.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, sha256 } from '../../../../shared/crypto/sodium.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { DAY, newLife } from './life.ts'

await cryptoReady

const CITY = '9'.repeat(64)
const WRITER = '5'.repeat(64)
const SEED = '6'.repeat(64)
const SHOWN = { code: 'Heron', sector: 'food', area: 'north', languages: ['en'] }

type Side = { readonly card: string; readonly seat: string; readonly seeds: readonly Uint8Array[] }
const side = (letter: string, at: number): Side => ({
  card: letter.repeat(32),
  seat: SEATS[at] ?? '',
  seeds: [1, 2].map((n) => new Uint8Array(32).fill(16 * at + n)),
})
const [heron, sparrow, swift, rook] = [side('a', 0), side('b', 1), side('c', 2), side('d', 3)] as const

const listOf = ({ seeds }: Side, term: number): readonly Uint8Array[] =>
  letterListOf(
    seeds.map((seed) => sha256(letterKeyOf(seed, term).publicKey)),
    seeds[0] ?? new Uint8Array(32),
  )

let serial = 100
const letterOf = (from: Side, says: LetterSaying, more: Partial<Letter> = {}): Letter => ({
  ...{ version: 1, city: CITY, card: from.card, term: 1, serial: ++serial, says },
  ...more,
})

/** Signed with the first so many keys of the letter's term. */
const signedBy = (from: Side, letter: Letter, signers = 2): string => {
  const list = listOf(from, letter.term)
  const signatures = from.seeds
    .slice(0, signers)
    .map((seed) => letterKeyOf(seed, letter.term))
    .map((pair) => {
      const place = list.findIndex((hash) => sameBytes(hash, sha256(pair.publicKey)))
      return signLetter(letter, place, pair)
    })
    .sort((a, b) => a.place - b.place)
  return packed(encodeSigned({ letter, signatures }))
}

const keysSaying = (from: Side, of: number): LetterSaying => ({
  type: 'keys',
  of,
  root: toHex(listRoot(listOf(from, of))),
  writer: WRITER,
})

/** An assembly in which things are said, letters signed by two unless told otherwise. */
const assembly = () => {
  const life = newLife()
  const letter = (by: Side, value: Letter, from = by, signers = 2) =>
    life.say(by.seat, { type: 'cityLetter', letter: signedBy(from, value, signers) })
  const keys = (by: Side, term: number, vouch?: string, from = by) =>
    life.say(by.seat, {
      type: 'cardKeys',
      card: from.card,
      term,
      keys: packed(concat(...listOf(from, term))),
      writer: WRITER,
      ...(vouch === undefined ? {} : { letter: vouch }),
    })
  const show = (by: Side, more = {}) =>
    life.say(by.seat, { type: 'card', city: CITY, card: by.card, signers: 2, ...SHOWN, ...more })
  const welcome = (by: Side, whom: Side) => life.say(by.seat, { type: 'cardWelcome', card: whom.card })
  const join = (by: Side) => letter(by, letterOf(by, { type: 'join' }))
  const comeIn = (by: Side, ...welcoming: readonly Side[]) => {
    show(by)
    keys(by, 1)
    join(by)
    for (const one of welcoming) welcome(one, by)
  }
  return {
    ...life,
    ...{ letter, keys, show, welcome, join, comeIn },
    cardOf: ({ card }: Side) => life.now().cards.get(card),
    isIn: ({ card }: Side) => membersIn(life.now()).some(({ id }) => id === card),
    announce: (by: Side, term: number, startsAt: number, isEmergency = false) =>
      life.say(by.seat, {
        type: 'assemblyTerm',
        ...{ term, startsAt, seed: SEED, delegates: SEED },
        ...(isEmergency ? { isEmergency } : {}),
      } as KnownContent),
    newKeys: (by: Side, term: number, before = term - 1) =>
      keys(by, term, signedBy(by, letterOf(by, keysSaying(by, term), { term: before }))),
  }
}
const three = () => {
  const city = assembly()
  city.comeIn(heron)
  city.comeIn(sparrow, heron)
  city.comeIn(swift, heron, sparrow)
  return city
}

t.test('CI4 a card is in when its committee wants it and two thirds of those in do', async (t) => {
  const city = assembly()
  city.show(heron)
  city.keys(heron, 1)
  t.notOk(city.isIn(heron))
  city.letter(heron, letterOf(heron, { type: 'join' }), heron, 1)
  t.notOk(city.isIn(heron), 'one signature is nobody’s committee')
  city.join(heron)
  t.ok(city.isIn(heron), 'the first needs nobody')
  city.comeIn(sparrow)
  t.notOk(city.isIn(sparrow))
  city.welcome(sparrow, sparrow)
  t.notOk(city.isIn(sparrow), 'nobody who is not in welcomes anybody')
  t.equal(city.cardOf(sparrow)?.welcomedBy.size, 0, 'nor later')
  city.welcome(heron, sparrow)
  t.ok(city.isIn(sparrow))
  t.equal(assemblyStage(city.now()), 'ratified')
  city.comeIn(swift, heron)
  t.notOk(city.isIn(swift), 'one of two is not two thirds')
  city.welcome(sparrow, swift)
  t.equal(assemblyStage(city.now()), 'active')
  city.show(rook)
  city.keys(rook, 1)
  for (const one of [heron, sparrow, swift]) city.welcome(one, rook)
  t.notOk(city.isIn(rook), 'whoever does not want it is not in, whoever else does')
  city.join(rook)
  t.ok(city.isIn(rook))
})

t.test('CI4 nobody shows two cards, another one’s card, or a card of another city', async (t) => {
  const city = three()
  city.show({ ...rook, seat: heron.seat })
  city.show({ ...rook, card: heron.card }, { code: 'Thief' })
  city.show(rook, { city: '8'.repeat(64) })
  t.equal(city.now().cards.size, 3)
  t.equal(city.cardOf(heron)?.code, 'Heron')
  for (let i = 0; i < 130; i++) city.show({ ...rook, seat: idOf(1000 + i), card: idOf(2000 + i) })
  t.equal(city.now().cards.size, 127)
})

t.test('CI4 keys of a later term need a letter of the committee that says the same', async (t) => {
  const city = three()
  const has = (term: number) => city.cardOf(heron)?.keys.has(term)
  city.announce(heron, 1, DAY)
  const vouched = (says: LetterSaying, more: Partial<Letter> = {}, signers = 2) =>
    city.keys(heron, 2, signedBy(heron, letterOf(heron, says, more), signers))
  const right = keysSaying(heron, 2)
  city.keys(heron, 2)
  vouched(right, {}, 1)
  vouched(right, { city: '8'.repeat(64) })
  vouched(right, { card: sparrow.card })
  vouched(right, { term: 2 })
  vouched({ ...right, of: 3 } as LetterSaying)
  vouched({ ...right, writer: '4'.repeat(64) } as LetterSaying)
  vouched({ ...right, root: '4'.repeat(64) } as LetterSaying)
  vouched({ type: 'join' })
  city.keys(sparrow, 2, signedBy(heron, letterOf(heron, right)), heron)
  t.notOk(has(2))
  vouched(right)
  t.ok(has(2))
  const writer = '4'.repeat(64)
  const list = packed(concat(...listOf(heron, 2)))
  const again = (serial?: number) => {
    const says = { ...right, writer } as LetterSaying
    const letter = serial ? letterOf(heron, says, { serial }) : undefined
    const vouch = letter && { letter: signedBy(heron, letter) }
    city.say(heron.seat, { type: 'cardKeys', card: heron.card, term: 2, keys: list, writer, ...vouch })
    return city.cardOf(heron)?.keys.get(2)?.writer
  }
  t.equal(again(), WRITER, 'said once')
  t.equal(again(1), WRITER, 'by an older letter')
  t.equal(again(++serial), writer, 'a newer one replaces them: the key of a taken phone leaves')
  vouched(right, { serial: 2 })
  t.equal(city.cardOf(heron)?.keys.get(2)?.writer, writer, 'and not back')
  vouched(right)
  city.show(rook)
  const short = packed(concat(...listOf(rook, 1).slice(1)))
  city.say(rook.seat, { type: 'cardKeys', card: rook.card, term: 1, keys: short, writer })
  t.equal(city.cardOf(rook)?.keys.size, 0, 'of 32 keys')
  city.newKeys(heron, 3, 2)
  t.notOk(has(3), 'not far ahead')
  city.newKeys(sparrow, 2)
  city.announce(heron, 2, 8 * DAY)
  city.newKeys(heron, 3)
  t.strictSame([...(city.cardOf(heron)?.keys.keys() ?? [])], [2, 3], 'the last two are kept')
})

t.test('CI3 a letter counts once, of its own city, card and keys', async (t) => {
  const city = three()
  const leave = letterOf(heron, { type: 'leave' })
  city.letter(sparrow, { ...leave, city: '8'.repeat(64) }, heron)
  city.letter(sparrow, { ...leave, card: swift.card }, heron)
  city.letter(sparrow, { ...leave, term: 2 }, heron)
  t.equal(membersIn(city.now()).length, 3)
  city.letter(sparrow, leave, heron)
  t.notOk(city.isIn(heron), 'whoever carries it')
  t.strictSame(city.cardOf(heron)?.speakers, [])
  t.equal(assemblyStage(city.now()), 'paused')
  city.letter(sparrow, letterOf(heron, { type: 'join' }), heron)
  city.letter(sparrow, letterOf(swift, { type: 'leave' }), swift)
  city.letter(sparrow, letterOf(swift, { type: 'join' }), swift)
  t.notOk(city.isIn(heron) || city.isIn(swift), 'that card has gone, whoever has welcomed it')
})

t.test('CI4 whoever has left welcomes nobody', async (t) => {
  const city = three()
  city.comeIn(rook, heron, sparrow)
  t.ok(city.isIn(rook))
  const left = three()
  left.show(rook)
  left.keys(rook, 1)
  for (const one of [heron, sparrow]) left.welcome(one, rook)
  left.letter(heron, letterOf(heron, { type: 'leave' }))
  left.join(rook)
  t.notOk(left.isIn(rook), 'one of the two that are left')
})

t.test('CI4 who speaks for a card is named by its newest letter; nobody speaks for two', async (t) => {
  const city = three()
  const [, , , , other = ''] = SEATS
  const speakers = (seats: readonly string[], of: number, by = heron) =>
    city.letter(by, letterOf(heron, { type: 'speakers', seats: seats as SeatId[] }, { serial: of }), heron)
  speakers([other, sparrow.seat], 2000)
  t.strictSame(city.cardOf(heron)?.speakers, [other])
  speakers([heron.seat], 1999, sparrow)
  t.strictSame(city.cardOf(heron)?.speakers, [other], 'an older letter that comes later')
  city.comeIn(rook)
  city.welcome(heron, rook)
  t.equal(city.cardOf(rook)?.welcomedBy.size, 0, 'who no longer speaks for it')
  city.welcome({ ...heron, seat: other }, rook)
  t.equal(city.cardOf(rook)?.welcomedBy.size, 1)
})

t.test('CI6 the next term, by whoever is in, with keys of more than half, six days behind', async (t) => {
  const city = assembly()
  const terms = () => [...city.now().bulletins.keys()]
  city.comeIn(heron)
  city.comeIn(sparrow, heron)
  city.announce(heron, 1, DAY)
  t.strictSame(terms(), [], 'two committees are not enough')
  city.comeIn(swift, heron, sparrow)
  city.show(rook)
  city.announce(rook, 1, DAY)
  city.announce(heron, 2, DAY)
  t.strictSame(terms(), [])
  city.announce(heron, 1, DAY)
  t.strictSame(terms(), [1])
  t.strictSame(
    city
      .now()
      .bulletins.get(1)
      ?.listed.map(({ card }) => card),
    [heron.card, sparrow.card, swift.card],
  )
  city.newKeys(heron, 2)
  city.announce(heron, 2, 8 * DAY)
  t.strictSame(terms(), [1], 'one of three handed in keys')
  city.newKeys(sparrow, 2)
  city.announce(heron, 2, 7 * DAY - 1)
  t.strictSame(terms(), [1], 'too early')
  city.announce(heron, 2, 7 * DAY)
  city.announce(sparrow, 2, 20 * DAY)
  t.equal(city.now().bulletins.get(2)?.startsAt, 7 * DAY, 'the first one counts')
  t.strictSame(
    city
      .now()
      .bulletins.get(2)
      ?.listed.map(({ card }) => card),
    [heron.card, sparrow.card],
  )
  for (const one of [heron, sparrow]) city.newKeys(one, 3)
  city.announce(heron, 3, 14 * DAY)
  t.strictSame(terms(), [2, 3], 'two are kept')
})

t.test('CI6 in an emergency at once, when another committee says so too', async (t) => {
  const city = three()
  city.announce(heron, 1, DAY)
  for (const one of [heron, sparrow]) city.newKeys(one, 2)
  const entry = city.announce(heron, 2, 2 * DAY, true)
  const too = (by: Side, of = entry) => city.say(by.seat, { type: 'assemblyTermToo', entry: of })
  too(heron)
  t.notOk(city.now().bulletins.has(2), 'its own committee again')
  city.show(rook)
  too(rook)
  t.notOk(city.now().bulletins.has(2), 'somebody who is not in')
  const other = city.announce(swift, 2, 3 * DAY, true)
  too(sparrow)
  t.equal(city.now().bulletins.get(2)?.startsAt, 2 * DAY)
  too(sparrow, other)
  t.equal(city.now().bulletins.get(2)?.startsAt, 2 * DAY, 'what was waiting is over')
})

t.test('CI5 one answer a committee; where a mandate is needed only its letter counts', async (t) => {
  const city = three()
  const put = (by: Side, needsMandate = false) =>
    city.say(by.seat, { type: 'assemblyItem', title: 'A', text: 'b', lang: 'en', needsMandate })
  const itemOf = (id: string) => city.now().items.get(id)
  const say = (by: Side, item: string, take: 'act' | 'support' | 'against') =>
    city.say(by.seat, { type: 'itemAnswer', item, take })
  const answer = (from: Side, item: string, take: 'act' | 'against', of = ++serial) =>
    city.letter(sparrow, letterOf(from, { type: 'answer', item, take }, { serial: of }), from)
  city.show(rook)
  city.keys(rook, 1)
  t.equal(itemOf(put(rook)), undefined, 'nobody asks who is not in')
  const bound = put(heron, true)
  say(heron, bound, 'act')
  t.equal(itemOf(bound)?.answers.size, 0)
  answer(heron, bound, 'act', 3000)
  answer(heron, bound, 'against', 2999)
  answer(rook, bound, 'act')
  t.strictSame(
    [...(itemOf(bound)?.answers ?? [])],
    [[heron.card, { take: 'act', by: 'letter', serial: 3000 }]],
  )
  answer(heron, bound, 'against', 3001)
  t.equal(itemOf(bound)?.answers.get(heron.card)?.take, 'against', 'its newest letter')
  const free = put(heron)
  say(heron, free, 'act')
  say(heron, free, 'support')
  say(rook, free, 'act')
  t.notOk(itemOf(free)?.answers.has(rook.card), 'who is not in has no voice')
  t.match(tallyOf(city.now(), itemOf(free) as never), { act: 0, support: 1, silent: 2 })
  answer(heron, free, 'against', 1)
  t.match(
    itemOf(free)?.answers.get(heron.card),
    { take: 'against', by: 'letter' },
    'over its delegate’s word',
  )
  say(heron, free, 'act')
  t.match(itemOf(free)?.answers.get(heron.card), { take: 'against', by: 'letter' }, 'and it stays over it')
  for (let i = 0; i < 20; i++) put(swift)
  const asked = [...city.now().items.values()]
  t.equal(asked.filter(({ card }) => card === swift.card).length, 16)
})

t.test(
  'CI5 an item is closed by two committees, if all have answered or more than half say so',
  async (t) => {
    const city = three()
    city.comeIn(rook, heron, sparrow, swift)
    const content = { title: 'A', text: 'b', lang: 'en', needsMandate: false }
    const put = () => city.say(heron.seat, { type: 'assemblyItem', ...content })
    const close = (by: Side, item: string) => city.say(by.seat, { type: 'itemClose', item })
    const say = (by: Side, item: string) => city.say(by.seat, { type: 'itemAnswer', item, take: 'act' })
    const isClosed = (item: string) => city.now().items.get(item)?.closed !== undefined
    const early = put()
    for (const one of [heron, heron, sparrow]) close(one, early)
    t.notOk(isClosed(early), 'half is not more than half')
    close(swift, early)
    t.ok(isClosed(early))
    say(rook, early)
    city.letter(rook, letterOf(rook, { type: 'answer', item: early, take: 'act' }))
    t.equal(city.now().items.get(early)?.answers.size, 0, 'what is over is not answered')
    const late = put()
    for (const one of [heron, sparrow, swift, rook]) say(one, late)
    close(heron, late)
    t.notOk(isClosed(late), 'one alone closes nothing')
    close(sparrow, late)
    t.ok(isClosed(late))
  },
)

/** Moves of a committee, carried by anybody's delegate; `signers`: how many of its own have signed. */
type Move = { readonly who: Side; readonly by: Side; readonly signers: number }
type City = ReturnType<typeof three>
const saying =
  (says: (item: string, who: Side) => LetterSaying) =>
  (city: City, item: string, { who, by, signers }: Move): unknown =>
    city.letter(by, letterOf(who, says(item, who)), who, signers)
const MOVES = {
  join: saying(() => ({ type: 'join' })),
  leave: saying(() => ({ type: 'leave' })),
  speakers: saying((_, { seat }) => ({ type: 'speakers', seats: [seat as SeatId] })),
  answer: saying((item) => ({ type: 'answer', item, take: 'act' })),
  welcome: (city: City, _: string, { who, by }: Move) => city.welcome(by, who),
  delegate: (city: City, item: string, { who }: Move) =>
    city.say(who.seat, { type: 'itemAnswer', item, take: 'support' }),
  show: (city: City, _: string, { who }: Move) => city.show(who),
} as const

t.test(
  'CI1 CI4 whatever is said in whatever order, whoever has left is out, has no voice, and stays out',
  async (t) => {
    const anySide = fc.constantFrom(heron, sparrow, swift)
    const move = fc.record({ who: anySide, by: anySide, signers: fc.constantFrom(1, 2) })
    const does = fc.constantFrom(...(Object.keys(MOVES) as (keyof typeof MOVES)[]))
    let left = 0
    const holds = (steps: readonly (readonly [keyof typeof MOVES, Move])[]): void => {
      const city = three()
      const open = { title: 'A', text: 'b', lang: 'en', needsMandate: false }
      const item = city.say(heron.seat, { type: 'assemblyItem', ...open })
      const answerOf = ({ card }: Side) => city.now().items.get(item)?.answers.get(card)
      const gone = new Map<Side, ReturnType<typeof answerOf>>()
      for (const [what, one] of steps) {
        MOVES[what](city, item, one)
        if (what === 'leave' && one.signers === 2 && !gone.has(one.who)) gone.set(one.who, answerOf(one.who))
      }
      for (const side of [heron, sparrow, swift])
        t.same([city.isIn(side), city.cardOf(side)?.hasLeft === true], [!gone.has(side), gone.has(side)])
      for (const [side, answer] of gone) t.equal(answerOf(side), answer, 'nothing is answered any more')
      left += gone.size
    }
    const moves = fc.array(fc.tuple(does, move), { minLength: 5, maxLength: 20 })
    await fc.assert(
      fc.property(moves, (steps) => holds(steps)),
      { numRuns: 60 },
    )
    t.ok(left > 30, 'and many do leave')
  },
)
