/** Mandates and the charter's floors: protocol.md 7.4 and 4.5, invariants I9, I10 and I12. */
import fc from 'fast-check'
import t from 'tap'
import {
  approvalsNeeded,
  type Charter,
  charterCodec,
  decodeCharter,
  encodeCharter,
  meetsFloors,
} from '../../../../client/core/governance/charter.ts'
import {
  type Approval,
  approvingSeat,
  approvingSeats,
  assembleMandate,
  isCarried,
  MOTION_LIFE_EPOCHS,
  mandate,
  motionHash,
  needed,
} from '../../../../client/core/governance/motion.ts'
import { judge } from '../../../../client/core/governance/validity.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import {
  aCharter,
  aCommit,
  aCommittee,
  actProposal,
  addLeaf,
  aMotion,
  aNewcomer,
  approvalOf,
  type Committee,
  filled,
  hashOf,
  inOrder,
  ledgerOf,
  mandateOf,
  RELAY,
  removeLeaf,
  type Signer,
  seatNumber,
  signerOf,
} from '../../../support/court.ts'

const newcomer = aNewcomer()
const ADD = {
  type: 'add',
  keyPackage: newcomer.view.hash,
  seat: newcomer.seat,
  sponsor: seatNumber(0),
} as const
const CHARTER = { type: 'charter', charter: encodeCharter(aCharter({ name: 'Day shift' })) } as const
const removalOf = (n: number) => ({ type: 'remove', seat: seatNumber(n) }) as const

const give = (motion: Parameters<typeof approvalOf>[0], signers: readonly Signer[]): readonly Approval[] =>
  signers.map((signer) => approvalOf(motion, signer))

t.test(
  '7.4 approvals needed in committees of 1 to 12: two thirds, two together, removals without their target',
  async (t) => {
    const table = [
      { seats: 1, add: 1, remove: 2, charter: 1 },
      { seats: 2, add: 2, remove: 2, charter: 2 },
      { seats: 3, add: 2, remove: 2, charter: 2 },
      { seats: 4, add: 3, remove: 2, charter: 3 },
      { seats: 5, add: 4, remove: 3, charter: 4 },
      { seats: 6, add: 4, remove: 4, charter: 4 },
      { seats: 7, add: 5, remove: 4, charter: 5 },
      { seats: 8, add: 6, remove: 5, charter: 6 },
      { seats: 9, add: 6, remove: 6, charter: 6 },
      { seats: 10, add: 7, remove: 6, charter: 7 },
      { seats: 11, add: 8, remove: 7, charter: 8 },
      { seats: 12, add: 8, remove: 8, charter: 8 },
    ]
    for (const { seats, ...row } of table) {
      const { court, signers } = aCommittee({ seats })
      for (const [action, target] of [
        [ADD, undefined],
        [CHARTER, undefined],
        [removalOf(seats - 1), seatNumber(seats - 1)],
      ] as const) {
        const motion = aMotion(court, action)
        const count = row[action.type]
        const voters = signers.filter(({ seat }) => seat !== target)
        t.equal(needed(court, motion), count, `${action.type} among ${seats}`)
        t.equal(isCarried(court, motion, give(motion, voters.slice(0, count - 1))), false)
        t.equal(isCarried(court, motion, give(motion, voters.slice(0, count))), count <= voters.length)
      }
    }
  },
)

t.test(
  '7.4 one member alone decides for himself, two decide everything together, and neither puts the other out',
  async (t) => {
    const carried = (seats: number, action: Parameters<typeof aMotion>[1], by: readonly number[]) => {
      const { court, signers } = aCommittee({ seats })
      const motion = aMotion(court, action)
      return isCarried(
        court,
        motion,
        give(
          motion,
          signers.filter((_, i) => by.includes(i)),
        ),
      )
    }
    t.ok(carried(1, ADD, [0]))
    t.notOk(carried(1, ADD, []))
    for (const action of [ADD, CHARTER]) {
      t.notOk(carried(2, action, [0]))
      t.notOk(carried(2, action, [1]))
      t.ok(carried(2, action, [0, 1]))
    }
    for (const by of [[0], [1], [0, 1]]) t.notOk(carried(2, removalOf(1), by))
    t.ok(carried(3, removalOf(2), [0, 1]), 'of three, the other two together')
    for (const by of [[0], [1], [0, 2], [1, 2]]) t.notOk(carried(3, removalOf(2), by))
  },
)

