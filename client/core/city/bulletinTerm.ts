/**
 * The bulletin of one term (protocol.md 4.6): a log that every member of the city reads and every committee may write to, each with a key of its own. All of it follows from
 * one seed and the committees' writer keys; the entry that announces it in the assembly is the seed, and delegates carry the rest home. Not here: what stands in it
 * (bulletin.ts), which announcement counts (committee/assembly.ts).
 */
import { utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  decode,
  encode,
  list,
  struct,
  text,
  u8,
  u32,
  u48,
  type Value,
} from '../../../shared/base/codec.ts'
import { type KeyPair, keyPairFromSeed, sha256 } from '../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { encodePolicy, logIdOf } from '../../../shared/protocol/policy.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import { hashText, idText } from '../governance/ids.ts'
import type { LogAccess } from '../relay/relay.ts'
import { DEPTHS, MAX_COMMITTEES, paddedHashes } from './letterKeys.ts'

/** Days: a term is a week, and its data comes two days ahead. */
export const TERM_DAYS = 7
export const AHEAD_HOURS = 48

const place = struct({
  address: text(200),
  staticKey: bytes(32),
  signingKey: bytes(32),
  admission: bytes(32),
})

/** What a committee's members are told of a term. `root`: of the letter keys of all committees. `names`: what their cards say, in the order of the roster. */
const bulletinTerm = struct({
  term: u32,
  city: hashText,
  seed: bytes(32),
  startsAt: u48,
  writers: list(bytes(32), MAX_COMMITTEES),
  root: bytes(32),
  /** What is sealed to this Ed25519 key all delegates can open. */
  delegates: bytes(32),
  relay: place,
  /** The own committee's place in the roster, and the way up from there. */
  own: struct({ card: idText, signers: u8, place: u8, path: list(bytes(32), DEPTHS.city) }),
  names: list(struct({ card: idText, code: text(160), sector: text(160), area: text(160) }), MAX_COMMITTEES),
})
export type BulletinTerm = Value<typeof bulletinTerm>

export const encodeTerm = (value: BulletinTerm): Uint8Array => encode(bulletinTerm, value)
export const decodeTerm = (raw: Uint8Array): BulletinTerm | undefined => {
  const decoded = decode(bulletinTerm, raw)
  return decoded.ok ? decoded.value : undefined
}

/** One for each committee, the assembly's own, and fillers whose keys nobody has. */
export const writersOf = (hashes: readonly Uint8Array[], seed: Uint8Array): readonly Uint8Array[] =>
  paddedHashes([...hashes, sha256(assemblyWriter(seed).publicKey)], {
    seed,
    label: 'writer filler/1',
    size: MAX_COMMITTEES,
  })

/** For statements of the assembly itself: every reader could use it, so what it signs needs letters of two committees, and it has the allowance of one. */
const assemblyWriter = (seed: Uint8Array): KeyPair => keyFrom(seed, 'bulletin assembly')

const keyFrom = (seed: Uint8Array, label: string): KeyPair =>
  keyPairFromSeed(hkdfExpand(seed, utf8(label), 32))

export type BulletinLog = {
  readonly id: LogId
  readonly access: LogAccess
  /** 32 bytes, XChaCha20-Poly1305. */
  readonly envelopeKey: Uint8Array
}

/** L1: a week of life behind the last entry, 20,000 entries, alerts ring everybody, writers sign. `writer`: the own committee's key. */
export const bulletinLogOf = (
  { seed, writers }: Pick<BulletinTerm, 'seed' | 'writers'>,
  writer: KeyPair,
): BulletinLog => {
  const reader = keyFrom(seed, 'bulletin read')
  const policy = encodePolicy({
    version: 1,
    ttlDays: 7,
    cap: 1,
    wake: 1,
    writerSigned: true,
    readers: [sha256(reader.publicKey)],
    writers,
  })
  const id = logIdOf(policy)
  return {
    id,
    access: { policy, id, reader, writer },
    envelopeKey: hkdfExpand(seed, utf8('bulletin seal'), 32),
  }
}
