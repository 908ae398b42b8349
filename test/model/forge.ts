/**
 * Commits as an infiltrator makes them, with what he keeps of each: the library's own commit, under a suite that lies where he wants it
 * to. Not here: commits that are wrong beyond that (test/support/hostileCommit.ts).
 */
import { createCommit } from 'ts-mls/createCommit.js'
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { getHpkePublicKey, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js'
import { groupOf, inside } from '../../client/core/mls/inside.ts'
import { withoutBlank } from '../../client/core/mls/pathSecrets.ts'
import { toLibrary } from '../../client/core/mls/proposals.ts'
import type { Group, Proposal } from '../../client/core/mls/types.ts'
import { toHex } from '../../shared/base/text.ts'

export type Lies = {
  /** Leaves whose path secret will not open; whoever shares a ciphertext with one of them is hit as well. */
  readonly victims?: readonly number[]
  /** A confirmation tag that fits nobody. */
  readonly wrongTag?: boolean
}

export type Forged = {
  readonly message: Uint8Array
  /** The author's next epoch, for the author keeps what others cannot open. */
  readonly next: Group
  readonly welcome: Uint8Array | undefined
}

export const forge = async (
  group: Group,
  proposals: readonly Proposal[],
  lies: Lies = {},
): Promise<Forged> => {
  const { suite, state } = inside(group)
  const { newState, commit, welcome } = await createCommit(
    { state, cipherSuite: lyingSuite(suite.cs, state.ratchetTree, lies) },
    { extraProposals: proposals.map(toLibrary), ratchetTreeExtension: true },
  )
  const { privatePath, ratchetTree } = newState
  const privateKeys = withoutBlank(privatePath.privateKeys, ratchetTree)
  return {
    message: encodeMlsMessage(commit),
    next: groupOf(suite.name, { ...newState, privatePath: { ...privatePath, privateKeys } }),
    welcome: welcome && encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
  }
}

const lyingSuite = (cs: CiphersuiteImpl, tree: RatchetTree, lies: Lies): CiphersuiteImpl => {
  const keys = new Set((lies.victims ?? []).flatMap((leaf) => keysAbove(tree, leaf)))
  const seal: CiphersuiteImpl['hpke']['seal'] = async (key, ...rest) => {
    const sealed = await cs.hpke.seal(key, ...rest)
    const raw = await cs.hpke.exportPublicKey(key)
    return keys.has(toHex(raw)) ? { ...sealed, ct: flipped(sealed.ct) } : sealed
  }
  const mac: CiphersuiteImpl['hash']['mac'] = async (...of) => flipped(await cs.hash.mac(...of))
  return { ...cs, hpke: { ...cs.hpke, seal }, hash: lies.wrongTag ? { ...cs.hash, mac } : cs.hash }
}

/** Every key to which a path secret for this leaf may be sealed. */
const keysAbove = (tree: RatchetTree, leaf: number): readonly string[] => {
  const node = leafToNodeIndex(toLeafIndex(leaf))
  return [node, ...directPath(node, leafWidth(tree.length))].flatMap((index) => {
    const at = tree[index]
    return at ? [toHex(getHpkePublicKey(at))] : []
  })
}

const flipped = (bytes: Uint8Array): Uint8Array => bytes.with(0, (bytes[0] ?? 0) ^ 1)
