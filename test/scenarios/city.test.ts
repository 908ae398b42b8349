/**
 * The acceptance scenario of product.md section 10, as far as committees meet: steps 8, 13, 17 and 18, in the words of that section, with three committees, their assembly on
 * another relay, and real clients. Not here: the ladder and the envelopes of a committee's own alarm.
 */
import t from 'tap'
import type { Posted } from '../../client/core/city/bulletin.ts'
import {
  decodeSigned,
  encodeSigned,
  isValidIn,
  letterHash,
  type SignedLetter,
} from '../../client/core/city/letter.ts'
import {
  assemblyStage,
  type Card,
  keysOf,
  membersIn,
  newestTerm,
  tallyOf,
} from '../../client/core/committee/assemblyLife.ts'
import { handedOver, membershipOf } from '../../client/core/committee/cityLife.ts'
import { activeIn, isRecallAsked } from '../../client/core/committee/roles.ts'
import { assemblyPage } from '../../client/core/session/assemblyView.ts'
import { newWeek } from '../../client/core/session/cityTerms.ts'
import { fromHex, toHex } from '../../shared/base/text.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { assemble, cityStory, decideToJoin, letIn, untilNextTerm } from '../support/cityStory.ts'
import { sayIt } from '../support/committeeStory.ts'
import { createSearch, formsOfBytes } from '../support/markers.ts'
import { cardOf, carry, motion, type People, press, putToVote } from '../support/motions.ts'
import { closeEverybody, must, type Person } from '../support/people.ts'
import { sightOf } from '../support/relaySight.ts'

await cryptoReady
t.teardown(async () => {
  await closeEverybody()
  await Promise.all(everybody().map(({ session }) => session.close()))
})

const HOUR = 3_600_000
const story = cityStory()
const { time, everybody, keep, seatIn } = story

const warehouse = await story.committee('Warehouse', 3)
const kitchen = await story.committee('Kitchen', 2)
const depot = await story.committee('Depot', 2)
const first = (people: People): Person => people[0]
const second = (people: People): Person => people[1] ?? people[0]

const CARDS = [
  { people: warehouse, card: 'a'.repeat(32), code: 'Heron', sector: 'logistics', area: 'north' },
  { people: kitchen, card: 'b'.repeat(32), code: 'Sparrow', sector: 'kitchens', area: 'north' },
  { people: depot, card: 'c'.repeat(32), code: 'Swift', sector: 'transport', area: 'south' },
] as const

const cityOf = (people: People) => seatIn(people).session.view().committee

t.test('8 All three vote to federate, and elect delegates', async (t) => {
  for (const { people } of CARDS) await story.elect(people, 'delegate', first(people))
  await assemble(story, CARDS)
  await decideToJoin(seatIn(warehouse).session.cityName(), CARDS)
  await keep()
  t.equal(assemblyStage(cityOf(warehouse)), 'proposed')
  await letIn(story, CARDS)

  await t.test('Assembly active', async (t) => {
    for (const { people } of CARDS) {
      t.equal(assemblyStage(cityOf(people)), 'active')
      t.strictSame(
        membersIn(cityOf(people)).map(({ code }) => code),
        ['Heron', 'Sparrow', 'Swift'],
      )
    }
  })

  await t.test("Check: nobody sees another committee's handles or size", async (t) => {
    const shown = JSON.stringify(
      [...cityOf(depot).cards.values()].map((one) => ({ ...one, keys: [...one.keys] })),
    )
    for (const { people } of CARDS) for (const person of people) t.notMatch(shown, person.name)
    const lists = [...cityOf(depot).cards.values()].map(({ keys }) => [...keys.values()][0]?.keys.length)
    t.equal(new Set(lists).size, 1, 'three members or two: the same list')
  })

  await t.test(
    'every member has the bulletin of the first term, and their own keys stand in it',
    async (t) => {
      for (const { people } of CARDS)
        for (const { session: one } of people)
          t.match(one.view().committee.homeTerms.get(1), { isOurs: true })
      const logs = new Set(
        everybody()
          .map(({ session: one }) => one.view().committee.homeTerms.get(1)?.term.seed)
          .filter(Boolean)
          .map((seed) => toHex(seed ?? new Uint8Array())),
      )
      t.equal(logs.size, 1)
    },
  )
})

/** The first thing of this kind that comes to somebody who only looks at the screen. */
const onScreen = ({ session }: Person, is: (posted: Posted) => boolean): Promise<Posted> =>
  new Promise((resolve) => {
    const stop = session.live(() => {
      const found = session.bulletins().flatMap(({ posted }) => posted.filter(is))
      if (found[0]) {
        stop()
        resolve(found[0])
      }
    })
  })

