/** What a Group is made of, for this room only. */
import type { ClientState } from 'ts-mls/clientState.js'
import type { LeafNode } from 'ts-mls/leafNode.js'
import type { Node, RatchetTree } from 'ts-mls/ratchetTree.js'
import { clientConfig } from './config.ts'
import { type Suite, suiteNamed } from './suite.ts'
import type { Group, SuiteName } from './types.ts'

export type Inside = { readonly suite: Suite; readonly state: ClientState }

export const inside = (group: Group): Inside => group as unknown as Inside

/** Past epochs are group values of their own, so the library's memory of them is dropped. */
export const groupOf = (suiteName: SuiteName, state: Omit<ClientState, 'clientConfig'>): Group =>
  ({
    suite: suiteNamed(suiteName),
    state: { ...state, clientConfig, historicalReceiverData: new Map() },
  }) satisfies Inside as unknown as Group

/** The same epoch with another secret tree. */
export const withSecretTree = (group: Group, secretTree: ClientState['secretTree']): Group => {
  const { suite, state } = inside(group)
  return groupOf(suite.name, { ...state, secretTree })
}

/** undefined for a blank leaf and for a number that is no leaf of this tree. */
export const leafAt = (tree: RatchetTree, leaf: number): LeafNode | undefined => {
  const node: Node | undefined = tree[2 * leaf]
  return node?.nodeType === 'leaf' ? node.leaf : undefined
}
