import t from 'tap'
import type { LieKind } from '../../../../client/core/relay/evidence.ts'
import { observeHead } from '../../../../client/core/relay/observe.ts'
import { comparePeer, newWitness } from '../../../../client/core/relay/witness.ts'
import { createRedialing } from '../../../../client/web/worker/redialing.ts'
import { cryptoReady, newKeyPair } from '../../../../shared/crypto/sodium.ts'
import { powBits } from '../../../../shared/protocol/access.ts'
import { encodeEvent } from '../../../../shared/protocol/frames.ts'
import type { Head } from '../../../../shared/protocol/ids.ts'
import {
  access,
  type Desk,
  failure,
  follow,
  LIFE,
  lieOf,
  openDesk,
  readAll,
  textOf,
  value,
  withLog,
} from '../../../support/desk.ts'
import { createFakeTimer, settled } from '../../../support/fakeTimer.ts'
import { expireUpTo, testAccess, testBlob } from '../../../support/memoryLog.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import * as misdeeds from '../../../support/misdeeds.ts'

await cryptoReady

const other = testAccess(2)

t.test('E1 a log is created, appended to, read back and found whole', async (t) => {
  const { near } = await withLog(t, 3)

  const page = await value(near.pull(access, newWitness(access)))

  t.strictSame(
    page.entries.map(({ seq, blob }) => [seq, textOf(blob)]),
    [
      [1, 'entry 1'],
      [2, 'entry 2'],
      [3, 'entry 3'],
    ],
  )
  t.ok(page.atHead)
  t.equal(page.witness.reached?.head, 3)
  t.equal((await value(near.open(access, ['reader', 'writer']))).head, 3)
})

t.test('A6 a role is proven once a connection, however many questions come at once', async (t) => {
  const { near, far } = await withLog(t)

  await Promise.all([1, 2, 3].map((n) => value(near.append(access, testBlob(`${n}`), LIFE))))
  await readAll(near)
  await readAll(near)

  t.equal(far.requests.filter(({ request }) => request.type === 'open').length, 2)
})

t.test('A5 an unknown log, a wrong key and a wrong admission are a refusal, not a lie', async (t) => {
  const { near, far } = await withLog(t, 1)
  const stranger = { ...access, reader: newKeyPair(), writer: newKeyPair() }

  t.equal(await failure(near.pull(other, newWitness(other))), 'none')
  t.equal(await failure(near.open(stranger, ['reader'])), 'none')
  t.equal(
    await failure(near.append(stranger, testBlob('x'), LIFE)),
    'none',
    'A6 what one key has proven on a connection says nothing of another key of the same role',
  )
  far.rotateAdmission()
  t.equal(await failure(near.create(other)), 'none of them', 'the previous secret is good')
  far.rotateAdmission()
  t.equal(await failure(near.create(testAccess(3))), 'none')
})

t.test('A3 a newer admission secret is used and reported', async (t) => {
  const { near, far, learned } = await withLog(t)
  const [next] = [far.rotateAdmission(), far.rotateAdmission()].slice(1)

  t.equal(await failure(near.create(other)), 'none')
  await value(near.open(access, ['reader']))
  await value(near.open(access, ['reader']))

  t.strictSame(learned, [next])
  t.equal(await failure(near.create(other)), 'none of them')
})

t.test('A4 the work that BUSY asks for is done for this connection and log', async (t) => {
  const { near, far } = openDesk(t)
  far.misbehave({
    refuse: (request) =>
      request.type === 'create' && request.work === undefined ? { type: 'busy', bits: 6 } : undefined,
  })

  await value(near.create(access))

  const [, again] = far.requests
  const work = again?.request.type === 'create' ? again.request.work : undefined
  const greeting = await challengeOf(far)
  t.ok(work !== undefined && powBits(greeting, access.id, work) >= 6)
})

