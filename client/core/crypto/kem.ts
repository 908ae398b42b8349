/**
 * The two key encapsulations our MLS suites use: DHKEM(X25519, HKDF-SHA256) of RFC 9180 section 4.1, and X-Wing
 * (draft-connolly-cfrg-xwing-kem). Not here: what is sealed under the shared secret (hpke.ts).
 */
import sodium from 'libsodium-wrappers'
import { concat, EMPTY, utf8 } from '../../../shared/base/bytes.ts'
import { expand, extract, SHA256 } from './hash.ts'
import { wipe } from './wipe.ts'

export type PublicKemKey = { readonly type: 'public'; readonly raw: Uint8Array }
/** `raw` is 32 bytes in both: an X25519 scalar, or X-Wing's seed. */
export type PrivateKemKey = { readonly type: 'private'; readonly raw: Uint8Array }

export type Kem = {
  /** IANA HPKE KEM identifier. */
  readonly id: number
  readonly privateBytes: number
  readonly publicBytes: number
  readonly encapsulationBytes: number
  /** Throws when the public key cannot be used: wrong length, low order, coefficients out of range. */
  readonly encapsulate: (
    publicKey: Uint8Array,
    ephemeral?: Uint8Array,
  ) => { readonly secret: Uint8Array; readonly encapsulation: Uint8Array }
  /** Throws when the encapsulation cannot be used. */
  readonly decapsulate: (key: PrivateKemKey, encapsulation: Uint8Array) => Uint8Array
  /** RFC 9180 DeriveKeyPair. */
  readonly derive: (inputKey: Uint8Array) => PrivateKemKey
  readonly publicOf: (key: PrivateKemKey) => Uint8Array
}

/** Extract and expand with the labels of RFC 9180 section 4. */
export const labelled = (hash: typeof SHA256, suiteId: Uint8Array) => ({
  extract: (salt: Uint8Array, label: string, inputKey: Uint8Array): Uint8Array =>
    extract(hash, salt, concat(HPKE_V1, suiteId, utf8(label), inputKey)),
  expand: (key: Uint8Array, label: string, info: Uint8Array, size: number): Uint8Array =>
    expand(hash, key, concat(sizeBytes(size), HPKE_V1, suiteId, utf8(label), info), size),
})

const HPKE_V1 = utf8('HPKE-v1')
const sizeBytes = (size: number): Uint8Array => Uint8Array.of(size >> 8, size & 255)

const x25519Labels = labelled(SHA256, concat(utf8('KEM'), Uint8Array.of(0x00, 0x20)))

const x25519Secret = (dh: Uint8Array, encapsulation: Uint8Array, publicKey: Uint8Array): Uint8Array => {
  const key = x25519Labels.extract(EMPTY, 'eae_prk', dh)
  const secret = x25519Labels.expand(key, 'shared_secret', concat(encapsulation, publicKey), 32)
  wipe(dh, key)
  return secret
}

export const dhkemX25519: Kem = {
  id: 0x0020,
  privateBytes: 32,
  publicBytes: 32,
  encapsulationBytes: 32,
  encapsulate: (publicKey, ephemeral) => {
    const scalar = ephemeral ?? sodium.randombytes_buf(32)
    const encapsulation = sodium.crypto_scalarmult_base(scalar)
    // libsodium throws on an all-zero result, as RFC 9180 section 7.1.4 asks.
    const dh = sodium.crypto_scalarmult(scalar, publicKey)
    if (ephemeral === undefined) wipe(scalar)
    return { secret: x25519Secret(dh, encapsulation, publicKey), encapsulation }
  },
  decapsulate: (key, encapsulation) =>
    x25519Secret(
      sodium.crypto_scalarmult(key.raw, encapsulation),
      encapsulation,
      sodium.crypto_scalarmult_base(key.raw),
    ),
  derive: (inputKey) => {
    const key = x25519Labels.extract(EMPTY, 'dkp_prk', inputKey)
    const raw = x25519Labels.expand(key, 'sk', EMPTY, 32)
    wipe(key)
    return { type: 'private', raw }
  },
  publicOf: (key) => sodium.crypto_scalarmult_base(key.raw),
}

export const xwing: Kem = {
  id: 0x647a,
  privateBytes: 32,
  publicBytes: 1216,
  encapsulationBytes: 1120,
  encapsulate: (publicKey, ephemeral) => {
    const { ciphertext, sharedSecret } =
      ephemeral === undefined
        ? sodium.crypto_kem_xwing_enc(publicKey)
        : sodium.crypto_kem_xwing_enc_deterministic(publicKey, ephemeral)
    return { secret: sharedSecret, encapsulation: ciphertext }
  },
  decapsulate: (key, encapsulation) => sodium.crypto_kem_xwing_dec(encapsulation, key.raw),
  derive: (inputKey) => ({ type: 'private', raw: sodium.crypto_xof_shake256(32, inputKey) }),
  publicOf: (key) => sodium.crypto_kem_xwing_seed_keypair(key.raw).publicKey,
}
