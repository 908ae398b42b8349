/**
 * A worry about a member (product.md 3.B, 3.J), as a fold. Facts, guesses and other explanations stay apart; whoever it is about can always speak, and what
 * they say stands beside it. Two others may suspend them, each once: a second round needs others, so that two people cannot keep
 * somebody out by taking turns. Not here: when a suspension is over (suspension.ts, which asks a clock), the vote on a removal (motions).
 */
import type { Takers, Writable } from './area.ts'
import type { ConcernAdd, ConcernContent } from './concernContent.ts'
import type { ConcernEnd } from './concernWords.ts'
import { type Id, type Said, saidAt } from './said.ts'

export type Claim = { readonly seat: Id; readonly text: string }

/** Somebody's word for a suspension, and when it was said, by their clock and the reader's, whichever was earlier. */
export type SuspendWord = { readonly order: number; readonly at: number }

export type Concern = {
  readonly id: Id
  /** Who opened it. */
  readonly seat: Id
  readonly about: Id
  readonly order: number
  readonly at: number
  readonly facts: readonly Claim[]
  readonly guesses: readonly Claim[]
  readonly checked: readonly (ConcernContent['checked'][number] & { readonly seat: Id })[]
  /** Somebody has asked the person themselves. */
  readonly hasAsked: boolean
  readonly mediator?: string
  /** Who would end it, and how; the newest word of each. */
  readonly endings: ReadonlyMap<Id, ConcernEnd>
  readonly ended?: ConcernEnd
  /** Two words suspend; whoever takes theirs back ends it, and so do two others. */
  readonly suspendedBy: ReadonlyMap<Id, SuspendWord>
  readonly liftedBy: ReadonlySet<Id>
}

export type Statement = { readonly id: Id; readonly at: number; readonly text: string }

export type Concerns = {
  readonly concerns: ReadonlyMap<Id, Concern>
  /** Per seat, what it said in its own cause. */
  readonly statements: ReadonlyMap<Id, readonly Statement[]>
}

export const noConcerns: Concerns = { concerns: new Map(), statements: new Map() }

type Draft = Writable<Concerns>

/** Members who have to say the same: to suspend, to lift what others decided, to settle. */
export const TWO = 2

export const concerns: Takers<'concern' | 'concernAdd' | 'concernEnd' | 'statement' | 'suspend', Draft> = {
  concern: (draft, said) => {
    if (said.content.about !== said.seat) draft.concerns.set(said.id, opened(said, said.content))
  },
  concernAdd: (draft, { seat, content }) => {
    const concern = openFor(draft, content.concern, seat)
    if (concern) draft.concerns.set(concern.id, added(concern, seat, content))
  },
  concernEnd: (draft, { seat, content }) => {
    const concern = openFor(draft, content.concern, seat)
    if (!concern) return
    const endings = new Map(concern.endings).set(seat, content.to)
    const ended = endingOf(concern.seat, endings)
    draft.concerns.set(concern.id, { ...concern, endings, ...(ended ? { ended } : {}) })
  },
  statement: (draft, { id, seat, at, content }) => {
    const before = draft.statements.get(seat) ?? []
    draft.statements.set(seat, [...before, { id, at, text: content.text }])
  },
  suspend: (draft, said) => {
    const { seat, electorate = [], content } = said
    const concern = openFor(draft, content.concern, seat)
    if (!concern || !electorate.includes(seat)) return
    const next = content.lifts ? lifted(concern, seat) : suspended(draft, concern, said)
    draft.concerns.set(concern.id, next)
  },
}

/** One that is not over, for anybody but the person it is about. */
const openFor = ({ concerns: all }: Concerns, id: Id, seat: Id): Concern | undefined => {
  const concern = all.get(id)
  return concern && !concern.ended && concern.about !== seat ? concern : undefined
}

const opened = ({ id, seat, order, at }: Said, content: ConcernContent): Concern => {
  const { about, facts, guesses, checked, hasAsked, mediator } = content
  return {
    id,
    seat,
    about,
    order,
    at,
    facts: claims(seat, facts),
    guesses: claims(seat, guesses),
    checked: checked.map((one) => ({ ...one, seat })),
    hasAsked,
    ...(mediator === undefined ? {} : { mediator }),
    endings: new Map(),
    suspendedBy: new Map(),
    liftedBy: new Set(),
  }
}

const claims = (seat: Id, texts: readonly string[]): readonly Claim[] => texts.map((text) => ({ seat, text }))

const added = (concern: Concern, seat: Id, content: ConcernAdd): Concern => ({
  ...concern,
  facts: [...concern.facts, ...claims(seat, content.facts)],
  guesses: [...concern.guesses, ...claims(seat, content.guesses)],
  checked: [...concern.checked, ...content.checked.map((one) => ({ ...one, seat }))],
  hasAsked: concern.hasAsked || content.hasAsked === true,
  ...(content.mediator === undefined ? {} : { mediator: content.mediator }),
})

/** Whoever opened it takes it back; settled it is when two say so. */
const endingOf = (opener: Id, endings: ReadonlyMap<Id, ConcernEnd>): ConcernEnd | undefined => {
  if (endings.get(opener) === 'withdrawn') return 'withdrawn'
  return [...endings.values()].filter((one) => one === 'settled').length >= TWO ? 'settled' : undefined
}

const suspended = (all: Concerns, concern: Concern, said: Said): Concern => {
  const { seat, order } = said
  const isRepeated = [...all.concerns.values()].some(
    ({ about, suspendedBy }) => about === concern.about && suspendedBy.has(seat),
  )
  if (isRepeated) return concern
  const word = { order, at: saidAt(said) }
  return { ...concern, suspendedBy: new Map(concern.suspendedBy).set(seat, word) }
}

const lifted = (concern: Concern, seat: Id): Concern => ({
  ...concern,
  liftedBy: new Set(concern.liftedBy).add(seat),
})
