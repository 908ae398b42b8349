/**
 * The public half of an UpdatePath (V5; RFC 9420 section 12.4.2): what everybody can check of it, the device it removes included.
 * The library checks less: it compares neither the new leaf with the old one nor the number of ciphertexts nor new keys with
 * those in leaves, so that a commit could be broken for some members and look sound to the others.
 */
import { validateLeafNodeUpdateOrCommit } from 'ts-mls/clientState.js'
import { filterNewLeaves } from 'ts-mls/createCommit.js'
import type { GroupContext } from 'ts-mls/groupContext.js'
import { encodeLeafNode, type LeafNode, type LeafNodeCommit } from 'ts-mls/leafNode.js'
import {
  filteredDirectPathAndCopathResolution,
  getHpkePublicKey,
  type RatchetTree,
} from 'ts-mls/ratchetTree.js'
import { type NodeIndex, toLeafIndex } from 'ts-mls/treemath.js'
import { applyUpdatePath, type UpdatePath } from 'ts-mls/updatePath.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { HPKE_TAG_BYTES } from '../crypto/hpke.ts'
import { clientConfig } from './config.ts'
import { leafAt } from './inside.ts'
import { isUsableKey, type Suite } from './suite.ts'
import type { LeafIndex } from './types.ts'

export type PathSetting = {
  readonly suite: Suite
  readonly context: GroupContext
  readonly author: LeafIndex
  /** Before the commit. */
  readonly oldTree: RatchetTree
  /** After the proposals, before the path. */
  readonly tree: RatchetTree
  /** Nodes of the leaves the commit adds: they get the path secret by Welcome. */
  readonly added: readonly NodeIndex[]
}

/** The tree after the path; undefined when the path is not sound. May throw instead, where the library does. */
export const applySoundPath = async (
  setting: PathSetting,
  path: UpdatePath,
): Promise<RatchetTree | undefined> => {
  const { suite, context, author, oldTree, tree } = setting
  const old = leafAt(tree, author)
  if (old === undefined || !renewsOnlyKeys(old, path.leafNode) || !reachesEverybody(setting, path)) {
    return undefined
  }
  const keys = [path.leafNode.hpkePublicKey, ...path.nodes.map((node) => node.hpkePublicKey)]
  if (!areFresh(keys, [...oldTree, ...tree]) || !keys.every((key) => isUsableKey(suite, key)))
    return undefined
  const fault = await validateLeafNodeUpdateOrCommit(
    path.leafNode,
    author,
    context,
    clientConfig.authService,
    suite.cs.signature,
  )
  return fault === undefined ? applyUpdatePath(tree, toLeafIndex(author), path, suite.cs.hash) : undefined
}

/** All different, and none of them in these nodes: what a removed device knows is not used again either. */
export const areFresh = (keys: readonly Uint8Array[], nodes: RatchetTree): boolean => {
  const taken = nodes.flatMap((node) => (node === undefined ? [] : [getHpkePublicKey(node)]))
  return keys.every((key, i) => ![...taken, ...keys.slice(0, i)].some((other) => sameBytes(other, key)))
}

/** Identity, signature key, capabilities and extensions are constant for the leaf's life. */
const renewsOnlyKeys = (old: LeafNode, renewed: LeafNodeCommit): boolean => {
  const { hpkePublicKey, parentHash, signature } = renewed
  const expected = { ...old, leafNodeSource: 'commit', hpkePublicKey, parentHash, signature } as LeafNode
  return sameBytes(encodeLeafNode(renewed), encodeLeafNode(expected))
}

/**
 * One ciphertext of the right size for every node that needs one, no more and no fewer: a missing one would look invalid to
 * its victim and valid to everybody else.
 */
const reachesEverybody = ({ suite, author, tree, added }: PathSetting, path: UpdatePath): boolean => {
  const levels = filteredDirectPathAndCopathResolution(toLeafIndex(author), tree)
  const ciphertextBytes = suite.cs.kdf.size + HPKE_TAG_BYTES
  return (
    path.nodes.length === levels.length &&
    levels.every(({ resolution }, i) => {
      const sent = path.nodes[i]?.encryptedPathSecret ?? []
      return (
        sent.length === filterNewLeaves(resolution, [...added]).length &&
        sent.every(
          ({ kemOutput, ciphertext }) =>
            kemOutput.length === suite.kem.encapsulationBytes && ciphertext.length === ciphertextBytes,
        )
      )
    })
  )
}
