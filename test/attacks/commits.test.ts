/**
 * Commits that an infiltrator would like to count: attacks 3, 4, 5, 7, 8 and 9 of protocol.md section 10, with real clients and real MLS. The rules one by one: test/client/core/governance.
 * TOCSIN_ATTACK_ROUNDS makes the race longer.
 */
import t from 'tap'
import { signDrop, signLeave, signResync } from '../../client/core/governance/act.ts'
import { charterHash, encodeCharter } from '../../client/core/governance/charter.ts'
import { type DeviceId, encodeIdentity, newId, type SeatId } from '../../client/core/governance/ids.ts'
import { encodeSeatData } from '../../client/core/governance/roster.ts'
import { newKeyPackage } from '../../client/core/mls/keyPackage.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import { forge } from '../model/forge.ts'
import { changeCharter, decide, gather, historyOf, seatOf } from '../support/committeeStory.ts'
import { forgeCommit } from '../support/hostileCommit.ts'
import { bookOf, groupOf } from '../support/hostileMember.ts'
import { closeEverybody, joinBy, must, type Person } from '../support/people.ts'
import {
  actOf,
  agree,
  commitBy,
  committeeOf,
  deviceIdOf,
  epochNumber,
  firstLogOf,
  HELD,
  isCommit,
  isNothing,
  keyOf,
  logIn,
  mandateBy,
  newest,
  pass,
  planned,
  removeLeaves,
  statusOf,
  syncAll,
  write,
} from './stage.ts'

await cryptoReady
t.teardown(closeEverybody)
const ROUNDS = Number(process.env.TOCSIN_ATTACK_ROUNDS ?? 15)

/** For a machine that is busy otherwise. */
t.setTimeout(300_000 + 3000 * ROUNDS)

const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(0, (bytes[0] ?? 0) ^ 1)

/** A device that nobody has seen, for a seat of its own unless told otherwise. */
const aFriend = async (seat: SeatId = newId(randomBytes)): Promise<Uint8Array> => {
  const made = await newKeyPackage({
    suite: 'x25519',
    identity: encodeIdentity(seat, newId<DeviceId>(randomBytes)),
    seatData: encodeSeatData({ writerKey: randomBytes(32), joined: 0, after: [] }),
  })
  return made.publicBytes
}

t.test(
  'attack 3: a confirmation tag that fits nobody strands nobody, and its author is barred',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
    const [alice, bob, carol, mallory] = people
    const epoch = await newest(mallory)
    write(relay, firstLogOf(epoch), 1, await forgeCommit(groupOf(epoch), { confirmationTag: flipped }))
    await syncAll([alice, bob, carol])
    t.strictSame([alice, bob, carol].map(statusOf), ['stuck', 'stuck', 'stuck'])

    await pass([alice, bob, carol], 15)

    await agree(t, [alice, bob, carol])
    t.strictSame((await bookOf(alice)).epoch(epoch.info.number)?.fold.barred, [seatOf(mallory)])
  },
)

t.test(
  'attack 3: who sees a removal with a wrong tag, and cannot check it, is back when the others void it',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave', 'mallory'])
    const [alice, bob, carol, dave, mallory] = people
    const epoch = await newest(mallory)
    const { number } = epoch.info
    const act = await mandateBy([mallory, bob, carol], { type: 'remove', seat: seatOf(dave) })
    const removal = planned(epoch, act).map((one) =>
      one.type === 'remove'
        ? { proposalType: 'remove' as const, remove: { removed: one.leaf } }
        : ({ proposalType: 0xf200, proposalData: one.type === 'act' ? one.data : new Uint8Array() } as const),
    )
    const lies = { proposals: removal, confirmationTag: flipped }
    write(relay, firstLogOf(epoch), 1, await forgeCommit(groupOf(epoch), lies))
    await syncAll([dave, alice, bob, carol])
    t.strictSame([dave, alice, bob, carol].map(statusOf), ['removed', 'stuck', 'stuck', 'stuck'])
    t.ok((await bookOf(dave)).epoch(number)?.group, 'nothing is thrown away yet')

    await pass([alice, bob, carol], 15)

    const fold = (await bookOf(alice)).epoch(number)?.fold
    t.strictSame(fold?.barred, [seatOf(mallory)])
    await agree(t, [alice, bob, carol])
    await dave.session.sync()
    const seen = (await bookOf(dave)).epoch(number)?.fold
    t.strictSame(seen?.current?.commit, fold?.current?.commit, 'dave sees the void, and what came instead')
    t.equal(fold?.current?.effect.action, 'remove', 'for it was decided')
    t.not(fold?.current?.effect.author, seatOf(mallory))
  },
)

