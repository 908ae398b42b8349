/** A committee's life on an honest relay, from the devices' side (protocol.md sections 4.2, 6 and 7). Stories on a real relay: test/scenarios. */
import t from 'tap'
import { encodeCharter } from '../../../../client/core/governance/charter.ts'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import type { Request } from '../../../../shared/protocol/frames.ts'
import type { Blob } from '../../../../shared/protocol/ids.ts'
import { CAPS } from '../../../../shared/protocol/limits.ts'
import { appendTo } from '../../../support/memoryLog.ts'
import { createMemoryRelay, type Misdeeds } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  meet,
  must,
  newDevice,
  type Person,
  restart,
  say,
  textsOf,
} from '../../../support/people.ts'

const DAY_MS = 86_400_000

await cryptoReady
t.teardown(closeEverybody)

const three = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  await syncAll(alice, bob, carol)
  return { relay, alice, bob, carol }
}

/** Three times round: a commit's author, the arrivals, and what the author owes after them. */
const syncAll = async (...people: readonly Person[]): Promise<void> => {
  for (const person of [...people, ...people, ...people]) await synced(person)
}

/** A device that lost its connection dials again a little later. */
const synced = async (person: Person): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    const result = await person.session.sync()
    if (result.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`${person.name} does not come online`)
}

const approved = async (motion: string, ...approvers: readonly Person[]): Promise<void> => {
  for (const one of approvers) {
    await synced(one)
    must(await one.session.approve(motion))
  }
}

const seatOf = (person: Person, handle: string) => {
  const member = person.session.view().members.find((m) => m.handle === handle)
  if (!member) throw new Error(`nobody is called ${handle}`)
  return member.seat
}

const summary = (person: Person) => {
  const { own, epoch, words, members, charter } = person.session.view()
  return { status: own.status, epoch, words, handles: members.map((m) => m.handle), name: charter.name }
}

t.test(
  '4.4 three people found a committee and all see the same members and the same four words',
  async (t) => {
    const { alice, bob, carol } = await three()

    t.strictSame(summary(alice).handles, ['alice', 'bob', 'carol'])
    t.strictSame(summary(bob), summary(alice))
    t.strictSame(summary(carol), summary(alice))
    t.ok(
      alice.session.view().members.every((m) => m.counts),
      'founding seats count at once',
    )
    t.strictSame(alice.session.view().suspicions, [], 'nobody is suspected of anything')
  },
)

t.test('I11, V6 for whom there is no place yet holds nobody up who renews their keys', async (t) => {
  const { relay, alice, bob, carol } = await three()
  const dave = await joinBy('dave', alice, relay, [bob, carol])
  await syncAll(alice, bob, carol, dave)
  alice.time.now += 10 * DAY_MS
  const erin = await newDevice('erin', relay.dial, alice.time)
  const { motion } = await meet(erin, alice, must(await alice.session.invite('link')))
  await approved(motion, bob, carol)
  await syncAll(alice, bob, carol, dave)
  t.match(
    alice.session.view().motions.find(({ hash }) => hash === motion),
    { outcome: 'open', approvedBy: { length: 3 } },
    'decided, and of five two would be on probation',
  )
  const { epoch } = alice.session.view()

  alice.time.now += 5 * DAY_MS
  await syncAll(alice, bob, carol, dave)

  t.ok(alice.session.view().epoch >= epoch + 2, 'keys are renewed, by one after the other')
  t.equal(alice.session.view().motions.find(({ hash }) => hash === motion)?.outcome, 'open', 'and it waits')
  t.strictSame(summary(bob), summary(alice))
})

t.test('V6, 7.4 somebody whose key package nobody here was told of holds nobody up', async (t) => {
  const { alice, bob, carol } = await three()
  const action = {
    type: 'add' as const,
    keyPackage: 'e1'.repeat(32),
    seat: 'e2'.repeat(16) as SeatId,
    sponsor: seatOf(alice, 'alice'),
  }
  const { motion } = must(await alice.session.propose(action))
  await approved(motion, bob, carol)
  await syncAll(alice, bob, carol)
  const { epoch, motions } = alice.session.view()
  t.equal(motions.find(({ hash }) => hash === motion)?.outcome, 'open', 'somebody else may know it')
  alice.time.now += 20 * DAY_MS
  await syncAll(alice, bob, carol)
  t.ok(alice.session.view().epoch >= epoch + 2, 'keys are renewed, by one after the other')
})

