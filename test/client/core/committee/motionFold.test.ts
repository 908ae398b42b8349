/** What holds for every sequence of sayings about motions (protocol.md D8, issue 4): order decides, sums, frozen electorates, ways out. */
import * as fc from 'fast-check'
import t from 'tap'
import {
  apply,
  applyAll,
  type Committee,
  emptyCommittee,
} from '../../../../client/core/committee/committee.ts'
import { encodeContent, type KnownContent } from '../../../../client/core/committee/content.ts'
import { sumOf } from '../../../../client/core/committee/motionCount.ts'
import { nextHash } from '../../../../client/core/committee/motionDraft.ts'
import { ballotHash, isOpen, type Motion, wasCarried } from '../../../../client/core/committee/motionLife.ts'
import { cannotRead, votersIn } from '../../../../client/core/committee/motionOpen.ts'
import { countsBefore } from '../../../../client/core/committee/motionVote.ts'
import type { Id, Said } from '../../../../client/core/committee/said.ts'
import { defaultDecisions } from '../../../../client/core/governance/decisions.ts'
import type { Shelf } from '../../../../client/core/session/bookShelf.ts'
import { createFolding } from '../../../../client/core/session/sayings.ts'
import type { StoredSaying } from '../../../../client/core/session/state.ts'
import { idOf, SEATS, sayings } from './arbitraries.ts'
import { clocks, isSteady, isTimeless, plain } from './life.ts'
import { put } from './motionStory.ts'

const FULL = SEATS.slice(0, 4)
const LATER = [...SEATS.slice(0, 2), SEATS[4] ?? '']

type Move = {
  readonly seat: Id
  readonly device: string
  readonly kind: number
  readonly pick: number
  readonly at: number
  readonly isLater: boolean
}

const KINDS = ['everyday', 'guest', 'unity', 'urgent', 'dissolve'] as const

const putBy = (move: Move): KnownContent => {
  const { pick } = move
  const kind = KINDS[pick % 5] ?? 'everyday'
  if (move.pick % 8 === 1) return among(move)
  if (pick % 7 === 0)
    return put({ kind: 'elect', effect: { gives: 'role', role: 'minder', seat: SEATS[pick % 5] ?? '' } })
  return kind === 'unity'
    ? put({ kind, effect: { gives: 'unity', point: idOf(1), to: 'agreed' } })
    : put({ kind })
}

const among = ({ pick }: Move): KnownContent =>
  put({
    kind: 'elect',
    effect: { gives: 'election', role: 'panel', candidates: SEATS.slice(0, 3 + ((pick >> 3) % 3)) },
  })

const pickOf = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)]

const hashIn = (motion: Motion): string => ballotHash(motion) ?? nextHash(motion, FULL)

/** The next thing to say where a motion stands. */
const onwards = (motion: Motion, { pick }: Move): KnownContent => {
  const id = { motion: motion.id }
  const hash = hashIn(motion)
  const vote = { type: 'motionVote' as const, ...id, hash }
  const close = [...(motion.vote?.closes.values() ?? [])].at(-1)
  const counts = motion.vote && close && countsBefore(motion.vote, close.order)
  const block: KnownContent = { ...vote, choice: 'block', reason: 'no' }
  const yes: KnownContent = { ...vote, choice: 'yes' }
  const ending: KnownContent =
    close && counts
      ? { type: 'motionConfirm', ...id, close: close.id, counts }
      : { type: 'motionClose', ...id }
  const several = motion.vote?.candidates
  const candidate = several?.[(pick >> 4) % several.length]
  const chosen: KnownContent = candidate === undefined ? yes : { ...vote, choice: 'for', candidate }
  const votes: readonly KnownContent[] = [
    chosen,
    chosen,
    { ...vote, choice: 'no' },
    ending,
    { ...vote, choice: 'unsure' },
  ]
  const next: { readonly [P in Motion['phase']]?: KnownContent | undefined } = {
    draft: { type: 'motionSecond', ...id },
    discussion: { type: 'motionFix', ...id, hash },
    fixed: { type: 'motionOpen', ...id, hash },
    voting: pick % 13 === 0 ? block : pickOf(votes, pick),
    carried: { type: 'motionOutcome', ...id, text: 'x' },
    done: { type: 'motionReview', ...id, text: 'x' },
  }
  return next[motion.phase] ?? { type: 'motionRecount', ...id }
}

const SIDES = ['accepted', 'rejected', 'withdrawn', 'put_to_vote', 'for', 'against'] as const

