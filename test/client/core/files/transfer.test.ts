/** Files between two people over a relay in memory: broken connections, deaths, time. SPEC.md (client/core), section "File logs". */
import t, { type Test } from 'tap'
import { PART_BYTES } from '../../../../client/core/committee/fileWords.ts'
import { logOf } from '../../../../client/core/files/announced.ts'
import { fromUtf8, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, randomBytes } from '../../../../shared/crypto/sodium.ts'
import type { Blob } from '../../../../shared/protocol/ids.ts'
import { gather, seatOf } from '../../../support/committeeStory.ts'
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
  untilThrough,
} from '../../../support/fileStory.ts'
import { liveOn, type Moment, newRecorder } from '../../../support/manyWorlds.ts'
import { appendTo, expireUpTo, truncateLog } from '../../../support/memoryLog.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import type { MemoryDisk } from '../../../support/memoryVaultFile.ts'
import * as misdeeds from '../../../support/misdeeds.ts'
import { closeEverybody, foundBy, joinBy, must, type Person, restart, say } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const DAY_MS = 86_400_000

t.test('FL5 a file is announced when all of it is acknowledged, on a connection of its own', async (t) => {
  const { relay, alice, bob } = await pair()
  const before = relay.dialed()
  const committee = new Set(relay.requests.map(({ connection }) => connection))
  const id = await prepare(alice)
  t.equal(relay.dialed(), before, 'nothing leaves before it is asked for')
  const steps: string[] = []
  const heard = relay.requests.length
  must(
    await alice.session.files.send(id, sourceOf(BYTES), {
      onProgress: ({ parts, of }) => steps.push(`${parts}/${of}`),
    }),
  )
  t.strictSame(steps, ['0/3', '1/3', '2/3', '3/3'])
  const appends = relay.requests.slice(heard).filter(({ request }) => request.type === 'append')
  const own = appends.filter(({ connection }) => !committee.has(connection))
  t.strictSame(
    own.map(
      ({ request }) => request.type === 'append' && [request.ifHead, request.blob.length, request.lifeDays],
    ),
    [
      [0, 262_144, 7],
      [1, 262_144, 7],
      [2, 1024, 7],
    ],
  )
  t.equal(
    appends.indexOf(own.at(-1) as never),
    appends.length - 2,
    'then the post, and on the other connection',
  )
  const logs = new Map<number, Set<string>>()
  for (const { connection, request } of relay.requests.slice(heard))
    if ('log' in request) logs.set(connection, (logs.get(connection) ?? new Set()).add(toHex(request.log)))
  t.equal(logs.get(own[0]?.connection ?? 0)?.size, 1, 'which sees this log only')

  await bob.session.sync()
  const sink = newSink()
  must(await bob.session.files.fetch(id, sink))
  t.ok(isWhole(sink))
  t.match(bob.session.files.list(), [{ id, seat: seatOf(alice), state: { is: 'here' } }])
  t.match(alice.session.files.list(), [{ id, state: { is: 'sent' } }])
  t.strictSame(alice.vault.keys('file/'), [], 'the sender keeps nothing of it but the post')
})

t.test('FL6 a file of one byte and one of a whole number of parts arrive as they were', async (t) => {
  const { alice, bob } = await pair()
  for (const size of [1, PART_BYTES, 2 * PART_BYTES]) {
    const bytes = testBytes(size, size)
    const id = await sendNow(alice, bytes)
    await bob.session.sync()
    const sink = newSink({ place: `/${size}` })
    must(await bob.session.files.fetch(id, sink))
    t.ok(isWhole(sink, bytes), `${size} bytes`)
  }
  t.strictSame(resultOf(await alice.session.files.prepare(DRAFT, sourceOf(new Uint8Array(0)))), 'empty')
  const huge = { ...sourceOf(BYTES), size: 1025 * PART_BYTES }
  t.strictSame(resultOf(await alice.session.files.prepare(DRAFT, huge)), 'too_large')
  const short = { ...sourceOf(BYTES), size: BYTES.length + 1 }
  t.strictSame(resultOf(await alice.session.files.prepare(DRAFT, short)), 'unreadable')
})

t.test('FL7 sending and fetching go on after a connection that breaks at any request', async (t) => {
  for (const when of ['before', 'after'] as const)
    for (let n = 1; n <= 7; n++) {
      const { relay, alice, bob } = await pair()
      const id = await prepare(alice)
      relay.misbehave(misdeeds.hangUpAt(relay, n, when))
      await untilThrough(() => alice.session.files.send(id, sourceOf(BYTES)))
      relay.misbehave()
      await untilThrough(() => alice.session.sync())
      await untilThrough(() => bob.session.sync())
      t.equal(bob.session.view().committee.posts.filter((post) => post.id === id).length, 1)
      t.equal(fileLogIn(relay, contentIn(bob, id)).entries.length, 3, `no part twice: ${n}, ${when}`)
      const sink = newSink()
      relay.misbehave(misdeeds.hangUpAt(relay, n, when))
      await untilThrough(() => bob.session.files.fetch(id, sink))
      t.ok(isWhole(sink), `whole: ${n}, ${when}`)
      t.notOk(alice.session.view().own.alarmed || bob.session.view().own.alarmed)
      await closeEverybody()
    }
})

