/**
 * The relay's keys, from the seeds in its database row (SPEC K1). They are Node's: it has X25519, and it signs faster than libsodium.
 * What others signed is judged by shared/crypto alone.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { PublicKey } from '../shared/crypto/sodium.ts'
import type { SignHead } from '../shared/protocol/chain.ts'
import type { RelayKey } from '../shared/protocol/relayKey.ts'

export type RelayKeys = { readonly signHead: SignHead; readonly key: RelayKey }

/** RFC 8410: what stands before the 32 raw bytes of a key in PKCS#8. The public form, 44 bytes, ends with the raw key. */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

export const relayKeys = (seeds: {
  readonly signingSeed: Uint8Array
  readonly staticSecret: Uint8Array
}): RelayKeys => {
  const signing = privateKey(PKCS8_ED25519, seeds.signingSeed)
  const staticKey = publicBytes(privateKey(PKCS8_X25519, seeds.staticSecret))
  return {
    signHead: (message) => sign(null, message, signing),
    key: { staticKey, signingKey: publicBytes(signing) as PublicKey },
  }
}

const privateKey = (prefix: Uint8Array, raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'pkcs8' })

const publicBytes = (key: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
