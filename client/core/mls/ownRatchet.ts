/**
 * A device's own sending keys, each for one use. Group values can be kept and come back to, keys cannot: a second use of the
 * same generation would encrypt two messages under one key. So every generation used for sending is remembered while the
 * process lives, whichever group value it stands in. Across restarts the rule is: stored before sent (protocol.md section 6).
 */
import { consumeRatchet, type GenerationSecret, type SecretTree } from 'ts-mls/secretTree.js'
import { MAX_FORWARD_STEPS } from './config.ts'
import { inside, withSecretTree } from './inside.ts'
import type { Group } from './types.ts'

const spent = new WeakSet<GenerationSecret>()

/** Throws on the second use of the same generation, from whichever group value. */
export const spendOwn = (group: Group, ratchet: 'application' | 'handshake'): void => {
  const { state } = inside(group)
  const current = state.secretTree[2 * state.privatePath.leafIndex]?.[ratchet]
  if (current === undefined) throw new Error('group without the own leaf')
  if (spent.has(current)) throw new Error('this group value has been sent from already')
  spent.add(current)
}

/**
 * The same epoch after the own current handshake generation has been used. The spent secret stays beside the ratchet: everyone
 * else still holds it, and the author must judge his own commit in the log like everyone else (I1).
 */
export const afterOwnHandshake = async (group: Group): Promise<Group> => {
  const { suite, state } = inside(group)
  const own = 2 * state.privatePath.leafIndex
  const { newTree } = await consumeRatchet(state.secretTree, own, 'commit', suite.cs)
  const before = state.secretTree[own]
  const moved = newTree[own]
  if (before === undefined || moved === undefined) throw new Error('group without the own leaf')
  const { generation, secret, unusedGenerations } = before.handshake
  if (generation > MAX_FORWARD_STEPS) throw new Error('too many commits staged in one epoch')
  const handshake = { ...moved.handshake, unusedGenerations: { ...unusedGenerations, [generation]: secret } }
  return withSecretTree(group, newTree.with(own, { ...moved, handshake }) satisfies SecretTree)
}
