/**
 * Commits as a hostile member would make them: the library's own commit, step by step, with a place to lie at every step. All
 * signatures are by the author's real key unless the lie is the signature.
 */
import { applyProposals, nextEpochContext } from 'ts-mls/clientState.js'
import type { Commit } from 'ts-mls/commit.js'
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js'
import { encryptWithLabel } from 'ts-mls/crypto/hpke.js'
import {
  createConfirmationTag,
  createContentCommitSignature,
  type FramedContentCommit,
} from 'ts-mls/framedContent.js'
import { encodeGroupContext } from 'ts-mls/groupContext.js'
import type { KeyPackage } from 'ts-mls/keyPackage.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { type LeafNodeCommit, signLeafNodeCommit } from 'ts-mls/leafNode.js'
import { protect } from 'ts-mls/messageProtection.js'
import type { PaddingConfig } from 'ts-mls/paddingConfig.js'
import { calculateParentHash } from 'ts-mls/parentHash.js'
import { getCommitSecret } from 'ts-mls/pathSecrets.js'
import type { Proposal } from 'ts-mls/proposal.js'
import type { ProposalOrRef } from 'ts-mls/proposalOrRefType.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import {
  addLeafNode,
  filteredDirectPath,
  filteredDirectPathAndCopathResolution,
  getHpkePublicKey,
  type RatchetTree,
} from 'ts-mls/ratchetTree.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js'
import { applyUpdatePath, createUpdatePath, type UpdatePath } from 'ts-mls/updatePath.js'
import { encodePrivate } from '../../client/core/mls/bytes.ts'
import { NO_PADDING } from '../../client/core/mls/config.ts'
import { type Inside, inside } from '../../client/core/mls/inside.ts'
import type { Group } from '../../client/core/mls/types.ts'

export type Lies = {
  /** By value; the tree follows them unless `treeOf` says otherwise. */
  readonly proposals?: readonly Proposal[]
  /** What the commit lists, instead of the proposals by value. */
  readonly listed?: readonly ProposalOrRef[]
  /** Listed and put into the tree without any look at them. */
  readonly additions?: readonly KeyPackage[]
  /** What the tree is computed from, instead of the proposals. */
  readonly treeOf?: readonly Proposal[]
  readonly withPath?: boolean
  readonly path?: (path: UpdatePath, scene: Scene) => UpdatePath | Promise<UpdatePath>
  readonly confirmationTag?: (tag: Uint8Array) => Uint8Array
  readonly signature?: (signature: Uint8Array) => Uint8Array
  readonly authenticatedData?: Uint8Array
  readonly padding?: PaddingConfig
  /** Whose ratchet and sender data the message goes out under. */
  readonly sender?: number
  readonly secretTree?: Inside['state']['secretTree']
}

export type Scene = Inside & {
  readonly author: number
  /** After the proposals, before the path. */
  readonly treeBefore: RatchetTree
  /** The path secrets, lowest node first. */
  readonly secrets: readonly Uint8Array[]
}

export const byValue = (proposal: Proposal): ProposalOrRef => ({ proposalOrRefType: 'proposal', proposal })

/** What the commit lists, and what its author takes it to do. */
const applyLies = async ({ suite, state }: Inside, lies: Lies) => {
  const fresh = lies.additions ?? []
  const added = fresh.map((keyPackage) => byValue({ proposalType: 'add', add: { keyPackage } }))
  const proposals = lies.listed ?? (lies.proposals ?? []).map(byValue)
  const treeOf = (lies.treeOf ?? lies.proposals ?? []).map(byValue)
  const author = toLeafIndex(state.privatePath.leafIndex)
  const applied = await applyProposals(state, treeOf, author, emptyPskIndex, false, suite.cs)
  const result = applied.additionalResult
  if (result.kind !== 'memberCommit') throw new Error('not a commit of a member')
  const context =
    result.extensions.length > 0
      ? { ...state.groupContext, extensions: result.extensions }
      : state.groupContext
  return {
    author,
    context,
    listed: [...proposals, ...added],
    tree: fresh.reduce((tree, { leafNode }) => addLeafNode(tree, leafNode)[0], applied.tree),
    added: result.addedLeafNodes.map(([leaf]) => leafToNodeIndex(leaf)),
    needsPath: lies.withPath ?? (applied.needsUpdatePath && fresh.length === 0),
  }
}

export const forgeCommit = async (group: Group, lies: Lies): Promise<Uint8Array> => {
  const { suite, state } = inside(group)
  const { cs } = suite
  const { author, context, listed, tree, added, needsPath } = await applyLies(inside(group), lies)
  const scene = { suite, state, author, treeBefore: tree, secrets: [] }
  const made = needsPath
    ? await makePath(scene, lies, added)
    : { path: undefined, tree, commitSecret: new Uint8Array(cs.kdf.size) }
  const commit: Commit = { proposals: [...listed], path: made.path }
  const signed = await createContentCommitSignature(
    state.groupContext,
    'mls_private_message',
    commit,
    { senderType: 'member', leafIndex: author },
    lies.authenticatedData ?? new Uint8Array(),
    state.signaturePrivateKey,
    cs.signature,
  )
  const signature = lies.signature?.(signed.signature) ?? signed.signature
  const nextContext = await nextEpochContext(
    context,
    'mls_private_message',
    signed.framedContent,
    signature,
    await treeHashRoot(made.tree, cs.hash),
    state.confirmationTag,
    cs.hash,
  )
  const zeros = new Uint8Array(cs.kdf.size)
  const epoch = await initializeEpoch(
    state.keySchedule.initSecret,
    made.commitSecret,
    nextContext,
    zeros,
    cs.kdf,
  )
  const tag = await createConfirmationTag(
    epoch.keySchedule.confirmationKey,
    nextContext.confirmedTranscriptHash,
    cs.hash,
  )
  return frame(group, lies, signed.framedContent, { signature, tag: lies.confirmationTag?.(tag) ?? tag })
}

