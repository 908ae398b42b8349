/** What moves to another device of a member, and what must not (protocol.md 4.11): the value, its door, and its way through the relay. */
import * as fc from 'fast-check'
import t from 'tap'
import { announcement } from '../../../../client/core/files/upload.ts'
import type { DeviceId, SeatId } from '../../../../client/core/governance/ids.ts'
import type { Transcript } from '../../../../client/core/join/transcript.ts'
import { inside } from '../../../../client/core/mls/inside.ts'
import { decodeGroup } from '../../../../client/core/mls/state.ts'
import type { Group } from '../../../../client/core/mls/types.ts'
import { type Book, openBook } from '../../../../client/core/session/book.ts'
import { newSealKey, openNote, sealNote } from '../../../../client/core/session/carryOver.ts'
import type { Desk } from '../../../../client/core/session/desk.ts'
import { checkHandover, collectHandover, takeHandover } from '../../../../client/core/session/handover.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes } from '../../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../../shared/protocol/ids.ts'
import { bookOf } from '../../../support/hostileMember.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  linkBy,
  must,
  type Person,
  restart,
  say,
  textsOf,
} from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const deskOf = async (person: Person): Promise<Desk> => ({
  book: await bookOf(person),
  clock: () => person.time.now,
  random: randomBytes,
  gatherings: new Map(),
  saidIds: new Set(),
})

/** The first epoch that a linked device reads itself. */
const movedTo = ({ session }: Person): number => {
  const { handover } = session.view()
  if (handover?.is !== 'taken') throw new Error('nothing was handed over')
  return handover.entered
}

const deviceOf = (person: Person): DeviceId => person.session.view().own.device

const syncAll = async (...people: readonly Person[]): Promise<void> => {
  for (const person of [...people, ...people, ...people]) must(await person.session.sync())
}

/** A member with a second committee, words of several kinds, an open motion, an open invite, and commits of her own. */
const aLife = async (relay: MemoryRelay) => {
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  const other = await alice.client.found({
    name: 'Another committee',
    purpose: 'Something that stays where it is',
    handle: 'ada',
    suite: 'x25519',
    relay: { address: relay.address, key: relay.relayKey, admission: relay.admission },
  })
  await other.sync()
  await other.say({ type: 'post', text: 'only in the other committee' })
  await other.close()
  await say(alice, 'written by alice')
  await say(bob, 'written by bob')
  await syncAll(alice, bob, carol)
  return { alice, bob, carol, other }
}

/** Every byte string in a value, wherever it is. */
const bytesIn = (value: unknown): readonly Uint8Array[] => {
  if (value instanceof Uint8Array) return [value]
  if (value instanceof Map) return [...value.values()].flatMap(bytesIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesIn) : []
}

/** Keys of logs, of every group held or staged, and of invites. */
const secretsOf = async (book: Book): Promise<readonly Uint8Array[]> => {
  const staged = book.staged.all().map(({ next }) => decodeGroup(book.own().suite, next, []))
  const groups = [...book.epochs().map(({ group }) => group), ...(await Promise.all(staged))]
  return [
    ...book.epochs().flatMap(({ info }) => info.logSeeds),
    ...book.invites.all().map(({ secret }) => secret),
    ...groups.flatMap((group) => (group ? secretsIn(group) : [])),
  ]
}

const secretsIn = (group: Group): readonly Uint8Array[] => {
  const { keySchedule, secretTree, privatePath, signaturePrivateKey } = inside(group).state
  return bytesIn([keySchedule, secretTree, privatePath, signaturePrivateKey]).filter(
    ({ length }) => length >= 16,
  )
}

/** Sixteen bytes at a time. */
const windowsOf = (secret: Uint8Array): readonly string[] =>
  Array.from({ length: Math.floor(secret.length / 16) }, (_, i) =>
    toHex(secret.subarray(16 * i, 16 * i + 16)),
  )

