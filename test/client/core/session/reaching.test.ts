/** The number to call (product.md 3.E, ring R0): for the raiser and whoever is on it, and for nobody else in the committee. Real sessions over a relay in memory. */
import t from 'tap'
import { openSealed } from '../../../../client/core/crypto/sealTo.ts'
import { signatureKeyPair } from '../../../../client/core/mls/group.ts'
import { TEAM } from '../../../../client/core/session/reaching.ts'
import { fromHex } from '../../../../shared/base/text.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { alarmIn, anAlarm, gather, sayIt } from '../../../support/committeeStory.ts'
import { bookOf, groupOf } from '../../../support/hostileMember.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must, type Person } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const NUMBER = 'my sister, +34 600 000 000'
const relay = createMemoryRelay()
const alice = await foundBy('alice', relay)
const bob = await joinBy('bob', alice, relay)
const carol = await joinBy('carol', alice, relay, [bob])
const people = [alice, bob, carol] as const

/** With the leaf's key in hand, whatever their client shows. */
const canOpen = async (person: Person, id: string): Promise<number> => {
  const { secretKey } = signatureKeyPair(groupOf((await bookOf(person)).newest()))
  const all = [...(alarmIn(person, id)?.reach.values() ?? [])]
  return all.filter((one) => openSealed(secretKey, fromHex(one) ?? new Uint8Array())).length
}

t.test('3.E the number is told to whoever is on it, by itself, and to nobody else', async (t) => {
  t.match(await alice.session.setReach('0'.repeat(32), ' \n '), { ok: false, error: 'bad_reach' })
  t.match(await alice.session.setReach('0'.repeat(32), 'x'.repeat(201)), { ok: false, error: 'bad_reach' })
  await gather(people)
  const id = await sayIt(alice, { ...anAlarm('in the office'), safeContact: { may: 'yes' } })
  must(await alice.session.setReach(id, `  ${NUMBER}\n`))
  await gather(people)
  t.equal(alice.session.reachOf(id), NUMBER)
  for (const person of [bob, carol]) t.equal(person.session.reachOf(id), undefined)
  await sayIt(carol, { type: 'alarmAnswer', alarm: id, answer: 'seen' })
  await gather(people)
  t.equal(carol.session.reachOf(id), undefined, 'to have seen it is not enough')
  await sayIt(bob, { type: 'alarmAnswer', alarm: id, answer: 'on_it', what: 'I go' })
  await gather(people)
  t.equal(bob.session.reachOf(id), NUMBER)
  t.equal(carol.session.reachOf(id), undefined)
  t.equal(await canOpen(bob, id), 1)
  t.equal(await canOpen(carol, id), 0, 'not even with the keys of her phone')
  t.equal(alarmIn(carol, id)?.reach.size, 2, 'said once to each')

  const [device = ''] = alarmIn(carol, id)?.reach.keys() ?? []
  const sealed = [...(alarmIn(carol, id)?.reach.values() ?? [])].at(-1) ?? ''
  await sayIt(carol, { type: 'alarmReach', alarm: id, sealed: [{ device, sealed }] })
  await gather(people)
  t.equal(alice.session.reachOf(id), NUMBER, 'nobody but the raiser says how')

  must(await alice.session.setReach(id, 'the back door'))
  await gather(people)
  t.equal(bob.session.reachOf(id), 'the back door', 'said again, to those who are on it')
  await sayIt(alice, { type: 'alarmState', alarm: id, to: 'settled', outcome: 'other' })
  await gather(people)
  for (const person of people) t.equal(person.session.reachOf(id), undefined, 'and ends with the alarm')
  t.equal(TEAM, 5)
})
