/**
 * Public validity of a commit as far as MLS decides it: V1, V3 and V5 of protocol.md 7.1. A pure function of the epoch and the
 * message: it uses no private key and no own leaf, so that author, victim, newcomer and bystander reach the same verdict, and
 * it changes nothing, so that what was looked at before does not matter (I1, I3). Not here: V2, V4, V6 to V8 (client/core/governance).
 */
import { applyProposals, nextEpochContext } from 'ts-mls/clientState.js'
import type { Commit } from 'ts-mls/commit.js'
import type { FramedContentAuthDataCommit, FramedContentCommit } from 'ts-mls/framedContent.js'
import { verifyConfirmationTag } from 'ts-mls/framedContent.js'
import type { GroupContext } from 'ts-mls/groupContext.js'
import type { KeyPackage } from 'ts-mls/keyPackage.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { leafToNodeIndex, type NodeIndex, toLeafIndex } from 'ts-mls/treemath.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { unprotect } from './framing.ts'
import { inside } from './inside.ts'
import { isSoundKeyPackage } from './keyPackage.ts'
import { identityIn } from './leaf.ts'
import { fromLibrary } from './proposals.ts'
import type { Group, LeafIndex, Proposal } from './types.ts'
import { applySoundPath, areFresh } from './updatePath.ts'

export type Examined = {
  readonly author: LeafIndex
  readonly proposals: readonly Proposal[]
  readonly path: Commit['path']
  readonly confirmationTag: Uint8Array
  /** As the next epoch begins with it. */
  readonly tree: RatchetTree
  readonly added: readonly NodeIndex[]
  /** This epoch's with the next one's extensions. */
  readonly context: GroupContext
  readonly nextContext: GroupContext
}

/** undefined: not valid. */
export const examine = async (group: Group, message: Uint8Array): Promise<Examined | undefined> => {
  const opened = await unprotect(group, message, 'commit')
  if (opened === undefined) return undefined
  const { content, auth } = opened.content
  if (content.contentType !== 'commit' || auth.contentType !== 'commit') return undefined
  try {
    return await examineContent(group, opened.sender, content, auth)
  } catch {
    return undefined
  }
}

/** undefined or a thrown error of the library: not valid. */
const examineContent = async (
  group: Group,
  author: LeafIndex,
  content: FramedContentCommit,
  auth: FramedContentAuthDataCommit,
): Promise<Examined | undefined> => {
  const { suite, state } = inside(group)
  const { confirmationTag, signature } = auth
  if (confirmationTag.length !== suite.cs.kdf.size) return undefined
  const changed = await applyCommit(group, author, content.commit)
  if (changed === undefined) return undefined
  const nextContext = await nextEpochContext(
    changed.context,
    'mls_private_message',
    content,
    signature,
    await treeHashRoot(changed.tree, suite.cs.hash),
    state.confirmationTag,
    suite.cs.hash,
  )
  const { path } = content.commit
  const examined = { ...changed, author, path, confirmationTag, nextContext }
  return path !== undefined || (await isConfirmed(group, examined)) ? examined : undefined
}

/** Proposals, then path (RFC 9420 section 12.4.2, up to the decryption). */
const applyCommit = async (group: Group, author: LeafIndex, { path, proposals: listed }: Commit) => {
  const { suite, state } = inside(group)
  const proposals = fromLibrary(author, listed)
  if (proposals === undefined) return undefined
  const applied = await applyProposals(state, listed, toLeafIndex(author), emptyPskIndex, false, suite.cs)
  const { additionalResult: result, needsUpdatePath } = applied
  if (result.kind !== 'memberCommit' || (needsUpdatePath && path === undefined)) return undefined
  const additions = result.addedLeafNodes.map(([, keyPackage]) => keyPackage)
  if (!(await areSoundAdditions(group, additions, applied.tree))) return undefined
  const added = result.addedLeafNodes.map(([leaf]) => leafToNodeIndex(leaf))
  const { extensions } = result
  const context = extensions.length > 0 ? { ...state.groupContext, extensions } : state.groupContext
  const setting = { suite, context, author, oldTree: state.ratchetTree, tree: applied.tree, added }
  const tree = path === undefined ? applied.tree : await applySoundPath(setting, path)
  return tree && { proposals, tree, added, context }
}

/** Without a path there is no secret in a commit that only some could open: the tag is public too. */
const isConfirmed = async (group: Group, examined: Examined): Promise<boolean> => {
  const { suite, state } = inside(group)
  const zeros = new Uint8Array(suite.cs.kdf.size)
  const { keySchedule } = await initializeEpoch(
    state.keySchedule.initSecret,
    zeros,
    examined.nextContext,
    zeros,
    suite.cs.kdf,
  )
  return verifyConfirmationTag(
    keySchedule.confirmationKey,
    examined.confirmationTag,
    examined.nextContext.confirmedTranscriptHash,
    suite.cs.hash,
  )
}

/** Every addition sound by itself, none of its keys seen before, and no signature key and no identity in the tree twice. */
const areSoundAdditions = async (
  group: Group,
  additions: readonly KeyPackage[],
  treeAfter: RatchetTree,
): Promise<boolean> => {
  const { suite, state } = inside(group)
  if (additions.length === 0) return true
  for (const keyPackage of additions) if (!(await isSoundKeyPackage(suite, keyPackage))) return false
  const leaves = treeAfter.flatMap((node) => (node?.nodeType === 'leaf' ? [node.leaf] : []))
  return (
    areFresh(
      additions.map(({ leafNode }) => leafNode.hpkePublicKey),
      state.ratchetTree,
    ) &&
    areDifferent(leaves.map((leaf) => leaf.signaturePublicKey)) &&
    areDifferent(leaves.map((leaf) => identityIn(leaf) ?? leaf.signature))
  )
}

const areDifferent = (values: readonly Uint8Array[]): boolean =>
  values.every((value, i) => !values.slice(0, i).some((other) => sameBytes(other, value)))
