/** A city as its bulletin knows it: committees with letter keys and a writer key, and the term that lists them. Not here: how committees come to it (assembly, test/scenarios/city.test.ts). */
import { proveLetter, sealPosting } from '../../client/core/city/bulletin.ts'
import {
  type BulletinLog,
  type BulletinTerm,
  bulletinLogOf,
  writersOf,
} from '../../client/core/city/bulletinTerm.ts'
import { type LetterSaying, type SignedLetter, signLetter } from '../../client/core/city/letter.ts'
import {
  cityPath,
  cityRoot,
  LETTER_SIGNERS,
  letterListOf,
  listRoot,
} from '../../client/core/city/letterKeys.ts'
import { sameBytes } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { type KeyPair, newKeyPair, randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import type { Blob } from '../../shared/protocol/ids.ts'

export type CitySide = {
  readonly card: string
  /** Those whose letter keys are known here. */
  readonly signers: readonly KeyPair[]
  readonly keys: readonly Uint8Array[]
  readonly writer: KeyPair
}

export const newCitySide = (members = LETTER_SIGNERS): CitySide => {
  const signers = Array.from({ length: members }, newKeyPair)
  const hashes = signers.map(({ publicKey }) => sha256(publicKey))
  return {
    card: toHex(randomBytes(16)),
    signers,
    keys: letterListOf(hashes, randomBytes(32)),
    writer: newKeyPair(),
  }
}

export type TermAt = { readonly term: BulletinTerm; readonly log: BulletinLog }

/** What a member of each of them knows of the term, in the order of the roster. `number`: of the term. */
export const termOfCity = (
  sides: readonly CitySide[],
  {
    relay,
    city,
    number = 1,
  }: { readonly relay: BulletinTerm['relay']; readonly city: string; readonly number?: number },
): ReadonlyMap<CitySide, TermAt> => {
  const listed = [...sides].sort((a, b) => (a.card < b.card ? -1 : 1))
  const roster = listed.map(({ card, keys }) => ({ card, signers: LETTER_SIGNERS, root: listRoot(keys) }))
  const seed = randomBytes(32)
  const shared = {
    term: number,
    city,
    seed,
    startsAt: 0,
    writers: writersOf(
      listed.map(({ writer }) => sha256(writer.publicKey)),
      seed,
    ),
    root: cityRoot(roster),
    delegates: newKeyPair().publicKey,
    relay,
    names: listed.map(({ card }, i) => ({ card, code: `Code ${i}`, sector: 'logistics', area: 'north' })),
  }
  return new Map(
    listed.map((side, place) => {
      const own = { card: side.card, signers: LETTER_SIGNERS, place, path: cityPath(roster, place) }
      const term = { ...shared, own }
      return [side, { term, log: bulletinLogOf(term, side.writer) }]
    }),
  )
}

let serial = 0

/** Sealed for the bulletin, signed by so many of the committee. */
export const sealedLetter = (
  side: CitySide,
  { term, log }: TermAt,
  says: LetterSaying,
  signers = LETTER_SIGNERS,
): Blob => {
  const { city, term: number } = term
  const letter = { version: 1, city, card: side.card, term: number, serial: ++serial, says } as const
  const signatures = side.signers
    .slice(0, signers)
    .map((pair) => signLetter(letter, placeOf(side, pair), pair))
    .sort((a, b) => a.place - b.place)
  const signed: SignedLetter = { letter, signatures }
  return sealPosting(log, proveLetter(term, signed, side.keys))
}

const placeOf = ({ keys }: CitySide, { publicKey }: KeyPair): number =>
  keys.findIndex((key) => sameBytes(key, sha256(publicKey)))
