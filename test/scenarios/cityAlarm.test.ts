/**
 * The acceptance scenario of product.md section 10 where an alarm goes out of a committee: steps 9 and 11 to 16, in the words of that section. Seven of the warehouse, their city
 * on another relay, and clocks that move when the test says so. Not here: joining the city, statements and items (city.test.ts).
 */
import t from 'tap'
import type { AlarmContent } from '../../client/core/committee/alarmContent.ts'
import { alarmSummary, lastDrill } from '../../client/core/committee/alarmSummary.ts'
import type { KnownContent } from '../../client/core/committee/content.ts'
import { textOf } from '../../client/core/committee/motionText.ts'
import type { RingWords } from '../../client/core/committee/ring.ts'
import type { CallHeard } from '../../client/core/session/callsHeard.ts'
import { letterFor, signatureOn } from '../../client/core/session/cityLetters.ts'
import { cityPage } from '../../client/core/session/cityView.ts'
import { deliveredTo } from '../../client/core/session/delivered.ts'
import { exposures } from '../../client/core/session/exposing.ts'
import { previewOf, shareMotion } from '../../client/core/session/sharing.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { assemble, cityStory, decideToJoin, letIn, untilNextTerm } from '../support/cityStory.ts'
import { alarmIn, anAlarm, changeCharter, gather, sayIt, seatOf } from '../support/committeeStory.ts'
import { cardOf, carry, motion, type People, press } from '../support/motions.ts'
import { closeEverybody, comeIn, linkBy, meet, must, newDevice, type Person } from '../support/people.ts'

await cryptoReady
const story = cityStory()
t.teardown(async () => {
  await closeEverybody()
  await Promise.all(story.everybody().map(({ session }) => session.close()))
})
const [home, bulletin] = story.relays

const warehouse = await story.committee('Warehouse', 7)
const kitchen = await story.committee('Kitchen', 2)
const depot = await story.committee('Depot', 2)
const [one, two, three, four, five, six, seven] = warehouse as unknown as readonly [
  Person,
  Person,
  Person,
  Person,
  Person,
  Person,
  Person,
]
const cook = kitchen[1] as Person
const CARDS = [
  { people: warehouse, card: 'a'.repeat(32), code: 'Heron', sector: 'logistics', area: 'north' },
  { people: kitchen, card: 'b'.repeat(32), code: 'Sparrow', sector: 'kitchens', area: 'north' },
  { people: depot, card: 'c'.repeat(32), code: 'Swift', sector: 'transport', area: 'south' },
] as const

/** Whatever somebody says that another has heard. */
const say = async (person: Person, content: KnownContent): Promise<string> => {
  must(await person.session.sync())
  return sayIt(person, content)
}
const answer = (person: Person, alarm: string, what?: string): Promise<string> =>
  say(
    person,
    what === undefined
      ? { type: 'alarmAnswer', alarm, answer: 'seen' }
      : { type: 'alarmAnswer', alarm, answer: 'on_it', what },
  )
const callsFor = (person: Person, assembly?: Person): readonly CallHeard[] =>
  person.session.calls(assembly?.session.view().committee)
const summaryOf = (person: Person, id: string) => {
  const alarm = alarmIn(person, id)
  if (!alarm) throw new Error('no such alarm')
  const members = person.session.view().members.map(({ seat }) => seat)
  return alarmSummary(alarm, members)
}
const statementsFor = (person: Person) =>
  cityPage(person.session.homeOf(), person.session.bulletins(), callsFor(person)).statements
const delegateOf = (people: People): Person => story.seatIn(people)

t.test(
  '8 the three are an assembly, and the warehouse has switched on knowingly that it is called',
  async (t) => {
    for (const { people } of CARDS) await story.elect(people, 'delegate', people[0])
    await assemble(story, CARDS)
    await decideToJoin(delegateOf(warehouse).session.cityName(), CARDS)
    await story.keep()
    await letIn(story, CARDS)
    await story.keep()
    t.notOk(one.session.view().charter.callsCity, 'off by default')
    const before = await say(one, anAlarm('before'))
    await story.keep()
    t.strictSame(bulletin.waiting(), [], 'and then nothing goes out')
    await say(one, { type: 'alarmState', alarm: before, to: 'settled', outcome: 'other' })
    await changeCharter(warehouse, { callsCity: true })
    await gather(warehouse)
  },
)

