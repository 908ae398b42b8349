/**
 * The private half of following a commit: opening the path secret meant for the own leaf, and the new epoch's keys (RFC 9420 section
 * 12.4.2, from the decryption on). Pure; the group given stays usable for another commit.
 */
import type { ClientState } from 'ts-mls/clientState.js'
import { applyUpdatePathSecret } from 'ts-mls/createCommit.js'
import { verifyConfirmationTag } from 'ts-mls/framedContent.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { createSecretTree } from 'ts-mls/secretTree.js'
import { leafWidth, toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js'
import { wipe } from '../crypto/wipe.ts'
import type { Examined } from './examine.ts'
import { groupOf, inside } from './inside.ts'
import { type KeysAbove, keysAbove, withoutBlank } from './pathSecrets.ts'
import type { Group } from './types.ts'

/** undefined: stuck. */
export const enterEpoch = async (group: Group, examined: Examined): Promise<Group | undefined> => {
  const opened = await openPath(group, examined)
  return opened && (await deriveEpoch(group, examined, opened))
}

const openPath = async (group: Group, examined: Examined): Promise<KeysAbove | undefined> => {
  const { suite, state } = inside(group)
  const { path, tree, context, nextContext, author, added } = examined
  if (path === undefined) return { privateKeys: {}, commitSecret: new Uint8Array(suite.cs.kdf.size) }
  const { epoch, treeHash } = nextContext
  try {
    const { nodeIndex, pathSecret } = await applyUpdatePathSecret(
      tree,
      state.privatePath,
      toLeafIndex(author),
      { ...context, epoch, treeHash },
      path,
      [...added],
      suite.cs,
    )
    return await keysAbove(suite, tree, toNodeIndex(nodeIndex), pathSecret)
  } catch {
    return undefined
  }
}

const deriveEpoch = async (
  group: Group,
  { tree, nextContext, confirmationTag }: Examined,
  opened: KeysAbove,
): Promise<Group | undefined> => {
  const { suite, state } = inside(group)
  const { hash, kdf } = suite.cs
  const zeros = new Uint8Array(kdf.size)
  const { initSecret } = state.keySchedule
  const { joinerSecret, welcomeSecret, encryptionSecret, keySchedule } = await initializeEpoch(
    initSecret,
    opened.commitSecret,
    nextContext,
    zeros,
    kdf,
  )
  wipe(opened.commitSecret, joinerSecret, welcomeSecret)
  const { confirmationKey } = keySchedule
  const { confirmedTranscriptHash } = nextContext
  if (!(await verifyConfirmationTag(confirmationKey, confirmationTag, confirmedTranscriptHash, hash))) {
    return undefined
  }
  const secretTree = await createSecretTree(leafWidth(tree.length), encryptionSecret, kdf)
  wipe(encryptionSecret)
  const privateKeys = withoutBlank({ ...state.privatePath.privateKeys, ...opened.privateKeys }, tree)
  return groupOf(suite.name, {
    ...state,
    ratchetTree: tree,
    groupContext: nextContext,
    keySchedule,
    secretTree,
    confirmationTag,
    privatePath: { ...state.privatePath, privateKeys },
    unappliedProposals: {},
  } satisfies Omit<ClientState, 'clientConfig'>)
}