t.test('13 two members call the city, and Kitchen-1 is on it', async (t) => {
  const [one, two, three] = warehouse
  if (!two || !three) throw new Error('nobody')
  const text = 'Somebody was called in. Logistics, north. Needs a witness.'
  const id = must(await one.session.alertCity(text))
  await keep()
  for (const { people } of CARDS)
    t.strictSame(first(people).session.bulletins()[0]?.posted, [], 'one alone calls nobody')
  must(await two.session.sync())
  const shown = onScreen(second(depot), ({ letter }) => letter.says.type === 'alert')
  must(await two.session.confirmAlert(id))
  t.match((await shown).letter.says, { text }, 'who is online has it on the screen, and asks nobody')
  await keep()
  const [posted] = second(kitchen).session.bulletins()[0]?.posted ?? []
  t.match(posted?.letter, { card: CARDS[0].card, says: { type: 'alert', text } })
  t.strictSame(second(kitchen).session.bulletins()[0]?.posted.length, 1, 'once, whoever posted it')

  must(await first(kitchen).session.answerCity(posted?.id ?? '', 'We come at four.'))
  await keep()
  const [, answer] = three.session.bulletins()[0]?.posted ?? []
  t.match(answer?.letter, {
    card: CARDS[1].card,
    says: { type: 'onIt', to: posted?.id, text: 'We come at four.' },
  })
})

t.test('17 Motion to share R2 with one amendment', async (t) => {
  const [one, two] = warehouse
  if (!two) throw new Error('nobody')
  const shared = motion({
    kind: 'share',
    title: 'Tell the city',
    text: 'Fired at Heron.\n\nWe ask for help.',
    effect: { gives: 'statement' },
  })
  const id = await press(one, { do: 'start', content: shared })
  await press(two, { do: 'second', motion: id })
  const amend = { do: 'amend', motion: id, paragraph: 1 } as const
  t.equal(await press(two, { ...amend, text: 'We ask for ten people.' }), 'tells_too_much')
  const amendment = await press(two, {
    ...amend,
    text: 'We ask for help at the gate on Thursday.',
  })
  await press(one, { do: 'amendment', motion: id, amendment, to: 'accepted' })
  time.now = (await cardOf(one, id)).dueAt ?? time.now
  await press(one, { do: 'fix', motion: id })
  await press(one, { do: 'open', motion: id })
  const preview = one.session.view().committee.motions.get(id)?.paragraphs.join('\n\n')
  await carry(warehouse, id)
  await keep()
  const said = first(depot)
    .session.bulletins()
    .flatMap(({ posted }) => posted)
    .find(({ letter }) => letter.says.type === 'statement')
  t.match(said?.letter.says, {
    type: 'statement',
    text: 'Fired at Heron.\n\nWe ask for help at the gate on Thursday.',
  })
  t.equal(
    said?.letter.says.type === 'statement' && said.letter.says.text,
    preview,
    'Check: byte for byte what was voted on',
  )
})

/** The one letter by which a committee has answered, as its delegate handed it over. */
const certificateIn = (there: ReturnType<typeof cityOf>, people: People, item: string): SignedLetter => {
  const [known, more] = [...second(people).session.view().committee.letters.values()].filter(
    ({ letter: { says } }) => says.type === 'answer' && says.item === item,
  )
  if (!known || more) throw new Error('not one')
  const signed = decodeSigned(encodeSigned(handedOver(known)))
  if (!signed || !there.cards.get(known.letter.card)?.seen.has(letterHash(signed.letter)))
    throw new Error('not handed over')
  return signed
}
const cardIn = ({ cards }: ReturnType<typeof cityOf>, id: string): Card => {
  const card = cards.get(id)
  if (!card) throw new Error('no such card')
  return card
}

