/**
 * Being stuck and getting out, with real clients and real MLS on a relay in memory (protocol.md section 6, 4.5 rules 2 and 3). Step by step: standing.test.ts. Random schedules:
 * test/model. All seats count at once.
 */
import t, { type Test } from 'tap'
import { signStatement } from '../../../../client/core/epochlog/statement.ts'
import { encodeAct, signResync } from '../../../../client/core/governance/act.ts'
import { charterHash, encodeCharter } from '../../../../client/core/governance/charter.ts'
import { type DeviceId, encodeIdentity, type SeatId } from '../../../../client/core/governance/ids.ts'
import { approve, assembleMandate } from '../../../../client/core/governance/motion.ts'
import { planProposals } from '../../../../client/core/governance/plan.ts'
import { deviceOf, devicesOf, encodeSeatData } from '../../../../client/core/governance/roster.ts'
import { succeed } from '../../../../client/core/governance/succession.ts'
import { stageCommit } from '../../../../client/core/mls/commit.ts'
import { ACT_PROPOSAL } from '../../../../client/core/mls/config.ts'
import { signatureKeyPair } from '../../../../client/core/mls/group.ts'
import { newKeyPackage, signatureKeyOf } from '../../../../client/core/mls/keyPackage.ts'
import type { Proposal } from '../../../../client/core/mls/types.ts'
import type { Epoch } from '../../../../client/core/session/state.ts'
import { forumOf, rosterOf } from '../../../../client/core/session/state.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes, sha256 } from '../../../../shared/crypto/sodium.ts'
import { decide, seatOf } from '../../../support/committeeStory.ts'
import { forgeCommit } from '../../../support/hostileCommit.ts'
import { bookOf, groupOf, putEnvelope, putMessage, tidyGarbledFor } from '../../../support/hostileMember.ts'
import { expireUpTo } from '../../../support/memoryLog.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  must,
  newTime,
  type Person,
  restart,
  say,
  textsOf,
} from '../../../support/people.ts'
import { offerPrivateBranch } from '../../../support/privateBranch.ts'

await cryptoReady
t.teardown(closeEverybody)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** For a machine that is busy otherwise. */
t.setTimeout(120_000)

/** The last of them is the insider. Each has a clock of its own, all at the same time. */
const committeeOf = async <const N extends readonly string[]>(names: N) => {
  const relay = createMemoryRelay()
  const [first = '', ...rest] = names
  const founder = await foundBy(first, relay, { charter: { probation: 0 } })
  const people = [founder]
  for (const name of rest) people.push(await joinBy(name, founder, relay, people.slice(1)))
  await syncAll(people)
  await syncAll(people)
  return { relay, people: people as unknown as { readonly [K in keyof N]: Person } }
}

const syncAll = async (people: readonly Person[]): Promise<void> => {
  for (const { session } of people) await session.sync()
}

/** So many minutes with everybody online, looked at every five. */
const pass = async (people: readonly Person[], minutes: number): Promise<void> => {
  const clocks = new Set(people.map(({ time }) => time))
  for (let passed = 0; passed < minutes; passed += 5) {
    for (const time of clocks) time.now += 5 * MINUTE
    await syncAll(people)
  }
}

const statusOf = ({ session }: Person): string => session.view().own.status
const newest = async (person: Person): Promise<Epoch> => (await bookOf(person)).newest()
const placeOf = async (person: Person): Promise<string> => (await bookOf(person)).own().standing.at.type
const foldAt = async (person: Person, epoch: number) => (await bookOf(person)).epoch(epoch)?.fold

/** In one epoch, with one membership, able to speak, and everything was heard once. */
const agree = async (t: Test, people: readonly Person[], heard: readonly string[] = []): Promise<void> => {
  for (let i = 0; i < 3; i++) await syncAll(people)
  const [first] = people
  if (!first) throw new Error('nobody')
  t.equal(await say(first, 'all here'), 'sent')
  await syncAll(people)
  for (const one of people) {
    t.equal(statusOf(one), 'member', `${one.name} is a member`)
    t.strictSame(one.session.view().words, first.session.view().words, `${one.name} is where the others are`)
    t.strictSame(
      textsOf(one).toSorted(),
      [...heard, 'all here'].toSorted(),
      `${one.name} heard everything once`,
    )
  }
}

const garble = async (relay: MemoryRelay, mallory: Person, victims: readonly Person[]): Promise<number> => {
  const epoch = await newest(mallory)
  await putMessage(relay, epoch, await tidyGarbledFor(epoch, victims.map(seatOf)))
  return epoch.info.number
}

