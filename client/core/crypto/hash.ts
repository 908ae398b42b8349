/**
 * SHA-256 and SHA-512 with HMAC and HKDF (RFC 5869) under keys of any length, as the MLS suites need them. libsodium has no
 * HKDF in its JavaScript builds, and its one-shot HMAC takes exactly 32 key bytes.
 */
import sodium from 'libsodium-wrappers'
import { concat, EMPTY } from '../../../shared/base/bytes.ts'

export type Hash = {
  /** Output bytes. */
  readonly size: number
  readonly digest: (message: Uint8Array) => Uint8Array
  /** RFC 2104, key of any length. */
  readonly hmac: (key: Uint8Array, message: Uint8Array) => Uint8Array
}

export const SHA256: Hash = {
  size: 32,
  digest: (message) => sodium.crypto_hash_sha256(message),
  hmac: (key, message) => {
    if (key.length === 32) return sodium.crypto_auth_hmacsha256(message, key)
    const state = sodium.crypto_auth_hmacsha256_init(key)
    sodium.crypto_auth_hmacsha256_update(state, message)
    return sodium.crypto_auth_hmacsha256_final(state)
  },
}

export const SHA512: Hash = {
  size: 64,
  digest: (message) => sodium.crypto_hash_sha512(message),
  hmac: (key, message) => {
    if (key.length === 32) return sodium.crypto_auth_hmacsha512(message, key)
    const state = sodium.crypto_auth_hmacsha512_init(key)
    sodium.crypto_auth_hmacsha512_update(state, message)
    return sodium.crypto_auth_hmacsha512_final(state)
  },
}

/** RFC 5869 section 2.2. */
export const extract = (hash: Hash, salt: Uint8Array, inputKey: Uint8Array): Uint8Array =>
  hash.hmac(salt, inputKey)

/** RFC 5869 section 2.3; more than 255 blocks throw. */
export const expand = (
  hash: Hash,
  pseudorandomKey: Uint8Array,
  info: Uint8Array,
  size: number,
): Uint8Array => {
  const blocks = Math.ceil(size / hash.size)
  if (blocks > 255) throw new Error('HKDF output too long')
  const output = new Uint8Array(blocks * hash.size)
  let previous = EMPTY
  for (let i = 1; i <= blocks; i++) {
    previous = hash.hmac(pseudorandomKey, concat(previous, info, Uint8Array.of(i)))
    output.set(previous, (i - 1) * hash.size)
  }
  return output.subarray(0, size)
}

/** SHA-256 of what comes piece by piece. `digest` is the last call. */
export type Digesting = {
  readonly update: (piece: Uint8Array) => void
  /** 32 bytes. */
  readonly digest: () => Uint8Array
}

export const startDigest = (): Digesting => {
  const state = sodium.crypto_hash_sha256_init()
  return {
    update: (piece) => sodium.crypto_hash_sha256_update(state, piece),
    digest: () => sodium.crypto_hash_sha256_final(state),
  }
}
