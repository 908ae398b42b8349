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

/**
 * Behind a full log there is another: if there were a last one, whoever filled it would have ended the committee. So many are 16 GiB to fill, and one
 * commit in any of them ends the epoch for whoever does it.
 */
export const LOGS_PER_EPOCH = 256

/** Days that an epoch log outlives its last append, and an entry its own (D10). */
export const LOG_TTL_DAYS = 45

/** One log of an epoch: where it is, and the two keys that its members hold. */
export type EpochLog = {
  readonly id: LogId
  readonly access: LogAccess
  /** 32 bytes, XChaCha20-Poly1305. */
  readonly envelopeKey: Uint8Array
}

/**
 * 64 bytes: the access key's seed, then the envelope key. `secret`: of log 0 the root, of log k the seed of the log before it, which whoever can fill
 * that one has.
 */
export const logSeed = (secret: Uint8Array, k: number): Uint8Array =>
  hkdfExpand(secret, concat(utf8('log'), bigEndian(k, 2)), 64)

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
