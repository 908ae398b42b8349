/**
 * Where a file waits: an ordinary log of its own, whose keys and address follow from the file's secret (protocol.md 4.2). The secret travels in the
 * committee's message and is never used as a key; every use has its own label. Not here: what stands in the log (parts.ts).
 */
import { utf8 } from '../../../shared/base/bytes.ts'
import { keyPairFromSeed, sha256 } from '../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { CAPS, MAX_BLOB_BYTES } from '../../../shared/protocol/limits.ts'
import { encodePolicy, logIdOf, type Policy } from '../../../shared/protocol/policy.ts'
import { type FileDays, partsOf } from '../committee/fileWords.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { LogAccess } from '../relay/relay.ts'

export type FileLog = {
  readonly id: LogId
  readonly access: LogAccess
  /** 32 bytes, XChaCha20-Poly1305; for this one file. */
  readonly partKey: Uint8Array
  /** Bytes of the file. */
  readonly size: number
}

export const FILE_SECRET_BYTES = 32

/**
 * `secret`: 32 random bytes, and so a pseudorandom key as RFC 5869 section 3.3 has it. Who is told it could write as well: what stands
 * behind a file's last part is nobody's, and before the message only its author knows the secret.
 */
export const fileLogOf = (
  secret: Uint8Array,
  { size, life }: { readonly size: number; readonly life: FileDays },
): FileLog => {
  if (secret.length !== FILE_SECRET_BYTES) throw new Error('secret is not 32 bytes')
  const derived = (label: string): Uint8Array => hkdfExpand(secret, utf8(label), 32)
  const reader = keyPairFromSeed(derived('file read'))
  const writer = keyPairFromSeed(derived('file write'))
  const policy = encodePolicy({
    version: 1,
    ttlDays: life,
    cap: capFor(partsOf(size)),
    wake: 0,
    writerSigned: false,
    readers: [sha256(reader.publicKey)],
    writers: [sha256(writer.publicKey)],
  })
  const id = logIdOf(policy)
  return { id, access: { policy, id, reader, writer }, partKey: derived('file parts'), size }
}

/** The smallest class that takes every part, were each of the largest size (L4). Throws above the largest: sizes are checked before. */
const capFor = (parts: number): Policy['cap'] => {
  const cap = ([0, 1, 2] as const).find((one) => parts * MAX_BLOB_BYTES <= CAPS[one].bytes)
  if (cap === undefined) throw new Error('too large for a log')
  return cap
}
