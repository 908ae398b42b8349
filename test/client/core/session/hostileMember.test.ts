/** An insider with all keys of a real device, against the sessions of the others (protocol.md 4.7, section 10). Stories: test/scenarios. */
import t from 'tap'
import { openEnvelope } from '../../../../client/core/epochlog/envelope.ts'
import { signStatement } from '../../../../client/core/epochlog/statement.ts'
import { encodeCharter } from '../../../../client/core/governance/charter.ts'
import { deviceOf } from '../../../../client/core/governance/roster.ts'
import { signatureKeyPair } from '../../../../client/core/mls/group.ts'
import { type Epoch, rosterOf } from '../../../../client/core/session/state.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { bookOf, groupOf, putEnvelope, putMessage } from '../../../support/hostileMember.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must, type Person, say, textsOf } from '../../../support/people.ts'
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

t.test(
  '7.2 a commit that the electorate voids is undone everywhere; what was said after it is said again under the same ids',
  async (t) => {
    const relay = createMemoryRelay()
    const alice = await foundBy('alice', relay)
    const bob = await joinBy('bob', alice, relay)
    const carol = await joinBy('carol', alice, relay, [bob])
    await say(carol, 'before')
    const { charter } = alice.session.view()
    const wanted = encodeCharter({ ...charter, name: 'Voided' })
    const motion = must(await alice.session.propose({ type: 'charter', charter: wanted })).motion
    await bob.session.sync()
    await bob.session.approve(motion)
    for (const person of [alice, carol, bob]) await person.session.sync()
    await say(alice, 'after, by alice')
    await say(carol, 'after, by carol')
    const voided = (await bookOf(bob))
      .epochs()
      .findLast((epoch) => epoch.fold.current?.effect.action === 'charter')
    if (!voided?.fold.current) throw new Error('no charter commit')
    t.equal(voided.fold.current.effect.author, bob.session.view().own.seat)

    await stateAs(alice, relay, voided.info.number, voided.fold.current.commit)
    await stateAs(carol, relay, voided.info.number, voided.fold.current.commit)
    alice.time.now += 7 * 3_600_000 // old logs are due
    const everybody = [alice, bob, carol, alice, bob, carol, alice, bob, carol]
    for (const person of everybody) await person.session.sync()

    for (const person of [alice, bob, carol]) {
      const fold = (await bookOf(person)).epoch(voided.info.number)?.fold
      t.strictSame(fold?.barred, [bob.session.view().own.seat], `${person.name}: its author is barred`)
      t.not(fold?.current?.commit, voided.fold.current.commit, 'and another commit ends the epoch')
      t.equal(fold?.current?.effect.action, 'charter', 'by which somebody else carries the decision out')
    }
    const [view, ...others] = [alice, bob, carol].map((p) => p.session.view())
    t.strictSame(textsOf(alice).toSorted(), ['after, by alice', 'after, by carol', 'before'])
    t.strictSame(textsOf(carol), textsOf(alice))
    for (const other of others) {
      t.strictSame([other.epoch, other.words], [view?.epoch, view?.words])
      t.strictSame(
        other.committee.posts.map((p) => p.id).slice(-2),
        view?.committee.posts.map((p) => p.id).slice(-2),
      )
    }
    t.equal(await say(bob, 'goes on'), 'sent')
    await alice.session.sync()
    t.ok(textsOf(alice).includes('goes on'))
  },
)

/** VOID, as a client will say it that cannot follow. */
const stateAs = async (person: Person, relay: MemoryRelay, number: number, commit: string): Promise<void> => {
  const book = await bookOf(person)
  const epoch = book.epoch(number)
  const mine = epoch && deviceOf(rosterOf(epoch), book.own().device)
  const [log] = epoch?.logs ?? []
  if (!epoch || !mine || !log) throw new Error('not held')
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const statement = { leaf: mine.leaf, seen, stated: { type: 'void' as const, commit, turn: 1 } }
  const signed = signStatement(signatureKeyPair(groupOf(epoch)).secretKey, log.id, statement)
  await putEnvelope(relay, epoch, { kind: 4, body: signed })
}
