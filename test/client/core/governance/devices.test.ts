/** Devices of a seat (protocol.md 4.11): cut off by their owner or in an emergency, and linked; I10 to I13 about them, and the ledger over generated histories. */
import fc from 'fast-check'
import t from 'tap'
import { type DropRequest, signDrop } from '../../../../client/core/governance/act.ts'
import { decodeCharter } from '../../../../client/core/governance/charter.ts'
import { foldCommit, foldVote, isConfirmed, newFold } from '../../../../client/core/governance/fold.ts'
import { encodeIdentity, type SeatId } from '../../../../client/core/governance/ids.ts'
import {
  applyToLedger,
  type Ledger,
  ledgerCodec,
  ledgerHash,
  newLedger,
} from '../../../../client/core/governance/ledger.ts'
import { type Action, isCarried, needed, waitsADay } from '../../../../client/core/governance/motion.ts'
import { planProposals } from '../../../../client/core/governance/plan.ts'
import {
  devicesOf,
  encodeSeatData,
  fullSeats,
  readRoster,
  seatsOf,
} from '../../../../client/core/governance/roster.ts'
import { judge } from '../../../../client/core/governance/validity.ts'
import type { Court, Effect, Seen } from '../../../../client/core/governance/verdict.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import {
  ANCHOR,
  aCommit,
  aCommittee,
  actProposal,
  addLeaf,
  aMotion,
  aNewcomer,
  approvalOf,
  aTidy,
  type Committee,
  type CommitteePlan,
  deviceNumber,
  filled,
  leaveOf,
  mandateOf,
  type Newcomer,
  type NewcomerPlan,
  removeLeaf,
  type Signer,
  seatNumber,
  signerOf,
} from '../../../support/court.ts'

const verdict = (court: Court, seen: Seen): string => {
  const judged = judge(court, seen)
  return judged.ok ? judged.value.action : judged.error
}

const effectOf = (court: Court, seen: Seen): Effect => {
  const judged = judge(court, seen)
  if (!judged.ok) throw new Error(judged.error)
  return judged.value
}

/** Of seat `n` the `k`th device. */
const at = ({ signers }: Committee, n: number, k = 0): Signer => {
  const found = signers.find(({ device }) => device === deviceNumber(n, k))
  if (!found) throw new Error('no such device')
  return found
}

const dropOfDevice = (target: Signer, by: Signer, change: Partial<DropRequest> = {}): DropRequest => ({
  ...signDrop(by.secretKey, {
    anchor: ANCHOR,
    device: target.device,
    by: by.device,
    lastEpoch: 200,
    ...change,
  }),
  ...(change.signature && { signature: change.signature }),
})

const dropCommit = (request: DropRequest, target: Signer, author: Signer): Seen =>
  aCommit({ by: author, proposals: [removeLeaf(target.leaf), actProposal({ type: 'drop', request })] })

const withDrop = (...drops: Ledger['drops']): CommitteePlan['court'] => ({ ledger: { ...newLedger, drops } })
const withVacant = (...seats: number[]): CommitteePlan['court'] => ({
  ledger: { ...newLedger, vacant: seats.map((n) => ({ seat: seatNumber(n), joined: 0 })) },
})

t.test('V4 a drop is exactly one leaf and its signed request', async (t) => {
  const committee = aCommittee({ seats: [{}, {}, { devices: 2 }, {}] })
  const { court, of } = committee
  const target = at(committee, 2, 1)
  const act = actProposal({ type: 'drop', request: dropOfDevice(target, of(1)) })
  const leaf = removeLeaf(target.leaf)
  const fresh = aNewcomer()
  const judged = (proposals: Seen['proposals'], added?: Newcomer) =>
    verdict(court, aCommit({ by: of(0), proposals: proposals ?? [], ...(added && { added }) }))
  t.equal(judged([leaf, act]), 'drop')
  t.equal(judged([act, leaf]), 'not_exact', 'other order')
  t.equal(judged([removeLeaf(2), act]), 'not_exact', 'the other device of the seat instead')
  t.equal(judged([removeLeaf(2), leaf, act]), 'not_exact', 'the whole seat')
  t.equal(judged([leaf, addLeaf(fresh), act], fresh), 'not_exact', 'a friend as well')
  t.equal(judged([leaf, act, act]), 'not_exact')
  t.equal(judged([act]), 'not_exact', 'nobody')
  t.equal(
    verdict(court, { ...aCommit({ by: of(0), proposals: [leaf, act] }), hasPath: false }),
    'path_missing',
  )
})

