/** Where a device stands, step by step: protocol.md section 6 as a pure function. With real clients and a relay: recovery.test.ts. */
import fc from 'fast-check'
import t from 'tap'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import {
  epochOf,
  newStanding,
  type Standing,
  standingCodec,
  statusOf,
  troubleOf,
} from '../../../../client/core/session/standing.ts'
import {
  type Effect,
  type Input,
  type Owed,
  owedBy,
  type Votes,
} from '../../../../client/core/session/standingInput.ts'
import { ERASE_MS, step } from '../../../../client/core/session/standingStep.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const commitOf = (n: number): string => n.toString(16).padStart(64, '0')
const C = { epoch: 7, commit: commitOf(7) }
const AUTHOR = 'aa'.repeat(16) as SeatId
const by = { author: AUTHOR, now: 0 }
const ALL: Votes = {
  isVotable: true,
  isLastVote: false,
  older: [
    { epoch: 6, commit: commitOf(6) },
    { epoch: 4, commit: commitOf(4) },
  ],
}

const after = (standing: Standing, ...inputs: readonly Input[]): Standing =>
  inputs.reduce((now, input) => step(now, input).standing, standing)
const effectsOf = (standing: Standing, input: Input): readonly Effect[] => step(standing, input).effects
const place = ({ at }: Standing): string => at.type

const LIVE = after(newStanding(7), { type: 'atHead', epoch: 7 })
const FOLLOW = after(LIVE, { type: 'effective', ...C })
const STUCK = after(FOLLOW, { type: 'unreadable', ...C, ...by })
const ASKED = after(STUCK, { type: 'asked' })
const REMOVED = after(FOLLOW, { type: 'removed', ...C, ...by, action: 'remove' })
const EVERYWHERE = [
  newStanding(7),
  LIVE,
  after(LIVE, { type: 'posting', ...C }),
  FOLLOW,
  STUCK,
  ASKED,
  REMOVED,
]

/** Looks, so many minutes apart, each counting at most five. */
const online = (standing: Standing, minutes: number, votes = ALL): Standing => {
  let now = standing
  for (let passed = 0; passed < minutes; passed += 5)
    now = after(now, { type: 'passed', now: 0, online: Math.min(5, minutes - passed) * MINUTE, votes })
  return now
}
const said = (standing: Standing): Standing =>
  owedBy(standing).reduce((now, owed) => {
    if (owed.type === 'resync') return after(now, { type: 'asked' })
    return owed.type === 'void' || owed.type === 'unvoid'
      ? after(now, { ...owed, type: 'voted', is: owed.type })
      : now
  }, standing)
const votesOwed = (standing: Standing): readonly Owed[] =>
  owedBy(standing).filter(({ type }) => type.endsWith('void'))

t.test(
  '6 SYNC is LIVE at the head of its log, and a commit that counts is FOLLOWed from anywhere on the way',
  (t) => {
    t.strictSame([place(newStanding(7)), place(LIVE)], ['sync', 'live'])
    for (const standing of EVERYWHERE.slice(0, 4)) {
      t.strictSame(effectsOf(standing, { type: 'effective', ...C }), [{ type: 'follow', ...C }])
    }
    t.strictSame(after(FOLLOW, { type: 'entered', ...C }).at, { type: 'sync', epoch: 8 })
    t.equal(
      place(after(FOLLOW, { type: 'entered', ...C, commit: commitOf(1) })),
      'follow',
      'another dry run says nothing',
    )
    t.end()
  },
)

t.test('6 WAIT owes the same bytes until they are read back, whoever was first', (t) => {
  const waiting = after(LIVE, { type: 'posting', ...C })
  t.strictSame(owedBy(waiting), [{ type: 'append', ...C }])
  t.equal(place(after(waiting, { type: 'readBack', ...C })), 'live', 'it lost the race')
  t.equal(place(after(waiting, { type: 'effective', epoch: 7, commit: commitOf(1) })), 'follow')
  t.equal(place(after(waiting, { type: 'atHead', epoch: 7 })), 'wait')
  t.end()
})