t.test(
  '3.E the duty rota: committees lend people for a week, by committee and key, without names',
  async (t) => {
    const [week] = cook.session.dutyWeeks()
    if (!week) throw new Error('no week')
    must(await cook.session.offerDuty(week.term, true))
    await story.keep()
    t.match(await kitchen[0].session.offerDuty(week.term, true), { ok: false, error: 'taken' })
    for (const person of [two, cook, depot[1] as Person]) {
      const [now] = person.session.dutyWeeks()
      t.strictSame(
        now?.on.map(({ code }) => code),
        ['Sparrow'],
      )
      t.equal(now?.isMe, person === cook)
    }
    t.notMatch(JSON.stringify([...delegateOf(depot).session.view().committee.cards.values()]), /Kitchen/)
  },
)

t.test('9 Practice alarm: 5 of 7 seen in 10 minutes; two phones asleep', async (t) => {
  const second = await linkBy(seven, story.places[0], [one, two, three, four, five, six])
  await gather(warehouse)
  const drill: AlarmContent = { ...anAlarm('We try it out'), kind: 'practice' }
  const id = await say(one, drill)
  const shown = () => {
    const alarm = alarmIn(one, id)
    if (!alarm) throw new Error('no such alarm')
    const { seen, onIt } = summaryOf(one, id)
    const delivered = deliveredTo(one.session.view(), alarm)
    return { delivered, seen, onIt: onIt.map(({ seat }) => seat) }
  }
  story.pass(4)
  for (const person of [two, three, four]) await answer(person, id)
  story.pass(5)
  for (const person of [five, six]) await answer(person, id, 'I am there')
  await gather([one, two, three, four, five, six])
  t.match(summaryOf(one, id), { seen: 5, members: 7, isEnough: true })

  await t.test('Check: delivered / seen / on it shown apart', async (t) => {
    const onIt = [five, six].map(seatOf)
    t.strictSame(shown(), { delivered: 5, seen: 5, onIt })
    t.notOk(alarmIn(seven, id), 'both phones of the seventh are asleep')
    story.pass(30)
    await say(second, { type: 'post', text: 'I only just woke up' })
    await one.session.sync()
    t.strictSame(shown(), { delivered: 6, seen: 5, onIt }, 'on a phone, and not seen: a seat and no device')
    await answer(seven, id)
    await one.session.sync()
    t.strictSame(shown(), { delivered: 6, seen: 6, onIt })
  })

  await t.test('Check: readiness records the drill', async (t) => {
    const members = one.session.view().members.map(({ seat }) => seat)
    t.match(lastDrill(one.session.view().committee, members), { inTime: 5, of: 6 }, 'not who came later')
  })
  t.strictSame(bulletin.waiting(), [], 'a drill calls nobody outside')
  await say(one, { type: 'alarmState', alarm: id, to: 'settled', outcome: 'other' })
  await story.keep()
})

let taken = ''
t.test(
  '11 Warehouse-2 is called to the office, starts "Check on me" for 30 minutes with sealed envelopes. Guard keeps the phone',
  async (t) => {
    const alarm: AlarmContent = {
      ...anAlarm('I was called into the office at Gate Nine'),
      about: { who: 'named', handle: two.name },
    }
    must(await two.session.startCheck({ minutes: 30, note: 'a talk', alarm }))
    taken = two.session.view().own.device
    await two.session.close()
    story.drop(two)
    t.equal(home.waiting().length, 1)
    t.equal(bulletin.waiting().length, 2, 'to those on duty and to the delegates')
    for (const { request } of [...home.waiting(), ...bulletin.waiting()]) {
      t.equal(request.cancelHashes.length, 32)
      t.equal(request.needed, 2)
    }
    const sizes = bulletin.waiting().map(({ request }) => request.blob.length)
    t.equal(new Set(sizes).size, 1, 'whoever it is for, it is as large')
  },
)

let id = ''
t.test(
  '12 Timer passes. Check: relay releases the envelope by itself; alarm NOW opens in Warehouse',
  async (t) => {
    story.pass(30)
    await story.keep()
    const opened = [...three.session.view().committee.alarms.values()].find(
      ({ seat }) => seat === seatOf(two),
    )
    t.match(opened, { severity: 'now', kind: 'called_in', phase: { is: 'open' } })
    id = opened?.id ?? ''
    t.equal(opened?.concerned, seatOf(two), 'by the name that they joined under')
    t.strictSame(await three.session.ring(12), [id], 'and is loud')
  },
)

