/** Devices of a seat (protocol.md 4.11): cut off by their owner or in an emergency, and linked; I10, I12 and I13 about them. */
import t from 'tap'
import type { DropRequest } from '../../../../client/core/governance/act.ts'
import {
  arrivedSeats,
  foldCommit,
  foldVote,
  isConfirmed,
  newFold,
} from '../../../../client/core/governance/fold.ts'
import { encodeIdentity } from '../../../../client/core/governance/ids.ts'
import { applyToLedger, type Ledger, newLedger } from '../../../../client/core/governance/ledger.ts'
import {
  type Action,
  isCarried,
  isDisowned,
  needed,
  waitsADay,
} from '../../../../client/core/governance/motion.ts'
import { planProposals } from '../../../../client/core/governance/plan.ts'
import {
  encodeSeatData,
  fullSeats,
  joinedOf,
  readRoster,
  seatsOf,
} from '../../../../client/core/governance/roster.ts'
import { judge } from '../../../../client/core/governance/validity.ts'
import type { Court, Effect, Seen } from '../../../../client/core/governance/verdict.ts'
import {
  aCharter,
  aCommit,
  aCommittee,
  actProposal,
  addLeaf,
  aMotion,
  aNewcomer,
  approvalOf,
  aTidy,
  type Committee,
  deviceNumber,
  dropCommit,
  dropOfDevice,
  filled,
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

const withDrop = (...drops: Ledger['drops']) => ({ ledger: { ...newLedger, drops } })
const withVacant = (...seats: number[]) => ({
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
    t.ok(waits(0, 1), 'a seat that is still there is asked, too')
    t.ok(waits(0, 1, 3))
    const lost = aCommittee({ seats: 2, court: withVacant(80) })
    const back = aMotion(lost.court, {
      type: 'deviceAdd',
      keyPackage: freshOf(80).view.hash,
      seat: seatNumber(80),
    })
    const approvals = [approvalOf(back, lost.of(0)), approvalOf(back, lost.of(1))]
    t.notOk(waitsADay(lost.court.roster, back, approvals), 'nobody is left who could be asked')
    t.ok(waitsADay(lost.court.roster, back, approvals.slice(1)))
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

t.test('4.11 a member says of a new device that it is not theirs, and may think better of it', async (t) => {
  const committee = aCommittee({ seats: 4 })
  const { court, of } = committee
  const add = (seat: number) =>
    aMotion(court, { type: 'deviceAdd', keyPackage: freshOf(seat).view.hash, seat: seatNumber(seat) })
  const motion = add(2)
  const by = (...seats: number[]) => seats.map((n) => approvalOf(motion, of(n)))
  const disowned = (approvals: number[], declined: number[], roster = court.roster) =>
    isDisowned(roster, motion, { approvals: by(...approvals), declined: declined.map(seatNumber) })
  t.ok(disowned([0, 1], [2]))
  t.notOk(disowned([0, 1], [3]), 'the others may be against it, and no more')
  t.notOk(disowned([0, 2], [2]), 'its own yes stands over its own no')
  const removal = aMotion(court, { type: 'remove', seat: seatNumber(2) })
  t.notOk(isDisowned(court.roster, removal, { approvals: [], declined: [seatNumber(2)] }))
})

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

  const arrived = { ...newFold, hellos: [0, 1, 2].map((n) => deviceNumber(n, 0)) }
  t.ok(isConfirmed(arrived, less.court.roster, undefined), 'three of the four that have devices')
  t.notOk(isConfirmed(arrived, full.court.roster, undefined), 'three of five')
  const tidy = { ...less.court, hellos: arrivedSeats(arrived, less.court.roster) }
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

t.test(
  'attack 34: two infiltrators of five and more cut off two people, and that is all they can',
  async (t) => {
    for (const seats of [5, 7, 12]) {
      const victims = [seats - 2, seats - 1].map(seatNumber)
      const drops = victims.map((seat, n) => ({ by: seatNumber(n), seat, device: deviceNumber(90, n) }))
      const vacant = victims.map((seat) => ({ seat, joined: 0 }))
      const committee = aCommittee({ seats: seats - 2, court: { ledger: { ...newLedger, vacant, drops } } })
      const { court, of } = committee
      const two = [of(0), of(1)]
      const fresh = freshOf(seats - 1)
      t.equal(verdict(court, linking(committee, fresh, two)), 'not_carried', `no place among ${seats}`)
      t.equal(verdict(court, dropCommit(dropOfDevice(of(2), of(0)), of(2), of(1))), 'drop_open', 'one each')
      for (const drop of drops) {
        const motion = aMotion(court, { type: 'settleDrop', ...drop })
        const approvals = two.map((one) => approvalOf(motion, one))
        t.notOk(isCarried(court, motion, approvals), 'and nobody frees the other')
      }
    }
  },
)

t.test(
  '7.4 what cannot be executed any more leaves the ledger, and the order of things past does not matter',
  async (t) => {
    const spend = (motion: string, lastEpoch: number) => ({
      removed: [],
      spends: { motion, lastEpoch },
      change: undefined,
    })
    const [a, b] = ['aa'.repeat(32), 'bb'.repeat(32)]
    const one = applyToLedger(applyToLedger(newLedger, spend(a, 40), 31), spend(b, 33), 32)
    const two = applyToLedger(applyToLedger(newLedger, spend(b, 33), 31), spend(a, 40), 32)
    t.same(one, two)
    const nothing = { removed: [], spends: undefined, change: undefined }
    t.same(
      applyToLedger(one, nothing, 33).spent.map(({ motion }) => motion),
      [a, b],
      'good until its last epoch',
    )
    t.same(
      applyToLedger(one, nothing, 34).spent.map(({ motion }) => motion),
      [a],
    )
  },
)

t.test('D11 a seat is read from its leaves, and from the ledger only where it has none', async (t) => {
  const leaf = {
    index: 0,
    identity: encodeIdentity(seatNumber(1), deviceNumber(1, 0)),
    signatureKey: filled(1),
    seatData: encodeSeatData({ writerKey: filled(2), joined: 4, after: [] }),
    source: 'commit' as const,
  }
  const told = [1, 2].map((n) => ({ seat: seatNumber(n), joined: 0 }))
  const roster = readRoster(30, aCharter(), [leaf], { vacant: told, counted: 0 })
  t.same(roster?.vacant, told.slice(1), 'whoever gave the Welcome may have lied about the first')
  t.equal(roster && joinedOf(roster, seatNumber(1)), 4)
  t.same(roster && seatsOf(roster), [1, 2].map(seatNumber))
})