/** The challenge of the first connection is the same on every relay of that name. */
const challengeOf = (far: MemoryRelay) =>
  new Promise<Parameters<typeof powBits>[0]>((resolve) => {
    const twin = createMemoryRelay(far.address.replace('memory://', ''))
    twin.misbehave({
      answer: (event) => {
        if (event.type === 'greeting') resolve(event.challenge)
        return [event]
      },
    })
    twin.dial('', { onFrame: () => undefined, onClose: () => undefined })
  })

t.test(
  'A4 a relay that asks for more work than the protocol allows, or never has enough, is not obeyed',
  async (t) => {
    const { near, far } = openDesk(t)

    far.misbehave({ refuse: () => ({ type: 'busy', bits: 25 }) })
    t.equal(await failure(near.create(access)), 'busy')
    t.equal(far.requests.length, 1)
    far.misbehave({ refuse: () => ({ type: 'busy', bits: 1 }) })
    t.equal(await failure(near.create(access)), 'busy')
    t.equal(far.requests.length, 1 + 6)
  },
)

t.test('R1 SLOW is waited out, a minute in all and no longer', async (t) => {
  const desk = await withLog(t)
  let slow = 2
  desk.far.misbehave({
    refuse: (request) =>
      request.type === 'append' && slow-- > 0 ? { type: 'slow', seconds: 20 } : undefined,
  })

  const first = desk.near.append(access, testBlob('patience'), LIFE)
  await desk.clock.pass(40_000)
  t.equal((await value(first)).head, 1)
  slow = 9
  const second = desk.near.append(access, testBlob('too long'), LIFE)
  await desk.clock.pass(60_000)
  t.equal(await failure(second), 'slow')
  t.equal(desk.far.log(access.id).entries.length, 1)
})

t.test(
  'E3 a blob or a life that the log does not take is refused here, before anything is sent',
  async (t) => {
    const { near, far } = await withLog(t, 0, testAccess(4, { ttlDays: 7 }))
    const sent = far.requests.length

    t.equal(await failure(near.append(testAccess(4, { ttlDays: 7 }), testBlob('x', 1000), LIFE)), 'size')
    t.equal(
      await failure(near.append(testAccess(4, { ttlDays: 7 }), testBlob('x'), { lifeDays: 45 })),
      'size',
    )
    t.equal(far.requests.length, sent)
  },
)

t.test('L7 where the log asks for it, entries carry the writer’s signature, elsewhere none', async (t) => {
  const signing = testAccess(5, { writerSigned: true })
  const { near, far } = await withLog(t, 1, signing)
  const [entry] = (await value(near.pull(signing, newWitness(signing)))).entries

  t.equal(entry?.writer?.index, 0)
  t.equal(far.log(signing.id).entries.length, 1)
})

t.test('R1 CONFLICT comes with the head that shows it, FULL with one that says so', async (t) => {
  const { near, far } = await withLog(t, 2)
  const small = testAccess(6, { cap: 0 })
  const behind = await readAll(near)
  await value(near.append(access, testBlob('somebody else'), LIFE))
  await value(near.create(small))
  for (let i = 0; i < 4; i++) await value(near.append(small, testBlob('large', 262_144), LIFE))

  const conflict = await near.append(access, testBlob('mine'), { ...LIFE, after: behind })
  const full = await near.append(small, testBlob('no room'), LIFE)

  t.match(conflict, { ok: false, error: { type: 'conflict', head: { head: 3 } } })
  t.match(full, { ok: false, error: { type: 'full', head: { head: 4, full: true } } })
  t.equal(far.log(access.id).entries.length, 3)
  t.ok((await near.append(access, testBlob('mine'), { ...LIFE, after: await readAll(near) })).ok)
})

t.test('E4 expired entries are read as their hashes, and the chain holds', async (t) => {
  const { near, far } = await withLog(t, 3)
  expireUpTo(far.log(access.id), 2)

  const { entries, witness } = await value(near.pull(access, newWitness(access)))

  t.strictSame(
    entries.map(({ blob }) => blob === undefined),
    [true, true, false],
  )
  t.equal(witness.reached?.head, 3)
})