t.test('13 fewer than 3 have seen after 15 minutes. R1 reaches the city duty rota', async (t) => {
  await answer(three, id)
  t.strictSame(callsFor(cook), [])
  story.pass(15)
  await story.keep()
  const [call, more] = callsFor(cook)
  t.match(call, {
    to: 'duty',
    card: CARDS[0].card,
    ring: { kind: 'called_in', severity: 'now', checked: false },
  })
  t.equal(more, undefined)
  await t.test('Check: R1 has no handle, no workplace, time rounded', async (t) => {
    t.strictSame(Object.keys(call?.ring ?? {}).sort(), [
      'area',
      'call',
      'checked',
      'code',
      'hour',
      'kind',
      'needs',
      'ring',
      'sector',
      'severity',
      'v',
    ])
    t.match(call?.ring, { code: 'Heron', sector: 'logistics', area: 'north' })
    t.notMatch(JSON.stringify(call), /Warehouse|Gate Nine|office/)
  })
  await t.test('whoever is not on duty sees that somebody calls, and not why', async (t) => {
    for (const person of [kitchen[0], ...depot])
      t.match(callsFor(person, person === kitchen[0] ? delegateOf(kitchen) : undefined), [
        { ring: undefined },
      ])
  })
  await t.test('Kitchen presses "I am on it", and the warehouse reads it', async (t) => {
    must(await cook.session.answerCity(call?.id ?? '', 'We come to the gate.'))
    await story.keep()
    t.strictSame(three.session.cityOn(id), [{ card: CARDS[1].card, text: 'We come to the gate.' }])
  })
})

t.test('14 Warehouse-3 alone answers: one cancel token does not stop the +60 min envelope', async (t) => {
  const left = (): number => bulletin.waiting().length
  t.equal(left(), 1)
  await answer(three, id, 'I go there')
  await story.keep()
  await story.keep()
  t.equal(left(), 1, 'one alone, however often their phone looks')
  await answer(four, id)
  await story.keep()
  t.equal(left(), 1, 'to have seen it stops nothing')

  await t.test('Warehouse-5 answers: two tokens stop it', async (t) => {
    await answer(five, id, 'I call her sister')
    await story.keep()
    t.equal(left(), 0)
    story.pass(60)
    await story.keep()
    t.strictSame(callsFor(kitchen[0], delegateOf(kitchen)).length, 1)
    t.match(callsFor(kitchen[0], delegateOf(kitchen)), [{ to: 'duty', ring: undefined }])
  })

  await t.test('Warehouse-2 comes out: fired. Kind changed, two witnesses', async (t) => {
    await say(three, { type: 'alarmUpdate', alarm: id, text: 'She is out. They fired her.', kind: 'fired' })
    for (const person of [three, five]) await say(person, { type: 'alarmChecked', alarm: id, how: 'spoke' })
    await story.keep()
    t.match(alarmIn(four, id), { kind: 'fired', checkedBy: [three, five].map(seatOf) })
    // Check: nothing is edited, a correction stands beside it.
    t.match(alarmIn(four, id)?.content, { kind: 'called_in' }, 'what was said first stays as it was said')
  })
})

t.test('3.E nobody answers at all: after an hour every delegate reads it, and nobody else', async (t) => {
  const quiet = await say(six, { ...anAlarm('They took me aside'), kind: 'threatened' })
  await six.session.sync()
  t.equal(bulletin.waiting().length, 2)
  story.pass(15)
  await story.keep()
  story.pass(45)
  await story.keep()
  for (const people of [kitchen, depot])
    t.match(
      callsFor(people[0], delegateOf(people)).filter(({ ring }) => ring?.kind === 'threatened'),
      [{ ring: { code: 'Heron' } }],
    )
  t.strictSame(
    callsFor(depot[1] as Person).filter(({ ring }) => ring !== undefined),
    [],
  )
  t.equal(
    callsFor(cook).filter(({ ring }) => ring?.kind === 'threatened').length,
    1,
    'once for whoever is on duty',
  )
  await say(six, { type: 'alarmState', alarm: quiet, to: 'settled', outcome: 'other' })

  await t.test('opened again by somebody else, it calls anew, and is stopped anew', async (t) => {
    t.strictSame(bulletin.waiting(), [])
    await answer(three, quiet, 'too late')
    await say(seven, { type: 'alarmState', alarm: quiet, to: 'reopened', note: 'It goes on' })
    await story.keep()
    t.equal(bulletin.waiting().length, 2)
    await story.keep()
    t.equal(bulletin.waiting().length, 2, 'once')
    for (const person of [three, four]) await answer(person, quiet, 'I go there')
    await story.keep()
    t.strictSame(bulletin.waiting(), [])
    await say(six, { type: 'alarmState', alarm: quiet, to: 'settled', outcome: 'other' })
  })
})