t.test(
  '4.4, V6 whose invite is over when the committee decides gets no seat that nobody would sit on',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    const device = await newDevice('dave', relay.dial, alice.time)
    const met = await meet(device, alice, must(await alice.session.invite('link')))
    alice.time.now += 8 * DAY_MS
    await synced(bob)
    must(await bob.session.approve(met.motion))
    await syncAll(alice, bob, carol)
    const { members, motions } = carol.session.view()
    t.equal(members.length, 3)
    t.match(
      motions.find(({ hash }) => hash === met.motion),
      { outcome: 'lapsed', isWaitingForMe: false },
      'nobody is asked about it any more',
    )
  },
)

t.test('7.4 what is asked already is not asked twice, and nobody votes on whoever is gone', async (t) => {
  const { alice, bob, carol } = await three()
  const action = { type: 'remove' as const, seat: seatOf(alice, 'carol') }
  const { motion } = must(await alice.session.propose(action))
  t.equal(must(await alice.session.propose(action)).motion, motion)
  await synced(bob)
  const asked = (): readonly { readonly outcome: string; readonly isWaitingForMe: boolean }[] =>
    bob.session.view().motions.filter(({ action: { type } }) => type === 'remove')
  t.match(asked(), [{ outcome: 'open', isWaitingForMe: true }])
  must(await carol.session.leave())
  await syncAll(alice, bob)
  t.equal(bob.session.view().members.length, 2)
  t.match(asked(), [{ outcome: 'lapsed', isWaitingForMe: false }])
})

t.test(
  '4.4 a Welcome that was posted on the last day of the invite is still found days later, and not for ever',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    const [dave, erin] = [
      await newDevice('dave', relay.dial, alice.time),
      await newDevice('erin', relay.dial, alice.time),
    ]
    const metDave = await meet(dave, alice, must(await alice.session.invite('link')))
    const metErin = await meet(erin, alice, must(await alice.session.invite('link')))
    alice.time.now += 7 * DAY_MS
    await approved(metDave.motion, bob, carol)
    await syncAll(alice, bob, carol)
    t.equal(bob.session.view().members.length, 4)

    alice.time.now += 5 * DAY_MS
    t.match(await dave.client.continueJoining(metDave.joining), { ok: true, value: { is: 'joined' } })
    alice.time.now += 3 * DAY_MS
    t.match(await erin.client.continueJoining(metErin.joining), { ok: false, error: 'expired' })
  },
)

t.test('4.4 the third is not admitted by one member alone', async (t) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  await joinBy('bob', alice, relay)

  await t.rejects(joinBy('carol', alice, relay), /not joined: deciding/)

  t.strictSame(summary(alice).handles, ['alice', 'bob'])
})

t.test('D8, D11 a charter changes by mandate only, and its author refreshes the keys next', async (t) => {
  const { alice, bob, carol } = await three()
  const { charter } = alice.session.view()
  const wanted = encodeCharter({ ...charter, name: 'Day shift' })
  const proposed = must(await alice.session.propose({ type: 'charter', charter: wanted }))
  await syncAll(alice, bob, carol)
  t.equal(summary(carol).name, 'Night shift', 'one approval of three changes nothing')

  await bob.session.approve(proposed.motion)
  await syncAll(alice, bob, carol)

  t.strictSame(
    [alice, bob, carol].map((p) => summary(p).name),
    ['Day shift', 'Day shift', 'Day shift'],
  )
  t.equal(summary(alice).epoch, 4, 'CHARTER, then the TIDY of its author')
  t.strictSame(summary(carol), summary(alice))
})

t.test('7.4 a removal needs the two others; the removed device knows it and says nothing more', async (t) => {
  const { alice, bob, carol } = await three()
  const motion = must(await alice.session.propose({ type: 'remove', seat: seatOf(alice, 'carol') })).motion
  await syncAll(alice, bob, carol)
  t.equal(summary(carol).status, 'member', 'one of two is not enough')
  t.notOk(carol.session.view().motions[0]?.isWaitingForMe, 'the target is not asked')

  await bob.session.approve(motion)
  await say(alice, 'after')
  await syncAll(alice, bob, carol)

  t.equal(summary(carol).status, 'removed')
  t.strictSame(await carol.session.say({ type: 'post', text: 'still here' }), {
    ok: false,
    error: 'not_member',
  })
  t.notOk(textsOf(carol).includes('after'))
  t.strictSame(summary(bob).handles, ['alice', 'bob'])
})