t.test(
  '6 a stuck device asks at once, says VOID after ten minutes online, and then of older commits every thirty',
  (t) => {
    t.strictSame(owedBy(STUCK), [{ type: 'resync' }])
    t.strictSame(votesOwed(online(STUCK, 9)), [])
    const voided = online(ASKED, 10)
    t.strictSame([owedBy(voided), place(voided)], [[{ type: 'void', ...C }], 'stuck'])
    t.strictSame(votesOwed(online(said(voided), 29)), [])
    const escalated = online(said(voided), 30)
    const again = [{ type: 'resync' }, { type: 'void', ...ALL.older[0] }]
    t.strictSame(
      [owedBy(escalated), place(escalated)],
      [again, 'escalate'],
      'V7 an answer may have been spoilt',
    )
    t.strictSame(votesOwed(online(said(escalated), 30)), [{ type: 'void', ...ALL.older[1] }])
    t.strictSame(
      votesOwed(online(said(online(said(escalated), 30)), 600)),
      [],
      'and then there is nothing left to void',
    )
    t.end()
  },
)

t.test('6 the vote that completes a majority is given at once, and brings no other before its time', (t) => {
  const urgent = online(ASKED, 1, { ...ALL, isLastVote: true })
  t.strictSame(owedBy(urgent), [{ type: 'void', ...C }])
  t.strictSame(owedBy(online(said(urgent), 25, { ...ALL, isLastVote: true })), [])
  const probation = online(ASKED, 10, { ...ALL, isVotable: false })
  t.strictSame(
    owedBy(probation),
    [{ type: 'void', ...ALL.older[0] }],
    'without a vote on it, on what one has a vote',
  )
  t.end()
})

t.test(
  '6 a branch on offer gets thirty minutes, once: the vote is taken back, and given again if nothing comes of it',
  (t) => {
    const trying = after(said(online(ASKED, 10)), { type: 'offered' })
    t.strictSame(owedBy(trying), [{ type: 'unvoid', ...C }])
    t.strictSame(votesOwed(online(said(trying), 29)), [])
    const doubting = online(said(trying), 30)
    t.strictSame(owedBy(doubting), [{ type: 'resync' }, { type: 'void', ...C }])
    t.strictSame(votesOwed(after(said(doubting), { type: 'offered' })), [], 'a second branch changes nothing')
    t.strictSame(place(online(said(doubting), 30)), 'escalate')
    const settled = after(said(online(said(doubting), 30)), { type: 'settled', epoch: 9 })
    t.strictSame(settled.at, { type: 'sync', epoch: 9 })
    t.strictSame(
      owedBy(settled).map(({ type }) => type),
      ['unvoid', 'unvoid'],
      'what was voided on the way is taken back',
    )
    t.strictSame(said(settled).votes, [])
    t.end()
  },
)

t.test('6 a void leads back to its epoch from every state, and without a snapshot to asking', (t) => {
  const voided = { type: 'voided', epoch: 5, commit: commitOf(5), ...by, way: 'snapshot' } as const
  for (const standing of [
    ...EVERYWHERE,
    online(ASKED, 50),
    after(LIVE, { type: 'lost', epoch: 7, why: 'chain' }),
  ]) {
    t.strictSame(after(standing, voided).at, { type: 'sync', epoch: 5 }, place(standing))
    t.strictSame(effectsOf(standing, voided), [{ type: 'restore', epoch: 5 }])
    t.strictSame(
      after(standing, voided).votes.filter((vote) => vote.epoch >= 5),
      [],
    )
    const blind = after(standing, { ...voided, way: 'ask' })
    t.strictSame(
      [place(blind), owedBy(blind)[0], troubleOf(blind)?.isBlind],
      ['stuck', { type: 'resync' }, true],
    )
    t.strictSame(after(standing, { ...voided, epoch: 8 }), standing, 'an epoch that is not held')
  }
  t.end()
})

t.test('6 who steps back to where it can follow takes back its VOID of still older commits', (t) => {
  const pressing = said(online(said(online(said(online(ASKED, 10)), 30)), 30))
  const voided = { type: 'voided', epoch: 6, commit: commitOf(6), ...by } as const
  const back = after(pressing, { ...voided, way: 'snapshot' })
  t.strictSame(owedBy(back), [{ type: 'unvoid', ...ALL.older[1] }])
  t.strictSame(said(back).votes, [])
  const asking = after(pressing, { ...voided, way: 'ask' })
  t.strictSame(asking.votes, [{ ...ALL.older[1], is: 'void', isSaid: true }], 'not while it has to ask')
  const cutOff = after(FOLLOW, { type: 'removed', ...C, ...by, action: 'drop' })
  const joining = said(
    after(cutOff, { type: 'passed', now: 11 * MINUTE, online: 0, votes: { ...ALL, isVotable: false } }),
  )
  const kept = after(joining, { type: 'voided', ...C, ...by, way: 'snapshot' })
  t.strictSame(
    owedBy(kept),
    [{ type: 'unvoid', ...ALL.older[0] }],
    'so does one whose cutting off was undone',
  )
  t.end()
})

