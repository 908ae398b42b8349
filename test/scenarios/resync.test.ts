/** I4: whoever was made unable to follow comes back, also where much happens at once. The plain case is in committee.test.ts. */
import t, { type Test } from 'tap'
import { signResync } from '../../client/core/governance/act.ts'
import { planProposals } from '../../client/core/governance/plan.ts'
import { stageCommit } from '../../client/core/mls/commit.ts'
import { signatureKeyPair } from '../../client/core/mls/group.ts'
import type { Proposal } from '../../client/core/mls/types.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, sha256 } from '../../shared/crypto/sodium.ts'
import { gather, seatOf } from '../support/committeeStory.ts'
import { bookOf, groupOf, putMessage, tidyGarbledFor } from '../support/hostileMember.ts'
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

t.test(
  'V7, attack 12: whoever answers a stuck device and spoils the answer has done so once: the next one lets it in',
  async (t) => {
    t.teardown(closeEverybody)
    const relay = createMemoryRelay()
    const time = realTime()
    const alice = await foundBy('alice', relay, { charter: { probation: 0 } }, time)
    const bob = await joinBy('bob', alice, relay)
    const carol = await joinBy('carol', bob, relay, [alice])
    const dave = await joinBy('dave', alice, relay, [bob, carol])
    const mallory = await joinBy('mallory', alice, relay, [bob, carol])
    await gather([alice, bob, carol, dave, mallory])
    const before = (await bookOf(mallory)).newest()
    await putMessage(relay, before, await tidyGarbledFor(before, [seatOf(carol)]))
    for (const { session } of [alice, bob, dave, carol]) await session.sync()

    // Bob, who is with mallory, puts carol's new leaf into the tree and keeps the Welcome to himself.
    await putMessage(relay, (await bookOf(bob)).newest(), await answerTo(carol, bob))
    await alice.session.sync()
    await carol.session.sync()
    t.equal(carol.session.view().own.status, 'stuck')

    for (let i = 0; i < 10; i++) {
      time.now += 5 * 60_000
      await carol.session.sync()
    }
    for (let i = 0; i < 4; i++) {
      for (const { session } of [alice, dave, carol]) await session.sync()
      time.now += 5 * 60_000
    }
    t.equal(carol.session.view().own.status, 'member')
    t.equal(carol.session.view().epoch, alice.session.view().epoch)
  },
)

/** A commit that carries out the stuck device's request, by the keys of another's. */
const answerTo = async (stuck: Person, by: Person): Promise<Uint8Array> => {
  const own = (await bookOf(stuck)).own().stuck
  const asked = own && (await bookOf(stuck)).epoch(own.epoch)
  const [keys] = own?.keys ?? []
  if (!own || !asked || !keys) throw new Error('nobody is stuck')
  const request = signResync(signatureKeyPair(groupOf(asked)).secretKey, {
    anchor: asked.info.anchor,
    epoch: own.epoch,
    commit: own.commit,
    device: stuck.session.view().own.device,
    keyPackage: toHex(sha256(keys.keyPackage)),
  })
  const epoch = (await bookOf(by)).newest()
  const proposals = planProposals(epoch.info.roster, { type: 'resync', request }, keys.keyPackage)
  if (!proposals) throw new Error('nothing to act on')
  return (await stageCommit(groupOf(epoch), proposals as readonly Proposal[])).message
}
