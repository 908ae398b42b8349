/** From one path secret to the keys above it (RFC 9420 section 7.4), and whether they are the keys the tree shows. */
import { deriveSecret } from 'ts-mls/crypto/kdf.js'
import { pathToRoot } from 'ts-mls/pathSecrets.js'
import { getHpkePublicKey, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { leafWidth, type NodeIndex, root } from 'ts-mls/treemath.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import type { Suite } from './suite.ts'

export type KeysAbove = {
  readonly privateKeys: Readonly<Record<number, Uint8Array>>
  readonly commitSecret: Uint8Array
}

/**
 * The private keys from `node` up to the root. undefined when one of them does not belong to the public key in the tree (RFC 9420
 * section 12.4.2; the library does not look): such a path would break at the next commit instead of this one.
 */
export const keysAbove = async (
  suite: Suite,
  tree: RatchetTree,
  node: NodeIndex,
  pathSecret: Uint8Array,
): Promise<KeysAbove | undefined> => {
  const { cs, kem } = suite
  const secrets = await pathToRoot(tree, node, pathSecret, cs.kdf)
  const privateKeys: Record<number, Uint8Array> = {}
  for (const [index, secret] of Object.entries(secrets)) {
    const shown = tree[Number(index)]
    // The library's chain ends at the root even if the root is blank and has no key.
    if (shown === undefined) continue
    const key = kem.derive(await deriveSecret(secret, 'node', cs.kdf))
    if (!sameBytes(kem.publicOf(key), getHpkePublicKey(shown))) return undefined
    privateKeys[Number(index)] = key.raw
  }
  const rootSecret = secrets[root(leafWidth(tree.length))]
  if (rootSecret === undefined) return undefined
  return { privateKeys, commitSecret: await deriveSecret(rootSecret, 'path', cs.kdf) }
}

/** Without the keys of nodes that are blank now. */
export const withoutBlank = (
  privateKeys: Readonly<Record<number, Uint8Array>>,
  tree: RatchetTree,
): Record<number, Uint8Array> =>
  Object.fromEntries(Object.entries(privateKeys).filter(([node]) => tree[Number(node)] !== undefined))
