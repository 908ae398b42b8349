/** What stays on a device although its days are over, and goes when the reason is over (SPEC.md SH1 to SH8, I8). The days of each kind: committee/shelfDays.test.ts. */
import t from 'tap'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must, type Person } from '../../../support/people.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

await cryptoReady
t.teardown(closeEverybody)

const three = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  await syncAll(alice, bob, carol)
  return { alice, bob, carol }
}

const syncAll = async (...people: readonly Person[]): Promise<void> => {
  for (const person of [...people, ...people, ...people]) await person.session.sync()
}

/** Whoever carries one day forgets at once; twice, as what a snapshot still needed goes after it. */
const forgetAll = async ({ session }: Person): Promise<void> => {
  must(await session.keepAtMost(1))
  must(await session.keepAtMost(1))
}

const seatOf = (person: Person, handle: string): SeatId => {
  const found = person.session.view().members.find((one) => one.handle === handle)
  if (!found) throw new Error(`no ${handle}`)
  return found.seat
}

const PROFILE = { type: 'profile', languages: ['en'], skills: [], wants: [], away: false } as const

t.test('SH3, I8 whoever is out is forgotten when there is no way back to when they were here', async (t) => {
  const { alice, bob, carol } = await three()
  const seat = seatOf(alice, 'carol')
  must(await carol.session.say(PROFILE))
  await syncAll(alice)
  alice.time.now += 2 * DAY_MS
  const { motion } = must(await alice.session.propose({ type: 'remove', seat }))
  await bob.session.sync()
  must(await bob.session.approve(motion))
  await syncAll(alice, bob)
  t.equal(alice.session.view().members.length, 2)
  const isKnown = () => alice.session.view().committee.profiles.has(seat)
  await forgetAll(alice)
  t.ok(isKnown(), 'older than the day that is kept, but she may come back')
  alice.time.now += 73 * HOUR_MS
  await forgetAll(alice)
  t.notOk(isKnown())
})

t.test('SH4 what is said about whom we vote on stays until that is over', async (t) => {
  const { alice } = await three()
  const [bob, carol] = [seatOf(alice, 'bob'), seatOf(alice, 'carol')]
  for (const about of [bob, carol]) {
    const checked = [{ way: 'seen' as const, found: 'no' }]
    const facts = { facts: ['a fact'], guesses: [], checked, hasAsked: true }
    const { id } = must(await alice.session.say({ type: 'concern', about, ...facts }))
    must(await alice.session.say({ type: 'concernEnd', concern: id, to: 'withdrawn' }))
  }
  must(await alice.session.propose({ type: 'remove', seat: carol }))
  const about = () => [...alice.session.view().committee.concerns.values()].map((one) => one.about)
  t.strictSame(about(), [bob, carol])
  alice.time.now += 61 * DAY_MS
  await forgetAll(alice)
  t.strictSame(about(), [carol])
})

t.test('SH5 who still talks forgets no meeting, for the founding counts them', async (t) => {
  const kept: number[] = []
  for (const isFounded of [false, true]) {
    const alice = await foundBy('alice', createMemoryRelay(), { charter: { isFounded } })
    must(await alice.session.say({ type: 'meeting', on: '2026-01-05', agenda: [] }))
    alice.time.now += 10 * DAY_MS
    await forgetAll(alice)
    kept.push(alice.session.view().committee.meetings.size)
  }
  t.strictSame(kept, [1, 0])
})

t.test('I8 with a snapshot goes what this device had made for that epoch', async (t) => {
  const { alice } = await three()
  const made = () => alice.vault.keys('').filter((key) => key.includes('/staged/')).length
  t.ok(made() > 0, 'she let both of them in')
  await forgetAll(alice)
  t.ok(made() > 0)
  alice.time.now += 73 * HOUR_MS
  await forgetAll(alice)
  t.equal(made(), 0)
})