t.test("3.E where the city's relay does not answer, nobody here waits for it", async (t) => {
  const before = bulletin.open()
  const { longestWaitMs } = story.time
  story.time.longestWaitMs = 60_000
  const asked = new Promise<number>((resolve) => {
    bulletin.misbehave({
      receive: (_, connection) => {
        resolve(connection)
        return 'drop'
      },
    })
  })
  const alarm = await say(five, { ...anAlarm('They came in a van'), kind: 'police' })
  const silent = await asked
  await say(five, { type: 'alarmUpdate', alarm, text: 'They are gone' })
  t.equal(bulletin.open(), before + 1, 'it still waits for the answer')
  must(await six.session.sync())
  t.match(alarmIn(six, alarm), { notes: [{ text: 'They are gone' }] }, 'and the others have it')
  t.strictSame(bulletin.waiting(), [])
  bulletin.misbehave()
  story.time.longestWaitMs = longestWaitMs
  bulletin.cut(silent)
  await story.keep()
  t.equal(bulletin.waiting().length, 2, 'and it calls when somebody answers')
  await say(five, { type: 'alarmState', alarm, to: 'settled', outcome: 'other' })
  for (const person of [three, four]) await answer(person, alarm, 'late')
  story.pass(61)
  await story.keep()
})

t.test('15 Warehouse-3 and -4 cut off the taken phone', async (t) => {
  const phone = one.session.view().members.find(({ seat }) => seat === seatOf(two))?.devices[0]?.device
  t.equal(phone, taken)
  if (!phone) throw new Error('no phone')
  const { epoch } = three.session.view()
  must(await three.session.cutOff(phone))
  must(await four.session.sync())
  must(await four.session.settleDrop(phone))
  await story.keep()
  for (const person of [one, three, four, five]) t.ok(person.session.view().epoch > epoch, 're-keyed')
  const [report] = exposures(three.session.view())
  t.match(report, { device: taken })
  t.ok(report?.never.length, 'and what was never on it')
})

let again: Person | undefined
t.test(
  '16 Warehouse-2 rejoins on a borrowed phone by QR with two members, and speaks to the city again',
  async (t) => {
    const borrowed = await newDevice('Warehouse-2 borrows', story.places[0].dial, story.time)
    const met = await meet(borrowed, three, must(await three.session.invite('device', seatOf(two))))
    await three.session.sync()
    t.equal(
      three.session.view().members.find(({ seat }) => seat === seatOf(two))?.devices.length,
      0,
      'one waits',
    )
    const back = await comeIn(borrowed, met, [one, four, five, six])
    again = back
    story.addTo(back)
    await gather([one, three, four, five, six, seven, back])
    t.equal(seatOf(back), seatOf(two))
    await story.keep()
    t.match(await back.session.answerCity('0'.repeat(64), 'here'), { ok: false, error: 'no_key' })
    // The list of the next term was made anew: the key of the taken phone stood in it.
    await untilNextTerm(story, back)
    must(await back.session.answerCity('0'.repeat(64), 'Here I am again.'))
  },
)

/** As bare as it can be: what else stands in the text came out of the fields. */
const WORDS: RingWords = {
  first: ({ kind, code, sector, area }) => `${kind}: ${code}, ${sector}, ${area}.`,
  workplace: (workplace) => `Workplace: ${workplace}`,
  name: (name) => `Name: ${name}`,
  needs: (needs) => `Needed: ${needs.join()}`,
  checked: 'Two have spoken to the person.',
}

