/** Years of a committee from a handful of numbers: members who do the next thing, or another one, with days in between. For tests of shelf lives. */
import * as fc from 'fast-check'
import { apply, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { nextHash } from '../../../../client/core/committee/motionDraft.ts'
import { ballotHash, isOpen, type Motion } from '../../../../client/core/committee/motionLife.ts'
import { countsBefore } from '../../../../client/core/committee/motionVote.ts'
import type { Id, Said } from '../../../../client/core/committee/said.ts'
import { defaultDecisions } from '../../../../client/core/governance/decisions.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { idOf, SEATS } from './arbitraries.ts'
import { DAY } from './life.ts'
import { put } from './motionStory.ts'

await cryptoReady

export type Move = {
  readonly kind: number
  readonly pick: number
  readonly seat: number
  readonly days: number
  readonly lag: number
}

export const moves = (maxLength: number): fc.Arbitrary<readonly Move[]> =>
  fc.array(
    fc.record({
      kind: fc.nat(99),
      pick: fc.nat(999),
      seat: fc.nat(99),
      days: fc.oneof({ arbitrary: fc.nat(3), weight: 6 }, fc.nat(90)),
      lag: fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, fc.integer({ min: -400, max: 400 })),
    }),
    { minLength: maxLength >> 1, maxLength, size: 'max' },
  )

type Cast = { readonly seats: readonly Id[]; readonly full: readonly Id[] }
type Step = { readonly seat: Id; readonly content: KnownContent }
type Doing = (committee: Committee, move: Move, cast: Cast) => readonly (Step | undefined)[]

const pickOf = <T>(list: Iterable<T>, n: number): T | undefined => {
  const all = [...list]
  return all[n % Math.max(1, all.length)]
}
const somebody = ({ seats }: Cast, n: number): Id => pickOf(seats, n) ?? ''
const by = (cast: Cast, n: number, content: KnownContent | undefined): Step | undefined =>
  content && { seat: somebody(cast, n), content }

const ELECTED = ['delegate', 'alternate', 'minder'] as const
const TAKEN = ['facilitator', 'note_taker'] as const
const PRINCIPLES = ['autonomy', 'collectivity'] as const

const anyMotion = (committee: Committee, n: number): Motion | undefined =>
  pickOf(committee.motions.values(), n)
const someMotion = (committee: Committee, n: number): Motion | undefined => {
  const all = [...committee.motions.values()]
  const open = all.filter(isOpen)
  return pickOf(n % 3 === 0 ? all : open, n)
}

const twoOf = (seats: readonly Id[], n: number): readonly Id[] => [
  ...new Set([pickOf(seats, n) ?? '', pickOf(seats, n + 1 + (n % 2)) ?? '', pickOf(seats, n + 2) ?? '']),
]

const putOf = (committee: Committee, { pick }: Move, { seats }: Cast): KnownContent => {
  const seat = seats[pick % seats.length] ?? ''
  const term = pickOf(committee.terms.values(), pick >> 3)
  const point = pickOf(committee.unity.values(), pick >> 3)
  const role = ELECTED[pick % 3] ?? 'minder'
  const elect = put({ kind: 'elect', effect: { gives: 'role', role, seat } })
  const chosen: readonly (KnownContent | undefined)[] = [
    put(),
    elect,
    put({ kind: 'elect', effect: { gives: 'election', role, candidates: twoOf(seats, pick) } }),
    term && put({ kind: 'recall', effect: { gives: 'recall', term: term.id, seat: term.seat } }),
    point &&
      put({
        kind: 'unity',
        effect: { gives: 'unity', point: point.id, to: pick % 4 === 0 ? 'agreed' : 'dropped' },
      }),
    put({ kind: 'plan' }),
    put({ kind: 'remove', about: seat }),
  ]
  return chosen[(pick >> 1) % chosen.length] ?? elect
}

/** Whoever counted the same before the last close; or everybody votes, and somebody closes. */
const ending = (
  motion: Motion,
  { pick, seat }: Move,
  cast: Cast,
  hash: string,
): readonly (Step | undefined)[] => {
  const of = { motion: motion.id }
  const close = [...(motion.vote?.closes.values() ?? [])].at(-1)
  const counts = motion.vote && close && countsBefore(motion.vote, close.order)
  if (close && counts) return [by(cast, seat, { type: 'motionConfirm', ...of, close: close.id, counts })]
  const choice = pick % 7 === 0 ? 'no' : 'yes'
  const among = motion.vote?.candidates
  const ballot = (i: number): KnownContent =>
    among
      ? {
          type: 'motionVote',
          ...of,
          hash,
          choice: 'for',
          candidate: among[(pick * (i + 1)) % among.length] ?? '',
        }
      : { type: 'motionVote', ...of, hash, choice }
  return [
    ...cast.full.map((one, i): Step => ({ seat: one, content: ballot(i) })),
    by(cast, seat, { type: 'motionClose', ...of }),
  ]
}

