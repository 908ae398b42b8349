/** Rules V2 to V8 of protocol.md 7.1 as verdicts on single commits. V1 and the tree checks of V5 are tested at the MLS door. */
import t from 'tap'
import { encodeAct, type ResyncRequest } from '../../../../client/core/governance/act.ts'
import { decodeCharter, encodeCharter, RULES } from '../../../../client/core/governance/charter.ts'
import { encodeIdentity } from '../../../../client/core/governance/ids.ts'
import { applyToLedger, helpersOf, newLedger } from '../../../../client/core/governance/ledger.ts'
import type { Action } from '../../../../client/core/governance/motion.ts'
import { joinedMark } from '../../../../client/core/governance/newcomers.ts'
import { planProposals } from '../../../../client/core/governance/plan.ts'
import { encodeSeatData, readRoster, type SeatData } from '../../../../client/core/governance/roster.ts'
import { comesAfter, succeed } from '../../../../client/core/governance/succession.ts'
import { judge } from '../../../../client/core/governance/validity.ts'
import type { Court, Seen } from '../../../../client/core/governance/verdict.ts'
import {
  A_LINK,
  ANCHOR,
  aCharter,
  aCommit,
  aCommittee,
  actProposal,
  addLeaf,
  aMotion,
  aNewcomer,
  aTidy,
  type Committee,
  type CommitteePlan,
  deviceNumber,
  filled,
  leaveOf,
  mandateOf,
  type Newcomer,
  RELAY,
  removeLeaf,
  resyncOf,
  type Signer,
  seatNumber,
  signerOf,
} from '../../../support/court.ts'

/** The action that a commit performs, or why it does nothing. */
const verdict = (court: Court, seen: Seen): string => {
  const judged = judge(court, seen)
  return judged.ok ? judged.value.action : judged.error
}

const addAction = (fresh: Newcomer, sponsor = seatNumber(0)): Action => ({
  type: 'add',
  keyPackage: fresh.view.hash,
  seat: fresh.seat,
  sponsor,
})

/** ADD of `fresh` by seat 0 with the approvals of all devices. */
const addition = ({ court, signers, of }: Committee, fresh: Newcomer, sponsor = seatNumber(0)): Seen => {
  const act = mandateOf(aMotion(court, addAction(fresh, sponsor)), signers)
  return aCommit({ by: of(0), proposals: [addLeaf(fresh), actProposal(act)], hasPath: false, added: fresh })
}

/** The act that removes seat `n`, approved by everybody else. */
const removalAct = ({ court, signers }: Committee, n: number) =>
  mandateOf(
    aMotion(court, { type: 'remove', seat: seatNumber(n) }),
    signers.filter(({ seat }) => seat !== seatNumber(n)),
  )

const charterCommit = ({ court, signers, of }: Committee, bytes: Uint8Array): Seen => {
  const act = mandateOf(aMotion(court, { type: 'charter', charter: bytes }), signers)
  return aCommit({
    by: of(0),
    proposals: [{ type: 'charter', charter: bytes }, actProposal(act)],
    hasPath: false,
  })
}

const founding = (plan: CommitteePlan) => aCommittee({ epoch: 0, ...plan })

t.test('V1 a commit of a leaf that no member holds is none of ours', async (t) => {
  const { court, of } = founding({ seats: 3 })
  t.equal(verdict(court, { ...aTidy(of(0)), author: 3 }), 'no_such_author')
})

t.test('V2 a barred seat commits nothing in this epoch, from none of its devices', async (t) => {
  const barred = new Set([seatNumber(1)])
  const { court, signers, of } = founding({ seats: [{}, { devices: 2 }, {}], court: { barred } })
  const removal = removalAct({ court, signers, of }, 2)
  for (const by of signers.filter(({ seat }) => seat === seatNumber(1))) {
    t.equal(verdict(court, aTidy(by)), 'author_barred')
    const proposals = [removeLeaf(3), actProposal(removal)]
    t.equal(verdict(court, aCommit({ by, proposals })), 'author_barred')
  }
  t.equal(verdict(court, aTidy(of(0))), 'tidy', 'others are free to')
})