t.test('18 Assembly item "support reinstatement"', async (t) => {
  const asked = {
    type: 'assemblyItem',
    title: 'Support reinstatement',
    text: 'What does each of us do?',
    lang: 'en',
    needsMandate: true,
  } as const
  const item = await sayIt(seatIn(warehouse), asked)
  await keep()
  for (const { people } of CARDS)
    t.match(second(people).session.view().committee.cityItems.get(item), { title: asked.title })

  await t.test("Depot's delegate tries to vote without mandate: refused", async (t) => {
    const content = { type: 'itemAnswer', item, take: 'act' } as const
    const refused = await seatIn(depot).session.say(content)
    t.match(refused, { ok: false, error: 'needs_mandate' }, 'their own client does not say it')
    t.equal(seatIn(depot).session.view().unsent, 0)
    await keep()
    t.equal(cityOf(warehouse).items.get(item)?.answers.size, 0)
  })

  const takes = ['act', 'act', 'support'] as const
  for (const [i, { people }] of CARDS.entries()) {
    const effect = { gives: 'answer', item, take: takes[i] ?? 'aside' } as const
    await carry(
      people,
      await putToVote(people, motion({ kind: 'item', title: 'What we do about it', effect })),
    )
  }
  await keep()
  for (const { people } of CARDS.slice(0, 2)) await sayIt(seatIn(people), { type: 'itemClose', item })
  await keep()

  await t.test(
    'Warehouse acts, Kitchen acts, Depot supports. Check: certificates verify; no inner counts shown',
    async (t) => {
      const city = cityOf(depot)
      const closed = city.items.get(item)
      if (!closed) throw new Error('no item')
      t.match(tallyOf(city, closed), { act: 2, support: 1, silent: 0 })
      t.ok(closed.closed)
      for (const answer of closed.answers.values())
        t.strictSame(Object.keys(answer).sort(), ['by', 'serial', 'take'])
      t.match([...closed.answers.values()], [{ by: 'letter' }, { by: 'letter' }, { by: 'letter' }])

      for (const [i, { people, card, code }] of CARDS.entries()) {
        const signed = certificateIn(cityOf(people), people, item)
        const by = { keys: keysOf(cardIn(city, card), signed.letter.term) ?? [], signers: 2 }
        t.ok(isValidIn(signed, by), `${code}: as another delegate checks it`)
        t.strictSame(signed.letter.says, { type: 'answer', item, take: takes[i] }, 'and no word more')
        const says = { type: 'answer', item, take: 'against' } as const
        const other = { ...signed, letter: { ...signed.letter, says } }
        t.notOk(isValidIn(other, by), 'nor does it say anything else')
        t.equal(encodeSigned(signed).length, encodeSigned(other).length)
        t.equal(signed.signatures.length, 2, 'three of us or two: two have signed')
      }
      const shown = JSON.stringify(
        assemblyPage(city, { me: seatIn(depot).session.view().own.seat, name: 'City' }),
      )
      t.notMatch(shown, /Warehouse|Kitchen|Depot|yes|quorum|counts/)
    },
  )

  await t.test('the delegates owe a report', async (t) => {
    const terms = [...second(depot).session.view().committee.terms.values()]
    t.match(
      terms.flatMap(({ owed }) => owed),
      [{ item: asked.title }],
    )
  })
})

t.test('3.G Two missed reports open a recall question by themselves', async (t) => {
  const [holder, two, three] = warehouse
  if (!two || !three) throw new Error('nobody')
  const termOf = ({ session }: Person) => activeIn(session.view().committee, 'delegate')[0]
  const full = (person: Person) =>
    person.session
      .view()
      .members.filter(({ counts }) => counts)
      .map(({ seat }) => seat)
  const isAsked = (person: Person): boolean => {
    const term = termOf(person)
    return term !== undefined && isRecallAsked(term, full(person))
  }
  await sayIt(two, { type: 'reportOwed', term: termOf(two)?.id ?? '', item: 'What the north needs' })
  await keep()
  time.now += 71 * HOUR
  await keep()
  t.notOk(isAsked(three), 'within 72 hours')
  time.now += 2 * HOUR
  await keep()
  for (const person of warehouse) t.ok(isAsked(person), 'by the devices: nobody had to accuse anybody')
  t.strictSame(
    termOf(three)?.due,
    new Set([two, three].map(({ session }) => session.view().own.seat)),
    'each once',
  )
  t.equal(termOf(three)?.recall.size, 0)
  const debts = termOf(holder)?.owed ?? []
  for (const { id } of debts) await sayIt(holder, { type: 'report', owed: id, said: 'We act' })
  await keep()
  t.notOk(isAsked(three), 'and it is over when they are there')
})

t.test('a new term comes by itself, under keys that the old ones vouch for', async (t) => {
  const before = Math.max(...first(kitchen).session.view().committee.homeTerms.keys())
  const newest = await untilNextTerm(story, second(depot))
  t.ok(newest > before)
  t.match(second(depot).session.view().committee.homeTerms.get(newest), { isOurs: true, isDisputed: false })
})

t.test(
  '4.6 where no phone was open for three weeks, the city goes on with the first that look',
  async (t) => {
    const before = newestTerm(cityOf(kitchen))
    time.now += 21 * 24 * HOUR
    const absent = [...warehouse.slice(2), ...kitchen.slice(1), ...depot.slice(1)]
    await keep(absent)
    t.ok(newestTerm(cityOf(kitchen)) > before, 'delegates have announced a week')
    const id = must(await first(warehouse).session.alertCity('Is anybody there?'))
    await keep(absent)
    must(await second(warehouse).session.confirmAlert(id))
    await keep()
    const [running] = second(depot).session.bulletins()
    t.match(running, { posted: [{ letter: { says: { type: 'alert', text: 'Is anybody there?' } } }] })
    t.match(
      second(depot)
        .session.view()
        .committee.homeTerms.get(running?.term.term ?? 0),
      { isOurs: true },
    )
  },
)

