/**
 * A member repeats another member's signed words under a later generation of that member's ratchet: MLS signs the words, not the generation, and every
 * member can derive every ratchet (protocol.md 4.7).
 */
import { protect } from 'ts-mls/messageProtection.js'
import { decryptSenderData } from 'ts-mls/privateMessage.js'
import { consumeRatchet } from 'ts-mls/secretTree.js'
import { leafToNodeIndex, toLeafIndex } from 'ts-mls/treemath.js'
import { decodePrivate, encodePrivate } from '../../client/core/mls/bytes.ts'
import { NO_PADDING } from '../../client/core/mls/config.ts'
import { unprotect } from '../../client/core/mls/framing.ts'
import { inside } from '../../client/core/mls/inside.ts'
import type { Group } from '../../client/core/mls/types.ts'

/** `group`: a member's, from before the message was opened. `steps`: how many generations are skipped. */
export const repeatAhead = async (group: Group, message: Uint8Array, steps: number): Promise<Uint8Array> => {
  const { suite, state } = inside(group)
  const opened = await unprotect(group, message, 'application')
  const framed = decodePrivate(message)
  if (!opened || !framed) throw new Error('not a message of this epoch')
  const senderData = await decryptSenderData(framed, state.keySchedule.senderDataSecret, suite.cs)
  const node = leafToNodeIndex(toLeafIndex(senderData?.leafIndex ?? -1))
  let tree = opened.secretTree
  for (let i = 0; i < steps; i++) tree = (await consumeRatchet(tree, node, 'application', suite.cs)).newTree
  const { content, auth } = opened.content
  const again = await protect(
    state.keySchedule.senderDataSecret,
    framed.authenticatedData,
    state.groupContext,
    tree,
    { ...content, auth } as Parameters<typeof protect>[4],
    opened.sender,
    NO_PADDING,
    suite.cs,
  )
  return encodePrivate(again.privateMessage)
}
