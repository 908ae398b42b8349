/** Letters, their proofs, and what a reader makes of a bulletin: forgeries, floods, and one value with one encoding. Pure; real signatures. */
import fc from 'fast-check'
import t from 'tap'
import {
  ALLOWANCE,
  emptyBulletin,
  MAX_OPENED,
  proveLetter,
  readBulletin,
  sealPosting,
} from '../../../../client/core/city/bulletin.ts'
import {
  type BulletinTerm,
  bulletinLogOf,
  decodeTerm,
  encodeTerm,
  writersOf,
} from '../../../../client/core/city/bulletinTerm.ts'
import { sealCall } from '../../../../client/core/city/call.ts'
import {
  decodeLetter,
  decodeSigned,
  encodeLetter,
  encodeSigned,
  isSigned,
  isValidIn,
  type Letter,
  type LetterSaying,
  letterHash,
  MAX_ALERT_BYTES,
  MAX_HIDDEN,
  MAX_STATEMENT_BYTES,
  signLetter,
} from '../../../../client/core/city/letter.ts'
import { cityPath, cityRoot, letterListOf, listRoot } from '../../../../client/core/city/letterKeys.ts'
import { isUnder, pathOf, rootOf } from '../../../../client/core/city/merkle.ts'
import { hkdfExpand } from '../../../../client/core/crypto/hkdf.ts'
import { newWitness } from '../../../../client/core/relay/witness.ts'
import { storedBulletin } from '../../../../client/core/session/bulletin.ts'
import { sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import {
  cryptoReady,
  type KeyPair,
  keyPairFromSeed,
  newKeyPair,
  randomBytes,
  sha256,
  sign,
} from '../../../../shared/crypto/sodium.ts'
import type { Blob } from '../../../../shared/protocol/ids.ts'
import { policy, shareOf } from '../../../../shared/protocol/policy.ts'
import { signEntry } from '../../../../shared/protocol/writerSignature.ts'

await cryptoReady

const CITY = '9'.repeat(64)
type Side = {
  readonly card: string
  readonly members: readonly KeyPair[]
  readonly keys: readonly Uint8Array[]
  readonly writer: KeyPair
}

const side = (letter: string, members: number): Side => {
  const pairs = Array.from({ length: members }, newKeyPair)
  const keys = letterListOf(
    pairs.map(({ publicKey }) => sha256(publicKey)),
    randomBytes(32),
  )
  return { card: letter.repeat(32), members: pairs, keys, writer: newKeyPair() }
}
const sides = [side('a', 7), side('b', 2), side('c', 3)] as const
const [heron, sparrow] = sides
const seed = randomBytes(32)
const roster = sides.map(({ card, keys }) => ({ card, signers: 2, root: listRoot(keys) }))

const termOf = (place: number): BulletinTerm => ({
  term: 4,
  city: CITY,
  seed,
  startsAt: 0,
  writers: writersOf(
    sides.map(({ writer }) => sha256(writer.publicKey)),
    seed,
  ),
  root: cityRoot(roster),
  delegates: randomBytes(32),
  relay: {
    address: 'wss://relay.test/',
    staticKey: randomBytes(32),
    signingKey: randomBytes(32),
    admission: randomBytes(32),
  },
  own: { card: sides[place]?.card ?? '', signers: 2, place, path: cityPath(roster, place) },
  names: sides.map(({ card }) => ({ card, code: card.slice(0, 1), sector: 's', area: 'a' })),
})
const reading = (place: number) => {
  const term = termOf(place)
  const log = bulletinLogOf(term, sides[place]?.writer ?? newKeyPair())
  const decoded = decode(policy, log.access.policy)
  if (!decoded.ok) throw new Error('not a policy')
  return { term, log, writers: decoded.value.writers }
}

let serial = 0
const letterOf = ({ card }: Side, says: LetterSaying, more: Partial<Letter> = {}): Letter => ({
  ...{ version: 1, city: CITY, card, term: 4, serial: ++serial, says },
  ...more,
})
const alert = (text = 'Help'): LetterSaying => ({ type: 'alert', text })

/** Signed by the first so many members, as they stand in the list. */
const signedBy = ({ keys }: Side, letter: Letter, signers: readonly KeyPair[]) => {
  const at = (pair: KeyPair): number =>
    Math.max(
      0,
      keys.findIndex((key) => sameBytes(key, sha256(pair.publicKey))),
    )
  const signatures = signers
    .map((pair) => signLetter(letter, at(pair), pair))
    .sort((a, b) => a.place - b.place)
  return { letter, signatures }
}

const entryOf = (blob: Blob, place: number, writer = sides[place]?.writer ?? newKeyPair()) => {
  const { writers, log } = reading(place)
  const index = writers.findIndex((hash) => sameBytes(hash, sha256(writer.publicKey)))
  return { seq: ++serial, blob, writer: { index, signature: signEntry(writer.secretKey, log.id, blob) } }
}
const posting = (place: number, letter: Letter, signers: readonly KeyPair[]) => {
  const from = sides[place]
  if (!from) throw new Error('nobody')
  const { term, log } = reading(place)
  return entryOf(sealPosting(log, proveLetter(term, signedBy(from, letter, signers), from.keys)), place)
}
const heard = (...entries: readonly ReturnType<typeof entryOf>[]) =>
  readBulletin(emptyBulletin, reading(1), entries).posted

t.test(
  '4.6 two members of one committee call everybody; one alone, a stranger, or one twice do not',
  async (t) => {
    const letter = letterOf(heron, alert())
    const [one, two] = heron.members
    if (!one || !two) throw new Error('nobody')
    t.match(heard(posting(0, letter, [one, two])), [{ letter }])
    t.strictSame(heard(posting(0, letter, [one])), [])
    t.strictSame(heard(posting(0, letter, [one, newKeyPair()])), [], 'a key that is not in the list')
    const own = signedBy(heron, letter, [one]).signatures
    const beside = own.map(({ place }) => signLetter(letter, place + 1, newKeyPair()))
    const { term, log } = reading(0)
    const joined = proveLetter(term, { letter, signatures: [...own, ...beside] }, heron.keys)
    t.strictSame(heard(entryOf(sealPosting(log, joined), 0)), [], 'a key beside one that is')
    const twice = signedBy(heron, letter, [one]).signatures
    const doubled = encodeSigned({ letter, signatures: [...twice, ...twice] })
    t.equal(decodeSigned(doubled), undefined, 'the same place twice')
    t.strictSame(
      heard(posting(0, letterOf(sparrow, alert()), [one, two])),
      [],
      'in the name of another committee',
    )
    t.strictSame(heard(posting(0, letterOf(heron, alert(), { term: 3 }), [one, two])), [], 'of another term')
    t.strictSame(
      heard(posting(0, letterOf(heron, alert(), { city: '8'.repeat(64) }), [one, two])),
      [],
      'of another city',
    )
    t.match(
      heard(posting(0, letterOf(heron, { type: 'ring', ...sealCall('Somebody', 'duty', []) }), [one])),
      [{}],
      'a ring needs one',
    )
    t.match(heard(posting(0, letterOf(heron, { type: 'onIt', to: '0'.repeat(64), text: 'we' }), [one])), [{}])
    const forged = signedBy(heron, letter, [one, two])
    const [real, other] = forged.signatures
    if (!real || !other) throw new Error('nobody')
    const half = { letter, signatures: [real, { ...other, signature: randomBytes(64) }] }
    const sealed = (signed: typeof half, its = proveLetter(term, signed, heron.keys)) =>
      heard(entryOf(sealPosting(log, its), 0))
    t.strictSame(sealed(half), [], 'one of two signatures is forged')
    t.notOk(isValidIn(half, { keys: heron.keys, signers: 2 }))
    const bare = sign(two.secretKey, encodeLetter(letter))
    t.notOk(isSigned(letter, { place: 0, key: two.publicKey, signature: bare }), 'signed for something else')
    const right = proveLetter(term, forged, heron.keys)
    t.match(sealed(forged, right), [{}])
    t.strictSame(sealed(forged, { ...right, proof: { ...right.proof, signers: 1 } }), [])
    t.strictSame(sealed(forged, { ...right, proof: { ...right.proof, place: 1 } }), [])
    t.strictSame(sealed(forged, { ...right, proof: { ...right.proof, committee: [] } }), [])
    t.strictSame(
      heard(posting(0, letterOf(heron, { type: 'join' }), [one, two])),
      [],
      'what is for the assembly alone',
    )
  },
)

t.test('4.6 who floods uses up the allowance of one committee, and the others are heard', async (t) => {
  const junk = Array.from({ length: MAX_OPENED + 20 }, () => entryOf(randomBytes(1024) as Blob, 1))
  const rings = Array.from({ length: ALLOWANCE.ring + 5 }, (_, i) =>
    posting(
      0,
      letterOf(heron, { type: 'ring', ...sealCall(`again ${i}`, 'delegates', []) }),
      heron.members.slice(0, 1),
    ),
  )
  const call = posting(0, letterOf(heron, alert()), heron.members.slice(0, 2))
  const silenced = posting(1, letterOf(sparrow, alert()), sparrow.members)
  const posted = heard(...junk, ...rings, call, silenced)
  t.equal(posted.filter(({ letter }) => letter.says.type === 'ring').length, ALLOWANCE.ring)
  t.equal(posted.filter(({ letter }) => letter.card === heron.card && letter.says.type === 'alert').length, 1)
  t.equal(posted.filter(({ letter }) => letter.card === sparrow.card).length, 0)
  const again = Array.from({ length: 30 }, () => call)
  t.equal(heard(...again).length, 1, 'the same letter again is one, and costs nothing')
})

t.test(
  'R6 what is taken back no reader keeps, whichever came first, and whoever says it again',
  async (t) => {
    const told = letterOf(heron, { type: 'statement', text: 'Fired.\n\nName: Ana\n\nThe hall' })
    const two = heron.members.slice(0, 2)
    const of = letterHash(told)
    const said = posting(0, told, two)
    const hide = (parts: readonly number[], signers = two) =>
      posting(0, letterOf(heron, { type: 'hide', of, parts }), signers)
    const texts = (...entries: readonly ReturnType<typeof entryOf>[]) =>
      heard(...entries).flatMap(({ letter: { says } }) => ('text' in says ? [says.text] : []))
    t.strictSame(texts(said, hide([1])), ['Fired.\n\n[…]\n\nThe hall'])
    t.strictSame(texts(hide([1]), said), ['Fired.\n\n[…]\n\nThe hall'])
    t.strictSame(texts(said, hide([1]), said, hide([2]), said), ['Fired.\n\n[…]\n\n[…]'])
    t.strictSame(texts(said, hide([])), ['[…]'])
    t.strictSame(texts(said, hide([1], two.slice(0, 1))), ['Fired.\n\nName: Ana\n\nThe hall'], 'by one alone')
    const others = posting(1, letterOf(sparrow, { type: 'hide', of, parts: [1] }), sparrow.members)
    t.strictSame(texts(said, others), ['Fired.\n\nName: Ana\n\nThe hall'], 'by another committee')
    const kept = readBulletin(emptyBulletin, reading(1), [said, hide([1])])
    const stored = encode(storedBulletin, { ...kept, witness: newWitness(reading(1).log.access) })
    t.notOk(Buffer.from(stored).includes('Ana'), 'nor does the vault')
    const again = decode(storedBulletin, stored)
    t.strictSame(again.ok && readBulletin(again.value, reading(1), [said]).posted, kept.posted)
    t.equal(decodeLetter(encodeLetter(letterOf(heron, { type: 'hide', of, parts: [2, 1] }))), undefined)
  },
)

t.test('4.7 a relay that names another writer is not believed', async (t) => {
  const call = posting(0, letterOf(heron, alert()), heron.members.slice(0, 2))
  t.strictSame(heard({ ...call, writer: { ...call.writer, index: (call.writer.index + 1) % 128 } }), [])
  t.strictSame(heard({ ...call, writer: { ...call.writer, signature: randomBytes(64) } }), [])
})

t.test('CI2 CI7 a list and a roster are trees of RFC 6962, of one depth, whatever is in them', async (t) => {
  const leaf = (value: Uint8Array) => sha256(Uint8Array.of(0), value)
  const node = (a: Uint8Array, b: Uint8Array) => sha256(Uint8Array.of(1), a, b)
  const [a, b, c, none] = [1, 2, 3, 0].map((n) => new Uint8Array(n).fill(n)) as Uint8Array[]
  if (!a || !b || !c || !none) throw new Error('nothing')
  const [left, right] = [node(leaf(a), leaf(b)), node(leaf(c), leaf(none))]
  const root = rootOf([a, b, c], 2)
  t.strictSame(root, node(left, right))
  const path = pathOf([a, b, c], 2, 2)
  t.strictSame(path, [leaf(none), left])
  t.ok(isUnder(root, c, { place: 2, path, depth: 2 }))
  t.notOk(isUnder(root, c, { place: 6, path, depth: 2 }), 'no second place')
  t.notOk(isUnder(root, c, { place: 2, path, depth: 3 }))
  t.notOk(isUnder(root, b, { place: 2, path, depth: 2 }))
  t.throws(() => rootOf([a, b, c], 1))
})

t.test('CI2 fillers follow from the seed, and the order says nothing', async (t) => {
  const own = Array.from({ length: 40 }, () => randomBytes(32))
  const list = letterListOf(own.slice(0, 3), seed)
  t.strictSame(list, letterListOf(own.slice(0, 3).reverse(), seed))
  const others = letterListOf(own.slice(0, 3), randomBytes(32))
  t.equal(list.filter((key) => others.some((other) => sameBytes(key, other))).length, 3)
  t.equal(letterListOf(own, seed).length, 32, 'a seat beyond the number is left out')
})

t.test('CI7 CI8 of a bulletin the relay sees sizes of three kinds, and writers that sign', async (t) => {
  const { log, term, writers } = reading(0)
  const decoded = decode(policy, log.access.policy)
  t.match(decoded, { value: { writerSigned: true, ttlDays: 7 } })
  t.equal(writers.length, 128)
  const keyOf = (label: string) => hkdfExpand(seed, utf8(label), 32)
  t.strictSame(log.envelopeKey, keyOf('bulletin seal'))
  t.strictSame(log.access.reader, keyPairFromSeed(keyOf('bulletin read')))
  const assembly = sha256(keyPairFromSeed(keyOf('bulletin assembly')).publicKey)
  t.ok(writers.some((hash) => sameBytes(hash, assembly)))
  const say = (says: LetterSaying) =>
    sealPosting(log, proveLetter(term, signedBy(heron, letterOf(heron, says), heron.members), heron.keys))
  const long = (length: number): LetterSaying => ({ type: 'statement', text: 'a'.repeat(length) })
  t.strictSame([say(alert()).length, say(long(12_000)).length], [4096, 16_384], 'signed by all seven, too')
  const to = '0'.repeat(64)
  const sizes = {
    alert: say({ type: 'alert', text: 'a'.repeat(MAX_ALERT_BYTES) }).length,
    statement: say(long(MAX_STATEMENT_BYTES)).length,
    ring: say({ type: 'ring', ...sealCall('{}', 'duty', []) }).length,
    onIt: say({ type: 'onIt', to, text: 'a'.repeat(400) }).length,
    hide: say({ type: 'hide', of: to, parts: Array.from({ length: MAX_HIDDEN }, (_, i) => i) }).length,
  }
  const share = decoded.ok ? shareOf(decoded.value) : undefined
  const kinds = ['alert', 'statement', 'ring', 'onIt', 'hide'] as const
  const heard = kinds.reduce((sum, kind) => sum + sizes[kind] * ALLOWANCE[kind], 0)
  t.strictSame(share, { entries: 156, bytes: 522_240 })
  t.ok(share && MAX_OPENED <= share.entries && heard <= share.bytes, 'L9 all that is heard has room')
  const signed = signedBy(heron, letterOf(heron, alert()), heron.members)
  t.equal(decodeSigned(encodeSigned(signed))?.signatures.length, 7)
})

t.test('I1 page by page comes to the same as all at once', async () => {
  const entries = [0, 1, 2].flatMap((place) =>
    Array.from({ length: 4 }, (_, i) => {
      const from = sides[place] ?? heron
      return posting(
        place,
        letterOf(from, i % 2 ? alert(`${i}`) : { type: 'onIt', to: '0'.repeat(64), text: 'we come' }),
        from.members.slice(0, 2),
      )
    }),
  )
  fc.assert(
    fc.property(fc.shuffledSubarray(entries), fc.nat(12), (order, cut) => {
      const once = readBulletin(emptyBulletin, reading(2), order)
      const first = readBulletin(emptyBulletin, reading(2), order.slice(0, cut))
      const both = readBulletin(first, reading(2), order.slice(cut))
      return JSON.stringify([once.posted, [...once.used]]) === JSON.stringify([both.posted, [...both.used]])
    }),
    { numRuns: 10 },
  )
})

t.test('D9 one letter has one encoding, and a list does not tell how many members there are', async (t) => {
  const signed = signedBy(
    heron,
    letterOf(heron, { type: 'answer', item: '2'.repeat(32), take: 'support' }),
    heron.members.slice(0, 2),
  )
  t.ok(isValidIn(signed, { keys: heron.keys, signers: 2 }))
  t.notOk(isValidIn(signed, { keys: sparrow.keys, signers: 2 }))
  t.notOk(isValidIn(signed, { keys: heron.keys, signers: 3 }))
  const raw = encodeSigned(signed)
  t.strictSame(encodeSigned(decodeSigned(raw) ?? signed), raw)
  t.equal(decodeSigned(Uint8Array.from([...raw, 0])), undefined)
  for (const at of [0, 40, 60]) {
    const spoiled = raw.slice()
    spoiled[at] = (spoiled[at] ?? 0) ^ 1
    const read = decodeSigned(spoiled)
    t.notOk(read && isValidIn(read, { keys: heron.keys, signers: 2 }))
  }
  t.equal(decodeLetter(encodeLetter(signed.letter))?.says.type, 'answer')
  t.equal(heron.keys.length, sparrow.keys.length)
  const term = termOf(0)
  t.strictSame(decodeTerm(encodeTerm(term)), term)
  t.equal(term.writers.length, 128)
})
