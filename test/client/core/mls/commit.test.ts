import t from 'tap'
import { decodeKeyPackage, type KeyPackage, signKeyPackage } from 'ts-mls/keyPackage.js'
import { type LeafNodeKeyPackage, signLeafNodeKeyPackage } from 'ts-mls/leafNode.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { decryptSenderData } from 'ts-mls/privateMessage.js'
import { processPrivateMessage } from 'ts-mls/processMessages.js'
import type { Proposal as LibraryProposal } from 'ts-mls/proposal.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import { ratchetUntil } from 'ts-mls/secretTree.js'
import {
  encodeSenderData,
  encodeSenderDataAAD,
  expandSenderDataKey,
  expandSenderDataNonce,
} from 'ts-mls/sender.js'
import type { UpdatePath } from 'ts-mls/updatePath.js'
import { decodePrivate, encodePrivate } from '../../../../client/core/mls/bytes.ts'
import { followCommit, inspectCommit, stageCommit } from '../../../../client/core/mls/commit.ts'
import { clientConfig } from '../../../../client/core/mls/config.ts'
import { epochAuthenticatorOf } from '../../../../client/core/mls/group.ts'
import { inside, leafAt } from '../../../../client/core/mls/inside.ts'
import { openKeyPackage } from '../../../../client/core/mls/keyPackage.ts'
import { encodeGroup } from '../../../../client/core/mls/state.ts'
import { suiteNamed } from '../../../../client/core/mls/suite.ts'
import type { Group, NewKeyPackage, SuiteName } from '../../../../client/core/mls/types.ts'
import { concat, sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, randomBytes, sha256 } from '../../../../shared/crypto/sodium.ts'
import {
  byValue,
  forgeCommit,
  type Lies,
  reencrypted,
  rekeyed,
  resigned,
  type Scene,
} from '../../../support/hostileCommit.ts'
import { shifted } from '../../../support/malleable.ts'
import { add, advance, device, groupOfSize, leaf, SUITES, value } from '../../../support/mlsGroup.ts'

await cryptoReady

/** Author 0, a blank leaf (2), unmerged leaves, parents by several authors: seven devices in all. */
const oldGroup = async (suite: SuiteName): Promise<Group[]> => {
  let groups = await groupOfSize(suite, 6)
  for (const author of [1, 5, 3, 0]) groups = await advance(groups, author, [])
  groups = await advance(groups, 1, [{ type: 'remove', leaf: leaf(2) }])
  groups = await advance(groups, 0, [])
  groups = await add(groups, 3, suite, 3)
  return advance(groups, 0, [{ type: 'remove', leaf: leaf(2) }])
}

/** The verdict of all devices, which must be one. */
const verdict = async (groups: readonly Group[], message: Uint8Array): Promise<string> => {
  const states = groups.map(encodeGroup)
  const all = await Promise.all(groups.map((group) => inspectCommit(group, message)))
  const texts = new Set(
    all.map((one) => JSON.stringify(one, (_, v) => (v instanceof Uint8Array ? toHex(v) : v))),
  )
  if (texts.size !== 1) return `devices disagree: ${[...texts].map((x) => x.slice(0, 60)).join(' | ')}`
  if (!groups.every((group, i) => sameBytes(encodeGroup(group), states[i] as Uint8Array)))
    return 'state changed'
  return all[0]?.ok ? 'valid' : 'invalid'
}

const remove = (removed: number): LibraryProposal => ({ proposalType: 'remove', remove: { removed } })
const act = (data: Uint8Array): LibraryProposal => ({ proposalType: 0xf200, proposalData: data })
const extensions = (...types: number[]): LibraryProposal => ({
  proposalType: 'group_context_extensions',
  groupContextExtensions: {
    extensions: types.map((extensionType) => ({ extensionType, extensionData: utf8('new charter') })),
  },
})

