/** Three committees on one relay and their assembly on another, with real clients: what the scenarios of the city begin with. Not here: what they do (test/scenarios/city*.test.ts). */
import type { ElectedRole } from '../../client/core/committee/roleWords.ts'
import { keepCities } from '../../client/core/session/cityCarrying.ts'
import { gather, sayIt, seatOf } from './committeeStory.ts'
import { createMemoryRelay, type MemoryRelay } from './memoryRelay.ts'
import { carry, motion, type People, putToVote } from './motions.ts'
import { comeIn, foundBy, joinBy, meet, must, newTime, type Person, type Place, type Time } from './people.ts'

const DAY_MS = 86_400_000

export type CityStory = {
  readonly time: Time
  /** Of the committees, and of the assembly with its bulletins. */
  readonly relays: readonly [MemoryRelay, MemoryRelay]
  readonly places: readonly [Place, Place]
  readonly everybody: () => readonly Person[]
  /** Everybody looks, and every device does what it owes to the city. */
  readonly keep: (apart?: readonly Person[]) => Promise<void>
  /** Somebody's further group or device is looked after with the others. */
  readonly addTo: (person: Person) => void
  readonly drop: (person: Person) => void
  readonly committee: (name: string, size: number) => Promise<People>
  readonly elect: (people: People, role: ElectedRole, whom: Person) => Promise<void>
  /** Of a delegate: where they sit in the assembly. */
  readonly seatIn: (people: People) => Person
  /** Minutes go by everywhere. */
  readonly pass: (minutes: number) => void
}

export const cityStory = (): CityStory => {
  const time = newTime()
  const relays = [createMemoryRelay(), createMemoryRelay()] as const
  const places = relays.map(
    (relay, i): Place => ({
      ...relay,
      address: `ws://relay-${i}.test/`,
      dial: (address, events) => (address.includes('relay-0') ? relays[0] : relays[1]).dial(address, events),
    }),
  ) as unknown as readonly [Place, Place]
  /** Everybody's groups on one device: the committee, and of a delegate the assembly. */
  const groups = new Map<string, Person[]>()
  const addTo = (person: Person): void => {
    groups.set(person.name, [...(groups.get(person.name) ?? []), person])
  }
  const everybody = (): readonly Person[] => [...groups.values()].flat()
  return {
    time,
    relays,
    places,
    everybody,
    addTo,
    drop: ({ name }) => void groups.delete(name),
    keep: async (apart = []) => {
      const here = [...groups.values()].filter(([one]) => one && !apart.some(({ name }) => name === one.name))
      for (let round = 0; round < 4; round++) {
        for (const person of here.flat()) must(await person.session.sync())
        for (const mine of here) await keepCities(mine.map(({ session }) => session))
      }
      for (const person of here.flat()) must(await person.session.sync())
    },
    committee: async (name, size) => {
      const first = await foundBy(
        `${name}-1`,
        places[0],
        { name, charter: { isFounded: true, probation: 0 } },
        time,
      )
      const people: [Person, ...Person[]] = [first]
      for (let i = 2; i <= size; i++)
        people.push(await joinBy(`${name}-${i}`, first, places[0], people.slice(1)))
      await gather(people)
      for (const person of people) addTo(person)
      return people
    },
    elect: async (people, role, whom) => {
      const effect = { gives: 'role' as const, role, seat: seatOf(whom) }
      await carry(people, await putToVote(people, motion({ kind: 'elect', title: `Our ${role}`, effect })))
    },
    seatIn: ([first]) => {
      const one = groups.get(first.name)?.[1]
      if (!one) throw new Error('no delegate')
      return one
    },
    pass: (minutes) => {
      time.now += minutes * 60_000
      for (const relay of relays) relay.pass(minutes * 60)
    },
  }
}

export type CityCard = {
  readonly people: People
  readonly card: string
  readonly code: string
  readonly sector: string
  readonly area: string
}

/** The delegates of all sit together: the first one begins the assembly, each next one is sponsored by those who are there. */
export const assemble = async (story: CityStory, cards: readonly CityCard[]): Promise<readonly Person[]> => {
  const [founding, ...others] = cards
  const founder = founding?.people[0]
  if (!founder) throw new Error('nobody')
  const [, { address, relayKey, admission }] = story.places
  const session = await founder.client.found({
    name: 'The city',
    purpose: 'Committees that help each other',
    handle: founding.code,
    suite: 'x25519',
    relay: { address, key: relayKey, admission },
    charter: { isFounded: true, isAssembly: true, probation: 0 },
  })
  await session.sync()
  const inside: Person[] = [{ ...founder, session }]
  story.addTo({ ...founder, session })
  for (const { people } of others) {
    const [sponsor, ...present] = inside
    if (!sponsor) throw new Error('nobody')
    const met = await meet(people[0], sponsor, must(await sponsor.session.invite('link')))
    const come = await comeIn(people[0], met, present)
    story.addTo(come)
    inside.push(come)
  }
  await gather(inside)
  return inside
}

/** Every committee decides that it joins. */
export const decideToJoin = async (city: string, cards: readonly CityCard[], from = 1): Promise<void> => {
  for (const { people, card, ...shown } of cards) {
    const { code, sector, area } = shown
    const its = { code, sector, area, languages: ['en'] }
    const effect = { gives: 'city', to: 'join', city, card, from, ...its } as const
    const wish = motion({ kind: 'assembly', title: 'We join the city', effect })
    await carry(people, await putToVote(people, wish))
  }
}

/** The second and the third are let in by those who are in. */
export const letIn = async (story: CityStory, cards: readonly CityCard[]): Promise<void> => {
  for (const [i, { card }] of cards.slice(1).entries()) {
    for (const { people } of cards.slice(0, i + 1))
      await sayIt(story.seatIn(people), { type: 'cardWelcome', card })
    await story.keep()
  }
}

/** Days go by until the next bulletin has begun. */
export const untilNextTerm = async (story: CityStory, person: Person): Promise<number> => {
  const newest = (): number => Math.max(...person.session.view().committee.homeTerms.keys())
  const before = newest()
  story.time.now = (person.session.view().committee.homeTerms.get(before)?.term.startsAt ?? 0) + 6 * DAY_MS
  await story.keep()
  story.time.now = person.session.view().committee.homeTerms.get(newest())?.term.startsAt ?? 0
  await story.keep()
  return newest()
}