t.test('7.4 a charter may ask for more approvals, by number and by thirds', async (t) => {
  const count = (threshold: Charter['add'], electorate: number, keepsCount = false) =>
    approvalsNeeded(threshold, electorate, keepsCount)
  t.equal(count({ count: 4, thirds: 1 }, 6), 4)
  t.equal(count({ count: 2, thirds: 1 }, 7), 3)
  t.equal(count({ count: 2, thirds: 3 }, 7), 7)
  t.equal(count({ count: 5, thirds: 1 }, 2), 2, 'two are two')
  t.equal(count({ count: 5, thirds: 1 }, 2, true), 2, 'a count above the electorate asks for all of it')
  const strict = aCommittee({
    seats: 6,
    charter: {
      add: { count: 6, thirds: 3 },
      remove: { count: 3, thirds: 1 },
      change: { count: 2, thirds: 3 },
    },
  })
  t.equal(needed(strict.court, aMotion(strict.court, ADD)), 6)
  t.equal(needed(strict.court, aMotion(strict.court, removalOf(1))), 3)
  t.equal(needed(strict.court, aMotion(strict.court, CHARTER)), 6)
})

t.test('I12 with three seats nobody decides alone, even if all others are on probation', async (t) => {
  const one = aCommittee({ seats: [{}, { joined: 29 }, { joined: 29 }] })
  const none = aCommittee({ seats: [{ joined: 29 }, { joined: 29 }] })
  for (const action of [ADD, CHARTER]) {
    const motion = aMotion(one.court, action)
    t.equal(needed(one.court, motion), 2)
    t.notOk(isCarried(one.court, motion, give(motion, one.signers)))
    const other = aMotion(none.court, action)
    t.equal(needed(none.court, other), 1)
    t.notOk(isCarried(none.court, other, give(other, none.signers)), 'and nobody decides nothing')
    t.notOk(isCarried(none.court, other, []))
  }
})

t.test('I10, attack 6: three devices of one seat are one approval', async (t) => {
  const { court, signers } = aCommittee({ seats: [{ devices: 3 }, { devices: 2 }, {}] })
  const motion = aMotion(court, ADD)
  const ofFirst = give(motion, signers.slice(0, 3))
  t.same([...approvingSeats(court.roster, motion, ofFirst)], [seatNumber(0)])
  t.notOk(isCarried(court, motion, ofFirst))
  t.notOk(isCarried(court, motion, [...ofFirst, ...ofFirst]))
  t.ok(isCarried(court, motion, give(motion, signers.slice(2, 4))))
})

t.test(
  'I10 approvals of another motion, group, charter, by strangers, probationers or the target do not count',
  async (t) => {
    const { court, of } = aCommittee({ seats: [{}, {}, {}, { joined: 29 }, {}] })
    const motion = aMotion(court, removalOf(4))
    const counts = (approval: Approval) => approvingSeat(court.roster, motion, approval)
    const good = approvalOf(motion, of(0))
    t.equal(counts(good), seatNumber(0))
    t.equal(
      counts(approvalOf({ ...motion, nonce: filled(8, 16) }, of(0))),
      undefined,
      'same words, other motion',
    )
    t.equal(counts(approvalOf({ ...motion, anchor: filled(0xbb) }, of(0))), undefined, 'other group')
    t.equal(counts(approvalOf({ ...motion, charterHash: filled(0xbb) }, of(0))), undefined, 'other charter')
    t.equal(counts(approvalOf({ ...motion, lastEpoch: 286 - 1 }, of(0))), undefined, 'other last epoch')
    t.equal(counts(approvalOf({ ...motion, action: removalOf(1) }, of(0))), undefined, 'other target')
    t.equal(counts(approvalOf(motion, signerOf(50, 0, 9))), undefined, 'stranger')
    t.equal(counts(approvalOf(motion, of(3))), undefined, 'on probation')
    t.equal(counts(approvalOf(motion, of(4))), undefined, 'the target')
    t.equal(counts({ ...good, device: of(1).device }), undefined, "under another device's name")
    for (const bit of [0, 200, 256, 511]) {
      const signature = good.signature.slice()
      signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      t.equal(counts({ ...good, signature }), undefined, `bit ${bit} of the signature`)
    }
  },
)

t.test('I11 a seat counts from the end of its probation', async (t) => {
  const at = (epoch: number) => {
    const { court, of } = aCommittee({ seats: [{}, {}, {}, { joined: 29 }], epoch })
    const motion = aMotion(court, ADD)
    return approvingSeat(court.roster, motion, approvalOf(motion, of(3)))
  }
  t.equal(at(48), undefined)
  t.equal(at(49), seatNumber(3))
})

