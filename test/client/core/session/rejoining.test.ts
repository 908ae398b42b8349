/**
 * Coming back after losing everything, and arriving where the others are (protocol.md 4.4, 4.11; acceptance 16). Real MLS on a relay in memory.
 */
import t from 'tap'
import { signStatement } from '../../../../client/core/epochlog/statement.ts'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import { deviceOf as rosterDeviceOf } from '../../../../client/core/governance/roster.ts'
import { signatureKeyPair } from '../../../../client/core/mls/group.ts'
import { helloIn } from '../../../../client/core/session/hello.ts'
import { rosterOf } from '../../../../client/core/session/state.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { bookOf, groupOf, putEnvelope } from '../../../support/hostileMember.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  comeIn,
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
import { welcomeAlone } from '../../../support/privateBranch.ts'

await cryptoReady
t.teardown(closeEverybody)

const DAY_MS = 86_400_000

const group = async (...names: readonly string[]) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const others: Person[] = []
  for (const name of names) others.push(await joinBy(name, alice, relay, others))
  await syncAll(alice, ...others)
  return { relay, alice, others }
}

const syncAll = async (...people: readonly Person[]): Promise<void> => {
  for (const person of [...people, ...people, ...people]) must(await person.session.sync())
}

const seatOf = (person: Person): SeatId => person.session.view().own.seat
const deviceOf = (person: Person) => person.session.view().own.device
const asked = (person: Person) =>
  person.session.view().motions.find(({ action }) => action.type === 'deviceAdd')
const memberIn = (person: Person, handle: string) => {
  const member = person.session.view().members.find((one) => one.handle === handle)
  if (!member) throw new Error(`nobody is called ${handle}`)
  return member
}

t.test(
  'acceptance 16, attack 25: who has lost everything comes back to the same seat by two members, without the past',
  async (t) => {
    const { relay, alice, others } = await group('bob', 'carol')
    const [bob, carol] = others
    if (!bob || !carol) throw new Error('nobody there')
    await say(alice, 'before it was lost')
    await syncAll(alice, bob, carol)
    const lost = { seat: seatOf(carol), device: deviceOf(carol) }
    must(await bob.session.cutOff(lost.device))
    await syncAll(alice, bob)

    const back = await linkBy(alice, relay, [bob], lost.seat)
    await syncAll(alice, bob, back)

    const { own, members, handover, isProvisional } = back.session.view()
    t.strictSame([own.seat, own.handle, members.length], [lost.seat, 'carol', 3])
    t.strictSame(textsOf(back), [], 'history does not come back')
    t.strictSame([handover, isProvisional], [undefined, false])
    t.strictSame(memberIn(alice, 'carol').metBy, [{ seat: seatOf(alice), isMutual: true }])
    t.strictSame(
      memberIn(alice, 'carol').devices.map(({ device }) => device),
      [own.device],
    )
    await say(back, 'here again')
    await syncAll(alice, bob)
    t.strictSame(textsOf(bob), ['before it was lost', 'here again'])
  },
)

t.test(
  'acceptance 16: with one member only, coming back waits a day, and everybody sees who is asked',
  async (t) => {
    const { relay, alice, others } = await group('bob')
    const [bob] = others
    if (!bob) throw new Error('nobody there')
    const borrowed = await newDevice('borrowed', relay.dial, alice.time)
    const met = await meet(borrowed, alice, must(await alice.session.invite('device', seatOf(bob))))

    await t.rejects(comeIn(borrowed, met, []), /deciding/)
    t.match(asked(alice), { about: 'bob', restsUntil: alice.time.now + DAY_MS })
    alice.time.now += DAY_MS
    const back = await comeIn(borrowed, met, [])
    t.equal(seatOf(back), seatOf(bob))
  },
)

t.test('4.11 with no device left, two others are needed, and the one who is missing is shown', async (t) => {
  const { relay, alice, others } = await group('bob', 'carol')
  const [bob, carol] = others
  if (!bob || !carol) throw new Error('nobody there')
  must(await alice.session.cutOff(deviceOf(carol)))
  await syncAll(alice, bob)
  t.equal(memberIn(bob, 'carol').isVacant, true)

  const borrowed = await newDevice('borrowed', relay.dial, alice.time)
  const met = await meet(borrowed, alice, must(await alice.session.invite('device', seatOf(carol))))
  alice.time.now += 2 * DAY_MS
  await t.rejects(comeIn(borrowed, met, []), /deciding/, 'a day does not stand in for the second one')
  t.match(asked(alice), {
    needed: 2,
    approvedBy: [seatOf(alice)],
    restsUntil: undefined,
  })
  const back = await comeIn(borrowed, met, [bob])

  t.strictSame([seatOf(back), memberIn(back, 'carol').isVacant], [seatOf(carol), false])
  t.equal(memberIn(back, 'carol').counts, true, 'votes and place are as they were')
})

