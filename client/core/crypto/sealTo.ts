/**
 * Sealing something short to one device by the Ed25519 key of its leaf, turned into an X25519 key: anonymous boxes of libsodium (ephemeral key, XSalsa20-Poly1305).
 * For what is worthless after a day: no post-quantum secrecy, and whoever has the leaf's key can open all. Not here: what is said in a group (MLS).
 */
import sodium from 'libsodium-wrappers'
import type { SecretKey } from '../../../shared/crypto/sodium.ts'

/** 48 bytes longer than the secret: the ephemeral key and the tag. */
export const sealTo = (signatureKey: Uint8Array, secret: Uint8Array): Uint8Array =>
  sodium.crypto_box_seal(secret, sodium.crypto_sign_ed25519_pk_to_curve25519(signatureKey))

/** Undefined for what was sealed to somebody else. `key`: 64 bytes, seed and public key. */
export const openSealed = (key: SecretKey, sealed: Uint8Array): Uint8Array | undefined => {
  const mine = sodium.crypto_sign_ed25519_sk_to_curve25519(key)
  try {
    return sodium.crypto_box_seal_open(sealed, sodium.crypto_scalarmult_base(mine), mine)
  } catch {
    return undefined
  } finally {
    sodium.memzero(mine)
  }
}