t.test(
  '4.11 an owner cuts off a lost device with another one, also on probation, and is not counted',
  async (t) => {
    const committee = aCommittee({
      seats: [{}, {}, { devices: 2, joined: 29 }, {}],
      court: withDrop({ by: seatNumber(2), seat: seatNumber(3), device: deviceNumber(3, 5) }),
    })
    const { court, of } = committee
    const [kept, lost] = [at(committee, 2, 0), at(committee, 2, 1)]
    for (const author of [of(0), kept]) {
      const effect = effectOf(court, dropCommit(dropOfDevice(lost, kept), lost, author))
      t.match(effect, {
        action: 'drop',
        removed: [],
        change: {
          type: 'dropped',
          seat: seatNumber(2),
          device: lost.device,
          by: undefined,
          vacates: undefined,
        },
      })
    }
    t.equal(
      verdict(court, dropCommit(dropOfDevice(lost, kept), lost, lost)),
      'bad_request',
      'nobody commits their own end',
    )
    t.equal(
      verdict(court, dropCommit(dropOfDevice(lost, lost), lost, of(0))),
      'bad_request',
      'a device that asks for itself',
    )
  },
)

t.test('4.11 any one other full seat cuts off a device at once, and is named', async (t) => {
  const committee = aCommittee({ seats: [{}, {}, { joined: 4 }, { joined: 29 }] })
  const { court, of } = committee
  const target = of(2)
  const effect = effectOf(court, dropCommit(dropOfDevice(target, of(1)), target, of(0)))
  t.match(effect.change, {
    type: 'dropped',
    seat: target.seat,
    device: target.device,
    by: seatNumber(1),
    vacates: 4,
  })
  t.same(effect.removed, [], 'I13 the seat keeps its place')
  t.equal(
    verdict(court, dropCommit(dropOfDevice(target, of(3)), target, of(0))),
    'bad_request',
    'on probation',
  )
  t.equal(
    verdict(court, dropCommit(dropOfDevice(of(3), of(1)), of(3), of(0))),
    'drop',
    'of a seat on probation',
  )
  const barred = { ...court, barred: new Set([seatNumber(1)]) }
  t.equal(verdict(barred, dropCommit(dropOfDevice(target, of(1)), target, of(1))), 'author_barred')
  t.equal(
    verdict(barred, dropCommit(dropOfDevice(target, of(1)), target, of(0))),
    'drop',
    'others may carry it out',
  )
})

t.test('4.11 a drop request is good here, for its device, from its signer, and for a while', async (t) => {
  const committee = aCommittee({ seats: 4 })
  const { court, of } = committee
  const target = of(2)
  const judged = (request: DropRequest, author = of(0)) => verdict(court, dropCommit(request, target, author))
  const good = dropOfDevice(target, of(1))
  t.equal(judged(good), 'drop')
  t.equal(judged(dropOfDevice(target, of(1), { anchor: filled(1) })), 'bad_request', 'another committee')
  t.equal(judged({ ...good, by: of(3).device }), 'bad_request', 'in the name of somebody else')
  t.equal(judged({ ...good, lastEpoch: 201 }), 'bad_request', 'made to last')
  t.equal(judged({ ...good, signature: filled(1, 64) }), 'bad_request', 'unsigned')
  t.equal(judged(dropOfDevice(target, of(1), { lastEpoch: 29 })), 'bad_request', 'over')
  t.equal(judged(dropOfDevice(target, of(1), { lastEpoch: 30 })), 'drop', 'in its last epoch')
  t.equal(judged(dropOfDevice(target, of(1), { lastEpoch: 30 + 257 })), 'bad_request', 'for ever')
  t.equal(judged(dropOfDevice(target, signerOf(50, 0, 9))), 'bad_request', 'a stranger')
  const gone = signerOf(2, 7, 2)
  t.equal(
    verdict(court, dropCommit(dropOfDevice(gone, of(1)), gone, of(0))),
    'not_exact',
    'a device that is gone',
  )
  t.equal(
    planProposals(court.roster, { type: 'drop', request: dropOfDevice(gone, of(1)) }, undefined),
    undefined,
  )
})

