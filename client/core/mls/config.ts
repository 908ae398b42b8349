/**
 * The numbers and settings by which our groups are MLS groups: extension and proposal types, capabilities, what the library is
 * told to keep and to check. Not here: the checks it does not know (validity.ts).
 */
import type { Capabilities } from 'ts-mls/capabilities.js'
import type { ClientConfig } from 'ts-mls/clientConfig.js'
import type { PaddingConfig } from 'ts-mls/paddingConfig.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import type { Suite } from './suite.ts'

/** GroupContext extension: the charter, the only one (D11). */
export const CHARTER_EXTENSION = 0xf100
/** Leaf extension: what validity needs to know of a device (D11), the only one. */
export const SEAT_EXTENSION = 0xf101
/** Proposal: a mandate or a signed request, carried by value (protocol.md 7.4). */
export const ACT_PROPOSAL = 0xf200
/** Capability 0xf300 + n says: this build implements rules version n (protocol.md 7.6). */
const RULES_CAPABILITY = 0xf300
/** The highest rules version that fits the numbering. */
const MAX_RULES = 0xff

export const IDENTITY_BYTES = 32
export const ANCHOR_BYTES = 32

/** A ratchet may be this far behind; a message further ahead is rejected. */
export const MAX_FORWARD_STEPS = 1000

/** Nothing: the envelope pads (protocol.md 4.2). */
export const NO_PADDING: PaddingConfig = { kind: 'padUntilLength', padUntilLength: 0 }

/** Any time at all: no validity depends on a clock (protocol.md 7.1). */
export const LIFETIME = { notBefore: 0n, notAfter: 2n ** 63n - 1n }

/** No generation is kept that was skipped, and no past epoch beside its own group value (findings.md). */
export const clientConfig: ClientConfig = {
  keyRetentionConfig: {
    retainKeysForGenerations: 0,
    retainKeysForEpochs: 1,
    maximumForwardRatchetSteps: MAX_FORWARD_STEPS,
  },
  lifetimeConfig: { maximumTotalLifetime: LIFETIME.notAfter, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: {
    compareKeyPackages: (a, b) => sameBytes(a.leafNode.signaturePublicKey, b.leafNode.signaturePublicKey),
    compareKeyPackageToLeafNode: (a, b) => sameBytes(a.leafNode.signaturePublicKey, b.signaturePublicKey),
  },
  paddingConfig: NO_PADDING,
  authService: {
    validateCredential: async (credential, key) =>
      credential.credentialType === 'basic' &&
      'identity' in credential &&
      credential.identity.length === IDENTITY_BYTES &&
      key.length === 32,
  },
}

/** Exactly these, in this order: capabilities are compared as bytes. */
export const capabilitiesOf = (suite: Suite, rules: readonly number[]): Capabilities => ({
  versions: ['mls10'],
  ciphersuites: [suite.cs.name],
  extensions: [CHARTER_EXTENSION, SEAT_EXTENSION, ...rules.map((version) => RULES_CAPABILITY + version)],
  proposals: [ACT_PROPOSAL],
  credentials: ['basic'],
})

/** The rules versions that capabilities of our shape list. */
export const rulesIn = (capabilities: Capabilities): readonly number[] =>
  capabilities.extensions.slice(2).map((type) => type - RULES_CAPABILITY)

/** At least one version, ascending, without repetition. */
export const areRules = (rules: readonly number[]): boolean =>
  rules.length > 0 &&
  rules.every(
    (version, i) =>
      Number.isInteger(version) && version >= 1 && version <= MAX_RULES && version > (rules[i - 1] ?? 0),
  )