t.test('V3 anything but our four kinds of proposal by value makes a commit nothing', async (t) => {
  const { court, of } = founding({ seats: 3 })
  t.equal(verdict(court, { ...aTidy(of(0)), proposals: undefined }), 'foreign_proposal')
})

t.test('V4, attack 7: a removal is exactly all leaves of the seat, in order, and its mandate', async (t) => {
  const committee = aCommittee({ seats: [{}, {}, { devices: 2 }, {}] })
  const { court, of } = committee
  const act = actProposal(removalAct(committee, 2))
  const [first, second, other] = [removeLeaf(2), removeLeaf(3), removeLeaf(4)]
  const fresh = aNewcomer()
  const judged = (proposals: Parameters<typeof aCommit>[0]['proposals'], added?: Newcomer) =>
    verdict(court, aCommit({ by: of(0), proposals, ...(added && { added }) }))

  t.equal(judged([first, second, act]), 'remove')
  t.same(planProposals(court.roster, removalAct(committee, 2), undefined), [first, second, act])
  t.equal(judged([first, act]), 'not_exact', 'one of two leaves stays')
  t.equal(judged([second, act]), 'not_exact', 'the other of two leaves stays')
  t.equal(judged([second, first, act]), 'not_exact', 'other order')
  t.equal(judged([act, first, second]), 'not_exact', 'mandate first')
  t.equal(judged([first, second, other, act]), 'not_exact', 'somebody else as well')
  t.equal(judged([first, other, act]), 'not_exact', 'somebody else instead')
  t.equal(judged([first, second, addLeaf(fresh), act], fresh), 'not_exact', 'a friend as well')
  t.equal(judged([first, second, { type: 'charter', charter: court.charterBytes }, act]), 'not_exact')
  t.equal(judged([first, second, act, act]), 'not_exact', 'the mandate twice')
  t.equal(judged([first, second]), 'not_exact', 'without its mandate')
  t.equal(judged([act]), 'not_exact', 'the mandate alone')
})

t.test(
  'V4, attack 7: an admission is exactly the one key package of its motion, and its mandate',
  async (t) => {
    const committee = aCommittee({ seats: 4 })
    const { court, signers, of } = committee
    const fresh = aNewcomer()
    const other = aNewcomer({ device: deviceNumber(90, 1) })
    const act = actProposal(mandateOf(aMotion(court, addAction(fresh)), signers))
    const judged = (proposals: Parameters<typeof aCommit>[0]['proposals'], added: Newcomer = fresh) =>
      verdict(court, aCommit({ by: of(0), proposals, added, hasPath: false }))

    t.equal(judged([addLeaf(fresh), act]), 'add')
    t.equal(judged([addLeaf(other), act], other), 'bad_key_package', 'another key package')
    t.equal(judged([addLeaf(fresh), addLeaf(other), act]), 'not_exact', 'a second one beside it')
    t.equal(judged([addLeaf(other), addLeaf(fresh), act]), 'not_exact', 'a second one in front of it')
    t.equal(judged([act, addLeaf(fresh)]), 'not_exact', 'other order')
    t.equal(judged([removeLeaf(1), addLeaf(fresh), act]), 'not_exact', 'a removal beside it')
    t.equal(judged([act]), 'not_exact', 'nobody')
    t.equal(
      verdict(court, aCommit({ by: of(0), proposals: [addLeaf(fresh), act], hasPath: false })),
      'bad_key_package',
      'one that MLS did not let pass',
    )
  },
)