t.test(
  '4.11 one emergency drop is open for each seat, until it is settled, linked again, or over',
  async (t) => {
    const open = { by: seatNumber(1), seat: seatNumber(2), device: deviceNumber(2, 9) }
    const committee = aCommittee({ seats: [{}, { devices: 2 }, {}, {}], court: withDrop(open) })
    const { court, of } = committee
    const again = (k: number, ledger = court.ledger) =>
      verdict({ ...court, ledger }, dropCommit(dropOfDevice(of(3), at(committee, 1, k)), of(3), of(0)))
    t.equal(again(0), 'drop_open')
    t.equal(again(1), 'drop_open', 'from another device of the seat')
    t.equal(verdict(court, dropCommit(dropOfDevice(of(3), of(2)), of(3), of(0))), 'drop', 'others may')
    const trace = { removed: [], spends: undefined, change: undefined }
    const after = (change: Parameters<typeof applyToLedger>[1]) =>
      again(0, applyToLedger(court.ledger, change, 31))
    t.equal(after(trace), 'drop_open')
    t.equal(after({ ...trace, change: { type: 'linked', seat: seatNumber(3) } }), 'drop_open', 'another seat')
    t.equal(after({ ...trace, change: { type: 'linked', seat: seatNumber(2) } }), 'drop')
    t.equal(after({ ...trace, change: { type: 'settled', device: open.device } }), 'drop')
    t.equal(after({ ...trace, removed: [seatNumber(2)] }), 'drop')
  },
)

const linking = (
  committee: Committee,
  fresh: Newcomer,
  approvers: readonly Signer[],
  author = committee.of(0),
) => {
  const action: Action = { type: 'deviceAdd', keyPackage: fresh.view.hash, seat: fresh.seat }
  const act = mandateOf(aMotion(committee.court, action), approvers)
  return aCommit({ by: author, proposals: [addLeaf(fresh), actProposal(act)], hasPath: false, added: fresh })
}
const freshOf = (seat: number, change: NewcomerPlan = {}): Newcomer =>
  aNewcomer({ seat: seatNumber(seat), device: deviceNumber(seat, 9), joined: 0, ...change })

t.test(
  'V4 a further device is exactly the key package of its motion, and its leaf is the seat’s',
  async (t) => {
    const committee = aCommittee({ seats: [{}, {}, { joined: 4 }, {}] })
    const { court, signers, of } = committee
    const judged = (change: NewcomerPlan) => verdict(court, linking(committee, freshOf(2, change), signers))
    t.equal(judged({ joined: 4 }), 'deviceAdd')
    t.match(effectOf(court, linking(committee, freshOf(2, { joined: 4 }), signers)).change, {
      type: 'linked',
      seat: seatNumber(2),
    })
    t.equal(judged({ joined: 0 }), 'bad_key_package', 'a probation is not escaped')
    t.equal(judged({ joined: 31 }), 'bad_key_package', 'and does not begin anew')
    t.equal(judged({ joined: 4, resynced: true }), 'bad_key_package')
    t.equal(judged({ joined: 4, device: deviceNumber(1, 0) }), 'bad_key_package', 'a device id that exists')
    t.equal(judged({ joined: 4, seat: seatNumber(50) }), 'bad_target', 'nobody’s seat')
    const fresh = freshOf(2, { joined: 4 })
    const act = mandateOf(
      aMotion(court, { type: 'deviceAdd', keyPackage: fresh.view.hash, seat: seatNumber(1) }),
      signers,
    )
    const others = aCommit({
      by: of(0),
      proposals: [addLeaf(fresh), actProposal(act)],
      hasPath: false,
      added: fresh,
    })
    t.equal(verdict(court, others), 'bad_key_package', 'a leaf of another seat')
    t.equal(verdict(court, { ...linking(committee, fresh, signers), hasPath: true }), 'path_unasked')
  },
)

t.test('I12 a seat has three devices at most, and fewer where the charter says so', async (t) => {
  for (const devices of [1, 2, 3] as const)
    for (const has of [1, 2, 3]) {
      const committee = aCommittee({ seats: [{}, {}, { devices: has }, {}], charter: { devices } })
      const expected = has < devices ? 'deviceAdd' : 'too_many_devices'
      t.equal(verdict(committee.court, linking(committee, freshOf(2), committee.signers)), expected)
    }
  t.throws(() => aCommittee({ seats: 3, charter: { devices: 4 as 3 } }), 'no charter allows a fourth')
  const vacant = aCommittee({ seats: 4, court: withVacant(7), charter: { devices: 1 } })
  t.equal(
    verdict(vacant.court, linking(vacant, freshOf(7), vacant.signers)),
    'deviceAdd',
    'a first one, always',
  )
})

