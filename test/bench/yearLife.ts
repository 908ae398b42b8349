/**
 * The people of the year (year.ts): who looks when, what they answer, and what happens to them. A person answers what waits for them, as a screen would show it. Chance
 * is seeded and the clock moved by hand. Not here: what it costs (yearMeter.ts), what is printed (year.ts).
 */
import { encodeCharter } from '../../client/core/governance/charter.ts'
import type { SeatId } from '../../client/core/governance/ids.ts'
import { type Card, decidePage, type Waits } from '../../client/core/session/decideView.ts'
import { decide } from '../../client/core/session/deciding.ts'
import type { Session } from '../../client/core/session/session.ts'
import type { CommitteeView } from '../../client/core/session/view.ts'
import { anAlarm } from '../support/committeeStory.ts'
import {
  type Device,
  foundBy,
  joinBy,
  linkBy,
  type Met,
  meet,
  must,
  newDevice,
  newTime,
  type Person,
  type Time,
} from '../support/people.ts'
import type { Meters } from './yearMeter.ts'

export const DAY_MS = 86_400_000
const DAYS_BEFORE_A_SECOND_PHONE = 5
const TWO_THIRDS = { count: 2, thirds: 2 } as const

/** A phone that its owner looks at every day, and another device, looked at every third day. */
export type Member = {
  readonly seat: SeatId
  readonly phone: Person
  second: Person | undefined
  since: number
}

export type Year = {
  readonly time: Time
  readonly meters: Meters
  /** In [0, n). */
  readonly pick: (n: number) => number
  members: Member[]
  newcomers: { readonly device: Device; readonly met: Met }[]
  /** Who does not look at all. */
  away: SeatId | undefined
  day: number
  /** Characters of what people wrote. */
  written: number
  memberDays: number
  deviceDays: number
  alarm: { readonly by: Person; readonly id: string } | undefined
}

