/** Telling the standing what happened: one step of the state machine, kept in the book. What it asks for, the caller does. */
import type { Fold } from '../governance/fold.ts'
import type { SeatId } from '../governance/ids.ts'
import { takesOut } from '../governance/verdict.ts'
import type { Book } from './book.ts'
import type { Desk } from './desk.ts'
import { statusOf, type Target, troubleOf } from './standing.ts'
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

/** What a stuck device could do now with its vote. */
export const votesOf = (book: Book): Votes => {
  const trouble = troubleOf(book.own().standing)
  const held = trouble && book.epoch(trouble.epoch)
  const older = book.epochs().filter(({ info }) => info.number < (trouble?.epoch ?? 0))
  return {
    isVotable: held !== undefined && targetOn(book, held) !== undefined,
    isLastVote: held !== undefined && isLastVote(held.fold, book.own().seat),
    older: older.toReversed().flatMap((epoch) => targetOn(book, epoch) ?? []),
  }
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
