/**
 * Letter keys (protocol.md 4.6): for one term a committee has 32 of them, one for each seat that gave one and fillers that nobody can sign with, in an order that says
 * nothing. The city knows hashes: a filler is a hash of nothing but the committee's seed, so every member can check that the list holds no key besides theirs, and a
 * delegate who hands over another list is seen. Not here: what is signed with them (letter.ts), who gave which (committee/cityLife.ts).
 */
import { bigEndian, concat, utf8 } from '../../../shared/base/bytes.ts'
import { bytes, encode, struct, u8 } from '../../../shared/base/codec.ts'
import { type KeyPair, keyPairFromSeed, sha256 } from '../../../shared/crypto/sodium.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import { idText } from '../governance/ids.ts'
import { pathOf, rootOf } from './merkle.ts'

export const LETTER_KEYS = 32
/** Keys that must have signed a letter. */
export const LETTER_SIGNERS = 2

const LIST_DEPTH = 5
/** Committees of a city, at most: 128, whatever their number is. */
const CITY_DEPTH = 7
export const MAX_COMMITTEES = 2 ** CITY_DEPTH

/** A device's own key of a term, from the 32-byte seed that it keeps for this committee. */
export const letterKeyOf = (seed: Uint8Array, term: number): KeyPair =>
  keyPairFromSeed(hkdfExpand(seed, concat(utf8('letter key'), bigEndian(term, 4)), 32))

const byBytes = (a: Uint8Array, b: Uint8Array): number => {
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

/** Hashes in the order of their bytes, filled up with hashes of the seed. A seat beyond the number is left out. */
export const paddedHashes = (
  hashes: readonly Uint8Array[],
  { seed, label, size }: { readonly seed: Uint8Array; readonly label: string; readonly size: number },
): readonly Uint8Array[] => {
  const own = hashes.slice(0, size)
  const fillers = Array.from({ length: size - own.length }, (_, i) =>
    sha256(utf8(label), seed, bigEndian(i, 2)),
  )
  return [...own, ...fillers].sort(byBytes)
}

/** SHA-256 of each key, 32 of them. */
export const letterListOf = (keyHashes: readonly Uint8Array[], seed: Uint8Array): readonly Uint8Array[] =>
  paddedHashes(keyHashes, { seed, label: 'letter filler/1', size: LETTER_KEYS })

export const listRoot = (list: readonly Uint8Array[]): Uint8Array => rootOf(list, LIST_DEPTH)

/** A committee in the roster of a term. */
export type Listed = { readonly card: string; readonly signers: number; readonly root: Uint8Array }

const listed = struct({ card: idText, signers: u8, root: bytes(32) })
export const listedBytes = (value: Listed): Uint8Array => encode(listed, value)

/** In the order of their cards. */
export const cityRoot = (committees: readonly Listed[]): Uint8Array =>
  rootOf(committees.map(listedBytes), CITY_DEPTH)

export const cityPath = (committees: readonly Listed[], place: number): readonly Uint8Array[] =>
  pathOf(committees.map(listedBytes), CITY_DEPTH, place)

export const listPath = (list: readonly Uint8Array[], place: number): readonly Uint8Array[] =>
  pathOf(list, LIST_DEPTH, place)

export const DEPTHS = { list: LIST_DEPTH, city: CITY_DEPTH } as const