t.test(
  'V4 the newcomer is the one the motion names, new to the tree, with a sponsor who is still there',
  async (t) => {
    const committee = aCommittee({ seats: 4 })
    const { court, signers, of } = committee
    const judged = (fresh: Newcomer, action: Partial<Extract<Action, { type: 'add' }>> = {}) => {
      const base = {
        type: 'add' as const,
        keyPackage: fresh.view.hash,
        seat: fresh.seat,
        sponsor: seatNumber(0),
      }
      const act = mandateOf(aMotion(court, { ...base, ...action }), signers)
      const proposals = [addLeaf(fresh), actProposal(act)]
      return verdict(court, aCommit({ by: of(0), proposals, hasPath: false, added: fresh }))
    }
    const fresh = aNewcomer()
    t.equal(judged(fresh), 'add')
    t.equal(judged(fresh, { seat: seatNumber(91) }), 'bad_key_package', 'motion for another seat')
    t.equal(judged(aNewcomer({ seat: seatNumber(2) })), 'bad_target', 'a seat that exists')
    t.equal(judged(aNewcomer({ device: deviceNumber(2, 0) })), 'bad_key_package', 'a device id that exists')
    t.equal(judged(fresh, { sponsor: seatNumber(50) }), 'bad_target', 'a stranger vouches')
    t.equal(judged(fresh, { sponsor: fresh.seat }), 'bad_target', 'vouching for oneself')
    t.equal(judged(aNewcomer({ resynced: true })), 'bad_key_package', 'no newcomer was ever stuck')
    const broken = { ...fresh, view: { ...fresh.view, seatData: filled(1, 5) } }
    t.equal(judged(broken), 'bad_key_package', 'a leaf that says nothing of its seat')
    const nameless = { ...fresh, view: { ...fresh.view, identity: filled(1, 31) } }
    t.equal(judged(nameless), 'bad_key_package', 'a credential that is none of ours')
  },
)

t.test('V4, attack 7: a change of charter is exactly the new charter and its mandate', async (t) => {
  const committee = aCommittee({ seats: 3 })
  const { court, signers, of } = committee
  const next = encodeCharter(aCharter({ name: 'Day shift' }))
  const other = encodeCharter(aCharter({ name: 'No shift' }))
  const act = actProposal(mandateOf(aMotion(court, { type: 'charter', charter: next }), signers))
  const judged = (proposals: Parameters<typeof aCommit>[0]['proposals']) =>
    verdict(court, aCommit({ by: of(0), proposals, hasPath: false }))

  t.equal(judged([{ type: 'charter', charter: next }, act]), 'charter')
  t.equal(judged([{ type: 'charter', charter: other }, act]), 'not_exact', 'another charter')
  t.equal(judged([act, { type: 'charter', charter: next }]), 'not_exact', 'other order')
  t.equal(
    judged([{ type: 'charter', charter: next }, removeLeaf(2), act]),
    'not_exact',
    'a removal beside it',
  )
  t.equal(judged([act]), 'not_exact')
})

t.test('V4 an act that does not decode, or is none, carries nothing', async (t) => {
  const committee = aCommittee({ seats: 4 })
  const { court, of } = committee
  const act = removalAct(committee, 2)
  const judged = (data: Uint8Array) =>
    verdict(court, aCommit({ by: of(0), proposals: [removeLeaf(2), { type: 'act', data }] }))
  t.equal(judged(encodeAct(act)), 'remove')
  t.equal(judged(new Uint8Array([...encodeAct(act), 0])), 'not_exact', 'a byte more')
  t.equal(judged(encodeAct(act).slice(0, -1)), 'not_exact', 'a byte less')
  t.equal(judged(new Uint8Array()), 'not_exact')
  t.equal(verdict(court, aCommit({ by: of(0), proposals: [removeLeaf(2)] })), 'not_exact')
})

t.test(
  'V4 who is to be removed does not remove himself, and a removal needs somebody to remove',
  async (t) => {
    const committee = aCommittee({ seats: [{}, { devices: 2 }, {}, {}] })
    const { court, signers, of } = committee
    const act = removalAct(committee, 1)
    const proposals = [removeLeaf(1), removeLeaf(2), actProposal(act)]
    const victims = signers.filter(({ seat }) => seat === seatNumber(1))
    for (const by of victims) t.equal(verdict(court, aCommit({ by, proposals })), 'bad_target')
    t.equal(verdict(court, aCommit({ by: of(0), proposals })), 'remove')

    const nobody = mandateOf(aMotion(court, { type: 'remove', seat: seatNumber(50) }), signers)
    t.equal(verdict(court, aCommit({ by: of(0), proposals: [actProposal(nobody)] })), 'bad_target')
  },
)