t.test('I13 whoever leaves is let go by another device, and only then gone', async (t) => {
  const { alice, bob, carol } = await three()

  must(await carol.session.leave())
  await syncAll(alice, bob)

  t.strictSame(summary(alice).handles, ['alice', 'bob'])
  t.strictSame(summary(bob), summary(alice))
})

t.test(
  'section 6: what is written offline waits on the disk, survives a restart and is sent once',
  async (t) => {
    const { relay, alice, bob } = await three()
    relay.refuseDialing(true)
    relay.cut()

    t.equal(await say(bob, 'written on the train'), 'waiting')
    t.equal(bob.session.view().unsent, 1)
    await bob.session.close()
    await bob.vault.close()
    relay.refuseDialing(false)
    const back = await restart(bob, relay.dial)
    await syncAll(back, alice)

    t.equal(back.session.view().unsent, 0)
    t.strictSame(textsOf(alice), ['written on the train'])
    t.strictSame(textsOf(back), ['written on the train'])
  },
)

t.test(
  'section 6: a post that met a commit on its way is sealed again in the new epoch, under the same id',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    relay.refuseDialing(true)
    relay.cut()
    await say(carol, 'written before the removal')
    relay.refuseDialing(false)
    const motion = must(await alice.session.propose({ type: 'remove', seat: seatOf(alice, 'bob') })).motion
    await carol.session.sync()
    await carol.session.approve(motion)
    await syncAll(alice, carol, bob)

    const posts = alice.session.view().committee.posts
    t.strictSame(
      posts.map((p) => p.text),
      ['written before the removal'],
    )
    t.strictSame(
      carol.session.view().committee.posts.map((p) => p.id),
      posts.map((p) => p.id),
    )
  },
)

t.test('7.2 two members who carry out the same decision at the same moment end in one epoch', async (t) => {
  const { alice, bob, carol } = await three()
  const { charter } = alice.session.view()
  const wanted = encodeCharter({ ...charter, purpose: 'Another purpose' })
  const motion = must(await alice.session.propose({ type: 'charter', charter: wanted })).motion
  await bob.session.sync()
  await carol.session.sync()

  await Promise.all([bob.session.approve(motion), carol.session.approve(motion)])
  await syncAll(alice, bob, carol)

  t.strictSame(summary(bob), summary(alice))
  t.strictSame(summary(carol), summary(alice))
  t.equal(alice.session.view().charter.purpose, 'Another purpose')
})

t.test('7.2 posts of three who write at once reach everybody, in one order', async (t) => {
  const { alice, bob, carol } = await three()

  await Promise.all([alice, bob, carol].flatMap((p) => [1, 2, 3].map((n) => say(p, `${p.name} ${n}`))))
  await syncAll(alice, bob, carol)

  t.equal(textsOf(alice).length, 9)
  t.strictSame(textsOf(bob), textsOf(alice))
  t.strictSame(textsOf(carol), textsOf(alice))
})

t.test(
  '4.2, attack 10: a log flooded to its cap by an insider is left behind for the next one; nothing is lost',
  async (t) => {
    const { relay, alice, bob, carol } = await three()
    await say(alice, 'before the flood')
    const log = [...relay.logs.values()].findLast((one) => one.entries.length > 1)
    if (!log) throw new Error('no log')
    const junk = randomBytes(1024) as Blob
    while (log.entries.length < CAPS[1].entries) appendTo(log, junk)

    t.equal(await say(bob, 'after the flood'), 'sent')
    const motion = must(await alice.session.propose({ type: 'remove', seat: seatOf(alice, 'carol') })).motion
    await bob.session.sync()
    await bob.session.approve(motion)
    await syncAll(alice, bob, carol)

    t.strictSame(textsOf(alice), ['before the flood', 'after the flood'])
    t.equal(summary(carol).status, 'removed', 'a flood does not save anybody from a removal')
    t.strictSame(summary(bob), summary(alice))
  },
)

t.test('L6 an old log that dies while a session is open stops nothing', async (t) => {
  const { relay, alice, bob, carol } = await three()
  const old = [...relay.logs.keys()]
  const { motion } = must(await alice.session.propose({ type: 'remove', seat: seatOf(alice, 'carol') }))
  await bob.session.sync()
  await bob.session.approve(motion)
  await syncAll(alice, bob)
  for (const key of old) relay.logs.delete(key)
  await say(bob, 'still here')

  alice.time.now += 86_400_000
  t.strictSame(await alice.session.sync(), { ok: true, value: undefined })
  t.strictSame(textsOf(alice), ['still here'])
  t.strictSame(alice.session.view().suspicions, [])
  await carol.session.close()
})

