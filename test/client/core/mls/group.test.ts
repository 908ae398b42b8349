import fc from 'fast-check'
import t from 'tap'
import { followCommit, inspectCommit, stageCommit } from '../../../../client/core/mls/commit.ts'
import * as group from '../../../../client/core/mls/group.ts'
import { isCommit, open, seal, senderOf } from '../../../../client/core/mls/message.ts'
import { decodeGroup, deltaOf, encodeGroup } from '../../../../client/core/mls/state.ts'
import type {
  Group,
  GroupDelta,
  Proposal,
  StagedCommit,
  SuiteName,
} from '../../../../client/core/mls/types.ts'
import { concat, sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, randomBytes, sign, verify } from '../../../../shared/crypto/sodium.ts'
import { add, advance, device, found, groupOfSize, leaf, SUITES, value } from '../../../support/mlsGroup.ts'
import { reachableEpochs } from '../../../support/outsider.ts'

await cryptoReady

const same = (groups: readonly Group[]): boolean =>
  new Set(groups.map((one) => toHex(group.epochAuthenticatorOf(one)))).size === 1

/** A removal as proposals, from a group of this size. */
type Removal = { readonly size: number; readonly proposals: readonly Proposal[] }

const removals = async (suite: SuiteName): Promise<Record<string, Removal>> => {
  const out = (...leaves: number[]) => leaves.map((index) => ({ type: 'remove', leaf: leaf(index) }) as const)
  const fresh = async () => ({ type: 'add', keyPackage: (await device(suite)).publicBytes }) as const
  return {
    'one leaf': { size: 5, proposals: out(3) },
    'several leaves': { size: 5, proposals: out(1, 2, 3) },
    'all but the author': { size: 4, proposals: out(1, 2, 3) },
    'one of two': { size: 2, proposals: out(1) },
    'with an act': { size: 4, proposals: [...out(3), { type: 'act', data: utf8('mandate') }] },
    'a resync': { size: 4, proposals: [...out(3), await fresh()] },
    'a resync of the only other': { size: 2, proposals: [...out(1), await fresh()] },
  }
}

/** Freshly added leaves, or every one with a commit of its own behind it. */
const groupOfAge = async (suite: SuiteName, size: number, isOld: boolean): Promise<Group[]> => {
  let groups = await groupOfSize(suite, size)
  for (let author = 0; isOld && author < size; author++) groups = await advance(groups, author, [])
  return groups
}

type Step = { readonly kind: string; readonly author: number; readonly target: number }

const takeStep = async (
  suite: SuiteName,
  groups: Group[],
  { kind, author, target }: Step,
): Promise<Group[]> => {
  const by = author % groups.length
  const own = group.ownLeafOf(groups[by] as Group)
  const others = group.leavesOf(groups[by] as Group).filter(({ index }) => index !== own)
  const picked = new Set([others[target % others.length], others[(target + 1) % others.length]])
  const out = [...picked].flatMap((one) => (one ? [{ type: 'remove', leaf: one.index } as const] : []))
  const fresh = await device(suite)
  const joins = { type: 'add', keyPackage: fresh.publicBytes } as const
  const steps: Record<string, () => Promise<Group[]>> = {
    add: () => add(groups, by, suite, 1),
    'add two': () => add(groups, by, suite, 2),
    remove: () => advance(groups, by, out.slice(0, 1)),
    'remove two': () => advance(groups, by, out),
    charter: () => advance(groups, by, [{ type: 'charter', charter: randomBytes(9) }]),
    resync: () => advance(groups, by, [...out.slice(0, 1), joins], [fresh]),
  }
  return (steps[kind] ?? (() => advance(groups, by, [])))()
}

