/** Cutting off phones (protocol.md 4.11, product.md 3.J): at once, by name, and the seat stays. Real MLS on a relay in memory. */
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { encodeContent } from '../../../../client/core/committee/content.ts'
import { encodePayload } from '../../../../client/core/epochlog/payload.ts'
import { signStatement } from '../../../../client/core/epochlog/statement.ts'
import { signDrop } from '../../../../client/core/governance/act.ts'
import { ledgerHash } from '../../../../client/core/governance/ledger.ts'
import { deviceOf } from '../../../../client/core/governance/roster.ts'
import { signatureKeyPair } from '../../../../client/core/mls/group.ts'
import { seal } from '../../../../client/core/mls/message.ts'
import { exposureOf } from '../../../../client/core/session/exposing.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import { decide, gather, historyOf, seatOf } from '../../../support/committeeStory.ts'
import { bookOf, groupOf, putEnvelope, putMessage, tidyGarbledFor } from '../../../support/hostileMember.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  linkBy,
  must,
  type Person,
  type Place,
  restart,
  say,
  textsOf,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const four = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, { charter: { probation: 0 } })
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  const dave = await joinBy('dave', alice, relay, [bob, carol])
  await gather([alice, bob, carol, dave])
  return { relay, alice, bob, carol, dave }
}

const phone = (person: Person) => person.session.view().own.device
const memberIn = (person: Person, whom: Person) => {
  const found = person.session.view().members.find(({ seat }) => seat === seatOf(whom))
  if (!found) throw new Error('no such member')
  return found
}

t.test('3.J a month later the report still says what was on the phone when it was cut off', async (t) => {
  const { relay, alice, bob, carol, dave } = await four()
  await say(alice, 'read by everybody')
  await say(dave, 'so was this')
  await gather([alice, bob, carol, dave])
  must(await alice.session.cutOff(phone(dave)))
  await gather([bob, carol, alice])
  await say(bob, 'said afterwards')
  await gather([alice, bob, carol])
  const report = (person: Person) => exposureOf(person.session.view(), phone(dave))
  const then = report(bob)
  t.match(then, { isFrozen: true, counted: { posts: 2, names: 4 } })
  bob.time.now += 31 * 86_400_000
  must(await bob.session.sync())
  t.strictSame(textsOf(bob), [], 'what was said is gone from here')
  t.strictSame(report(bob)?.counted, then?.counted)
  const again = await restart(bob, relay.dial)
  t.strictSame([report(again)?.counted, report(again)?.steps], [then?.counted, then?.steps])
})

t.test(
  '4.11 one member cuts off a phone while nobody else is there, and everybody sees who did it',
  async (t) => {
    const { alice, bob, carol, dave } = await four()
    const before = alice.session.view().epoch
    t.equal(must(await alice.session.cutOff(phone(dave))), 'done')
    t.equal(alice.session.view().epoch, before + 1, 'at once, without a vote')
    await say(alice, 'dave was taken')

    await gather([bob, carol, alice])
    for (const one of [alice, bob, carol]) {
      const seen = memberIn(one, dave)
      t.match(
        seen,
        { isVacant: true, devices: [], counts: true, handle: 'dave' },
        'the seat is there, and counts',
      )
      t.match(seen.cutOffs, [{ device: phone(dave), by: seatOf(alice), isOpen: true }])
      t.equal(one.session.view().members.length, 4)
    }
    await dave.session.sync()
    t.equal(dave.session.view().own.status, 'removed')
    t.match(dave.session.view().cutOff, { by: seatOf(alice) }, 'the phone itself says by whom')
    t.strictSame(textsOf(dave), [], 'and learns nothing')
    t.match(await dave.session.say({ type: 'post', text: 'hello' }), { ok: false })
  },
)

t.test(
  '4.11, attack 34: who has cut off somebody cuts off nobody else until the others say that it was right',
  async (t) => {
    const { alice, bob, carol, dave } = await four()
    must(await alice.session.cutOff(phone(dave)))
    t.match(await alice.session.cutOff(phone(carol)), { error: 'drop_open' })
    t.match(await alice.session.settleDrop(phone(dave)), { error: 'yours' }, 'not by her own word')
    t.match(await bob.session.settleDrop(phone(carol)), { error: 'no_such_drop' })

    await gather([alice, bob, carol])
    const first = must(await bob.session.settleDrop(phone(dave)))
    await gather([alice, bob, carol])
    t.match(await alice.session.cutOff(phone(carol)), { error: 'drop_open' }, 'one is not enough')
    const second = must(await carol.session.settleDrop(phone(dave)))
    t.equal(second.motion, first.motion, 'the same question')
    await gather([alice, bob, carol])
    t.match(memberIn(bob, dave).cutOffs, [{ isOpen: false }])
    t.match(memberIn(bob, dave), { isVacant: true }, 'and dave still comes back by two')
    t.equal(must(await alice.session.cutOff(phone(carol))), 'done')
  },
)