/** A key package with lies in it, signed again with its own key. */
const forgeKeyPackage = async (
  suite: SuiteName,
  lie: { leaf?: Partial<LeafNodeKeyPackage>; outer?: Partial<KeyPackage> },
): Promise<KeyPackage> => {
  const keys = openKeyPackage(suiteNamed(suite), await device(suite))
  if (keys === undefined) throw new Error('no keys')
  const { publicPackage, privatePackage } = keys
  const { signature } = suiteNamed(suite).cs
  const secret = privatePackage.signaturePrivateKey
  const tbs = { ...publicPackage.leafNode, ...lie.leaf } as Parameters<typeof signLeafNodeKeyPackage>[0]
  const leafNode = { ...(await signLeafNodeKeyPackage(tbs, secret, signature)) } as LeafNodeKeyPackage
  const keyPackage = await signKeyPackage({ ...publicPackage, ...lie.outer, leafNode }, secret, signature)
  return { ...keyPackage, ...pick(lie.outer, 'signature') }
}
const pick = (from: Partial<KeyPackage> | undefined, key: 'signature') =>
  from?.[key] === undefined ? {} : { [key]: from[key] }

const publicHalf = (keyPackage: NewKeyPackage): KeyPackage =>
  (decodeKeyPackage(keyPackage.publicBytes, 0) as [KeyPackage, number])[0]

const flip = (bytes: Uint8Array, at = 0): Uint8Array => bytes.with(at, (bytes[at] ?? 0) ^ 1)

/** The path with its first level changed. */
const level0 =
  (change: (node: UpdatePath['nodes'][number]) => UpdatePath['nodes'][number]) => (path: UpdatePath) => ({
    ...path,
    nodes: path.nodes.map((node, i) => (i === 0 ? change(node) : node)),
  })
const changedLeaf = (changes: object) => async (path: UpdatePath, scene: Scene) => ({
  ...path,
  leafNode: await resigned(path.leafNode, changes, scene),
})

type Case = Lies & { readonly after?: (message: Uint8Array) => Uint8Array }

const reencoded =
  (change: (message: { groupId: Uint8Array; epoch: bigint }) => object) => (bytes: Uint8Array) => {
    const [message] = decodeMlsMessage(bytes, 0) ?? []
    if (message?.wireformat !== 'mls_private_message') throw new Error('not private')
    const { privateMessage } = message
    return encodeMlsMessage({
      ...message,
      privateMessage: { ...privateMessage, ...change(privateMessage) },
    } as typeof message)
  }

/** The same message with one more byte inside its sender data. */
const withSenderDataTail = async (group: Group, message: Uint8Array): Promise<Uint8Array> => {
  const { suite, state } = inside(group)
  const { cs } = suite
  const decoded = decodePrivate(message)
  if (decoded === undefined) throw new Error('not private')
  const secret = state.keySchedule.senderDataSecret
  const senderData = await decryptSenderData(decoded, secret, cs)
  if (senderData === undefined) throw new Error('no sender data')
  const key = await expandSenderDataKey(cs, secret, decoded.ciphertext)
  const nonce = await expandSenderDataNonce(cs, secret, decoded.ciphertext)
  const plaintext = concat(encodeSenderData(senderData), Uint8Array.of(0))
  const aad = encodeSenderDataAAD(decoded)
  return encodePrivate({
    ...decoded,
    encryptedSenderData: await cs.hpke.encryptAead(key, nonce, aad, plaintext),
  })
}

const framingCases = (): Record<string, Case> => ({
  'a byte behind the message': { after: (message) => concat(message, Uint8Array.of(0)) },
  'a byte missing': { after: (message) => message.subarray(0, -1) },
  'a longer form of a length': {
    // version, wire format, then the group id's length in two bytes instead of one
    after: (message) => concat(message.subarray(0, 4), Uint8Array.of(0x40, 32), message.subarray(5)),
  },
  'another group': { after: reencoded(({ groupId }) => ({ groupId: flip(groupId) })) },
  'another epoch': { after: reencoded(({ epoch }) => ({ epoch: epoch + 1n })) },
  'an application message by its header': { after: reencoded(() => ({ contentType: 'application' })) },
  'authenticated data beside the content': { authenticatedData: utf8('seen by the relay') },
  'padding inside the encryption': { padding: { kind: 'alwaysPad', paddingLength: 8 } },
  'a broken signature': { signature: (signature) => flip(signature, 40) },
  'a second encoding of a good signature': { signature: shifted },
  'a confirmation tag of another length': { confirmationTag: (tag) => tag.subarray(1) },
})