t.test('I10 a device is linked by its owner and one other, and the owner counts once', async (t) => {
  const committee = aCommittee({ seats: [{}, {}, { devices: 2, joined: 29 }, {}, { joined: 29 }] })
  const { of } = committee
  const own = [at(committee, 2, 0), at(committee, 2, 1)]
  const fresh = freshOf(2, { joined: 29 })
  const judged = (...by: Signer[]) => verdict(committee.court, linking(committee, fresh, by))
  t.equal(judged(...own.slice(0, 1), of(1)), 'deviceAdd')
  t.equal(judged(...own), 'not_carried', 'an open phone alone links nothing, nor do two of one person')
  t.equal(judged(...own.slice(0, 1), of(4)), 'not_carried', 'a second one on probation')
  t.equal(judged(of(1)), 'not_carried')
  const alone = aCommittee({ seats: 1 })
  t.equal(
    verdict(alone.court, linking(alone, freshOf(0), [alone.of(0)])),
    'deviceAdd',
    'who is alone asks nobody',
  )
})

t.test('I12 without a device of the seat, linking is as hard as letting somebody in', async (t) => {
  // Other seats, and how many of them it takes.
  const table = [1, 2, 2, 3, 4, 4, 5, 6, 6]
  table.forEach((count, i) => {
    const others = i + 1
    const committee = aCommittee({ seats: others, court: withVacant(80) })
    const judged = (approvals: number) =>
      verdict(committee.court, linking(committee, freshOf(80), committee.signers.slice(0, approvals)))
    t.equal(judged(count), 'deviceAdd', `${count} of ${others}`)
    t.equal(judged(count - 1), 'not_carried', `${count - 1} of ${others}`)
  })
})

t.test(
  '4.11 a device that one other has vouched for waits a day; who carries it out sees that',
  async (t) => {
    const committee = aCommittee({ seats: [{}, {}, {}, {}] })
    const { court, of } = committee
    const motion = aMotion(court, {
      type: 'deviceAdd',
      keyPackage: freshOf(2).view.hash,
      seat: seatNumber(2),
    })
    const waits = (...by: number[]) =>
      waitsADay(
        court.roster,
        motion,
        by.map((n) => approvalOf(motion, of(n))),
      )
    t.ok(waits(2, 0))
    t.notOk(waits(2, 0, 1), 'a second one has met them too')
    t.notOk(waits(0, 1))
    const alone = aCommittee({ seats: 1 })
    const own = aMotion(alone.court, {
      type: 'deviceAdd',
      keyPackage: freshOf(0).view.hash,
      seat: seatNumber(0),
    })
    t.notOk(waitsADay(alone.court.roster, own, [approvalOf(own, alone.of(0))]), 'nobody is there to object')
    const admission = aMotion(court, { type: 'remove', seat: seatNumber(3) })
    t.notOk(waitsADay(court.roster, admission, [approvalOf(admission, of(0))]))
  },
)

t.test('4.11 a drop was right when its owner says so, or so many others as a removal takes', async (t) => {
  const open = { by: seatNumber(1), seat: seatNumber(2), device: deviceNumber(2, 9) }
  const committee = aCommittee({ seats: 5, court: withDrop(open) })
  const { court, of } = committee
  const judged = (action: Partial<typeof open>, ...by: number[]) => {
    const motion = aMotion(court, { type: 'settleDrop', ...open, ...action })
    const act = mandateOf(
      motion,
      by.map((n) => of(n)),
    )
    return verdict(court, aCommit({ by: of(0), proposals: [actProposal(act)], hasPath: false }))
  }
  t.equal(judged({}, 2), 'settleDrop', 'the owner, by another device')
  t.equal(judged({}, 0, 3), 'settleDrop')
  t.equal(judged({}, 0), 'not_carried')
  t.equal(judged({}, 0, 1), 'not_carried', 'who did it has no say')
  t.equal(judged({ device: deviceNumber(3, 9) }, 2), 'bad_target', 'no such drop')
  t.equal(judged({ by: seatNumber(4) }, 2), 'bad_target', 'somebody else’s')
  t.equal(judged({ seat: seatNumber(3) }, 3), 'bad_target', 'a stranger to it')
})

