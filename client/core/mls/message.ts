/** Application messages of one epoch: sealing, opening, telling whose they are. Not here: padding and the envelope around them. */
import { createApplicationMessage } from 'ts-mls/createMessage.js'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { decodePrivate, encodePrivate } from './bytes.ts'
import { claimedSender, unprotect } from './framing.ts'
import { ownLeafOf } from './group.ts'
import { groupOf, inside, withSecretTree } from './inside.ts'
import { spendOwn } from './ownRatchet.ts'
import type { Group, LeafIndex } from './types.ts'

/**
 * An MLS message only this epoch's members can open, signed by the own leaf; about 160 bytes longer than the plaintext. `next`
 * must be stored before the message leaves. Throws when the same sending key has been used before.
 */
export const seal = async (
  group: Group,
  plaintext: Uint8Array,
): Promise<{ readonly next: Group; readonly message: Uint8Array }> => {
  spendOwn(group, 'application')
  const { suite, state } = inside(group)
  const { newState, privateMessage } = await createApplicationMessage(state, plaintext, suite.cs)
  return { next: groupOf(suite.name, newState), message: encodePrivate(privateMessage) }
}

/**
 * An application message of this epoch by another device. Each opens once: `next` has spent its key, and with it those of all
 * earlier messages of that sender. A replay under a new generation opens too (MLS does not sign it): a caller who finds the content to
 * be a repetition keeps the group from before. Own messages are `rejected`; see senderOf.
 */
export const open = async (
  group: Group,
  message: Uint8Array,
): Promise<
  Result<{ readonly next: Group; readonly plaintext: Uint8Array; readonly sender: LeafIndex }, 'rejected'>
> => {
  const opened = await unprotect(group, message, 'application')
  const content = opened?.content.content
  if (opened === undefined || content?.contentType !== 'application') return err('rejected')
  if (opened.sender === ownLeafOf(group)) return err('rejected')
  const next = withSecretTree(group, opened.secretTree)
  return ok({ next, plaintext: content.applicationData, sender: opened.sender })
}

/**
 * The plaintext of a message that the own leaf signed and this state has not spent the key of: either a copy of this state sealed it, or
 * somebody repeats an own message under another generation. Spends nothing.
 */
export const openOwn = async (group: Group, message: Uint8Array): Promise<Uint8Array | undefined> => {
  const opened = await unprotect(group, message, 'application')
  const content = opened?.content.content
  if (content?.contentType !== 'application' || opened?.sender !== ownLeafOf(group)) return undefined
  return content.applicationData
}

/** The leaf a message of this epoch claims to be from; undefined if it is none. Spends nothing and proves nothing. */
export const senderOf = (group: Group, message: Uint8Array): Promise<LeafIndex | undefined> =>
  claimedSender(group, message)

/** Whether the message's outside says that it is a commit. */
export const isCommit = (message: Uint8Array): boolean => decodePrivate(message)?.contentType === 'commit'
