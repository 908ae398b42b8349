/**
 * A letter: what a committee says as one to its city, signed by some of its letter keys and so without a name or a count (protocol.md 4.6). The outcome of a motion is one,
 * the mandate certificate. One value has one encoding. Not here: which letter a member's device signs (session/cityOwed.ts), what the city makes of it
 * (committee/assembly.ts), and what every member of the city reads (bulletin.ts).
 */
import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  decode,
  encode,
  list,
  mapped,
  oneByteOf,
  struct,
  text,
  u8,
  u16,
  u32,
  type Value,
  variant,
} from '../../../shared/base/codec.ts'
import { toHex } from '../../../shared/base/text.ts'
import { type KeyPair, sha256, sign, verify } from '../../../shared/crypto/sodium.ts'
import { hashText, idText, seatId } from '../governance/ids.ts'
import { callFields } from './call.ts'
import { LETTER_KEYS } from './letterKeys.ts'

/** Of an assembly, from its group's anchor: it is never told outside. */
export const cityName = (anchor: Uint8Array): string => toHex(sha256(utf8('city/1'), anchor))

/** What a committee does about an item of the assembly. Nobody commands it. */
export const TAKES = ['act', 'support', 'aside', 'against'] as const
export type Take = (typeof TAKES)[number]

const take: Codec<Take> = mapped(
  oneByteOf([0, 1, 2, 3]),
  (at) => TAKES[at],
  (word) => TAKES.indexOf(word) as 0 | 1 | 2 | 3,
)

export const MAX_ALERT_BYTES = 1500
export const MAX_STATEMENT_BYTES = 12_000
const MAX_ON_IT_BYTES = 400

const isAscending = (places: readonly number[]): boolean =>
  places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0))

/** Parts that one letter takes back one by one. */
export const MAX_HIDDEN = 64

const ascending: Codec<readonly number[]> = mapped(
  list(u16, MAX_HIDDEN),
  (parts) => (isAscending(parts) ? parts : undefined),
  (parts) => parts,
)

const saying = variant({
  /** The committee's own motion: it joins the city, or goes. */
  join: [1, struct({})],
  leave: [2, struct({})],
  /** The seats of the assembly that speak for it from now on: delegate and alternate. */
  speakers: [3, struct({ seats: list(seatId, 2) })],
  /** Its keys of a later term: the root of the letter keys, and the hash of its writer key for the bulletin. */
  keys: [4, struct({ of: u32, root: hashText, writer: hashText })],
  /** The outcome of its motion on an item. */
  answer: [5, struct({ item: idText, take })],
  alert: [6, struct({ text: text(MAX_ALERT_BYTES) })],
  statement: [7, struct({ text: text(MAX_STATEMENT_BYTES) })],
  /** Ring R1 (product.md 3.E), sealed for those whom it is for: one member's key is enough, and it says of itself whether anybody has checked it. */
  ring: [8, callFields],
  /** To an alert or a ring: somebody here is on it. One key is enough. */
  onIt: [9, struct({ to: hashText, text: text(MAX_ON_IT_BYTES) })],
  /** Of a statement of its own, by its hash: the person concerned allows these parts no longer. In ascending order; none for all of it. */
  hide: [10, struct({ of: hashText, parts: ascending })],
})
export type LetterSaying = Value<typeof saying>

/** `city`: the assembly that is meant. `term`: whose keys sign it. `serial`: of the committee's letters; a later one replaces an earlier one. */
const letter = struct({
  version: oneByteOf([1]),
  city: hashText,
  card: idText,
  term: u32,
  serial: u32,
  says: saying,
})
export type Letter = Value<typeof letter>

export const encodeLetter = (value: Letter): Uint8Array => encode(letter, value)
export const decodeLetter = (raw: Uint8Array): Letter | undefined => {
  const decoded = decode(letter, raw)
  return decoded.ok ? decoded.value : undefined
}

const signature = struct({ place: u8, key: bytes(32), signature: bytes(64) })
/** `place`: of the key in its committee's list. */
export type LetterSignature = Value<typeof signature>

const signedBytes = (value: Letter): Uint8Array => concat(utf8('letter/1'), encodeLetter(value))

export const signLetter = (
  value: Letter,
  place: number,
  { publicKey, secretKey }: KeyPair,
): LetterSignature => ({
  place,
  key: publicKey,
  signature: sign(secretKey, signedBytes(value)),
})

/** By its key; that the key is the committee's is for whoever asks to see. */
export const isSigned = (value: Letter, { key, signature: given }: LetterSignature): boolean =>
  verify(key, signedBytes(value), given)

/** By the key that stands there in the list. */
export const isSignedIn = (value: Letter, given: LetterSignature, keys: readonly Uint8Array[]): boolean => {
  const hash = keys[given.place]
  return hash !== undefined && sameBytes(sha256(given.key), hash) && isSigned(value, given)
}

/** Ascending places, so that no key counts twice and a letter has one form. */
const signatures: Codec<readonly LetterSignature[]> = mapped(
  list(signature, LETTER_KEYS),
  (given) => (isAscending(given.map(({ place }) => place)) ? given : undefined),
  (given) => given,
)

export const signedLetter = struct({ letter, signatures })
export type SignedLetter = Value<typeof signedLetter>

export const encodeSigned = (value: SignedLetter): Uint8Array => encode(signedLetter, value)
export const decodeSigned = (raw: Uint8Array): SignedLetter | undefined => {
  const decoded = decode(signedLetter, raw)
  return decoded.ok ? decoded.value : undefined
}

/** Keys that it takes: one for what only calls, as many as the card says for what the committee says. */
export const signersOf = ({ says }: Letter, signers: number): number =>
  says.type === 'ring' || says.type === 'onIt' ? 1 : signers

/** Without its signatures: the same letter, whoever signed it. */
export const letterHash = (value: Letter): string => toHex(sha256(encodeLetter(value)))

/** Where the committee's list is known. */
export const isValidIn = (
  { letter: value, signatures: given }: SignedLetter,
  { keys, signers }: { readonly keys: readonly Uint8Array[]; readonly signers: number },
): boolean => given.length >= signersOf(value, signers) && given.every((one) => isSignedIn(value, one, keys))
