/**
 * Keeping the others busy, away or apart: attacks 10, 12, 13 and 31 of protocol.md section 10, with real clients and real MLS. Not here: commits as such (commits.test.ts), what a relay
 * and people outside do (outside.test.ts).
 */
import t from 'tap'
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { type EpochLog, logFromSeed, logSeed } from '../../client/core/epochlog/keys.ts'
import { encodePayload, type Payload, payloadHash } from '../../client/core/epochlog/payload.ts'
import type { Stated } from '../../client/core/epochlog/statement.ts'
import { signDrop, signResync } from '../../client/core/governance/act.ts'
import { charterHash } from '../../client/core/governance/charter.ts'
import { type DeviceId, encodeIdentity, newId } from '../../client/core/governance/ids.ts'
import { deviceOf, encodeSeatData } from '../../client/core/governance/roster.ts'
import { succeed } from '../../client/core/governance/succession.ts'
import { exportRoot, signatureKeyPair } from '../../client/core/mls/group.ts'
import { newKeyPackage } from '../../client/core/mls/keyPackage.ts'
import { isCommit, seal } from '../../client/core/mls/message.ts'
import type { LeafIndex } from '../../client/core/mls/types.ts'
import { type Epoch, rosterOf } from '../../client/core/session/state.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import { type Blob, logKey } from '../../shared/protocol/ids.ts'
import { MAX_BLOB_BYTES } from '../../shared/protocol/limits.ts'
import { forge } from '../model/forge.ts'
import { changeCharter, decide, historyOf, seatOf } from '../support/committeeStory.ts'
import { keepEverything, lootOf, opensBlob, reach } from '../support/formerMember.ts'
import { bookOf, groupOf } from '../support/hostileMember.ts'
import { appendTo, logIsFull } from '../support/memoryLog.ts'
import type { MemoryRelay } from '../support/memoryRelay.ts'
import { closeEverybody, type Person, say } from '../support/people.ts'
import {
  agree,
  committeeOf,
  DAY,
  deviceIdOf,
  epochNumber,
  firstLogOf,
  HOUR,
  logAt,
  logIn,
  newest,
  pass,
  stateAs,
  statusOf,
  syncAll,
  write,
} from './stage.ts'

await cryptoReady
t.teardown(closeEverybody)
/** For a machine that is busy otherwise. */
t.setTimeout(300_000)

/** The largest blobs: the fewest that fill a log. */
const fill = (relay: MemoryRelay, log: EpochLog): void => {
  const at = logAt(relay, log)
  const junk = randomBytes(MAX_BLOB_BYTES) as Blob
  while (!logIsFull(at)) appendTo(at, junk)
}

t.test('attack 10: who fills log after log of the next epoch keeps nobody out of it', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'mallory'])
  const [alice, mallory] = people
  const epoch = await newest(mallory)
  const { message, next } = await forge(groupOf(epoch), [])
  let secret = await exportRoot(next)
  for (let k = 0; k < 3; k++) {
    secret = logSeed(secret, k)
    fill(relay, logFromSeed(secret))
  }
  write(relay, firstLogOf(epoch), 1, message)

  t.equal(await say(alice, 'behind the flood'), 'sent')

  t.strictSame([epochNumber(alice), statusOf(alice)], [epoch.info.number + 1, 'member'])
  t.ok(logAt(relay, logFromSeed(logSeed(secret, 3))).entries.length > 0, 'in the first log that has room')
})

t.test('attack 10: a log of the past that was filled since takes VOID all the same', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'mallory'])
  const [alice, bob, mallory] = people
  const epoch = await newest(mallory)
  const { message, next } = await forge(groupOf(epoch), [])
  write(relay, firstLogOf(epoch), 1, message)
  await syncAll([alice, bob], 2)
  fill(relay, firstLogOf(epoch))
  const victim = rosterOf(await newest(alice)).devices.find(({ seat }) => seat === seatOf(alice))
  const garbled = await forge(next, [], { victims: [victim?.leaf ?? 0] })
  write(relay, await logIn(next), 1, garbled.message)
  await alice.session.sync()
  t.equal(statusOf(alice), 'stuck')
  alice.time.now += 7 * HOUR // the past is looked at

  await pass([alice], 50)

  t.strictSame((await bookOf(alice)).epoch(epoch.info.number)?.fold.voids, [seatOf(alice)])
})

