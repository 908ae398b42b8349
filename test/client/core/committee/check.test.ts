/** "Check on me" as members see it (product.md 3.E), as a pure fold against a list kept by hand: whoever says what, in whatever order, by whatever clock. */
import * as fc from 'fast-check'
import t from 'tap'
import { isCheckEnded, openingOf, runningChecks } from '../../../../client/core/committee/check.ts'
import { applyAll, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import type { Said } from '../../../../client/core/committee/said.ts'
import { idOf, SEATS } from './arbitraries.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const START = 20_000 * DAY

const check = (minutes: number, needed: number): KnownContent => ({
  type: 'check',
  minutes,
  opens: openingOf(idOf(999)),
  needed,
  epoch: 1,
  log: 0,
  deposit: 'd'.repeat(64),
  tokens: [{ device: idOf(1), sealed: 'a'.repeat(160) }],
})
const end = (of: string): KnownContent => ({ type: 'checkEnd', check: of })
const post: KnownContent = { type: 'post', text: 'something else' }

type Move = {
  readonly by: string
  /** By the author's clock, which may lie, and by ours. */
  readonly at: number
  readonly heardAt: number
  readonly is: 'check' | 'end' | 'post'
  readonly minutes: number
  readonly needed: number
  readonly of: number
}
const minutes = fc.nat(3 * 1440)
const moves = fc.array(
  fc.record({
    by: fc.constantFrom(...SEATS),
    at: minutes,
    heardAt: minutes,
    is: fc.constantFrom(
      'check' as const,
      'check' as const,
      'end' as const,
      'end' as const,
      'end' as const,
      'post' as const,
    ),
    minutes: fc.integer({ min: 1, max: 1440 }),
    needed: fc.constantFrom(1, 2),
    of: fc.nat(4),
  }),
  { minLength: 1, maxLength: 30 },
)

const contentOf = ({ is, minutes, needed, of }: Move): KnownContent => {
  if (is === 'check') return check(minutes, needed)
  return is === 'end' ? end(idOf(of)) : post
}
const saidOf = (move: Move, i: number): Said => ({
  id: idOf(i),
  seat: move.by,
  device: move.by,
  order: i,
  at: START + move.at * MINUTE,
  heardAt: START + move.heardAt * MINUTE,
  content: contentOf(move),
})

/** Whoever has said, behind it, that they have spoken to somebody else. */
const spokenIn = (list: readonly Move[], i: number): readonly string[] => [
  ...new Set(
    list
      .slice(i + 1)
      .flatMap(({ is, of, by }) => (is === 'end' && of === i && by !== list[i]?.by ? [by] : [])),
  ),
]

/** What a member sees of each check at that moment. */
const shown = (list: readonly Said[], nowMs: number) => {
  const committee = applyAll(emptyCommittee, list)
  const running = runningChecks(committee, nowMs).map(({ id }) => id)
  return [...committee.checks.values()].map((one) => ({
    id: one.id,
    seat: one.seat,
    dueAt: one.dueAt,
    endedBy: one.endedBy,
    isEnded: isCheckEnded(one),
    isRunning: running.includes(one.id),
  }))
}

/** The same by the list: until it is ended, or a day past its time, where a relay was away. */
const expected = (list: readonly Move[], nowMs: number): ReturnType<typeof shown> =>
  list.flatMap((move, i) => {
    if (move.is !== 'check') return []
    const endedBy = spokenIn(list, i)
    const dueAt = START + (Math.min(move.at, move.heardAt) + move.minutes) * MINUTE
    const isEnded = endedBy.length >= move.needed
    return [
      { id: idOf(i), seat: move.by, dueAt, endedBy, isEnded, isRunning: !isEnded && nowMs < dueAt + DAY },
    ]
  })

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

t.test('3.E a check is ended by enough others, each once, never by whose it is, by no clock', async (t) => {
  let ended = 0
  await fc.assert(
    fc.property(moves, minutes, (list, now) => {
      const nowMs = START + now * MINUTE
      const seen = shown(list.map(saidOf), nowMs)
      ended += seen.filter(({ isEnded }) => isEnded).length
      return same(seen, expected(list, nowMs))
    }),
    { numRuns: 400 },
  )
  t.ok(ended > 50, 'and that happened often')
})

t.test('3.E what is said beside it changes nothing about it, nor does hearing it twice', async () => {
  await fc.assert(
    fc.property(moves, (list) => {
      const all = list.map(saidOf)
      const about = all.filter(({ content }) => content.type !== 'post')
      return (
        same(shown(about, START), shown(all, START)) &&
        same(shown([...all, ...all], START), shown(all, START))
      )
    }),
    { numRuns: 100 },
  )
})
