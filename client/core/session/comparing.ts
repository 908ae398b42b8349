/** Saying whom we have met, and whether the committee's words were the same (protocol.md 4.4). Words that differ are kept as a suspicion too: people judge. */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { encodeContent } from '../committee/content.ts'
import type { SeatId } from '../governance/ids.ts'
import { hasSeat } from '../governance/roster.ts'
import type { Turns } from '../vault/turns.ts'
import { suspect } from './desk.ts'
import { MINE } from './joinings.ts'
import { queue } from './outbox.ts'
import { rosterOf } from './state.ts'
import type { Keeper } from './upkeep.ts'

/** `no_such_seat`: not one of us, or ourselves. */
export type CompareFailure = 'not_member' | 'no_such_seat'

export type ComparingCommands = {
  /** We have met this person, and are sure who it is. */
  readonly met: (seat: SeatId) => Promise<Result<'sent' | 'waiting', CompareFailure>>
  /** The four words of this epoch, read aloud with these members. */
  readonly compared: (
    seats: readonly SeatId[],
    same: boolean,
  ) => Promise<Result<'sent' | 'waiting', CompareFailure>>
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

export const comparingCommands = ({ keeper, turns, sendNow }: Around): ComparingCommands => {
  const { book } = keeper
  const whyNot = (seats: readonly SeatId[]): CompareFailure | undefined => {
    const { seat, status } = book.own()
    if (status !== 'member') return 'not_member'
    const isOther = (one: SeatId): boolean => one !== seat && hasSeat(rosterOf(book.newest()), one)
    return seats.length > 0 && seats.every(isOther) ? undefined : 'no_such_seat'
  }
  const say = (content: Parameters<typeof encodeContent>[0]): Promise<'sent' | 'waiting'> => {
    queue(keeper, { type: 'content', content: encodeContent(content) })
    return sendNow()
  }
  return {
    met: (seat) =>
      turns.next(async () => {
        const why = whyNot([seat])
        return why ? err(why) : ok(await say({ type: 'met', seat }))
      }),
    compared: (seats, same) =>
      turns.next(async () => {
        const why = whyNot(seats)
        if (why) return err(why)
        const epoch = book.newest().info.number
        if (same) noteCompared(keeper)
        else suspect(keeper, 'words_differ', { epoch })
        return ok(await say({ type: 'wordsCompared', with: [...new Set(seats)], epoch, same }))
      }),
  }
}

/** Who has just come in knows somebody here now (arriving.ts). */
const noteCompared = ({ book }: Keeper): void => {
  const arrival = book.arrivals.get(MINE)
  if (arrival) book.arrivals.put(MINE, { ...arrival, hasCompared: true })
}
