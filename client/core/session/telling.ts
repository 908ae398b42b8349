/** Telling the standing what happened: one step of the state machine, kept in the book. What it asks for, the caller does. */
import type { Fold } from '../governance/fold.ts'
import type { SeatId } from '../governance/ids.ts'
import { takesOut } from '../governance/verdict.ts'
import type { Book } from './book.ts'
import type { Desk } from './desk.ts'
import { ownCutOff } from './phones.ts'
import { epochOf, statusOf, type Target, troubleOf } from './standing.ts'
import type { Effect, Input, Votes } from './standingInput.ts'
import { step } from './standingStep.ts'
import type { Epoch } from './state.ts'

export const tell = ({ book, clock }: Pick<Desk, 'book' | 'clock'>, input: Input): readonly Effect[] => {
  const before = book.own().standing
  const { standing, effects } = step(before, input)
  const since = statusOf(standing) === statusOf(before) ? {} : { since: clock() }
  if (standing !== before) book.setOwn({ standing, ...since })
  return effects
}

/** What a device that is stuck or was cut off could do now with its vote. */
export const votesOf = (book: Book): Votes => {
  const { standing, seat } = book.own()
  const trouble = troubleOf(standing)
  const held = trouble && book.epoch(trouble.epoch)
  return {
    isVotable: held !== undefined && targetOn(book, held) !== undefined,
    isLastVote: held !== undefined && isLastVote(held.fold, seat),
    older: olderThan(book, epochOf(standing) ?? 0)
      .filter((epoch) => trouble || mayJoin(book, epoch))
      .flatMap((epoch) => targetOn(book, epoch) ?? []),
  }
}

/** Nearest first. */
const olderThan = (book: Book, number: number): readonly Epoch[] =>
  book
    .epochs()
    .filter(({ info }) => info.number < number)
    .toReversed()

/**
 * The last device of a seat, cut off by another, helps whoever is stuck at an older commit, for nobody else may be left to. It does not begin, it
 * does not help whoever cut it off, and what was decided it leaves alone: else a few could cut others off, and have a removal undone by them.
 */
const mayJoin = (book: Book, { fold: { current, voids } }: Epoch): boolean => {
  const cutOff = ownCutOff(book)
  const isDecided = current?.effect.spends !== undefined
  if (!cutOff?.by || !cutOff.isLast || isDecided) return false
  return voids.some((seat) => seat !== book.own().seat && seat !== cutOff.by)
}

/** One more VOID, ours, and more than half have said it. */
const isLastVote = ({ current, voids }: Fold, mine: SeatId): boolean =>
  current !== undefined && !voids.includes(mine) && 2 * (voids.length + 1) > current.electorate.length

/** The commit that ended an epoch, if this device has a vote on it, and could step back. */
const targetOn = (book: Book, { info, fold, group }: Epoch): Target | undefined => {
  const { seat, device } = book.own()
  const { current } = fold
  if (!group || !current?.electorate.includes(seat) || takesOut(current.effect, { seat, device }))
    return undefined
  return { epoch: info.number, commit: current.commit }
}