t.test('F6 a watch delivers old and new, each once, in order, and live in one trip', async (t) => {
  const desk = await withLog(t, 2)
  const { seen, stop } = follow(desk)
  await settled()
  const asked = desk.far.requests.length

  await value(desk.near.append(access, testBlob('entry 3'), LIFE))
  await settled()
  t.strictSame(seen.texts, ['entry 1', 'entry 2', 'entry 3'])
  t.equal(desk.far.requests.length, asked + 1, 'nothing was asked for the delivery')
  stop()
  await value(desk.near.append(access, testBlob('entry 4'), LIFE))
  await settled()
  t.equal(seen.texts.length, 3)
  t.strictSame(seen.faults, [])
})

t.test('F7 what an ended watch still says is not heard by the next one of the same log', async (t) => {
  const desk = await withLog(t, 3)
  const first = follow(desk)
  await settled()
  const append = desk.near.append(access, testBlob('entry 4'), LIFE)
  first.stop()
  const second = follow(desk)
  await append
  await settled()

  t.strictSame(second.seen.texts, ['entry 1', 'entry 2', 'entry 3', 'entry 4'])
  t.strictSame(second.seen.faults, [])
  first.stop()
  await value(desk.near.append(access, testBlob('entry 5'), LIFE))
  await settled()
  t.equal(second.seen.texts.length, 5, 'stopping the first again does not end the second')
})

t.test('F6 what an earlier watch has under way is no gap for the next one', async (t) => {
  const desk = await withLog(t, 3)
  const first = follow(desk)
  await settled()
  const appended = desk.near.append(access, testBlob('entry 4'), LIFE)
  while (desk.far.log(access.id).entries.length < 4) await Promise.resolve()
  first.stop()
  const second = follow(desk)
  await appended
  await settled()

  t.strictSame(first.seen.texts.length, 3)
  t.strictSame(second.seen.texts, ['entry 1', 'entry 2', 'entry 3', 'entry 4'])
  t.strictSame(second.seen.faults, [])
})

t.test('F6 a refused watch ends, and says so', async (t) => {
  const desk = await withLog(t)
  const { seen } = follow(desk, newWitness(other), other)
  await settled()

  t.strictSame(seen.faults, ['none'])
})

t.test(
  '4.7 a connection that breaks at any request loses nothing: the same append is tried until it is there',
  async (t) => {
    for (const when of ['before', 'after'] as const)
      for (let n = 1; n <= 6; n++) {
        const desk = await withLog(t, 2)
        const { seen } = follow(desk)
        desk.far.misbehave(misdeeds.hangUpAt(desk.far, n, when))
        for (const text of ['entry 3', 'entry 4']) await persist(desk, text)
        await desk.clock.pass(5000)

        t.strictSame(seen.texts, ['entry 1', 'entry 2', 'entry 3', 'entry 4'], `${when} request ${n}`)
        t.strictSame(seen.faults, [])
        desk.near.close()
      }
  },
)

/** Append with if_head until it is in the log, as the engine does: look before trying again. */
const persist = async ({ near, clock }: Desk, text: string): Promise<void> => {
  let witness = newWitness(access)
  for (let tries = 0; tries < 20; tries++) {
    const page = await near.pull(access, witness)
    if (page.ok) {
      witness = page.value.witness
      if (page.value.entries.some(({ blob }) => textOf(blob) === text)) return
      await near.append(access, testBlob(text), { ...LIFE, after: witness })
    } else await clock.pass(1000)
  }
  throw new Error('not in the log')
}

t.test('4.7 states are told, back-off grows to a minute, and calls meanwhile say offline', async (t) => {
  const desk = await withLog(t)
  desk.far.refuseDialing(true)
  desk.far.cut()
  await settled()

  t.equal(await failure(desk.near.append(access, testBlob('x'), LIFE)), 'offline')
  await desk.clock.pass(10 * 60_000)
  const dialedDown = desk.far.dialed()
  t.ok(dialedDown > 15 && dialedDown < 35, `${dialedDown} dials in ten minutes`)
  desk.far.refuseDialing(false)
  await desk.clock.pass(60_000)
  t.equal(desk.near.state(), 'online')
  t.strictSame(desk.states.slice(0, 4), ['online', 'offline', 'dialing', 'offline'])
  t.equal(desk.states.at(-1), 'online')
})