t.test('L6 a session that slept until its newest log died is lost, and says so at once', async (t) => {
  const { relay, alice, bob, carol } = await three()
  await say(alice, 'the last word')
  await syncAll(alice, bob, carol)
  relay.logs.clear()
  alice.time.now += 47 * DAY_MS
  t.strictSame(await carol.session.sync(), { ok: true, value: undefined })
  t.equal(summary(carol).status, 'lost')
  alice.time.now += DAY_MS
  must(await carol.session.sync())
  t.strictSame(carol.session.view().suspicions, [], 'and the relay is accused of nothing, then or later')
  t.equal(relay.logs.size, 0, 'nor is the log made anew')
})

t.test(
  'live: what one says is on the other screen without asking, and the watch follows into the next epoch',
  async (t) => {
    const { alice, bob, carol } = await three()
    const arrived = new Map<string, () => void>()
    const until = (text: string) =>
      new Promise<void>((resolve) => {
        if (textsOf(bob).includes(text)) resolve()
        else arrived.set(text, resolve)
      })
    const stop = bob.session.live(() => {
      for (const text of textsOf(bob)) arrived.get(text)?.()
    })

    await say(alice, 'first')
    await until('first')
    const motion = must(await alice.session.propose({ type: 'remove', seat: seatOf(alice, 'carol') })).motion
    await carol.session.sync()
    while (!bob.session.view().motions.some((m) => m.hash === motion))
      await new Promise((r) => setTimeout(r, 10))
    await bob.session.approve(motion)
    await alice.session.sync()
    await say(alice, 'second')
    await until('second')

    t.equal(bob.session.connection(), 'live')
    stop()
    t.strictSame(textsOf(bob), ['first', 'second'])
  },
)

t.test(
  'D10 posts leave every device when the time that the charter gives them is over; alarms and members stay',
  async (t) => {
    const { alice, bob, carol } = await three()
    await say(alice, 'last week')
    must(
      await bob.session.say({
        type: 'alarm',
        kind: 'fired',
        severity: 'now',
        facts: 'sent home without a word',
        needs: [],
        about: { who: 'me' },
        namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
      }),
    )
    await syncAll(alice, bob, carol)
    alice.time.now += 6 * 86_400_000
    await say(carol, 'this week')
    await syncAll(alice, bob)
    t.strictSame(textsOf(alice), ['last week', 'this week'])

    alice.time.now += 2 * 86_400_000
    await syncAll(alice, bob, carol)

    for (const person of [alice, bob, carol]) {
      t.strictSame(textsOf(person), ['this week'])
      t.equal(person.session.view().committee.alarms.size, 1)
    }
    const [from] = alice.session.view().committee.posts
    t.equal(from?.text, 'this week')
  },
)

t.test(
  'I7 a commit of ours is adopted when it is read back and not before, whatever became of its append',
  async (t) => {
    const isCommit = (request: Request | undefined): boolean =>
      request?.type === 'append' && request.blob.length > 1024
    const fates: readonly (readonly [string, Misdeeds, number])[] = [
      ['it never arrived', { receive: (request) => (isCommit(request) ? 'close' : undefined) }, 2],
      ['its receipt never arrived', { answer: (event, request) => (isCommit(request) ? [] : [event]) }, 2],
    ]
    for (const [what, misdeeds, before] of fates) {
      const { relay, alice, bob, carol } = await three()
      const { charter } = alice.session.view()
      const wanted = encodeCharter({ ...charter, purpose: 'x'.repeat(280) })
      const motion = must(await alice.session.propose({ type: 'charter', charter: wanted })).motion
      await synced(bob)
      relay.misbehave(misdeeds)
      await bob.session.approve(motion)
      t.equal(summary(bob).epoch, before, `${what}: not adopted yet`)

      relay.misbehave()
      await syncAll(bob, alice, carol)

      t.strictSame(summary(bob), summary(alice), `${what}: and then where everybody is`)
      t.strictSame(summary(carol), summary(alice))
      t.equal(alice.session.view().charter.purpose.length, 280)
      t.strictSame(bob.session.view().suspicions, [])
    }
  },
)