t.test('attack 4: nobody is put out without the others, and least of all for the victim', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
  const [alice, bob, carol, mallory] = people
  const scene = { relay, by: mallory, others: [carol, alice, bob] as const }
  const epoch = await newest(mallory)
  const { anchor } = epoch.info
  const key = await keyOf(mallory)
  const leaves = removeLeaves(epoch, carol)
  const [seat, device] = [seatOf(carol), deviceIdOf(carol)]
  const alone = await mandateBy([mallory], { type: 'remove', seat })
  const fresh = await aFriend(seat)
  const resync = signResync(key, {
    anchor,
    epoch: epoch.info.number - 1,
    commit: toHex(randomBytes(32)),
    device,
    keyPackage: toHex(sha256(fresh)),
  })
  const drop = signDrop(key, { anchor, device, by: deviceIdOf(alice), lastEpoch: epoch.info.number + 9 })

  await isNothing(t, scene, 'without a word', leaves)
  await isNothing(t, scene, 'by one vote', [...leaves, actOf(alone)])
  const leave = signLeave(key, { anchor, seat, device })
  await isNothing(t, scene, 'as if she wanted to go', [...leaves, actOf({ type: 'leave', request: leave })])
  await isNothing(t, scene, 'as if another had cut her off', [
    ...leaves,
    actOf({ type: 'drop', request: drop }),
  ])
  await isNothing(
    t,
    scene,
    'as if she were stuck',
    planned(epoch, { type: 'resync', request: resync }, fresh),
  )

  await agree(t, [carol, alice, bob])
  t.equal(alice.session.view().members.length, 4)
})

t.test('attack 5: no decision is carried out again, elsewhere, too late or under other rules', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
  const [alice, bob, carol, mallory] = people
  const dave = await joinBy('dave', alice, relay, [bob, carol, mallory])
  await gather([...people, dave])
  await decide(people, { type: 'remove', seat: seatOf(dave) })
  await gather(people)
  const second = await joinBy('dave', alice, relay, [bob, carol, mallory])
  await gather([...people, second])
  const scene = { relay, by: mallory, others: [alice, bob, carol, second] as const }
  const known = (await bookOf(mallory)).motions.all()
  const carried = (type: 'add' | 'remove') => {
    const found = known.find(({ motion: { action } }) => action.type === type && action.seat === seatOf(dave))
    if (!found) throw new Error('it was not decided')
    const approvals = [...found.approvals].sort((a, b) => (a.device < b.device ? -1 : 1))
    const act = { type: 'mandate' as const, mandate: { motion: found.motion, approvals } }
    return { act, keyPackage: found.join?.keyPackage }
  }
  const [add, remove] = [carried('add'), carried('remove')]
  const then = await newest(mallory)
  await isNothing(t, scene, 'who was removed, let in again', planned(then, add.act, add.keyPackage))
  await isNothing(t, scene, 'removed again after coming back', [
    ...removeLeaves(then, second),
    actOf(remove.act),
  ])
  await isNothing(t, scene, 'the removal as it was', [actOf(remove.act)])

  const under = epochNumber(alice)
  const older = await mandateBy(people, { type: 'remove', seat: seatOf(second) })
  await changeCharter(people, { purpose: 'Another one' })
  await gather([...people, second])
  t.ok(epochNumber(alice) > under)

  const epoch = await newest(mallory)
  const { number } = epoch.info
  const removal = { type: 'remove' as const, seat: seatOf(second) }
  const plan = async (...of: Parameters<typeof mandateBy>) => planned(epoch, await mandateBy(...of))

  await isNothing(t, scene, 'under the charter before', planned(epoch, older))
  await isNothing(t, scene, 'of another group', await plan(people, removal, { anchor: randomBytes(32) }))
  await isNothing(t, scene, 'expired', await plan(people, removal, { lastEpoch: number - 1 }))
  await isNothing(t, scene, 'for ever', await plan(people, removal, { lastEpoch: number + 257 }))
  const other = charterHash(encodeCharter({ ...epoch.charter, name: 'Nobody' }))
  await isNothing(
    t,
    scene,
    'of a charter that never was',
    await plan(people, removal, { charterHash: other }),
  )

  const good = await commitBy(mallory, await plan(people, removal))
  write(relay, firstLogOf(epoch), 1, good.message)
  await syncAll(scene.others, 3)
  t.strictSame([epochNumber(alice), statusOf(second)], [number + 1, 'removed'], 'what was decided counts')
})