t.test('7.4, attack 5: a mandate holds in its group, under its charter, in its time, and once', async (t) => {
  const { court, signers } = aCommittee({ seats: 3 })
  const carried = (change: Parameters<typeof aMotion>[2], forum = court) => {
    const motion = aMotion(court, ADD, change)
    return isCarried(forum, motion, give(motion, signers))
  }
  t.ok(carried({}))
  t.notOk(carried({ anchor: filled(0xbb) }), 'another group')
  t.notOk(carried({ charterHash: filled(0xbb) }), 'another charter')
  t.notOk(carried({ rules: 2 }), 'other rules')
  t.notOk(carried({ lastEpoch: 29 }), 'expired')
  t.ok(carried({ lastEpoch: 30 }), 'last epoch')
  t.ok(carried({ lastEpoch: 30 + MOTION_LIFE_EPOCHS }))
  t.notOk(carried({ lastEpoch: 31 + MOTION_LIFE_EPOCHS }), 'for longer than motions live')
  const changed = aCommittee({ seats: 3, charter: { keepDays: 8 } })
  t.notOk(carried({}, changed.court), 'the charter has changed since')
  const ledger = ledgerOf(motionHash(aMotion(court, ADD)))
  t.notOk(carried({}, { ...court, ledger }), 'already carried out')
  t.ok(carried({ nonce: filled(9, 16) }, { ...court, ledger }), 'decided again')
})

t.test('7.4, attack 5: an ADD does not bring back who was removed since', async (t) => {
  const before = aCommittee({ seats: 3 })
  const act = mandateOf(aMotion(before.court, ADD), before.signers)
  const proposals = [addLeaf(newcomer), actProposal(act)]
  const seen = aCommit({ by: before.of(0), proposals, hasPath: false, added: newcomer })
  const first = judge(before.court, seen)
  t.ok(first.ok)
  const spends = first.ok ? first.value.spends : undefined
  t.same(spends, { motion: motionHash(aMotion(before.court, ADD)), lastEpoch: 286 })

  // Epoch 32: added in 31, removed in 32; the tree looks as if nothing had been.
  const { court } = aCommittee({ seats: 3, epoch: 32 })
  t.ok(judge(court, seen).ok, 'without a memory nothing would stop it')
  const replayed = judge({ ...court, ledger: ledgerOf(spends?.motion ?? '') }, seen)
  t.match(replayed, { ok: false, error: 'not_carried' })
  const lapsed = aCommittee({ seats: 3, epoch: 287 })
  t.match(judge(lapsed.court, seen), { error: 'not_carried' }, 'when it is forgotten it has lapsed')
})

t.test('7.4 approvals have one order in a mandate, and each device stands in it once', async (t) => {
  const { court, signers } = aCommittee({ seats: 3 })
  const motion = aMotion(court, ADD)
  const approvals = inOrder(give(motion, signers))
  const [a, b, c] = approvals
  if (!a || !b || !c) throw new Error('three approvals')
  const decodes = (list: readonly Approval[]) =>
    decode(mandate, encode(mandate, { motion, approvals: list })).ok
  t.ok(decodes(approvals))
  t.ok(decodes([]))
  for (const list of [
    [b, a, c],
    [a, c, b],
    [c, b, a],
    [a, a],
    [a, b, b],
  ])
    t.notOk(decodes(list))
})

t.test(
  '7.4 a mandate is assembled the same from approvals in any order, however often they came',
  async () => {
    const committee = aCommittee({ seats: [{ devices: 2 }, {}, { joined: 29 }, {}] })
    const { court, signers } = committee
    const motion = aMotion(court, ADD)
    const all = [...give(motion, signers), approvalOf(motion, signerOf(50, 0, 9))]
    const good = all.filter((one) => approvingSeat(court.roster, motion, one) !== undefined)
    const whole = encode(mandate, { motion, approvals: inOrder(good) })
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 0 }), (given) => {
        const once = [...new Map([...given, ...all].map((one) => [one.device, one])).values()]
        const assembled = encode(mandate, assembleMandate(court, motion, [...given, ...once]))
        return Buffer.compare(assembled, whole) === 0 && decode(mandate, assembled).ok
      }),
      { numRuns: 100 },
    )
  },
)

