/**
 * Keeping the others busy, away or apart: attacks 10, 12, 13 and 31 of protocol.md section 10, with real clients and real MLS. Not here: commits as such (commits.test.ts), what a relay
 * and people outside do (outside.test.ts).
 */
import t from 'tap'
import { type EpochLog, logFromSeed, logSeed } from '../../client/core/epochlog/keys.ts'
import { exportRoot } from '../../client/core/mls/group.ts'
import { rosterOf } from '../../client/core/session/state.ts'
import { cryptoReady, randomBytes } from '../../shared/crypto/sodium.ts'
import type { Blob } from '../../shared/protocol/ids.ts'
import { MAX_BLOB_BYTES } from '../../shared/protocol/limits.ts'
import { forge } from '../model/forge.ts'
import { seatOf } from '../support/committeeStory.ts'
import { bookOf, groupOf } from '../support/hostileMember.ts'
import { appendTo, logIsFull } from '../support/memoryLog.ts'
import type { MemoryRelay } from '../support/memoryRelay.ts'
import { closeEverybody, say } from '../support/people.ts'
import {
  committeeOf,
  epochNumber,
  firstLogOf,
  HOUR,
  logAt,
  logIn,
  newest,
  pass,
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