t.test(
  '4.11 a hand-over holds what its owner may read, and no secret of the group, of a log or of anything else',
  async (t) => {
    const relay = createMemoryRelay()
    const { alice, bob, carol, other } = await aLife(relay)
    const second = await linkBy(alice, relay, [bob, carol])
    must(await alice.session.invite('link'))
    await syncAll(alice, bob, carol, second)

    const { book, ...desk } = await deskOf(alice)
    const raw = collectHandover({ ...desk, book }, deviceOf(second))
    if (!raw) throw new Error('nothing to hand over')
    const hex = toHex(raw)
    const secrets = [...(await secretsOf(book)), ...(await secretsOf(await openBook(alice.vault, other.id)))]
    const moved = must(checkHandover(await deskOf(second), raw, movedTo(second)))
    t.ok(moved.motions.some(({ outcome }) => outcome === 'carried_out'))
    t.ok(
      moved.motions.every(({ outcome, join }) => outcome === 'open' || join === undefined),
      'no invite that has led somewhere',
    )
    t.ok(secrets.length > 40, `${secrets.length} secrets looked for`)
    const found = secrets.flatMap(windowsOf).filter((window) => hex.includes(window))
    t.strictSame(found, [], 'not 16 bytes of any')
    t.ok(hex.includes(toHex(new TextEncoder().encode('written by bob'))))
    t.notOk(hex.includes(toHex(new TextEncoder().encode('only in the other committee'))))
  },
)

t.test('4.11 what has expired is not handed over, nor what the new device reads itself', async (t) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  await say(alice, 'of last month')
  alice.time.now += 30 * 86_400_000
  await say(bob, 'of today')
  await syncAll(alice, bob, carol)

  const second = await linkBy(alice, relay, [bob, carol])
  await say(bob, 'after that')
  await syncAll(alice, bob, carol, second)

  t.strictSame(textsOf(second), ['of today', 'after that'])
  const later = { ...(await deskOf(alice)), clock: () => alice.time.now + 30 * 86_400_000 }
  const raw = collectHandover(later, deviceOf(second)) ?? new Uint8Array(0)
  const moved = must(checkHandover(await deskOf(second), raw, movedTo(second)))
  t.notOk(moved.sayings.some(({ content }) => new TextDecoder().decode(content).includes('of today')))
  t.match(second.session.view().handover, { is: 'taken', sayings: 1 })
  t.strictSame(textsOf(await restart(second, relay.dial)), ['of today', 'after that'], 'it is on the disk')
})

t.test('4.11 a hand-over comes in whole, exact, for this device and in order, or not at all', async (t) => {
  const relay = createMemoryRelay()
  const { alice, bob, carol } = await aLife(relay)
  const second = await linkBy(alice, relay, [bob, carol])
  await syncAll(alice, bob, carol, second)
  await say(bob, 'which the new device reads itself')
  await syncAll(alice, second)
  const mine = await deskOf(alice)
  const raw = collectHandover(mine, deviceOf(second))
  const desk = await deskOf(second)
  const entered = movedTo(second)
  if (!raw) throw new Error('nothing to hand over')
  const good = must(checkHandover(desk, raw, entered))

  t.strictSame(checkHandover(desk, raw, entered + 1), { ok: false, error: 'foreign' })
  t.strictSame(checkHandover(mine, raw, entered), { ok: false, error: 'foreign' }, 'sent back')
  t.strictSame(
    checkHandover(await deskOf(bob), raw, entered),
    { ok: false, error: 'foreign' },
    'another seat',
  )
  t.strictSame(checkHandover(desk, raw.subarray(1), entered), { ok: false, error: 'malformed' })
  t.equal(good.sayings.length >= 2, true)
  let refused = 0
  await fc.assert(
    fc.property(fc.nat(raw.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = raw.slice()
      changed[at] = (changed[at] ?? 0) ^ change
      const checked = checkHandover(desk, changed, entered)
      if (!checked.ok) refused++
      if (!checked.ok) return true
      const orders = checked.value.sayings.map(({ order }) => order)
      return orders.every((order, i) => order > (orders[i - 1] ?? -1))
    }),
    { numRuns: 2000 },
  )
  t.ok(refused > 200, `${refused}`)
})

