/** Which commit ends an epoch: the fold of protocol.md 7.2, and invariants I1, I2, I3 and I13 over generated logs. */
import fc from 'fast-check'
import t from 'tap'
import type { Act } from '../../../../client/core/governance/act.ts'
import {
  type Bench,
  type Fold,
  foldCodec,
  foldCommit,
  foldHello,
  foldVote,
  isConfirmed,
  newFold,
  takeTurn,
} from '../../../../client/core/governance/fold.ts'
import { type DeviceId, decodeIdentity, type SeatId } from '../../../../client/core/governance/ids.ts'
import { decodeSeatData, seatsOf } from '../../../../client/core/governance/roster.ts'
import type { Seen } from '../../../../client/core/governance/verdict.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import { toHex } from '../../../../shared/base/text.ts'
import {
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
  hashOf,
  leaveOf,
  mandateOf,
  removeLeaf,
  resyncOf,
  type Signer,
  seatNumber,
  signerOf,
} from '../../../support/court.ts'

type Entry =
  | { readonly type: 'commit'; readonly seen: Seen }
  | {
      readonly type: 'vote'
      readonly seat: SeatId
      readonly device?: DeviceId
      readonly commit: string
      readonly isVoid: boolean
    }
  | { readonly type: 'hello'; readonly device: DeviceId }
  | { readonly type: 'junk' }

const benchOf = ({ court }: Committee, opener?: SeatId): Bench => ({ forum: court, opener })

const take =
  (bench: Bench) =>
  (fold: Fold, entry: Entry, seq = 0): Fold => {
    if (entry.type === 'hello') return foldHello(fold, entry.device)
    if (entry.type === 'vote')
      return foldVote(
        fold,
        { seat: entry.seat, device: entry.device ?? deviceNumber(99, 0) },
        entry.commit,
        entry.isVoid,
      )
    if (entry.type === 'junk') return fold
    const folded = foldCommit(fold, bench, entry.seen, { log: 0, seq: seq + 1 })
    return folded.ok ? folded.value : fold
  }

const run = (bench: Bench, log: readonly Entry[], start = newFold): Fold => log.reduce(take(bench), start)

const commit = (seen: Seen): Entry => ({ type: 'commit', seen })
const vote = (n: number, seen: Seen, isVoid = true): Entry => ({
  type: 'vote',
  seat: seatNumber(n),
  commit: seen.hash,
  isVoid,
})
const hello = (n: number): Entry => ({ type: 'hello', device: deviceNumber(n, 0) })

/** In the founding epoch a TIDY needs nothing but an author. */
const founding = (plan: CommitteePlan) => aCommittee({ epoch: 0, ...plan })

const removalBy = ({ court, signers }: Committee, by: Signer, n: number): Seen => {
  const voters = signers.filter(({ seat }) => seat !== seatNumber(n))
  const act = mandateOf(aMotion(court, { type: 'remove', seat: seatNumber(n) }), voters)
  const leaves = signers.filter(({ seat }) => seat === seatNumber(n)).map(({ leaf }) => removeLeaf(leaf))
  return aCommit({ by, proposals: [...leaves, actProposal(act)], label: `removes ${n}` })
}

t.test('7.2 the first valid commit ends the epoch, and every later one is a no-op', async (t) => {
  const committee = founding({ seats: 4 })
  const bench = benchOf(committee)
  const [first, second] = [aTidy(committee.of(0)), aTidy(committee.of(1))]
  const place = { log: 1, seq: 7 }
  const folded = foldCommit(newFold, bench, first, place)
  if (!folded.ok) throw new Error(folded.error)
  t.match(folded.value.current, {
    commit: first.hash,
    place,
    effect: { action: 'tidy', author: seatNumber(0), authorDevice: deviceNumber(0, 0), removed: [] },
    electorate: [1, 2, 3].map(seatNumber),
  })
  for (const late of [second, first, removalBy(committee, committee.of(1), 3)])
    t.match(foldCommit(folded.value, bench, late, { log: 1, seq: 8 }), { ok: false, error: 'too_late' })
  const invalid = { ...second, hasPath: false }
  t.match(foldCommit(newFold, bench, invalid, place), { ok: false, error: 'path_missing' })
  t.same(run(bench, [commit(invalid), commit(second), commit(first)]).current?.commit, second.hash)
})