/** Said by this device, one behind the other, as no client of ours would let a person. */
const putMotions = async (relay: MemoryRelay, person: Person, count: number): Promise<void> => {
  const book = await bookOf(person)
  const epoch = book.newest()
  const { anchor, charterBytes, number } = epoch.info
  const action = { type: 'charter', charter: charterBytes } as const
  const about = { anchor, charterHash: charterHash(charterBytes), rules: epoch.charter.rules, action }
  let { counter, previous } = book.own()
  let group = groupOf(epoch)
  for (let i = 0; i < count; i++) {
    counter += 1
    const payload: Payload = {
      id: toHex(randomBytes(16)),
      counter,
      at: person.time.now,
      previous,
      seen: { log: 0, seq: 0, chain: new Uint8Array(32) },
      said: {
        type: 'motion',
        motion: { ...about, nonce: randomBytes(16), lastEpoch: number + 200 },
        join: undefined,
      },
    }
    previous = payloadHash(payload)
    const { next, message } = await seal(group, encodePayload(payload))
    group = next
    write(relay, firstLogOf(epoch), 1, message)
  }
}

t.test('attack 10: who puts hundreds of motions keeps none of the others from being heard', async (t) => {
  const { relay, people } = await committeeOf(['alice', 'bob', 'mallory'])
  const [alice, bob, mallory] = people
  const epoch = await newest(mallory)
  await putMotions(relay, mallory, 260)
  await syncAll([alice, bob])
  t.ok(alice.session.view().motions.length >= 250, 'they are all there')

  await decide([alice, bob], { type: 'remove', seat: seatOf(mallory) })

  await agree(t, [alice, bob])
  t.ok(epochNumber(alice) > epoch.info.number)
  t.notOk(
    alice.session.view().members.some(({ seat }) => seat === seatOf(mallory)),
    'and out it goes',
  )
})

/** In one log, one behind the other: each signed by the leaf that the answer to the one before would put in. None was ever stuck. */
const askAgainAndAgain = async (relay: MemoryRelay, person: Person, times: number): Promise<void> => {
  const epoch = await newest(person)
  const { anchor, number } = epoch.info
  const mine = deviceOf(rosterOf(epoch), deviceIdOf(person))
  if (!mine) throw new Error('no member')
  let by = { ...mine, secretKey: signatureKeyPair(groupOf(epoch)).secretKey }
  for (let i = 0; i < times; i++) {
    const [device, signing] = [newId<DeviceId>(randomBytes), newKeyPair()]
    const after = succeed(anchor, by, { device, signatureKey: signing.publicKey })
    const { publicBytes } = await newKeyPackage({
      suite: 'x25519',
      identity: encodeIdentity(mine.seat, device),
      seatData: encodeSeatData({ writerKey: randomBytes(32), joined: mine.joined, after }),
      signing,
    })
    const commit = toHex(randomBytes(32))
    const asked = { anchor, epoch: number, commit, device: by.device, keyPackage: toHex(sha256(publicBytes)) }
    const request = signResync(by.secretKey, asked)
    await stateAs(relay, person, number, { type: 'resync', request, keyPackage: publicBytes })
    by = { ...mine, device, signatureKey: signing.publicKey, secretKey: signing.secretKey, after }
  }
}

t.test(
  'attack 13: who asks again and again is taken in once by each seat, and is removed all the same',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
    const [alice, bob, carol, mallory] = people
    const since = epochNumber(alice)
    await askAgainAndAgain(relay, mallory, 12)
    await syncAll([alice, bob, carol])
    await changeCharter([alice, bob, carol], { purpose: 'Another epoch' })
    await syncAll([alice, bob, carol], 6)

    const served = (await historyOf(alice)).filter(
      ({ action, epoch }) => action === 'resync' && epoch >= since,
    )
    t.ok(served.length > 0 && served.length <= 3, `taken in ${served.length} times`)
    await decide([alice, bob], { type: 'remove', seat: seatOf(mallory) })
    await agree(t, [alice, bob, carol])
    t.notOk(alice.session.view().members.some(({ seat }) => seat === seatOf(mallory)))
  },
)