t.test('4.7 a connection that has lasted is taken up again at once', async (t) => {
  const desk = await withLog(t)
  desk.far.refuseDialing(true)
  desk.far.cut()
  await desk.clock.pass(60_000)
  desk.far.refuseDialing(false)
  await desk.clock.pass(120_000)
  t.equal(desk.near.state(), 'online')

  desk.far.cut()
  await desk.clock.pass(1000)
  t.equal(desk.near.state(), 'online')
})

t.test('4.7 a client that is told that the network is back dials at once', async (t) => {
  const clock = createFakeTimer()
  const { redial, now } = createRedialing(clock.timer)
  const { far, near } = openDesk(t, undefined, { timer: clock.timer, redial })
  await settled()
  far.refuseDialing(true)
  far.cut()
  await clock.pass(10 * 60_000)
  far.refuseDialing(false)
  await clock.pass(0)
  t.equal(near.state(), 'offline', 'it waits for up to a minute')
  const dialed = far.dialed()
  now()
  await settled()
  t.equal(near.state(), 'online')
  now()
  await clock.pass(60_000)
  t.equal(
    far.dialed(),
    dialed + 1,
    'and neither the wait that was ended nor a second word makes another connection',
  )
})

t.test('A1 a call made while dialing waits for the outcome, and a silent relay is given up', async (t) => {
  const far = createMemoryRelay()
  far.misbehave({ answer: (event) => (event.type === 'greeting' ? [] : [event]) })
  const { near, clock, states } = openDesk(t, far)

  const call = near.create(access)
  await clock.pass(20_000)

  t.equal(await failure(call), 'offline')
  t.strictSame(states, ['offline'])
})

t.test('F1 a relay that stops answering is noticed by its silence, and dialed again', async (t) => {
  const desk = await withLog(t)
  desk.far.misbehave({ receive: (_, connection) => (connection === 1 ? 'drop' : undefined) })

  await desk.clock.pass(24_000 + 20_000)
  t.equal(desk.near.state(), 'offline')
  await desk.clock.pass(1000)
  t.equal(desk.near.state(), 'online')
  t.equal(desk.far.open(), 1)
})

t.test('F4 frames that break the rules cost the relay the connection', async (t) => {
  const greeting = encodeEvent({ type: 'greeting', version: 1, challenge: new Uint8Array(32) as never })
  const frames: Record<string, Uint8Array> = {
    empty: new Uint8Array(0),
    'unknown tag': Uint8Array.of(9, 0, 0, 0, 1),
    'a second greeting': greeting,
    'an answer to something else': encodeEvent({ type: 'ok', ref: 2 }),
  }
  for (const [name, frame] of Object.entries(frames)) {
    const desk = await withLog(t)
    desk.far.misbehave(misdeeds.malformed('open', frame))

    t.equal(await failure(desk.near.open(access, ['reader'])), 'offline', name)
    t.equal(desk.near.state(), 'offline')
    t.equal(desk.far.open(), 0)
  }
})

t.test('F2 answers that nobody asked for are nothing', async (t) => {
  const desk = await withLog(t, 1)
  desk.far.misbehave(misdeeds.wrongRefs())

  t.equal((await value(desk.near.append(access, testBlob('entry 2'), LIFE))).head, 2)
  t.equal((await readAll(desk.near)).seq, 2)
})