const frame = async (
  group: Group,
  lies: Lies,
  content: FramedContentCommit,
  { signature, tag }: { readonly signature: Uint8Array; readonly tag: Uint8Array },
): Promise<Uint8Array> => {
  const { suite, state } = inside(group)
  const { privateMessage } = await protect(
    state.keySchedule.senderDataSecret,
    lies.authenticatedData ?? new Uint8Array(),
    state.groupContext,
    lies.secretTree ?? state.secretTree,
    { ...content, auth: { contentType: 'commit', signature, confirmationTag: tag } },
    lies.sender ?? state.privatePath.leafIndex,
    lies.padding ?? NO_PADDING,
    suite.cs,
  )
  return encodePrivate(privateMessage)
}

const makePath = async (scene: Scene, lies: Lies, added: ReturnType<typeof toNodeIndex>[]) => {
  const { suite, state, author, treeBefore } = scene
  const { cs } = suite
  const zeros = new Uint8Array(cs.kdf.size)
  const [tree, honest, secrets] = await createUpdatePath(
    treeBefore,
    toLeafIndex(author),
    state.groupContext,
    state.signaturePrivateKey,
    cs,
    added,
  )
  const top = secrets.at(-1)
  const commitSecret =
    top === undefined ? zeros : await getCommitSecret(tree, toNodeIndex(top.nodeIndex), top.secret, cs.kdf)
  const secretsUp = secrets.map(({ secret }) => secret)
  const path = (await lies.path?.(honest, { ...scene, secrets: secretsUp })) ?? honest
  return { path, tree: await treeAfter(scene, path, tree), commitSecret }
}

/** As everybody else will compute it, if they get that far. */
const treeAfter = async (scene: Scene, path: UpdatePath, honest: RatchetTree): Promise<RatchetTree> => {
  const { suite, author, treeBefore } = scene
  try {
    return await applyUpdatePath(treeBefore, toLeafIndex(author), path, suite.cs.hash)
  } catch {
    return honest
  }
}

/** The leaf with some fields changed, signed again by the author. */
export const resigned = async (
  leaf: LeafNodeCommit,
  changes: Partial<LeafNodeCommit>,
  { suite, state, author }: Scene,
): Promise<LeafNodeCommit> => {
  const tbs = { ...leaf, ...changes, leafNodeSource: 'commit' as const }
  return signLeafNodeCommit(
    { ...tbs, groupId: state.groupContext.groupId, leafIndex: author } as Parameters<
      typeof signLeafNodeCommit
    >[0],
    state.signaturePrivateKey,
    suite.cs.signature,
  )
}

/** The path with other node keys and everything that depends on them done again. */
export const rekeyed = async (
  path: UpdatePath,
  keys: readonly Uint8Array[],
  scene: Scene,
): Promise<UpdatePath> => {
  const nodes = path.nodes.map((node, i) => ({ ...node, hpkePublicKey: keys[i] ?? node.hpkePublicKey }))
  const parentHash = await parentHashOf(scene.suite.cs, scene, nodes)
  return { nodes, leafNode: await resigned(path.leafNode, { parentHash }, scene) }
}

/** The path with its secrets encrypted again, so that they open in the tree the path itself makes. */
export const reencrypted = async (path: UpdatePath, scene: Scene): Promise<UpdatePath> => {
  const { suite, state, author, treeBefore, secrets } = scene
  const { cs } = suite
  const tree = await applyUpdatePath(treeBefore, toLeafIndex(author), path, cs.hash)
  const { groupContext } = state
  const treeHash = await treeHashRoot(tree, cs.hash)
  const context = encodeGroupContext({ ...groupContext, epoch: groupContext.epoch + 1n, treeHash })
  const levels = filteredDirectPathAndCopathResolution(toLeafIndex(author), treeBefore)
  const sealed = (to: number, secret: Uint8Array) => {
    const node = treeBefore[to]
    const raw = node === undefined ? new Uint8Array() : getHpkePublicKey(node)
    return encryptWithLabel({ type: 'public', raw } as never, 'UpdatePathNode', context, secret, cs.hpke)
  }
  const nodes = await Promise.all(
    path.nodes.map(async (node, i) => ({
      ...node,
      encryptedPathSecret: await Promise.all(
        (levels[i]?.resolution ?? []).map(async (to) => {
          const { enc, ct } = await sealed(to, secrets[i] ?? new Uint8Array())
          return { kemOutput: enc, ciphertext: ct }
        }),
      ),
    })),
  )
  return { ...path, nodes }
}

const parentHashOf = async (
  cs: CiphersuiteImpl,
  { author, treeBefore }: Scene,
  nodes: UpdatePath['nodes'],
): Promise<Uint8Array> => {
  const own = leafToNodeIndex(toLeafIndex(author))
  const tree = treeBefore.slice()
  for (const node of directPath(own, leafWidth(tree.length))) tree[node] = undefined
  const levels = filteredDirectPath(toLeafIndex(author), treeBefore)
  for (const [i, index] of [...levels.entries()].reverse()) {
    const [parentHash] = await calculateParentHash(tree, index, cs.hash)
    const hpkePublicKey = nodes[i]?.hpkePublicKey ?? new Uint8Array()
    tree[index] = { nodeType: 'parent', parent: { hpkePublicKey, parentHash, unmergedLeaves: [] } }
  }
  const [parentHash] = await calculateParentHash(tree, own, cs.hash)
  return parentHash
}
