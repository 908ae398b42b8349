import fc from 'fast-check'
import t from 'tap'
import { createConfirmationTag } from 'ts-mls/framedContent.js'
import type { GroupContext } from 'ts-mls/groupContext.js'
import { extractWelcomeSecret, signGroupInfo } from 'ts-mls/groupInfo.js'
import { decodeKeyPackage, encodeKeyPackage, makeKeyPackageRef, signKeyPackage } from 'ts-mls/keyPackage.js'
import { deriveKeySchedule } from 'ts-mls/keySchedule.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import type { PreSharedKeyID } from 'ts-mls/presharedkey.js'
import { encodeRatchetTree, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { encryptGroupInfo, encryptGroupSecrets } from 'ts-mls/welcome.js'
import { stageCommit } from '../../../../client/core/mls/commit.ts'
import { epochAuthenticatorOf, leavesOf } from '../../../../client/core/mls/group.ts'
import { inside } from '../../../../client/core/mls/inside.ts'
import {
  inspectKeyPackage,
  newKeyPackage,
  openKeyPackage,
  restoreKeyPackage,
} from '../../../../client/core/mls/keyPackage.ts'
import { suiteNamed } from '../../../../client/core/mls/suite.ts'
import type { Group, NewKeyPackage } from '../../../../client/core/mls/types.ts'
import { joinFromWelcome } from '../../../../client/core/mls/welcome.ts'
import { concat, sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { cryptoReady, randomBytes, sha256 } from '../../../../shared/crypto/sodium.ts'
import { advance, device, groupOfSize, leaf, SUITES, value } from '../../../support/mlsGroup.ts'

await cryptoReady

/** Lies of the member who writes the Welcome: he knows all there is to know, so all tags and signatures fit the lie. */
type Lies = {
  readonly tree?: (tree: RatchetTree) => RatchetTree
  readonly context?: (context: GroupContext) => GroupContext
  readonly treeHash?: Uint8Array
  readonly pathSecret?: Uint8Array
  readonly psks?: PreSharedKeyID[]
  readonly signer?: number
  readonly extension?: boolean
  readonly confirmationTag?: Uint8Array
  readonly signature?: Uint8Array
}

/** A Welcome into the state of `by`'s next epoch, under secrets of the writer's own choice. */
const writeWelcome = async (by: Group, to: NewKeyPackage, lies: Lies): Promise<Uint8Array> => {
  const { suite, state } = inside(by)
  const { cs } = suite
  const keys = openKeyPackage(suite, to)
  if (keys === undefined) throw new Error('no keys')
  const zeros = new Uint8Array(cs.kdf.size)
  const joinerSecret = randomBytes(cs.kdf.size)
  const tree = lies.tree?.(state.ratchetTree) ?? state.ratchetTree
  const treeHash = lies.treeHash ?? (await treeHashRoot(tree, cs.hash))
  const context = { ...state.groupContext, treeHash }
  const groupContext = lies.context?.(context) ?? context
  const [{ confirmationKey }] = await deriveKeySchedule(joinerSecret, zeros, groupContext, cs.kdf)
  const { confirmedTranscriptHash } = groupContext
  const tag = await createConfirmationTag(confirmationKey, confirmedTranscriptHash, cs.hash)
  const treeExtension = { extensionType: 'ratchet_tree' as const, extensionData: encodeRatchetTree(tree) }
  const second = { extensionType: 0xf102, extensionData: utf8('x') }
  const signed = await signGroupInfo(
    {
      groupContext,
      extensions: lies.extension ? [treeExtension, second] : [treeExtension],
      confirmationTag: lies.confirmationTag ?? tag,
      signer: lies.signer ?? state.privatePath.leafIndex,
    },
    state.signaturePrivateKey,
    cs.signature,
  )
  const info = { ...signed, signature: lies.signature ?? signed.signature }
  const welcomeSecret = await extractWelcomeSecret(joinerSecret, zeros, cs.kdf)
  const encryptedGroupInfo = await encryptGroupInfo(info, welcomeSecret, cs)
  const initKey = await cs.hpke.importPublicKey(keys.publicPackage.initKey)
  const secrets = { joinerSecret, pathSecret: lies.pathSecret, psks: lies.psks ?? [] }
  const { enc, ct } = await encryptGroupSecrets(initKey, encryptedGroupInfo, secrets, cs.hpke)
  const newMember = await makeKeyPackageRef(keys.publicPackage, cs.hash)
  const encryptedGroupSecrets = { kemOutput: enc, ciphertext: ct }
  return encodeMlsMessage({
    version: 'mls10',
    wireformat: 'mls_welcome',
    welcome: { cipherSuite: cs.name, secrets: [{ newMember, encryptedGroupSecrets }], encryptedGroupInfo },
  })
}

/** The tree with one node replaced. */
const withNode =
  (index: number, change: (node: NonNullable<RatchetTree[number]>) => object) => (tree: RatchetTree) =>
    tree.map((node, i) => (i === index && node ? change(node) : node)) as RatchetTree
const leafWith = (index: number, changes: object) =>
  withNode(2 * index, (node) => ('leaf' in node ? { ...node, leaf: { ...node.leaf, ...changes } } : node))
const parentWith = (index: number, changes: object) =>
  withNode(index, (node) => ('parent' in node ? { ...node, parent: { ...node.parent, ...changes } } : node))

for (const suite of SUITES) {
  t.test(`${suite}: a newcomer learns the same epoch as everybody, and who opened it`, async (t) => {
    const [founder, second] = (await groupOfSize(suite, 2)) as [Group, Group]
    const joiner = await device(suite)
    const cases = [
      { by: second, proposals: [], opener: 1 },
      { by: founder, proposals: [{ type: 'remove', leaf: leaf(1) } as const], opener: 0 },
    ]
    for (const { by, proposals, opener } of cases) {
      const staged = await stageCommit(by, [...proposals, { type: 'add', keyPackage: joiner.publicBytes }])
      const welcome = staged.welcome as Uint8Array
      const joined = value(await joinFromWelcome({ suite, welcome, keyPackage: joiner }))
      t.ok(sameBytes(epochAuthenticatorOf(joined.group), epochAuthenticatorOf(staged.next)))
      t.equal(joined.opener, opener)
      t.strictSame(leavesOf(joined.group), leavesOf(staged.next))
      const other = { suite, welcome, keyPackage: await device(suite) }
      t.notOk((await joinFromWelcome(other)).ok, 'somebody else')
      const otherSuite = SUITES.find((name) => name !== suite) ?? suite
      t.notOk((await joinFromWelcome({ suite: otherSuite, welcome, keyPackage: joiner })).ok, 'another suite')
      const longer = concat(welcome, Uint8Array.of(0))
      t.notOk((await joinFromWelcome({ suite, welcome: longer, keyPackage: joiner })).ok, 'a byte behind')
      for (let at = 0; at < welcome.length; at += 37) {
        const damaged = welcome.with(at, (welcome[at] ?? 0) ^ 1)
        const answer = await joinFromWelcome({ suite, welcome: damaged, keyPackage: joiner })
        if (answer.ok) t.fail(`byte ${at}`)
      }
    }
  })

  t.test(`${suite}: a Welcome with a lie in it is rejected`, async (t) => {
    let groups = await groupOfSize(suite, 4)
    for (const author of [0, 3]) groups = await advance(groups, author, [])
    const joiner = await device(suite)
    const add = { type: 'add', keyPackage: joiner.publicBytes } as const
    const { next } = await stageCommit(groups[0] as Group, [{ type: 'remove', leaf: leaf(1) }, add])
    const join = async (lies: Lies) => {
      const welcome = await writeWelcome(next, joiner, lies)
      return (await joinFromWelcome({ suite, welcome, keyPackage: joiner })).ok
    }
    t.ok(await join({}), 'without a lie')
    const charter = next && inside(next).state.groupContext.extensions[0]
    const hpkePublicKey =
      leavesOf(next)[2] &&
      (inside(next).state.ratchetTree[4] as { leaf: { hpkePublicKey: Uint8Array } }).leaf.hpkePublicKey
    const lies: Record<string, Lies> = {
      'a path secret that does not give the keys in the tree': {
        pathSecret: randomBytes(suite === 'xwing' ? 64 : 32),
      },
      'a path secret that is too short': { pathSecret: randomBytes(5) },
      'a pre-shared key': { psks: [{ psktype: 'external', pskId: utf8('k'), pskNonce: randomBytes(32) }] },
      'another signer': { signer: 2 },
      'the newcomer as signer': { signer: 1 },
      'a signer who is not there': { signer: 40 },
      'a broken signature': { signature: randomBytes(64) },
      'a wrong tag': { confirmationTag: randomBytes(32) },
      'a second extension': { extension: true },
      'another tree hash': { treeHash: randomBytes(32) },
      'no charter': { context: (context) => ({ ...context, extensions: [] }) },
      'two charters': { context: (context) => ({ ...context, extensions: [charter, charter] as never }) },
      'a short anchor': { context: (context) => ({ ...context, groupId: randomBytes(31) }) },
      'the founding epoch': { context: (context) => ({ ...context, epoch: 0n }) },
      'a leaf with a broken signature': { tree: leafWith(2, { signature: randomBytes(64) }) },
      'a leaf with other capabilities': {
        tree: leafWith(2, {
          capabilities: { versions: [], ciphersuites: [], extensions: [], proposals: [], credentials: [] },
        }),
      },
      'a leaf twice': { tree: (tree) => tree.map((node, i) => (i === 6 ? tree[4] : node)) },
      'one key on two nodes': { tree: parentWith(3, { hpkePublicKey }) },
      'a short node key': { tree: parentWith(3, { hpkePublicKey: randomBytes(31) }) },
      'a wrong parent hash': { tree: parentWith(1, { parentHash: randomBytes(32) }) },
      'an unmerged leaf that is not below': { tree: parentWith(1, { unmergedLeaves: [3] }) },
      'an unmerged leaf that is not there': { tree: parentWith(3, { unmergedLeaves: [9] }) },
      'an unmerged leaf twice': { tree: parentWith(3, { unmergedLeaves: [2, 2] }) },
      'a parent in the place of a leaf': {
        treeHash: randomBytes(32),
        tree: (tree) => tree.map((node, i) => (i === 4 ? tree[3] : node)),
      },
      'a leaf in the place of a parent': {
        treeHash: randomBytes(32),
        tree: (tree) => tree.map((node, i) => (i === 3 ? tree[4] : node)),
      },
      'the newcomer missing': { tree: (tree) => tree.map((node, i) => (i === 2 ? undefined : node)) },
    }
    const [young] = (await groupOfSize(suite, 3)) as [Group]
    const unmerged = (await stageCommit(young, [add])).next
    const twice = (tree: RatchetTree) => tree.map((node, i) => (i === 4 ? tree[2] : node))
    for (const [tree, isSound] of [
      [(whole: RatchetTree) => whole, true],
      [twice, false],
    ] as const) {
      const welcome = await writeWelcome(unmerged, joiner, { tree })
      const joined = await joinFromWelcome({ suite, welcome, keyPackage: joiner })
      t.equal(joined.ok, isSound, 'a leaf twice, and nothing but leaves')
    }
    for (const [name, lie] of Object.entries(lies)) t.notOk(await join(lie), name)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (junk) => {
        return !(await joinFromWelcome({ suite, welcome: junk, keyPackage: joiner })).ok
      }),
      { numRuns: 500 },
    )
  })

  t.test(`${suite}: a key package is taken in one form only`, async (t) => {
    const identity = randomBytes(32)
    const made = await newKeyPackage({ suite, identity, seatData: utf8('seat'), rules: [1, 2, 7] })
    const facts = value(await inspectKeyPackage(suite, made.publicBytes))
    t.strictSame(facts.identity, identity)
    t.strictSame(facts.seatData, utf8('seat'))
    t.strictSame(facts.rules, [1, 2, 7])
    t.strictSame(facts.hash, sha256(made.publicBytes))
    t.strictSame(made.hash, facts.hash)
    t.equal(made.privateBytes.length, 128)
    const refused = async (bytes: Uint8Array) => !(await inspectKeyPackage(suite, bytes)).ok
    t.ok(await refused(concat(made.publicBytes, Uint8Array.of(0))))
    t.ok(await refused(made.publicBytes.subarray(0, -1)))
    t.notOk((await inspectKeyPackage(suite === 'xwing' ? 'x25519' : 'xwing', made.publicBytes)).ok)
    for (let at = 0; at < made.publicBytes.length; at += suite === 'xwing' ? 29 : 1) {
      const damaged = made.publicBytes.with(at, (made.publicBytes[at] ?? 0) ^ 1)
      if (!(await refused(damaged))) t.fail(`byte ${at}`)
    }
    const [keyPackage] = decodeKeyPackage(made.publicBytes, 0) ?? []
    if (keyPackage === undefined) throw new Error('does not decode')
    // Everything signed "by" the point of order 1: R is that point and S is zero.
    const signaturePublicKey = new Uint8Array(32).fill(1, 0, 1)
    const signature = new Uint8Array(64).fill(1, 0, 1)
    const leafNode = { ...keyPackage.leafNode, signaturePublicKey, signature }
    t.ok(
      await refused(encodeKeyPackage({ ...keyPackage, leafNode, signature })),
      'a small-order signature key',
    )
    const keys = openKeyPackage(suiteNamed(suite), made)
    const twin = await signKeyPackage(
      { ...keyPackage, initKey: keyPackage.leafNode.hpkePublicKey },
      keys?.privatePackage.signaturePrivateKey ?? randomBytes(64),
      suiteNamed(suite).cs.signature,
    )
    t.ok(await refused(encodeKeyPackage(twin)), 'one key for both')
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), refused), { numRuns: 2000 })
    await t.rejects(newKeyPackage({ suite, identity: randomBytes(31), seatData: utf8('') }), /32 bytes/)
    await t.rejects(newKeyPackage({ suite, identity, seatData: utf8(''), rules: [2, 1] }), /ascend/)
    await t.rejects(newKeyPackage({ suite, identity, seatData: utf8(''), rules: [] }), /ascend/)
  })

  t.test(`${suite}: the two halves of a key package come back together or not at all`, async (t) => {
    const [made, other] = [await device(suite), await device(suite)]
    t.strictSame(restoreKeyPackage(suite, made.publicBytes, made.privateBytes), made)
    t.equal(restoreKeyPackage(suite, made.publicBytes, other.privateBytes), undefined)
    t.equal(restoreKeyPackage(suite, made.publicBytes, made.privateBytes.subarray(1)), undefined)
    t.equal(restoreKeyPackage(suite, made.publicBytes.subarray(1), made.privateBytes), undefined)
  })
}