/** Mulberry32: the same year every time. */
const seeded = (seed: number): ((n: number) => number) => {
  let state = seed
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

const devicesOf = ({ phone, second }: Member): readonly Person[] => (second ? [phone, second] : [phone])
export const everyDevice = ({ members }: Year): readonly Person[] => members.flatMap(devicesOf)

/** Everybody comes in on the first day, by as few approvals as a charter allows; then the rules are those that a committee starts with. */
export const begin = async (meters: Meters, seats: number): Promise<Year> => {
  const time = newTime()
  const easy = { probation: 0, add: { count: 2, thirds: 1 }, remove: { count: 2, thirds: 1 } } as const
  const first = await foundBy('member 1', meters.place('member 1'), { charter: easy }, time)
  const phones = [first]
  for (let n = 2; n <= seats; n++) {
    const approvers = phones.slice(1, Math.max(2, Math.ceil(phones.length / 3)))
    phones.push(await joinBy(`member ${n}`, first, meters.place(`member ${n}`), approvers))
  }
  const members = phones.map((phone) => memberOf(phone, 0))
  const nothing = {
    newcomers: [],
    away: undefined,
    day: 0,
    written: 0,
    memberDays: 0,
    deviceDays: 0,
    alarm: undefined,
  }
  const year: Year = { time, meters, pick: seeded(1), members, ...nothing }
  for (const member of members) await linkSecond(year, member)
  const { charter } = first.session.view()
  // At most a third may be on probation, and here people come often.
  const usual = { probation: 3, add: TWO_THIRDS, remove: TWO_THIRDS }
  must(await first.session.propose({ type: 'charter', charter: encodeCharter({ ...charter, ...usual }) }))
  return year
}

const memberOf = (phone: Person, since: number): Member => ({
  seat: phone.session.view().own.seat,
  phone,
  second: undefined,
  since,
})

/** Two others have seen the person, so it is at once. */
export const linkSecond = async ({ meters, members, away, day }: Year, member: Member): Promise<void> => {
  const others = members.filter((one) => one !== member && one.seat !== away)
  const seen = others.slice(0, 2).map(({ phone }) => phone)
  for (const one of [member.phone, ...seen]) must(await one.session.sync())
  member.second = await linkBy(member.phone, meters.place(`${member.phone.name} again`), seen)
  member.since = day
}

/** A day: each phone once, in no fixed order, and every third of the other devices. Six times somebody writes. */
export const liveADay = async (year: Year): Promise<void> => {
  year.day++
  year.memberDays += year.members.length
  year.deviceDays += everyDevice(year).length
  const looking = year.members
    .filter(({ seat }) => seat !== year.away)
    .flatMap((member, i) => ((i + year.day) % 3 === 0 ? devicesOf(member) : [member.phone]))
  const order = looking
    .map((device) => ({ device, at: year.pick(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ device }) => device)
  const step = Math.floor(DAY_MS / order.length)
  const between = Math.ceil(order.length / 6)
  for (const [i, device] of order.entries()) {
    year.time.now += step
    await look(year, device, i % between === 0)
  }
  year.time.now += DAY_MS - step * order.length
  await whatHappens(year)
}

const STEPS = ['second', 'fix', 'open', 'close', 'confirm'] as const
const isStep = (waits: Waits): waits is (typeof STEPS)[number] => STEPS.some((step) => step === waits)

/** One look of one device: read, answer what waits, perhaps say something. */
const look = (year: Year, { name, session }: Person, talks: boolean): Promise<void> =>
  year.meters.measured(name, async () => {
    must(await session.sync())
    const view = session.view()
    if (view.own.status !== 'member') return
    for (const { hash } of view.motions.filter((one) => one.isWaitingForMe)) await session.approve(hash)
    for (const card of decidePage(view, year.time.now).open) await decideOn(year, session, card)
    await answer(session, view)
    if (talks) await session.say({ type: 'post', text: words(year, 1 + year.pick(3)) })
  })

const decideOn = async ({ time }: Year, session: Session, { motion, waitsForMe }: Card): Promise<void> => {
  for (const waits of motion ? waitsForMe : []) {
    const on = { motion: motion?.id ?? '' }
    if (isStep(waits)) await decide(session, { do: waits, ...on }, time.now)
    if (waits === 'vote') await decide(session, { do: 'vote', ...on, choice: 'yes' }, time.now)
  }
}

const answer = async (session: Session, { committee, own }: CommitteeView): Promise<void> => {
  for (const { id, phase, answers } of committee.alarms.values())
    if (phase.is === 'open' && !answers.has(own.seat))
      await session.say({ type: 'alarmAnswer', alarm: id, answer: 'seen' })
}

const SENTENCE = 'The shift of tomorrow begins an hour later, and whoever can comes to the gate. '
const words = (year: Year, times: number): string => {
  year.written += SENTENCE.length * times
  return SENTENCE.repeat(times)
}

type Event = { readonly every: number; readonly on: number; readonly happens: (year: Year) => Promise<void> }

/** Only their own phone knows at once: others may not have heard yet who has come and who has gone. */
const GONE: ReadonlySet<string> = new Set(['left', 'removed'])

/** Not looked at for longer than a log lives: its owner has another one in some days. */
const giveUp = async (year: Year, member: Member): Promise<void> => {
  const { own } = member.second?.session.view() ?? {}
  if (own?.status !== 'lost') return
  must(await member.phone.session.sync())
  await member.phone.session.dropDevice(own.device)
  await member.second?.session.close()
  member.second = undefined
  member.since = year.day
}

/** Besides talk, in days. */
const whatHappens = async (year: Year): Promise<void> => {
  await letIn(year)
  for (const member of year.members) await giveUp(year, member)
  const { day } = year
  for (const member of year.members)
    if (!member.second && member.seat !== year.away && day - member.since >= DAYS_BEFORE_A_SECOND_PHONE)
      await linkSecond(year, member)
  for (const { every, on, happens } of EVENTS) if (day % every === on) await happens(year)
  year.members = year.members.filter(({ phone }) => !GONE.has(phone.session.view().own.status))
}

/** Any phone that was looked at today. */
const someone = (year: Year): Person => {
  const here = year.members.filter(({ seat }) => seat !== year.away)
  const { phone } = here[year.pick(here.length)] ?? {}
  if (!phone) throw new Error('nobody is there')
  return phone
}

const question = async (year: Year): Promise<void> => {
  const { session } = someone(year)
  const content = {
    type: 'motion',
    kind: 'everyday',
    title: 'Tea',
    text: words(year, 4),
    lang: 'en',
  } as const
  await decide(session, { do: 'start', content }, year.time.now)
}

const raise = async (year: Year): Promise<void> => {
  const by = someone(year)
  const { id } = must(await by.session.say(anAlarm(words(year, 1))))
  year.alarm = { by, id }
}

const settle = async ({ alarm }: Year): Promise<void> => {
  await alarm?.by.session.say({ type: 'alarmState', alarm: alarm.id, to: 'settled', outcome: 'other' })
}

/** The owner cuts it off by the phone that is left, and has another one in some days. */
const loseAPhone = async (year: Year): Promise<void> => {
  const member = year.members.find(({ second, seat }, i) => second && seat !== year.away && i > year.pick(20))
  if (!member?.second) return
  const { device } = member.second.session.view().own
  must(await member.phone.session.sync())
  await member.phone.session.dropDevice(device)
  await member.second.session.close()
  member.second = undefined
  member.since = year.day
}

const meetSomebody = async (year: Year): Promise<void> => {
  const sponsor = someone(year)
  must(await sponsor.session.sync())
  const name = `newcomer of day ${year.day}`
  const device = await newDevice(name, year.meters.place(name).dial, year.time)
  const met = await meet(device, sponsor, must(await sponsor.session.invite('link')))
  year.newcomers.push({ device, met })
}

const letIn = async (year: Year): Promise<void> => {
  const waiting = year.newcomers.splice(0)
  for (const { device, met } of waiting) {
    const joined = await device.client.continueJoining(met.joining)
    if (joined.ok && joined.value.is === 'joined') {
      const phone = { ...device, session: joined.value.session }
      await phone.session.sync()
      year.members.push(memberOf(phone, year.day))
    } else if (joined.ok) year.newcomers.push({ device, met })
    else await meetSomebody(year) // the invite is over: they meet again
  }
}

/** One goes by their own wish, and one is put out. */
const partWith = async (year: Year): Promise<void> => {
  const [out, leaves] = year.members.slice(5).filter(({ seat }) => seat !== year.away)
  if (!out || !leaves) return
  const proposer = year.members.find((one) => one !== out && one.seat !== year.away)?.phone
  if (proposer) await proposer.session.propose({ type: 'remove', seat: out.seat })
  await leaves.phone.session.leave()
}

const changeRules = async (year: Year): Promise<void> => {
  const { session } = someone(year)
  const { charter } = session.view()
  const next = encodeCharter({ ...charter, purpose: `Safe breaks, as of day ${year.day}` })
  await session.propose({ type: 'charter', charter: next })
}

const EVENTS: readonly Event[] = [
  { every: 7, on: 1, happens: question },
  { every: 30, on: 3, happens: raise },
  { every: 30, on: 6, happens: settle },
  { every: 15, on: 5, happens: loseAPhone },
  { every: 20, on: 7, happens: meetSomebody },
  { every: 60, on: 40, happens: partWith },
  { every: 60, on: 20, happens: changeRules },
]