t.test(
  '6, attack 2: one who is stuck asks at once and comes back by the answer; nobody is voided for it',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
    const [alice, bob, carol, mallory] = people
    const number = await garble(relay, mallory, [carol])
    await syncAll([carol, alice, bob])
    t.equal(statusOf(carol), 'stuck')
    t.match(carol.session.view().standing, {
      is: 'stuck',
      by: seatOf(mallory),
      hasAsked: true,
      isProvisional: false,
      voids: { said: 0, needed: 2, isMineSaid: false },
      next: { what: 'this', inMs: 10 * MINUTE },
    })
    t.strictSame((await bookOf(alice)).epoch(number)?.fold.voids, [])

    await syncAll([carol, alice, bob, carol])

    await agree(t, [alice, bob, carol])
    t.strictSame((await foldAt(alice, number))?.barred, [])
    t.notOk(
      (await bookOf(carol)).newest().info.roster.devices.some((d) => d.resynced),
      'her first commit cleared the mark',
    )
  },
)

t.test('6 of two who are stuck one behind the other, each knows the other again by the leaf', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
  const [alice, bob, carol, mick, mallory] = people
  await garble(relay, mallory, [bob])
  await syncAll([alice, carol, mick, alice, carol, mick])
  await garble(relay, mick, [carol])
  await syncAll([carol, alice, carol])
  t.equal(statusOf(carol), 'stuck', 'where bob cannot read that she asked')
  t.notOk(deviceOf(rosterOf(await newest(alice)), carol.session.view().own.device), 'she was helped first')
  await bob.session.sync()
  t.equal(statusOf(bob), 'stuck')

  alice.time.now += 8 * HOUR // old logs are due
  await syncAll([alice, bob, carol, bob])

  await agree(t, [alice, bob, carol])
})

/** The answer to a second request of Carol's, signed by the leaf that Alice's answer to the first has put there. */
const secondAnswer = async (carol: Person, by: Person): Promise<Uint8Array> => {
  const book = await bookOf(carol)
  const asked = book.own().stuck
  const [keys] = asked?.keys ?? []
  const there = (await bookOf(by)).newest()
  if (!asked || !keys) throw new Error('she has not asked')
  const { anchor, roster } = there.info
  const { device, after, privateKeys } = keys
  const secretKey = signatureKeyOf(privateKeys)
  const next = { device: 'ee'.repeat(16) as DeviceId, signing: newKeyPair() }
  const joined = deviceOf(roster, device)?.joined ?? 0
  const links = succeed(
    anchor,
    { device, after, secretKey, signatureKey: secretKey.subarray(32) },
    { device: next.device, signatureKey: next.signing.publicKey },
  )
  const made = await newKeyPackage({
    suite: book.own().suite,
    identity: encodeIdentity(asked.seat, next.device),
    seatData: encodeSeatData({ writerKey: newKeyPair().publicKey, joined, after: links }),
    signing: next.signing,
  })
  const request = signResync(secretKey, {
    anchor,
    epoch: asked.epoch,
    commit: asked.commit,
    device,
    keyPackage: toHex(sha256(made.publicBytes)),
  })
  const proposals = planProposals(roster, { type: 'resync', request }, made.publicBytes)
  if (!proposals) throw new Error('nothing to act on')
  return (await stageCommit(groupOf(there), proposals as readonly Proposal[])).message
}

t.test('6 whoever helps a second time is not taken for the one who did it', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave', 'mallory'])
  const [alice, bob, carol, dave, mallory] = people
  await garble(relay, mallory, [carol])
  await syncAll([carol, dave, bob, alice, bob, dave])
  await putMessage(relay, await newest(bob), await secondAnswer(carol, bob))
  await carol.session.sync()

  const { stuck } = (await bookOf(carol)).own()
  t.equal(stuck?.epoch, (await newest(alice)).info.number, 'she had settled there, and was taken out by Bob')
  t.equal(stuck?.author, seatOf(mallory), 'so that Bob counts where she looks for the others')
  t.match(carol.session.view().standing, { is: 'stuck', by: seatOf(mallory) })
})

t.test('6, attack 12: a branch in which everybody else was put out is not settled in', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
  const [alice, bob, carol, mallory] = people
  await garble(relay, mallory, [carol])
  await carol.session.sync()
  await offerPrivateBranch(relay, mallory, carol)
  await carol.session.sync()
  t.equal((await bookOf(carol)).candidates.keys().length, 1, 'she reads it')
  t.equal(statusOf(carol), 'stuck')

  await syncAll([alice, bob, carol])

  await agree(t, [alice, bob, carol])
})

