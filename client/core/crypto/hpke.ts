/**
 * HPKE, base mode (RFC 9180), single-shot, over a KEM of kem.ts with ChaCha20-Poly1305. The method names and the promises are
 * those of the MLS library's provider interface. Not here: which suite uses what (suite.ts).
 */
import sodium from 'libsodium-wrappers'
import { concat, EMPTY, utf8 } from '../../../shared/base/bytes.ts'
import type { Hash } from './hash.ts'
import { type Kem, labelled, type PrivateKemKey, type PublicKemKey } from './kem.ts'
import { wipe } from './wipe.ts'

const AEAD_CHACHA20_POLY1305 = 0x0003
const KEY_BYTES = 32
const NONCE_BYTES = 12
/** Poly1305 tag. */
export const HPKE_TAG_BYTES = 16

type Aead = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array | undefined, input: Uint8Array) => Uint8Array

const sealAead: Aead = (key, nonce, aad, plaintext) =>
  sodium.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, aad ?? EMPTY, null, nonce, key)
/** Throws when it does not open. */
const openAead: Aead = (key, nonce, aad, ciphertext) =>
  sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, ciphertext, aad ?? EMPTY, nonce, key)

const ofLength = (bytes: Uint8Array, size: number, what: string): Uint8Array => {
  if (bytes.length !== size) throw new Error(`${what} must be ${size} bytes`)
  return bytes
}

/** RFC 9180 section 5.1 KeySchedule with an empty psk; wipes the shared secret it is given. */
const keySchedule = (kem: Kem, hash: Hash, kdfId: number) => {
  const suiteId = concat(
    utf8('HPKE'),
    ...[kem.id, kdfId, AEAD_CHACHA20_POLY1305].map((id) => Uint8Array.of(id >> 8, id & 255)),
  )
  const labels = labelled(hash, suiteId)
  const scheduled = (shared: Uint8Array, info: Uint8Array) => {
    const context = concat(
      Uint8Array.of(0),
      labels.extract(EMPTY, 'psk_id_hash', EMPTY),
      labels.extract(EMPTY, 'info_hash', info),
    )
    const secret = labels.extract(shared, 'secret', EMPTY)
    wipe(shared)
    return { context, secret }
  }
  return {
    sealing: (shared: Uint8Array, info: Uint8Array) => {
      const { context, secret } = scheduled(shared, info)
      const key = labels.expand(secret, 'key', context, KEY_BYTES)
      const nonce = labels.expand(secret, 'base_nonce', context, NONCE_BYTES)
      wipe(secret)
      return { key, nonce }
    },
    exported: (shared: Uint8Array, info: Uint8Array, exporterContext: Uint8Array, size: number) => {
      const { context, secret } = scheduled(shared, info)
      const exporter = labels.expand(secret, 'exp', context, hash.size)
      const output = labels.expand(exporter, 'sec', exporterContext, size)
      wipe(secret, exporter)
      return output
    },
  }
}

/** The library's Hpke interface; every method throws on keys and encapsulations of the wrong length. */
export const makeHpke = (kem: Kem, hash: Hash, kdfId: number) => {
  const schedule = keySchedule(kem, hash, kdfId)
  const shared = (key: PrivateKemKey, encapsulation: Uint8Array): Uint8Array =>
    kem.decapsulate(key, ofLength(encapsulation, kem.encapsulationBytes, 'encapsulation'))
  const pair = (privateKey: PrivateKemKey) => ({
    privateKey,
    publicKey: { type: 'public', raw: kem.publicOf(privateKey) } satisfies PublicKemKey,
  })
  return {
    keyLength: KEY_BYTES,
    nonceLength: NONCE_BYTES,
    async seal(publicKey: PublicKemKey, plaintext: Uint8Array, info: Uint8Array, aad?: Uint8Array) {
      const { secret, encapsulation } = kem.encapsulate(publicKey.raw)
      const { key, nonce } = schedule.sealing(secret, info)
      const ct = sealAead(key, nonce, aad, plaintext)
      wipe(key)
      return { ct, enc: encapsulation }
    },
    /** Five parameters and their order: the library's interface. */
    async open(
      ...[privateKey, encapsulation, ciphertext, info, aad]: [
        PrivateKemKey,
        Uint8Array,
        Uint8Array,
        Uint8Array,
        Uint8Array?,
      ]
    ): Promise<Uint8Array> {
      const { key, nonce } = schedule.sealing(shared(privateKey, encapsulation), info)
      try {
        return openAead(key, nonce, aad, ciphertext)
      } finally {
        wipe(key)
      }
    },
    async exportSecret(publicKey: PublicKemKey, exporterContext: Uint8Array, size: number, info: Uint8Array) {
      const { secret, encapsulation } = kem.encapsulate(publicKey.raw)
      return { enc: encapsulation, secret: schedule.exported(secret, info, exporterContext, size) }
    },
    async importSecret(
      ...[privateKey, exporterContext, encapsulation, size, info]: [
        PrivateKemKey,
        Uint8Array,
        Uint8Array,
        number,
        Uint8Array,
      ]
    ): Promise<Uint8Array> {
      return schedule.exported(shared(privateKey, encapsulation), info, exporterContext, size)
    },
    importPrivateKey: async (raw: Uint8Array): Promise<PrivateKemKey> => ({
      type: 'private',
      raw: ofLength(raw, kem.privateBytes, 'private key'),
    }),
    importPublicKey: async (raw: Uint8Array): Promise<PublicKemKey> => ({
      type: 'public',
      raw: ofLength(raw, kem.publicBytes, 'public key'),
    }),
    exportPublicKey: async (key: PublicKemKey): Promise<Uint8Array> => key.raw,
    exportPrivateKey: async (key: PrivateKemKey): Promise<Uint8Array> => key.raw,
    encryptAead: async (...input: Parameters<Aead>): Promise<Uint8Array> => sealAead(...input),
    decryptAead: async (...input: Parameters<Aead>): Promise<Uint8Array> => openAead(...input),
    deriveKeyPair: async (inputKey: Uint8Array) => pair(kem.derive(inputKey)),
    generateKeyPair: async () => pair({ type: 'private', raw: sodium.randombytes_buf(kem.privateBytes) }),
  }
}