t.test(
  '4.11 a lying device fools its owner only where it says so: approvals are verified, what is known stays',
  async (t) => {
    const relay = createMemoryRelay()
    const { alice, bob, carol } = await aLife(relay)
    const second = await linkBy(alice, relay, [bob, carol])
    const asked = must(await bob.session.propose({ type: 'remove', seat: alice.session.view().own.seat }))
    await syncAll(alice, bob, carol, second)
    const mine = await deskOf(alice)
    const desk = await deskOf(second)
    const known = (await bookOf(bob)).motions.get(asked.motion)
    const raw = collectHandover(mine, deviceOf(second))
    if (!known || !raw) throw new Error('no motion')
    const honest = must(checkHandover(desk, raw, movedTo(second)))
    desk.book.motions.drop(asked.motion)
    const [approval] = known.approvals
    if (!approval) throw new Error('no approval')
    const forged = { ...approval, device: deviceOf(second), signature: new Uint8Array(64) }

    takeHandover(desk, {
      ...honest,
      handles: [{ seat: bob.session.view().own.seat, handle: 'mallory' }],
      motions: [{ ...known, outcome: 'carried_out', approvals: [approval, forged] }],
    })

    const taken = desk.book.motions.get(asked.motion)
    t.equal(taken?.outcome, 'open', 'what can still be decided is open, whatever was claimed')
    t.strictSame(taken?.approvals, [approval])
    t.equal(desk.book.handles.get(bob.session.view().own.seat), 'bob')
  },
)

t.test('4.11 a note that others wrote, or for somebody else, leads nowhere', async (t) => {
  const pair = newKeyPair()
  const place = announcement(
    {
      type: 'file',
      kind: 'file',
      name: 'hand-over',
      media: 'application/octet-stream',
      size: 1,
      parts: 1,
      sha256: 'ab'.repeat(32),
      life: 7,
    },
    0,
  )
  for (const suite of ['x25519', 'xwing'] as const) {
    const [seal, other] = [await newSealKey(suite), await newSealKey(suite)]
    const nonce = randomBytes(32)
    const seat = '0a'.repeat(16) as SeatId
    const as = { type: 'device', sealTo: seal.publicKey } as const
    const transcript: Transcript = {
      log: new Uint8Array(24) as LogId,
      offer: { type: 'offer', suite: suite === 'xwing' ? 84 : 3, rules: 1, joined: 0, seat },
      commitment: { type: 'commitment', commitment: nonce },
      answer: { type: 'answer', nonce, seat, signatureKey: pair.publicKey },
      reveal: { type: 'reveal', keyPackage: nonce, nonce, as },
    }
    const note = await sealNote(pair.secretKey, transcript, place)
    const forged = await sealNote(newKeyPair().secretKey, transcript, place)
    if (!note || !forged) throw new Error('not sealed')

    t.strictSame(await openNote(seal.secretKey, transcript, note), place)
    t.equal(await openNote(seal.secretKey, transcript, forged), undefined, 'not by whose words were compared')
    t.equal(await openNote(other.secretKey, transcript, note), undefined, 'not for this device')
    const elsewhere = { ...transcript, log: new Uint8Array(24).fill(1) as LogId }
    t.equal(await openNote(seal.secretKey, elsewhere, note), undefined, 'not of this meeting')
    const unusable = { ...transcript.reveal, as: { ...as, sealTo: randomBytes(7) } }
    t.equal(await sealNote(pair.secretKey, { ...transcript, reveal: unusable }, place), undefined)
  }
})

t.test(
  '4.11 a hand-over larger than one entry comes over whole, also when the connection broke on the way',
  async (t) => {
    const relay = createMemoryRelay()
    const { alice, bob, carol } = await aLife(relay)
    for (let i = 0; i < 80; i++) await say(bob, `${i} ${'x'.repeat(3900)}`)
    await syncAll(alice, bob, carol)
    let parts = 0
    relay.misbehave({
      receive: (request) => {
        if (request.type !== 'append' || request.blob.length < 200_000) return undefined
        parts++
        return parts === 1 ? 'close' : undefined
      },
    })
    const second = await linkBy(alice, relay, [bob, carol])
    await syncAll(alice, bob, carol, second)

    t.ok(parts > 1, 'it was sent again')
    t.equal(textsOf(second).length, 82)
    t.match(second.session.view().handover, { is: 'taken', sayings: 82 })
  },
)
