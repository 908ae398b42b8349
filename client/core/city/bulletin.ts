/**
 * What stands in a bulletin and what a reader makes of it: a pure fold over its entries in the log's order. The relay sees who of 128 wrote, and knows none of them. Each writer
 * has an allowance for a term; what is above it is passed over by everybody alike, so whoever floods silences their own committee and nobody else. Not here: where the
 * log is (bulletinTerm.ts), reading and writing it (session/bulletin.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { bytes, decode, encode, list, struct, u8, type Value } from '../../../shared/base/codec.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { WriterSignature } from '../../../shared/protocol/frames.ts'
import type { Blob } from '../../../shared/protocol/ids.ts'
import { BUCKETS } from '../../../shared/protocol/limits.ts'
import { verifyEntry } from '../../../shared/protocol/writerSignature.ts'
import { openBox, sealBox } from '../crypto/aead.ts'
import type { BulletinLog, BulletinTerm } from './bulletinTerm.ts'
import { withoutParts } from './hiding.ts'
import { isSigned, type Letter, letterHash, type SignedLetter, signedLetter, signersOf } from './letter.ts'
import { DEPTHS, LETTER_SIGNERS, listedBytes, listPath } from './letterKeys.ts'
import { isUnder, rootFrom } from './merkle.ts'

/** Each signing key's way to the root of its committee, and that one's way to the root of the term. */
const proof = struct({
  signers: u8,
  place: u8,
  keys: list(list(bytes(32), DEPTHS.list), 32),
  committee: list(bytes(32), DEPTHS.city),
})

/** The writer's key stands in front: the policy has its hash only, and a relay could say that it was somebody else. */
const entry = struct({ writer: bytes(32), signed: signedLetter, proof })
export type Posting = Omit<Value<typeof entry>, 'writer'>

const NONCE_AND_TAG = 40
const LENGTH_BYTES = 4

/** Length, body and zeros up to a bucket. Throws above 16 KiB: nothing said to a city is longer. */
export const sealPosting = (log: BulletinLog, posting: Posting): Blob => {
  const body = encode(entry, { writer: log.access.writer.publicKey, ...posting })
  const size = BUCKETS.slice(0, 3).find((bucket) => body.length + LENGTH_BYTES + NONCE_AND_TAG <= bucket)
  if (size === undefined) throw new Error('too long for a bulletin')
  const plaintext = new Uint8Array(size - NONCE_AND_TAG)
  new DataView(plaintext.buffer).setUint32(0, body.length)
  plaintext.set(body, LENGTH_BYTES)
  return sealBox(log.envelopeKey, plaintext, log.id) as Blob
}

