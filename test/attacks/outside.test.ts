/**
 * What comes from beside the commits: signatures, clocks, versions, a relay that forks, an inviter, an open phone. Attacks 15, 16, 17, 18, 22 and 33 of protocol.md section 10.
 */
import t from 'tap'
import { readStatement, signStatement } from '../../client/core/epochlog/statement.ts'
import { verifyDrop, verifyLeave, verifyResync } from '../../client/core/governance/act.ts'
import { encodeCharter, RULES } from '../../client/core/governance/charter.ts'
import { isConfirmed } from '../../client/core/governance/fold.ts'
import { approvingSeat, motionHash } from '../../client/core/governance/motion.ts'
import { devicesOf } from '../../client/core/governance/roster.ts'
import { committeeWords } from '../../client/core/join/words.ts'
import { createGroup, epochAuthenticatorOf } from '../../client/core/mls/group.ts'
import { newKeyPackage } from '../../client/core/mls/keyPackage.ts'
import { rosterOf } from '../../client/core/session/state.ts'
import { concat, utf8 } from '../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes } from '../../shared/crypto/sodium.ts'
import { type Challenge, proveAccess, verifyAccess } from '../../shared/protocol/access.ts'
import { verifyHead } from '../../shared/protocol/chain.ts'
import { changeCharter, decide, gather, historyOf, seatOf } from '../support/committeeStory.ts'
import {
  aCommittee,
  aMotion,
  aNewcomer,
  approvalOf,
  dropOfDevice,
  hashOf,
  leaveOf,
  resyncOf,
  seatNumber,
} from '../support/court.ts'
import { lootOf } from '../support/formerMember.ts'
import { bookOf } from '../support/hostileMember.ts'
import { shifted, torsioned } from '../support/malleable.ts'
import { copyLog, headOf, testAccess } from '../support/memoryLog.ts'
import { createMemoryRelay, type MemoryRelay } from '../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  must,
  type Person,
  restart,
  say,
  textsOf,
} from '../support/people.ts'
import {
  committeeOf,
  DAY,
  deviceIdOf,
  epochNumber,
  firstLogOf,
  isNothing,
  mandateBy,
  newest,
  planned,
  statusOf,
  syncAll,
} from './stage.ts'

await cryptoReady
t.teardown(closeEverybody)
/** For a machine that is busy otherwise. */
t.setTimeout(300_000)

t.test(
  'attack 15: what only a lenient verifier takes counts nowhere: no approval, statement, request, proof or head',
  (t) => {
    const { court, of } = aCommittee({ seats: 4 })
    const motion = aMotion(court, { type: 'remove', seat: seatNumber(3) })
    const good = approvalOf(motion, of(0))
    const signed = concat(utf8('mandate/1'), fromHex(motionHash(motion)) ?? new Uint8Array())
    const approves = (signature: Uint8Array) => approvingSeat(court.roster, motion, { ...good, signature })
    t.equal(approves(good.signature), seatNumber(0))
    t.equal(approves(shifted(good.signature)), undefined)
    t.equal(approves(torsioned(of(0).secretKey, signed)), undefined)

    const [drop, leave, resync] = [dropOfDevice(of(2), of(0)), leaveOf(of(0)), resyncOf(of(0), aNewcomer())]
    const key = of(0).signatureKey
    t.strictSame(
      [verifyDrop(key, drop), verifyLeave(key, leave), verifyResync(key, resync)],
      [true, true, true],
    )
    t.notOk(verifyDrop(key, { ...drop, signature: shifted(drop.signature) }))
    t.notOk(verifyLeave(key, { ...leave, signature: shifted(leave.signature) }))
    t.notOk(verifyResync(key, { ...resync, signature: shifted(resync.signature) }))

    const { id, reader } = testAccess(1)
    const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
    const stated = { type: 'void', commit: hashOf('c'), turn: 1 } as const
    const body = signStatement(of(0).secretKey, id, { leaf: 0, seen, stated })
    t.ok(readStatement(court.roster, id, body))
    t.notOk(readStatement(court.roster, id, concat(body.slice(0, -64), shifted(body.slice(-64)))))

    const binding = { relayStaticKey: randomBytes(32), challenge: randomBytes(32) as Challenge }
    const proof = proveAccess(reader.secretKey, binding, id, 'reader')
    const opens = (signature: Uint8Array) =>
      verifyAccess({ publicKey: reader.publicKey, signature }, binding, id, 'reader')
    t.strictSame([opens(proof), opens(shifted(proof))], [true, false])

    const relay = newKeyPair()
    const log = createMemoryRelay().logs
    t.equal(log.size, 0)
    const head = headOf(relay.secretKey, {
      id,
      policy: { cap: 1 },
      entries: [],
      chains: [new Uint8Array(32)],
      bytes: [0],
    } as never)
    t.ok(verifyHead(relay.publicKey, id, head))
    t.notOk(verifyHead(relay.publicKey, id, { ...head, signature: shifted(head.signature) as never }))
    t.end()
  },
)

