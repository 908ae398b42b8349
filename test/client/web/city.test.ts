/**
 * The city on a screen: three committees on a real relay, one phone with a browser among their members. What other committees call is on its first screen and is answered
 * there; ours is heard when a second one has confirmed it; who is on duty reads what nobody answered; what is shown before it is shared is what is read;
 * "check on me" opens by itself, or is stopped by others. Not here: what an assembly asks and a committee decides (test/scenarios/city.test.ts),
 * every screen (access.test.ts, webScreens.ts).
 */
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { dialNode } from '../../../client/cli/socketNode.ts'
import type { ElectedRole } from '../../../client/core/committee/roleWords.ts'
import { keepCities } from '../../../client/core/session/cityCarrying.ts'
import { parseRelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { anAlarm, changeCharter, gather, sayIt, seatOf } from '../../support/committeeStory.ts'
import { carry, motion, type People, putToVote } from '../../support/motions.ts'
import {
  closeEverybody,
  comeIn,
  foundBy,
  joinBy,
  meet,
  must,
  type Person,
  type Place,
  type Time,
} from '../../support/people.ts'
import {
  button,
  follow,
  go,
  heading,
  makeLock,
  newPhone,
  press,
  sees,
  unfold,
  write,
} from '../../support/phone.ts'
import { shoot } from '../../support/shots.ts'
import { newWebPlace } from '../../support/webPlace.ts'
import { tell } from '../../support/webStory.ts'

const DAY = 86_400_000
const MINUTE = 60_000
const PATIENCE = 120_000

/** Minutes by which the relay's clock is ahead: what waits there for a while need not be waited for. */
let ahead = 0
const web = await newWebPlace(t, { clock: () => Date.now() + ahead * MINUTE })
t.teardown(async () => {
  await closeEverybody()
  await Promise.all(seats.map(({ session }) => session.close()))
})
const relay = parseRelayAddress(web.address)
if (!relay?.admission) throw new Error('no relay')
const place: Place = {
  address: relay.url,
  relayKey: relay.key,
  admission: relay.admission,
  dial: dialNode,
}
/** What is decided in the hours of a charter was decided before this phone came. */
const time: Time = { now: Date.now() - 60 * DAY, longestWaitMs: 60_000 }

const committee = async (name: string): Promise<People> => {
  const charter = { isFounded: true, probation: 0 }
  const first = await foundBy(`${name}-1`, place, { name, charter }, time)
  return [first, await joinBy(`${name}-2`, first, place)]
}
const [warehouse, kitchen, depot] = [
  await committee('Warehouse'),
  await committee('Kitchen'),
  await committee('Depot'),
]
const CARDS = [
  { people: warehouse, card: 'a'.repeat(32), code: 'Heron', sector: 'logistics', area: 'north' },
  { people: kitchen, card: 'b'.repeat(32), code: 'Sparrow', sector: 'kitchens', area: 'north' },
  { people: depot, card: 'c'.repeat(32), code: 'Swift', sector: 'transport', area: 'south' },
] as const
const seats: Person[] = []
const everybody = (): readonly Person[] => [...CARDS.flatMap(({ people }) => people), ...seats]
const other = (people: People): Person => people[1] ?? people[0]

const elect = async (people: People, role: ElectedRole, whom: Person): Promise<void> => {
  const effect = { gives: 'role' as const, role, seat: seatOf(whom) }
  await carry(people, await putToVote(people, motion({ kind: 'elect', title: `Our ${role}`, effect })))
}
const keep = async (): Promise<void> => {
  for (const { session } of everybody()) await session.keepCity()
  for (let round = 0; round < 3; round++) {
    for (const { session } of everybody()) must(await session.sync())
    for (const { people } of CARDS)
      for (const person of people)
        await keepCities(
          [person, ...seats.filter(({ client }) => client === person.client)].map(({ session }) => session),
        )
  }
}
const until = async (
  isSo: () => boolean | Promise<boolean>,
  work: () => Promise<unknown> = keep,
): Promise<void> => {
  for (const since = Date.now(); !(await isSo()); await wait(300)) {
    if (Date.now() - since > PATIENCE) throw new Error('it did not come')
    await work()
  }
}

const cardsThere = () => [...(seats[0]?.session.view().committee.cards.values() ?? [])]
const isIn = ({ since }: { readonly since?: number }): boolean => since !== undefined
/** Whoever is first in lets in the others: which committee that is follows from whose members signed first. */
const letIn = async (): Promise<void> => {
  await keep()
  const asking = cardsThere().filter((one) => one.isWilling && !isIn(one))
  for (const [i, seat] of seats.entries())
    for (const { id } of asking)
      if (cardsThere().some((one) => one.id === CARDS[i]?.card && isIn(one)))
        await sayIt(seat, { type: 'cardWelcome', card: id })
}

const phone = await newPhone(t, web)
const { words } = phone
const story = tell(t, [phone])
const mine = (): string => phone.page().url()
const flaws: string[] = []
const look = async (name: string): Promise<void> => void flaws.push(...(await shoot(phone, `city-${name}`)))

story('Three committees decide to meet, and a phone comes into one of them', async () => {
  for (const { people } of CARDS) await elect(people, 'delegate', people[0])
  const [founder] = warehouse
  const session = await founder.client.found({
    name: 'The city',
    purpose: '',
    handle: 'Heron',
    suite: 'x25519',
    relay: { address: place.address, key: place.relayKey, admission: place.admission },
    charter: { isFounded: true, isAssembly: true, probation: 0 },
  })
  must(await session.sync())
  const sponsor: Person = { ...founder, session }
  seats.push(sponsor)
  for (const [first] of [kitchen, depot]) {
    const met = await meet(first, sponsor, must(await session.invite('link')))
    seats.push(await comeIn(first, met, seats.slice(1)))
  }
  for (const { people, code, sector, area, card } of CARDS) {
    const known = { city: session.cityName(), card, from: 1, code, sector, area, languages: ['en'] }
    const effect = { gives: 'city', to: 'join', ...known } as const
    await carry(people, await putToVote(people, motion({ kind: 'assembly', title: 'We join', effect })))
  }
  for (const today = Date.now(); time.now < today; ) {
    time.now = Math.min(today, time.now + 10 * DAY)
    for (const { people } of CARDS) await gather(people)
    await gather(seats)
  }

  const [host, second] = kitchen
  const invite = must(await host.session.invite('link'))
  await makeLock(phone)
  await go(phone, '#/join')
  await write(phone, words.begin.join.link, invite.link)
  await press(phone, words.begin.join.next)
  await write(phone, words.begin.join.handle, 'wanda')
  await press(phone, words.begin.join.next)
  const stateOf = () => host.session.view().invites.find(({ id }) => id === invite.id)?.state
  await until(
    () => stateOf() === 'comparing',
    () => host.session.sync(),
  )
  await press(phone, words.begin.join.same)
  const admission = must(await host.session.vouch(invite.id)).motion
  must(await other(kitchen).session.sync())
  must(await other(kitchen).session.approve(admission))
  await heading(phone, words.now.title)
  await until(
    () => host.session.view().members.length === 3 && second?.session.view().members.length === 3,
    () => gather(kitchen),
  )
})

story('The city stands on a screen of its own, and says what it waits for', async () => {
  await go(phone, '#/1/city')
  await sees(phone, words.city.called('Sparrow'))
  await sees(phone, words.city.noWeek)
  await sees(phone, words.city.mayNot.not_begun)
  await look('before')
  const [wanda = ''] = kitchen[0].session
    .view()
    .members.filter(({ handle }) => handle === 'wanda')
    .map(({ seat }) => seat)
  const hasGiven = () =>
    [...kitchen[0].session.view().committee.letterKeys.keys()].some((key) => key.endsWith(wanda))
  await until(hasGiven, () => gather(kitchen))
  await keep()
  await until(() => cardsThere().filter(isIn).length === 3, letIn)
  await until(() => kitchen[0].session.view().committee.homeTerms.size > 0)
  await sees(phone, words.city.noCalls)
  await sees(phone, 'Swift')
  await look('begun')
})

story("Another committee's call is on the first screen, and they read who is on it", async (t) => {
  const text = 'Somebody was called in. Logistics, north. Needs a witness.'
  await go(phone, '#/1/now')
  const letter = must(await warehouse[0].session.alertCity(text))
  must(await other(warehouse).session.sync())
  must(await other(warehouse).session.confirmAlert(letter))
  await sees(phone, words.city.calling('Heron'))
  await sees(phone, text)
  await look('call')
  await press(phone, words.alarm.onIt)
  await write(phone, words.city.whatDo, 'We come along.')
  await press(phone, words.alarm.onIt)
  const answers = () =>
    warehouse[0].session
      .bulletins()
      .flatMap(({ posted }) => posted)
      .flatMap(({ letter: { card, says } }) => (says.type === 'onIt' ? [{ card, text: says.text }] : []))
  await until(() => answers().length > 0)
  t.strictSame(answers(), [{ card: CARDS[1].card, text: 'We come along.' }])
  await phone.page().getByText(words.city.calling('Heron')).waitFor({ state: 'detached' })
  await go(phone, '#/1/city')
  await sees(phone, words.city.weAreOnIt)
})

story('A call of ours is heard by nobody before a second one of us has confirmed it', async (t) => {
  await unfold(phone, words.city.call)
  await write(phone, words.city.callText, 'We need drivers.')
  await press(phone, words.city.callSend)
  await sees(phone, words.city.waits)
  await look('waits')
  const read = () =>
    depot[0].session
      .bulletins()
      .flatMap(({ posted }) => posted)
      .some(({ letter: { says } }) => says.type === 'alert' && says.text === 'We need drivers.')
  await keep()
  t.notOk(read(), 'one alone calls nobody')
  const waiting = () =>
    [...other(kitchen).session.view().committee.letters.values()].find(
      ({ letter: { says } }) => says.type === 'alert',
    )
  must(await other(kitchen).session.confirmAlert(waiting()?.id ?? ''))
  await until(read)
  await sees(phone, words.city.ourCall)
})

story(
  'Who lends themselves for a week reads what alarm nobody answered elsewhere, and no word of it',
  async (t) => {
    const { duty } = words.city
    await press(phone, duty.take)
    await sees(phone, /You have offered from/)
    const rotaThere = () => [...warehouse[0].session.view().committee.rotas.values()].flat()
    await until(() => rotaThere().length === 1)
    await sees(phone, /You are on duty from/)
    await look('on-duty')
    await changeCharter(warehouse, { callsCity: true })
    const alarm = await sayIt(warehouse[0], anAlarm('They took me to the office at Gate Nine'))
    await keep()
    await go(phone, '#/1/now')
    await heading(phone, words.now.title)
    t.equal(
      await phone.page().getByText(words.city.nobodyThere('Heron')).count(),
      0,
      'the first ones asked are their own',
    )
    ahead += 15
    await sees(phone, words.city.nobodyThere('Heron'))
    await sees(phone, words.share.notChecked)
    t.notMatch(await phone.page().locator('main').innerText(), /Gate Nine|Warehouse/)
    await look('nobody-there')
    await press(phone, words.alarm.onIt)
    await write(phone, words.city.whatDo, 'We stand at the gate.')
    await press(phone, words.alarm.onIt)
    await until(() => warehouse[0].session.cityOn(alarm).length > 0)
    t.strictSame(warehouse[0].session.cityOn(alarm), [{ card: CARDS[1].card, text: 'We stand at the gate.' }])
    await phone.page().getByText(words.city.nobodyThere('Heron')).waitFor({ state: 'detached' })
  },
)

story('What is shown before it is shared is what the city reads, and a name stops it', async (t) => {
  const alarm = await sayIt(kitchen[0], anAlarm('They want me in the office'))
  await go(phone, `#/1/alarm/${alarm}`)
  await press(phone, words.share.spoke)
  await look('alarm')
  await follow(phone, words.share.preview)
  await write(phone, words.share.demand, `Take Kitchen-1 back.`)
  await write(phone, words.share.ask, 'Call the office on Thursday.')
  await press(phone, words.share.preview)
  await sees(phone, words.share.gaps.not_checked_by_two)
  await sees(phone, words.share.leak(words.share.leaks.handle, 'Kitchen-1'))
  t.equal(await button(phone, words.share.put).count(), 0, 'it cannot be put to the vote')
  await look('in-the-way')
  must(await other(kitchen).session.sync())
  await sayIt(other(kitchen), { type: 'alarmChecked', alarm, how: 'saw' })
  await write(phone, words.share.demand, 'Take her back.')
  await until(
    () => (kitchen[0].session.view().committee.alarms.get(alarm)?.checkedBy.length ?? 0) === 2,
    () => gather(kitchen),
  )
  await press(phone, words.share.preview)
  await sees(phone, words.share.clear)
  await look('preview')
  const shown = await phone.page().locator('#preview').innerText()
  t.notMatch(shown, /Kitchen|Wanda|office at/)
  await press(phone, words.share.put)
  await heading(phone, words.share.question)
  const id = mine().slice(-32)
  await until(
    () => kitchen[0].session.view().committee.motions.has(id),
    () => gather(kitchen),
  )
  t.equal(kitchen[0].session.view().committee.motions.get(id)?.paragraphs.join('\n\n'), shown)
})

story(
  '"Check on me" opens by itself when its time has come, and not when others have spoken to them',
  async (t) => {
    time.now = Date.now()
    const running = must(
      await kitchen[0].session.startCheck({ minutes: 1, note: 'tea', alarm: anAlarm('I was in the office') }),
    )
    t.equal(running, 'sent')
    await go(phone, '#/1/now')
    await sees(phone, words.check.running('Kitchen-1'))
    await look('check-running')
    await go(phone, '#/1/check')
    await write(phone, words.check.note, 'the walk home')
    await write(phone, words.check.facts, 'I am not home')
    await press(phone, words.check.start)
    await sees(phone, words.check.mine)
    await look('check-mine')
    t.equal(
      await button(phone, words.check.end).count(),
      1,
      'nobody stops their own: one button, for the other one',
    )
    const check = () =>
      [...kitchen[0].session.view().committee.checks.values()].find(
        ({ content }) => content.note === 'the walk home',
      )
    await until(
      () => check() !== undefined,
      () => gather(kitchen),
    )
    must(await kitchen[0].session.endCheck(check()?.id ?? ''))
    await phone.page().getByText(words.check.mine).waitFor({ state: 'detached' })
    t.equal(await phone.page().getByText(words.check.opened).count(), 0, 'not before')
    ahead += 1
    await sees(phone, words.check.opened)
    await follow(phone, words.begin.home.open)
    await sees(phone, 'I was in the office')
    await look('check-opened')
  },
)

story('Nothing on these screens is cut off, beside the screen, or stopped by their rules', async (t) => {
  t.strictSame(flaws, [])
  t.strictSame(web.offences, [])
})
