/** A whole ratchet tree as a newcomer gets it (RFC 9420 section 12.4.3.1): is it one that a sound history could have left? */
import type { GroupContext } from 'ts-mls/groupContext.js'
import { type LeafNode, verifyLeafNodeSignature } from 'ts-mls/leafNode.js'
import { verifyParentHashes } from 'ts-mls/parentHash.js'
import { getHpkePublicKey, type Node, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { directPath, leafWidth, toNodeIndex } from 'ts-mls/treemath.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { leafAt } from './inside.ts'
import { hasOurShape } from './leaf.ts'
import type { Suite } from './suite.ts'

/** Shape, signatures, unmerged leaves, different keys and identities, parent hashes, tree hash. May throw where the library does. */
export const isSoundTree = async (
  suite: Suite,
  tree: RatchetTree,
  context: GroupContext,
): Promise<boolean> => {
  if (!tree.every((node, i) => node === undefined || isSoundNode(suite, tree, node, i))) return false
  if (!areAllDifferent(tree)) return false
  for (const [i, node] of tree.entries()) {
    if (node?.nodeType !== 'leaf') continue
    if (!(await verifyLeafNodeSignature(node.leaf, context.groupId, i / 2, suite.cs.signature))) return false
  }
  return (
    (await verifyParentHashes(tree, suite.cs.hash)) &&
    sameBytes(await treeHashRoot(tree, suite.cs.hash), context.treeHash)
  )
}

const isSoundNode = (suite: Suite, tree: RatchetTree, node: Node, index: number): boolean => {
  if (node.nodeType === 'leaf') return index % 2 === 0 && hasOurShape(suite, node.leaf)
  const { unmergedLeaves } = node.parent
  return (
    index % 2 === 1 &&
    node.parent.hpkePublicKey.length === suite.kem.publicBytes &&
    new Set(unmergedLeaves).size === unmergedLeaves.length &&
    unmergedLeaves.every((leaf) => isUnmergedBelow(tree, index, leaf))
  )
}

/** The leaf is there, below this node, and every node in between lists it as well. */
const isUnmergedBelow = (tree: RatchetTree, index: number, leaf: number): boolean => {
  if (leafAt(tree, leaf) === undefined) return false
  const above = directPath(toNodeIndex(2 * leaf), leafWidth(tree.length))
  const height = above.indexOf(toNodeIndex(index))
  return (
    height >= 0 &&
    above.slice(0, height).every((between) => {
      const node = tree[between]
      return node?.nodeType !== 'parent' || node.parent.unmergedLeaves.includes(leaf)
    })
  )
}

const areAllDifferent = (tree: RatchetTree): boolean => {
  const nodes = tree.filter((node) => node !== undefined)
  const leaves = nodes.flatMap((node) => (node.nodeType === 'leaf' ? [node.leaf] : []))
  const different = (values: readonly Uint8Array[]) => new Set(values.map(toHex)).size === values.length
  const identity = ({ credential }: LeafNode) =>
    'identity' in credential ? credential.identity : new Uint8Array()
  return (
    different(nodes.map(getHpkePublicKey)) &&
    different(leaves.map((leaf) => leaf.signaturePublicKey)) &&
    different(leaves.map(identity))
  )
}