t.test(
  '7.2 the electorate is the full seats without the author and without whom the commit removes',
  async (t) => {
    const committee = aCommittee({ seats: [{}, {}, { devices: 2 }, { joined: 29 }, {}] })
    const seen = removalBy(committee, committee.of(0), 2)
    const { current } = run(benchOf(committee), [commit(seen)])
    t.same(current?.electorate, [1, 4].map(seatNumber))
    t.same(current?.effect.removed, [seatNumber(2)])

    const request = leaveOf(committee.of(1))
    const leave = aCommit({
      by: committee.of(3),
      proposals: [removeLeaf(1), actProposal({ type: 'leave', request })],
    })
    t.same(run(benchOf(committee), [commit(leave)]).current?.electorate, [0, 2, 4].map(seatNumber))
  },
)

t.test(
  '7.2, attack 14: VOID of more than half of the electorate voids the commit, of half does not',
  async (t) => {
    for (const seats of [2, 3, 4, 5, 6, 7, 8]) {
      const committee = founding({ seats })
      const bench = benchOf(committee)
      const seen = aTidy(committee.of(0))
      const electorate = seats - 1
      const most = Math.floor(electorate / 2)
      const votes = Array.from({ length: electorate }, (_, i) => vote(i + 1, seen))
      const stands = run(bench, [commit(seen), ...votes.slice(0, most)])
      t.equal(stands.current?.commit, seen.hash, `${most} of ${electorate}`)
      const voided = run(bench, [commit(seen), ...votes.slice(0, most + 1)])
      t.equal(voided.current, undefined, `${most + 1} of ${electorate}`)
      t.same(voided.barred, [seatNumber(0)])
      t.same(voided.voids, [])
    }
  },
)

t.test(
  '7.2 after a void its author is barred, and the next valid commit of somebody else wins',
  async (t) => {
    const committee = founding({ seats: [{ devices: 2 }, {}, {}, {}] })
    const { of, signers } = committee
    const bench = benchOf(committee)
    const bad = aTidy(of(0), 'garbled')
    const again = aTidy(signers[1] ?? of(0), 'from the other device')
    const [lost, next] = [aTidy(of(2), 'too early'), aTidy(of(1))]
    const log = [commit(bad), commit(lost), vote(1, bad), vote(2, bad)]
    const voided = run(bench, log)
    t.equal(voided.current, undefined, 'what lost before the void does not win by it')
    const after = run(bench, [commit(bad), commit(again), commit(next), commit(lost)], voided)
    t.equal(after.current?.commit, next.hash)
    t.same(after.current?.electorate, [0, 2, 3].map(seatNumber))
    t.same(after.voids, [], 'votes begin anew')
    t.same(run(bench, [vote(0, next), vote(2, next)], after).barred, [0, 1].map(seatNumber))
  },
)

t.test(
  '7.2 UNVOID takes a vote back: the latest statement of a seat counts, whichever device made it',
  async (t) => {
    const committee = founding({ seats: 5 })
    const bench = benchOf(committee)
    const seen = aTidy(committee.of(0))
    const after = (...votes: Entry[]) => run(bench, [commit(seen), ...votes])
    t.same(after(vote(1, seen), vote(2, seen)).voids, [1, 2].map(seatNumber))
    t.same(after(vote(1, seen), vote(2, seen), vote(1, seen, false)).voids, [seatNumber(2)])
    t.ok(after(vote(1, seen), vote(2, seen), vote(1, seen, false), vote(3, seen)).current, 'two of four')
    t.notOk(after(vote(1, seen), vote(1, seen, false), vote(1, seen), vote(2, seen), vote(3, seen)).current)
    t.ok(after(vote(1, seen, false), vote(1, seen, false), vote(2, seen), vote(3, seen)).current)
    const voided = after(vote(1, seen), vote(2, seen), vote(3, seen))
    t.same(run(bench, [vote(3, seen, false)], voided), voided, 'a void is not taken back')
  },
)

t.test('7.2 one seat is one vote, however often and from however many devices it speaks', async (t) => {
  const committee = founding({ seats: [{}, { devices: 3 }, {}, {}, {}] })
  const seen = aTidy(committee.of(0))
  const log = benchOf(committee)
  const fold = run(log, [commit(seen), vote(1, seen), vote(1, seen), vote(1, seen)])
  t.same(fold.voids, [seatNumber(1)])
  t.ok(fold.current)
  const two = run(log, [vote(2, seen)], fold)
  t.same(run(log, [vote(1, seen)], two), two, 'I3 an older VOID once more changes nothing, not even an order')
})