for (const suite of SUITES) {
  t.test(
    `${suite}: I14 a removed device, given all later messages, derives nothing, whatever removed it`,
    async (t) => {
      const cases = Object.entries(await removals(suite)).flatMap(([name, removal]) => [
        { ...removal, label: name, isOld: false },
        { ...removal, label: `${name}, old group`, isOld: true },
      ])
      for (const { label, size, proposals, isOld } of cases) {
        const groups = await groupOfAge(suite, size, isOld)
        const removed = proposals.flatMap((p) => (p.type === 'remove' ? [groups[p.leaf] as Group] : []))
        const kept = groups.slice(1).filter((one) => !removed.includes(one))
        const staged = await stageCommit(groups[0] as Group, proposals)
        const sealed = await seal(staged.next, utf8('after the removal'))
        const later = await stageCommit(sealed.next, [])
        const epoch = toHex(group.epochAuthenticatorOf(staged.next))
        for (const one of removed) {
          t.strictSame(await followCommit(one, staged.message), { ok: false, error: 'removed' }, label)
          t.notOk((await reachableEpochs(one, staged.message)).includes(epoch), `${label}: epoch`)
          t.notOk((await open(one, sealed.message)).ok, `${label}: message`)
          t.notOk((await inspectCommit(one, later.message)).ok, `${label}: later commit`)
        }
        for (const one of kept) {
          t.ok((await reachableEpochs(one, staged.message)).includes(epoch), `${label}: who stays can`)
        }
      }
    },
  )

  t.test(
    `${suite}: any history of additions, removals and renewals keeps everybody together, newcomers included`,
    async (t) => {
      const step = fc.record({
        kind: fc.constantFrom('add', 'add two', 'remove', 'remove two', 'renew', 'charter', 'resync'),
        author: fc.nat(),
        target: fc.nat(),
      })
      const history = fc.array(step, { minLength: 6, maxLength: 14 })
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          let groups = await groupOfSize(suite, 3)
          for (const one of steps) {
            groups = await takeStep(suite, groups, one)
            if (!same(groups)) return false
          }
          return true
        }),
        { numRuns: suite === 'x25519' ? 25 : 8 },
      )
      t.pass()
    },
  )

  t.test(
    `${suite}: two newcomers under different branches join (the library refuses this tree)`,
    async (t) => {
      let groups = await groupOfSize(suite, 8)
      for (const author of [0, 2, 4, 6]) groups = await advance(groups, author, [])
      groups = await advance(
        groups,
        0,
        [3, 5].map((i) => ({ type: 'remove', leaf: leaf(i) })),
      )
      groups = await advance(groups, groups.length - 1, [])
      groups = await advance(groups, 0, [])
      groups = await add(groups, 0, suite, 2)
      t.ok(same(groups))
      t.equal(group.leavesOf(groups[0] as Group).length, 8)
    },
  )

  t.test(`${suite}: 4.1 the root is the same for all members and another in each epoch`, async (t) => {
    const groups = await groupOfSize(suite, 3)
    const roots = async (all: readonly Group[]) =>
      new Set(await Promise.all(all.map(async (one) => toHex(await group.exportRoot(one)))))
    const [first, second] = [await roots(groups), await roots(await advance(groups, 2, []))]
    t.equal(first.size, 1)
    t.equal(second.size, 1)
    t.notSame([...first], [...second])
  })

  t.test(`${suite}: what a group says of itself`, async (t) => {
    const founder = await found(suite)
    const [, second] = await groupOfSize(suite, 2)
    t.equal(group.epochOf(founder), 0)
    t.equal(group.suiteOf(founder), suite)
    t.equal(group.anchorOf(founder).length, 32)
    t.strictSame(group.charterOf(founder), utf8('charter'))
    t.equal(group.ownLeafOf(second as Group), 1)
    const renewed = (await stageCommit(second as Group, [])).next
    t.strictSame(
      group
        .leavesOf(renewed)
        .map(({ index, source, seatData, rules }) => ({ index, source, seatData, rules })),
      [
        { index: 0, source: 'key_package', seatData: utf8('seat'), rules: [1] },
        { index: 1, source: 'commit', seatData: utf8('seat'), rules: [1] },
      ],
    )
    const { publicKey, secretKey } = group.signatureKeyPair(renewed)
    t.strictSame(publicKey, group.leavesOf(renewed)[1]?.signatureKey)
    t.ok(verify(publicKey, utf8('approval'), sign(secretKey, utf8('approval'))))
    const changed = await stageCommit(founder, [{ type: 'charter', charter: utf8('second') }])
    t.strictSame(group.charterOf(changed.next), utf8('second'))
    await t.rejects(
      stageCommit(changed.next, [
        { type: 'charter', charter: utf8('x') },
        { type: 'remove', leaf: leaf(1) },
      ]),
      /two commits/,
    )
  })

  t.test(`${suite}: messages open once, in order, by others of the same epoch`, async (t) => {
    const [alice, bob, carol] = (await groupOfSize(suite, 3)) as [Group, Group, Group]
    const first = await seal(alice, utf8('one'))
    const second = await seal(first.next, utf8('two'))
    const third = await seal(second.next, utf8('three'))
    const opened = value(await open(bob, first.message))
    t.strictSame(opened.plaintext, utf8('one'))
    t.equal(opened.sender, 0)
    t.notOk((await open(opened.next, first.message)).ok, 'a second time')
    const skipped = value(await open(opened.next, third.message))
    t.strictSame(skipped.plaintext, utf8('three'))
    t.notOk((await open(skipped.next, second.message)).ok, 'a generation that was skipped')
    t.strictSame(
      value(await open(opened.next, second.message)).plaintext,
      utf8('two'),
      'from the value before',
    )
    t.notOk((await open(third.next, first.message)).ok, 'its own author')
    t.equal(await senderOf(third.next, first.message), 0)
    t.equal(await senderOf(carol, first.message), 0)
    t.equal(first.message.length, 164, 'what a short message costs')
    const [later] = await advance([alice, bob, carol], 1, [])
    t.notOk((await open(later as Group, first.message)).ok, 'another epoch')
    t.equal(await senderOf(later as Group, first.message), undefined)
  })

  t.test(`${suite}: I3 damaged messages and commits are no application messages`, async (t) => {
    const [alice, bob] = (await groupOfSize(suite, 2)) as [Group, Group]
    const { message } = await seal(alice, utf8('one'))
    const commit = await stageCommit(bob, [])
    t.equal(isCommit(message), false)
    t.equal(isCommit(commit.message), true)
    t.equal(isCommit(concat(commit.message, Uint8Array.of(0))), false)
    t.notOk((await open(alice, commit.message)).ok)
    t.notOk((await inspectCommit(bob, message)).ok)
    t.notOk((await open(bob, concat(message, Uint8Array.of(0)))).ok)
    for (let at = 0; at < message.length; at++) {
      const damaged = message.with(at, (message[at] ?? 0) ^ (1 << (at % 8)))
      if ((await open(bob, damaged)).ok) t.fail(`byte ${at}`)
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (junk) => {
        const answers = [await open(bob, junk), await inspectCommit(bob, junk), await followCommit(bob, junk)]
        return answers.every(({ ok }) => !ok) && (await senderOf(bob, junk)) === undefined && !isCommit(junk)
      }),
      { numRuns: 2000 },
    )
    t.ok((await open(bob, message)).ok, 'and it still opens')
  })

  t.test(`${suite}: I6 no sending key is used twice, whichever value it is taken from`, async (t) => {
    const [alice, bob] = (await groupOfSize(suite, 2)) as [Group, Group]
    const other = await seal(bob, utf8('from bob'))
    const listened = value(await open(alice, other.message)).next
    const staged = await stageCommit(alice, [])
    const sent = await seal(listened, utf8('one'))
    await t.rejects(seal(alice, utf8('again')), /sent from already/, 'the value before listening')
    await t.rejects(seal(listened, utf8('again')), /sent from already/)
    await t.rejects(seal(staged.after, utf8('again')), /sent from already/, 'the value after staging')
    await t.rejects(stageCommit(sent.next, []), /sent from already/, 'a second commit under one generation')
    t.ok(await seal(sent.next, utf8('two')))
    t.ok(await stageCommit(staged.after, []))
  })

  t.test(`${suite}: a base and its deltas are the live group`, async (t) => {
    const [alice, bob] = (await groupOfSize(suite, 5)) as [Group, Group]
    const base = encodeGroup(bob)
    const deltas: GroupDelta[] = []
    let [sender, live]: Group[] = [alice, bob] as [Group, Group]
    const step = (next: Group) => {
      deltas.push(...deltaOf(live as Group, next))
      live = next
    }
    for (let i = 0; i < 5; i++) {
      const sealed = await seal(sender as Group, utf8(`message ${i}`))
      sender = sealed.next
      step(value(await open(live as Group, sealed.message)).next)
    }
    step((await seal(live as Group, utf8('an answer'))).next)
    const staged: StagedCommit = await stageCommit(live as Group, [])
    step(staged.after)
    const restored = await decodeGroup(suite, base, deltas)
    t.equal(deltas.length, 7)
    t.strictSame(restored && encodeGroup(restored), encodeGroup(live as Group))
    t.ok(restored && (await inspectCommit(restored, staged.message)).ok, 'the own commit too')
    const next = await seal(sender as Group, utf8('next'))
    t.ok(restored && (await open(restored, next.message)).ok)
    t.ok((await followCommit((await decodeGroup(suite, encodeGroup(alice), [])) as Group, staged.message)).ok)
    t.throws(() => deltaOf(alice, staged.next), /one epoch/)
  })

  t.test(`${suite}: damaged stored state is refused`, async (t) => {
    const [alice, bob] = (await groupOfSize(suite, 2)) as [Group, Group]
    const base = encodeGroup(alice)
    const { next } = await seal(alice, utf8('x'))
    const [delta] = deltaOf(alice, next) as [GroupDelta]
    t.ok(await decodeGroup(suite, base, [delta]))
    t.equal(await decodeGroup(suite, concat(base, Uint8Array.of(0)), []), undefined)
    t.equal(await decodeGroup(suite, base.subarray(1), []), undefined)
    t.equal(await decodeGroup(suite, base.subarray(0, -1), []), undefined)
    t.equal(await decodeGroup(suite === 'xwing' ? 'x25519' : 'xwing', base, []), undefined)
    t.equal(await decodeGroup(suite, base, [{ ...delta, node: 99 }]), undefined)
    t.equal(
      await decodeGroup(suite, base, [{ ...delta, bytes: concat(delta.bytes, Uint8Array.of(0)) }]),
      undefined,
    )
    t.notOk(sameBytes(base, encodeGroup(bob)))
  })
}
