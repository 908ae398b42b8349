/** Another device of a member (protocol.md 4.11): who lets it in, when, and what it is handed. Real MLS on a relay in memory. */
import t from 'tap'
import { decodeKeyPackage } from 'ts-mls/keyPackage.js'
import { encodeAct } from '../../../../client/core/governance/act.ts'
import { encodeIdentity, newId, type SeatId } from '../../../../client/core/governance/ids.ts'
import { assembleMandate } from '../../../../client/core/governance/motion.ts'
import { encodeSeatData } from '../../../../client/core/governance/roster.ts'
import type { Transcript } from '../../../../client/core/join/transcript.ts'
import { ACT_PROPOSAL } from '../../../../client/core/mls/config.ts'
import { newKeyPackage } from '../../../../client/core/mls/keyPackage.ts'
import { actionFor } from '../../../../client/core/session/linking.ts'
import { forumOf } from '../../../../client/core/session/state.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../../shared/protocol/ids.ts'
import { forgeCommit } from '../../../support/hostileCommit.ts'
import { bookOf, groupOf, putMessage } from '../../../support/hostileMember.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  comeIn,
  type Device,
  foundBy,
  joinBy,
  linkBy,
  meet,
  must,
  newDevice,
  type Person,
  say,
  textsOf,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const DAY_MS = 86_400_000

const deviceIdOf = (person: Person) => person.session.view().own.device

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

t.test(
  '4.11 one other member who has seen the person is enough after a day, two are enough at once',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    const device = await newDevice('alice again', relay.dial, alice.time)
    const met = await meet(device, alice, must(await alice.session.invite('device')))

    await t.rejects(comeIn(device, met, []), /not joined: deciding/, 'the owner alone links nothing')
    await t.rejects(comeIn(device, met, [bob]), /not joined: deciding/, 'announced, and waiting')
    await syncAll(carol)
    const announced = carol.session.view().motions.find(({ hash }) => hash === met.motion)
    t.match(
      announced,
      { action: { type: 'deviceAdd' }, about: 'alice', outcome: 'open', restsUntil: alice.time.now + DAY_MS },
      'everybody sees it',
    )
    alice.time.now += DAY_MS - 1
    await t.rejects(comeIn(device, met, []), /not joined: deciding/)
    alice.time.now += 1
    await syncAll(bob, alice)
    const second = await comeIn(device, met, [])
    t.equal(second.session.view().own.seat, alice.session.view().own.seat)

    const third = await linkBy(bob, relay, [alice, carol])
    t.equal(third.session.view().own.handle, 'bob', 'confirmed by a second one: at once')
  },
)

t.test(
  'attack 33: a phone that was taken open links nothing: it is cut off while the new device waits',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    const police = await newDevice('police', relay.dial, alice.time)
    const met = await meet(police, alice, must(await alice.session.invite('device')))
    await t.rejects(comeIn(police, met, [carol]), /deciding/, 'carol was deceived')
    await syncAll(bob)

    must(await bob.session.cutOff(deviceIdOf(alice)))
    alice.time.now += 2 * DAY_MS
    await syncAll(bob, carol, bob)

    t.equal(must(await police.client.continueJoining(met.joining)).is, 'deciding')
    t.equal(bob.session.view().members.find((m) => m.handle === 'alice')?.devices.length, 0)
    t.equal(bob.session.view().members.length, 3, 'the seat stays')
  },
)