t.test('I12 a charter below a floor is neither written nor read', async (t) => {
  const floors: readonly [string, Partial<Charter>][] = [
    ['one adds alone', { add: { count: 1, thirds: 2 }, remove: { count: 1, thirds: 1 } }],
    ['one adds alone, two remove', { add: { count: 1, thirds: 3 } }],
    ['one removes alone', { remove: { count: 1, thirds: 2 } }],
    ['one changes the charter alone', { change: { count: 1, thirds: 2 } }],
    ['one relocates alone', { relocate: { count: 1, thirds: 2 } }],
    ['a third changes the charter', { change: { count: 2, thirds: 1 } }],
    ['a third relocates', { relocate: { count: 2, thirds: 1 } }],
    ['adding needs a smaller part than removing', { add: { count: 2, thirds: 1 } }],
    ['adding needs fewer than removing', { remove: { count: 3, thirds: 2 } }],
    ['posts vanish at once', { keepDays: 0 }],
    ['no relay', { relays: [] }],
  ]
  for (const [name, change] of floors) {
    const charter = aCharter(change)
    t.notOk(meetsFloors(charter), name)
    t.throws(() => encodeCharter(charter), `not written: ${name}`)
    t.equal(decodeCharter(encode(charterCodec, charter)), undefined, `not read: ${name}`)
  }
  for (const change of [
    { devices: 4 as 3 },
    { devices: 0 as 1 },
    { suite: 85 as 84 },
    { add: { count: 2, thirds: 4 as 3 } },
    { remove: { count: 2, thirds: 0 as 1 } },
    { relays: [RELAY, RELAY, RELAY] },
  ])
    t.throws(() => encodeCharter(aCharter(change)))
})

t.test('I12 whatever decodes as a charter meets the floors', async (t) => {
  const whole = encodeCharter(aCharter())
  let decoded = 0
  for (let at = 0; at < whole.length; at++)
    for (let byte = 0; byte < 256; byte++) {
      const changed = whole.slice()
      changed[at] = byte
      const charter = decodeCharter(changed)
      if (!charter) continue
      decoded++
      if (
        !meetsFloors(charter) ||
        charter.change.thirds < 2 ||
        charter.add.count < 2 ||
        charter.remove.count < 2
      )
        t.fail('below a floor')
    }
  t.ok(decoded > 1000)
})

type Given = { readonly signer: number; readonly kind: 'good' | 'other' | 'forged' | 'stranger' }