/** Whatever else could be said: what members, mistaken ones and hostile ones say. */
const sideways = (motion: Motion, { pick, kind }: Move): KnownContent => {
  const id = { motion: motion.id }
  const hash = pick % 3 === 0 ? 'e'.repeat(64) : hashIn(motion)
  const amendment = pickOf([...motion.amendments.keys()], pick) ?? idOf(0)
  const close = pickOf([...(motion.vote?.closes.keys() ?? [])], pick) ?? idOf(0)
  const counts = { yes: pick % 4, no: 0, unsure: 0, block: 0 }
  const choices: readonly KnownContent[] = [
    { type: 'motionVote', ...id, hash, choice: 'no' },
    { type: 'motionAmend', ...id, paragraph: pick % 3, text: `P${pick % 4}` },
    { type: 'motionAmendment', ...id, amendment, to: SIDES[pick % 6] ?? 'for' },
    { type: 'motionAmendment', ...id, amendment, to: SIDES[pick % 6] ?? 'for' },
    { type: 'motionCandidate', ...id, seat: SEATS[pick % SEATS.length] ?? '' },
    { type: 'motionStandDown', ...id },
    { type: 'motionFix', ...id, hash },
    { type: 'motionOpen', ...id, hash },
    { type: 'motionClose', ...id },
    { type: 'motionConfirm', ...id, close, counts },
    { type: 'motionRecount', ...id },
    { type: 'motionTranslate', ...id, hash, lang: 'es', title: 'x', text: 'x' },
    { type: 'motionWaive', ...id, hash },
    pick % 3 === 0 ? { type: 'motionWithdraw', ...id } : { type: 'motionLapse', ...id },
    { type: 'profile', languages: pick % 3 === 0 ? ['hi'] : ['en'], skills: [], wants: [], away: false },
  ]
  return pickOf(choices, kind) ?? { type: 'motionSecond', ...id }
}

const fitting = (committee: Committee, move: Move): KnownContent => {
  const all = [...committee.motions.values()]
  const motion = all.length < 2 || move.kind === 0 ? undefined : pickOf(all, move.pick)
  if (!motion) return putBy(move)
  return move.kind % 3 === 0 ? sideways(motion, move) : onwards(motion, move)
}

const saidAs = (committee: Committee, move: Move, i: number): Said => ({
  id: idOf(1000 + i),
  seat: move.seat,
  device: move.device,
  order: 10 * i + 1,
  at: move.at,
  electorate: move.isLater ? LATER : FULL,
  decisions: defaultDecisions,
  content: fitting(committee, move),
})