const proposalCases = (blank: number): Record<string, Lies> => ({
  'a proposal by reference': {
    listed: [{ proposalOrRefType: 'reference', reference: randomBytes(32) }],
    withPath: true,
  },
  'a proposal of another custom type': { proposals: [{ proposalType: 0xf201, proposalData: utf8('x') }] },
  'a PSK': {
    listed: [
      byValue({
        proposalType: 'psk',
        psk: { preSharedKeyId: { psktype: 'external', pskId: utf8('k'), pskNonce: randomBytes(32) } },
      }),
    ],
  },
  'an external init': {
    listed: [byValue({ proposalType: 'external_init', externalInit: { kemOutput: randomBytes(32) } })],
  },
  'a removal of the author': { listed: [byValue(remove(0))], withPath: true },
  'a removal of a blank leaf': { listed: [byValue(remove(blank))], withPath: true },
  'a removal far outside the tree': { listed: [byValue(remove(2 ** 31))], withPath: true },
  'one leaf removed twice': { listed: [byValue(remove(1)), byValue(remove(1))], treeOf: [remove(1)] },
  'two acts': { proposals: [act(utf8('one')), act(utf8('two'))] },
  'two charters': { listed: [byValue(extensions(0xf100)), byValue(extensions(0xf100))] },
  'no charter': { proposals: [extensions()] },
  'a second extension beside the charter': { proposals: [extensions(0xf100, 0xf101)] },
  'another extension instead of the charter': { proposals: [extensions(0xf101)] },
  'a renewal without a path': { withPath: false },
  'a removal without a path': { proposals: [remove(1)], withPath: false },
  'a wrong tag where all could compute it': {
    proposals: [act(utf8('x'))],
    confirmationTag: (tag) => flip(tag),
  },
})

const additionCases = async (suite: SuiteName, groups: readonly Group[]): Promise<Record<string, Lies>> => {
  const { state } = inside(groups[0] as Group)
  const other = leafAt(state.ratchetTree, 3)
  const one = await device(suite)
  const lowOrder = new Uint8Array(suiteNamed(suite).kem.publicBytes)
  const capabilities = other?.capabilities as LeafNodeKeyPackage['capabilities']
  const forged = async (lie: Parameters<typeof forgeKeyPackage>[1]): Promise<Lies> => {
    return { additions: [await forgeKeyPackage(suite, lie)] }
  }
  return {
    'a key package with a broken signature': await forged({ outer: { signature: randomBytes(64) } }),
    'a key package with an extension': await forged({
      outer: { extensions: [{ extensionType: 0xf102, extensionData: utf8('x') }] },
    }),
    'a key package of another suite': await forged({
      outer: { cipherSuite: suiteNamed(suite === 'xwing' ? 'x25519' : 'xwing').cs.name },
    }),
    'a leaf with a second extension': await forged({
      leaf: {
        extensions: [0xf101, 0xf100].map((extensionType) => ({ extensionType, extensionData: utf8('x') })),
      },
    }),
    'a leaf with other capabilities': await forged({
      leaf: { capabilities: { ...capabilities, proposals: [0xf200, 0xf201] } },
    }),
    'a leaf with rules out of order': await forged({
      leaf: { capabilities: { ...capabilities, extensions: [0xf100, 0xf101, 0xf302, 0xf301] } },
    }),
    'a leaf with a clock in it': await forged({ leaf: { lifetime: { notBefore: 0n, notAfter: 1n } } }),
    'an identity of 31 bytes': await forged({
      leaf: { credential: { credentialType: 'basic', identity: randomBytes(31) } },
    }),
    "a present device's identity": await forged({ leaf: { credential: other?.credential as never } }),
    "a present device's encryption key": await forged({
      leaf: { hpkePublicKey: other?.hpkePublicKey as Uint8Array },
    }),
    'an unusable init key': await forged({ outer: { initKey: lowOrder } }),
    'an added leaf with an unusable key': await forged({ leaf: { hpkePublicKey: lowOrder } }),
    'an added leaf with a short key': await forged({ leaf: { hpkePublicKey: randomBytes(31) } }),
    'the same device twice': { additions: [publicHalf(one), publicHalf(one)] },
    'two devices with one encryption key': {
      additions: [
        publicHalf(one),
        await forgeKeyPackage(suite, { leaf: { hpkePublicKey: publicHalf(one).leafNode.hpkePublicKey } }),
      ],
    },
  }
}

