/** A group and what can be read off it. Groups are values; here none is changed. Not here: commits, messages, storage. */
import { createGroup as createLibraryGroup } from 'ts-mls/clientState.js'
import { mlsExporter } from 'ts-mls/keySchedule.js'
import type { KeyPair, PublicKey, SecretKey } from '../../../shared/crypto/sodium.ts'
import { ANCHOR_BYTES, CHARTER_EXTENSION, clientConfig } from './config.ts'
import { groupOf, inside, leafAt } from './inside.ts'
import { openKeyPackage } from './keyPackage.ts'
import { describeLeaf } from './leaf.ts'
import { suiteNamed } from './suite.ts'
import type { Group, Leaf, LeafIndex, NewKeyPackage, SuiteName } from './types.ts'

/** The label under which an epoch's log keys are exported (protocol.md 4.1). */
const ROOT_LABEL = 'epochlog/1'
const ROOT_BYTES = 32

/**
 * The founding epoch: number 0, one leaf, the founder's. `groupId` is 32 random bytes, the committee's anchor for ever. Throws
 * on an anchor of another length or a key package that is not of this suite.
 */
export const createGroup = async (founding: {
  readonly suite: SuiteName
  readonly groupId: Uint8Array
  readonly charter: Uint8Array
  readonly keyPackage: NewKeyPackage
}): Promise<Group> => {
  const suite = suiteNamed(founding.suite)
  const keys = openKeyPackage(suite, founding.keyPackage)
  if (founding.groupId.length !== ANCHOR_BYTES) throw new Error(`anchor must be ${ANCHOR_BYTES} bytes`)
  if (keys?.publicPackage.cipherSuite !== suite.cs.name) throw new Error('key package of another suite')
  const state = await createLibraryGroup(
    founding.groupId,
    keys.publicPackage,
    keys.privatePackage,
    [{ extensionType: CHARTER_EXTENSION, extensionData: founding.charter }],
    suite.cs,
    clientConfig,
  )
  return groupOf(suite.name, state)
}

/** The MLS group id: 32 bytes that name the committee for ever. */
export const anchorOf = (group: Group): Uint8Array => inside(group).state.groupContext.groupId

/** From 0 up. */
export const epochOf = (group: Group): number => Number(inside(group).state.groupContext.epoch)

export const charterOf = (group: Group): Uint8Array => {
  const charter = inside(group).state.groupContext.extensions[0]?.extensionData
  if (charter === undefined) throw new Error('group without a charter')
  return charter
}

export const ownLeafOf = (group: Group): LeafIndex => inside(group).state.privatePath.leafIndex as LeafIndex

export const suiteOf = (group: Group): SuiteName => inside(group).suite.name

/** What two members compare to know that they are in the same epoch of the same group (RFC 9420 section 8.7). */
export const epochAuthenticatorOf = (group: Group): Uint8Array =>
  inside(group).state.keySchedule.epochAuthenticator

/** The devices, in the order of their leaves. */
export const leavesOf = (group: Group): readonly Leaf[] =>
  inside(group).state.ratchetTree.flatMap((node, i) =>
    node?.nodeType === 'leaf' ? [describeLeaf(node.leaf, i / 2)] : [],
  )

/** The own leaf's Ed25519 keys, for statements and approvals. */
export const signatureKeyPair = (group: Group): KeyPair => {
  const { state } = inside(group)
  const leaf = leafAt(state.ratchetTree, state.privatePath.leafIndex)
  if (leaf === undefined) throw new Error('group without the own leaf')
  return {
    publicKey: leaf.signaturePublicKey as PublicKey,
    secretKey: state.signaturePrivateKey as SecretKey,
  }
}

/** 32 bytes, from which the epoch's log keys are made; to be taken once, at the epoch's beginning, and wiped. */
export const exportRoot = (group: Group): Promise<Uint8Array> => {
  const { suite, state } = inside(group)
  return mlsExporter(state.keySchedule.exporterSecret, ROOT_LABEL, anchorOf(group), ROOT_BYTES, suite.cs)
}