t.test('V4 CHARTER changes neither suite nor relays nor the version of the rules', async (t) => {
  const committee = aCommittee({ seats: 3 })
  const { court } = committee
  const judged = (change: Parameters<typeof aCharter>[0]) =>
    verdict(court, charterCommit(committee, encodeCharter(aCharter(change))))
  t.equal(judged({ keepDays: 3 }), 'charter')
  t.equal(judged({ suite: 3 }), 'bad_charter', 'suite')
  t.equal(judged({ rules: RULES + 1 }), 'bad_charter', 'rules')
  t.equal(
    judged({ relays: [RELAY, { ...RELAY, address: 'wss://b.example.org' }] }),
    'bad_charter',
    'one more',
  )
  t.equal(judged({ relays: [{ ...RELAY, address: 'wss://b.example.org' }] }), 'bad_charter', 'moved')
  t.equal(judged({ relays: [{ ...RELAY, staticKey: filled(1) }] }), 'bad_charter', 'other static key')
  t.equal(judged({ relays: [{ ...RELAY, signingKey: filled(1) }] }), 'bad_charter', 'other signing key')
  t.equal(verdict(court, charterCommit(committee, filled(1, 40))), 'bad_charter', 'no charter at all')

  const two = aCommittee({ seats: 3, charter: { relays: [RELAY, RELAY] } })
  t.equal(verdict(two.court, charterCommit(two, encodeCharter(aCharter()))), 'bad_charter', 'one less')
})

t.test('V5, attack 1: every commit has a path, except ADD and CHARTER, which have none', async (t) => {
  const committee = aCommittee({ seats: 4, court: { hellos: new Set([0, 1, 2, 3].map(seatNumber)) } })
  const { court, of } = committee
  const fresh = aNewcomer({ seat: seatNumber(3), device: deviceNumber(3, 9), joined: 0, resynced: true })
  const withPath: readonly Seen[] = [
    aTidy(of(0)),
    aCommit({ by: of(0), proposals: [removeLeaf(2), actProposal(removalAct(committee, 2))] }),
    aCommit({
      by: of(0),
      proposals: [removeLeaf(2), actProposal({ type: 'leave', request: leaveOf(of(2)) })],
    }),
    aCommit({
      by: of(0),
      proposals: [
        removeLeaf(3),
        addLeaf(fresh),
        actProposal({ type: 'resync', request: resyncOf(of(3), fresh) }),
      ],
      added: fresh,
    }),
  ]
  const names = ['tidy', 'remove', 'leave', 'resync']
  withPath.forEach((seen, i) => {
    t.equal(verdict(court, seen), names[i])
    t.equal(verdict(court, { ...seen, hasPath: false }), 'path_missing')
  })
  const pathless = [
    addition(committee, aNewcomer()),
    charterCommit(committee, encodeCharter(aCharter({ name: 'b' }))),
  ]
  pathless.forEach((seen, i) => {
    t.equal(verdict(court, seen), ['add', 'charter'][i])
    t.equal(verdict(court, { ...seen, hasPath: true }), 'path_unasked')
  })
})

t.test('V6 a TIDY needs two thirds of the full seats, rounded up, to have arrived', async (t) => {
  // seats, HELLOs needed: of all, when nobody of the roster opened the epoch
  const table = [1, 2, 2, 3, 4, 4, 5, 6, 6, 7]
  table.forEach((needed, i) => {
    const seats = i + 1
    const arrived = (count: number) =>
      aCommittee({
        seats,
        court: { hellos: new Set(Array.from({ length: count }, (_, n) => seatNumber(n))) },
      })
    const enough = arrived(needed)
    const tooFew = arrived(needed - 1)
    t.equal(verdict(enough.court, aTidy(enough.of(0))), 'tidy', `${needed} of ${seats}`)
    t.equal(verdict(tooFew.court, aTidy(tooFew.of(0))), 'too_few_hellos', `${needed - 1} of ${seats}`)
  })
})

t.test(
  'V6 the seat that opened the epoch counts neither among those asked nor among those arrived',
  async (t) => {
    const opener = seatNumber(0)
    const arrived = (...seats: number[]) =>
      aCommittee({ seats: 4, court: { opener, hellos: new Set(seats.map(seatNumber)) } })
    const two = arrived(1, 2)
    t.equal(verdict(two.court, aTidy(two.of(3))), 'tidy', 'two of three others')
    const one = arrived(0, 1)
    t.equal(verdict(one.court, aTidy(one.of(3))), 'too_few_hellos', 'one of three others and the opener')
  },
)

