/** Frozen bytes of what committees say to their city: a client of later reads what one of today has written, and the other way round. Not here: which of it counts (bulletin.test.ts). */
import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  emptyBulletin,
  type Posting,
  proveLetter,
  readBulletin,
  sealPosting,
} from '../../../../client/core/city/bulletin.ts'
import {
  bulletinLogOf,
  decodeTerm,
  encodeTerm,
  writersOf,
} from '../../../../client/core/city/bulletinTerm.ts'
import {
  decodeLetter,
  decodeSigned,
  encodeLetter,
  encodeSigned,
  isValidIn,
  type Letter,
  type LetterSaying,
  letterHash,
  signLetter,
} from '../../../../client/core/city/letter.ts'
import {
  cityPath,
  cityRoot,
  letterKeyOf,
  letterListOf,
  listRoot,
} from '../../../../client/core/city/letterKeys.ts'
import { sameBytes } from '../../../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, sha256 } from '../../../../shared/crypto/sodium.ts'
import type { Blob } from '../../../../shared/protocol/ids.ts'
import { signEntry } from '../../../../shared/protocol/writerSignature.ts'

await cryptoReady

const FILE = new URL('../../../vectors/city.json', import.meta.url)
const filled = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte)
const CITY = 'c1'.repeat(32)
const CARDS = ['0a'.repeat(16), '0b'.repeat(16), '0c'.repeat(16)] as const
const TERM = 7

/** The seats of the first committee, each with the seed of one device. */
const keys = [1, 2, 3].map((seat) => letterKeyOf(filled(seat), TERM))
const list = letterListOf(
  keys.map(({ publicKey }) => sha256(publicKey)),
  filled(0x20),
)
const roster = CARDS.map((card, i) => ({
  card,
  signers: 2,
  root: i === 0 ? listRoot(list) : filled(0x30 + i),
}))
const writers = [0x40, 0x41, 0x42].map((seed) => keyPairFromSeed(filled(seed)))
const [writer = keyPairFromSeed(filled(0x40))] = writers
const seed = filled(0x50)

const term = {
  term: TERM,
  city: CITY,
  seed,
  startsAt: 1_767_614_400_000,
  writers: writersOf(
    writers.map(({ publicKey }) => sha256(publicKey)),
    seed,
  ),
  root: cityRoot(roster),
  delegates: keyPairFromSeed(filled(0x63)).publicKey,
  relay: {
    address: 'wss://relay.example.org',
    staticKey: filled(0x60),
    signingKey: filled(0x61),
    admission: filled(0x62),
  },
  own: { card: CARDS[0], signers: 2, place: 0, path: cityPath(roster, 0) },
  names: CARDS.map((card, i) => ({ card, code: `Code ${i}`, sector: 'logistics', area: 'north' })),
}
const log = bulletinLogOf(term, writer)

const SAYINGS: Readonly<Record<string, LetterSaying>> = {
  join: { type: 'join' },
  leave: { type: 'leave' },
  speakers: {
    type: 'speakers',
    seats: ['0d'.repeat(16), '0e'.repeat(16)] as unknown as (LetterSaying & { type: 'speakers' })['seats'],
  },
  keys: { type: 'keys', of: 8, root: 'd0'.repeat(32), writer: 'd1'.repeat(32) },
  answer: { type: 'answer', item: '0f'.repeat(16), take: 'support' },
  alert: { type: 'alert', text: 'Somebody was called in. Needs a witness.' },
  statement: { type: 'statement', text: 'Fired at Heron.\n\nWe ask for ten people on Thursday. Ñ ع' },
  onIt: { type: 'onIt', to: 'd2'.repeat(32), text: 'We come at four.' },
  ring: { type: 'ring', to: 'duty', boxes: filled(0x70, 240), sealed: filled(0x71, 1280 + 40) },
  hide: { type: 'hide', of: 'd3'.repeat(32), parts: [1, 2] },
}
const letterOf = (says: LetterSaying): Letter => ({
  version: 1,
  city: CITY,
  card: CARDS[0],
  term: TERM,
  serial: 5,
  says,
})

/** By the first two of the committee, as they stand in the list. */
const signed = (letter: Letter) => {
  const places = keys.slice(0, 2).map((key) => {
    const hash = sha256(key.publicKey)
    return { key, place: list.findIndex((one) => sameBytes(one, hash)) }
  })
  const signatures = places.map(({ key, place }) => signLetter(letter, place, key))
  return { letter, signatures: signatures.sort((a, b) => a.place - b.place) }
}
const alert = signed(letterOf(SAYINGS.alert ?? { type: 'join' }))

const computed = () => ({
  letters: Object.fromEntries(
    Object.entries(SAYINGS).map(([name, says]) => [name, toHex(encodeLetter(letterOf(says)))]),
  ),
  hash: letterHash(alert.letter),
  certificate: toHex(encodeSigned(signed(letterOf(SAYINGS.answer ?? { type: 'join' })))),
  list: { keys: list.map(toHex), root: toHex(listRoot(list)) },
  term: {
    data: toHex(encodeTerm(term)),
    root: toHex(term.root),
    path: term.own.path.map(toHex),
    writers: term.writers.map(toHex),
    log: toHex(log.id),
    policy: toHex(log.access.policy),
    envelopeKey: toHex(log.envelopeKey),
  },
})

type Vectors = ReturnType<typeof computed> & {
  /** Sealed with a nonce of that day; the writer's signature is over the blob. */
  readonly posted: { readonly blob: string; readonly writer: string }
}
const seal = (): Vectors['posted'] => {
  const posting: Posting = proveLetter(term, alert, list)
  const blob = sealPosting(log, posting)
  return { blob: toHex(blob), writer: toHex(signEntry(writer.secretKey, log.id, blob)) }
}
const vectors = (): Vectors => JSON.parse(readFileSync(FILE, 'utf8'))
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array()

t.test(
  'CI2 CI3 CI7 the bytes of letters, certificates, key lists and terms are what they were',
  async (t) => {
    const { posted: _, ...frozen } = vectors()
    t.strictSame(computed(), frozen)
  },
)

t.test(
  'CI3 what was written is read again: each letter, and the certificate by the list of its committee',
  async (t) => {
    const { letters, certificate, list: frozen } = vectors()
    for (const [name, says] of Object.entries(SAYINGS))
      t.strictSame(decodeLetter(bytesOf(letters[name] ?? '')), letterOf(says), name)
    const read = decodeSigned(bytesOf(certificate))
    t.ok(read && isValidIn(read, { keys: frozen.keys.map(bytesOf), signers: 2 }))
  },
)

t.test('CI7 CI8 the data of a term and an entry of its bulletin are read as they were written', async (t) => {
  const { term: frozen, posted } = vectors()
  const again = decodeTerm(bytesOf(frozen.data))
  t.strictSame(again, term)
  t.equal(frozen.log, toHex(log.id))
  const hash = sha256(writer.publicKey)
  const index = term.writers.findIndex((one) => sameBytes(one, hash))
  const blob = bytesOf(posted.blob) as Blob
  const entry = { seq: 1, blob, writer: { index, signature: bytesOf(posted.writer) } }
  const heard = readBulletin(emptyBulletin, { log, term }, [
    entry as Parameters<typeof readBulletin>[2][number],
  ])
  t.strictSame(
    heard.posted.map(({ letter }) => letter),
    [alert.letter],
  )
  t.equal(bytesOf(seal().blob).length, blob.length, 'and what is written now is as long')
})