const pathCases = (suite: SuiteName, groups: readonly Group[]): Record<string, Lies> => {
  const { state } = inside(groups[0] as Group)
  const other = leafAt(state.ratchetTree, 3)
  const own = leafAt(state.ratchetTree, 0)
  const lowOrder = new Uint8Array(suiteNamed(suite).kem.publicBytes)
  const capabilities = { ...other?.capabilities, proposals: [] }
  return {
    'another identity': {
      path: changedLeaf({ credential: { credentialType: 'basic', identity: randomBytes(32) } }),
    },
    'another signature key': { path: changedLeaf({ signaturePublicKey: randomBytes(32) }) },
    'other seat data': {
      path: changedLeaf({ extensions: [{ extensionType: 0xf101, extensionData: utf8('president') }] }),
    },
    'no seat data': { path: changedLeaf({ extensions: [] }) },
    'other capabilities': { path: changedLeaf({ capabilities }) },
    'the old leaf key again': { path: changedLeaf({ hpkePublicKey: own?.hpkePublicKey }) },
    "another device's leaf key": { path: changedLeaf({ hpkePublicKey: other?.hpkePublicKey }) },
    'an unusable leaf key': { path: changedLeaf({ hpkePublicKey: lowOrder }) },
    'a wrong parent hash': { path: changedLeaf({ parentHash: randomBytes(32) }) },
    'a broken leaf signature': {
      path: (path) => ({ ...path, leafNode: { ...path.leafNode, signature: randomBytes(64) } }),
    },
    'an unusable node key': { path: (path, scene) => rekeyed(path, [lowOrder], scene) },
    'a short node key': { path: (path, scene) => rekeyed(path, [randomBytes(31)], scene) },
    "a leaf's key on a node": {
      path: (path, scene) => rekeyed(path, [other?.hpkePublicKey as Uint8Array], scene),
    },
    'the own new leaf key on a node': {
      path: (path, scene) => rekeyed(path, [path.leafNode.hpkePublicKey], scene),
    },
    'a node too few': { path: (path) => ({ ...path, nodes: path.nodes.slice(1) }) },
    'a node too many': { path: (path) => ({ ...path, nodes: [...path.nodes, ...path.nodes.slice(-1)] }) },
    'a ciphertext missing': {
      path: level0((node) => ({ ...node, encryptedPathSecret: node.encryptedPathSecret.slice(1) })),
    },
    'no ciphertexts at the top': {
      path: (path) => ({
        ...path,
        nodes: path.nodes.map((node, i) =>
          i === path.nodes.length - 1 ? { ...node, encryptedPathSecret: [] } : node,
        ),
      }),
    },
    'a ciphertext too many': {
      path: level0((node) => ({
        ...node,
        encryptedPathSecret: [...node.encryptedPathSecret, ...node.encryptedPathSecret],
      })),
    },
    'a short encapsulation': {
      path: level0((node) => ({
        ...node,
        encryptedPathSecret: node.encryptedPathSecret.map((c) => ({
          ...c,
          kemOutput: c.kemOutput.subarray(1),
        })),
      })),
    },
    'a long ciphertext': {
      path: level0((node) => ({
        ...node,
        encryptedPathSecret: node.encryptedPathSecret.map((c) => ({
          ...c,
          ciphertext: concat(c.ciphertext, Uint8Array.of(0)),
        })),
      })),
    },
  }
}