t.test('7.2 votes count for the current commit only, and only from its electorate', async (t) => {
  const committee = aCommittee({ seats: [{}, {}, {}, { joined: 29 }, {}, {}] })
  const bench = benchOf(committee)
  const seen = removalBy(committee, committee.of(0), 2)
  const held = run(bench, [commit(seen)])
  for (const n of [0, 2, 3, 50]) t.same(run(bench, [vote(n, seen)], held), held, `seat ${n} has no vote`)
  t.same(run(bench, [vote(1, aTidy(committee.of(1)))], held), held, 'another commit')
  t.same(run(bench, [vote(1, seen)]), newFold, 'before there is a commit')
  const early = run(bench, [vote(1, seen), vote(4, seen), vote(5, seen), commit(seen)])
  t.same(early, { ...held, current: early.current }, 'votes cast early are lost')
  t.equal(early.current?.commit, seen.hash)
  t.same(run(bench, [vote(1, seen)], held).voids, [seatNumber(1)])
  t.equal(run(bench, [vote(1, seen), vote(4, seen)], held).current, undefined, 'two of three')
})

t.test('7.2 HELLOs count from their place in the log on, once for a seat, and outlive a void', async (t) => {
  const committee = aCommittee({ seats: 4 })
  const { of } = committee
  const bench = benchOf(committee, seatNumber(0))
  const tidy = aTidy(of(3))
  t.equal(run(bench, [hello(1), commit(tidy), hello(2)]).current, undefined, 'the second came after it')
  t.equal(run(bench, [hello(1), hello(2), commit(tidy)]).current?.commit, tidy.hash)
  t.equal(run(bench, [hello(1), hello(1), commit(tidy)]).current, undefined, 'twice is once')
  t.equal(run(bench, [hello(0), hello(1), commit(tidy)]).current, undefined, 'the opener opened it')
  const removal = removalBy(committee, of(0), 2)
  const voided = run(bench, [commit(removal), hello(1), hello(3), vote(1, removal), vote(3, removal)])
  t.equal(run(bench, [commit(tidy)], voided).current?.commit, tidy.hash)
})

t.test('7.5 an epoch is confirmed by two thirds of the full seats, the opener apart', async (t) => {
  const { court } = aCommittee({ seats: [{}, {}, {}, { joined: 29 }, {}] })
  const after = (...n: number[]) => run({ forum: court, opener: undefined }, n.map(hello))
  t.notOk(isConfirmed(after(0, 1), court.roster, undefined))
  t.notOk(isConfirmed(after(0, 1, 3, 50), court.roster, undefined))
  t.ok(isConfirmed(after(0, 1, 2), court.roster, undefined))
  t.ok(isConfirmed(after(1, 2), court.roster, seatNumber(0)))
  t.notOk(isConfirmed(after(0, 1), court.roster, seatNumber(0)))
})

// Generated logs. One committee of six seats: five full ones, of which seat 1 has two devices, and one on probation.
const world = aCommittee({ seats: [{}, { devices: 2 }, {}, {}, {}, { joined: 29 }] })
const bench = benchOf(world, seatNumber(0))
const fresh = aNewcomer()
const freshResync = aNewcomer({ seat: seatNumber(3), device: deviceNumber(3, 5), joined: 0, resynced: true })
const additionAct = mandateOf(
  aMotion(world.court, {
    type: 'add',
    keyPackage: fresh.view.hash,
    seat: fresh.seat,
    sponsor: seatNumber(0),
  }),
  world.signers.slice(0, 5),
)
const addition = (by: Signer) =>
  aCommit({
    by,
    proposals: [addLeaf(fresh), actProposal(additionAct)],
    hasPath: false,
    added: fresh,
    label: 'add',
  })
const resyncAct: Act = { type: 'resync', request: resyncOf(world.of(3), freshResync) }
const resync = (by: Signer) =>
  aCommit({
    by,
    proposals: [removeLeaf(world.of(3).leaf), addLeaf(freshResync), actProposal(resyncAct)],
    added: freshResync,
    label: 'resync',
  })
const leaving = (by: Signer) =>
  aCommit({
    by,
    proposals: [removeLeaf(world.of(4).leaf), actProposal({ type: 'leave', request: leaveOf(world.of(4)) })],
    label: 'leave',
  })

const authors = [0, 1, 2, 3, 5].map((n) => world.of(n))
const commits: readonly Seen[] = authors.flatMap((by) => [
  aTidy(by),
  addition(by),
  ...(by.seat === seatNumber(3) ? [] : [resync(by)]),
  leaving(by),
  removalBy(world, by, 4),
])
/** Never valid, whatever the log holds. */
const invalid: readonly Seen[] = [
  ...authors.map((by) => ({ ...removalBy(world, by, 4), hasPath: false, hash: hashOf('pathless') })),
  { ...aTidy(world.of(2)), author: 77, hash: hashOf('stranger') },
  { ...aTidy(world.of(2)), proposals: undefined, hash: hashOf('foreign') },
  aCommit({ by: world.of(2), proposals: [removeLeaf(0)], label: 'unauthorised' }),
  aCommit({ by: world.of(2), proposals: [removeLeaf(0), actProposal(additionAct)], label: 'wrong mandate' }),
  removalBy(world, world.of(4), 4),
  resync({ ...world.of(2), leaf: 44 }),
]

