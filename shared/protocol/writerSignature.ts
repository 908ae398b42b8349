/** The signature that an entry carries where the policy asks for it (SPEC.md L7): who of the writers wrote this blob in this log. */
import { concat, utf8 } from '../base/bytes.ts'
import { type SecretKey, sha256, sign, verify } from '../crypto/sodium.ts'
import type { Blob, LogId } from './ids.ts'

/** L7: "epochlog entry/1" || id || SHA-256(blob). */
const entryBytes = (id: LogId, blob: Blob): Uint8Array => concat(utf8('epochlog entry/1'), id, sha256(blob))

export const signEntry = (key: SecretKey, id: LogId, blob: Blob): Uint8Array =>
  sign(key, entryBytes(id, blob))

export const verifyEntry = (publicKey: Uint8Array, id: LogId, blob: Blob, signature: Uint8Array): boolean =>
  verify(publicKey, entryBytes(id, blob), signature)