/** The next step of a motion. */
const onwards = (motion: Motion, move: Move, cast: Cast): readonly (Step | undefined)[] => {
  const { pick, seat } = move
  const of = { motion: motion.id }
  const hash = ballotHash(motion) ?? nextHash(motion, cast.full)
  switch (motion.phase) {
    case 'draft':
      return [by(cast, seat, { type: 'motionSecond', ...of })]
    case 'discussion':
      return [{ seat: motion.seat, content: { type: 'motionFix', ...of, hash } }]
    case 'fixed': {
      const mandate = motion.content.kind === 'remove' ? { mandate: 'a'.repeat(64) } : {}
      const next: KnownContent =
        pick % 5 === 0
          ? { type: 'motionWaive', ...of, hash }
          : { type: 'motionOpen', ...of, hash, ...mandate }
      return [by(cast, seat, next)]
    }
    case 'voting':
      return ending(motion, move, cast, hash)
    case 'carried':
      return [by(cast, seat, { type: 'motionOutcome', ...of, text: 'done' })]
    case 'done':
      return [by(cast, seat, { type: 'motionReview', ...of, text: 'good' })]
    default:
      return [by(cast, seat, { type: 'motionRecount', ...of })]
  }
}

const aside = (motion: Motion, { pick, seat }: Move, cast: Cast): readonly (Step | undefined)[] => {
  const of = { motion: motion.id }
  const choices: readonly KnownContent[] = [
    { type: 'motionWithdraw', ...of },
    { type: 'motionLapse', ...of },
    { type: 'motionAmend', ...of, paragraph: 0, text: 'other words' },
    { type: 'motionCandidate', ...of, seat: somebody(cast, pick >> 3) },
    { type: 'motionStandDown', ...of },
    { type: 'motionVote', ...of, hash: motion.hash ?? 'b'.repeat(64), choice: 'no' },
  ]
  const content = choices[pick % choices.length]
  return [pick % 8 === 0 ? content && { seat: motion.seat, content } : by(cast, seat, content)]
}

