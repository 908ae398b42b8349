/**
 * Groups at rest: a base, written seldom, and small deltas, one per message sent or opened. Encoding the whole state per message
 * would cost megabytes (findings.md). Not here: encryption at rest (client/core/vault).
 */
import { decodeGroupState, encodeGroupState } from 'ts-mls/clientState.js'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import { decodeSecretTreeNode, type SecretTree, secretTreeNodeEncoder } from 'ts-mls/secretTree.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { decodeExactly } from './bytes.ts'
import { epochAuthenticatorOf } from './group.ts'
import { groupOf, inside, leafAt } from './inside.ts'
import { suiteNamed } from './suite.ts'
import type { Group, GroupDelta, SuiteName } from './types.ts'

const encodeNode = encode(secretTreeNodeEncoder)

/** The whole state, keys included. At 100 devices about 0.6 MB with X-Wing, a tenth of that with X25519. */
export const encodeGroup = (group: Group): Uint8Array => encodeGroupState(inside(group).state)

/** A base and the deltas since, in order. undefined when anything is damaged or of another suite. */
export const decodeGroup = async (
  suiteName: SuiteName,
  base: Uint8Array,
  deltas: readonly GroupDelta[],
): Promise<Group | undefined> => {
  const state = decodeExactly(decodeGroupState, encodeGroupState, base)
  if (state?.groupContext.cipherSuite !== suiteNamed(suiteName).cs.name) return undefined
  if (state.groupActiveState.kind !== 'active') return undefined
  if (leafAt(state.ratchetTree, state.privatePath.leafIndex) === undefined) return undefined
  const secretTree = withDeltas(state.secretTree, deltas)
  return secretTree && groupOf(suiteName, { ...state, secretTree })
}

/** What changed between two values of one epoch. Throws when they are not of one epoch. */
export const deltaOf = (before: Group, after: Group): readonly GroupDelta[] => {
  const [old, now] = [inside(before).state, inside(after).state]
  if (!sameBytes(epochAuthenticatorOf(before), epochAuthenticatorOf(after))) {
    throw new Error('a delta lies within one epoch')
  }
  return now.secretTree.flatMap((changed, node) =>
    changed === old.secretTree[node] ? [] : [{ node, bytes: encodeNode(changed) }],
  )
}

const withDeltas = (tree: SecretTree, deltas: readonly GroupDelta[]): SecretTree | undefined => {
  const patched = [...tree]
  for (const { node, bytes } of deltas) {
    const changed = decodeExactly(decodeSecretTreeNode, encodeNode, bytes)
    if (changed === undefined || !(node in patched)) return undefined
    patched[node] = changed
  }
  return patched
}