t.test('I13 a vacant seat counts where the committee decides and not where devices report', async (t) => {
  const full = aCommittee({ seats: 5 })
  const less = aCommittee({ seats: 4, court: withVacant(80) })
  for (const action of [
    { type: 'remove', seat: seatNumber(0) },
    { type: 'charter', charter: filled(1, 9) },
  ] as const)
    t.equal(needed(less.court, aMotion(less.court, action)), needed(full.court, aMotion(full.court, action)))
  t.same(fullSeats(less.court.roster).length, 5)

  const arrived = { ...newFold, hellos: [0, 1, 2].map(seatNumber) }
  t.ok(isConfirmed(arrived, less.court.roster, undefined), 'three of the four that have devices')
  t.notOk(isConfirmed(arrived, full.court.roster, undefined), 'three of five')
  const tidy = { ...less.court, hellos: new Set(arrived.hellos) }
  t.equal(verdict(tidy, aTidy(less.of(0))), 'tidy')

  const removal = mandateOf(aMotion(less.court, { type: 'remove', seat: seatNumber(80) }), less.signers)
  const seen = aCommit({ by: less.of(0), proposals: [actProposal(removal)], hasPath: false })
  t.equal(verdict(less.court, seen), 'remove', 'it goes by a removal, which has no leaf to remove')
  t.equal(verdict(less.court, { ...seen, hasPath: true }), 'path_unasked')
  const admission = aNewcomer({ seat: seatNumber(80) })
  const add: Action = {
    type: 'add',
    keyPackage: admission.view.hash,
    seat: seatNumber(80),
    sponsor: seatNumber(0),
  }
  const act = mandateOf(aMotion(less.court, add), less.signers)
  const taken = aCommit({
    by: less.of(0),
    proposals: [addLeaf(admission), actProposal(act)],
    hasPath: false,
    added: admission,
  })
  t.equal(verdict(less.court, taken), 'bad_target', 'and nobody else is given it')
})

t.test(
  '7.2 a device that is cut off has no word on that commit, and its seat only with another one',
  async (t) => {
    const committee = aCommittee({ seats: [{}, {}, { devices: 2 }, {}, {}] })
    const { court, of } = committee
    const bench = { forum: court, opener: undefined }
    const folded = (target: Signer) => {
      const done = foldCommit(newFold, bench, dropCommit(dropOfDevice(target, of(1)), target, of(0)), {
        log: 0,
        seq: 1,
      })
      if (!done.ok) throw new Error(done.error)
      return done.value
    }
    const second = at(committee, 2, 1)
    const one = folded(second)
    t.same(one.current?.electorate, [1, 2, 3, 4].map(seatNumber))
    const commit = one.current?.commit ?? ''
    t.same(foldVote(one, second, commit, true).voids, [], 'the one that is cut off')
    t.same(foldVote(one, at(committee, 2, 0), commit, true).voids, [seatNumber(2)], 'the one that stays')
    t.same(
      folded(of(3)).current?.electorate,
      [1, 2, 4].map(seatNumber),
      'a seat without a device is not asked',
    )
  },
)

// Generated histories: any mix of acts, each judged; what is valid is applied to the leaves and to the ledger.

type World = {
  readonly epoch: number
  readonly signers: readonly Signer[]
  readonly ledger: Ledger
  readonly count: number
}

const CHARTER = aCommittee({ seats: 1, charter: { probation: 2 } }).court

/** The court as a member has it who was told the leaves and the ledger, and nothing of how they came about. */
const courtOf = ({ epoch, signers, ledger }: World): Court => {
  const charter = decodeCharter(CHARTER.charterBytes)
  const told = decode(ledgerCodec, encode(ledgerCodec, ledger))
  if (!charter || !told.ok) throw new Error('does not decode')
  const leaves = signers.map((s) => ({
    index: s.leaf,
    identity: encodeIdentity(s.seat, s.device),
    signatureKey: s.signatureKey,
    seatData: encodeSeatData({ writerKey: filled(1), joined: s.joined, resynced: false }),
    source: 'commit' as const,
  }))
  const roster = readRoster(epoch, charter, leaves, told.value.vacant)
  if (!roster) throw new Error('foreign')
  return {
    ...CHARTER,
    anchor: ANCHOR,
    charter,
    roster,
    ledger: told.value,
    hellos: new Set(),
    barred: new Set(),
    opener: undefined,
  }
}