const openPosting = (log: BulletinLog, blob: Uint8Array): Value<typeof entry> | undefined => {
  const plaintext = openBox(log.envelopeKey, blob, log.id)
  if (!plaintext || plaintext.length < LENGTH_BYTES) return undefined
  const length = new DataView(plaintext.buffer, plaintext.byteOffset).getUint32(0)
  const isPadded = plaintext.subarray(LENGTH_BYTES + length).every((byte) => byte === 0)
  const decoded = decode(entry, plaintext.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
  return isPadded && decoded.ok ? decoded.value : undefined
}

export type BulletinEntry = {
  readonly seq: number
  readonly blob: Blob | undefined
  readonly writer: WriterSignature | undefined
}

/** What one writer may say in a term and be heard, by what the letter says. */
export const ALLOWANCE = { alert: 8, statement: 8, ring: 16, onIt: 64, hide: 7 } as const
type Kind = keyof typeof ALLOWANCE

/** Entries of one writer that a reader opens at all: junk costs a reader no more than this. */
export const MAX_OPENED = 128

export type Posted = {
  readonly seq: number
  /** The hash of the letter as it came: whoever is on it names it. */
  readonly id: string
  /** Of a statement, without what was taken back. */
  readonly letter: Letter
}

export type Bulletin = {
  readonly posted: readonly Posted[]
  /** By writer: entries that were looked at, and letters of each kind that were heard. */
  readonly used: ReadonlyMap<number, Used>
}
type Used = Readonly<Record<Kind | 'opened', number>>

export const emptyBulletin: Bulletin = { posted: [], used: new Map() }
const UNUSED: Used = { alert: 0, statement: 0, ring: 0, onIt: 0, hide: 0, opened: 0 }

export type Reading = { readonly log: BulletinLog; readonly term: BulletinTerm }

/** Entries as they stand in the log; one after another gives the same as all at once. What is said twice stands where it stood first, and costs nothing. */
export const readBulletin = (
  before: Bulletin,
  reading: Reading,
  entries: readonly BulletinEntry[],
): Bulletin => {
  const posted = new Map(before.posted.map((one) => [one.id, one]))
  const used = new Map(before.used)
  for (const one of entries) {
    const spent = spentBy(used, one)
    if (!one.writer || spent.opened >= MAX_OPENED) continue
    const news = newsIn(reading, one, posted)
    used.set(one.writer.index, spending(spent, news?.kind))
    if (news && spent[news.kind] < ALLOWANCE[news.kind]) hear(posted, news.posted)
  }
  return { posted: [...posted.values()], used }
}

/** What was taken back is kept by no reader, whichever of the two came first. */
const hear = (posted: Map<string, Posted>, news: Posted): void => {
  posted.set(news.id, news)
  const { says, card } = news.letter
  const told = says.type === 'hide' ? posted.get(says.of) : news
  if (told?.letter.card !== card || told.letter.says.type !== 'statement') return
  const text = [...posted.values()].reduce(
    (text, { letter }) =>
      letter.card === card && letter.says.type === 'hide' && letter.says.of === told.id
        ? withoutParts(text, letter.says.parts)
        : text,
    told.letter.says.text,
  )
  posted.set(told.id, { ...told, letter: { ...told.letter, says: { type: 'statement', text } } })
}

const spentBy = (used: ReadonlyMap<number, Used>, { writer }: BulletinEntry): Used =>
  (writer && used.get(writer.index)) ?? UNUSED

const spending = (spent: Used, kind: Kind | undefined): Used => ({
  ...spent,
  opened: spent.opened + 1,
  ...(kind ? { [kind]: spent[kind] + 1 } : {}),
})

const newsIn = (
  reading: Reading,
  entry: BulletinEntry,
  known: ReadonlyMap<string, Posted>,
): { readonly posted: Posted; readonly kind: Kind } | undefined => {
  const letter = heardIn(reading, entry)
  const kind = letter && kindOf(letter)
  if (!letter || !kind) return undefined
  const posted = { seq: entry.seq, id: letterHash(letter), letter }
  return known.has(posted.id) ? undefined : { posted, kind }
}

const kindOf = ({ says }: Letter): Kind | undefined =>
  says.type in ALLOWANCE ? (says.type as Kind) : undefined

const heardIn = ({ log, term }: Reading, { blob, writer }: BulletinEntry): Letter | undefined => {
  const opened = blob && openPosting(log, blob)
  if (!blob || !opened || !writer) return undefined
  const hash = term.writers[writer.index]
  const isWriters = hash !== undefined && sameBytes(sha256(opened.writer), hash)
  if (!isWriters || !verifyEntry(opened.writer, log.id, blob, writer.signature)) return undefined
  const { letter } = opened.signed
  const isHere = letter.city === term.city && letter.term === term.term
  return isHere && isProven(term, opened) ? letter : undefined
}

/** Membership of every signing key in one committee's list, and of that committee in the term. */
const isProven = (term: BulletinTerm, { signed, proof: way }: Posting): boolean => {
  const { letter, signatures } = signed
  const { signers, place, keys, committee } = way
  const [first] = signatures
  if (!first || signers < LETTER_SIGNERS || signatures.length < signersOf(letter, signers)) return false
  if (keys.length !== signatures.length) return false
  const root = rootFrom(sha256(first.key), first.place, keys[0] ?? [])
  const areSigned = signatures.every((one, i) => {
    const path = keys[i] ?? []
    const isListed = isUnder(root, sha256(one.key), { place: one.place, path, depth: DEPTHS.list })
    return isListed && isSigned(letter, one)
  })
  const value = listedBytes({ card: letter.card, signers, root })
  return areSigned && isUnder(term.root, value, { place, path: committee, depth: DEPTHS.city })
}

/** What a committee that knows its own list and its place adds to a letter of its own. */
export const proveLetter = (
  { own }: BulletinTerm,
  signed: SignedLetter,
  keys: readonly Uint8Array[],
): Posting => ({
  signed,
  proof: {
    signers: own.signers,
    place: own.place,
    committee: own.path,
    keys: signed.signatures.map(({ place }) => listPath(keys, place)),
  },
})