t.test('V6 strangers and seats on probation are no arrivals', async (t) => {
  const seats = [{}, {}, {}, { joined: 29 }]
  const arrived = (...n: number[]) => aCommittee({ seats, court: { hellos: new Set(n.map(seatNumber)) } })
  const two = arrived(0, 1)
  t.equal(verdict(two.court, aTidy(two.of(0))), 'tidy', 'two of three full seats')
  const bad = arrived(0, 3, 50, 51)
  t.equal(verdict(bad.court, aTidy(bad.of(0))), 'too_few_hellos')
})

t.test('V6 the founding epoch needs no HELLO, and acts need none in any', async (t) => {
  const first = founding({ seats: 1 })
  t.equal(verdict(first.court, aTidy(first.of(0))), 'tidy')
  const later = aCommittee({ seats: 1, epoch: 1 })
  t.equal(verdict(later.court, aTidy(later.of(0))), 'too_few_hellos')
  const committee = aCommittee({ seats: 3 })
  const proposals = [removeLeaf(2), actProposal(removalAct(committee, 2))]
  t.equal(verdict(committee.court, aCommit({ by: committee.of(0), proposals })), 'remove')
})

/** Three seats; the device of seat 2 is stuck, its seat joined in epoch 4. */
const stuckPlan = (more: { resynced?: boolean } = {}): CommitteePlan => ({
  seats: [{}, {}, { joined: 4, ...more }, {}],
})
const freshOf = (plan: Parameters<typeof aNewcomer>[0] = {}): Newcomer =>
  aNewcomer({ seat: seatNumber(2), device: deviceNumber(2, 5), joined: 4, resynced: true, ...plan })

const resyncCommit = (by: Signer, fresh: Newcomer, request: ResyncRequest, leaf = 2): Seen =>
  aCommit({
    by,
    proposals: [removeLeaf(leaf), addLeaf(fresh), actProposal({ type: 'resync', request })],
    added: fresh,
  })

t.test('V7 a stuck leaf is replaced by a fresh one of its seat, without a mandate', async (t) => {
  const { court, of } = aCommittee(stuckPlan())
  const fresh = freshOf()
  const judged = judge(court, resyncCommit(of(0), fresh, resyncOf(of(2), fresh)))
  t.match(judged, { ok: true, value: { action: 'resync', author: seatNumber(0), spends: undefined } })
  t.same(judged.ok && judged.value.removed, [], 'I13 the seat stays')
})

t.test(
  'V7, attack 13: a leaf that was re-added by resync is replaced again before its own first commit by whoever has not helped it yet',
  async (t) => {
    const helped = { seat: seatNumber(2), device: deviceNumber(2, 0), by: [seatNumber(0)] }
    const court = { ledger: { ...newLedger, helped: [helped] } }
    const marked = aCommittee({ ...stuckPlan({ resynced: true }), court })
    const fresh = freshOf()
    const by = (n: number) => resyncCommit(marked.of(n), fresh, resyncOf(marked.of(2), fresh))
    t.equal(verdict(marked.court, by(0)), 'resynced_before')
    const second = judge(marked.court, by(1))
    t.match(second, {
      ok: true,
      value: { change: { type: 'helped', by: [seatNumber(0), seatNumber(1)].sort() } },
    })
    if (!second.ok) return
    const after = applyToLedger(marked.court.ledger, second.value, marked.court.roster.epoch + 1)
    t.same(helpersOf(after, deviceNumber(2, 0)), [], 'the old device is gone')
    t.equal(helpersOf(after, deviceNumber(2, 5)).length, 2, 'and the fresh one knows both')

    const unmarked = aCommittee({ ...stuckPlan(), court })
    const anew = judge(unmarked.court, resyncCommit(unmarked.of(0), fresh, resyncOf(unmarked.of(2), fresh)))
    t.match(
      anew,
      { ok: true, value: { change: { by: [seatNumber(0)] } } },
      'after its own commit it begins anew',
    )

    const view = (source: 'key_package' | 'update' | 'commit', resynced: boolean) => ({
      index: 0,
      identity: encodeIdentity(seatNumber(2), deviceNumber(2, 0)),
      signatureKey: filled(1),
      seatData: encodeSeatData({ writerKey: filled(1), joined: 4, after: resynced ? [A_LINK] : [] }),
      source,
    })
    const markOf = (source: 'key_package' | 'update' | 'commit', resynced: boolean) =>
      readRoster(30, aCharter(), [view(source, resynced)], newLedger)?.devices[0]?.resynced
    t.equal(markOf('key_package', true), true, 'marked while the leaf comes from its key package')
    t.equal(markOf('commit', true), false, 'its own commit clears the mark')
    t.equal(markOf('update', true), false)
    t.equal(markOf('key_package', false), false)
  },
)