const kinds = ['dropOwn', 'cutOff', 'deviceAdd', 'settle', 'remove', 'leave', 'add'] as const
type Step = {
  readonly kind: (typeof kinds)[number]
  readonly a: number
  readonly b: number
  readonly few: boolean
}
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), a: fc.nat(99), b: fc.nat(99), few: fc.boolean() }),
  { minLength: 4, maxLength: 14 },
)

type Attempt = { readonly seen: Seen; readonly fresh?: Signer }

const mandated = (
  court: Court,
  author: Signer,
  action: Action,
  approvers: readonly Signer[],
  fresh?: Newcomer,
): Seen => {
  const act = mandateOf(aMotion(court, action), approvers)
  const proposals = planProposals(court.roster, act, fresh?.bytes) ?? []
  const hasPath = proposals.some(({ type }) => type === 'remove')
  return aCommit({
    by: author,
    proposals,
    hasPath,
    ...(fresh && { added: fresh }),
    label: String(court.roster.epoch),
  })
}

const attempt = (world: World, court: Court, { kind, a, b, few }: Step): Attempt | undefined => {
  const { signers, count } = world
  const pick = (n: number): Signer => signers[n % signers.length] as Signer
  const [target, by] = [pick(a), pick(b)]
  const author = signers.find((s) => s.seat !== target.seat)
  if (!author) return undefined
  const approvers = signers.slice(0, few ? 2 : signers.length)
  const seats = seatsOf(court.roster)
  const seat = seats[a % seats.length] as SeatId
  const free = Math.max(...signers.map(({ leaf }) => leaf)) + 1
  if (kind === 'dropOwn' || kind === 'cutOff')
    return { seen: dropCommit(dropOfDevice(target, by), target, author) }
  if (kind === 'leave')
    return {
      seen: aCommit({
        by: author,
        proposals: [
          ...devicesOf(court.roster, target.seat).map(({ leaf }) => removeLeaf(leaf)),
          actProposal({ type: 'leave', request: leaveOf(target) }),
        ],
      }),
    }
  if (kind === 'remove')
    return {
      seen: mandated(
        court,
        author,
        { type: 'remove', seat },
        approvers.filter((s) => s.seat !== seat),
      ),
    }
  if (kind === 'settle') {
    const open = world.ledger.drops[b % Math.max(1, world.ledger.drops.length)]
    return open && { seen: mandated(court, author, { type: 'settleDrop', ...open }, approvers) }
  }
  const joined =
    kind === 'add'
      ? seats.length < 3
        ? 0
        : world.epoch + 1
      : ([...court.roster.devices, ...court.roster.vacant].find((s) => s.seat === seat)?.joined ?? 0)
  const who = kind === 'add' ? 200 + count : Number.parseInt(seat, 16) - 0xa00
  const fresh = { ...signerOf(who, 5, free, { joined }), device: deviceNumber(900, count) }
  const newcomer = aNewcomer({ seat: fresh.seat, device: fresh.device, joined })
  const action: Action =
    kind === 'add'
      ? { type: 'add', keyPackage: newcomer.view.hash, seat: fresh.seat, sponsor: author.seat }
      : { type: 'deviceAdd', keyPackage: newcomer.view.hash, seat }
  return { seen: mandated(court, author, action, approvers, newcomer), fresh }
}

const apply = (world: World, { seen, fresh }: Attempt, effect: Effect): World => {
  const out = (seen.proposals ?? []).flatMap((p) => (p.type === 'remove' ? [p.leaf] : []))
  const stay = world.signers.filter(({ leaf }) => !out.includes(leaf))
  return {
    epoch: world.epoch + 1,
    signers: fresh ? [...stay, fresh] : stay,
    ledger: applyToLedger(world.ledger, effect, world.epoch + 1),
    count: world.count + 1,
  }
}

type Edge = {
  readonly before: Court
  readonly after: Court
  readonly effect: Effect
  readonly ledger: Ledger
}