t.test('4.6 in an emergency a new week begins at once, when a second committee says so', async (t) => {
  const before = newestTerm(cityOf(depot))
  const next = (people: People) => newWeek(cityOf(people), seatIn(people).session.view().own.seat, time.now)
  time.now += 24 * HOUR
  await keep()
  t.equal(newestTerm(cityOf(depot)), before, 'it is not time')
  await sayIt(seatIn(warehouse), must(next(warehouse)))
  await keep()
  t.equal(newestTerm(cityOf(depot)), before, 'one alone begins none')
  t.match(next(warehouse), { ok: false, error: 'asked' })
  await sayIt(seatIn(kitchen), must(next(kitchen)))
  await keep()
  for (const { people } of CARDS) {
    const [home] = [...second(people).session.view().committee.homeTerms.values()].slice(-1)
    t.match(home, { term: { term: before + 1 }, isOurs: true })
    t.ok((home?.term.startsAt ?? Infinity) <= time.now, 'and runs')
  }
  const id = must(await first(warehouse).session.alertCity('A new week, and we call'))
  await keep()
  must(await second(warehouse).session.confirmAlert(id))
  await keep()
  t.match(second(depot).session.bulletins()[0], { term: { term: before + 1 }, posted: [{}] })
  t.match(next(warehouse), { ok: true, value: { type: 'assemblyTerm', term: before + 2 } })
})

t.test('3.G Depot decides to leave: the others hear it, and go on without it', async (t) => {
  const mine = membershipOf(second(depot).session.view().committee)
  if (!mine) throw new Error('in no city')
  const { motion: _, ...known } = mine
  const effect = { ...known, gives: 'city', to: 'leave' } as const
  await carry(depot, await putToVote(depot, motion({ kind: 'assembly', title: 'We leave', effect })))
  t.equal(membershipOf(second(depot).session.view().committee), undefined)
  await keep()
  for (const { people } of CARDS) {
    t.match(cityOf(people).cards.get(mine.card), { hasLeft: true, speakers: [], since: undefined })
    t.equal(assemblyStage(cityOf(people)), 'paused', 'two are left')
  }
  const written = [...second(depot).session.view().committee.letters.values()]
  t.equal(written.filter(({ letter }) => letter.says.type === 'leave').length, 1, 'said once')
  t.match(await second(depot).session.alertCity('One last word'), { ok: false, error: 'no_city' })

  await t.test('and comes back under another card when it decides to', async (t) => {
    const again = { ...CARDS[2], card: 'd'.repeat(32) }
    const city = seatIn(warehouse).session.cityName()
    const from = newestTerm(cityOf(warehouse)) + 1
    await decideToJoin(city, [again], from)
    await keep()
    for (const people of [warehouse, kitchen])
      await sayIt(seatIn(people), { type: 'cardWelcome', card: again.card })
    await keep()
    t.equal(assemblyStage(cityOf(warehouse)), 'active')
    t.match(cityOf(warehouse).cards.get(mine.card), { hasLeft: true }, 'what was left stays left')
    await untilNextTerm(story, second(warehouse))
    t.match([...second(depot).session.view().committee.homeTerms.values()], [{ isOurs: true }])
  })
})

t.test(
  'I19 of all this no value that a relay saw stands in two logs, and no connection speaks of a bulletin and of anything else',
  async (t) => {
    const names = [...CARDS.map(({ card }) => card), seatIn(warehouse).session.cityName()]
    const search = createSearch(
      names.flatMap((hex, i) => formsOfBytes(`${i}`, fromHex(hex) ?? new Uint8Array(0))),
    )
    for (const [i, { requests, logs }] of story.relays.entries()) {
      const { values, shared, connections, blobs } = sightOf(requests)
      const bulletins = [...logs].filter(([, { policy }]) => policy.writerSigned).map(([name]) => name)
      const ofBulletins = connections.filter((one) => bulletins.some((name) => one.has(name)))

      t.ok(values > 500 && logs.size > 10, `relay ${i}: ${values} values in ${logs.size} logs`)
      t.strictSame(shared, [])
      t.equal(ofBulletins.length > 10, i === 1, 'the bulletins are where the assembly is')
      t.ok(ofBulletins.every(({ size }) => size === 1))
      t.strictSame(search(blobs), [], 'and no card is read in anything')
    }
  },
)