/** A committee, a motion, approvals of all sorts, and who carries it out. */
const story = fc.record({
  seats: fc.array(
    fc.record({
      devices: fc.integer({ min: 1, max: 3 }),
      joined: fc.constantFrom(0, 0, 0, 5, 10, 11, 25, 30),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  target: fc.nat({ max: 6 }),
  action: fc.constantFrom('add', 'remove', 'charter'),
  fault: fc.constantFrom<'none' | 'anchor' | 'charter' | 'late' | 'early' | 'spent'>(
    ...(['none', 'none', 'none', 'none', 'none', 'none'] as const),
    ...(['anchor', 'charter', 'late', 'early', 'spent'] as const),
  ),
  remove: fc.record({ count: fc.constantFrom(2, 3), thirds: fc.constantFrom<1 | 2 | 3>(1, 2, 3) }),
  given: fc.array(
    fc.record<Given>({
      signer: fc.nat({ max: 17 }),
      kind: fc.constantFrom('good', 'good', 'good', 'good', 'other', 'forged', 'stranger'),
    }),
    { maxLength: 18 },
  ),
})

type Story = typeof story extends fc.Arbitrary<infer S> ? S : never

const faults = {
  none: {},
  anchor: { anchor: filled(0xbb) },
  charter: { charterHash: filled(0xbb) },
  late: { lastEpoch: 29 },
  early: { lastEpoch: 30 + 257 },
  spent: { nonce: filled(0x5e, 16) },
} as const

const told = ({ seats, target, action, fault, remove, given }: Story) => {
  const charter = { add: { count: 3, thirds: 3 }, remove } as const
  const committee = aCommittee({ seats, charter })
  const n = target % seats.length
  const wanted = { add: ADD, charter: CHARTER, remove: removalOf(n) }[action as 'add']
  const motion = aMotion(committee.court, wanted, faults[fault])
  const other = { ...motion, nonce: filled(0x66, 16) }
  const approvals = given.map(({ signer, kind }): Approval => {
    const by = committee.signers[signer % committee.signers.length] ?? committee.of(0)
    if (kind === 'stranger') return approvalOf(motion, signerOf(50 + signer, 0, 99))
    if (kind === 'other') return approvalOf(other, by)
    return kind === 'forged'
      ? { device: by.device, signature: approvalOf(motion, signerOf(60, 0, 99)).signature }
      : approvalOf(motion, by)
  })
  const spentMotion = aMotion(committee.court, wanted, faults.spent)
  const court = { ...committee.court, ledger: ledgerOf(motionHash(spentMotion), hashOf('another')) }
  return { committee: { ...committee, court }, motion, approvals, n }
}

/** Counted from how the story was made, without a look at the code under test. */
const shouldCarry = ({ seats, action, fault, remove, given }: Story, n: number): boolean => {
  const full = (i: number) => seats[i]?.joined === 0 || 30 >= (seats[i]?.joined ?? 0) + 20
  const seatOfDevice = seats.flatMap((seat, i) => Array.from({ length: seat.devices }, () => i))
  const isRemoval = action === 'remove'
  const voters = seats.map((_, i) => i).filter((i) => full(i) && !(isRemoval && i === n))
  const yes = new Set(
    given.filter((g) => g.kind === 'good').map((g) => seatOfDevice[g.signer % seatOfDevice.length] ?? -1),
  )
  const approving = voters.filter((i) => yes.has(i)).length
  const rule = { add: { count: 3, thirds: 3 }, remove, charter: { count: 2, thirds: 2 } }[action as 'add']
  const byRule = Math.max(
    2,
    Math.min(rule.count, voters.length),
    Math.ceil((voters.length * rule.thirds) / 3),
  )
  const enough = !isRemoval && seats.length < 3 ? Math.max(1, voters.length) : byRule
  return fault === 'none' && approving >= enough
}

t.test(
  'I10 a motion is carried by as many different full seats as the charter asks, whatever else is handed in',
  async (t) => {
    let carried = 0
    fc.assert(
      fc.property(story, (s) => {
        const { committee, motion, approvals, n } = told(s)
        const verdict = isCarried(committee.court, motion, approvals)
        carried += verdict ? 1 : 0
        const reversed = isCarried(committee.court, motion, [...approvals, ...approvals].reverse())
        return verdict === shouldCarry(s, n) && reversed === verdict
      }),
      { numRuns: 600 },
    )
    t.ok(carried > 20, `${carried} were carried`)
  },
)

const commitIn = (
  { court, of }: Committee,
  motion: ReturnType<typeof aMotion>,
  approvals: readonly Approval[],
  n: number,
) => {
  const act = actProposal({ type: 'mandate', mandate: { motion, approvals: inOrder(approvals) } })
  const removals = court.roster.devices
    .filter(({ seat }) => seat === seatNumber(n))
    .map(({ leaf }) => removeLeaf(leaf))
  const by = of(n === 0 && court.roster.devices.at(-1)?.seat !== seatNumber(0) ? 1 : 0)
  const { type } = motion.action
  if (type === 'remove') return aCommit({ by, proposals: [...removals, act] })
  if (type === 'charter') return aCommit({ by, proposals: [{ ...CHARTER }, act], hasPath: false })
  return aCommit({ by, proposals: [addLeaf(newcomer), act], hasPath: false, added: newcomer })
}

/** The same story with one approval for each device, as a mandate has it. */
const distinct = (s: Story): Story => {
  const devices = s.seats.reduce((sum, seat) => sum + seat.devices, 0)
  const key = ({ signer, kind }: Given) => (kind === 'stranger' ? -1 - signer : signer % devices)
  return { ...s, given: [...new Map(s.given.map((one) => [key(one), one])).values()] }
}

t.test('I9 a commit that takes effect was carried, and does what was carried and nothing else', async (t) => {
  let took = 0
  fc.assert(
    fc.property(story.map(distinct), (s) => {
      const { committee, motion, approvals, n } = told(s)
      const judged = judge(committee.court, commitIn(committee, motion, approvals, n))
      if (!judged.ok) return true
      took++
      const removed = motion.action.type === 'remove' ? [seatNumber(n)] : []
      const { value } = judged
      return (
        shouldCarry(s, n) &&
        value.action === motion.action.type &&
        value.spends?.motion === motionHash(motion) &&
        value.spends.lastEpoch === motion.lastEpoch &&
        JSON.stringify(value.removed) === JSON.stringify(removed)
      )
    }),
    { numRuns: 600 },
  )
  t.ok(took > 20, `${took} took effect`)
})