for (const suite of SUITES) {
  t.test(
    `${suite}: V1, V3, V5, attack 15: every lie in a commit is invalid for author, victim and bystander alike`,
    async (t) => {
      const groups = await oldGroup(suite)
      const author = groups[0] as Group
      const cases: Record<string, Case> = {
        ...framingCases(),
        ...proposalCases(2),
        ...(await additionCases(suite, groups)),
        ...Object.fromEntries(
          Object.entries(pathCases(suite, groups)).flatMap(([name, lies]) => [
            [name, lies],
            [`${name}, with a removal`, { ...lies, proposals: [remove(3)] }],
          ]),
        ),
      }
      t.equal(await verdict(groups, await forgeCommit(author, {})), 'valid', 'without a lie')
      const additions = [publicHalf(await device(suite)), await forgeKeyPackage(suite, {})]
      t.equal(await verdict(groups, await forgeCommit(author, { additions })), 'valid', 'additions')
      t.equal(
        await verdict(groups, await forgeCommit(author, { proposals: [remove(3)] })),
        'valid',
        'a removal',
      )
      for (const [name, { after = (message: Uint8Array) => message, ...lies }] of Object.entries(cases)) {
        t.equal(await verdict(groups, after(await forgeCommit(author, lies))), 'invalid', name)
      }
    },
  )

  t.test(`${suite}: V1 the sender must be a present leaf with a generation in reach`, async (t) => {
    const groups = await oldGroup(suite)
    const author = groups[0] as Group
    t.equal(await verdict(groups, await forgeCommit(author, { sender: 3 })), 'invalid', 'in another name')
    t.equal(await verdict(groups, await forgeCommit(author, { sender: 2 })), 'invalid', 'from a blank leaf')
    const staged = await stageCommit(author, [])
    const views = [...groups, staged.after]
    const far = async (generation: number) => {
      const tree = [...inside(author).state.secretTree]
      const own = tree[0] as (typeof tree)[number]
      const config = { ...clientConfig.keyRetentionConfig, maximumForwardRatchetSteps: 2000 }
      const [handshake] = await ratchetUntil(own.handshake, generation, config, suiteNamed(suite).cs.kdf)
      tree[0] = { ...own, handshake }
      return forgeCommit(author, { secretTree: tree })
    }
    t.equal(await verdict(views, await far(1000)), 'valid', 'far')
    t.equal(await verdict(views, await far(1001)), 'invalid', 'too far, also from where the author is')
    const tailed = await withSenderDataTail(author, await forgeCommit(author, {}))
    t.equal(await verdict(views, tailed), 'invalid', 'a byte behind the sender data')
  })

  t.test(`${suite}: I1 the author judges what he staged as everybody does, before and after`, async (t) => {
    const groups = await oldGroup(suite)
    const first = await stageCommit(groups[0] as Group, [])
    const second = await stageCommit(first.after, [{ type: 'act', data: utf8('motion') }])
    const views = [...groups, first.after, second.after]
    for (const staged of [first, second]) {
      t.equal(await verdict(views, staged.message), 'valid')
      t.strictSame(value(await inspectCommit(second.after, staged.message)), staged.summary)
    }
    t.notOk(sameBytes(first.message, second.message))
    await t.rejects(stageCommit(groups[0] as Group, []), /sent from already/, 'no generation is used twice')
  })

  t.test(
    `${suite}: 7.3, attacks 2 and 3: a garbled ciphertext is valid for all and leaves only its victims stuck`,
    async (t) => {
      const groups = await oldGroup(suite)
      const author = groups[0] as Group
      const garble = level0((node) => ({
        ...node,
        encryptedPathSecret: node.encryptedPathSecret.map((c) => ({ ...c, ciphertext: flip(c.ciphertext) })),
      }))
      const message = await forgeCommit(author, { path: garble })
      t.equal(await verdict(groups, message), 'valid')
      const outcomes = await Promise.all(groups.slice(1).map((group) => followCommit(group, message)))
      t.strictSame(
        outcomes.map((outcome) => (outcome.ok ? 'followed' : outcome.error)),
        ['stuck', ...Array.from({ length: groups.length - 2 }, () => 'followed')],
      )
      const wrongTag = await forgeCommit(author, { confirmationTag: (tag) => flip(tag) })
      t.equal(await verdict(groups, wrongTag), 'valid')
      for (const group of groups.slice(1))
        t.strictSame(await followCommit(group, wrongTag), { ok: false, error: 'stuck' })
      const later = await stageCommit(author, [])
      for (const group of groups.slice(1))
        t.ok((await followCommit(group, later.message)).ok, 'the old value still follows')
    },
  )

  t.test(
    `${suite}: RFC 9420 12.4.2 path secrets that do not give the shown keys leave everybody stuck`,
    async (t) => {
      const groups = await oldGroup(suite)
      const fresh = await suiteNamed(suite).cs.hpke.generateKeyPair()
      const key = await suiteNamed(suite).cs.hpke.exportPublicKey(fresh.publicKey)
      const message = await forgeCommit(groups[0] as Group, {
        path: async (path, scene) => {
          const keys = path.nodes.map((node) => node.hpkePublicKey).with(-1, key)
          return reencrypted(await rekeyed(path, keys, scene), scene)
        },
      })
      const honest = await forgeCommit(groups[0] as Group, { path: reencrypted })
      for (const group of groups.slice(1)) t.ok((await followCommit(group, honest)).ok, 'without the lie')
      t.equal(await verdict(groups, message), 'valid')
      for (const group of groups.slice(1))
        t.strictSame(await followCommit(group, message), { ok: false, error: 'stuck' })
    },
  )

  t.test(
    `${suite}: a removal is valid for its target too, who learns that he is out, also when his place is taken`,
    async (t) => {
      const groups = await oldGroup(suite)
      const fresh = await device(suite)
      const resync = await stageCommit(groups[0] as Group, [
        { type: 'remove', leaf: leaf(1) },
        { type: 'add', keyPackage: fresh.publicBytes },
        { type: 'act', data: utf8('resync') },
      ])
      t.equal(await verdict(groups, resync.message), 'valid')
      t.strictSame(await followCommit(groups[1] as Group, resync.message), { ok: false, error: 'removed' })
      for (const group of groups.slice(2)) {
        const next = value(await followCommit(group, resync.message))
        t.ok(sameBytes(epochAuthenticatorOf(next), epochAuthenticatorOf(resync.next)))
      }
    },
  )

  t.test(`${suite}: what we follow, the library follows to the same state`, async (t) => {
    const groups = await oldGroup(suite)
    const joiner = await device(suite)
    const kinds = [
      [],
      [{ type: 'add', keyPackage: joiner.publicBytes }],
      [{ type: 'charter', charter: utf8('second') }],
      [{ type: 'remove', leaf: leaf(4) }],
    ] as const
    let author = groups[0] as Group
    const { cs } = suiteNamed(suite)
    for (const proposals of kinds) {
      const staged = await stageCommit(author, proposals)
      author = staged.after
      const [message] = decodeMlsMessage(staged.message, 0) ?? []
      if (message?.wireformat !== 'mls_private_message') throw new Error('not private')
      const bystander = groups[2] as Group
      const ours = inside(value(await followCommit(bystander, staged.message))).state
      const { state } = inside(bystander)
      const theirs = (await processPrivateMessage(state, message.privateMessage, emptyPskIndex, cs)).newState
      const { privatePath, historicalReceiverData: _, ...rest } = theirs
      t.match(rest, { ...ours, privatePath: undefined, historicalReceiverData: undefined, clientConfig: {} })
      t.match(privatePath.privateKeys, ours.privatePath.privateKeys)
      t.strictSame(sha256(epochAuthenticatorOf(staged.next)), sha256(ours.keySchedule.epochAuthenticator))
    }
  })
}