t.test('FL5 a file is announced once, however often somebody asks for it', async (t) => {
  const { relay, alice, bob } = await pair()
  const id = await prepare(alice)
  const heard = relay.requests.length
  const send = () => alice.session.files.send(id, sourceOf(BYTES))
  const first = send()
  for (let again = await send(); !again.ok && again.error === 'busy'; ) again = await send()
  must(await first)
  must(await alice.session.sync())
  const posts = relay.requests
    .slice(heard)
    .filter(({ request }) => request.type === 'append' && request.lifeDays === 45)
  t.equal(posts.length, 1, 'one post has left')
  must(await bob.session.sync())
  t.equal(bob.session.files.list().length, 1)
})

t.test('FL5 what is announced and not sent yet is neither sent again nor taken back', async (t) => {
  const { relay, alice, bob } = await pair()
  const id = await prepare(alice)
  relay.misbehave({
    receive: (request) => (request.type === 'append' && request.lifeDays === 45 ? 'close' : undefined),
  })
  t.equal(must(await alice.session.files.send(id, sourceOf(BYTES))), 'waiting')
  t.ok((await alice.session.files.send(id, sourceOf(testBytes(5)))).ok, 'the file itself may go')
  t.equal(resultOf(await alice.session.files.cancel(id)), 'announced')
  relay.misbehave()
  await untilThrough(() => alice.session.sync())
  await bob.session.sync()
  t.match(bob.session.files.list(), [{ id, state: { is: 'waiting' } }])
  t.match(alice.session.files.list(), [{ id, state: { is: 'sent' } }])
})

t.test('FL7 a relay that says SLOW is obeyed, and the file gets through', async (t) => {
  const { relay, alice, bob } = await pair()
  let asked = 0
  relay.misbehave({
    refuse: ({ type }) =>
      (type === 'append' || type === 'read') && asked++ % 5 !== 4 ? { type: 'slow', seconds: 1 } : undefined,
  })
  const id = await sendNow(alice)
  t.ok(asked >= 20, 'five times for every part and the post')
  await gather([alice, bob])
  const sink = newSink()
  must(await bob.session.files.fetch(id, sink))
  t.ok(isWhole(sink))
})

t.test('FL7 a part that arrives after the next try began is recognised, and no lie', async (t) => {
  const { relay, alice } = await pair()
  const id = await prepare(alice)
  let late: Blob | undefined
  relay.misbehave({
    receive: (request) => {
      if (request.type !== 'append') return undefined
      if (late) appendTo(relay.log(request.log), late)
      const isFirst = late === undefined
      late = isFirst ? request.blob : undefined
      if (!isFirst) relay.misbehave()
      return isFirst ? 'close' : undefined
    },
  })
  await untilThrough(() => alice.session.files.send(id, sourceOf(BYTES)))
  t.notOk(alice.session.view().own.alarmed)
  t.equal(fileLogIn(relay, contentIn(alice, id)).entries.length, 3)
})

t.test(
  'FL2 only the pieces that were announced leave, though the file changes and changes back',
  async (t) => {
    const { relay, alice, bob } = await pair()
    const id = await prepare(alice)
    const other = testBytes(BYTES.length, 9)
    relay.misbehave({
      receive: (request) => (request.type === 'append' && request.ifHead === 1 ? 'close' : undefined),
    })
    t.equal(resultOf(await alice.session.files.send(id, sourceOf(BYTES))), 'offline')
    relay.misbehave()
    const heard = relay.requests.length
    t.equal(resultOf(await alice.session.files.send(id, sourceOf(other))), 'changed')
    t.equal(resultOf(await alice.session.files.send(id, sourceOf(BYTES.subarray(1)))), 'changed')
    t.notOk(relay.requests.slice(heard).some(({ request }) => request.type === 'append'))
    must(await alice.session.files.send(id, sourceOf(BYTES)))
    await bob.session.sync()
    const sink = newSink()
    must(await bob.session.files.fetch(id, sink))
    t.ok(isWhole(sink))
  },
)