const someSeat = fc.integer({ min: 0, max: 5 })
const someCommit = fc.constantFrom(...commits)
const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 2, arbitrary: someCommit.map(commit) },
  { weight: 5, arbitrary: someSeat.map(hello) },
  {
    weight: 1,
    arbitrary: fc.record({ seat: someSeat, seen: someCommit }).map(({ seat, seen }) => vote(seat, seen)),
  },
)

/** Votes mostly about the commit that is current where they stand: a void would hardly ever happen by chance. */
const log: fc.Arbitrary<readonly Entry[]> = fc
  .array(fc.record({ entry, aim: fc.nat({ max: 3 }), seat: someSeat, isVoid: fc.nat({ max: 4 }) }), {
    minLength: 15,
    maxLength: 60,
  })
  .map((steps) => {
    const entries: Entry[] = []
    let fold = newFold
    for (const step of steps) {
      const { current } = fold
      const aimed: Entry | undefined =
        current && step.aim > 0
          ? { type: 'vote', seat: seatNumber(step.seat), commit: current.commit, isVoid: step.isVoid > 0 }
          : undefined
      const next = aimed ?? step.entry
      entries.push(next)
      fold = take(bench)(fold, next)
    }
    return entries
  })

const same = (a: Fold, b: Fold): boolean => toHex(encode(foldCodec, a)) === toHex(encode(foldCodec, b))
const stored = (fold: Fold): Fold => {
  const decoded = decode(foldCodec, encode(foldCodec, fold))
  if (!decoded.ok) throw new Error('a fold decodes')
  return decoded.value
}

t.test(
  'I1 the same prefix gives the same verdict: at once, in two parts, and with a restart between any two entries',
  async (t) => {
    let [ended, voided] = [0, 0]
    fc.assert(
      fc.property(log, fc.nat({ max: 60 }), (entries, cut) => {
        const whole = run(bench, entries)
        ended += whole.current ? 1 : 0
        voided += whole.barred.length > 0 ? 1 : 0
        const offset = (fold: Fold, rest: readonly Entry[], from: number) =>
          rest.reduce((now, one, i) => take(bench)(now, one, from + i), fold)
        const halves = offset(
          run(bench, entries.slice(0, cut)),
          entries.slice(cut),
          Math.min(cut, entries.length),
        )
        const restarted = entries.reduce((now, one, i) => take(bench)(stored(now), one, i), newFold)
        return same(whole, run(bench, entries)) && same(whole, halves) && same(whole, restarted)
      }),
      { numRuns: 400 },
    )
    t.ok(ended > 50 && voided > 50, `${ended} ended, ${voided} with a void`)
  },
)

t.test('I2 at most one commit is current, and it changes only by a void', async (t) => {
  let voids = 0
  fc.assert(
    fc.property(log, (entries) => {
      let fold = newFold
      return entries.every((one, i) => {
        const next = take(bench)(fold, one, i)
        const before = fold.current
        const isVoided = before !== undefined && next.current === undefined
        voids += isVoided ? 1 : 0
        const isRight = before === undefined || isVoided || next.current?.commit === before.commit
        const isBarred = !isVoided || (one.type === 'vote' && next.barred.includes(before.effect.author))
        fold = next
        return isRight && isBarred && !next.barred.includes(next.current?.effect.author ?? seatNumber(99))
      })
    }),
    { numRuns: 300 },
  )
  t.ok(voids > 50, `${voids} voids`)
})

/** Things that must change nothing wherever they stand. */
const noise: fc.Arbitrary<Entry> = fc.oneof(
  fc.constant<Entry>({ type: 'junk' }),
  fc.constantFrom(...invalid).map(commit),
  fc
    .record({ seat: fc.constantFrom(5, 50, 99), seen: someCommit, isVoid: fc.boolean() })
    .map(({ seat, seen, isVoid }) => vote(seat, seen, isVoid)),
  fc.record({ seat: someSeat, isVoid: fc.boolean() }).map(
    ({ seat, isVoid }): Entry => ({
      type: 'vote',
      seat: seatNumber(seat),
      commit: hashOf('no such commit'),
      isVoid,
    }),
  ),
)

type Inserted = { readonly at: number; readonly what: Entry | undefined }

