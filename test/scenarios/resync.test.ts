/** I4: whoever was made unable to follow comes back, also where much happens at once. The plain case is in committee.test.ts. */
import t, { type Test } from 'tap'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { gather, seatOf } from '../support/committeeStory.ts'
import { bookOf, putMessage, tidyGarbledFor } from '../support/hostileMember.ts'
import { createMemoryRelay } from '../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, type Person, realTime, say, textsOf } from '../support/people.ts'

await cryptoReady

/** Mallory's TIDY leaves carol stuck, and mallory too, who does not keep what she made. Both have asked. */
const twoStuck = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, { charter: { probation: 0 } }, realTime())
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', bob, relay, [alice])
  const mallory = await joinBy('mallory', alice, relay, [bob])
  await gather([alice, bob, carol, mallory])
  const epoch = (await bookOf(mallory)).newest()
  await putMessage(relay, epoch, await tidyGarbledFor(epoch, [seatOf(carol)]))
  await carol.session.sync()
  await mallory.session.sync()
  return { alice, bob, carol, mallory }
}

const allBack = async (t: Test, people: readonly Person[]): Promise<void> => {
  for (let i = 0; i < 4; i++) for (const { session } of people) await session.sync()
  const newest = people[0]?.session.view().epoch
  for (const { name, session } of people) {
    t.equal(session.view().own.status, 'member', `${name} is back`)
    t.equal(session.view().epoch, newest, `${name} is where the others are`)
    t.strictSame(session.view().suspicions, [], `${name} suspects nobody`)
  }
  const [first] = people
  if (first) await say(first, 'All here?')
  for (const { session } of people) await session.sync()
  for (const one of people) t.equal(textsOf(one).at(-1), 'All here?', `${one.name} hears it`)
}

t.test('I4 of two who are stuck and are helped by one device in one go, both come back', async (t) => {
  t.teardown(closeEverybody)
  const { alice, bob, carol, mallory } = await twoStuck()

  await alice.session.sync()

  await allBack(t, [alice, bob, carol, mallory])
})