t.test(
  'V7 the fresh leaf carries the mark, the seat and its epoch of joining, and a device id of its own',
  async (t) => {
    const { court, of } = aCommittee(stuckPlan())
    const judged = (fresh: Newcomer) => verdict(court, resyncCommit(of(0), fresh, resyncOf(of(2), fresh)))
    t.equal(judged(freshOf()), 'resync')
    t.equal(judged(freshOf({ resynced: false })), 'bad_key_package', 'unmarked: it could come back for ever')
    t.equal(judged(freshOf({ joined: 0 })), 'bad_key_package', 'probation is not escaped')
    t.equal(judged(freshOf({ joined: 5 })), 'bad_key_package')
    t.equal(judged(freshOf({ seat: seatNumber(1) })), 'bad_key_package', 'another seat')
    t.equal(judged(freshOf({ seat: seatNumber(90) })), 'bad_key_package', 'a seat that does not exist')
    t.equal(judged(freshOf({ device: deviceNumber(2, 0) })), 'bad_key_package', 'the same device id')
    t.equal(judged(freshOf({ device: deviceNumber(0, 0) })), 'bad_key_package', "somebody else's device id")
  },
)

t.test('V7 whoever knew a device knows the leaf again that came after it, and no other', async (t) => {
  const known = (n: number) => signerOf(2, n, 2)
  let leaf = known(0)
  for (let n = 1; n < 19; n++) leaf = { ...known(n), after: succeed(ANCHOR, leaf, known(n)) }
  const knows = (n: number, as = leaf, anchor = ANCHOR) => comesAfter(anchor, known(n), as)
  t.ok(knows(18), 'the leaf itself')
  t.ok(knows(17), 'the one before it')
  t.ok(knows(2), 'sixteen before it')
  t.notOk(knows(1), 'so far back nobody looks')

  const spoilt = leaf.after.map((one, i) => (i === 9 ? { ...one, signature: filled(1, 64) } : one))
  const other = signerOf(3, 0, 2)
  t.notOk(knows(5, { ...leaf, after: spoilt }))
  t.ok(knows(14, { ...leaf, after: spoilt }), 'what lies before does not matter')
  t.notOk(knows(5, { ...leaf, after: leaf.after.filter((_, i) => i !== 9) }), 'nobody is left out')
  t.notOk(knows(17, { ...leaf, signatureKey: other.signatureKey }), 'another key')
  t.notOk(knows(17, { ...leaf, device: other.device }), 'another device')
  t.notOk(knows(17, leaf, filled(0xab)), 'another committee')
  t.notOk(comesAfter(ANCHOR, { ...leaf, device: other.device }, leaf), 'a stranger')
  t.notOk(comesAfter(ANCHOR, { ...known(17), signatureKey: other.signatureKey }, leaf))
})

t.test(
  'V7 the request is signed by the leaf that is stuck, for this group, package and an earlier epoch',
  async (t) => {
    const { court, of } = aCommittee(stuckPlan())
    const fresh = freshOf()
    const judged = (request: ResyncRequest) => verdict(court, resyncCommit(of(0), fresh, request))
    const good = resyncOf(of(2), fresh)
    t.equal(judged(good), 'resync')
    const forged = resyncOf({ ...of(2), secretKey: of(0).secretKey }, fresh)
    t.equal(judged(forged), 'bad_request', 'signed by another leaf')
    for (const bit of [0, 255, 511]) {
      const signature = good.signature.slice()
      signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      t.equal(judged({ ...good, signature }), 'bad_request', `bit ${bit} of the signature`)
    }
    t.equal(judged(resyncOf(of(2), fresh, { anchor: filled(0xbb) })), 'bad_request', 'another group')
    t.equal(judged(resyncOf(of(2), fresh, { epoch: 30 })), 'bad_request', 'not stuck yet')
    t.equal(
      judged(resyncOf(of(2), fresh, { keyPackage: 'ab'.repeat(32) })),
      'bad_key_package',
      'another package',
    )
    for (const changed of [
      { ...good, epoch: 28 },
      { ...good, commit: 'cd'.repeat(32) },
      { ...good, keyPackage: 'cd'.repeat(32) },
    ])
      t.equal(judged(changed), 'bad_request', 'signed otherwise')
    t.equal(verdict(court, resyncCommit(of(0), fresh, { ...good, device: deviceNumber(50, 0) })), 'not_exact')
  },
)