t.test('attack 16: members whose clocks are off by years decide the same', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave'])
  const clocks = [Date.UTC(1971, 0), Date.UTC(2099, 5), people[0].time.now, Date.UTC(2031, 1)]
  const off: Person[] = []
  for (const [i, person] of people.entries()) {
    await person.session.close()
    await person.vault.close()
    off.push(await restart({ ...person, time: { ...person.time, now: clocks[i] ?? 0 } }, relay.dial))
  }
  const [alice, bob, carol, dave] = off as [Person, Person, Person, Person]
  await gather(off)
  await changeCharter([alice, bob, carol, dave], { purpose: 'Whatever the hour' })
  await gather(off)
  for (const one of off) await say(one, `${one.name} was here`)
  await gather(off)
  await decide([bob, carol, alice], { type: 'remove', seat: seatOf(dave) })
  await gather(off.slice(0, 3))

  await dave.session.sync()
  t.equal(statusOf(dave), 'removed')
  for (const one of [bob, carol]) {
    t.strictSame(one.session.view().words, alice.session.view().words)
    t.strictSame(
      one.session.view().members.map(({ seat }) => seat),
      alice.session.view().members.map(({ seat }) => seat),
    )
    t.equal(one.session.view().charter.purpose, 'Whatever the hour')
    t.strictSame(one.session.view().suspicions, [])
    const [mine, hers] = [await historyOf(one), await historyOf(alice)]
    t.strictSame(mine.slice(-3), hers.slice(-3))
  }
  t.equal(await say(alice, 'still together'), 'sent')
  await syncAll([bob, carol])
  t.ok(textsOf(carol).includes('still together'))
})

t.test(
  'attack 17: a change to rules that this version does not know leaves all who have it together',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
    const [alice, bob, carol, mallory] = people
    const epoch = await newest(mallory)
    const charter = encodeCharter({ ...epoch.charter, rules: RULES + 1 })
    const act = await mandateBy(people, { type: 'charter', charter })

    await isNothing(
      t,
      { relay, by: mallory, others: [alice, bob, carol] },
      'newer rules',
      planned(epoch, act),
    )

    t.equal(await say(alice, 'here'), 'sent')
    await syncAll([bob, carol])
    t.strictSame([textsOf(bob), textsOf(carol)], [['here'], ['here']])
  },
)

/** The people of one world, each from a copy of the disk, at a relay that has what the first one had. */
const worldOf = async (from: MemoryRelay, people: readonly Person[]): Promise<readonly Person[]> => {
  const relay = createMemoryRelay()
  for (const [name, log] of from.logs) relay.logs.set(name, copyLog(log))
  const world: Person[] = []
  for (const one of people) world.push(await restart(one, relay.dial, one.disk.copy()))
  return world
}

/** On anybody's screen of this world: two thirds have arrived in the epoch that the fork began with. */
const isConfirmedIn = async (world: readonly Person[], number: number): Promise<boolean> => {
  const epochs = await Promise.all(world.map(async (one) => (await bookOf(one)).epoch(number)))
  return epochs.some((epoch) => epoch && isConfirmed(epoch.fold, rosterOf(epoch), epoch.info.opener))
}

t.test(
  'attack 18: a fork is never confirmed on both sides, and the words of the two sides differ',
  async (t) => {
    const { relay, people } = await committeeOf(['a', 'b', 'c', 'd', 'e', 'f', 'x', 'y'])
    const [first, second] = [people.slice(0, 3), people.slice(3, 6)]
    const insiders = people.slice(6)
    const { number } = (await newest(people[0])).info
    people[0].time.now += 15 * DAY // everybody renews their keys
    const splits = [
      ['50/50', [...first, ...insiders], [...second, ...insiders], 0],
      ['90/10', people.slice(0, 7), people.slice(7), 1],
    ] as const
    for (const [what, here, there, confirmed] of splits) {
      const worlds = [await worldOf(relay, here), await worldOf(relay, there)] as const
      for (const world of worlds) await syncAll(world, 3)
      const [ours, theirs] = worlds.map(([one]) => one?.session.view())
      t.notSame(ours?.words, theirs?.words, `${what}: the words differ`)
      t.strictSame(ours?.members.length, theirs?.members.length, `${what}: the members do not`)
      const sides = await Promise.all(worlds.map((world) => isConfirmedIn(world, number + 1)))
      t.equal(sides.filter(Boolean).length, confirmed, `${what}: confirmed on ${confirmed} side`)
      for (const world of worlds) for (const { session } of world) await session.close()
    }
  },
)