t.test('4.11 its owner says with another phone that it was right, and that alone settles it', async (t) => {
  const { relay, alice, bob, carol, dave } = await four()
  const second = await linkBy(dave, relay, [alice, bob])
  const everybody = [alice, bob, carol, dave]
  await gather([...everybody, second])
  must(await alice.session.cutOff(phone(second)))
  await gather(everybody)
  t.match(memberIn(bob, dave), { isVacant: false, devices: [{ device: phone(dave) }] })
  must(await dave.session.settleDrop(phone(second)))
  await gather(everybody)
  t.match(memberIn(alice, dave).cutOffs, [{ by: seatOf(alice), isOpen: false }])
})

t.test('4.11 an owner cuts off a lost phone with another one, and nobody is named', async (t) => {
  const { relay, alice, bob, carol, dave } = await four()
  const lost = await linkBy(dave, relay, [alice, bob])
  await gather([alice, bob, carol, dave, lost])
  t.match(memberIn(alice, dave).devices, [{ came: Object }, { came: Object }], 'since when they are here')
  t.strictSame(memberIn(bob, alice).devices[0]?.came, undefined, 'as far as bob was there')

  t.match(await dave.session.dropDevice(phone(dave)), { error: 'this_device' })
  t.match(await dave.session.dropDevice(phone(alice)), { error: 'not_yours' })
  t.match(await dave.session.cutOff(phone(lost)), { error: 'yours' })
  t.match(await dave.session.dropDevice('00'.repeat(16) as never), { error: 'no_such_device' })
  t.equal(must(await dave.session.dropDevice(phone(lost))), 'done')
  await gather([alice, bob, carol, dave])
  t.match(memberIn(bob, dave), {
    isVacant: false,
    cutOffs: [{ device: phone(lost), by: undefined, isOpen: false }],
  })
  must(await alice.session.cutOff(phone(bob)))
  t.pass('which leaves everybody free to act in an emergency')
})

t.test('4.11 who was cut off comes back with another phone, the same seat, and the same vote', async (t) => {
  const { relay, alice, bob, carol, dave } = await four()
  const seat = seatOf(dave)
  must(await alice.session.cutOff(phone(dave)))
  await gather([alice, bob, carol])
  const back = await linkBy(bob, relay, [carol], seat)
  await gather([alice, bob, carol, back])
  t.equal(seatOf(back), seat)
  t.match(memberIn(alice, back), {
    isVacant: false,
    counts: true,
    handle: 'dave',
    cutOffs: [{ isOpen: false }],
  })
  t.equal(must(await alice.session.cutOff(phone(carol))), 'done', 'and alice is free again')
  await gather([alice, bob, back])
  const removal = await decide([bob, back], { type: 'remove', seat: seatOf(carol) })
  await gather([alice, bob, back])
  t.equal(
    bob.session.view().motions.find(({ hash }) => hash === removal)?.outcome,
    'carried_out',
    'dave’s vote counts',
  )
  const [one, two] = await Promise.all([bookOf(alice), bookOf(back)])
  t.equal(
    ledgerHash(one.newest().info.ledger),
    ledgerHash(two.newest().info.ledger),
    'who came back knows the same past',
  )
})

t.test('4.11 a drop that cannot leave now is kept, and done as soon as the relay is there', async (t) => {
  const { relay, alice, bob, dave } = await four()
  relay.refuseDialing(true)
  relay.cut()
  t.equal(must(await alice.session.cutOff(phone(dave))), 'waiting')
  t.equal(memberIn(alice, dave).isVacant, false)
  relay.refuseDialing(false)
  for (let tries = 0; tries < 200 && !(await alice.session.sync()).ok; tries++) await setTimeout(10)
  await gather([alice, bob])
  t.match(memberIn(bob, dave), { isVacant: true, cutOffs: [{ by: seatOf(alice) }] })
})

