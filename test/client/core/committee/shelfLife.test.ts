/** Shelf lives (product.md R8; SPEC.md SH1 to SH8): what goes and what stays, and that forgetting changes nothing that is left, whatever is said later. */
import * as fc from 'fast-check'
import t from 'tap'
import { dayNumber, dayWritten, momentWritten } from '../../../../client/core/committee/calendar.ts'
import { applyAll, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { Id, Said } from '../../../../client/core/committee/said.ts'
import { type Around, pastTime } from '../../../../client/core/committee/shelfLife.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must } from '../../../support/people.ts'
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

const slow = fc.record({
  at: fc.nat(4000),
  knewAt: fc.integer({ min: 1000, max: 1400 }),
  heardLater: fc.nat(100),
  wait: fc.nat(300),
})

t.test(
  'SH1 nothing goes before its days are over since the reader last knew everything, nor stays longer than since it was heard',
  async (t) => {
    const namesAllowed = { team: true, committee: true, city: false, supporters: false, public: false }
    const raised = {
      type: 'alarm' as const,
      kind: 'fired' as const,
      severity: 'now' as const,
      facts: 'x',
      needs: [],
    }
    const contents = [
      { days: SHELF.posts, content: { type: 'post' as const, text: 'hello' } },
      { days: 180, content: { ...raised, about: { who: 'me' as const }, namesAllowed } },
    ]
    const seen = new Set<string>()
    await fc.assert(
      fc.property(
        slow,
        fc.constantFrom(...contents),
        ({ at, knewAt, heardLater, wait }, { days, content }) => {
          const [seat = ''] = SEATS
          const heardAt = knewAt + heardLater
          const said: Said = {
            ...{ id: '1'.repeat(32), seat, device: seat, order: 1, at: at * DAY, content },
            ...{ heardAt: heardAt * DAY, notBefore: knewAt * DAY },
          }
          const now = heardAt + wait
          const isGone = pastTime([said], applyAll(emptyCommittee, [said]), around(now * DAY)).size > 0
          seen.add(`${content.type} ${isGone}`)
          return isGone
            ? now - knewAt > days
            : (content.type === 'post' && at > heardAt) || now - heardAt <= days
        },
      ),
      { numRuns: RUNS * 4, ...DICE },
    )
    t.equal(seen.size, 4)
  },
)

t.test(
  'SH1 AL5 what a phone says whose clock is far behind is shown, and kept like anything else',
  async (t) => {
    await cryptoReady
    const relay = createMemoryRelay()
    const alice = await foundBy('alice', relay)
    const bob = await joinBy('bob', alice, relay)
    const { time } = alice
    const named = { team: true, committee: true, city: false, supporters: false, public: false }
    const alarm = { type: 'alarm', kind: 'fired', severity: 'now', facts: 'fired today', needs: [] } as const
    const look = async () => {
      time.now += 2 * 3_600_000
      must(await alice.session.sync())
      const { posts, alarms } = alice.session.view().committee
      return [...posts.map(({ text }) => text), ...[...alarms.values()].map(({ content }) => content.facts)]
    }
    time.now += 300 * DAY
    await look()
    for (const [days, content] of [
      [40, { type: 'post', text: 'from a slow clock' }],
      [190, { ...alarm, about: { who: 'me' }, namesAllowed: named }],
    ] as const) {
      time.now -= days * DAY
      must(await bob.session.say(content))
      must(await bob.session.sync())
      time.now += days * DAY
    }
    t.strictSame(await look(), ['from a slow clock', 'fired today'])
    t.strictSame(await look(), ['from a slow clock', 'fired today'])
    time.now += 8 * DAY
    t.strictSame(await look(), ['fired today'])
    await closeEverybody()
  },
)

t.test('SH: a day and a moment are written down as everybody else writes them', async () => {
  await fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
      const day = Math.floor(ms / 86_400_000)
      return (
        momentWritten(ms) === new Date(ms).toISOString() &&
        dayWritten(day) === new Date(ms).toISOString().slice(0, 10) &&
        dayNumber(dayWritten(day)) === day
      )
    }),
    { numRuns: 5000 },
  )
})
