/**
 * The few primitives that relay and clients both run, from libsodium, one function each: hashes, HMAC, strict
 * Ed25519, randomness. Nothing here can open a message. Encryption and passphrases: client/core/crypto.
 * Every function throws on keys of the wrong length: lengths are checked where bytes come in.
 */
import sodium from 'libsodium-wrappers'
import type { Brand } from '../base/brand.ts'
import { concat } from '../base/bytes.ts'

/** 32 bytes, RFC 8032. */
export type PublicKey = Brand<Uint8Array, 'Ed25519PublicKey'>
/** 64 bytes: the 32-byte seed, then the public key. */
export type SecretKey = Brand<Uint8Array, 'Ed25519SecretKey'>
export type KeyPair = { readonly publicKey: PublicKey; readonly secretKey: SecretKey }

export const HASH_BYTES = 32
export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

/** Await once, before anything else here. libsodium is WebAssembly and loads asynchronously. */
export const cryptoReady: Promise<void> = sodium.ready

/** SHA-256 over the parts one after another; 32 bytes. */
export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  sodium.crypto_hash_sha256(parts.length === 1 && parts[0] ? parts[0] : concat(...parts))

/** HMAC-SHA-256 (RFC 2104) under a key of exactly 32 bytes; 32 bytes. */
export const hmacSha256 = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  sodium.crypto_auth_hmacsha256(message, key)

export const randomBytes = (size: number): Uint8Array => sodium.randombytes_buf(size)

/** Constant time; false for different lengths. */
export const equalSecrets = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && sodium.memcmp(a, b)

export const newKeyPair = (): KeyPair => branded(sodium.crypto_sign_keypair())

/** The key pair of a 32-byte seed. */
export const keyPairFromSeed = (seed: Uint8Array): KeyPair => branded(sodium.crypto_sign_seed_keypair(seed))

/** Ed25519, deterministic; 64 bytes. */
export const sign = (key: SecretKey, message: Uint8Array): Uint8Array =>
  sodium.crypto_sign_detached(message, key)

/**
 * Strict Ed25519 (protocol.md section 4.1): libsodium refuses small-order keys and points and encodings that are
 * not canonical. Every verdict in the project comes from this one function, or clients could disagree.
 */
export const verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  publicKey.length === PUBLIC_KEY_BYTES &&
  signature.length === SIGNATURE_BYTES &&
  sodium.crypto_sign_verify_detached(signature, message, publicKey)

const branded = (pair: { publicKey: Uint8Array; privateKey: Uint8Array }): KeyPair => ({
  publicKey: pair.publicKey as PublicKey,
  secretKey: pair.privateKey as SecretKey,
})