t.test(
  '4.11 while a phone of the member is still here, a rejoin waits a day, whoever has agreed',
  async (t) => {
    const { relay, alice, others } = await group('bob', 'carol')
    const [bob, carol] = others
    if (!bob || !carol) throw new Error('nobody there')
    const borrowed = await newDevice('borrowed', relay.dial, alice.time)
    const met = await meet(borrowed, alice, must(await alice.session.invite('device', seatOf(carol))))

    await t.rejects(comeIn(borrowed, met, [bob]), /deciding/)
    t.match(asked(alice), { approvedBy: { length: 2 }, needed: 2, restsUntil: alice.time.now + DAY_MS })
    const back = await comeIn(borrowed, met, [carol])
    t.equal(seatOf(back), seatOf(carol), 'at once when she agrees on that phone')
    const old = memberIn(back, 'carol').devices.find(({ isMe }) => !isMe)
    t.equal(old?.device, deviceOf(carol))
    must(await back.session.dropDevice(deviceOf(carol)))
    await syncAll(alice, bob, back)
    t.strictSame(
      memberIn(alice, 'carol').devices.map(({ device }) => device),
      [deviceOf(back)],
    )
  },
)

t.test('4.11 somebody who lost nothing sees a rejoin in their name, and their no stops it', async (t) => {
  const { relay, alice, others } = await group('bob', 'carol')
  const [bob, carol] = others
  if (!bob || !carol) throw new Error('nobody there')
  const stranger = await newDevice('stranger', relay.dial, alice.time)
  const met = await meet(stranger, alice, must(await alice.session.invite('device', seatOf(carol))))
  await t.rejects(comeIn(stranger, met, [bob]), /deciding/)
  await syncAll(carol)
  const motion = asked(carol)
  t.match(motion, { about: 'carol', by: seatOf(alice), approvedBy: { length: 2 }, isWaitingForMe: true })
  must(await carol.session.decline(motion?.hash ?? ''))
  await syncAll(alice, bob, carol)

  t.match(asked(bob), { isDisowned: true, outcome: 'open' })
  alice.time.now += 2 * DAY_MS
  await t.rejects(comeIn(stranger, met, []), /deciding/, 'no honest device carries it out, however late')
  must(await bob.session.cutOff(deviceOf(carol)))
  await syncAll(alice, bob)
  await t.rejects(comeIn(stranger, met, []), /deciding/, 'nor when the phone that said no is gone')
})

t.test('4.11 somebody who lost nothing and was away cuts off what came in by a rejoin', async (t) => {
  const { relay, alice, others } = await group('bob', 'carol')
  const [bob, carol] = others
  if (!bob || !carol) throw new Error('nobody there')
  const device = await newDevice('stranger', relay.dial, alice.time)
  const met = await meet(device, alice, must(await alice.session.invite('device', seatOf(carol))))
  await t.rejects(comeIn(device, met, [bob]), /deciding/)
  alice.time.now += DAY_MS
  const impostor = await comeIn(device, met, [])
  await syncAll(alice, bob, carol, impostor)
  t.match(asked(carol), { about: 'carol', by: seatOf(alice), approvedBy: [seatOf(alice), seatOf(bob)] })
  const strangers = memberIn(carol, 'carol').devices.find(({ isMe }) => !isMe)
  must(await carol.session.dropDevice(strangers?.device ?? deviceOf(carol)))
  await syncAll(alice, bob, carol, impostor)

  t.equal(impostor.session.view().own.status, 'removed')
  t.strictSame(
    memberIn(bob, 'carol').devices.map(({ device }) => device),
    [deviceOf(carol)],
  )
})