/** Without a `what`, the entry before it once more. A commit that came too late is a new candidate after a void, so only until then. */
const extraOf = (fold: Fold, previous: Entry | undefined, what: Entry | undefined): Entry => {
  if (what) return what
  if (!previous || (previous.type === 'commit' && !fold.current)) return { type: 'junk' }
  return previous
}

/** Every entry keeps the place it had without the noise, so that the folds can be compared whole. */
const runNoisy = (entries: readonly Entry[], inserted: readonly Inserted[]): Fold => {
  const disturbed = (fold: Fold, at: number): Fold =>
    inserted
      .filter((one) => one.at === at)
      .reduce((now, { what }) => take(bench)(now, extraOf(now, entries[at - 1], what), 1000), fold)
  return entries.reduce((fold, one, i) => disturbed(take(bench)(fold, one, i), i + 1), disturbed(newFold, 0))
}

t.test('I3 junk, invalid commits, repetitions and foreign votes anywhere change no state', async () => {
  const noisy = log.chain((entries) =>
    fc
      .array(fc.record({ at: fc.nat({ max: entries.length }), what: fc.option(noise, { nil: undefined }) }), {
        maxLength: 12,
      })
      .map((inserted) => ({ entries, inserted })),
  )
  fc.assert(
    fc.property(noisy, ({ entries, inserted }) => {
      const plain = run(bench, entries)
      const fold = runNoisy(entries, inserted)
      return same(plain, fold)
    }),
    { numRuns: 600 },
  )
})

t.test('I3 a losing commit changes nothing but who is too late', async () => {
  fc.assert(
    fc.property(log, fc.array(someCommit, { maxLength: 5 }), (entries, losers) => {
      const fold = run(bench, entries)
      return !fold.current || same(fold, run(bench, losers.map(commit), fold))
    }),
    { numRuns: 200 },
  )
})

/** The leaves after a commit, as MLS applies its proposals; independent of the rules. */
const seatsAfter = ({ proposals, keyPackage }: Seen): ReadonlySet<SeatId> => {
  const gone = new Set((proposals ?? []).flatMap((p) => (p.type === 'remove' ? [p.leaf] : [])))
  const staying = world.court.roster.devices.filter(({ leaf }) => !gone.has(leaf)).map(({ seat }) => seat)
  const came = proposals?.some((p) => p.type === 'add') && keyPackage
  const identity = came ? decodeIdentity(came.identity) : undefined
  return new Set([
    ...staying,
    ...(identity && decodeSeatData(keyPackage?.seatData ?? new Uint8Array()) ? [identity.seat] : []),
  ])
}

t.test(
  'I9, I13 seats change by what an effective commit says and nothing else, and are lost by REMOVE and LEAVE only',
  async (t) => {
    const actions = new Set<string>()
    fc.assert(
      fc.property(log, (entries) => {
        const { current } = run(bench, entries)
        const one = entries.find((e) => e.type === 'commit' && e.seen.hash === current?.commit)
        if (!current || one?.type !== 'commit') return true
        const { action, removed } = current.effect
        actions.add(action)
        const before = seatsOf(world.court.roster)
        const after = seatsAfter(one.seen)
        const lost = before.filter((seat) => !after.has(seat))
        const came = [...after].filter((seat) => !before.includes(seat))
        return (
          lost.join() === removed.join() &&
          (removed.length === 0 || action === 'remove' || action === 'leave') &&
          came.join() === (action === 'add' ? fresh.seat : '')
        )
      }),
      { numRuns: 600 },
    )
    t.same([...actions].sort(), ['add', 'leave', 'remove', 'resync', 'tidy'])
  },
)

t.test('7.2 a stranger speaks for nobody', async (t) => {
  const committee = founding({ seats: 3 })
  const stranger = signerOf(50, 0, 50)
  t.same(run(benchOf(committee), [commit(aTidy(stranger))]), newFold)
})

t.test("7.2 an old vote that somebody repeats is no vote: each device's turns only go up", (t) => {
  const [device, other] = [deviceNumber(1, 0), deviceNumber(2, 0)]
  const voided = takeTurn(newFold, device, 1)
  const unvoided = voided && takeTurn(voided, device, 2)
  if (!unvoided) throw new Error('a later turn counts')

  t.equal(takeTurn(unvoided, device, 1), undefined, 'the VOID before the UNVOID')
  t.equal(takeTurn(unvoided, device, 2), undefined, 'the UNVOID itself')
  t.match(takeTurn(unvoided, device, 3)?.turns, [{ device, turn: 3 }])
  t.equal(takeTurn(unvoided, other, 1)?.turns.length, 2, "another device's turns are its own")
  t.end()
})
