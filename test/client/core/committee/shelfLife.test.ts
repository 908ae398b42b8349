/** Shelf lives (product.md R8; SPEC.md SH1 to SH8): what goes and what stays, and that forgetting changes nothing that is left, whatever is said later. */
import * as fc from 'fast-check'
import t from 'tap'
import { applyAll, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { Id, Said } from '../../../../client/core/committee/said.ts'
import { type Around, pastTime } from '../../../../client/core/committee/shelfLife.ts'
import { SEATS } from './arbitraries.ts'
import { DAY } from './life.ts'
import { CAST, moves, nothingTold, tell } from './lifetime.ts'

const RUNS = Number(process.env.TOCSIN_SHELF_RUNS ?? 250)
/** The same lives in every run of the suite; others in the nightly one. A life that fails is long, and shrinks for minutes. */
const DICE = { seed: Number(process.env.TOCSIN_TEST_SEED) || 1, endOnFailure: true }

const SHELF = { posts: 7, alarms: 30, plans: 30, meetings: 180 }
const around = (nowMs: number, more: Partial<Around> = {}): Around => ({
  shelf: SHELF,
  nowMs,
  here: new Set(SEATS),
  isFounded: true,
  isVoting: () => false,
  ...more,
})

/** Everything that a committee shows, one line for each thing. Whether an answer's question is still there is another matter. */
const shownIn = (committee: Committee): ReadonlyMap<string, string> => {
  const lines = new Map<string, string>()
  const maps = ['alarms', 'motions', 'unity', 'meetings', 'concerns', 'terms', 'profiles', 'handles'] as const
  for (const name of maps)
    for (const [id, value] of committee[name]) lines.set(`${name} ${id}`, JSON.stringify(plain(value)))
  for (const { replyTo: _, isReplyToUnseen: __, ...post } of committee.posts)
    lines.set(`posts ${post.id}`, JSON.stringify(post))
  for (const one of [...committee.statements.values()].flat()) lines.set(`statements ${one.id}`, one.text)
  for (const one of committee.comparisons) lines.set(`comparisons ${one.id}`, JSON.stringify(one))
  for (const [seat, all] of committee.metBy) for (const one of all) lines.set(`met ${one} ${seat}`, '')
  return lines
}

const plain = (value: unknown): unknown => {
  if (value instanceof Map) return [...value].map(plain)
  if (value instanceof Set) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

/** What is shown of `whole` otherwise than of `kept`, but for things whose beginning was forgotten. */
const differences = (whole: Committee, kept: Committee, gone: ReadonlySet<Id>): readonly string[] => {
  const [all, left] = [shownIn(whole), shownIn(kept)]
  const changed = [...left].filter(([name, line]) => all.get(name) !== line).map(([name]) => name)
  const isByPerson = /^(profiles|handles|met) /
  const lost = [...all.keys()].filter(
    (name) => !left.has(name) && !isByPerson.test(name) && !gone.has(name.split(' ')[1] ?? ''),
  )
  return [...changed.map((name) => `changed: ${name}`), ...lost.map((name) => `lost: ${name}`)]
}

const forgotten = (said: readonly Said[], gone: ReadonlySet<Id>): readonly Said[] =>
  said.filter(({ id }) => !gone.has(id))

const lives = fc.record({
  before: moves(120),
  after: moves(40),
  wait: fc.oneof(fc.nat(40), fc.nat(500)),
  left: fc.nat(2),
  shelf: fc.constantFrom(SHELF, { posts: 1, alarms: 1, plans: 1, meetings: 1 }, { ...SHELF, posts: 400 }),
})

t.test(
  'SH5 forgetting changes nothing that is left, and nothing that comes of what is said later',
  async (t) => {
    const seen = { forgot: 0, kept: 0, later: 0 }
    await fc.assert(
      fc.property(lives, ({ before, after, wait, left, shelf }) => {
        const told = tell(nothingTold, before, CAST)
        const seats = SEATS.slice(left)
        const nowMs = told.atMs + wait * DAY
        const gone = pastTime(told.said, told.committee, around(nowMs, { shelf, here: new Set(seats) }))
        const kept = forgotten(told.said, gone)
        const committee = applyAll(emptyCommittee, kept)
        const atOnce = differences(told.committee, committee, gone)
        const cast = { seats, full: seats.slice(0, 3) }
        const later = tell({ ...told, said: kept, committee, atMs: nowMs }, after, cast)
        const whole = applyAll(told.committee, later.said.slice(kept.length))
        const afterwards = differences(whole, later.committee, gone)
        seen.forgot += gone.size
        seen.kept += kept.length
        seen.later += later.said.length - kept.length
        const all = [...atOnce, ...afterwards]
        if (all.length > 0) throw new Error(all.join(', '))
      }),
      { numRuns: RUNS, ...DICE },
    )
    t.ok(seen.forgot > RUNS && seen.kept > RUNS && seen.later > RUNS, JSON.stringify(seen))
  },
)

t.test('SH5 what was forgotten once has nothing that is forgotten only the second time', async () => {
  await fc.assert(
    fc.property(lives, ({ before, wait, shelf }) => {
      const told = tell(nothingTold, before, CAST)
      const now = around(told.atMs + wait * DAY, { shelf })
      const gone = pastTime(told.said, told.committee, now)
      const kept = forgotten(told.said, gone)
      return pastTime(kept, applyAll(emptyCommittee, kept), now).size === 0
    }),
    { numRuns: Math.ceil(RUNS / 4), ...DICE },
  )
})