t.test(
  '6 REMOVED? is read only, returns when it is voided, and after 72 hours without a void owes the erasure',
  (t) => {
    const at = (hours: number): Input => ({ type: 'passed', now: hours * HOUR, online: 0, votes: ALL })
    t.strictSame([statusOf(REMOVED), owedBy(REMOVED)], ['removed', []])
    const almost = after(REMOVED, at(24), at(48), at(71))
    t.strictSame(owedBy(almost), [])
    const over = after(almost, at(72))
    t.strictSame(owedBy(over), [{ type: 'erase' }])
    const erased = after(over, { type: 'erased' })
    t.strictSame(owedBy(erased), [])
    const voided = { type: 'voided', ...C, ...by, way: 'snapshot' } as const
    t.strictSame(after(over, voided).at, { type: 'sync', epoch: 7 })
    t.strictSame(
      after(erased, voided).at,
      { type: 'lost', epoch: 7, why: 'erased' },
      'nothing is left to return to',
    )
    t.end()
  },
)

t.test(
  '4.11, 6 a device that was cut off joins whom it may, one after the other, as long as it remembers',
  (t) => {
    const may = { ...ALL, isVotable: false }
    const after11 = { type: 'passed', now: 11 * MINUTE, online: 0, votes: may } as const
    const cutOff = after(FOLLOW, { type: 'removed', ...C, ...by, action: 'drop' })
    t.strictSame(votesOwed(after(cutOff, { ...after11, now: 9 * MINUTE })), [], 'first it may be undone')
    const first = after(cutOff, after11)
    t.strictSame([place(first), owedBy(first)], ['removed', [{ type: 'void', ...ALL.older[0] }]])
    const second = after(said(first), after11)
    t.strictSame(owedBy(second), [{ type: 'void', ...ALL.older[1] }])
    t.strictSame(owedBy(after(said(second), after11)), [], 'each once')
    t.strictSame(owedBy(after(cutOff, { ...after11, votes: { ...may, older: [] } })), [])
    for (const action of ['remove', 'leave', 'other'] as const)
      t.strictSame(owedBy(after(FOLLOW, { type: 'removed', ...C, ...by, action }, after11)), [], action)
    const days = [1, 2, 3].map(
      (day): Input => ({ ...after11, now: day * 24 * HOUR, votes: { ...may, older: [] } }),
    )
    const over = after(cutOff, ...days)
    t.strictSame(owedBy(after(over, { ...after11, now: 74 * HOUR })), [{ type: 'erase' }])
    t.strictSame(owedBy(after(over, { type: 'erased' }, { ...after11, now: 74 * HOUR })), [])
    t.end()
  },
)

t.test(
  'attack 16: a clock that is off by years makes nothing happen that a day, or five minutes online, would not',
  (t) => {
    const years = 40 * 365 * 24 * HOUR
    const jump = (now: number): Input => ({ type: 'passed', now, online: 0, votes: ALL })
    t.strictSame(owedBy(after(ASKED, jump(years))), [], 'forward: five minutes')
    t.strictSame(owedBy(after(ASKED, jump(years), jump(0), jump(-years))), [], 'backward: nothing')
    t.strictSame(owedBy(after(REMOVED, jump(years))), [])
    const stopped = after(
      ASKED,
      ...Array.from({ length: 120 }, (): Input => ({ type: 'passed', now: 0, online: 5_000, votes: ALL })),
    )
    t.strictSame(
      owedBy(stopped),
      [{ type: 'void', ...C }],
      'a clock that stands still is made up for by ticks',
    )
    t.end()
  },
)

t.test('6 ALARM says nothing, erases nothing and counts nothing, until a person decides', (t) => {
  for (const standing of EVERYWHERE.concat(online(ASKED, 10))) {
    const alarmed = after(standing, { type: 'lie' })
    t.strictSame(owedBy(alarmed), [])
    t.strictSame(online(alarmed, 60), alarmed)
    t.strictSame(after(alarmed, { type: 'goOn' }), standing)
  }
  t.end()
})

t.test('6 LOST ends when the log goes on after all', (t) => {
  const lost = after(LIVE, { type: 'lost', epoch: 7, why: 'chain' })
  t.strictSame([statusOf(lost), owedBy(lost)], ['lost', []])
  t.strictSame(after(lost, { type: 'found' }).at, { type: 'sync', epoch: 7 })
  t.equal(place(after(lost, { type: 'effective', ...C })), 'follow')
  t.equal(place(after(LIVE, { type: 'found' })), 'live')
  t.end()
})

