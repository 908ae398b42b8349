/** A committee's own part in its city (SPEC.md CI1 to CI3, CI7): whose keys are in its list, who may hand in what, and when a letter is signed. Pure; real signatures. */
import t from 'tap'
import {
  type BulletinTerm,
  bulletinLogOf,
  encodeTerm,
  writersOf,
} from '../../../../client/core/city/bulletinTerm.ts'
import { sealCall } from '../../../../client/core/city/call.ts'
import { encodeLetter, type Letter, signLetter } from '../../../../client/core/city/letter.ts'
import {
  cityPath,
  cityRoot,
  letterKeyOf,
  letterListOf,
  listRoot,
} from '../../../../client/core/city/letterKeys.ts'
import { packed } from '../../../../client/core/city/packing.ts'
import { writable } from '../../../../client/core/committee/area.ts'
import {
  type CityEffect,
  isComplete,
  membershipOf,
  settleCity,
} from '../../../../client/core/committee/cityLife.ts'
import { cityFrom, tellCity } from '../../../../client/core/committee/cityResults.ts'
import { apply, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { keyOfSeat } from '../../../../client/core/committee/keyLists.ts'
import { signingOf } from '../../../../client/core/session/cityLetters.ts'
import { isListDue } from '../../../../client/core/session/letterKeysOwed.ts'
import { sameBytes } from '../../../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, sha256 } from '../../../../shared/crypto/sodium.ts'
import { idOf, SEATS } from './arbitraries.ts'

await cryptoReady

const [ALICE = '', BOB = '', CAROL = '', DORA = ''] = SEATS
const CITY = '9'.repeat(64)
const CARD = 'a'.repeat(32)
const SEED = '6'.repeat(64)
const WRITER = '5'.repeat(64)
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

const JOIN: CityEffect = {
  ...{ gives: 'city', city: CITY, to: 'join', card: CARD, from: 3 },
  ...{ code: 'Heron', sector: 'food', area: 'north', languages: ['en'] },
}
const joined = (before: Committee, motion: string, effect: CityEffect): Committee => {
  const draft = writable(before)
  settleCity(draft, motion, effect)
  return draft
}

const pairOf = (seat: string, term: number) => letterKeyOf(sha256(bytesOf(seat)), term)
const hashOf = (seat: string, term: number): Uint8Array => sha256(pairOf(seat, term).publicKey)

/** Alice is the delegate of a committee that has joined. */
const committee = (start = joined(emptyCommittee, idOf(900), JOIN)) => {
  let now = start
  let order = 0
  const say = (seat: string, content: KnownContent, electorate: readonly string[] = SEATS): string => {
    order++
    now = apply(now, { id: idOf(order), seat, device: seat, order, at: order, electorate, content })
    return idOf(order)
  }
  const terms = new Map(now.terms).set(idOf(901), {
    ...{ id: idOf(901), role: 'delegate' as const, seat: ALICE, order: 0, since: 0, until: 1 },
    ...{ inRow: 1, owed: [], recall: new Set<string>() },
  })
  now = { ...now, terms }
  return {
    say,
    now: () => now,
    give: (seat: string, from = 3, count = 8) =>
      say(seat, {
        type: 'letterKeys',
        from,
        keys: Array.from({ length: count }, (_, i) => toHex(hashOf(seat, from + i))),
      }),
    handIn: (seat: string, term: number, electorate: readonly string[] = SEATS) =>
      say(seat, { type: 'cityKeys', term, seed: SEED, writer: WRITER }, electorate),
    list: (term: number) => now.keyLists.get(term),
  }
}

t.test(
  'CI2 the list of a term is the keys of those that count, and fillers; a delegate says which',
  async (t) => {
    const { give, handIn, list, now } = committee()
    for (const seat of [ALICE, BOB, CAROL]) give(seat)
    handIn(BOB, 3)
    t.equal(list(3), undefined, 'only who speaks for it')
    handIn(ALICE, 2)
    t.equal(list(2), undefined, 'before the first term')
    handIn(ALICE, 11)
    t.equal(list(11), undefined, 'too far ahead')
    handIn(ALICE, 3, [ALICE, BOB, DORA])
    t.strictSame(
      list(3)?.keys,
      letterListOf([hashOf(ALICE, 3), hashOf(BOB, 3)], bytesOf(SEED)),
      'Carol does not count, and Dora gave none',
    )
    t.strictSame([...(list(3)?.seats.values() ?? [])].sort(), [ALICE, BOB].sort())
    const before = list(3)
    give(CAROL)
    handIn(ALICE, 3)
    t.equal(list(3), before, 'said once')
    for (const term of [4, 5, 6]) handIn(ALICE, term)
    t.equal(list(3), undefined, 'three are kept')
    t.notOk(now().letterKeys.has(keyOfSeat(3, BOB)), 'and the keys of these')
    t.ok(now().letterKeys.has(keyOfSeat(4, BOB)))
    t.ok(list(4))
    const nobody = committee(emptyCommittee)
    nobody.handIn(ALICE, 3)
    t.equal(nobody.list(3), undefined, 'not in a city')
  },
)

const letterOf = (more: Partial<Letter> = {}): Letter => ({
  ...{ version: 1, city: CITY, card: CARD, term: 3, serial: 1, says: { type: 'alert', text: 'Help' } },
  ...more,
})

const ready = () => {
  const here = committee()
  for (const seat of [ALICE, BOB, CAROL]) here.give(seat)
  here.handIn(ALICE, 3)
  const put = (letter: Letter, motion?: string) =>
    here.say(BOB, {
      type: 'letter',
      letter: packed(encodeLetter(letter)),
      ...(motion === undefined ? {} : { motion }),
    })
  const placeOf = (seat: string) =>
    here.list(3)?.keys.findIndex((hash) => sameBytes(hash, hashOf(seat, 3))) ?? -1
  const sign = (id: string, by: string, { as = by, of = letterOf() } = {}) => {
    const { place, key, signature } = signLetter(of, placeOf(as), pairOf(as, 3))
    const hexed = { key: toHex(key), signature: toHex(signature) }
    return here.say(by, { type: 'letterSign', letter: id, place, ...hexed })
  }
  const signedBy = (id: string) => here.now().letters.get(id)?.signatures.size
  return { ...here, put, sign, signedBy, letter: (id: string) => here.now().letters.get(id) }
}

t.test('CI3 a letter is our own, and is signed by two seats, each with its own key', async (t) => {
  const { put, sign, signedBy, letter, now, handIn } = ready()
  for (const more of [{ city: '8'.repeat(64) }, { card: 'b'.repeat(32) }, { term: 4 }])
    t.equal(letter(put(letterOf(more))), undefined, JSON.stringify(more))
  const motion = idOf(950)
  const id = put(letterOf(), motion)
  sign(id, BOB)
  sign(id, BOB)
  sign(id, CAROL, { as: BOB })
  sign(id, DORA, { as: CAROL })
  sign(id, CAROL, { of: letterOf({ serial: 2 }) })
  t.equal(signedBy(id), 1)
  t.notOk(now().lettered.has(motion))
  sign(id, CAROL)
  t.equal(signedBy(id), 2)
  t.ok(now().lettered.has(motion))
  const found = letter(id)
  t.ok(found && isComplete(found))
  const ring = letterOf({ says: { type: 'ring', ...sealCall('Somebody', 'duty', []) } })
  const call = put(ring)
  sign(call, CAROL, { of: ring })
  const called = letter(call)
  t.ok(called && isComplete(called), 'one is enough for a call')
  for (const term of [4, 5, 6]) handIn(ALICE, term)
  t.equal(now().letters.size, 0, 'no longer than its keys are kept')
  t.ok(now().lettered.has(motion))
})

/** What a delegate brings home of term 3, where the list is as `root` and `writer` say. */
const termWith = (root: Uint8Array, writer: string, { card = CARD, signers = 2 } = {}): BulletinTerm => {
  const roster = [
    { card, signers, root },
    { card: 'b'.repeat(32), signers: 2, root: new Uint8Array(32).fill(1) },
  ]
  const seed = bytesOf(SEED)
  const bytes = new Uint8Array(32)
  return {
    ...{ term: 3, city: CITY, seed, startsAt: 0, root: cityRoot(roster), names: [] },
    writers: writersOf([sha256(keyPairFromSeed(bytesOf(writer)).publicKey)], seed),
    delegates: bytes,
    relay: { address: 'wss://relay.test/', staticKey: bytes, signingKey: bytes, admission: bytes },
    own: { card, signers, place: 0, path: [...cityPath(roster, 0)] },
  }
}

t.test('CI7 a term is brought by a delegate; every member sees whether our keys stand in it', async (t) => {
  const here = () => {
    const { say, now, list } = ready()
    const root = listRoot(list(3)?.keys ?? [])
    const bring = (term: BulletinTerm, by = ALICE) =>
      say(by, { type: 'cityTerm', term: packed(encodeTerm(term)) })
    return { root, bring, say, home: () => now().homeTerms.get(3), now }
  }
  const good = here()
  const right = termWith(good.root, WRITER)
  good.bring(right, BOB)
  good.bring({ ...right, city: '8'.repeat(64) })
  t.equal(good.home(), undefined)
  good.bring(right)
  t.match(good.home(), { isOurs: true, isDisputed: false, seat: ALICE })
  good.bring(right)
  t.equal(good.home()?.isDisputed, false, 'the same again is no dispute')
  good.bring({ ...right, startsAt: 5 })
  t.match(good.home(), { isDisputed: true, term: { startsAt: 0 } })
  good.bring(right)
  t.equal(good.home()?.isDisputed, true, 'and stays one')
  const other = letterListOf([hashOf(ALICE, 3)], bytesOf(SEED))
  const wrong = [
    termWith(listRoot(other), WRITER),
    termWith(good.root, '4'.repeat(64)),
    termWith(good.root, WRITER, { card: 'c'.repeat(32) }),
    termWith(good.root, WRITER, { signers: 1 }),
    { ...right, own: { ...right.own, place: 1 } },
  ]
  for (const [i, one] of wrong.entries()) {
    const bad = here()
    bad.bring(one)
    t.equal(bad.home()?.isOurs, false, `${i}`)
  }
  for (const term of [4, 5]) good.bring({ ...right, term })
  t.strictSame([...good.now().homeTerms.keys()], [4, 5], 'two are kept')
})

t.test(
  'CI3 whoever came after the vote to join signs that the committee joins, and no other vote',
  async (t) => {
    const { put, now } = ready()
    t.equal(now().motions.size, 0, 'they were told of the joining, not of the vote')
    const signing = (letter: Partial<Letter>, motion?: string): string | undefined => {
      const id = put(letterOf(letter), motion)
      const written = now().letters.get(id)
      return written && signingOf({ committee: now(), handles: new Map() }, written)
    }
    const join = { says: { type: 'join' } } as const
    t.equal(signing(join, idOf(900)), 'signs')
    t.equal(signing({ ...join, serial: 2 }), 'refuses', 'by no vote')
    t.equal(signing({ ...join, serial: 3 }, idOf(902)), 'refuses', 'by another vote')
    t.equal(signing({ says: { type: 'leave' }, serial: 4 }, idOf(900)), 'refuses', 'by the vote to join')
  },
)

t.test('CI1 one city at a time; seats and items are for who speaks for us', async (t) => {
  const { now, say } = committee()
  const leave: CityEffect = { ...JOIN, to: 'leave' }
  const again = joined(now(), idOf(902), { ...JOIN, city: '8'.repeat(64), card: 'b'.repeat(32) })
  t.equal(membershipOf(again)?.city, CITY, 'whoever is in one joins no other')
  t.ok(membershipOf(joined(now(), idOf(903), { ...leave, card: 'b'.repeat(32) })), 'another card')
  const left = joined(now(), idOf(904), leave)
  t.equal(membershipOf(left), undefined)
  t.equal(membershipOf(joined(left, idOf(905), { ...JOIN, city: '8'.repeat(64) }))?.city, '8'.repeat(64))
  const back = joined(left, idOf(905), { ...JOIN, card: 'b'.repeat(32), from: 9 })
  t.strictSame(
    [back.homeTerms.size, back.letterKeys.size, back.keyLists.size],
    [0, 0, 0],
    'another card, other keys',
  )
  const item = { type: 'cityItem', item: idOf(7), text: 'b', lang: 'en', needsMandate: false } as const
  say(BOB, { ...item, title: 'Not ours' })
  say(BOB, { type: 'citySeat', seat: idOf(8) })
  t.equal(now().cityItems.size + now().citySeats.size, 0)
  say(ALICE, { ...item, title: 'First' })
  say(ALICE, { ...item, title: 'Second' })
  say(ALICE, { type: 'citySeat', seat: idOf(8) })
  t.equal(now().cityItems.get(idOf(7))?.title, 'First')
  t.equal(now().citySeats.get(ALICE), idOf(8))
})

t.test('CI7 one writer key for each committee, and another log for each seed', async (t) => {
  const term = termWith(new Uint8Array(32), WRITER)
  const writer = keyPairFromSeed(bytesOf(WRITER))
  const log = bulletinLogOf(term, writer)
  t.strictSame(bulletinLogOf(term, keyPairFromSeed(bytesOf(SEED))).id, log.id, 'the same for every committee')
  const other = bulletinLogOf({ ...term, seed: bytesOf(WRITER) }, writer)
  t.notSame(other.id, log.id)
  t.notSame(other.envelopeKey, log.envelopeKey)
  t.notSame(pairOf(ALICE, 3).publicKey, pairOf(ALICE, 4).publicKey)
})

/** Term 3 has come home, and the list of term 4 is closed with three keys. */
const inFour = () => {
  const here = ready()
  const bring = (list: Uint8Array, writer: string, term: number) =>
    here.say(ALICE, { type: 'cityTerm', term: packed(encodeTerm({ ...termWith(list, writer), term })) })
  bring(listRoot(here.list(3)?.keys ?? []), WRITER, 3)
  here.handIn(ALICE, 4, [ALICE, BOB, CAROL])
  const again = (electorate: readonly string[], by = ALICE, writer = SEED) =>
    here.say(by, { type: 'cityKeys', term: 4, seed: WRITER, writer }, electorate)
  const seats = () => [...(here.list(4)?.seats.values() ?? [])].sort()
  return { ...here, bring, again, seats }
}

t.test(
  'CI2 the key of a phone that is gone leaves the list of the next term, until that is announced',
  async (t) => {
    const { again, seats, list, bring, say, now } = inFour()
    const first = list(4)
    again([ALICE, BOB, CAROL])
    t.equal(list(4), first, 'as long as nothing has changed')
    again([ALICE, BOB], BOB)
    t.equal(list(4), first, 'nor by whoever does not speak for us')
    again([ALICE, BOB])
    t.strictSame(seats(), [ALICE, BOB].sort(), 'nobody has the phone of Carol any more')
    t.strictSame(list(4)?.before, first)
    const fresh = Array.from({ length: 8 }, (_, i) => toHex(hashOf(DORA, 4 + i)))
    say(BOB, { type: 'letterKeys', from: 4, keys: fresh })
    again([ALICE, BOB], ALICE, WRITER)
    t.ok(
      list(4)?.keys.some((key) => toHex(key) === fresh[0]),
      'another phone of Bob',
    )
    t.notOk(list(4)?.before?.before, 'one is kept')
    bring(listRoot(list(4)?.keys ?? []), WRITER, 4)
    t.match(now().homeTerms.get(4), { isOurs: true })
    const announced = list(4)
    t.equal(announced?.before, undefined)
    again([ALICE])
    t.equal(list(4), announced, 'what is announced stays')
  },
)

t.test('CI2 a list that was replaced too late holds, as the term was announced with it', async (t) => {
  const { again, list, bring, now } = inFour()
  const first = list(4)
  again([ALICE, BOB])
  t.not(list(4), first)
  const told = cityFrom(JSON.parse(JSON.stringify(tellCity(now()))))
  t.strictSame(told.keyLists, now().keyLists, 'and whoever comes in knows both')
  bring(listRoot(first?.keys ?? []), WRITER, 4)
  t.match(now().homeTerms.get(4), { isOurs: true })
  t.strictSame(list(4), first)
})

t.test(
  'CI2 a list waits for every phone, the first one for two days, a later one until a day before it is announced',
  async (t) => {
    const HOUR = 3_600_000
    const here = committee()
    const present = [ALICE, BOB, CAROL]
    const abroad = (bulletins = new Map(), cards = new Map()) =>
      ({ assembly: { ...emptyCommittee, bulletins, cards }, me: idOf(8), relay: undefined }) as never
    const due = (hours: number, ...where: Parameters<typeof abroad>) => {
      const motions = new Map([[idOf(900), { phaseAt: 0 }]])
      const home = { committee: { ...here.now(), motions }, nowMs: hours * HOUR, present }
      return isListDue(home as never, abroad(...where), undefined)
    }
    const two = new Map([[2, { startsAt: 0 }]])
    here.give(ALICE)
    t.notOk(due(1000, two), 'one key is no list')
    here.give(BOB)
    t.notOk(due(47, two))
    t.ok(due(48, two))
    here.give(CAROL)
    t.ok(due(0, two), 'all have given theirs')
    for (const seat of present) here.give(seat)
    here.handIn(ALICE, 3, present)
    present.push(DORA)
    const three = new Map([[3, { startsAt: 0 }]])
    t.notOk(due(95, three), 'Dora is away')
    t.ok(due(96, three))
  },
)