t.test(
  '6, attack 2: where nobody can follow, everybody says VOID after ten minutes online, and the author is barred',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
    const [alice, bob, carol, mallory] = people
    const honest = [alice, bob, carol]
    await say(alice, 'before')
    await syncAll(people)
    const number = await garble(relay, mallory, honest)
    await syncAll(honest)
    t.strictSame(honest.map(statusOf), ['stuck', 'stuck', 'stuck'])
    await pass(honest, 5)
    t.strictSame((await foldAt(alice, number))?.voids, [], 'not before its time')
    t.match(carol.session.view().standing, { next: { what: 'this', inMs: 5 * MINUTE } })

    await pass(honest, 10)

    await agree(t, honest, ['before'])
    t.strictSame((await foldAt(carol, number))?.barred, [seatOf(mallory)])
    const again = await tidyGarbledFor(await newest(mallory), honest.map(seatOf))
    await putMessage(relay, await newest(mallory), again)
    await agree(t, honest, ['before', 'all here'])
    t.equal(alice.session.view().epoch, number, 'what the barred one commits in this epoch is nothing')
  },
)

t.test(
  '6 what was said only in a voided epoch is said again by its author, and heard exactly once by everybody',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave', 'mallory'])
    const [alice, bob, carol, dave, mallory] = people
    const victims = [alice, bob, carol]
    const number = await garble(relay, mallory, victims)
    await dave.session.sync()
    t.equal(dave.session.view().epoch, number + 1)
    const { charter } = dave.session.view()
    await say(dave, 'where are you')
    const { motion } = must(await dave.session.propose({ type: 'remove', seat: seatOf(mallory) }))
    t.ok(charter)

    for (let i = 0; i < 4; i++) await pass(victims, 5)
    t.strictSame((await foldAt(alice, number))?.barred, [seatOf(mallory)])
    await agree(t, [alice, bob, carol, dave], ['where are you'])
    const known = carol.session.view().motions.find(({ hash }) => hash === motion)
    t.strictSame(known?.approvedBy, [seatOf(dave)], 'the motion and its approval came too')
    for (const one of [alice, bob]) {
      await one.session.sync()
      await one.session.approve(motion)
    }
    await syncAll([alice, bob, carol, dave])
    t.notOk(
      bob.session.view().members.some(({ handle }) => handle === 'mallory'),
      'and it is carried out',
    )
  },
)

t.test(
  '6 two who are stuck at one depth and one at another escalate to the commit that they have in common',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
    const [alice, bob, carol, mick, mallory] = people
    const honest = [alice, bob, carol]
    const first = await garble(relay, mallory, [bob])
    await syncAll([alice, carol, mick, alice, carol, mick])
    t.equal(alice.session.view().epoch, first + 1)
    await garble(relay, mick, [alice, carol])
    await syncAll(honest)
    t.strictSame(honest.map(statusOf), ['stuck', 'stuck', 'stuck'])

    await pass(honest, 35)
    t.strictSame(
      (await foldAt(alice, first + 1))?.voids.length,
      2,
      'two of four are not enough for the newer one',
    )
    t.strictSame((await foldAt(alice, first))?.barred, [])
    await pass(honest, 15)

    t.strictSame((await foldAt(alice, first))?.barred, [seatOf(mallory)])
    await agree(t, honest)
  },
)

/** Removes the seat as these have decided, by a commit that nobody can follow but its author. */
const removalGarbledForAll = async (approvers: readonly Person[], seat: SeatId): Promise<Uint8Array> => {
  const books = await Promise.all(approvers.map(bookOf))
  const [epoch] = books.map((book) => book.newest())
  if (!epoch) throw new Error('nobody decides')
  const motion = {
    anchor: epoch.info.anchor,
    charterHash: charterHash(epoch.info.charterBytes),
    rules: epoch.charter.rules,
    nonce: randomBytes(16),
    lastEpoch: epoch.info.number + 10,
    action: { type: 'remove' as const, seat },
  }
  const approvals = books.map((book) =>
    approve(signatureKeyPair(groupOf(book.newest())).secretKey, book.own().device, motion),
  )
  const act = { type: 'mandate' as const, mandate: assembleMandate(forumOf(epoch), motion, approvals) }
  const leaves = devicesOf(rosterOf(epoch), seat).map(({ leaf }) => leaf)
  return forgeCommit(groupOf(epoch), {
    proposals: [
      ...leaves.map((removed) => ({ proposalType: 'remove' as const, remove: { removed } })),
      { proposalType: ACT_PROPOSAL, proposalData: encodeAct(act) },
    ],
    path: (path) => ({
      ...path,
      nodes: path.nodes.map((node) => ({
        ...node,
        encryptedPathSecret: node.encryptedPathSecret.map((sealed) => ({
          ...sealed,
          ciphertext: sealed.ciphertext.with(0, (sealed.ciphertext[0] ?? 0) ^ 1),
        })),
      })),
    }),
  })
}

