/** What screens say about how this device came in, and about who has met whom. Not here: everything else about a committee (view.ts). */
import type { Committee } from '../committee/committee.ts'
import { comparedWith, type Meeting, metByIn, type WordsCompared } from '../committee/met.ts'
import type { DeviceId, SeatId } from '../governance/ids.ts'
import { seatsOf } from '../governance/roster.ts'
import type { Book } from './book.ts'
import { isProvisional, MINE } from './joinings.ts'
import { rosterOf } from './state.ts'

/** taken: `sayings` of them, all from before epoch `entered`, are the word of device `from`. refused: damaged, and nothing was taken. */
export type HandoverView =
  | { readonly is: 'awaited' }
  | {
      readonly is: 'taken' | 'refused'
      readonly from: DeviceId
      readonly at: number
      readonly entered: number
      readonly sayings: number
    }

/** A name for a seat: what it calls itself, or the beginning of its id. */
export const nameIn = (book: Book, seat: SeatId): string => book.handles.get(seat) ?? `?${seat.slice(0, 4)}`

export type ArrivalView = {
  /** Two thirds of the others have not arrived yet where this device came in: it may still have to move (4.4). */
  readonly isProvisional: boolean
  readonly handover: HandoverView | undefined
  /** Who told this device what stood before it came in, and whose devices have said the same since, or something else. */
  readonly told: ToldView | undefined
}

export type ToldView = {
  readonly by: SeatId | undefined
  readonly sameBy: readonly SeatId[]
  readonly otherBy: readonly SeatId[]
}

export const arrivalOf = (book: Book): ArrivalView => {
  return { isProvisional: isProvisional(book), handover: handoverOf(book), told: toldOf(book) }
}

const toldOf = (book: Book): ToldView | undefined => {
  const told = book.told.get(MINE)
  return told && { by: told.by, sameBy: told.sameBy, otherBy: told.otherBy }
}

const handoverOf = (book: Book): HandoverView | undefined => {
  const got = book.handovers.get(MINE)
  if (!got) return book.arrivals.get(MINE)?.awaitsHandover ? { is: 'awaited' } : undefined
  const { isRefused, ...facts } = got
  return { is: isRefused ? 'refused' : 'taken', ...facts }
}

export type MetView = {
  /** Who vouched for them, as far as this device was there. */
  readonly sponsor: SeatId | undefined
  /** Members who say that they have met this person. */
  readonly metBy: readonly Meeting[]
  /** Nobody but whoever vouched says so: nobody else can tell whether there is such a person (4.4). */
  readonly isKnownToSponsorOnly: boolean
  /** The newest comparison of the committee's words between this person and us. */
  readonly compared: WordsCompared | undefined
}

export const metIn = (book: Book, committee: Committee, seat: SeatId): MetView => {
  const metBy = metByIn(committee, seat, seatsOf(rosterOf(book.newest())))
  const sponsor = sponsorOf(book, seat)
  return {
    sponsor,
    metBy,
    isKnownToSponsorOnly: sponsor !== undefined && metBy.every((one) => one.seat === sponsor),
    compared: comparedWith(committee, seat, book.own().seat),
  }
}

/** Of somebody who was let in while this device was there. */
const sponsorOf = (book: Book, seat: SeatId): SeatId | undefined => {
  for (const { motion, outcome } of book.motions.all()) {
    const { action } = motion
    if (outcome === 'carried_out' && action.type === 'add' && action.seat === seat) return action.sponsor
  }
  return undefined
}
