/**
 * The two MLS suites on libsodium: 0x0003 and X-Wing with ChaCha20-Poly1305, SHA-512 and Ed25519 (protocol.md D2). The shapes are
 * those of the MLS library's provider interface, which client/core/mls gives them to. No type of that library here.
 */
import {
  equalSecrets,
  newKeyPair,
  randomBytes,
  type SecretKey,
  sign,
  verify,
} from '../../../shared/crypto/sodium.ts'
import { expand, extract, type Hash, SHA256, SHA512 } from './hash.ts'
import { makeHpke } from './hpke.ts'
import { dhkemX25519, type Kem, xwing } from './kem.ts'

/** IANA HPKE KDF identifiers. */
const HKDF_SHA256 = 0x0001
const HKDF_SHA512 = 0x0003

const signature = {
  sign: async (key: Uint8Array, message: Uint8Array): Promise<Uint8Array> => sign(key as SecretKey, message),
  /** Strict: the one verifier of the whole project. */
  verify: async (key: Uint8Array, message: Uint8Array, value: Uint8Array): Promise<boolean> =>
    verify(key, message, value),
  keygen: async () => {
    const pair = newKeyPair()
    return { publicKey: pair.publicKey, signKey: pair.secretKey }
  },
}

const makeSuite = (kem: Kem, hash: Hash, kdfId: number) => ({
  kem,
  hash: {
    digest: async (data: Uint8Array): Promise<Uint8Array> => hash.digest(data),
    mac: async (key: Uint8Array, data: Uint8Array): Promise<Uint8Array> => hash.hmac(key, data),
    verifyMac: async (key: Uint8Array, mac: Uint8Array, data: Uint8Array): Promise<boolean> =>
      equalSecrets(hash.hmac(key, data), mac),
  },
  kdf: {
    size: hash.size,
    extract: async (salt: Uint8Array, inputKey: Uint8Array): Promise<Uint8Array> =>
      extract(hash, salt, inputKey),
    expand: async (key: Uint8Array, info: Uint8Array, size: number): Promise<Uint8Array> =>
      expand(hash, key, info, size),
  },
  hpke: makeHpke(kem, hash, kdfId),
  signature,
  rng: { randomBytes },
})

export type CryptoSuite = ReturnType<typeof makeSuite>

/** Both suites by name. `cryptoReady` must be over before their functions are called. */
export const cryptoSuites: { readonly x25519: CryptoSuite; readonly xwing: CryptoSuite } = {
  x25519: makeSuite(dhkemX25519, SHA256, HKDF_SHA256),
  xwing: makeSuite(xwing, SHA512, HKDF_SHA512),
}