/** `by` asks in the log that `target` be cut off, in the name of `named`, until `lastEpoch`. */
const askToDrop = async (
  place: Place,
  by: Person,
  target: Person,
  { named = by, lastEpoch = 200 }: { readonly named?: Person; readonly lastEpoch?: number } = {},
): Promise<void> => {
  const epoch = (await bookOf(by)).newest()
  const { secretKey } = signatureKeyPair(groupOf(epoch))
  const { anchor, roster } = epoch.info
  const own = signDrop(secretKey, { anchor, device: phone(target), by: phone(by), lastEpoch })
  const leaf = deviceOf(roster, phone(by))?.leaf ?? 0
  const [log] = epoch.logs
  if (!log) throw new Error('an epoch has a log')
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const stated = { type: 'drop' as const, request: { ...own, by: phone(named) } }
  await putEnvelope(place, epoch, { kind: 4, body: signStatement(secretKey, log.id, { leaf, seen, stated }) })
}

t.test('4.11 a drop whose author may not commit is carried out by any other member', async (t) => {
  const { relay, alice, bob, carol, dave } = await four()
  await askToDrop(relay, alice, dave, { named: bob })
  await gather([bob, carol])
  t.equal(memberIn(bob, dave).isVacant, false, 'nobody asks in the name of another')
  await askToDrop(relay, alice, dave)
  await askToDrop(relay, carol, dave, { lastEpoch: 0 })
  await gather([bob, carol])
  t.match(
    memberIn(bob, dave),
    { isVacant: true, cutOffs: [{ by: seatOf(alice) }] },
    'nor hides what another asks behind what is not good',
  )
  t.match(
    (await historyOf(bob)).find(({ action }) => action === 'drop'),
    { author: seatOf(bob) },
  )
})

const aPayload = (counter: number, text: string): Uint8Array =>
  encodePayload({
    id: toHex(randomBytes(16)),
    counter,
    at: 0,
    previous: new Uint8Array(32),
    seen: { log: 0, seq: 0, chain: new Uint8Array(32) },
    said: { type: 'content', content: encodeContent({ type: 'post', text }) },
  })

t.test(
  'I17 what a phone sends after it was cut off is not heard, though its log still takes it',
  async (t) => {
    const { relay, alice, bob, carol, dave } = await four()
    await gather([alice, bob, carol, dave])
    const before = (await bookOf(dave)).newest()
    const first = await seal(groupOf(before), aPayload(100, 'in time'))
    await putMessage(relay, before, first.message)
    must(await alice.session.cutOff(phone(dave)))
    await putMessage(relay, before, (await seal(first.next, aPayload(101, 'too late'))).message)
    await gather([alice, bob, carol])
    t.strictSame(textsOf(bob), ['in time'])
  },
)

t.test('4.5 whoever is stuck is helped back though a seat of the others has no device', async (t) => {
  const { relay, alice, bob, carol, dave } = await four()
  must(await alice.session.cutOff(phone(dave)))
  await gather([alice, bob, carol])
  const epoch = (await bookOf(bob)).newest()
  await putMessage(relay, epoch, await tidyGarbledFor(epoch, [seatOf(carol)]))
  await carol.session.sync()
  t.equal(carol.session.view().own.status, 'stuck')
  await gather([alice, carol])
  await gather([alice, carol])
  t.equal(carol.session.view().own.status, 'member', 'dave says no HELLO, and is not waited for')
  t.strictSame(carol.session.view().words, alice.session.view().words)
})

t.test('4.1 after a drop everybody renews their keys', async (t) => {
  const { alice, bob, carol, dave } = await four()
  must(await alice.session.cutOff(phone(dave)))
  await gather([alice, bob, carol])
  alice.time.now += 86_400_000
  await gather([alice, bob, carol])
  const tidied = (await historyOf(alice))
    .filter(({ action }) => action === 'tidy')
    .map(({ author }) => author)
  t.ok(tidied.includes(seatOf(bob)) && tidied.includes(seatOf(carol)))
})

t.test(
  'I10, attack 33: an approval counts while its phone is there, and not after it was cut off',
  async (t) => {
    const { relay, alice, bob, carol, dave } = await four()
    const second = await linkBy(dave, relay, [alice, bob])
    const everybody = [alice, bob, carol, dave, second]
    await gather(everybody)
    const { motion } = must(await second.session.propose({ type: 'remove', seat: seatOf(carol) }))
    await gather(everybody)
    const approvers = () => alice.session.view().motions.find(({ hash }) => hash === motion)?.approvedBy
    t.strictSame(approvers(), [seatOf(dave)])
    must(await alice.session.cutOff(phone(second)))
    await gather([alice, bob, carol, dave])
    t.strictSame(approvers(), [], 'whoever took the phone may have given it')
  },
)
