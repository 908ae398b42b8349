/** The relay's keys, from the seeds in its database row (SPEC K1). X25519 comes from Node: the relay derives a public key and nothing else with it. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { type KeyPair, keyPairFromSeed } from '../shared/crypto/sodium.ts'
import type { RelayKey } from '../shared/protocol/relayKey.ts'

export type RelayKeys = { readonly signing: KeyPair; readonly key: RelayKey }

/** RFC 8410: what stands before the 32 raw bytes of an X25519 key in PKCS#8. The public form, 44 bytes, ends with the raw key. */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')

export const relayKeys = (seeds: {
  readonly signingSeed: Uint8Array
  readonly staticSecret: Uint8Array
}): RelayKeys => {
  const signing = keyPairFromSeed(seeds.signingSeed)
  return { signing, key: { staticKey: x25519PublicKey(seeds.staticSecret), signingKey: signing.publicKey } }
}

const x25519PublicKey = (secret: Uint8Array): Uint8Array => {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_X25519, secret]), format: 'der', type: 'pkcs8' })
  return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
}