/** VOID, whoever could follow. */
const voidAs = async (person: Person, relay: MemoryRelay, number: number, commit: string): Promise<void> => {
  const book = await bookOf(person)
  const epoch = book.epoch(number)
  const mine = epoch && rosterDeviceOf(rosterOf(epoch), book.own().device)
  const [log] = epoch?.logs ?? []
  if (!epoch || !mine || !log) throw new Error('not held')
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const statement = { leaf: mine.leaf, seen, stated: { type: 'void' as const, commit, turn: 1 } }
  const signed = signStatement(signatureKeyPair(groupOf(epoch)).secretKey, log.id, statement)
  await putEnvelope(relay, epoch, { kind: 4, body: signed })
}

t.test(
  'attack 23: a Welcome whose commit is voided leads nowhere; the newcomer moves to where the others are',
  async (t) => {
    const { relay, alice, others } = await group('bob', 'carol')
    const [bob, carol] = others
    if (!bob || !carol) throw new Error('nobody there')
    const device = await newDevice('dave', relay.dial, alice.time)
    const met = await meet(device, alice, must(await alice.session.invite('qr')))
    await bob.session.sync()
    await bob.session.approve(met.motion)
    const joined = must(await device.client.continueJoining(met.joining))
    if (joined.is !== 'joined') throw new Error(joined.is)
    const dave: Person = { ...device, session: joined.session }
    await dave.session.sync()
    t.equal(dave.session.view().isProvisional, true)
    const greeted = (await bookOf(dave)).newest().fold
    t.ok(greeted.hellos.includes(deviceOf(dave)) && greeted.provisional.includes(deviceOf(dave)))
    await say(dave, 'hello from nowhere')
    const dead = dave.session.view().words
    const adding = (await bookOf(bob)).epochs().findLast(({ fold }) => fold.current?.effect.action === 'add')
    if (!adding?.fold.current) throw new Error('not added')

    const { number } = adding.info
    await voidAs(alice, relay, number, adding.fold.current.commit)
    await voidAs(carol, relay, number, adding.fold.current.commit)
    alice.time.now += 7 * 3_600_000
    must(await alice.session.sync())
    await syncAll(alice)
    t.equal(alice.session.view().members.length, 4, 'she has let him in again')
    t.notSame(alice.session.view().words, dead)
    await dave.session.sync()
    t.strictSame(dave.session.view().words, dead, 'one who is elsewhere is not two thirds')
    must(await carol.session.sync())
    await dave.session.sync()
    t.strictSame(dave.session.view().words, dead, 'nor is the one who led there, and one of two who followed')
    await syncAll(alice, carol, bob)
    await syncAll(dave, alice, carol, bob)

    t.strictSame((await bookOf(carol)).epoch(number)?.fold.barred, [seatOf(bob)])
    t.notSame(dave.session.view().words, dead)
    t.strictSame(dave.session.view().words, alice.session.view().words)
    t.equal(dave.session.view().isProvisional, false)
    await syncAll(alice)
    t.strictSame((await bookOf(alice)).newest().fold.provisional, [], 'he has said that he judges now')
    t.strictSame(textsOf(carol), ['hello from nowhere'], 'and what was said there is said again')
    t.strictSame(textsOf(dave), textsOf(carol))
    t.strictSame(memberIn(alice, 'dave').metBy, [{ seat: seatOf(alice), isMutual: true }])
    await dave.session.close()
  },
)

/** Bob brings Dave; Mallory, who knows the motion, is faster than the others' yes, and Dave comes in where she is alone with him. */
const alluredTo = async (t: {
  readonly teardown: (end: () => Promise<void>) => void
  readonly equal: (a: unknown, b: unknown) => unknown
}) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, { charter: { probation: 0 } })
  const mallory = await joinBy('mallory', alice, relay)
  const carol = await joinBy('carol', alice, relay, [mallory])
  const bob = await joinBy('bob', alice, relay, [mallory, carol])
  await syncAll(alice, mallory, carol, bob)
  const device = await newDevice('dave', relay.dial, alice.time)
  const met = await meet(device, bob, must(await bob.session.invite('qr')))
  await mallory.session.sync()
  await welcomeAlone(relay, mallory, met.motion)
  const joined = must(await device.client.continueJoining(met.joining))
  if (joined.is !== 'joined') throw new Error(joined.is)
  const dave: Person = { ...device, session: joined.session }
  t.teardown(() => dave.session.close())
  await syncAll(dave)
  t.equal(dave.session.view().members.length, 3)
  return { relay, alice, mallory, carol, bob, dave, met }
}