const target = fc.integer({ min: 0, max: 4 }).map((epoch) => ({ epoch, commit: commitOf(epoch) }))
const wild = fc.oneof(
  fc.integer({ min: -1e15, max: 1e15 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5),
)
const votes = fc.record({
  isVotable: fc.boolean(),
  isLastVote: fc.boolean(),
  older: fc.array(target, { maxLength: 4 }),
})
const about = fc.record({ author: fc.constant(AUTHOR), now: fc.integer({ min: 0, max: 1e13 }) })
const input: fc.Arbitrary<Input> = fc.oneof(
  target.map((one): Input => ({ type: 'effective', ...one })),
  target.map((one): Input => ({ type: 'entered', ...one })),
  fc.tuple(target, about).map(([one, more]): Input => ({ type: 'unreadable', ...one, ...more })),
  fc
    .tuple(target, about, fc.constantFrom('remove' as const, 'drop' as const))
    .map(([one, more, action]): Input => ({ type: 'removed', ...one, ...more, action })),
  fc
    .tuple(target, about, fc.constantFrom('snapshot' as const, 'ask' as const, 'none' as const))
    .map(([one, more, way]): Input => ({ type: 'voided', ...one, ...more, way })),
  target.map((one): Input => ({ type: 'posting', ...one })),
  target.map((one): Input => ({ type: 'readBack', ...one })),
  target.map(({ epoch }): Input => ({ type: 'atHead', epoch })),
  target.map(({ epoch }): Input => ({ type: 'settled', epoch })),
  target.map(({ epoch }): Input => ({ type: 'lost', epoch, why: 'log' })),
  fc
    .tuple(wild, wild, votes)
    .map(([now, ticks, facts]): Input => ({ type: 'passed', now, online: ticks, votes: facts })),
  fc
    .tuple(target, fc.constantFrom('void' as const, 'unvoid' as const))
    .map(([one, is]): Input => ({ type: 'voted', ...one, is })),
  target.map((one): Input => ({ type: 'moot', ...one })),
  fc.constantFrom<Input>(
    { type: 'offered' },
    { type: 'asked' },
    { type: 'erased' },
    { type: 'found' },
    { type: 'lie' },
    { type: 'goOn' },
  ),
)
const inputs = fc.array(input, { maxLength: 40 })

t.test('No sequence of inputs throws, and every standing can be stored and read back', (t) => {
  fc.assert(
    fc.property(inputs, (sequence) => {
      let standing = newStanding(2)
      for (const one of sequence) standing = step(standing, one).standing
      const stored = decode(standingCodec, encode(standingCodec, standing))
      t.strictSame(stored.ok && stored.value, standing)
    }),
    { numRuns: 300 },
  )
  t.end()
})

t.test('What is owed is owed until it is done, once: doing it twice changes nothing', (t) => {
  fc.assert(
    fc.property(inputs, (sequence) => {
      const standing = after(newStanding(2), ...sequence)
      const once = said(standing)
      t.strictSame(votesOwed(once), [])
      t.strictSame(said(once), once)
    }),
    { numRuns: 300 },
  )
  t.end()
})

t.test('Time that passes in any portions and any order leads to the same commits being voided', (t) => {
  const minutes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 })
  fc.assert(
    fc.property(minutes, (portions) => {
      const pass = (order: readonly number[]) =>
        after(ASKED, ...order.map((m): Input => ({ type: 'passed', now: 0, online: m * MINUTE, votes: ALL })))
      const [one, other] = [pass(portions), pass(portions.toReversed())].map(troubleOf)
      t.equal(one?.online, other?.online)
      const first = (standing: Standing) => standing.votes.length > 0
      t.equal(first(pass(portions)), first(pass(portions.toReversed())))
    }),
    { numRuns: 200 },
  )
  t.end()
})

t.test('No state but the one that ended forgets which epoch it is in', (t) => {
  fc.assert(
    fc.property(inputs, (sequence) => {
      const standing = after(newStanding(2), ...sequence)
      t.ok(epochOf(standing) !== undefined)
    }),
    { numRuns: 100 },
  )
  t.equal(epochOf(after(LIVE, { type: 'ended', why: 'left' })), undefined)
  t.ok(ERASE_MS === 72 * HOUR)
  t.end()
})