t.test('I6 a sender that dies at any moment announces the file once, whole, or not at all', async (t) => {
  const relay = createMemoryRelay()
  const recorder = newRecorder(relay)
  const bob = await foundBy('bob', relay)
  const alice = await joinBy('alice', bob, { ...relay, dial: recorder.dial })
  recorder.people.push(alice, bob)
  await gather(recorder.people)
  recorder.begin(alice)
  const id = await prepare(alice)
  recorder.told.push(id)
  must(await alice.session.files.send(id, sourceOf(BYTES)))
  recorder.told.push('announced')
  await say(alice, 'afterwards')
  t.ok(recorder.moments.length > 15, `${recorder.moments.length} moments`)
  const wrong: string[] = []
  for (const [i, moment] of recorder.moments.entries()) {
    const what = await wrongAfter(moment, id)
    wrong.push(...what.map((sentence) => `${sentence} after ${i}`))
    await closeEverybody()
  }
  t.strictSame(wrong, [])
})

/** What is wrong when both have lived on from there; each a sentence. */
const wrongAfter = async (moment: Moment, id: string): Promise<readonly string[]> => {
  const world = await liveOn(moment, ['alice', 'bob'])
  const [alice, bob] = world.people as [Person, Person]
  const { files } = alice.session
  await alice.session.sync()
  const isKnown = files.list().some((one) => one.id === id)
  for (const one of files.list().filter(({ state }) => state.is === 'sending'))
    must(await files.send(one.id, sourceOf(BYTES)))
  await gather([alice, bob])
  const posts = bob.session.view().committee.posts.filter(({ file }) => file)
  const sink = newSink()
  if (isKnown) must(await bob.session.files.fetch(id, sink))
  const holds: Readonly<Record<string, boolean>> = {
    'is forgotten': isKnown || !moment.told.includes(id),
    'is announced twice or never': posts.length === (isKnown ? 1 : 0),
    'is not whole': !isKnown || isWhole(sink),
    'raises an alarm': !alice.session.view().own.alarmed,
    'goes on for ever': !files.list().some(({ state }) => state.is === 'sending'),
  }
  return Object.entries(holds).flatMap(([sentence, isSo]) => (isSo ? [] : [sentence]))
}

t.test('I6 whoever fetches and dies at any moment goes on, also with a write torn apart', async (t) => {
  const { relay, alice, bob, id } = await sent()
  const moments: { disk: MemoryDisk; held: Uint8Array }[] = []
  const note = (): void => void moments.push({ disk: bob.disk.copy(), held: sink.bytes() })
  const sink = newSink({ beforeWrite: note })
  bob.disk.beforeWrite = () => {
    note()
    // The disk of the sink may have half of what comes next, or something that nobody wrote.
    const { length } = sink.bytes()
    moments.push({ disk: bob.disk.copy(), held: sink.bytes().subarray(0, Math.max(0, length - 7)) })
    moments.push({ disk: bob.disk.copy(), held: Buffer.concat([sink.bytes(), randomBytes(5000)]) })
  }
  must(await bob.session.files.fetch(id, sink))
  bob.disk.beforeWrite = () => undefined
  t.ok(moments.length >= 6, `${moments.length} moments`)
  for (const { disk, held } of moments) {
    const later = await restart(bob, relay.dial, disk)
    const again = newSink({ held })
    const result = await later.session.files.fetch(id, again)
    t.ok(result.ok, JSON.stringify(result))
    t.ok(again.isFinished() && Buffer.compare(again.bytes().subarray(0, BYTES.length), BYTES) === 0)
  }
  t.notOk(alice.session.view().own.alarmed)
})

t.test('FL7 fetching goes on at the last verified part, and begins again elsewhere', async (t) => {
  const { relay, bob, id } = await sent()
  relay.misbehave({
    receive: (request) => (request.type === 'read' && request.from > 1 ? 'close' : undefined),
  })
  const sink = newSink()
  t.equal(resultOf(await bob.session.files.fetch(id, newSink({ room: 5000 }))), 'no_space')
  const first = bob.session.files.fetch(id, sink)
  setTimeout(() => bob.session.files.list(), 0)
  t.equal(resultOf(await first), 'offline')
  t.match(bob.session.files.list(), [{ state: { is: 'begun', parts: 2 } }])
  relay.misbehave()
  const heard = relay.requests.length
  must(await bob.session.files.fetch(id, sink))
  const reads = relay.requests
    .slice(heard)
    .flatMap(({ request }) => (request.type === 'read' ? [request.from] : []))
  t.strictSame(reads, [3])
  t.ok(isWhole(sink))
  const elsewhere = newSink({ place: '/a stick' })
  must(await bob.session.files.fetch(id, elsewhere))
  t.ok(isWhole(elsewhere))
  t.equal(resultOf(await bob.session.files.fetch(id, elsewhere)), 'exists')
})