t.test(
  '4.4, attack 12: where only strangers have arrived a newcomer stays provisional, and goes to who vouched',
  async (t) => {
    const { alice, carol, bob, dave, met } = await alluredTo(t)
    t.equal(dave.session.view().isProvisional, true, 'Bob, whose words were the same, is not there')

    for (const person of [alice, carol]) {
      await person.session.sync()
      must(await person.session.approve(met.motion))
    }
    await syncAll(bob, alice, carol)
    await syncAll(dave, bob, alice, carol)
    t.strictSame(dave.session.view().words, bob.session.view().words)
    t.equal(dave.session.view().members.length, 5)
    t.equal(dave.session.view().isProvisional, false)
  },
)

t.test(
  '4.4 nor is a newcomer confirmed by an invite that is over, but by the words of somebody who is there',
  async (t) => {
    const { mallory, dave } = await alluredTo(t)
    dave.time.now += 2 * DAY_MS
    await syncAll(dave)
    t.equal(dave.session.view().isProvisional, true)
    must(await dave.session.compared([seatOf(mallory)], true))
    await syncAll(dave)
    t.equal(dave.session.view().isProvisional, false, 'what people say they have compared, they have')
  },
)

/** HELLO where Dave is, by Bob's key. */
const helloBy = async (relay: MemoryRelay, bob: Person, dave: Person, isProvisional: boolean) => {
  const epoch = (await bookOf(dave)).newest()
  const leaf = rosterOf(epoch).devices.find(({ seat }) => seat === seatOf(bob))?.leaf
  const [log] = epoch.logs
  if (leaf === undefined || !log) throw new Error('bob is not there')
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const stated = helloIn(epoch, { handle: 'bob', isProvisional })
  const key = signatureKeyPair(groupOf((await bookOf(bob)).newest())).secretKey
  await putEnvelope(relay, epoch, { kind: 4, body: signStatement(key, log.id, { leaf, seen, stated }) })
}

t.test(
  '4.4, attack 12: whoever was led there too vouches for no newcomer, until they judge themselves',
  async (t) => {
    const { relay, bob, dave } = await alluredTo(t)
    await helloBy(relay, bob, dave, true)
    await syncAll(dave)
    t.equal(dave.session.view().isProvisional, true, 'Bob looks only whether the others are there')
    await helloBy(relay, bob, dave, false)
    await helloBy(relay, bob, dave, true)
    await syncAll(dave)
    t.equal(dave.session.view().isProvisional, false, 'and nobody takes his word back by repeating the first')
  },
)

t.test('the line of an invite is there at once, even while the relay answers nothing', async (t) => {
  const { relay, alice } = await group()
  let asked = 0
  relay.misbehave({
    receive: () => {
      asked++
      return 'drop'
    },
  })
  const { id } = must(await alice.session.invite('link'))
  t.equal(asked, 0, 'it is there before the relay is asked')
  relay.misbehave()
  relay.cut()
  await alice.session.sync()
  t.match(
    alice.session.view().invites.find((one) => one.id === id),
    { state: 'waiting' },
  )
})

t.test('a relay that has no time now is asked again: nobody needs a new invite for that', async (t) => {
  const { relay, alice } = await group()
  const device = await newDevice('bob', relay.dial, alice.time)
  const { link } = must(await alice.session.invite('link'))
  const joining = must(await device.client.startJoining(link, 'bob'))
  for (const refusal of [{ type: 'slow', seconds: 30 } as const, { type: 'busy', bits: 60 } as const]) {
    relay.misbehave({ refuse: () => refusal })
    t.strictSame(await device.client.continueJoining(joining), { ok: false, error: 'offline' })
  }
  relay.misbehave()
  t.match(await device.client.continueJoining(joining), { ok: true, value: { is: 'waiting' } })
})

t.test('4.11 a seat has at most as many devices as the charter says', async (t) => {
  const { relay, alice, others } = await group('bob', 'carol')
  const second = await linkBy(alice, relay, others)
  await linkBy(alice, relay, others)
  await syncAll(alice, ...others, second)

  t.strictSame(await alice.session.invite('device'), { ok: false, error: 'too_many_devices' })
  t.strictSame(await alice.session.invite('device', 'ff'.repeat(16) as SeatId), {
    ok: false,
    error: 'no_such_seat',
  })
})
