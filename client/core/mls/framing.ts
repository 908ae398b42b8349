/**
 * Opening the framing of a private message, strictly: who sent it and what it says, in one canonical encoding and under a strict
 * signature (V1). The library does the same with less: it accepts padding, trailing bytes and other encodings.
 */
import type { AuthenticatedContent } from 'ts-mls/authenticatedContent.js'
import type { ContentTypeName } from 'ts-mls/contentType.js'
import { verifyFramedContentSignature } from 'ts-mls/framedContent.js'
import {
  decodePrivateMessageContent,
  decryptSenderData,
  encodePrivateContentAAD,
  encodePrivateMessageContent,
  type PrivateMessage,
  toAuthenticatedContent,
} from 'ts-mls/privateMessage.js'
import { ratchetToGeneration, type SecretTree } from 'ts-mls/secretTree.js'
import type { SenderData } from 'ts-mls/sender.js'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { decodePrivate } from './bytes.ts'
import { clientConfig, MAX_FORWARD_STEPS, NO_PADDING } from './config.ts'
import { inside, leafAt } from './inside.ts'
import type { Group, LeafIndex } from './types.ts'

/** Leaf, generation and reuse guard, 4 bytes each, and the tag. */
const SENDER_DATA_BYTES = 28

export type Unprotected = {
  readonly sender: LeafIndex
  readonly content: AuthenticatedContent
  /** With the message's generation spent. */
  readonly secretTree: SecretTree
}

/**
 * The message if it is one of this epoch with this kind of content by a present member; undefined otherwise. The group given is
 * not changed, so nothing that was looked at before can change the answer (I3).
 */
export const unprotect = async (
  group: Group,
  bytes: Uint8Array,
  contentType: ContentTypeName,
): Promise<Unprotected | undefined> => {
  const message = messageOf(group, bytes)
  if (message?.contentType !== contentType) return undefined
  try {
    const senderData = await readSenderData(group, message)
    return senderData && (await openContent(group, message, senderData))
  } catch {
    return undefined
  }
}

/** Who claims to have sent a message of this epoch. Spends nothing; the signature is not checked. */
export const claimedSender = async (group: Group, bytes: Uint8Array): Promise<LeafIndex | undefined> => {
  const message = messageOf(group, bytes)
  try {
    return message && ((await readSenderData(group, message))?.leafIndex as LeafIndex | undefined)
  } catch {
    return undefined
  }
}

const messageOf = (group: Group, bytes: Uint8Array): PrivateMessage | undefined => {
  const message = decodePrivate(bytes)
  const { groupId, epoch } = inside(group).state.groupContext
  return message !== undefined && message.epoch === epoch && sameBytes(message.groupId, groupId)
    ? message
    : undefined
}

/** undefined when there is no such leaf. Throws when the sender data do not open. */
const readSenderData = async (group: Group, message: PrivateMessage): Promise<SenderData | undefined> => {
  const { suite, state } = inside(group)
  if (message.encryptedSenderData.length !== SENDER_DATA_BYTES) return undefined
  const senderData = await decryptSenderData(message, state.keySchedule.senderDataSecret, suite.cs)
  return senderData !== undefined && leafAt(state.ratchetTree, senderData.leafIndex) !== undefined
    ? senderData
    : undefined
}

const openContent = async (
  group: Group,
  message: PrivateMessage,
  senderData: SenderData,
): Promise<Unprotected | undefined> => {
  const { suite, state } = inside(group)
  const { contentType } = message
  // Handshake ratchets stand still during an epoch (stage.ts), so this bound is the same on every device.
  if (contentType === 'commit' && senderData.generation > MAX_FORWARD_STEPS) return undefined
  const { key, nonce, newTree } = await ratchetToGeneration(
    state.secretTree,
    senderData,
    contentType,
    clientConfig.keyRetentionConfig,
    suite.cs,
  )
  const aad = encodePrivateContentAAD(message)
  const plaintext = await suite.cs.hpke.decryptAead(key, nonce, aad, message.ciphertext)
  const decoded = decodePrivateMessageContent(contentType)(plaintext, 0)?.[0]
  if (decoded === undefined || !sameBytes(encodePrivateMessageContent(NO_PADDING)(decoded), plaintext)) {
    return undefined
  }
  const content = toAuthenticatedContent(decoded, message, senderData.leafIndex)
  return (await isSigned(group, content, senderData.leafIndex))
    ? { sender: senderData.leafIndex as LeafIndex, content, secretTree: newTree }
    : undefined
}

const isSigned = async (
  group: Group,
  { content, auth }: AuthenticatedContent,
  sender: number,
): Promise<boolean> => {
  const { suite, state } = inside(group)
  const leaf = leafAt(state.ratchetTree, sender)
  return (
    leaf !== undefined &&
    verifyFramedContentSignature(
      leaf.signaturePublicKey,
      'mls_private_message',
      content,
      auth,
      state.groupContext,
      suite.cs.signature,
    )
  )
}
