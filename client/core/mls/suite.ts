/** Our crypto suites under the names the MLS library knows. Not here: the algorithms (client/core/crypto/suite.ts). */
import type { CiphersuiteImpl, CiphersuiteName } from 'ts-mls/crypto/ciphersuite.js'
import { type CryptoSuite, cryptoSuites } from '../crypto/suite.ts'
import type { SuiteName } from './types.ts'

export type Suite = {
  readonly name: SuiteName
  /** What the library calls. */
  readonly cs: CiphersuiteImpl
  readonly kem: CryptoSuite['kem']
}

/** The library's names; X-Wing is number 84 there, a private-use number of its 1.x (findings.md). */
const LIBRARY_NAMES: { readonly [name in SuiteName]: CiphersuiteName } = {
  x25519: 'MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519',
  xwing: 'MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519',
}

const makeSuite = (name: SuiteName): Suite => {
  const { kem, ...pieces } = cryptoSuites[name]
  // The library types its keys as WebCrypto's CryptoKey and only hands them back to the provider they came from.
  return { name, cs: { ...pieces, name: LIBRARY_NAMES[name] } as unknown as CiphersuiteImpl, kem }
}

const SUITES: { readonly [name in SuiteName]: Suite } = {
  x25519: makeSuite('x25519'),
  xwing: makeSuite('xwing'),
}

export const suiteNamed = (name: SuiteName): Suite => SUITES[name]

/** Fixed randomness: only whether it throws matters. X-Wing takes 64 bytes, X25519 32. */
const PROBE: { readonly [name in SuiteName]: Uint8Array } = {
  x25519: new Uint8Array(32).fill(1),
  xwing: new Uint8Array(64).fill(1),
}

/**
 * Whether one can encrypt to this HPKE public key: right length, not of low order, coefficients in range. A key for which
 * this is false would stop everybody at the next commit.
 */
export const isUsableKey = (suite: Suite, publicKey: Uint8Array): boolean => {
  if (publicKey.length !== suite.kem.publicBytes) return false
  try {
    suite.kem.encapsulate(publicKey, PROBE[suite.name].slice())
    return true
  } catch {
    return false
  }
}
