/** Another device of a member (protocol.md 4.11): who lets it in, when, and what it is handed. Real MLS on a relay in memory. */
import t from 'tap'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  linkBy,
  type Person,
  say,
  textsOf,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const three = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  await syncAll(alice, bob, carol)
  return { relay, alice, bob, carol }
}

const syncAll = async (...people: readonly Person[]): Promise<void> => {
  for (const person of [...people, ...people, ...people]) {
    const synced = await person.session.sync()
    if (!synced.ok) throw new Error(synced.error)
  }
}

t.test('4.11 a linked device has the seat of its owner, and reads what the owner could read', async (t) => {
  const { relay, alice, bob, carol } = await three()
  await say(bob, 'before the phone')
  await syncAll(alice, bob, carol)

  const second = await linkBy(alice, relay, [bob, carol])
  await syncAll(alice, bob, carol, second)

  const { own, members, handover } = second.session.view()
  t.equal(own.seat, alice.session.view().own.seat)
  t.equal(own.handle, 'alice')
  t.not(own.device, alice.session.view().own.device)
  t.equal(members.length, 3, 'no seat more')
  t.equal(members.find((m) => m.isMe)?.devices.length, 2)
  t.ok(members.every((m) => m.counts))
  t.strictSame(textsOf(second), ['before the phone'])
  t.match(handover, { is: 'taken', from: alice.session.view().own.device, sayings: 1 })
  await say(second, 'from the new phone')
  await syncAll(alice, bob, carol)
  t.strictSame(textsOf(bob), ['before the phone', 'from the new phone'])
  t.strictSame(second.session.view().words, alice.session.view().words)
})