/** What the valid ones of these steps made of a committee of four. */
const history = (list: readonly Step[]): readonly Edge[] => {
  let world: World = { epoch: 5, signers: aCommittee({ seats: 4 }).signers, ledger: newLedger, count: 0 }
  const edges: Edge[] = []
  for (const step of list) {
    const before = courtOf(world)
    const tried = attempt(world, before, step)
    const judged = tried && judge(before, tried.seen)
    if (!tried || !judged?.ok) continue
    // I1: who kept the values and who was told them agree.
    const founder = judge({ ...before, ledger: world.ledger }, tried.seen)
    if (JSON.stringify(founder) !== JSON.stringify(judged)) throw new Error('verdicts differ')
    world = apply(world, tried, judged.value)
    edges.push({ before, after: courtOf(world), effect: judged.value, ledger: world.ledger })
  }
  return edges
}

const holdsOnEdges = (rule: (edge: Edge) => boolean, numRuns = 150): number => {
  let seen = 0
  fc.assert(
    fc.property(steps, (list) => {
      const edges = history(list)
      seen += edges.length
      return edges.every(rule)
    }),
    { numRuns },
  )
  return seen
}

t.test('I13 over any history a seat goes by a removal or by leaving, and by nothing else', async (t) => {
  const kindsSeen = new Set<string>()
  const edges = holdsOnEdges(({ before, after, effect }) => {
    kindsSeen.add(effect.action)
    const was = seatsOf(before.roster)
    const now = new Set(seatsOf(after.roster))
    const gone = was.filter((seat) => !now.has(seat))
    return gone.length === effect.removed.length && gone.every((seat) => effect.removed.includes(seat))
  })
  t.ok(edges > 300, `${edges} edges`)
  t.same(
    [...kindsSeen].sort(),
    ['add', 'deviceAdd', 'drop', 'leave', 'remove', 'settleDrop'],
    'every act happened',
  )
})

t.test(
  'I12 over any history acts on devices change neither who counts nor how many approvals anything takes',
  async (t) => {
    const deviceActs = ['drop', 'deviceAdd', 'settleDrop']
    holdsOnEdges(({ before, after, effect }) => {
      if (!deviceActs.includes(effect.action)) return true
      const later = { ...after, roster: { ...after.roster, epoch: before.roster.epoch } }
      const change = aMotion(before, { type: 'charter', charter: filled(1, 4) })
      const sameFull =
        [...fullSeats(before.roster)].sort().join() === [...fullSeats(later.roster)].sort().join()
      return sameFull && needed(before, change) === needed(later, change)
    })
    t.pass()
  },
)

t.test(
  '4.11 over any history there is one device or one vacant place for every seat, and one open drop for each initiator',
  async (t) => {
    holdsOnEdges(({ after, ledger }) => {
      const { roster } = after
      const vacant = ledger.vacant.map(({ seat }) => seat)
      const isApart = vacant.every((seat) => devicesOf(roster, seat).length === 0)
      const few = seatsOf(roster).every((seat) => devicesOf(roster, seat).length <= 3)
      const initiators = ledger.drops.map(({ by }) => by)
      return isApart && few && new Set(initiators).size === initiators.length
    })
    t.pass()
  },
)

t.test('I1 the ledger is a function of the effects: same history, same hash', async () => {
  fc.assert(
    fc.property(steps, (list) => {
      const [one, two] = [history(list), history(list)]
      return one.every((edge, i) => {
        const other = two[i]
        return other !== undefined && ledgerHash(edge.ledger) === ledgerHash(other.ledger)
      })
    }),
    { numRuns: 40 },
  )
})

t.test('I10 a mandate of a device act is executed once', async (t) => {
  const committee = aCommittee({ seats: [{}, {}, {}, {}] })
  const fresh = freshOf(2)
  const seen = linking(committee, fresh, committee.signers)
  const effect = effectOf(committee.court, seen)
  const ledger = applyToLedger(committee.court.ledger, effect, 31)
  const motion = aMotion(committee.court, {
    type: 'deviceAdd',
    keyPackage: fresh.view.hash,
    seat: seatNumber(2),
  })
  const approvals = committee.signers.map((signer) => approvalOf(motion, signer))
  t.ok(isCarried(committee.court, motion, approvals))
  t.notOk(
    isCarried({ ...committee.court, ledger }, motion, approvals),
    'though the device were dropped meanwhile',
  )
})
