/** Files through a relay that lies, from a member who does, and from those that are gone. SPEC.md (client/core), section "File logs". */
import t from 'tap'
import type { FileContent } from '../../../../client/core/committee/fileContent.ts'
import { PART_BYTES, partsOf } from '../../../../client/core/committee/fileWords.ts'
import { logOf } from '../../../../client/core/files/announced.ts'
import { partLength, partOffset, sealPart } from '../../../../client/core/files/parts.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, randomBytes, sha256 } from '../../../../shared/crypto/sodium.ts'
import type { Blob } from '../../../../shared/protocol/ids.ts'
import { decide, gather, seatOf } from '../../../support/committeeStory.ts'
import { newSink, sourceOf, testBytes } from '../../../support/fileEnds.ts'
import {
  BYTES,
  contentIn,
  DRAFT,
  fileLogIn,
  isWhole,
  pair,
  prepare,
  resultOf,
  sendNow,
  sent,
} from '../../../support/fileStory.ts'
import { appendTo, truncateLog } from '../../../support/memoryLog.ts'
import { createMemoryRelay, type MemoryRelay, type Misdeeds } from '../../../support/memoryRelay.ts'
import * as misdeeds from '../../../support/misdeeds.ts'
import { closeEverybody, foundBy, joinBy, must } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const lies: readonly (readonly [string, (relay: MemoryRelay, other: FileContent) => Misdeeds])[] = [
  ['leaves the first part out', () => misdeeds.dropEntry(1)],
  ['leaves the last part out', () => misdeeds.dropEntry(3)],
  ['changes the order', () => misdeeds.reorder()],
  ['flips a bit', () => misdeeds.flipBit(2)],
  ['flips a bit of the last part', () => misdeeds.flipBit(3)],
  ['hides the end', () => misdeeds.withholdTail(2)],
  ['serves parts of another file', (relay, other) => misdeeds.swapEntries(relay, logOf(other).id)],
  ['names another log', (_, other) => misdeeds.wrongLog(logOf(other).id)],
  ['serves a part again as the next', () => misdeeds.replayAsNew()],
  ['signs with another key', () => misdeeds.badSignatures()],
  [
    'pretends that parts have expired',
    () =>
      misdeeds.alterPages((page) => ({
        ...page,
        entries: page.entries.map((entry) => ({
          ...entry,
          content:
            entry.content.type === 'blob'
              ? { type: 'hash' as const, hash: sha256(entry.content.blob) }
              : entry.content,
        })),
      })),
  ],
]

for (const [what, how] of lies)
  t.test(
    `FL8 a relay that ${what} is not believed, and the file is whole when it is honest again`,
    async (t) => {
      const { relay, alice, bob, id } = await sent()
      const other = await sendNow(alice, testBytes(BYTES.length, 5), { ...DRAFT, name: 'other.pdf' })
      await bob.session.sync()
      relay.misbehave(how(relay, contentIn(bob, other)))
      const sink = newSink()
      const result = resultOf(await bob.session.files.fetch(id, sink))
      t.match(result, /^(lie|spoiled|missing)$/)
      t.notOk(sink.isFinished(), 'it gets no name')
      t.equal(bob.session.view().own.alarmed, result === 'lie', 'a lie raises the alarm')
      if (result === 'lie')
        t.match(bob.session.view().suspicions, [{ kind: 'relay_lied' }], 'and stays on record')
      relay.misbehave()
      await bob.session.goOn()
      must(await bob.session.files.fetch(id, sink))
      t.ok(isWhole(sink))
    },
  )

t.test('FL8 a relay that rolls the log back in the middle is caught', async (t) => {
  const { relay, bob, id, content } = await sent()
  relay.misbehave({
    receive: (request) => (request.type === 'read' && request.from > 1 ? 'close' : undefined),
  })
  const sink = newSink()
  t.equal(resultOf(await bob.session.files.fetch(id, sink)), 'offline')
  relay.misbehave()
  truncateLog(fileLogIn(relay, content), 1)
  t.equal(resultOf(await bob.session.files.fetch(id, sink)), 'lie')
  t.ok(bob.session.view().own.alarmed)
})

t.test(
  'FL8 a relay and a member who know the key together cannot put another file in its place',
  async (t) => {
    const { relay, bob, id, content } = await sent()
    const other = testBytes(BYTES.length, 7)
    const log = fileLogIn(relay, content)
    truncateLog(log, 0)
    for (const number of [1, 2, 3]) {
      const piece = other.subarray(partOffset(number), partOffset(number) + partLength(other.length, number))
      appendTo(log, sealPart(logOf(content), number, piece))
    }
    const sink = newSink()
    t.equal(
      resultOf(await bob.session.files.fetch(id, sink)),
      'spoiled',
      'every part opens, the whole does not fit',
    )
    t.notOk(sink.isFinished())
    t.match(bob.session.files.list(), [{ state: { is: 'waiting' } }], 'nothing of it counts as here')
  },
)

