/** Where this device stands, as a screen needs it: what is the matter, because of whom, and what happens next by itself. */
import type { SeatId } from '../governance/ids.ts'
import type { Book } from './book.ts'
import type { PlaceOf, Standing, Target } from './standing.ts'
import { ERASE_MS } from './standingStep.ts'
import { nextVote } from './standingTrouble.ts'
import { votesOf } from './telling.ts'

/** A commit of `by` cannot be followed; or, `isBlind`, it was undone when this device could not go back any more. */
export type TroubleView = {
  readonly is: 'stuck'
  readonly by: SeatId
  readonly isBlind: boolean
  readonly hasAsked: boolean
  /** Somebody has answered, and enough of the others have not arrived there yet. */
  readonly isProvisional: boolean
  /** Seats that have asked to undo that commit, and how many it takes. */
  readonly voids: { readonly said: number; readonly needed: number; readonly isMineSaid: boolean }
  /** Earlier commits that this device has asked to undo too. */
  readonly earlier: number
  /** What it asks to undo next, after so many milliseconds online. */
  readonly next: { readonly what: 'this' | 'earlier'; readonly inMs: number } | undefined
}

export type StandingView =
  | { readonly is: 'reading' | 'live' | 'sending' }
  | TroubleView
  | {
      readonly is: 'removed'
      readonly by: SeatId
      readonly action: PlaceOf<'removed'>['action']
      readonly isErased: boolean
      /** Milliseconds until the content is erased, unless it is undone. */
      readonly eraseInMs: number
    }
  | { readonly is: 'lost'; readonly why: PlaceOf<'lost'>['why'] }
  | { readonly is: 'ended'; readonly why: PlaceOf<'ended'>['why'] }

export const standingOf = (book: Book): StandingView => {
  const { standing } = book.own()
  const { at } = standing
  if (at.type === 'stuck' || at.type === 'escalate') return troubleIn(book, standing, at)
  if (at.type === 'lost') return { is: 'lost', why: at.why }
  if (at.type === 'ended') return { is: 'ended', why: at.why }
  if (at.type === 'live') return { is: 'live' }
  if (at.type !== 'removed') return { is: at.type === 'wait' ? 'sending' : 'reading' }
  const { author, action, content, passed } = at
  return { is: 'removed', by: author, action, isErased: content === 'erased', eraseInMs: ERASE_MS - passed }
}

const troubleIn = (book: Book, standing: Standing, at: PlaceOf<'stuck' | 'escalate'>): TroubleView => {
  const next = nextVote(standing, at, votesOf(book))
  const fold = book.epoch(at.epoch)?.fold
  const said = standing.votes.filter(({ is, isSaid }) => is === 'void' && isSaid)
  const isThis = ({ epoch }: Target): boolean => epoch === at.epoch
  return {
    is: 'stuck',
    by: at.author,
    isBlind: at.isBlind,
    hasAsked: at.hasAsked,
    isProvisional: at.offer === 'trying',
    voids: {
      said: fold?.voids.length ?? 0,
      needed: Math.floor((fold?.current?.electorate.length ?? 0) / 2) + 1,
      isMineSaid: said.some(isThis),
    },
    earlier: said.filter((vote) => !isThis(vote)).length,
    next: next && { what: isThis(next) ? 'this' : 'earlier', inMs: Math.max(0, at.nextAt - at.online) },
  }
}
