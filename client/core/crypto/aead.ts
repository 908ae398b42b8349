/** Sealing with a key alone: XChaCha20-Poly1305 (IETF), random nonce in front. Not here: MLS framing. */
import sodium from 'libsodium-wrappers'
import { concat } from '../../../shared/base/bytes.ts'

const AEAD_KEY_BYTES = 32
const AEAD_NONCE_BYTES = 24
/** What a box is longer than its plaintext: the nonce and the tag. */
export const AEAD_OVERHEAD_BYTES = 40

/**
 * nonce || ciphertext || tag. The nonce is random: 24 bytes are enough for any number of boxes under one key.
 * Throws on a key that is not 32 bytes.
 */
export const sealBox = (key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array => {
  const nonce = sodium.randombytes_buf(AEAD_NONCE_BYTES)
  return concat(nonce, sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, null, nonce, key))
}

/** undefined: not sealed under this key and these associated data, or damaged. Throws on a key that is not 32 bytes. */
export const openBox = (key: Uint8Array, box: Uint8Array, aad: Uint8Array): Uint8Array | undefined => {
  if (key.length !== AEAD_KEY_BYTES) throw new Error('AEAD key must be 32 bytes')
  if (box.length < AEAD_OVERHEAD_BYTES) return undefined
  const nonce = box.subarray(0, AEAD_NONCE_BYTES)
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
      null,
      box.subarray(AEAD_NONCE_BYTES),
      aad,
      nonce,
      key,
    )
  } catch {
    return undefined
  }
}
