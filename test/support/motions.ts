/**
 * How members decide together, in one call each: pressing the steps of a motion in the hours of the charter, meetings, points of unity, a founding. Everything by
 * the commands that a screen has. Not here: joining (people.ts), what a committee is told otherwise (committeeStory.ts).
 */
import type { MotionContent } from '../../client/core/committee/motionContent.ts'
import type { DecideStep } from '../../client/core/session/decideContent.ts'
import { type Card, decidePage } from '../../client/core/session/decideView.ts'
import { decide } from '../../client/core/session/deciding.ts'
import { gather, sayIt } from './committeeStory.ts'
import { foundBy, joinBy, must, type Person, type Place, type Time } from './people.ts'

const DAY_MS = 86_400_000

/** In epochs: a short one, since the product counts a beginner's days and the protocol epochs. */
const PROBATION = 3

export type People = readonly [Person, ...Person[]]

/** Presses, after looking: the id, or why not. */
export const press = async (person: Person, step: DecideStep): Promise<string> => {
  must(await person.session.sync())
  const decided = await decide(person.session, step, person.time.now)
  return decided.ok ? decided.value.id : decided.error.why
}

export const motion = (more: Partial<MotionContent>): MotionContent => ({
  type: 'motion',
  kind: 'everyday',
  title: 'A question',
  text: 'A question to all of us.',
  lang: 'en',
  ...more,
})

export const cardOf = async (person: Person, id: string): Promise<Card> => {
  must(await person.session.sync())
  const { open, done } = decidePage(person.session.view(), person.time.now)
  const card = [...open, ...done].find((one) => one.id === id)
  if (!card) throw new Error('no such card')
  return card
}

/** From the question to an open vote, in the hours of the charter; the first asks, the second seconds. */
export const putToVote = async ([first, second = first]: People, content: MotionContent): Promise<string> => {
  const id = await press(first, { do: 'start', content })
  await press(second, { do: 'second', motion: id })
  first.time.now = (await cardOf(first, id)).dueAt ?? first.time.now
  await press(first, { do: 'fix', motion: id })
  await press(first, { do: 'open', motion: id })
  return id
}

/** Everybody says yes; when the hours are over, one closes and another counts too. */
export const carry = async (people: People, id: string): Promise<void> => {
  for (const person of people) await press(person, { do: 'vote', motion: id, choice: 'yes' })
  const [first, second = first] = people
  await press(first, { do: 'close', motion: id })
  await press(second, { do: 'confirm', motion: id })
  await gather(people)
}

/** One writes a meeting down, and each says of themselves that they were there. */
export const meetOn = async (people: People, on: string): Promise<void> => {
  const meeting = await sayIt(people[0], { type: 'meeting', on, agenda: [] })
  for (const person of people) {
    must(await person.session.sync())
    await sayIt(person, { type: 'meetingThere', meeting, was: true })
  }
  await gather(people)
}

export const agreeOn = async (people: People, text: string): Promise<void> => {
  const point = await sayIt(people[0], { type: 'unityPoint', source: 'own', text })
  for (const person of people) {
    must(await person.session.sync())
    await sayIt(person, { type: 'unityStance', point, stance: 'agree', note: 'As we said.' })
  }
  await gather(people)
}

export type Talk = {
  readonly relay: Place
  readonly time: Time
  readonly name: string
  readonly people: number
}

/** Two or three people who are not a committee yet. */
export const talk = async ({ relay, time, name, people: size }: Talk): Promise<People> => {
  const about = { name, purpose: `${name} talks`, charter: { isFounded: false, probation: PROBATION } }
  const people: [Person, ...Person[]] = [await foundBy(`${name}-1`, relay, about, time)]
  for (let i = 2; i <= size; i++) people.push(await joinBy(`${name}-${i}`, people[0], relay, people.slice(1)))
  await gather(people)
  return people
}

/** The founding vote of all. */
export const foundAll = async (people: People): Promise<void> => {
  for (const person of people) {
    must(await person.session.sync())
    must(await person.session.foundVote())
  }
  await gather(people)
}

/** Weeks in which nothing happens but that devices renew their keys, until nobody is on probation. */
export const untilAllCount = async (people: People): Promise<void> => {
  for (let i = 0; i < 8 && people[0].session.view().members.some(({ counts }) => !counts); i++) {
    people[0].time.now += 15 * DAY_MS
    await gather(people)
  }
}
