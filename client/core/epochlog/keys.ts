/**
 * Keys and addresses of the logs of one epoch (protocol.md 4.2). Derived once, at entry into the epoch, from the group's exporter;
 * the root is then forgotten, and the log keys are kept apart from the MLS state, because they must outlive it.
 */
import { bigEndian, concat, utf8 } from '../../../shared/base/bytes.ts'
import { keyPairFromSeed, sha256 } from '../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { encodePolicy, logIdOf } from '../../../shared/protocol/policy.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { LogAccess } from '../relay/relay.ts'

/** Log 0, and two overflow logs for when an earlier one is full. */
export const LOGS_PER_EPOCH = 3

/** Days that an epoch log outlives its last append, and an entry its own (D10). */
export const LOG_TTL_DAYS = 45

/** One log of an epoch: where it is, and the two keys that its members hold. */
export type EpochLog = {
  readonly id: LogId
  readonly access: LogAccess
  /** 32 bytes, XChaCha20-Poly1305. */
  readonly envelopeKey: Uint8Array
}

/** 64 bytes each: seed_k = HKDF-Expand(root, "log" || u16 k, 64); the access key's seed, then the envelope key. */
export const logSeeds = (root: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: LOGS_PER_EPOCH }, (_, k) => hkdfExpand(root, concat(utf8('log'), bigEndian(k, 2)), 64))

export const logFromSeed = (seed: Uint8Array): EpochLog => {
  const key = keyPairFromSeed(seed.slice(0, 32))
  const keyHash = sha256(key.publicKey)
  const policy = encodePolicy({
    version: 1,
    ttlDays: LOG_TTL_DAYS,
    cap: 1,
    wake: 0,
    writerSigned: false,
    readers: [keyHash],
    writers: [keyHash],
  })
  const id = logIdOf(policy)
  return { id, access: { policy, id, reader: key, writer: key }, envelopeKey: seed.slice(32) }
}
