/**
 * The keys of a committee for one term (SPEC.md CI2): which key stands at which place, from what the seats had given when a delegate closed the list. As long as the term has
 * not been announced a list is made anew where who is in it has changed, so that the key of a phone that was taken leaves it. Not here: when a device does that
 * (session/letterKeysOwed.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { keyPairFromSeed, sha256 } from '../../../shared/crypto/sodium.ts'
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import { type Listed, letterListOf, listedBytes, listRoot } from '../city/letterKeys.ts'
import { rootFrom } from '../city/merkle.ts'
import type { Id } from './said.ts'

/** The committee's keys of a term: whose key stands at which place, fillers apart. `writer`: a 32-byte seed as hex. */
export type KeyList = {
  readonly term: number
  readonly keys: readonly Uint8Array[]
  readonly seats: ReadonlyMap<number, Id>
  readonly writer: string
  readonly root: string
  readonly writerHash: string
  /** The list that this one replaced: it holds if the term was announced with it. */
  readonly before?: KeyList
}

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

export const keyOfSeat = (term: number, seat: Id): string => `${term} ${seat}`

type Given = ReadonlyMap<string, string>

/** Of those seats, each with the key that it gave. `given`: SHA-256 of a seat's key of a term, by "term seat". */
const givenBy = (given: Given, term: number, seats: readonly Id[]): ReadonlyMap<string, Id> =>
  new Map(
    seats.flatMap((seat): readonly (readonly [string, Id])[] => {
      const key = given.get(keyOfSeat(term, seat))
      return key === undefined ? [] : [[key, seat]]
    }),
  )

export const listFor = (
  letterKeys: Given,
  { term, seed, writer }: { readonly term: number; readonly seed: string; readonly writer: string },
  electorate: readonly Id[],
): KeyList => {
  const given = givenBy(letterKeys, term, electorate)
  const keys = letterListOf([...given.keys()].map(bytesOf), bytesOf(seed))
  const seats = keys.flatMap((key, place): readonly (readonly [number, Id])[] => {
    const seat = given.get(toHex(key))
    return seat === undefined ? [] : [[place, seat]]
  })
  const writerHash = toHex(sha256(keyPairFromSeed(bytesOf(writer)).publicKey))
  return { term, keys, seats: new Map(seats), writer, root: toHex(listRoot(keys)), writerHash }
}

/** Somebody's key is not theirs any more, is missing, or is of somebody who is gone. */
export const isOutdated = (letterKeys: Given, list: KeyList, electorate: readonly Id[]): boolean => {
  const now = [...givenBy(letterKeys, list.term, electorate)].map(([key, seat]) => `${seat} ${key}`)
  const then = [...list.seats].map(([place, seat]) => `${seat} ${toHex(list.keys[place] ?? bytesOf(''))}`)
  return now.sort().join() !== then.sort().join()
}

/** The place that a term gives the committee is of this list. */
export const isListed = (
  { own, root, writers }: Pick<BulletinTerm, 'own' | 'root' | 'writers'>,
  list: KeyList,
): boolean => {
  const listed: Listed = { card: own.card, signers: own.signers, root: bytesOf(list.root) }
  return (
    sameBytes(rootFrom(listedBytes(listed), own.place, own.path), root) &&
    writers.some((hash) => toHex(hash) === list.writerHash)
  )
}
