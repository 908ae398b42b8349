/** The committee of the city bench that raises the alarm: three real sessions on the real relay, in the term of a city of so many. Not here: the city's other members (children/cityLoad.ts). */
import { dialNode } from '../../client/cli/socketNode.ts'
import { encodeTerm } from '../../client/core/city/bulletinTerm.ts'
import { packed } from '../../client/core/city/packing.ts'
import type { AlarmContent } from '../../client/core/committee/alarmContent.ts'
import { fromHex, toHex } from '../../shared/base/text.ts'
import { keyPairFromSeed, randomBytes } from '../../shared/crypto/sodium.ts'
import { parseRelayAddress } from '../../shared/protocol/relayAddress.ts'
import { type CitySide, newCitySide, type TermAt, termOfCity } from '../support/cityTerm.ts'
import { anAlarm, gather, sayIt, seatOf } from '../support/committeeStory.ts'
import { carry, motion, type People, putToVote } from '../support/motions.ts'
import { foundBy, joinBy, must, type Person, type Place, realTime } from '../support/people.ts'

export type Stage = {
  readonly people: readonly [Person, Person, Person]
  /** The other committees, whose members only listen. */
  readonly others: readonly CitySide[]
  readonly terms: ReadonlyMap<CitySide, TermAt>
}

const CITY = '9'.repeat(64)

export const placeAt = (address: string): Place => {
  const parsed = parseRelayAddress(address)
  if (parsed?.admission === undefined) throw new Error('no relay address')
  return { address: parsed.url, relayKey: parsed.key, admission: parsed.admission, dial: dialNode }
}

/** `committees`: in the city, this one among them. */
export const stageCity = async (place: Place, committees: number): Promise<Stage> => {
  const people = await committeeAt(place)
  const [delegate] = people
  const card = toHex(randomBytes(16))
  await elect(people, delegate)
  const effect = { gives: 'city', to: 'join', city: CITY, card, from: 1, code: 'Heron', ...CARD } as const
  await carry(people, await putToVote(people, motion({ kind: 'assembly', title: 'We join', effect })))
  for (const { session } of people) await session.keepCity()
  await gather(people)
  await sayIt(delegate, {
    type: 'cityKeys',
    term: 1,
    seed: toHex(randomBytes(32)),
    writer: toHex(randomBytes(32)),
  })
  const list = delegate.session.view().committee.keyLists.get(1)
  if (!list) throw new Error('no list of letter keys')
  const mine = {
    card,
    signers: [],
    keys: list.keys,
    writer: keyPairFromSeed(fromHex(list.writer) ?? randomBytes(32)),
  }
  const others = Array.from({ length: committees - 1 }, () => newCitySide())
  const terms = termOfCity([mine, ...others], { relay: delegate.session.cityRelay(), city: CITY })
  const term = terms.get(mine)?.term
  if (!term) throw new Error('no term')
  await sayIt(delegate, { type: 'cityTerm', term: packed(encodeTerm(term)) })
  await gather(people)
  return { people, others, terms }
}

const CARD = { sector: 'logistics', area: 'north', languages: ['en'] } as const

const committeeAt = async (place: Place): Promise<Stage['people']> => {
  const charter = { isFounded: true, probation: 0 }
  const one = await foundBy('Ada', place, { name: 'Warehouse', charter }, realTime())
  const two = await joinBy('Bo', one, place)
  const three = await joinBy('Cleo', one, place, [two])
  await gather([one, two, three])
  return [one, two, three]
}

const elect = async (people: People, whom: Person): Promise<void> => {
  const effect = { gives: 'role', role: 'delegate', seat: seatOf(whom) } as const
  await carry(people, await putToVote(people, motion({ kind: 'elect', title: 'Our delegate', effect })))
}

export const steady = (): number => Number(process.hrtime.bigint()) / 1e6

/** The first tap, until the second member has it on the screen: the letter's id. */
export const callCity = async ([one, two]: Stage['people'], text: string): Promise<string> => {
  const id = must(await one.session.alertCity(text))
  must(await two.session.sync())
  return id
}

/** The second tap, and when it was. */
export const confirmCity = async ([, two]: Stage['people'], id: string): Promise<number> => {
  const at = steady()
  must(await two.session.confirmAlert(id))
  return at
}

/** An alarm inside the committee: milliseconds from the tap until the last of the others has it on the screen. */
export const raiseInside = async ([one, ...others]: Stage['people'], facts: string): Promise<number> => {
  const content: AlarmContent = anAlarm(facts)
  const shown = others.map(
    ({ session }) =>
      new Promise<number>((resolve) => {
        const stop = session.live(() => {
          const alarms = [...session.view().committee.alarms.values()]
          if (!alarms.some((alarm) => alarm.content.facts === facts)) return
          stop()
          resolve(steady())
        })
      }),
  )
  const at = steady()
  await sayIt(one, content)
  return Math.max(...(await Promise.all(shown))) - at
}
