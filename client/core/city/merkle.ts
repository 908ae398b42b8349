/** A tree of hashes of a fixed depth (RFC 6962 section 2.1: leaves and nodes are hashed apart), so that one leaf shows that it belongs without the others. */
import { concat, sameBytes } from '../../../shared/base/bytes.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'

const leafOf = (value: Uint8Array): Uint8Array => sha256(Uint8Array.of(0), value)
const nodeOf = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(1), concat(left, right))

/** Missing leaves are empty ones: how many there are is not told. */
const levelsOf = (values: readonly Uint8Array[], depth: number): readonly (readonly Uint8Array[])[] => {
  if (values.length > 2 ** depth) throw new Error('too many leaves')
  const levels = [Array.from({ length: 2 ** depth }, (_, i) => leafOf(values[i] ?? new Uint8Array(0)))]
  for (let height = 0; height < depth; height++) {
    const below = levels[height] ?? []
    levels.push(below.flatMap((left, i) => (i % 2 === 0 ? [nodeOf(left, below[i + 1] ?? left)] : [])))
  }
  return levels
}

export const rootOf = (values: readonly Uint8Array[], depth: number): Uint8Array =>
  levelsOf(values, depth)[depth]?.[0] ?? new Uint8Array(32)

/** The neighbours on the way up, from the leaf's on. */
export const pathOf = (values: readonly Uint8Array[], depth: number, place: number): readonly Uint8Array[] =>
  levelsOf(values, depth)
    .slice(0, depth)
    .map((level, height) => level[(place >> height) ^ 1] ?? new Uint8Array(32))

export const rootFrom = (value: Uint8Array, place: number, path: readonly Uint8Array[]): Uint8Array =>
  path.reduce(
    (hash, other, height) => ((place >> height) & 1 ? nodeOf(other, hash) : nodeOf(hash, other)),
    leafOf(value),
  )

export const isUnder = (
  root: Uint8Array,
  value: Uint8Array,
  {
    place,
    path,
    depth,
  }: { readonly place: number; readonly path: readonly Uint8Array[]; readonly depth: number },
): boolean => path.length === depth && place < 2 ** depth && sameBytes(rootFrom(value, place, path), root)
