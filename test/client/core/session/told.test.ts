/** What newcomers are told of what stood before, by one member, and what the others' devices say to it (product.md 3.B). Real MLS on a relay in memory. */
import t from 'tap'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { activeIn } from '../../../../client/core/committee/roles.ts'
import type { DecideStep } from '../../../../client/core/session/decideContent.ts'
import { decidePage } from '../../../../client/core/session/decideView.ts'
import { decide } from '../../../../client/core/session/deciding.ts'
import { unityPage } from '../../../../client/core/session/lifeView.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { bookOf } from '../../../support/hostileMember.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  linkBy,
  must,
  type Person,
  restart,
  textsOf,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const syncAll = async (...people: readonly Person[]): Promise<void> => {
  for (const person of [...people, ...people, ...people]) must(await person.session.sync())
}
const seatOf = (person: Person) => person.session.view().own.seat
const say = async (person: Person, content: KnownContent): Promise<string> =>
  must(await person.session.say(content)).id

/** Alice, Bob and Carol agree on a point, Bob has a role, and Carol was suspended by the other two. */
const three = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, { charter: { isFounded: true } })
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  await syncAll(alice, bob, carol)
  const point = await say(alice, { type: 'unityPoint', source: 'own', text: 'We decide together' })
  await syncAll(bob, carol)
  for (const person of [alice, bob, carol]) await say(person, { type: 'unityStance', point, stance: 'agree' })
  await say(bob, { type: 'roleTake', role: 'facilitator' })
  await say(alice, { type: 'post', text: 'before' })
  await syncAll(alice, bob, carol)
  return { relay, alice, bob, carol, point }
}

const statesOf = (person: Person) => unityPage(person.session.view()).points.map(({ state }) => state)
const facilitatorsOf = (person: Person) =>
  activeIn(person.session.view().committee, 'facilitator').map(({ seat }) => seat)

t.test(
  '3.B a newcomer knows what stands, as one member’s word until a second device says the same',
  async (t) => {
    const { relay, alice, bob, carol, point } = await three()
    const dave = await joinBy('dave', alice, relay, [bob, carol])
    t.strictSame([statesOf(dave), facilitatorsOf(dave), textsOf(dave)], [['agreed'], [seatOf(bob)], []])
    const { told } = dave.session.view()
    await syncAll(alice, bob, carol, dave)
    const { sameBy = [], otherBy } = dave.session.view().told ?? {}
    const others = [alice, bob, carol].map(seatOf).filter((seat) => seat !== told?.by)
    t.strictSame([[...sameBy].sort(), otherBy], [others.sort(), []])

    await say(bob, { type: 'unityEnd', point, to: 'kept_open' })
    await syncAll(alice, bob, carol, dave)
    const again = await restart(dave, relay.dial)
    t.strictSame([statesOf(again), again.session.view().told], [statesOf(alice), dave.session.view().told])
    const second = await linkBy(dave, relay, [alice, bob])
    await syncAll(alice, bob, carol, dave, second, dave, second)
    t.strictSame([statesOf(second), facilitatorsOf(second)], [statesOf(alice), facilitatorsOf(alice)])
    t.strictSame(second.session.view().told?.otherBy, [], 'who was told goes on to tell the same')
  },
)

t.test('3.C a newcomer is told what was decided and is being decided, and by whom', async (t) => {
  const { relay, alice, bob, carol } = await three()
  const nowMs = alice.time.now
  const title = 'Meet on Tuesdays'
  const content = { type: 'motion', kind: 'everyday', title, text: 'At seven.', lang: 'en' } as const
  const open = must(await decide(bob.session, { do: 'start', content }, nowMs)).id
  const day = { ...content, title: 'Never on Mondays' }
  const { id } = must(await decide(alice.session, { do: 'start', content: day }, nowMs))
  await syncAll(bob, carol, alice)
  must(await decide(bob.session, { do: 'second', motion: id }, nowMs))
  await syncAll(bob, alice)
  alice.time.now += 50 * 3_600_000
  const later = async (person: Person, step: DecideStep) => {
    must(await decide(person.session, step, alice.time.now))
    await syncAll(alice, bob, carol)
  }
  await later(alice, { do: 'fix', motion: id })
  await later(alice, { do: 'open', motion: id })
  for (const person of [alice, bob, carol]) await later(person, { do: 'vote', motion: id, choice: 'yes' })
  await later(alice, { do: 'close', motion: id })
  await later(bob, { do: 'confirm', motion: id })
  const dave = await joinBy('dave', alice, relay, [bob, carol])
  await syncAll(alice, bob, carol, dave)
  const view = dave.session.view()
  t.match(decidePage(view, alice.time.now), {
    open: [],
    earlier: [
      { id: open, seat: seatOf(bob), title, text: 'At seven.', isOpen: true },
      { id, seat: seatOf(alice), title: 'Never on Mondays', isOpen: false },
    ],
  })
  t.ok(view.told?.by, 'and whose word it is')
  t.strictSame(view.told?.otherBy, [])
})

t.test('4.11 who is let back in with nothing left knows what stands', async (t) => {
  const { relay, alice, bob, carol } = await three()
  must(await alice.session.cutOff(carol.session.view().own.device))
  await syncAll(alice, bob)
  const back = await linkBy(alice, relay, [bob], seatOf(carol))
  await syncAll(alice, bob, back)
  t.strictSame([statesOf(back), facilitatorsOf(back), textsOf(back)], [['agreed'], [seatOf(bob)], []])
  t.equal(back.session.view().told?.sameBy.length, 1)
})

t.test('whoever lets somebody in and tells it otherwise is contradicted by the others', async (t) => {
  const { relay, alice, bob, carol } = await three()
  await bob.session.close()
  const book = await bookOf(bob)
  for (const key of book.sayings.keys()) book.sayings.drop(key)
  await book.save()
  const liar = await restart(bob, relay.dial)
  const dave = await joinBy('dave', alice, relay, [liar])
  await syncAll(alice, carol, dave)

  t.strictSame(statesOf(dave), [], 'he was told that nothing was agreed')
  const { told } = dave.session.view()
  t.equal(told?.by, seatOf(liar))
  t.strictSame([told?.sameBy, [...(told?.otherBy ?? [])].sort()], [[], [alice, carol].map(seatOf).sort()])
})
