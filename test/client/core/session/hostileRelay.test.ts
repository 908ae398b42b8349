/** A relay that lies, seen from a whole session: what it takes, what is kept as evidence, and that nothing is believed (protocol.md 4.7). */
import t from 'tap'
import { evidence, provesEquivocation } from '../../../../client/core/relay/evidence.ts'
import { decode } from '../../../../shared/base/codec.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../../shared/protocol/ids.ts'
import { createMemoryRelay, type MemoryRelay, type Misdeeds } from '../../../support/memoryRelay.ts'
import * as misdeeds from '../../../support/misdeeds.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  type Person,
  restart,
  say,
  textsOf,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const pair = async (earlier = 0): Promise<{ relay: MemoryRelay; alice: Person; bob: Person }> => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  for (let i = 0; i < earlier; i++) await say(alice, `earlier ${i}`)
  const bob = await joinBy('bob', alice, relay)
  await say(alice, 'one')
  await say(bob, 'two')
  await alice.session.sync()
  return { relay, alice, bob }
}

/** The log of the newest epoch: the one that was created last among those with posts. */
const newestLog = (relay: MemoryRelay): LogId => {
  const used = [...relay.logs.values()].filter((log) => log.entries.length > 2)
  const last = used.at(-1)
  if (!last) throw new Error('no log in use')
  return last.id
}

const lies: readonly (readonly [string, (relay: MemoryRelay) => Misdeeds])[] = [
  ['leaves an entry out', (relay) => misdeeds.dropEntry(relay.log(newestLog(relay)).entries.length)],
  ['flips a bit of an entry', (relay) => misdeeds.flipBit(relay.log(newestLog(relay)).entries.length)],
  ['serves a page of another log', (relay) => misdeeds.wrongLog([...relay.logs.values()][0]?.id as LogId)],
  [
    'serves entries of another log',
    (relay) => misdeeds.swapEntries(relay, [...relay.logs.values()][0]?.id as LogId),
  ],
  ['serves an old entry again as a new one', () => misdeeds.replayAsNew()],
  ['signs with another key', () => misdeeds.badSignatures()],
]

for (const [what, how] of lies) {
  t.test(
    `4.7, attack 19: a relay that ${what} is caught, is not believed, and is sent nothing more`,
    async (t) => {
      const { relay, alice, bob } = await pair(6)
      await say(bob, 'three')
      relay.misbehave(how(relay))

      const synced = await alice.session.sync()
      const said = await alice.session.say({ type: 'post', text: 'four' })

      t.strictSame(synced, { ok: false, error: 'alarm' })
      t.equal(alice.session.connection(), 'alarm')
      t.match(said, { ok: true, value: { is: 'waiting' } })
      t.strictSame(textsOf(alice).slice(6), ['one', 'two'])
      t.match(alice.session.view().suspicions, [{ kind: 'relay_lied' }])
    },
  )
}

t.test('4.7 after a lie a person decides to go on, and what was kept back goes out', async (t) => {
  const { relay, alice, bob } = await pair()
  await say(bob, 'three')
  relay.misbehave(misdeeds.flipBit(relay.log(newestLog(relay)).entries.length))
  await alice.session.sync()
  await alice.session.say({ type: 'post', text: 'four' })
  relay.misbehave()

  await alice.session.goOn()
  await alice.session.sync()
  await bob.session.sync()

  t.strictSame(textsOf(alice), ['one', 'two', 'three', 'four'])
  t.ok(textsOf(bob).includes('four'))
  t.match(alice.session.view().suspicions, [{ kind: 'relay_lied' }], 'the evidence stays')
})

for (const [what, misdeed] of [
  ['lied', misdeeds.badSignatures()],
  ['refused', { refuse: ({ type }) => (type === 'watch' ? { type: 'none' } : undefined) }],
] as const satisfies readonly (readonly [string, Misdeeds])[])
  t.test(
    `4.7 a watch that is over because the relay ${what} begins again once all can be read`,
    async (t) => {
      const { relay, alice, bob } = await pair()
      const stop = bob.session.live(() => undefined)
      const until = async (holds: () => boolean): Promise<void> => {
        while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
      }
      const asked = (): number => relay.requests.filter(({ request }) => request.type === 'watch').length
      await until(() => asked() > 0)
      relay.misbehave(misdeed)
      const before = asked()
      relay.cut()
      if (what === 'lied') await until(() => bob.session.connection() === 'alarm')
      else await until(() => asked() > before)
      relay.misbehave()
      const ended = asked()
      await bob.session.goOn()
      await until(() => asked() > ended)
      await alice.session.sync()
      await say(alice, 'heard again')
      await until(() => textsOf(bob).includes('heard again'))
      t.equal(bob.session.connection(), 'live')
      stop()
    },
  )

t.test(
  'P6, attack 19: a relay that rolled back and gave the seqs again leaves a proof that a stranger can check',
  async (t) => {
    const { relay, alice, bob } = await pair()
    const log = newestLog(relay)
    misdeeds.rollBack(relay, log, relay.log(log).entries.length - 1)
    const shorter = await alice.session.sync()
    t.strictSame(shorter, { ok: false, error: 'alarm' })
    await bob.vault.close()
    t.equal(textsOf(alice).length, 2, 'what was read stays')
  },
)

t.test('P6 a fork between two members is noticed when either hears what the other saw', async (t) => {
  const { relay, alice, bob } = await pair()
  const log = newestLog(relay)
  const length = relay.log(log).entries.length
  const before = relay.dialed()
  relay.misbehave(misdeeds.forkFor((connection) => connection > before, length))
  const alone = await restart(bob, relay.dial)
  await alone.session.sync()
  await say(alice, 'in the first world')
  await say(alone, 'in the second world')
  t.notOk(textsOf(alone).includes('in the first world'))
  relay.misbehave()

  await alone.session.sync()

  t.equal(alone.session.connection(), 'alarm')
  const [found] = alone.session.view().suspicions
  const proof = found?.evidence && decode(evidence, found.evidence)
  t.ok(
    proof?.ok && provesEquivocation(relay.relayKey.signingKey, proof.value),
    'two signed heads that cannot both be true',
  )
})

t.test('4.7, attack 19: FULL and CONFLICT that are not so are caught, and the post waits', async (t) => {
  for (const misdeed of [misdeeds.lieFull(), misdeeds.lieConflict(77)]) {
    const { relay, alice } = await pair()
    relay.misbehave(misdeed)

    const said = await alice.session.say({ type: 'post', text: 'held' })

    t.match(said, { ok: true, value: { is: 'waiting' } })
    t.equal(alice.session.connection(), 'alarm')
  }
})

t.test(
  'section 6, attack 24: a device whose vault was copied is told apart by its own messages, and speaks no more as if nothing were',
  async (t) => {
    const { relay, alice, bob } = await pair()
    const copy = bob.disk.copy()
    await say(bob, 'the original goes on')
    const twin = await restart(bob, relay.dial, copy)

    await twin.session.sync()

    t.ok(
      twin.session.view().suspicions.some((s) => s.kind === 'device_copied'),
      'a message of its own leaf that it never made',
    )
    t.strictSame(await twin.session.say({ type: 'post', text: 'twin' }), { ok: false, error: 'not_member' })
    await alice.session.sync()
    await bob.session.sync()
    t.ok(textsOf(alice).includes('the original goes on'))
    t.equal(bob.session.view().own.status, 'member', 'the original goes on')
  },
)