const history = fc
  .array(
    fc.record({
      seat: fc.constantFrom(...SEATS),
      device: fc.constantFrom('d1', 'd2', 'd3'),
      kind: fc.nat(60),
      pick: fc.nat(600),
      at: fc.nat(1_000_000),
      isLater: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { minLength: 40, maxLength: 120, size: 'max' },
  )
  .map((moves) => {
    let committee = emptyCommittee
    return moves.map((move, i) => {
      const said = saidAs(committee, move, i)
      committee = apply(committee, said)
      return said
    })
  })

/** Without the clocks that are kept to be shown. */
const visible = ({ motions, terms }: Committee) => ({
  terms,
  motions: [...motions.values()].map(({ phaseAt: __, vote, ...motion }) => {
    const { extendedAt, heardAt: _, rounds, ...rest } = vote ?? {}
    const counts = rounds?.map((round) => round.counts)
    return { ...motion, vote: rest, counts, isExtended: extendedAt !== undefined }
  }),
})

const reached = new Map<string, number>()
const note = (what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1)

t.test('order decides: no cutting, repetition or clock changes what a motion comes to', async () => {
  await fc.assert(
    fc.property(
      history,
      fc.nat(120),
      fc.array(clocks, { minLength: 4, maxLength: 4 }),
      (all, cut, times) => isSteady(all, cut, visible) && isTimeless(all, times.flat(), visible),
    ),
    { numRuns: 500 },
  )
})

const shown = (committee: Committee): string => JSON.stringify(plain(visible(committee)))

t.test('no clock of a reader changes what a motion comes to, either', async () => {
  await fc.assert(
    fc.property(history, fc.array(fc.nat(1_000_000), { minLength: 120, maxLength: 120 }), (all, heard) => {
      const other = all.map((said, i) => ({ ...said, heardAt: heard[i] ?? 0 }))
      return shown(applyAll(emptyCommittee, all)) === shown(applyAll(emptyCommittee, other))
    }),
    { numRuns: 150 },
  )
})

const stored = ({ content, electorate, decisions, ...said }: Said): StoredSaying => ({
  ...(said as Omit<StoredSaying, 'content' | 'electorate' | 'decisions' | 'heardAt'>),
  heardAt: 0,
  electorate: electorate as StoredSaying['electorate'],
  decisions,
  content: encodeContent(content),
})

t.test(
  'order decides: in whatever order a device hears it, once or again later, and however often it looks',
  async () => {
    const arrival = fc.record({ at: fc.nat(), looks: fc.boolean(), again: fc.nat(9) })
    await fc.assert(
      fc.property(history, fc.array(arrival, { minLength: 120, maxLength: 120 }), (all, arrivals) => {
        const heard = new Map<number, StoredSaying>()
        const folding = createFolding()
        const shelf = { all: () => [...heard.values()].sort((a, b) => a.order - b.order) }
        const look = (): Committee => folding(shelf as unknown as Shelf<StoredSaying>)
        const late = all.map((said, i) => ({ said, ...(arrivals[i] ?? { at: 0, looks: false, again: 1 }) }))
        for (const { said, looks, again } of late.sort((a, b) => a.at - b.at)) {
          heard.set(said.order, stored(said))
          // Sent again under the same id, as after a void: only the first of them counts.
          if (again === 0) heard.set(said.order + 5_000, stored({ ...said, order: said.order + 5_000 }))
          if (looks) look()
        }
        return shown(look()) === shown(applyAll(emptyCommittee, all))
      }),
      { numRuns: 50 },
    )
  },
)

/** About other things than motions, roles and what somebody reads. */
const elsewhere = sayings(60).map((all) =>
  all.filter(({ content: { type } }) => !/^(motion|role|report|recall|profile)/.test(type)),
)

t.test('no interleaving: what is said of other things in between changes nothing', async () => {
  await fc.assert(
    fc.property(
      history,
      elsewhere,
      fc.array(fc.nat(120), { minLength: 60, maxLength: 60 }),
      (all, other, places) => {
        const between = other.map((said, i) => ({ ...said, order: 10 * (places[i] ?? 0) + 2 + (i % 8) }))
        const free = new Map([...between, ...all].map((said) => [said.order, said]))
        const mixed = [...free.values()].sort((a, b) => a.order - b.order)
        return shown(applyAll(emptyCommittee, mixed)) === shown(applyAll(emptyCommittee, all))
      },
    ),
    { numRuns: 150 },
  )
})

const isAbout = ({ id, content }: Said, motion: Motion): boolean =>
  id === motion.id || ('motion' in content && content.motion === motion.id) || content.type === 'profile'

t.test(
  'no interleaving: a motion comes to what is said about it alone, whatever becomes of the others',
  async () => {
    await fc.assert(
      fc.property(history, (all) => {
        const together = applyAll(emptyCommittee, all)
        return [...together.motions.values()]
          .filter(({ content: { kind } }) => kind !== 'elect')
          .every((motion) => {
            const alone = applyAll(
              emptyCommittee,
              all.filter((said) => isAbout(said, motion)),
            )
            const { motions } = alone
            return JSON.stringify(plain(motions.get(motion.id))) === JSON.stringify(plain(motion))
          })
      }),
      { numRuns: 150 },
    )
  },
)

const wordsFor = ({ phase, vote, returned, refused }: Motion): readonly string[] => [
  phase,
  ...(vote?.extendedAt === undefined ? [] : ['extended']),
  ...(returned ? ['returned'] : []),
  ...(vote?.recounts ? ['recounted'] : []),
  ...(vote?.rounds ? ['run_off'] : []),
  ...(vote?.result?.elected ? ['elected'] : []),
  ...refused.map(({ why }) => why),
]

/** What must hold of a motion at any moment, and between one moment and the next. */
const isSound = (before: Motion | undefined, now: Motion): boolean => {
  const { vote } = now
  if (!vote) return !before || !wasCarried(before)
  const { electorate, ballots, result } = vote
  const counts = countsBefore(vote, Number.MAX_SAFE_INTEGER)
  const voters = new Set(ballots.map(({ seat }) => seat))
  const isCounted =
    sumOf(result?.counts ?? counts) <= electorate.length &&
    sumOf(counts) === voters.size &&
    sumOf(counts) <= electorate.length &&
    [...voters].every((seat) => electorate.includes(seat))
  const isFrozen =
    before?.vote?.order !== vote.order ||
    JSON.stringify(before.vote.electorate) === JSON.stringify(electorate)
  const staysCarried = !before || !wasCarried(before) || before.vote?.result === result
  const byTwo = !result || new Set(result.closedBy).size >= Math.min(2, electorate.length)
  const votes = result?.counts.each?.find(({ seat }) => seat === result.elected)?.votes
  const isSeveral = !wasCarried(now) || (votes ?? result?.counts.yes ?? 0) >= 2
  return isCounted && isFrozen && staysCarried && byTwo && isSeveral
}

t.test(
  'sums never exceed the frozen electorate, no seat votes twice through three devices, nobody ends a vote alone, and carried stays carried',
  async (t) => {
    await fc.assert(
      fc.property(history, (all) => {
        let committee = emptyCommittee
        return all.every((said) => {
          const next = apply(committee, said)
          const before = committee
          committee = next
          return [...next.motions.values()].every((motion) => isSound(before.motions.get(motion.id), motion))
        })
      }),
      { numRuns: 800 },
    )
    await fc.assert(
      fc.property(history, (all) => {
        for (const motion of applyAll(emptyCommittee, all).motions.values())
          for (const what of wordsFor(motion)) note(what)
      }),
      { numRuns: 2000 },
    )
    for (const what of [
      'carried',
      'not_carried',
      'done',
      'voting',
      'fixed',
      'returned',
      'extended',
      'late',
      'same_member',
      'run_off',
      'elected',
    ])
      t.ok(reached.get(what), `${what} is reached: ${JSON.stringify([...reached])}`)
  },
)

t.test('R3 whoever comes later changes no count, and a late vote changes nothing', async () => {
  await fc.assert(
    fc.property(history, (all) => {
      const committee = applyAll(emptyCommittee, all)
      const over = [...committee.motions.values()].filter(({ vote }) => vote?.result)
      const votes = over.flatMap((motion, m) =>
        SEATS.map(
          (seat, i): Said => ({
            id: idOf(5000 + 10 * m + i),
            seat,
            device: 'd1',
            order: 100_000 + 10 * m + i,
            at: 0,
            content: { type: 'motionVote', motion: motion.id, hash: motion.hash ?? '', choice: 'no' },
          }),
        ),
      )
      const later = applyAll(committee, votes)
      return over.every(({ id, phase, vote }) => {
        const now = later.motions.get(id)
        return now?.phase === phase && now.vote === vote && now.refused.at(-1)?.why === 'late'
      })
    }),
    { numRuns: 500 },
  )
})

/** What honest members other than the proposer would say next. */
const nextSteps = (committee: Committee, motion: Motion): readonly (readonly [Id, KnownContent])[] => {
  const honest = FULL.filter((seat) => seat !== motion.seat)
  const id = { motion: motion.id }
  const [first = '', second = ''] = honest
  switch (motion.phase) {
    case 'draft':
      return [[first, { type: 'motionSecond', ...id }]]
    case 'discussion':
      return honest.map((seat) => [seat, { type: 'motionFix', ...id, hash: nextHash(motion, FULL) }])
    case 'fixed': {
      const hash = motion.hash ?? ''
      const isUnread = cannotRead(motion, votersIn(motion, FULL), committee).length > 0
      const hindi: KnownContent = { type: 'motionTranslate', ...id, hash, lang: 'hi', title: 'x', text: 'x' }
      return [
        ...(isUnread ? [[first, hindi] as const] : []),
        [first, { type: 'motionOpen', ...id, hash }],
        ...honest.map((seat) => [seat, { type: 'motionLapse', ...id }] as const),
      ]
    }
    case 'voting': {
      const voters = honest.filter((seat) => motion.vote?.electorate.includes(seat))
      const hash = motion.hash ?? ''
      const ballots = voters.map(
        (seat) => [seat, { type: 'motionVote', ...id, hash, choice: 'yes' }] as const,
      )
      return [...ballots, [second, { type: 'motionClose', ...id }]]
    }
    default:
      return []
  }
}

const confirmations = (motion: Motion): readonly (readonly [Id, KnownContent])[] => {
  const closing = [...(motion.vote?.closes.values() ?? [])].at(-1)
  if (!motion.vote || !closing) return []
  const counts = countsBefore(motion.vote, closing.order)
  return FULL.filter((seat) => seat !== motion.seat && seat !== closing.seat).map((seat) => [
    seat,
    { type: 'motionConfirm', motion: motion.id, close: closing.id, counts },
  ])
}

t.test(
  'from every state a motion can be in, the others bring it to an end without its proposer',
  async () => {
    await fc.assert(
      fc.property(history, (all) => {
        let committee = applyAll(emptyCommittee, all)
        let order = 1_000_000
        const sayAll = (sayings: readonly (readonly [Id, KnownContent])[]): void => {
          for (const [seat, content] of sayings) {
            order++
            const around = { electorate: FULL, decisions: defaultDecisions, device: 'd1', at: 0 }
            committee = apply(committee, { id: idOf(order), seat, order, content, ...around })
          }
        }
        const at = (id: Id): Motion => committee.motions.get(id) as Motion
        return [...committee.motions.keys()].every((id) => {
          for (let step = 0; step < 20 && isOpen(at(id)); step++) {
            sayAll(nextSteps(committee, at(id)))
            sayAll(confirmations(at(id)))
          }
          return !isOpen(at(id))
        })
      }),
      { numRuns: 500 },
    )
  },
)