t.test(
  '6, attack 11: who was removed by a commit that a majority voids is back; removed for good, it forgets what was said',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave', 'mallory'])
    const [alice, bob, carol, dave, mallory] = people
    const others = [alice, bob, carol]
    await say(dave, 'I was here')
    await syncAll(people)
    const epoch = await newest(mallory)
    const { number } = epoch.info
    await putMessage(relay, epoch, await removalGarbledForAll([mallory, bob, carol], seatOf(dave)))
    await syncAll([dave, ...others])
    t.equal(statusOf(dave), 'removed')
    t.strictSame(others.map(statusOf), ['stuck', 'stuck', 'stuck'])
    const [a = alice, b = bob] = others
    await pass([a, b], 10)
    await dave.session.sync()
    await syncAll([...others, dave])
    const fold = await foldAt(dave, number)
    t.strictSame(fold?.barred, [seatOf(mallory)], 'two of the three who were asked are more than half')
    t.not(fold?.current?.effect.author, seatOf(mallory))
    t.equal(await placeOf(dave), 'removed', 'an honest device has carried it out, as was decided')
    t.ok(textsOf(dave).includes('I was here'))
    t.match(dave.session.view().standing, { is: 'removed', action: 'remove', eraseInMs: 72 * HOUR })
    for (let day = 0; day < 3; day++) {
      dave.time.now += 25 * HOUR
      await dave.session.sync()
    }
    t.strictSame(textsOf(dave), [])
    const book = await bookOf(dave)
    t.strictSame([book.epochs().length, book.newest().group, book.peers.keys().length], [1, undefined, 0])
    const back = await restart(dave, relay.dial)
    t.ok((await back.session.sync()).ok, 'it goes on looking whether that is voided')
  },
)

t.test('6, attack 14: friends of somebody who was removed do not get them back by VOID', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
  const [alice, bob, carol, mick, mallory] = people
  const { number } = (await newest(alice)).info
  const { motion } = must(await alice.session.propose({ type: 'remove', seat: seatOf(mallory) }))
  for (const one of [bob, carol]) {
    await one.session.sync()
    await one.session.approve(motion)
  }
  await syncAll([alice, bob])
  const voided = (await foldAt(alice, number))?.current
  if (!voided) throw new Error('not carried out')
  for (const friend of [mick, mallory]) {
    const epoch = (await bookOf(friend)).epoch(number)
    if (epoch) await putVote(relay, friend, epoch, voided.commit)
  }
  alice.time.now += 8 * HOUR
  await syncAll([alice, bob, carol, mick, mallory])

  t.equal((await foldAt(alice, number))?.current?.commit, voided.commit)
  t.equal(statusOf(mallory), 'removed')
  await agree(t, [alice, bob, carol, mick])
})

const putVote = async (relay: MemoryRelay, person: Person, epoch: Epoch, commit: string): Promise<void> => {
  const mine = deviceOf(rosterOf(epoch), (await bookOf(person)).own().device)
  const [log] = epoch.logs
  if (!mine || !log) throw new Error('not held')
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const statement = { leaf: mine.leaf, seen, stated: { type: 'void' as const, commit, turn: 1 } }
  const body = signStatement(signatureKeyPair(groupOf(epoch)).secretKey, log.id, statement)
  await putEnvelope(relay, epoch, { kind: 4, body })
}

/** Mallory's TIDY leaves alice and carol stuck; mick, who is with her, cuts off bob, who could have let them in. */
const cutOffInBetween = async () => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
  const [alice, bob, carol, mick, mallory] = people
  const number = await garble(relay, mallory, [alice, carol])
  await syncAll([bob, mick])
  must(await mick.session.cutOff(bob.session.view().own.device))
  await bob.session.sync()
  return { relay, alice, bob, carol, mick, number }
}

t.test(
  '4.11, 6 whose phone was cut off helps by it whoever is stuck further back, and is back with them',
  async (t) => {
    const { alice, bob, carol, number } = await cutOffInBetween()
    t.equal(statusOf(bob), 'removed')
    await pass([bob], 20)
    t.strictSame((await foldAt(bob, number))?.voids, [], 'not before somebody else asks for it')
    await syncAll([alice, carol])
    t.strictSame([alice, carol].map(statusOf), ['stuck', 'stuck'])

    await pass([alice, carol, bob], 20)

    await agree(t, [alice, bob, carol])
  },
)

