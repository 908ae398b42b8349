/** The three proofs a connection can give: a key of a log, knowledge of the admission secret, spent work (SPEC.md A1 to A4). */

import type { Brand } from '../base/brand.ts'
import { bigEndian, concat, utf8 } from '../base/bytes.ts'
import { equalSecrets, hmacSha256, type SecretKey, sha256, sign, verify } from '../crypto/sodium.ts'
import type { LogId, Role } from './ids.ts'

/** 32 bytes from the relay, fresh for every connection (A1). */
export type Challenge = Brand<Uint8Array, 'Challenge'>
/** 32 bytes, one value for all users of a relay, rotated monthly (A3). */
export type AdmissionSecret = Brand<Uint8Array, 'AdmissionSecret'>

/** What an access proof is bound to: the relay's 32-byte static key from the invite, and this connection (D4). */
export type ChannelBinding = { readonly relayStaticKey: Uint8Array; readonly challenge: Challenge }

const roleByte = (role: Role): Uint8Array => Uint8Array.of(role === 'reader' ? 1 : 2)

/** A2: "epochlog open/1" || SHA-256(relay static key) || challenge || id || u8 role. */
const accessBytes = (binding: ChannelBinding, id: LogId, role: Role): Uint8Array =>
  concat(utf8('epochlog open/1'), sha256(binding.relayStaticKey), binding.challenge, id, roleByte(role))

export const proveAccess = (key: SecretKey, binding: ChannelBinding, id: LogId, role: Role): Uint8Array =>
  sign(key, accessBytes(binding, id, role))

export type AccessProof = { readonly publicKey: Uint8Array; readonly signature: Uint8Array }

export const verifyAccess = (proof: AccessProof, binding: ChannelBinding, id: LogId, role: Role): boolean =>
  verify(proof.publicKey, accessBytes(binding, id, role), proof.signature)

/** A3: HMAC-SHA-256(admission secret, id); proves nothing but "a user of this relay". */
export const proveAdmission = (secret: AdmissionSecret, id: LogId): Uint8Array => hmacSha256(secret, id)

export const verifyAdmission = (secret: AdmissionSecret, id: LogId, proof: Uint8Array): boolean =>
  equalSecrets(proveAdmission(secret, id), proof)

/** A4: leading zero bits of SHA-256("epochlog pow/1" || challenge || id || u32 nonce). */
export const powBits = (challenge: Challenge, id: LogId, nonce: number): number => {
  const digest = sha256(utf8('epochlog pow/1'), challenge, id, bigEndian(nonce, 4))
  const first = digest.findIndex((byte) => byte !== 0)
  return first < 0 ? 256 : 8 * first + Math.clz32(digest[first] ?? 0) - 24
}