/** Everything that the keys of a removed device can still say in the last log it was in; `turn`: votes must go up. */
const disturb = async (
  relay: MemoryRelay,
  mallory: Person,
  about: { number: number; commit: string; turn: number },
) => {
  const { number, commit, turn } = about
  const epoch = (await bookOf(mallory)).epoch(number)
  const other = epoch && rosterOf(epoch).devices.find(({ seat }) => seat !== seatOf(mallory))
  if (!epoch || !other) throw new Error('not held')
  const { anchor } = epoch.info
  const [key, device] = [signatureKeyPair(groupOf(epoch)).secretKey, deviceIdOf(mallory)]
  const resync = { anchor, epoch: number, commit, device, keyPackage: toHex(randomBytes(32)) }
  const drop = { anchor, device: other.device, by: device, lastEpoch: number + 100 }
  const say = (stated: Stated) => stateAs(relay, mallory, number, stated)
  await say({ type: 'unvoid', commit, turn })
  await say({ type: 'void', commit, turn: turn + 1 })
  await say({ type: 'resync', request: signResync(key, resync), keyPackage: randomBytes(300) })
  await say({ type: 'drop', request: signDrop(key, drop) })
  for (const proposals of [[], [{ type: 'remove' as const, leaf: other.leaf as LeafIndex }]])
    write(relay, firstLogOf(epoch), 1, (await forge(groupOf(epoch), proposals)).message)
}

/** Commits in the logs of these epochs, without their envelopes: what the attacker is given on top. */
const commitsOf = (relay: MemoryRelay, epochs: readonly Epoch[]): readonly Uint8Array[] =>
  epochs.flatMap(({ logs }) =>
    logs.flatMap((log) =>
      blobsIn(relay, log).flatMap((blob) => {
        const opened = openEnvelope(log, blob)
        return opened.ok && opened.value.kind === 1 && isCommit(opened.value.body) ? [opened.value.body] : []
      }),
    ),
  )

const blobsIn = (relay: MemoryRelay, { id }: EpochLog): readonly Uint8Array[] =>
  (relay.logs.get(logKey(id))?.entries ?? []).flatMap(({ content }) =>
    content.type === 'blob' ? [content.blob] : [],
  )

t.test(
  'attack 31: for 45 days whoever was removed finds, opens and changes nothing, with all that the relay has',
  async (t) => {
    const { relay, people } = await committeeOf(['alice', 'bob', 'carol', 'mallory'])
    const [alice, bob, carol, mallory] = people
    const kept = keepEverything(mallory)
    const last = await newest(mallory)
    const { number } = last.info
    await decide([alice, bob], { type: 'remove', seat: seatOf(mallory) })
    await syncAll([carol, mallory, alice, bob])
    const commit = (await bookOf(alice)).epoch(number)?.fold.current?.commit ?? ''
    const loot = await lootOf(kept())

    for (let day = 5; day <= 45; day += 5) {
      alice.time.now += 5 * DAY
      await disturb(relay, mallory, { number, commit, turn: 2 * day })
      await syncAll([alice, bob, carol])
      await say(alice, `day ${day}`)
      await syncAll([bob, carol])
    }

    await agree(t, [carol, alice, bob])
    t.equal(alice.session.view().members.length, 3)
    for (const { name, session } of [alice, bob, carol])
      t.strictSame(session.view().suspicions, [], `${name} suspects nobody`)
    const epochs = (await bookOf(bob)).epochs().filter(({ info }) => info.number > number)
    const reached = new Set(
      (await reach(loot, commitsOf(relay, [last, ...epochs]))).map(({ id }) => logKey(id)),
    )
    const logs = epochs.flatMap((epoch) => epoch.logs)
    t.ok(reached.has(logKey(firstLogOf(last).id)) && logs.length >= 3, `${logs.length} logs since`)
    t.notOk(
      logs.some(({ id }) => reached.has(logKey(id))),
      'none of them is found',
    )
    const found = logs.flatMap((log) => blobsIn(relay, log).map((blob) => opensBlob(loot.logs, log.id, blob)))
    t.ok(found.length > 10 && !found.includes(true), `none of their ${found.length} entries opens`)
  },
)