t.test('V4 a resync is exactly the stuck leaf out and the fresh one in', async (t) => {
  const { court, of } = aCommittee({ seats: [{}, {}, { joined: 4, devices: 2 }, {}] })
  const fresh = freshOf()
  const act = actProposal({ type: 'resync', request: resyncOf(of(2), fresh) })
  const judged = (proposals: Parameters<typeof aCommit>[0]['proposals']) =>
    verdict(court, aCommit({ by: of(0), proposals, added: fresh }))
  t.equal(judged([removeLeaf(2), addLeaf(fresh), act]), 'resync', 'the other device stays')
  t.equal(judged([addLeaf(fresh), act]), 'not_exact', 'one device more')
  t.equal(judged([removeLeaf(2), act]), 'not_exact', 'one device less')
  t.equal(judged([removeLeaf(3), addLeaf(fresh), act]), 'not_exact', 'another device')
  t.equal(judged([removeLeaf(2), removeLeaf(3), addLeaf(fresh), act]), 'not_exact', 'both devices')
  t.equal(judged([addLeaf(fresh), removeLeaf(2), act]), 'not_exact', 'other order')
})

t.test(
  'V8, attack 17: a charter of other rules can be read, so that the update is asked for, but no motion works across rules',
  async (t) => {
    const newer = encodeCharter(aCharter({ rules: RULES + 1 }))
    t.equal(decodeCharter(newer)?.rules, RULES + 1)
    const committee = aCommittee({ seats: 3 })
    const { court, signers, of } = committee
    const motion = aMotion(court, { type: 'remove', seat: seatNumber(2) }, { rules: RULES + 1 })
    const act = mandateOf(motion, signers.slice(0, 2))
    const proposals = [removeLeaf(2), actProposal(act)]
    t.equal(verdict(court, aCommit({ by: of(0), proposals })), 'not_carried')
  },
)

t.test(
  'V4 LEAVE takes out every leaf of the seat whose own device asked, and is carried out by somebody else',
  async (t) => {
    const { court, signers, of } = aCommittee({ seats: [{}, {}, { devices: 2 }, {}] })
    const all = [removeLeaf(2), removeLeaf(3)]
    const judged = (
      request: ReturnType<typeof leaveOf>,
      by: Signer = of(0),
      leaves: Parameters<typeof aCommit>[0]['proposals'] = all,
    ) => verdict(court, aCommit({ by, proposals: [...leaves, actProposal({ type: 'leave', request })] }))
    const good = leaveOf(of(2))
    const second = signers[3] ?? of(2)

    t.match(
      judge(
        court,
        aCommit({ by: of(0), proposals: [...all, actProposal({ type: 'leave', request: good })] }),
      ),
      {
        value: { action: 'leave', removed: [seatNumber(2)], spends: undefined },
      },
    )
    t.equal(judged(leaveOf(second)), 'leave', 'any device of the seat may ask')
    t.equal(judged(good, of(2)), 'bad_request', 'not by the leaver')
    t.equal(judged(good, second), 'bad_request', "nor by the leaver's other device")
    t.equal(judged(good, of(0), [removeLeaf(2)]), 'not_exact', 'one device stays')
    t.equal(judged(good, of(0), [...all, removeLeaf(4)]), 'not_exact', 'somebody else as well')

    t.equal(judged(leaveOf(of(1), { seat: seatNumber(2) })), 'bad_request', "another seat's device asks")
    const impostor = { ...of(2), secretKey: of(1).secretKey }
    t.equal(judged(leaveOf(impostor)), 'bad_request', 'signed by another leaf')
    t.equal(judged(leaveOf(of(2), { anchor: filled(0xbb) })), 'bad_request', 'another group')
    t.equal(judged({ ...good, device: second.device }), 'bad_request', 'signed for another device')
    const stranger = signerOf(50, 0, 9)
    t.equal(judged(leaveOf(stranger), of(0), []), 'bad_request', 'nobody we know')
  },
)