/** A group of its own under the true committee's anchor and charter: as near as a ghost can come. */
const ghostOf = async (person: Person) => {
  const { info } = await newest(person)
  const keyPackage = await newKeyPackage({
    suite: 'x25519',
    identity: randomBytes(32),
    seatData: utf8('seat'),
  })
  const group = await createGroup({
    suite: 'x25519',
    groupId: info.anchor,
    charter: info.charterBytes,
    keyPackage,
  })
  return committeeWords(info.anchor, epochAuthenticatorOf(group))
}

t.test(
  'attack 22: a newcomer among ghosts shows other words than the members they pretend to be',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'mallory'])
    const [alice] = people
    const ghost = await foundBy('mallory', relay, { charter: { probation: 0 } })
    const one = await joinBy('alice', ghost, relay)
    const ghosts = [one, await joinBy('bob', ghost, relay, [one])]
    const dave = await joinBy('dave', ghost, relay, ghosts)
    await gather([ghost, ...ghosts, dave])

    const { members, words } = dave.session.view()
    t.strictSame(
      members.map(({ handle }) => handle).sort(),
      ['alice', 'bob', 'dave', 'mallory'],
      'all looks well',
    )
    t.notSame(words, alice.session.view().words)
    t.notSame(
      await ghostOf(alice),
      alice.session.view().words,
      'also with anchor and charter of the true one',
    )
    const her = members.find(({ handle }) => handle === 'alice')
    if (!her) throw new Error('no ghost of alice')
    t.strictSame(her.metBy, [], 'nobody has met her')
    must(await dave.session.compared([her.seat], false))
    t.match(dave.session.view().suspicions, [{ kind: 'words_differ' }])
  },
)

t.test(
  'attack 33: an open phone votes for one seat until it is cut off, and reads nothing after',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'dave'])
    const [alice, bob, carol, dave] = people
    await bob.session.close()
    await bob.vault.close()
    const thief = await restart(bob, relay.dial)
    const { motion } = must(await thief.session.propose({ type: 'remove', seat: seatOf(alice) }))
    const { charter } = thief.session.view()
    const looser = encodeCharter({ ...charter, remove: { count: 2, thirds: 1 } })
    must(await thief.session.propose({ type: 'charter', charter: looser }))
    await syncAll([alice, carol, dave, thief])
    t.equal(alice.session.view().members.length, 4, 'alone it decides nothing')

    must(await alice.session.cutOff(deviceIdOf(thief)))
    await syncAll([carol, dave, thief])
    must(await dave.session.approve(motion))
    await say(carol, 'the phone is gone')
    await syncAll([alice, carol, dave, thief])

    t.equal(statusOf(thief), 'removed')
    t.notOk(textsOf(thief).includes('the phone is gone'))
    t.match(await thief.session.say({ type: 'post', text: 'it is me' }), { ok: false })
    t.equal(statusOf(alice), 'member', 'its vote has gone with it')
    t.equal(
      alice.session.view().members.find(({ seat }) => seat === seatOf(bob))?.isVacant,
      true,
      'the seat has not',
    )
  },
)

t.test(
  'attack 33: nothing that an open phone shows of one committee leads into another of the same person',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol'])
    const [, , carol] = people
    const elsewhere = await foundBy('carol', relay, { name: 'Day shift' })
    const erin = await joinBy('erin', elsewhere, relay)
    await say(elsewhere, 'nobody here knows the others')
    await syncAll([erin, elsewhere], 2)
    const traces = async (person: Person) =>
      (await bookOf(person)).epochs().flatMap((epoch) => {
        const mine = devicesOf(rosterOf(epoch), seatOf(person))
        const logs = epoch.logs.flatMap(({ id, access }) => [id, access.reader?.publicKey ?? id])
        return [
          toHex(epoch.info.anchor),
          seatOf(person),
          ...logs.map(toHex),
          ...mine.flatMap((d) => [d.device, toHex(d.signatureKey)]),
        ]
      })

    const [here, there] = [new Set(await traces(carol)), await traces(elsewhere)]
    t.ok(here.size > 5 && there.length > 5)
    t.strictSame(
      there.filter((one) => here.has(one)),
      [],
      'no id, key or address is the same',
    )
    const { logs } = await lootOf([carol.disk.copy()])
    const open = new Set(logs.map(({ id }) => toHex(id)))
    t.notOk((await bookOf(erin)).epochs().some((epoch) => open.has(toHex(firstLogOf(epoch).id))))
    t.ok(epochNumber(erin) > 0)
  },
)
