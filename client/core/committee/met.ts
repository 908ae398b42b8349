/**
 * Who has met whom, and where the words were the same (protocol.md 4.4). Nobody can prove a meeting: a group in which one person plays everybody
 * looks as good as any, until two people who met in it compare words. So a member whom only the one who vouched has met is shown as that.
 */
import type { Takers, Writable } from './area.ts'
import type { Id } from './said.ts'

export type WordsCompared = {
  readonly id: Id
  readonly by: Id
  readonly with: readonly Id[]
  readonly epoch: number
  readonly same: boolean
  readonly at: number
}

export type Met = {
  /** Per seat, the seats that say that they have met this person, in the order of saying so. */
  readonly metBy: ReadonlyMap<Id, readonly Id[]>
  /** In order. */
  readonly comparisons: readonly WordsCompared[]
}

export const noMet: Met = { metBy: new Map(), comparisons: [] }

export const met: Takers<'met' | 'wordsCompared', Writable<Met>> = {
  met: ({ metBy }, { seat, content }) => {
    const before = metBy.get(content.seat) ?? []
    if (seat === content.seat || before.includes(seat)) return
    metBy.set(content.seat, [...before, seat])
  },
  wordsCompared: ({ comparisons }, { id, seat, at, content }) => {
    const { epoch, same } = content
    const others = content.with.filter((one) => one !== seat)
    if (others.length > 0) comparisons.push({ id, by: seat, with: others, epoch, same, at })
  },
}

/** `isMutual`: both say so. */
export type Meeting = { readonly seat: Id; readonly isMutual: boolean }

/** Who of `present` says that they have met this person. */
export const metByIn = (met: Met, seat: Id, present: readonly Id[]): readonly Meeting[] =>
  (met.metBy.get(seat) ?? [])
    .filter((by) => present.includes(by))
    .map((by) => ({ seat: by, isMutual: (met.metBy.get(by) ?? []).includes(seat) }))

/** The newest comparison in which both took part, whoever of them said it. */
export const comparedWith = (met: Met, a: Id, b: Id): WordsCompared | undefined =>
  met.comparisons.findLast(
    (one) => (one.by === a && one.with.includes(b)) || (one.by === b && one.with.includes(a)),
  )