t.test(
  'I11 a newcomer waits out its probation from where it joined, and founders wait for nothing',
  async (t) => {
    const judged = (seats: number, joined: number, more: { probation?: number; epoch?: number } = {}) => {
      const { probation = 20, epoch = 30 } = more
      const committee = aCommittee({ seats, epoch, charter: { probation } })
      return verdict(committee.court, addition(committee, aNewcomer({ joined })))
    }
    t.equal(judged(3, 31), 'add')
    t.equal(judged(3, 21), 'add', 'the motion took a while: half of the probation lies ahead')
    t.equal(judged(3, 20), 'bad_key_package', 'a mark from the past would skip it')
    t.equal(judged(3, 0), 'bad_key_package', 'no founder any more')
    t.equal(judged(3, 0, { epoch: 3 }), 'bad_key_package', 'nor in a young committee')
    t.equal(judged(3, 32), 'bad_key_package', 'from the future')
    t.equal(judged(3, 31, { probation: 1 }), 'add')
    t.equal(judged(3, 30, { probation: 1 }), 'bad_key_package')
    t.equal(judged(3, 5, { probation: 0 }), 'add', 'where there is no probation')
    const raised = aCommittee({ seats: 3, court: { ledger: { ...newLedger, counted: 29 } } })
    const after = (joined: number) => verdict(raised.court, addition(raised, aNewcomer({ joined })))
    t.same([after(29), after(30)], ['bad_key_package', 'add'], 'nor with a mark from before it was raised')
    t.equal(judged(2, 0), 'add', 'the third founds with the others')
    t.equal(judged(2, 31), 'bad_key_package')
    const markOf = (seats: number) => joinedMark(aCommittee({ seats }).court.roster)
    t.same([1, 2, 3, 12].map(markOf), [0, 0, 31, 31])
  },
)

t.test('I11 at most one third of the seats wait, the newcomer counted', async (t) => {
  const judged = (full: number, waiting: number) => {
    const seats = Array.from({ length: full + waiting }, (_, i) => (i < full ? {} : { joined: 29 }))
    const committee = aCommittee({ seats })
    return verdict(committee.court, addition(committee, aNewcomer()))
  }
  for (const full of [3, 4, 5, 6, 7, 8, 9, 10]) {
    const most = Math.floor(full / 2)
    t.equal(judged(full, most - 1), 'add', `${most} waiting beside ${full}`)
    t.equal(judged(full, most), 'too_many_on_probation', `${most + 1} waiting beside ${full}`)
  }
  const free = aCommittee({ seats: [{}, {}, {}, { joined: 30 }], charter: { probation: 0 } })
  t.equal(verdict(free.court, addition(free, aNewcomer())), 'add', 'without a probation nobody waits')
})

t.test('D11 a leaf that is none of ours makes no roster', async (t) => {
  const data: SeatData = { writerKey: filled(1), joined: 0, after: [] }
  const leaf = {
    index: 4,
    identity: encodeIdentity(seatNumber(1), deviceNumber(1, 0)),
    signatureKey: filled(3),
    seatData: encodeSeatData(data),
    source: 'commit' as const,
  }
  t.match(readRoster(3, aCharter({ probation: 9 }), [leaf], newLedger), {
    epoch: 3,
    probation: 9,
    devices: [
      { leaf: 4, seat: seatNumber(1), device: deviceNumber(1, 0), joined: 0, after: [], resynced: false },
    ],
  })
  t.equal(readRoster(3, aCharter(), [leaf, { ...leaf, identity: filled(1, 33) }], newLedger), undefined)
  t.equal(readRoster(3, aCharter(), [leaf, { ...leaf, seatData: filled(0, 39) }], newLedger), undefined)
})