/** A misdeed, what it needs beforehand, and what a reader from the beginning calls it. */
t.test('4.7, attack 19: what a relay can do to the pages of a reader is noticed', async (t) => {
  const kinds: Record<string, [(far: MemoryRelay) => Parameters<MemoryRelay['misbehave']>[0], LieKind]> = {
    'an entry left out': [() => misdeeds.dropEntry(2), 'gap'],
    'everything left out': [() => misdeeds.alterPages((page) => ({ ...page, entries: [] })), 'gap'],
    'two entries in the other order': [() => misdeeds.reorder(), 'bad_chain'],
    'a flipped bit': [() => misdeeds.flipBit(3), 'bad_chain'],
    'entries of another log': [(far) => misdeeds.swapEntries(far, other.id), 'bad_chain'],
    'the name of another log': [() => misdeeds.wrongLog(other.id), 'wrong_log'],
    'an old entry as a new one': [() => misdeeds.replayAsNew(), 'bad_chain'],
    'a wrong signature': [() => misdeeds.badSignatures(), 'bad_signature'],
  }
  for (const [name, [misdeed, kind]] of Object.entries(kinds)) {
    const { near, far } = await withLog(t, 4)
    await value(near.create(other))
    for (let i = 1; i < 6; i++) await value(near.append(other, testBlob(`other ${i}`), LIFE))
    await value(near.open(access, ['reader']))
    far.misbehave(misdeed(far))

    t.equal(await lieOf(near.pull(access, newWitness(access))), kind, name)
  }
})

t.test('4.7, attack 19: what a relay can do to an append is noticed', async (t) => {
  const kinds: Record<string, [(far: MemoryRelay) => Parameters<MemoryRelay['misbehave']>[0], LieKind]> = {
    'FULL without a head that says so': [() => misdeeds.lieFull(), 'false_full'],
    'CONFLICT with the head that we gave': [() => misdeeds.lieConflict(3), 'false_conflict'],
    'CONFLICT with a head that is not there': [() => misdeeds.lieConflict(9), 'false_conflict'],
    'SIZE for a bucket': [() => misdeeds.lieSize(), 'false_size'],
    'a wrong signature': [() => misdeeds.badSignatures(), 'bad_signature'],
    'a receipt for an older entry': [
      (far) => ({
        answer: (event) => [
          event.type === 'receipt'
            ? {
                ...event,
                head: far.log(access.id).entries.length ? { ...event.head, head: 1 as Head } : event.head,
              }
            : event,
        ],
      }),
      'bad_receipt',
    ],
  }
  for (const [name, [misdeed, kind]] of Object.entries(kinds)) {
    const { near, far } = await withLog(t, 3)
    const witness = await readAll(near)
    far.misbehave(misdeed(far))

    t.equal(await lieOf(near.append(access, testBlob('mine'), { ...LIFE, after: witness })), kind, name)
  }
})

t.test(
  'R1 CONFLICT that names a head which is not there is a lie even if somebody wrote meanwhile',
  async (t) => {
    const { near, far } = await withLog(t, 3)
    const witness = await readAll(near)
    await value(near.append(access, testBlob('somebody else'), LIFE))
    far.misbehave(misdeeds.lieConflict(9))

    t.equal(await lieOf(near.append(access, testBlob('mine'), { ...LIFE, after: witness })), 'false_conflict')
  },
)

t.test('L5 a receipt for another blob in the right place is noticed', async (t) => {
  const { near, far } = await withLog(t, 3)
  const witness = await readAll(near)
  far.misbehave(misdeeds.appendAnother(far))

  t.equal(await lieOf(near.append(access, testBlob('mine'), { ...LIFE, after: witness })), 'bad_receipt')
})

t.test('R1 CONFLICT to an append that named no head is a lie', async (t) => {
  const { near, far } = await withLog(t, 3)
  far.misbehave(misdeeds.lieConflict(3))

  t.equal(await lieOf(near.append(access, testBlob('mine'), LIFE)), 'false_conflict')
})

t.test(
  'L4 FULL with a head that is signed but cannot be is left to the witness, which knows the counts',
  async (t) => {
    const { near, far } = await withLog(t, 3)
    const witness = await readAll(near)
    far.misbehave(misdeeds.signFull(far))

    const result = await near.append(access, testBlob('mine'), LIFE)

    t.match(result, { ok: false, error: { type: 'full' } })
    const head = !result.ok && result.error.type === 'full' ? result.error.head : undefined
    t.match(head && observeHead(witness, far.relayKey.signingKey, head), {
      ok: false,
      error: { kind: 'fork' },
    })
  },
)