t.test('4.11 what is stopped stays where it is, and nothing waits for it', async (t) => {
  const { relay, alice } = await pair()
  const id = await prepare(alice)
  relay.misbehave({
    receive: (request) => (request.type === 'append' && request.ifHead === 1 ? 'drop' : undefined),
  })
  const sending = alice.session.files.send(id, sourceOf(BYTES), {
    onProgress: ({ parts }) => parts === 1 && setTimeout(alice.session.files.stop, 1),
  })
  t.equal(resultOf(await sending), 'stopped')
  relay.misbehave()
  t.equal(resultOf(await alice.session.files.send(id, sourceOf(BYTES))), 'stopped', 'nothing begins any more')
  await alice.session.close()
  const later = await restart(alice, relay.dial)
  t.match(later.session.files.list(), [{ id, state: { is: 'sending', parts: 1 } }])
  must(await later.session.files.send(id, sourceOf(BYTES)))
})

t.test('FL9 after its days a file has expired, and a log that somebody made again is no lie', async (t) => {
  const { relay, alice, bob, id, content } = await sent()
  const log = fileLogIn(relay, content)
  const begun = newSink()
  relay.misbehave({
    receive: (request) => (request.type === 'read' && request.from > 1 ? 'close' : undefined),
  })
  await bob.session.files.fetch(id, begun)
  relay.misbehave()
  bob.time.now += 5 * DAY_MS
  expireUpTo(log, 3)
  t.equal(
    resultOf(await bob.session.files.fetch(id, newSink({ place: '/new' }))),
    'missing',
    'before its time',
  )
  bob.time.now += 3 * DAY_MS
  t.match(alice.session.files.list(), [], 'the post is over, too')
  const later = await sendNow(alice, BYTES, { ...DRAFT, life: 1 })
  await bob.session.sync()
  expireUpTo(fileLogIn(relay, contentIn(bob, later)), 3)
  bob.time.now += 2 * DAY_MS
  t.match(bob.session.files.list(), [{ id: later, state: { is: 'expired' } }])
  t.equal(resultOf(await bob.session.files.fetch(later, newSink())), 'expired')
  truncateLog(fileLogIn(relay, contentIn(bob, later)), 0)
  t.equal(resultOf(await bob.session.files.fetch(later, newSink())), 'expired', 'made again, empty')
  relay.logs.clear()
  t.equal(resultOf(await bob.session.files.fetch(later, newSink())), 'expired', 'gone')
  t.notOk(bob.session.view().own.alarmed)
})

t.test('FL9 what was begun and left for its whole life is sent anew under other keys', async (t) => {
  const { relay, alice, bob } = await pair()
  const id = await prepare(alice)
  relay.misbehave({
    receive: (request) => (request.type === 'append' && request.ifHead === 2 ? 'close' : undefined),
  })
  t.equal(resultOf(await alice.session.files.send(id, sourceOf(BYTES))), 'offline')
  relay.misbehave()
  const before = contentIn(alice, id)
  relay.logs.delete(toHex(logOf(before).id))
  alice.time.now += 8 * DAY_MS
  must(await alice.session.sync())
  must(await alice.session.files.send(id, sourceOf(BYTES)))
  await bob.session.sync()
  t.not(contentIn(bob, id).secret, before.secret)
  t.equal(contentIn(bob, id).until, before.until + 8)
  const sink = newSink()
  must(await bob.session.files.fetch(id, sink))
  t.ok(isWhole(sink))
})

t.test('FL9 a relay that lost what it had of a file is told apart from one that lies', async (t) => {
  const { relay, alice } = await pair()
  const id = await prepare(alice)
  relay.misbehave({
    receive: (request) => (request.type === 'append' && request.ifHead === 2 ? 'close' : undefined),
  })
  await alice.session.files.send(id, sourceOf(BYTES))
  relay.misbehave()
  relay.logs.delete(toHex(logOf(contentIn(alice, id)).id))
  t.equal(resultOf(await alice.session.files.send(id, sourceOf(BYTES))), 'missing')
  t.notOk(alice.session.view().own.alarmed)
})

const secretIn = (person: Person, secret: string): readonly string[] =>
  person.vault
    .keys('')
    .filter((key) => fromUtf8(person.vault.get(key) ?? new Uint8Array(0))?.includes(secret) !== false)
    .filter((key) => Buffer.from(person.vault.get(key) ?? []).includes(secret))

t.test('FL10 a file’s keys go when its post goes, and with the committee', async (t: Test) => {
  const { alice, bob, id, content } = await sent()
  await bob.session.files.fetch(id, newSink())
  t.not(secretIn(bob, content.secret).length, 0)
  t.not(bob.vault.keys('file/').length, 0)
  bob.time.now += 8 * DAY_MS
  await say(alice, 'a week later')
  await gather([bob, alice])
  bob.time.now += 8 * DAY_MS
  await gather([bob, alice])
  t.strictSame(secretIn(bob, content.secret), [])
  t.strictSame(bob.vault.keys('file/'), [])
  await prepare(alice)
  await alice.session.forget()
  t.strictSame(alice.vault.keys('file/'), [])
})
