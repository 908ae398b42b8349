/** What screens say about an invite that is on its way. Not here: everything else about a committee (view.ts). */
import type { SeatId } from '../governance/ids.ts'
import { type Join, offerOf } from '../join/exchange.ts'
import { type Transcript, wordsOf } from '../join/transcript.ts'
import { nameIn } from './arrivalView.ts'
import type { Book } from './book.ts'

export type InviteView = {
  readonly id: string
  readonly state: 'waiting' | 'comparing' | 'vouched' | 'declined' | 'aborted'
  /** The three words on both screens, while they are compared. */
  readonly words: readonly string[]
  readonly handle: string | undefined
  readonly reason: string | undefined
  readonly expiresDay: number
  /** The member that gets another device; undefined for somebody new. */
  readonly forSeat: SeatId | undefined
  /** The motion that came of it. */
  readonly motion: string | undefined
}

export const inviteOf = (book: Book, key: string): readonly InviteView[] => {
  const invite = book.invites.get(key)
  if (!invite) return []
  const { join, expiresDay } = invite
  const met = join.type === 'comparing' || join.type === 'confirmed' ? join.transcript : undefined
  const states = {
    talking: 'waiting',
    comparing: 'comparing',
    confirmed: 'vouched',
    declining: 'declined',
  } as const
  const state = join.type === 'declined' || join.type === 'aborted' ? join.type : states[join.type]
  return [
    {
      id: key,
      state,
      words: met && join.type === 'comparing' ? wordsOf(met) : [],
      handle: met && nameOfComer(book, met),
      reason: join.type === 'aborted' ? join.reason : undefined,
      expiresDay,
      forSeat: forSeatOf(invite.join),
      motion: invite.motion,
    },
  ]
}

const forSeatOf = (join: Join): SeatId | undefined => {
  if (join.type !== 'talking') return offerOf(join)?.seat
  return join.mine.find((item) => item.type === 'offer')?.seat
}

/** A new member says a name; another device of a member brings none. */
const nameOfComer = (book: Book, { offer, reveal }: Transcript): string | undefined => {
  if (reveal.as.type === 'member') return reveal.as.handle
  return offer.seat && nameIn(book, offer.seat)
}