const appendLies: readonly (readonly [string, (relay: MemoryRelay) => Misdeeds])[] = [
  ['forgets what it acknowledged', misdeeds.forgetAppended],
  ['keeps something else', misdeeds.appendAnother],
  ['keeps every part twice', misdeeds.appendTwice],
  ['says FULL', () => misdeeds.lieFull()],
  ['signs FULL', misdeeds.signFull],
  ['says CONFLICT', () => misdeeds.lieConflict(9)],
  ['says SIZE', () => misdeeds.lieSize()],
  ['signs with another key', () => misdeeds.badSignatures()],
]

for (const [what, how] of appendLies)
  t.test(`FL8 a relay that ${what} is caught while a file is sent, and nothing is announced`, async (t) => {
    const { relay, alice, bob } = await pair()
    const id = await prepare(alice)
    relay.misbehave(how(relay))
    t.equal(resultOf(await alice.session.files.send(id, sourceOf(BYTES))), 'lie')
    t.ok(alice.session.view().own.alarmed)
    t.equal(
      resultOf(await alice.session.files.send(id, sourceOf(BYTES))),
      'alarm',
      'nothing is sent to it now',
    )
    relay.misbehave()
    await bob.session.sync()
    t.strictSame(bob.session.files.list(), [])
    t.strictSame(resultOf(await alice.session.files.cancel(id)), 'ok')
    t.strictSame(alice.vault.keys('file/'), [], 'cancelled is forgotten')
  })

t.test('FL8 a file that does not exist, or not so, is refused whoever announced it', async (t) => {
  const { alice, bob, content } = await sent()
  const wrong: readonly (readonly [Partial<FileContent>, string])[] = [
    [{ secret: toHex(randomBytes(32)) }, 'missing'],
    [{ sha256: toHex(randomBytes(32)) }, 'spoiled'],
    [{ size: content.size - 1 }, 'spoiled'],
    [{ size: content.size + PART_BYTES, parts: 4 }, 'spoiled'],
    [{ size: 900, parts: 1 }, 'spoiled'],
    [{ size: 1024 * PART_BYTES, parts: 1024 }, 'missing'],
    [{ life: 45 }, 'missing'],
  ]
  for (const [change, failure] of wrong) {
    const { id } = must(await alice.session.say({ ...content, ...change }))
    await bob.session.sync()
    const sink = newSink()
    t.equal(resultOf(await bob.session.files.fetch(id, sink)), failure, JSON.stringify(change))
    t.notOk(sink.isFinished())
    t.notOk(bob.session.view().own.alarmed, 'which is not held against the relay')
  }
  const { id } = must(await alice.session.say({ ...content, until: 60_000, words: 'a lie about time' }))
  await bob.session.sync()
  t.ok((await bob.session.files.fetch(id, newSink())).ok, 'until is a word to people and decides nothing')
})

t.test('FL1 what a member writes behind the last part is nobody’s', async (t) => {
  const { relay, bob, id, content } = await sent()
  for (let i = 0; i < 5; i++) appendTo(fileLogIn(relay, content), testBytes(1024, i) as Blob)
  const sink = newSink()
  must(await bob.session.files.fetch(id, sink))
  t.ok(isWhole(sink))
})

t.test('P5 whoever was removed cannot fetch what is sent afterwards', async (t) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, { charter: { probation: 0 } })
  const bob = await joinBy('bob', alice, relay)
  const mallory = await joinBy('mallory', alice, relay, [bob])
  await gather([alice, bob, mallory])
  const before = await sendNow(alice)
  await gather([alice, bob, mallory])
  await decide([alice, bob], { type: 'remove', seat: seatOf(mallory) })
  await gather([alice, bob, mallory])
  const after = await sendNow(alice, testBytes(5000))
  await gather([bob, mallory])
  t.ok(bob.session.files.list().some(({ id }) => id === after))
  t.strictSame(
    mallory.session.files.list().map(({ id }) => id),
    [before],
  )
  t.equal(resultOf(await mallory.session.files.fetch(after, newSink())), 'no_such_file')
  t.equal(resultOf(await mallory.session.files.prepare(DRAFT, sourceOf(BYTES))), 'not_member')
  t.equal(partsOf(contentIn(bob, after).size), 1)
})