t.test('attack 21: whoever photographed the code of a new phone cannot pass for it', async (t) => {
  const { relay, alice, bob } = await three()
  const mine = await newDevice('mine', relay.dial, alice.time)
  const theirs = await newDevice('theirs', relay.dial, alice.time)
  const first = must(await alice.session.invite('device'))
  await alice.session.sync()
  const begin = (device: Device, link: string) => device.client.startJoining(link, '').then(must)

  const [a, b] = [await begin(theirs, first.link), await begin(mine, first.link)]
  must(await theirs.client.continueJoining(a))
  await alice.session.sync()
  await theirs.client.continueJoining(a)
  await alice.session.sync()
  const words = alice.session.view().invites.find(({ id }) => id === first.id)?.words
  const late = must(await mine.client.continueJoining(b))
  t.equal(words?.length, 3, 'the stranger was first, and the words are between alice and the stranger')
  t.match(late, { is: 'aborted', reason: 'second_newcomer' }, 'the phone in her hand shows that it is not it')
  await alice.session.refuse(first.id, 'words_differ')
  await alice.session.sync()
  t.equal(alice.session.view().motions.filter(({ outcome }) => outcome === 'open').length, 0)
  t.equal(must(await theirs.client.continueJoining(a)).is, 'comparing', 'and nothing ever follows')

  const second = must(await alice.session.invite('device'))
  await alice.session.sync()
  const [c, d] = [await begin(mine, second.link), await begin(theirs, second.link)]
  must(await mine.client.continueJoining(c))
  t.match(must(await theirs.client.continueJoining(d)), { is: 'aborted' })
  await bob.session.sync()
  t.equal(bob.session.view().members.length, 3)
})

t.test(
  '7.4 the motion that added a device is spent: it does not come back when it was cut off',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    const second = await linkBy(alice, relay, [bob, carol])
    await syncAll(alice, bob, carol, second)
    const [spent] = (await bookOf(bob)).motions
      .all()
      .filter(({ motion }) => motion.action.type === 'deviceAdd')
    if (!spent) throw new Error('no motion')

    must(await alice.session.dropDevice(deviceIdOf(second)))
    await syncAll(alice, bob, carol, second)
    t.equal(second.session.view().own.status, 'removed')
    const epoch = (await bookOf(bob)).newest()
    const mandate = assembleMandate(forumOf(epoch), spent.motion, spent.approvals)
    const [keyPackage] = decodeKeyPackage(spent.join?.keyPackage ?? new Uint8Array(0), 0) ?? []
    if (!keyPackage) throw new Error('no key package')
    const again = await forgeCommit(groupOf(epoch), {
      withPath: false,
      proposals: [
        { proposalType: 'add', add: { keyPackage } },
        { proposalType: ACT_PROPOSAL, proposalData: encodeAct({ type: 'mandate', mandate }) },
      ],
    })
    await putMessage(relay, epoch, again)
    await syncAll(alice, bob, carol)

    t.equal(alice.session.view().members.find((m) => m.isMe)?.devices.length, 1)
    for (const one of [alice, carol]) t.equal(one.session.view().epoch, epoch.info.number, 'nobody followed')
    t.strictSame(carol.session.view().words, alice.session.view().words)
  },
)

t.test(
  '4.11 the owner asks for nothing but what was compared: a device of the seat that the invite names',
  async (t) => {
    const { alice, bob } = await three()
    const book = await bookOf(alice)
    const { charter } = book.newest()
    const [hers, his] = [alice, bob].map((person) => person.session.view().own.seat)
    const transcriptWith = async (seat: SeatId | undefined, joined: number): Promise<Transcript> => {
      if (!seat || !hers) throw new Error('no seat')
      const keys = await newKeyPackage({
        suite: 'x25519',
        identity: encodeIdentity(seat, newId(randomBytes)),
        seatData: encodeSeatData({ writerKey: new Uint8Array(32), joined, after: [] }),
      })
      const nonce = new Uint8Array(32)
      const as = { type: 'device', sealTo: new Uint8Array(32) } as const
      return {
        log: new Uint8Array(24) as LogId,
        offer: { type: 'offer', suite: charter.suite, rules: 1, joined: 0, seat: hers },
        commitment: { type: 'commitment', commitment: nonce },
        answer: { type: 'answer', nonce, seat: hers, signatureKey: nonce },
        reveal: { type: 'reveal', keyPackage: keys.publicBytes, nonce, as },
      }
    }

    t.match(await actionFor(book, await transcriptWith(hers, 0)), { type: 'deviceAdd', seat: hers })
    t.equal(await actionFor(book, await transcriptWith(his, 0)), undefined, 'another seat')
    t.equal(await actionFor(book, await transcriptWith(hers, 7)), undefined, 'another mark')
  },
)