t.test('attack 7: a commit that does more than was decided does nothing', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave', 'mallory'])
  const [alice, bob, carol, dave, mallory] = people
  const scene = { relay, by: mallory, others: [carol, dave, alice, bob] as const }
  const epoch = await newest(mallory)
  const { number } = epoch.info
  const act = await mandateBy([alice, bob, mallory], { type: 'remove', seat: seatOf(dave) })
  const [his, hers] = [removeLeaves(epoch, dave), removeLeaves(epoch, carol)]
  const friend = { type: 'add' as const, keyPackage: await aFriend() }

  await isNothing(t, scene, 'another one removed as well', [...his, ...hers, actOf(act)])
  await isNothing(t, scene, 'another one removed instead', [...hers, actOf(act)])
  await isNothing(t, scene, 'a friend let in as well', [...his, friend, actOf(act)])
  await isNothing(t, scene, 'a friend let in instead', [friend, actOf(act)])
  const charter = encodeCharter({ ...epoch.charter, remove: { count: 2, thirds: 1 } })
  await isNothing(t, scene, 'another charter instead', [{ type: 'charter', charter }, actOf(act)])
  await isNothing(t, scene, 'nothing but the mandate', [actOf(act)])

  const exact = await commitBy(mallory, planned(epoch, act))
  write(relay, firstLogOf(epoch), 1, exact.message)
  await syncAll(scene.others, 3)
  t.strictSame([epochNumber(alice), statusOf(dave), statusOf(carol)], [number + 1, 'removed', 'member'])
})

/** TIDYs one behind the other, each in the log of the epoch that the one before it leads to. */
const chainBy = async (person: Person, length: number) => {
  let group = groupOf(await newest(person))
  const links: { readonly log: Awaited<ReturnType<typeof logIn>>; readonly message: Uint8Array }[] = []
  for (let i = 0; i < length; i++) {
    const log = await logIn(group)
    const { message, next } = await forge(group, [])
    links.push({ log, message })
    group = next
  }
  return links
}

/** Since then, in front of the removal. */
const inFront = async (person: Person, since: number, author: SeatId): Promise<number> => {
  const later = (await historyOf(person)).filter(({ epoch }) => epoch >= since)
  const end = later.findIndex(({ action }) => action === 'remove')
  return later.slice(0, end < 0 ? undefined : end).filter((one) => one.author === author).length
}

t.test('attack 8: of a chain of renewals made in advance one link comes in front of a removal', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
  const [alice, bob, carol, mick, mallory] = people
  const since = epochNumber(alice)
  const chain = await chainBy(mallory, 4)
  const { motion } = must(await alice.session.propose({ type: 'remove', seat: seatOf(mallory) }))
  await bob.session.sync()
  await bob.session.approve(motion)
  await carol.session.sync()
  let isFirst = true
  relay.misbehave({
    receive: (request) => {
      if (isFirst && isCommit(request)) {
        isFirst = false
        for (const { log, message } of chain) write(relay, log, 1, message)
      }
      return undefined
    },
  })

  await carol.session.approve(motion)
  await syncAll([alice, bob, carol, mick, mallory], 2)

  t.notOk(isFirst, 'the chain is in the logs, in front of everything')
  t.equal(await inFront(alice, since, seatOf(mallory)), 1)
  t.notOk(alice.session.view().members.some(({ seat }) => seat === seatOf(mallory)))
  await agree(t, [alice, bob, carol, mick])
})

t.test(
  `attack 9: who is first ${ROUNDS} times gets one commit in front of the removal, and no more`,
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mick', 'mallory'])
    const [alice, bob, carol, mick, mallory] = people
    const honest = [alice, bob, carol, mick]
    const since = epochNumber(alice)
    let bot = groupOf(await newest(mallory))
    // The relay is with the bot: as long as it runs, no other commit gets through.
    relay.misbehave(HELD)
    const { motion } = must(await alice.session.propose({ type: 'remove', seat: seatOf(mallory) }))
    await syncAll([bob, carol])
    await bob.session.approve(motion)
    await carol.session.sync()
    await carol.session.approve(motion)
    await syncAll(honest)
    t.equal(epochNumber(alice), since, 'it is decided, and waits')

    for (let round = 0; round < ROUNDS; round++) {
      const before = epochNumber(alice)
      const { message, next } = await forge(bot, [])
      write(relay, await logIn(bot), 1, message)
      await syncAll(honest)
      if (epochNumber(alice) > before) bot = next
    }
    relay.misbehave()
    await syncAll(honest, 2)

    t.equal(await inFront(alice, since, seatOf(mallory)), 1)
    await mallory.session.sync()
    t.notOk(
      alice.session.view().members.some(({ seat }) => seat === seatOf(mallory)),
      'and is out',
    )
    await agree(t, [alice, bob, carol, mick])
  },
)
