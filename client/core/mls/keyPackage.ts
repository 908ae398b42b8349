/**
 * Key packages: what a device hands over to be added. One use each. Not here: who may be added (client/core/governance), and
 * lifetimes, which no validity may depend on (protocol.md 7.1).
 */
import {
  decodeKeyPackage,
  encodeKeyPackage,
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
  verifyKeyPackage,
} from 'ts-mls/keyPackage.js'
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js'
import { concat, sameBytes } from '../../../shared/base/bytes.ts'
import { bytes, decode, encode, struct } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type KeyPair, newKeyPair, type SecretKey, sha256 } from '../../../shared/crypto/sodium.ts'
import { decodeExactly } from './bytes.ts'
import { areRules, capabilitiesOf, IDENTITY_BYTES, LIFETIME, SEAT_EXTENSION } from './config.ts'
import { describeLeaf, hasOurShape } from './leaf.ts'
import { isUsableKey, type Suite, suiteNamed } from './suite.ts'
import type { KeyPackageFacts, NewKeyPackage, SuiteName } from './types.ts'

const privateHalf = struct({
  initPrivateKey: bytes(32),
  hpkePrivateKey: bytes(32),
  signaturePrivateKey: bytes(64),
})

/** The rules version of this build. */
const DEFAULT_RULES: readonly number[] = [1]

/**
 * Fresh keys for one device. `identity` is 32 bytes and never used before (seat id and device id). `signing`: the leaf's keys for signatures, made
 * anew where none are given. Throws on an identity of another length and on rules that are not ascending.
 */
export const newKeyPackage = async (of: {
  readonly suite: SuiteName
  readonly identity: Uint8Array
  readonly seatData: Uint8Array
  readonly signing?: KeyPair
  readonly rules?: readonly number[]
}): Promise<NewKeyPackage> => {
  const suite = suiteNamed(of.suite)
  const rules = of.rules ?? DEFAULT_RULES
  if (of.identity.length !== IDENTITY_BYTES) throw new Error(`identity must be ${IDENTITY_BYTES} bytes`)
  if (!areRules(rules)) throw new Error('rules versions must ascend')
  const { publicKey, secretKey } = of.signing ?? newKeyPair()
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: of.identity },
    capabilitiesOf(suite, rules),
    LIFETIME,
    [],
    { publicKey, signKey: secretKey },
    suite.cs,
    [{ extensionType: SEAT_EXTENSION, extensionData: of.seatData }],
  )
  const publicBytes = encodeKeyPackage(publicPackage)
  return { publicBytes, privateBytes: encode(privateHalf, privatePackage), hash: sha256(publicBytes) }
}

/** From the vault. undefined when either half is damaged or they do not belong together. */
export const restoreKeyPackage = (
  suiteName: SuiteName,
  publicBytes: Uint8Array,
  privateBytes: Uint8Array,
): NewKeyPackage | undefined => {
  const restored: NewKeyPackage = { publicBytes, privateBytes, hash: sha256(publicBytes) }
  return openKeyPackage(suiteNamed(suiteName), restored) && restored
}

/**
 * Whether these bytes may become a leaf of a group of this suite: canonical encoding, our shape and no more, both signatures
 * good (a small-order key verifies nothing), and both HPKE keys fit to encrypt to.
 */
export const inspectKeyPackage = async (
  suiteName: SuiteName,
  publicBytes: Uint8Array,
): Promise<Result<KeyPackageFacts, 'invalid'>> => {
  const suite = suiteNamed(suiteName)
  const keyPackage = decodeExactly(decodeKeyPackage, encodeKeyPackage, publicBytes)
  if (keyPackage === undefined || !(await isSoundKeyPackage(suite, keyPackage))) return err('invalid')
  const { identity, seatData, signatureKey, rules } = describeLeaf(keyPackage.leafNode, 0)
  return ok({ identity, seatData, signatureKey, rules, hash: sha256(publicBytes) })
}

export const isSoundKeyPackage = async (suite: Suite, keyPackage: KeyPackage): Promise<boolean> => {
  const { leafNode } = keyPackage
  return (
    keyPackage.version === 'mls10' &&
    keyPackage.cipherSuite === suite.cs.name &&
    keyPackage.extensions.length === 0 &&
    hasOurShape(suite, leafNode) &&
    leafNode.lifetime.notBefore === LIFETIME.notBefore &&
    leafNode.lifetime.notAfter === LIFETIME.notAfter &&
    !sameBytes(keyPackage.initKey, leafNode.hpkePublicKey) &&
    isUsableKey(suite, keyPackage.initKey) &&
    isUsableKey(suite, leafNode.hpkePublicKey) &&
    (await verifyLeafNodeSignatureKeyPackage(leafNode, suite.cs.signature)) &&
    (await verifyKeyPackage(keyPackage, suite.cs.signature))
  )
}

/** The secret key with which the leaf of these private bytes will sign. Throws on damaged ones: the vault authenticates what it holds. */
export const signatureKeyOf = (privateBytes: Uint8Array): SecretKey => {
  const half = decode(privateHalf, privateBytes)
  if (!half.ok) throw new Error('stored private keys do not decode')
  return half.value.signaturePrivateKey as SecretKey
}

/** Both halves for the library; undefined unless every public key belongs to its private one. */
export const openKeyPackage = (
  suite: Suite,
  { publicBytes, privateBytes }: NewKeyPackage,
): { readonly publicPackage: KeyPackage; readonly privatePackage: PrivateKeyPackage } | undefined => {
  const publicPackage = decodeExactly(decodeKeyPackage, encodeKeyPackage, publicBytes)
  const half = decode(privateHalf, privateBytes)
  if (publicPackage === undefined || !half.ok) return undefined
  const { initPrivateKey, hpkePrivateKey, signaturePrivateKey } = half.value
  const publics = concat(
    suite.kem.publicOf({ type: 'private', raw: initPrivateKey }),
    suite.kem.publicOf({ type: 'private', raw: hpkePrivateKey }),
    signaturePrivateKey.subarray(32),
  )
  const { initKey, leafNode } = publicPackage
  return sameBytes(publics, concat(initKey, leafNode.hpkePublicKey, leafNode.signaturePublicKey))
    ? { publicPackage, privatePackage: half.value }
    : undefined
}