const SAYINGS: readonly (readonly [weight: number, doing: Doing])[] = [
  [14, (committee, move, cast) => [by(cast, move.seat, putOf(committee, move, cast))]],
  [
    34,
    (committee, move, cast) => {
      const motion = someMotion(committee, move.pick)
      return motion ? onwards(motion, move, cast) : []
    },
  ],
  [
    4,
    (committee, move, cast) => {
      const motion = anyMotion(committee, move.pick)
      return motion ? aside(motion, move, cast) : []
    },
  ],
  [
    6,
    (_, { pick, seat }, cast) => [
      by(cast, seat, { type: 'roleTake', role: TAKEN[pick % TAKEN.length] ?? 'facilitator' }),
    ],
  ],
  [
    6,
    (committee, { pick }) => {
      const term = pickOf(
        [...committee.terms.values()].filter(({ ended }) => !ended),
        pick,
      )
      const content = {
        type: 'roleHandover' as const,
        term: term?.id ?? '',
        note: 'keys',
        ends: pick % 3 > 0,
      }
      return [term && { seat: term.seat, content }]
    },
  ],
  [
    4,
    (committee, { pick }, cast) => {
      const term = pickOf(committee.terms.values(), pick)
      return term
        ? cast.full.map(
            (seat): Step => ({ seat, content: { type: 'recallAsk', term: term.id, asks: pick % 5 > 0 } }),
          )
        : []
    },
  ],
  [
    3,
    (committee, { pick, seat }, cast) => {
      const term = pickOf(committee.terms.values(), pick)
      const owed = term?.owed[0]
      if (term && owed) return [{ seat: term.seat, content: { type: 'report', owed: owed.id, said: 'so' } }]
      return [term && by(cast, seat, { type: 'reportOwed', term: term.id, item: `item ${pick % 3}` })]
    },
  ],
  [
    5,
    (_, { pick, seat }, cast) => [
      by(
        cast,
        seat,
        pick % 2 === 0
          ? { type: 'unityPoint', source: 'own', text: `words ${pick}` }
          : { type: 'unityPoint', source: 'starter', principle: PRINCIPLES[(pick >> 1) % 2] ?? 'autonomy' },
      ),
    ],
  ],
  [
    5,
    (committee, { pick, seat }, cast) => {
      const point = pickOf(committee.unity.values(), pick)
      if (!point) return []
      if (pick % 4 === 0) return [by(cast, seat, { type: 'unityStance', point: point.id, stance: 'agree' })]
      const end: KnownContent = { type: 'unityEnd', point: point.id, to: 'dropped' }
      return cast.seats.map((one): Step => ({ seat: one, content: end }))
    },
  ],
  [
    4,
    (committee, { pick, seat }, cast) => {
      const meeting = pickOf(committee.meetings.values(), pick)
      const next: readonly (KnownContent | undefined)[] = [
        { type: 'meeting', on: '2026-03-01', agenda: [] },
        meeting && { type: 'meetingThere', meeting: meeting.id, was: true },
        meeting && { type: 'meetingNotes', meeting: meeting.id, notes: 'what was said', tasks: [] },
      ]
      return [by(cast, seat, next[pick % 3])]
    },
  ],
  [
    4,
    (committee, { pick, seat }, cast) => {
      const alarm = pickOf(committee.alarms.values(), pick)
      const raise: KnownContent = {
        type: 'alarm',
        kind: 'fired',
        severity: 'now',
        facts: 'what happened',
        needs: [],
        about: { who: 'me' },
        namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
      }
      if (!alarm || pick % 3 === 0) return [by(cast, seat, raise)]
      const to = (['settled', 'cancelled', 'reopened', 'spoken_to'] as const)[pick % 4] ?? 'settled'
      const state = { type: 'alarmState' as const, alarm: alarm.id }
      return [
        {
          seat: pick % 2 === 0 ? alarm.seat : somebody(cast, seat),
          content: to === 'settled' ? { ...state, to, outcome: 'won' } : { ...state, to },
        },
      ]
    },
  ],
  [
    5,
    (committee, { pick, seat }, cast) => {
      const concern = pickOf(committee.concerns.values(), pick)
      const about = somebody(cast, pick)
      if (!concern || pick % 3 === 0)
        return [
          by(cast, seat, {
            type: 'concern',
            about,
            facts: ['a fact'],
            guesses: [],
            checked: [{ way: 'seen', found: 'no' }],
            hasAsked: true,
          }),
          { seat: about, content: { type: 'statement', text: 'what I say' } },
        ]
      const next: readonly KnownContent[] = [
        { type: 'suspend', concern: concern.id, lifts: pick % 5 === 0 },
        { type: 'suspend', concern: concern.id, lifts: false },
        { type: 'concernEnd', concern: concern.id, to: 'settled' },
      ]
      return [by(cast, seat, next[pick % 3]), by(cast, seat + 1, next[pick % 3])]
    },
  ],
  [
    4,
    (_, { pick, seat }, cast) => [
      by(cast, seat, {
        type: 'profile',
        languages: pick % 3 === 0 ? ['ar'] : ['en', 'es'],
        skills: [],
        wants: [],
        away: false,
      }),
    ],
  ],
  [
    2,
    (_, { pick, seat }, cast) => [
      by(
        cast,
        seat,
        pick % 2 === 0 ? { type: 'introduce', handle: `n${pick}` } : { type: 'post', text: 'hello' },
      ),
      by(cast, seat, { type: 'met', seat: somebody(cast, pick) }),
    ],
  ],
]

const TOTAL = SAYINGS.reduce((sum, [weight]) => sum + weight, 0)

const doingOf = (kind: number): Doing => {
  let left = Math.floor((kind * TOTAL) / 100)
  for (const [weight, doing] of SAYINGS) {
    if (left < weight) return doing
    left -= weight
  }
  return () => []
}

export type Told = {
  readonly said: readonly Said[]
  readonly committee: Committee
  readonly atMs: number
  readonly order: number
}

export const nothingTold: Told = { said: [], committee: emptyCommittee, atMs: 1000 * DAY, order: 0 }

/** What these members say, one after the other, seeing `committee`. */
export const tell = (from: Told, plan: readonly Move[], cast: Cast): Told => {
  const said = [...from.said]
  let { committee, atMs, order } = from
  for (const move of plan) {
    atMs += move.days * DAY
    for (const step of doingOf(move.kind)(committee, move, cast)) {
      if (!step) continue
      order++
      const one: Said = {
        id: idOf(order),
        seat: step.seat,
        device: step.seat,
        order,
        // Some clocks are wrong.
        at: Math.max(0, atMs + move.lag * DAY),
        heardAt: atMs,
        electorate: cast.full,
        decisions: defaultDecisions,
        content: step.content,
      }
      said.push(one)
      committee = apply(committee, one)
    }
  }
  return { said, committee, atMs, order }
}

export const CAST: Cast = { seats: SEATS, full: SEATS.slice(0, 4) }