t.test('4.11, attack 34: nobody gets anything undone by those whom they cut off', async (t) => {
  await t.test('not what only they themselves want undone', async (t) => {
    const { relay, bob, mick, number } = await cutOffInBetween()
    const epoch = (await bookOf(mick)).epoch(number)
    const commit = epoch?.fold.current?.commit
    if (!epoch || !commit) throw new Error('not held')
    await putVote(relay, mick, epoch, commit)
    await pass([bob], 45)
    t.strictSame((await foldAt(bob, number))?.voids, [seatOf(mick)])
  })

  await t.test('not what was decided', async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
    const [alice, bob, carol, mick, mallory] = people
    const epoch = await newest(carol)
    const { number } = epoch.info
    await decide([bob, carol, alice], { type: 'remove', seat: seatOf(mallory) })
    await syncAll([alice, bob, carol, mick])
    const commit = (await foldAt(alice, number))?.current?.commit ?? ''
    must(await mick.session.cutOff(bob.session.view().own.device))
    await bob.session.sync()
    t.equal(statusOf(bob), 'removed')
    await putVote(relay, carol, epoch, commit)
    await pass([bob], 45)
    t.strictSame((await foldAt(bob, number))?.voids, [seatOf(carol)])
  })
})

t.test('6 of two, the one who cannot follow voids alone and at once: nobody else could help', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'mallory'])
  const [alice, mallory] = people
  const number = await garble(relay, mallory, [alice])

  await alice.session.sync()

  t.strictSame((await foldAt(alice, number))?.barred, [seatOf(mallory)])
  t.equal(await say(alice, 'still here'), 'sent')
})

t.test(
  'I8, 6 whose snapshot is over when its epoch is gone back to asks to be taken in, and is',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave', 'mallory'])
    const [alice, bob, carol, dave, mallory] = people
    const victims = [alice, bob, carol]
    const number = await garble(relay, mallory, victims)
    await dave.session.sync()
    t.equal(dave.session.view().epoch, number + 1)
    await say(dave, 'said in vain')
    const ahead: Person = await restart({ ...dave, time: newTime() }, relay.dial)
    ahead.time.now += 100 * HOUR
    await ahead.session.sync()
    t.equal((await bookOf(ahead)).epoch(number)?.group, undefined)
    for (let i = 0; i < 4; i++) await pass(victims, 5)
    t.strictSame((await foldAt(alice, number))?.barred, [seatOf(mallory)])

    ahead.time.now += 8 * HOUR
    await ahead.session.sync()
    t.equal(statusOf(ahead), 'stuck')
    alice.time.now += 25 * HOUR
    for (let i = 0; i < 2; i++) await syncAll([...victims, ahead])

    await agree(t, [...victims, ahead], ['said in vain'])
  },
)

t.test('6 a crash at any write of a recovery changes nothing of where it ends', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
  const [alice, bob, carol, mallory] = people
  await garble(relay, mallory, [carol])
  await syncAll([alice, bob])
  let device: Person = carol
  let crashes = 0
  for (let life = 0; life < 60; life++) {
    let left = Math.floor(life / 6)
    device.disk.beforeWrite = () => {
      if (left-- <= 0) throw new Error('crash')
    }
    const outcome = await device.session.sync().catch(() => 'crash')
    device.disk.beforeWrite = () => undefined
    if (outcome === 'crash') {
      crashes++
      await device.session.close().catch(() => undefined)
      device = await restart(device, relay.dial, device.disk.copy())
    }
    carol.time.now += MINUTE
    await syncAll([alice, bob])
    if (life > 20 && statusOf(device) === 'member' && outcome !== 'crash') break
  }
  t.ok(crashes >= 15, `${crashes} crashes`)
  await agree(t, [alice, bob, device])
  t.equal(device.session.view().members.find(({ isMe }) => isMe)?.devices.length, 1)
})

t.test(
  '6 LOST: where a commit may have expired unread, no later one is believed, and the device says that it is lost',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol'])
    const [alice, bob, carol] = people
    const epoch = await newest(carol)
    const { charter } = alice.session.view()
    for (const name of ['Day shift', 'Late shift']) {
      const named = encodeCharter({ ...charter, name })
      const { motion } = must(await alice.session.propose({ type: 'charter', charter: named }))
      await bob.session.sync()
      await bob.session.approve(motion)
      await syncAll([alice, bob])
    }
    const [log] = epoch.logs
    if (log) expireUpTo(relay.log(log.id), relay.log(log.id).entries.length)
    await carol.session.sync()
    t.equal(statusOf(carol), 'lost')
    t.equal(carol.session.view().epoch, epoch.info.number)
  },
)
