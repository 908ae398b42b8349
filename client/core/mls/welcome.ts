/**
 * Joining from a Welcome (RFC 9420 section 12.4.3.1). The library's own function is not used: it refuses some sound trees (it wants all
 * nodes above an unmerged leaf to list the same leaves), accepts other encodings, and does not compare the path secret
 * with the tree. Not here: whether one wants to be in this group (client/core/join).
 */

import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import {
  decodeGroupInfo,
  encodeGroupInfo,
  extractWelcomeSecret,
  type GroupInfo,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from 'ts-mls/groupInfo.js'
import { decodeGroupSecrets, encodeGroupSecrets, type GroupSecrets } from 'ts-mls/groupSecrets.js'
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js'
import { deriveKeySchedule } from 'ts-mls/keySchedule.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { decodeRatchetTree, encodeRatchetTree, findLeafIndex, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { createSecretTree } from 'ts-mls/secretTree.js'
import {
  type LeafIndex as LibraryLeafIndex,
  leafToNodeIndex,
  leafWidth,
  toLeafIndex,
} from 'ts-mls/treemath.js'
import { firstCommonAncestor } from 'ts-mls/updatePath.js'
import { type Welcome, welcomeKey, welcomeNonce } from 'ts-mls/welcome.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { wipe } from '../crypto/wipe.ts'
import { decodeExactly } from './bytes.ts'
import { ANCHOR_BYTES, CHARTER_EXTENSION } from './config.ts'
import { groupOf, leafAt } from './inside.ts'
import { openKeyPackage } from './keyPackage.ts'
import { keysAbove } from './pathSecrets.ts'
import { type Suite, suiteNamed } from './suite.ts'
import type { Group, LeafIndex, NewKeyPackage, SuiteName } from './types.ts'
import { isSoundTree } from './wholeTree.ts'

export type Joined = {
  readonly group: Group
  /** Who signed the GroupInfo: the author of the commit that opened this epoch (V6). */
  readonly opener: LeafIndex
}

type Keys = NonNullable<ReturnType<typeof openKeyPackage>>
type Letter = { readonly secrets: GroupSecrets; readonly info: GroupInfo; readonly tree: RatchetTree }

/** `rejected`: not for this key package, damaged, or not a sound group of this suite with a charter. */
export const joinFromWelcome = async (letter: {
  readonly suite: SuiteName
  readonly welcome: Uint8Array
  readonly keyPackage: NewKeyPackage
}): Promise<Result<Joined, 'rejected'>> => {
  const suite = suiteNamed(letter.suite)
  try {
    const keys = openKeyPackage(suite, letter.keyPackage)
    const message = decodeExactly(decodeMlsMessage, encodeMlsMessage, letter.welcome)
    if (keys === undefined || message?.wireformat !== 'mls_welcome') return err('rejected')
    const opened = await openLetter(suite, message.welcome, keys)
    const joined = opened && (await enter(suite, opened, keys))
    return joined === undefined ? err('rejected') : ok(joined)
  } catch {
    return err('rejected')
  }
}

const openLetter = async (suite: Suite, welcome: Welcome, keys: Keys): Promise<Letter | undefined> => {
  const { cs } = suite
  const ref = await makeKeyPackageRef(keys.publicPackage, cs.hash)
  const mine = welcome.secrets.find(({ newMember }) => sameBytes(newMember, ref))
  if (mine === undefined || welcome.cipherSuite !== cs.name) return undefined
  const { kemOutput, ciphertext } = mine.encryptedGroupSecrets
  const initKey = await cs.hpke.importPrivateKey(keys.privatePackage.initPrivateKey)
  const { encryptedGroupInfo } = welcome
  const encoded = await decryptWithLabel(
    initKey,
    'Welcome',
    encryptedGroupInfo,
    kemOutput,
    ciphertext,
    cs.hpke,
  )
  const secrets = decodeExactly(decodeGroupSecrets, encodeGroupSecrets, encoded)
  if (secrets === undefined || secrets.psks.length > 0) return undefined
  const zeros = new Uint8Array(cs.kdf.size)
  const welcomeSecret = await extractWelcomeSecret(secrets.joinerSecret, zeros, cs.kdf)
  const [key, nonce] = [await welcomeKey(welcomeSecret, cs), await welcomeNonce(welcomeSecret, cs)]
  const plaintext = await cs.hpke.decryptAead(key, nonce, undefined, encryptedGroupInfo)
  const info = decodeExactly(decodeGroupInfo, encodeGroupInfo, plaintext)
  const tree = info && treeIn(info)
  return tree && { secrets, info, tree }
}

/** The tree, if it is the only thing the GroupInfo brings along. */
const treeIn = ({ extensions }: GroupInfo): RatchetTree | undefined => {
  const [extension, ...more] = extensions
  return extension?.extensionType === 'ratchet_tree' && more.length === 0
    ? decodeExactly(decodeRatchetTree, encodeRatchetTree, extension.extensionData)
    : undefined
}

const enter = async (
  suite: Suite,
  { secrets, info, tree }: Letter,
  keys: Keys,
): Promise<Joined | undefined> => {
  const { cs } = suite
  const zeros = new Uint8Array(cs.kdf.size)
  const own = findLeafIndex(tree, keys.publicPackage.leafNode)
  const ours = isOurContext(suite, info) && (await isSoundTree(suite, tree, info.groupContext))
  if (own === undefined || own === info.signer || !ours || !(await isSignedByMember(suite, info, tree))) {
    return undefined
  }
  if (!(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, zeros, cs))) return undefined
  const privateKeys = await ownKeys(suite, { secrets, info, tree }, own, keys)
  if (privateKeys === undefined) return undefined
  const { joinerSecret } = secrets
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(
    joinerSecret,
    zeros,
    info.groupContext,
    cs.kdf,
  )
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, cs.kdf)
  wipe(encryptionSecret, joinerSecret)
  const group = groupOf(suite.name, {
    groupContext: info.groupContext,
    ratchetTree: tree,
    privatePath: { leafIndex: own, privateKeys },
    signaturePrivateKey: keys.privatePackage.signaturePrivateKey,
    confirmationTag: info.confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: 'active' },
  })
  return { group, opener: info.signer as LeafIndex }
}

const isOurContext = (suite: Suite, { groupContext }: GroupInfo): boolean =>
  groupContext.cipherSuite === suite.cs.name &&
  groupContext.groupId.length === ANCHOR_BYTES &&
  groupContext.epoch > 0n &&
  groupContext.epoch <= BigInt(Number.MAX_SAFE_INTEGER) &&
  groupContext.extensions.length === 1 &&
  groupContext.extensions[0]?.extensionType === CHARTER_EXTENSION

const isSignedByMember = async (suite: Suite, info: GroupInfo, tree: RatchetTree): Promise<boolean> => {
  const signer = leafAt(tree, info.signer)
  return signer !== undefined && verifyGroupInfoSignature(info, signer.signaturePublicKey, suite.cs.signature)
}

/** The own leaf's key and those the path secret gives; undefined when they are not the tree's. */
const ownKeys = async (
  suite: Suite,
  { secrets, info, tree }: Letter,
  own: LibraryLeafIndex,
  keys: Keys,
): Promise<Record<number, Uint8Array> | undefined> => {
  const leafKey = { [leafToNodeIndex(own)]: keys.privatePackage.hpkePrivateKey }
  if (secrets.pathSecret === undefined) return leafKey
  const ancestor = firstCommonAncestor(tree, own, toLeafIndex(info.signer))
  const above = await keysAbove(suite, tree, ancestor, secrets.pathSecret)
  return above && { ...above.privateKeys, ...leafKey }
}
