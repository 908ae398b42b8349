/** "Check on me" (product.md 3.E, protocol.md D5): real sessions over a relay in memory that lets time pass when the test says so. */
import t from 'tap'
import type { AlarmContent } from '../../../../client/core/committee/alarmContent.ts'
import { encodeCharter } from '../../../../client/core/governance/charter.ts'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must, type Person } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const ALARM: AlarmContent = {
  type: 'alarm',
  kind: 'called_in',
  severity: 'now',
  facts: 'I was in the office',
  needs: ['call_me'],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
}
const draft = (minutes = 30) => ({ minutes, note: 'a talk at three', alarm: ALARM })
const alarmsOf = ({ session }: Person) => [...session.view().committee.alarms.values()]
const checkIn = ({ session }: Person): string => [...session.view().committee.checks.keys()].at(-1) ?? ''

const four = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  const dora = await joinBy('dora', alice, relay, [bob, carol])
  for (const one of [alice, bob, carol, dora]) await one.session.sync()
  return { relay, alice, bob, carol, dora }
}

t.test(
  'product.md 3.E the alarm opens by itself when the phone is gone, in the name of who sealed it',
  async (t) => {
    const { relay, alice, bob, carol, dora } = await four()
    must(await alice.session.startCheck(draft()))
    await alice.session.close()
    await bob.session.sync()
    t.equal(bob.session.view().committee.checks.size, 1)
    t.strictSame(alarmsOf(bob), [], 'nobody reads it before')
    t.equal(relay.waiting()[0]?.request.cancelHashes.length, 32)
    relay.pass(29 * 60)
    await bob.session.sync()
    t.strictSame(alarmsOf(bob), [])
    relay.pass(60)
    for (const one of [bob, carol, dora]) {
      one.time.now += 31 * 60_000
      await one.session.sync()
      t.match(alarmsOf(one), [{ seat: alice.session.view().own.seat, kind: 'called_in', severity: 'now' }])
    }
  },
)

t.test(
  'product.md 3.E one member alone stops nothing, neither does the phone that began it; two do',
  async (t) => {
    const { relay, alice, bob, carol } = await four()
    must(await alice.session.startCheck(draft()))
    await bob.session.sync()
    await carol.session.sync()
    const check = checkIn(bob)
    t.strictSame(await alice.session.endCheck(checkIn(alice)), { ok: false, error: 'no_token' })
    must(await bob.session.endCheck(check))
    must(await bob.session.endCheck(check))
    t.equal(relay.waiting().length, 1, 'one person twice is one')
    must(await carol.session.endCheck(check))
    t.equal(relay.waiting().length, 0)
    relay.pass(3600)
    await bob.session.sync()
    t.strictSame(alarmsOf(bob), [])
    t.strictSame(bob.session.view().committee.checks.get(check)?.endedBy.length, 2)
  },
)

t.test(
  'product.md 3.E it opens too when the committee has gone on by several epochs, and once',
  async (t) => {
    const { relay, alice, bob, carol, dora } = await four()
    must(await alice.session.startCheck(draft(60)))
    for (const one of [bob, carol, dora]) await one.session.sync()
    const before = bob.session.view().epoch
    for (const name of ['Heron', 'Kestrel', 'Swift']) {
      const charter = encodeCharter({ ...bob.session.view().charter, name })
      const { motion } = must(await bob.session.propose({ type: 'charter', charter }))
      for (const one of [carol, dora, bob]) await one.session.sync()
      must(await carol.session.approve(motion))
      for (const one of [bob, carol, dora, bob, carol]) await one.session.sync()
    }
    for (const one of [bob, carol]) await one.session.sync()
    t.ok(bob.session.view().epoch >= before + 2)
    relay.pass(3600)
    for (const one of [bob, carol]) {
      one.time.now += 61 * 60_000
      await one.session.sync()
      await one.session.sync()
      t.equal(alarmsOf(one).length, 1)
    }
  },
)

t.test(
  'I13 and late entries: what was sealed by somebody who was put out before it opened is not heard',
  async (t) => {
    const { relay, alice, bob, carol, dora } = await four()
    must(await dora.session.startCheck(draft(60)))
    for (const one of [alice, bob, carol]) await one.session.sync()
    const seat = dora.session.view().own.seat as SeatId
    const { motion } = must(await alice.session.propose({ type: 'remove', seat }))
    await bob.session.sync()
    must(await bob.session.approve(motion))
    for (const one of [carol, alice, bob, carol, alice, bob]) await one.session.sync()
    t.notOk(bob.session.view().members.some((one) => one.seat === seat))
    relay.pass(3600)
    bob.time.now += 61 * 60_000
    await bob.session.sync()
    t.strictSame(alarmsOf(bob), [])
  },
)
