/** What a leaf of our groups looks like, and how the rest of the house sees it. Not here: what its seat data mean. */
import { capabilitiesEncoder } from 'ts-mls/capabilities.js'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import type { LeafNode } from 'ts-mls/leafNode.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../../../shared/crypto/sodium.ts'
import { areRules, capabilitiesOf, IDENTITY_BYTES, rulesIn, SEAT_EXTENSION } from './config.ts'
import type { Suite } from './suite.ts'
import type { Leaf, LeafIndex } from './types.ts'

const encodeCapabilities = encode(capabilitiesEncoder)

/**
 * Basic credential of 32 bytes, exactly our capabilities, exactly our one extension, keys of the right lengths. Signatures
 * are checked by the caller, who knows what they cover.
 */
export const hasOurShape = (suite: Suite, leaf: LeafNode): boolean => {
  const rules = rulesIn(leaf.capabilities)
  return (
    identityIn(leaf) !== undefined &&
    areRules(rules) &&
    sameBytes(encodeCapabilities(leaf.capabilities), encodeCapabilities(capabilitiesOf(suite, rules))) &&
    leaf.extensions.length === 1 &&
    leaf.extensions[0]?.extensionType === SEAT_EXTENSION &&
    leaf.signaturePublicKey.length === PUBLIC_KEY_BYTES &&
    leaf.signature.length === SIGNATURE_BYTES &&
    leaf.hpkePublicKey.length === suite.kem.publicBytes
  )
}

/** undefined when the credential is not ours. */
export const identityIn = ({ credential }: LeafNode): Uint8Array | undefined =>
  credential.credentialType === 'basic' &&
  'identity' in credential &&
  credential.identity.length === IDENTITY_BYTES
    ? credential.identity
    : undefined

/** The leaf as plain values. A leaf of another shape never gets into a group: that would be a bug, and throws. */
export const describeLeaf = (leaf: LeafNode, index: number): Leaf => {
  const identity = identityIn(leaf)
  const [extension] = leaf.extensions
  if (identity === undefined || extension === undefined) throw new Error('leaf of a foreign shape')
  return {
    index: index as LeafIndex,
    identity,
    signatureKey: leaf.signaturePublicKey,
    seatData: extension.extensionData,
    source: leaf.leafNodeSource,
    rules: rulesIn(leaf.capabilities),
  }
}
