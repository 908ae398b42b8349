/** A member under review, with real groups on a relay in memory (R4; acceptance step 22). Not here: what a concern comes to (concern.test.ts). */
import t from 'tap'
import { concernPages, suspensionIn, withoutSuspended } from '../../../../client/core/session/lifeView.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  meet,
  must,
  newDevice,
  type Person,
  say,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const everybody = async (people: readonly Person[]): Promise<void> => {
  for (const { session } of [...people, ...people, ...people]) must(await session.sync())
}

const HOUR_MS = 3_600_000

/** Four who all count, a friend whom the last of them vouches for. */
const story = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, { charter: { probation: 0 } })
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  await everybody([alice, bob, carol])
  const frank = await joinBy('frank', alice, relay, [bob, carol])
  const people = [alice, bob, carol, frank]
  await everybody(people)
  const friend = await newDevice('friend', relay.dial, frank.time)
  const met = await meet(friend, frank, must(await frank.session.invite('link')))
  await everybody(people)
  return { alice, bob, carol, frank, friend, people, ...met }
}

t.test(
  'section 10, 22: while two suspend a member, nobody is let in on their word, and their statement is heard',
  async (t) => {
    const { alice, bob, frank, people, motion } = await story()
    const about = frank.session.view().own.seat
    const { id: concern } = must(
      await alice.session.say({
        type: 'concern',
        about,
        facts: ['The manager quoted the draft'],
        guesses: [],
        checked: [{ way: 'paper', found: 'Nobody printed it' }],
        hasAsked: true,
      }),
    )
    await everybody(people)
    for (const { session } of [alice, bob])
      must(await session.say({ type: 'suspend', concern, lifts: false }))
    await everybody(people)
    const now = alice.time.now
    for (const { session } of people) t.ok(suspensionIn(session.view(), about, now))
    t.strictSame(await bob.session.approve(motion), { ok: false, error: 'sponsor_suspended' })

    await say(frank, 'Listen to me')
    must(await frank.session.say({ type: 'statement', text: 'I was at home' }))
    await everybody(people)
    const view = bob.session.view()
    t.equal(view.committee.posts.length, 1)
    t.equal(withoutSuspended(view.committee, view, now).posts.length, 0, 'folded away')
    t.match(concernPages(view, now), [{ state: 'suspended', statements: [{ text: 'I was at home' }] }])
    t.ok(view.members.find(({ seat }) => seat === about)?.counts, 'their vote stays theirs')

    for (const person of people) person.time.now = now + 73 * HOUR_MS
    t.notOk(suspensionIn(bob.session.view(), about, bob.time.now), 'it ends by itself')
    t.match(await bob.session.approve(motion), { ok: true })
  },
)

t.test(
  'R4 what a removed member wanted at the same time is void, however many say yes to it afterwards',
  async (t) => {
    const { alice, bob, carol, frank, friend, people, joining, motion } = await story()
    const { motion: removal } = must(
      await alice.session.propose({ type: 'remove', seat: frank.session.view().own.seat }),
    )
    for (const { session } of [bob, carol]) {
      must(await session.sync())
      must(await session.approve(removal))
    }
    await everybody(people)
    t.strictSame(
      alice.session.view().members.map(({ handle }) => handle),
      ['alice', 'bob', 'carol'],
    )
    for (const { session } of [alice, bob, carol]) await session.approve(motion)
    await everybody([alice, bob, carol])
    t.equal(alice.session.view().members.length, 3)
    t.match(alice.session.view().motions.find(({ hash }) => hash === motion)?.outcome, 'lapsed')
    t.match(await friend.client.continueJoining(joining), { ok: true, value: { is: 'deciding' } })
  },
)
