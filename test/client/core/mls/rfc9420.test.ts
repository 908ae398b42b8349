import { readFileSync } from 'node:fs'
import t from 'tap'
import { type AuthenticatedContent, decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js'
import { determineLength } from 'ts-mls/codec/variableLength.js'
import { decodeCommit, encodeCommit } from 'ts-mls/commit.js'
import { refhash } from 'ts-mls/crypto/hash.js'
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js'
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js'
import { verifyConfirmationTag } from 'ts-mls/framedContent.js'
import {
  decodeGroupContext,
  encodeGroupContext,
  extractEpochSecret,
  extractJoinerSecret,
} from 'ts-mls/groupContext.js'
import {
  extractWelcomeSecret,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from 'ts-mls/groupInfo.js'
import { decodeGroupSecrets, encodeGroupSecrets } from 'ts-mls/groupSecrets.js'
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js'
import { initializeEpoch, mlsExporter } from 'ts-mls/keySchedule.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js'
import { updatePskSecret } from 'ts-mls/presharedkey.js'
import {
  decodeAdd,
  decodeExternalInit,
  decodeGroupContextExtensions,
  decodeProposal,
  decodePSK,
  decodeReinit,
  decodeRemove,
  decodeUpdate,
  encodeAdd,
  encodeExternalInit,
  encodeGroupContextExtensions,
  encodeProposal,
  encodePSK,
  encodeReinit,
  encodeRemove,
  encodeUpdate,
} from 'ts-mls/proposal.js'
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  updateLeafNode,
} from 'ts-mls/ratchetTree.js'
import {
  createSecretTree,
  deriveKey,
  deriveNonce,
  type GenerationSecret,
  ratchetUntil,
} from 'ts-mls/secretTree.js'
import { expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js'
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { toLeafIndex } from 'ts-mls/treemath.js'
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js'
import { decodeExactly } from '../../../../client/core/mls/bytes.ts'
import { clientConfig } from '../../../../client/core/mls/config.ts'
import { suiteNamed } from '../../../../client/core/mls/suite.ts'
import { fromHex, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed } from '../../../../shared/crypto/sodium.ts'

await cryptoReady

const { cs } = suiteNamed('x25519')

/** The vector files' own shape: what is used as a text is one, the rest goes through `num` and `list`. */
type Vector = { readonly [name: string]: Field }
type Field = string & Vector

const num = (field: unknown): number => Number(field)
const list = <T = Vector>(field: Field | undefined): readonly T[] => (field ?? []) as unknown as readonly T[]

const vectors = (name: string): readonly Vector[] =>
  JSON.parse(readFileSync(new URL(`../../../vectors/rfc9420/${name}.json`, import.meta.url), 'utf8'))

const bytes = (hex: string | undefined): Uint8Array => {
  const decoded = fromHex(hex ?? '!')
  if (decoded === undefined) throw new Error('vector is not hex')
  return decoded
}
const hex = (value: Uint8Array): string => toHex(value)
const first = <T>(decoded: readonly [T, number] | undefined): T => {
  if (decoded === undefined) throw new Error('vector does not decode')
  return decoded[0]
}
const zeros = new Uint8Array(cs.kdf.size)

t.test('RFC 9420 crypto basics', async (t) => {
  for (const v of vectors('crypto-basics')) {
    const { ref_hash: ref, expand_with_label: expand, derive_secret: derive, derive_tree_secret: tree } = v
    t.equal(hex(await refhash(ref?.label ?? '', bytes(ref?.value), cs.hash)), ref?.out)
    t.equal(
      hex(
        await expandWithLabel(
          bytes(expand?.secret),
          expand?.label ?? '',
          bytes(expand?.context),
          num(expand?.length),
          cs.kdf,
        ),
      ),
      expand?.out,
    )
    t.equal(hex(await deriveSecret(bytes(derive?.secret), derive?.label ?? '', cs.kdf)), derive?.out)
    t.equal(
      hex(
        await deriveTreeSecret(
          bytes(tree?.secret),
          tree?.label ?? '',
          num(tree?.generation),
          num(tree?.length),
          cs.kdf,
        ),
      ),
      tree?.out,
    )
    const { sign_with_label: sign, encrypt_with_label: encrypt } = v
    const { publicKey, secretKey } = keyPairFromSeed(bytes(sign?.priv))
    t.equal(hex(publicKey), sign?.pub)
    const [label, content] = [sign?.label ?? '', bytes(sign?.content)]
    t.ok(await verifyWithLabel(publicKey, label, content, bytes(sign?.signature), cs.signature))
    t.equal(hex(await signWithLabel(secretKey, label, content, cs.signature)), sign?.signature)
    const key = await cs.hpke.importPrivateKey(bytes(encrypt?.priv))
    const pub = await cs.hpke.importPublicKey(bytes(encrypt?.pub))
    const [name, context] = [encrypt?.label ?? '', bytes(encrypt?.context)]
    const open = (kem: Uint8Array, ct: Uint8Array) => decryptWithLabel(key, name, context, kem, ct, cs.hpke)
    t.equal(hex(await open(bytes(encrypt?.kem_output), bytes(encrypt?.ciphertext))), encrypt?.plaintext)
    const sealed = await encryptWithLabel(pub, name, context, bytes(encrypt?.plaintext), cs.hpke)
    t.equal(hex(await open(sealed.enc, sealed.ct)), encrypt?.plaintext)
  }
})

t.test('RFC 9420 key schedule', async (t) => {
  for (const v of vectors('key-schedule')) {
    let init = bytes(v.initial_init_secret)
    for (const epoch of list(v.epochs)) {
      const context = first(decodeGroupContext(bytes(epoch.group_context), 0))
      t.equal(hex(encodeGroupContext(context)), epoch.group_context)
      const [commit, psk] = [bytes(epoch.commit_secret), bytes(epoch.psk_secret)]
      const made = await initializeEpoch(init, commit, context, psk, cs.kdf)
      t.equal(hex(await extractJoinerSecret(context, init, commit, cs.kdf)), epoch.joiner_secret)
      t.equal(hex(await extractWelcomeSecret(made.joinerSecret, psk, cs.kdf)), epoch.welcome_secret)
      t.ok(await extractEpochSecret(context, made.joinerSecret, cs.kdf, psk))
      const { keySchedule: keys } = made
      t.strictSame(
        {
          init: hex(keys.initSecret),
          sender: hex(keys.senderDataSecret),
          encryption: hex(made.encryptionSecret),
          exporter: hex(keys.exporterSecret),
          authenticator: hex(keys.epochAuthenticator),
          external: hex(keys.externalSecret),
          confirmation: hex(keys.confirmationKey),
          membership: hex(keys.membershipKey),
          resumption: hex(keys.resumptionPsk),
        },
        {
          init: epoch.init_secret,
          sender: epoch.sender_data_secret,
          encryption: epoch.encryption_secret,
          exporter: epoch.exporter_secret,
          authenticator: epoch.epoch_authenticator,
          external: epoch.external_secret,
          confirmation: epoch.confirmation_key,
          membership: epoch.membership_key,
          resumption: epoch.resumption_psk,
        },
      )
      const external = await cs.hpke.deriveKeyPair(keys.externalSecret)
      t.equal(hex(await cs.hpke.exportPublicKey(external.publicKey)), epoch.external_pub)
      const { label, context: exportContext, length, secret } = epoch.exporter ?? ({} as Vector)
      const exported = await mlsExporter(
        keys.exporterSecret,
        label ?? '',
        bytes(exportContext),
        num(length),
        cs,
      )
      t.equal(hex(exported), secret)
      init = keys.initSecret
    }
  }
})

t.test('RFC 9420 secret tree', async (t) => {
  for (const v of vectors('secret-tree')) {
    const { sender_data_secret: secret, ciphertext, key, nonce } = v.sender_data ?? ({} as Vector)
    t.equal(hex(await expandSenderDataKey(cs, bytes(secret), bytes(ciphertext))), key)
    t.equal(hex(await expandSenderDataNonce(cs, bytes(secret), bytes(ciphertext))), nonce)
    const leaves = list<readonly Vector[]>(v.leaves)
    const tree = await createSecretTree(leaves.length, bytes(v.encryption_secret), cs.kdf)
    for (const [i, generations] of leaves.entries()) {
      for (const want of generations) {
        t.equal(
          await keyAndNonce(tree[2 * i]?.application, num(want.generation)),
          `${want.application_key} ${want.application_nonce}`,
        )
        t.equal(
          await keyAndNonce(tree[2 * i]?.handshake, num(want.generation)),
          `${want.handshake_key} ${want.handshake_nonce}`,
        )
      }
    }
  }
})

const keyAndNonce = async (ratchet: GenerationSecret | undefined, generation: number): Promise<string> => {
  if (ratchet === undefined) throw new Error('no such leaf')
  const [at] = await ratchetUntil(ratchet, generation, clientConfig.keyRetentionConfig, cs.kdf)
  return `${hex(await deriveKey(at.secret, at.generation, cs))} ${hex(await deriveNonce(at.secret, at.generation, cs))}`
}

t.test('RFC 9420 message protection', async (t) => {
  for (const v of vectors('message-protection')) {
    for (const kind of ['proposal', 'commit', 'application'] as const) {
      t.equal(hex(await opened(v, bytes(v[`${kind}_priv`]))), v[kind], `${kind}, private`)
      if (kind !== 'application')
        t.equal(hex(await opened(v, bytes(v[`${kind}_pub`]))), v[kind], `${kind}, public`)
    }
  }
})

/** The content of a private or public message, encoded. */
const opened = async (v: Vector, encoded: Uint8Array): Promise<Uint8Array> => {
  const context = {
    version: 'mls10' as const,
    cipherSuite: cs.name,
    groupId: bytes(v.group_id),
    epoch: BigInt(num(v.epoch)),
    treeHash: bytes(v.tree_hash),
    confirmedTranscriptHash: bytes(v.confirmed_transcript_hash),
    extensions: [],
  }
  const signer = bytes(v.signature_pub)
  const secrets = await createSecretTree(2, bytes(v.encryption_secret), cs.kdf)
  const leaf = { nodeType: 'leaf', leaf: { signaturePublicKey: signer } }
  const tree = [leaf, undefined, leaf] as unknown as RatchetTree
  const message = first(decodeMlsMessage(encoded, 0))
  if (message.wireformat === 'mls_public_message') {
    const key = bytes(v.membership_key)
    return encodedContent(await unprotectPublicMessage(key, context, tree, message.publicMessage, cs, signer))
  }
  if (message.wireformat !== 'mls_private_message') throw new Error('wrong wire format')
  const { privateMessage } = message
  const sender = bytes(v.sender_data_secret)
  const config = clientConfig.keyRetentionConfig
  const { content } = await unprotectPrivateMessage(
    sender,
    privateMessage,
    secrets,
    tree,
    context,
    config,
    cs,
    signer,
  )
  return encodedContent(content)
}

const encodedContent = ({ content }: AuthenticatedContent): Uint8Array => {
  if (content.contentType === 'proposal') return encodeProposal(content.proposal)
  return content.contentType === 'commit' ? encodeCommit(content.commit) : content.applicationData
}

t.test('RFC 9420 transcript hashes', async (t) => {
  for (const v of vectors('transcript-hashes')) {
    const { content, auth, wireformat } = first(decodeAuthenticatedContent(bytes(v.authenticated_content), 0))
    if (content.contentType !== 'commit' || auth.contentType !== 'commit') throw new Error('no commit')
    const { signature, confirmationTag } = auth
    const before = bytes(v.interim_transcript_hash_before)
    const confirmed = await createConfirmedHash(before, { wireformat, content, signature }, cs.hash)
    t.equal(hex(confirmed), v.confirmed_transcript_hash_after)
    t.equal(
      hex(await createInterimHash(confirmed, confirmationTag, cs.hash)),
      v.interim_transcript_hash_after,
    )
    t.ok(await verifyConfirmationTag(bytes(v.confirmation_key), confirmationTag, confirmed, cs.hash))
  }
})

t.test('RFC 9420 pre-shared key secret', async (t) => {
  for (const v of vectors('psk-secret')) {
    let secret: Uint8Array = zeros
    const psks = list(v.psks)
    for (const [i, one] of psks.entries()) {
      const id = { psktype: 'external' as const, pskId: bytes(one.psk_id), pskNonce: bytes(one.psk_nonce) }
      secret = await updatePskSecret(secret, id, bytes(one.psk), i, psks.length, cs)
    }
    t.equal(hex(secret), v.psk_secret)
  }
})

t.test('RFC 9420 welcome', async (t) => {
  for (const v of vectors('welcome')) {
    const welcome = first(decodeMlsMessage(bytes(v.welcome), 0))
    const keyPackage = first(decodeMlsMessage(bytes(v.key_package), 0))
    if (welcome.wireformat !== 'mls_welcome' || keyPackage.wireformat !== 'mls_key_package') {
      throw new Error('wrong wire format')
    }
    const ref = await makeKeyPackageRef(keyPackage.keyPackage, cs.hash)
    const key = await cs.hpke.importPrivateKey(bytes(v.init_priv))
    const secrets = await decryptGroupSecrets(key, ref, welcome.welcome, cs.hpke)
    const info = secrets && (await decryptGroupInfo(welcome.welcome, secrets.joinerSecret, zeros, cs))
    t.ok(info && (await verifyGroupInfoSignature(info, bytes(v.signer_pub), cs.signature)))
    t.ok(secrets && info && (await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, zeros, cs)))
  }
})

t.test('RFC 9420 tree operations', async (t) => {
  for (const v of vectors('tree-operations')) {
    const before = first(decodeRatchetTree(bytes(v.tree_before), 0))
    t.equal(hex(await treeHashRoot(before, cs.hash)), v.tree_hash_before)
    const after = applied(before, bytes(v.proposal), num(v.proposal_sender))
    t.equal(hex(encodeRatchetTree(after)), v.tree_after)
    t.equal(hex(await treeHashRoot(after, cs.hash)), v.tree_hash_after)
  }
})

const applied = (tree: RatchetTree, encoded: Uint8Array, sender: number): RatchetTree => {
  const proposal = first(decodeProposal(encoded, 0))
  if ('add' in proposal) return addLeafNode(tree, proposal.add.keyPackage.leafNode)[0]
  if ('update' in proposal) return updateLeafNode(tree, proposal.update.leafNode, toLeafIndex(sender))
  if ('remove' in proposal) return removeLeafNode(tree, toLeafIndex(proposal.remove.removed))
  throw new Error('unexpected proposal')
}

t.test('RFC 9420 messages come back as the same bytes', async (t) => {
  const codecs = {
    ratchet_tree: [decodeRatchetTree, encodeRatchetTree],
    group_secrets: [decodeGroupSecrets, encodeGroupSecrets],
    add_proposal: [decodeAdd, encodeAdd],
    update_proposal: [decodeUpdate, encodeUpdate],
    remove_proposal: [decodeRemove, encodeRemove],
    pre_shared_key_proposal: [decodePSK, encodePSK],
    re_init_proposal: [decodeReinit, encodeReinit],
    external_init_proposal: [decodeExternalInit, encodeExternalInit],
    group_context_extensions_proposal: [decodeGroupContextExtensions, encodeGroupContextExtensions],
    commit: [decodeCommit, encodeCommit],
  } as unknown as Record<
    string,
    Parameters<typeof decodeExactly<unknown>> extends [infer D, infer E, unknown] ? readonly [D, E] : never
  >
  for (const v of vectors('messages')) {
    for (const [name, encoded] of Object.entries(v)) {
      const [decode, encode] = codecs[name] ?? [decodeMlsMessage, encodeMlsMessage]
      const exact = decodeExactly(
        decode as typeof decodeMlsMessage,
        encode as typeof encodeMlsMessage,
        bytes(encoded),
      )
      t.ok(exact !== undefined, name)
    }
  }
})

t.test('RFC 9420 variable-length headers', async (t) => {
  for (const v of vectors('deserialization'))
    t.equal(determineLength(bytes(v.vlbytes_header)).length, num(v.length))
})