t.test(
  'H3 a relay that rolled back is noticed on the next question, and by a watch on its return',
  async (t) => {
    const desk = await withLog(t, 5)
    const witness = await readAll(desk.near)
    const { seen } = follow(desk, witness)
    await settled()
    misdeeds.rollBack(desk.far, access.id, 3)

    t.equal(await lieOf(desk.near.pull(access, witness)), 'rollback')
    t.equal(await lieOf(desk.near.append(access, testBlob('mine'), { ...LIFE, after: witness })), 'rollback')
    desk.far.cut()
    await desk.clock.pass(1000)
    t.ok(seen.faults.includes('rollback'))
  },
)

t.test('E2 an acknowledged entry that is forgotten makes a proof when its seq is given again', async (t) => {
  const { near, far } = await withLog(t, 2)
  far.misbehave(misdeeds.forgetAppended(far))
  const receipt = await value(near.append(access, testBlob('acknowledged'), LIFE))
  const noted = observeHead(newWitness(access), far.relayKey.signingKey, receipt)
  far.misbehave()

  t.equal(noted.ok && (await lieOf(near.pull(access, noted.value))), 'rollback')
  await value(near.append(access, testBlob('instead'), LIFE))
  t.equal(noted.ok && (await lieOf(near.pull(access, noted.value))), 'fork')
})

t.test('4.7 a held back tail shows when another member has seen more', async (t) => {
  const { near, far } = await withLog(t, 4)
  const hers = await readAll(near)
  far.misbehave(misdeeds.withholdTail(2))
  const his = await readAll(near)

  t.equal(his.seq, 2, 'the relay’s word alone is without fault')
  t.equal(comparePeer(his, hers), 'behind')
  t.equal(comparePeer(hers, his), 'agree')
  t.equal(await lieOf(near.pull(access, hers)), 'rollback', 'who has seen more is not fooled')
})

t.test('H2 two devices in two worlds hold a proof as soon as they compare heads', async (t) => {
  const far = createMemoryRelay()
  const [alice, bob] = [openDesk(t, far).near, openDesk(t, far).near]
  await value(alice.create(access))
  for (let i = 1; i < 4; i++) await value(alice.append(access, testBlob(`entry ${i}`), LIFE))
  far.misbehave(misdeeds.forkFor((connection) => connection === 2, 2))

  const [hers, his] = [await readAll(alice), await readAll(bob)]
  await value(bob.append(access, testBlob('only here'), LIFE))
  const there = await value(bob.open(access, ['reader']))

  t.equal(his.seq, 2, 'nothing to be seen yet')
  t.match(observeHead(hers, far.relayKey.signingKey, there), { ok: false, error: { kind: 'fork' } })
})

t.test(
  '4.7 an entry appended twice by the relay is no lie about the log: what it means is for its reader',
  async (t) => {
    const { near, far } = await withLog(t)
    far.misbehave(misdeeds.appendTwice(far))
    await value(near.append(access, testBlob('once'), LIFE))

    const { entries } = await value(near.pull(access, newWitness(access)))

    t.strictSame(
      entries.map(({ blob }) => textOf(blob)),
      ['once', 'once'],
    )
  },
)

t.test('4.7 after the end nothing is called and nothing waits', async (t) => {
  const desk = await withLog(t, 1)
  const { seen } = follow(desk)
  await settled()
  const pages = seen.pages.length
  const call = desk.near.append(access, testBlob('x'), LIFE)
  desk.near.close()

  t.equal(await failure(call), 'offline')
  t.equal(await failure(desk.near.create(access)), 'offline')
  await settled()
  t.strictSame(desk.clock.waiting(), [])
  t.equal(seen.pages.length, pages)
  t.equal(desk.near.state(), 'offline')
  t.equal(desk.far.open(), 0)
})