t.test(
  '17 Motion to share R2 with one amendment; Warehouse-2 allows the workplace, not the name',
  async (t) => {
    const back = again
    if (!back) throw new Error('nobody came back')
    const people = [one, three, four, five, six, seven, back] as const
    const preview = (workplace: string | undefined) => {
      const view = one.session.view()
      const alarm = alarmIn(one, id)
      if (!alarm) throw new Error('no alarm')
      const draft = { demand: 'Take her back', ask: 'Come to the gate', workplace }
      const { code, sector, area } = CARDS[0]
      const shown = previewOf(view, alarm, { ...draft, card: { code, sector, area }, words: WORDS })
      return { shown, motion: shareMotion(shown, alarm, { title: 'Do we tell the city?', lang: 'en' }) }
    }
    t.match(preview('The hall').motion, { ok: false }, 'not before the person concerned allows it')
    await say(back, { type: 'alarmConsent', alarm: id, ring: 'city', name: false, workplace: true })
    must(await one.session.sync())
    const { shown, motion } = preview('The hall')
    t.match(shown.text, /Workplace: The hall/)
    t.notMatch(shown.text, /Warehouse|Name/)
    const motionId = await press(one, { do: 'start', content: must(motion) })
    await press(three, { do: 'second', motion: motionId })
    const asks = shown.text.split('\n\n').indexOf('Come to the gate')
    const amend = (text: string) => press(three, { do: 'amend', motion: motionId, paragraph: asks, text })
    for (const text of ['Ask for Warehouse-2', 'Come at 14:30', 'We are 12 workers'])
      t.equal(await amend(text), 'tells_too_much', text)
    const amendment = await amend('Come to the gate with a banner')
    await press(one, { do: 'amendment', motion: motionId, amendment, to: 'accepted' })
    story.time.now = (await cardOf(one, motionId)).dueAt ?? story.time.now
    await press(one, { do: 'fix', motion: motionId })
    await press(one, { do: 'open', motion: motionId })
    const voted = textOf(one.session.view().committee.motions.get(motionId)?.paragraphs ?? [])
    await carry(people, motionId)
    await story.keep()
    const [sent] = statementsFor(depot[1] as Person)
    t.equal(sent?.text, voted, 'Check: byte for byte what was voted on')
    t.equal(sent?.text, shown.text.replace('Come to the gate', 'Come to the gate with a banner'))
    t.match(await three.session.alertCity('They took Warehouse-2'), { ok: false, error: 'tells_too_much' })
    t.match(await cook.session.answerCity('0'.repeat(64), 'Kitchen-1 comes'), {
      ok: false,
      error: 'tells_too_much',
    })
  },
)

t.test('R6 Warehouse-2 takes the workplace back, and the city hides it', async (t) => {
  const back = again
  if (!back) throw new Error('nobody came back')
  await say(back, { type: 'alarmConsent', alarm: id, ring: 'city', name: false, workplace: false })
  await story.keep()
  for (const person of [cook, depot[1] as Person, four]) {
    const [shown] = statementsFor(person)
    t.match(shown?.text, /\n\n\[…\]\n\nTake her back\n\nCome to the gate with a banner/, person.name)
    t.notMatch(JSON.stringify(person.session.bulletins()), /The hall/, 'and keeps it nowhere')
  }
  await story.keep()
  const hides = cook.session
    .bulletins()
    .flatMap(({ posted }) => posted)
    .filter(({ letter }) => letter.says.type === 'hide')
  t.equal(hides.length, 1, 'said once')
})

t.test('R5 a hostile member, whose client skips every check, gets no second signature', async (t) => {
  if (!again) throw new Error('nobody came back')
  const people = [one, three, four, five, six, seven, again] as const
  const honest = people.filter((person) => person !== six)
  const sent = () => statementsFor(cook).length
  const before = sent()
  const text = 'Warehouse-3 was called in at 14:30.'
  const wish = motion({ kind: 'share', title: 'Tell them', text, effect: { gives: 'statement' } })
  t.equal(await press(six, { do: 'start', content: wish }), 'tells_too_much', 'an honest client asks nobody')
  const motionId = await say(six, wish)
  await press(three, { do: 'second', motion: motionId })
  story.time.now = (await cardOf(six, motionId)).dueAt ?? story.time.now
  await press(six, { do: 'fix', motion: motionId })
  await press(six, { do: 'open', motion: motionId })
  await carry(people, motionId)
  t.equal(one.session.view().committee.motions.get(motionId)?.phase, 'carried')
  const written = letterFor(six.session.homeOf(), { type: 'statement', text }, { motion: motionId })
  if (!written) throw new Error('nothing to write under')
  const letter = await say(six, written)
  const known = six.session.view().committee.letters.get(letter)
  const own = known && signatureOn(six.session.homeOf(), known)
  if (!own) throw new Error('no key')
  await say(six, own)
  await story.keep()
  t.equal(one.session.view().committee.letters.get(letter)?.signatures.size, 1, 'everybody voted for it')
  t.equal(sent(), before)
  for (const person of honest)
    t.match(cityPage(person.session.homeOf(), [], []).held, [
      { title: 'Tell them', gaps: ['tells_too_much'] },
    ])

  const alert = letterFor(six.session.homeOf(), { type: 'alert', text })
  if (!alert) throw new Error('nothing to write under')
  const call = await say(six, alert)
  must(await three.session.sync())
  t.match(await three.session.confirmAlert(call), { ok: false, error: 'tells_too_much' })
})
