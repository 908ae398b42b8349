/** An insider with all keys of a real device, against the sessions of the others (protocol.md 4.7, section 10). Stories: test/scenarios. */
import t from 'tap'
import { openEnvelope } from '../../../../client/core/epochlog/envelope.ts'
import type { Epoch } from '../../../../client/core/session/state.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { bookOf, groupOf, putMessage } from '../../../support/hostileMember.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, say, textsOf } from '../../../support/people.ts'
import { repeatAhead } from '../../../support/repetition.ts'

await cryptoReady
t.teardown(closeEverybody)

const newestMessage = (relay: MemoryRelay, epoch: Epoch): Uint8Array => {
  const [log] = epoch.logs
  const newest = log && relay.log(log.id).entries.at(-1)?.content
  const opened = log && newest?.type === 'blob' ? openEnvelope(log, newest.blob) : undefined
  if (!opened?.ok) throw new Error('no message')
  return opened.value.body
}

t.test(
  "4.7 repeating a member's words far ahead neither shows them twice nor makes anybody deaf to that member",
  async (t) => {
    const relay = createMemoryRelay()
    const alice = await foundBy('alice', relay)
    const bob = await joinBy('bob', alice, relay)
    const mallory = await joinBy('mallory', alice, relay, [bob])
    await bob.session.sync()
    const before = (await bookOf(mallory)).newest()
    await say(alice, 'meet at seven')

    const again = await repeatAhead(groupOf(before), newestMessage(relay, before), 400)
    await putMessage(relay, before, again)
    await bob.session.sync()
    await say(alice, 'at the gate')
    await bob.session.sync()
    await alice.session.sync()

    t.strictSame(textsOf(bob), ['meet at seven', 'at the gate'])
    t.equal(alice.session.view().own.status, 'member', 'nor does the repeated one take itself for copied')
    t.strictSame(
      bob.session.view().members.map((m) => m.devices[0]?.missing),
      [0, 0, 0],
    )
  },
)
