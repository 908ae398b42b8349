/**
 * What a standing is told, and what it asks for, as data (protocol.md section 6). Not here: the step between the two (standingStep.ts).
 */
import type { SeatId } from '../governance/ids.ts'
import type { PlaceOf, Standing, Status, Target, Vote } from './standing.ts'

/** What a stuck device can do: `isVotable`, it has a vote on the commit; `isLastVote`, only its own is missing for the void. */
export type Votes = {
  readonly isVotable: boolean
  readonly isLastVote: boolean
  /** Effective commits of older held epochs on which it has a vote, nearest first; of a device that was cut off, those that it may join in voiding. */
  readonly older: readonly Target[]
}

export type Input =
  /** A commit counts in the newest held epoch. */
  | ({ readonly type: 'effective' } & Target)
  /** What its dry run gave. */
  | ({ readonly type: 'entered' } & Target)
  | ({ readonly type: 'unreadable'; readonly author: SeatId; readonly now: number } & Target)
  | ({
      readonly type: 'removed'
      readonly author: SeatId
      readonly action: PlaceOf<'removed'>['action']
      readonly now: number
    } & Target)
  /** A majority voided the commit of this epoch. `way`: its snapshot is held; or the device can ask to be taken in again; or neither. */
  | ({
      readonly type: 'voided'
      readonly author: SeatId
      readonly way: 'snapshot' | 'ask' | 'none'
      readonly now: number
    } & Target)
  /** An own commit is in the vault, and will be appended; it was read back. */
  | ({ readonly type: 'posting' } & Target)
  | ({ readonly type: 'readBack' } & Target)
  /** The newest log was read to its head. */
  | { readonly type: 'atHead'; readonly epoch: number }
  /** A Welcome led into a branch that has not settled; into one that has. */
  | { readonly type: 'offered' }
  | { readonly type: 'settled'; readonly epoch: number }
  /** `now`: this device's clock. `online`: milliseconds counted by ticks since the last look, where there are ticks. */
  | { readonly type: 'passed'; readonly now: number; readonly online: number; readonly votes: Votes }
  /** It stands in the log now. `moot`: it cannot be said any more. */
  | { readonly type: 'asked' }
  | ({ readonly type: 'voted'; readonly is: Vote['is'] } & Target)
  | ({ readonly type: 'moot' } & Target)
  | { readonly type: 'erased' }
  | { readonly type: 'lost'; readonly epoch: number; readonly why: 'log' | 'chain' }
  /** What was missing has turned up. */
  | { readonly type: 'found' }
  | { readonly type: 'lie' }
  /** A person decided to go on with a relay that lied. */
  | { readonly type: 'goOn' }
  | { readonly type: 'ended'; readonly why: Extract<Status, 'left' | 'parted' | 'outdated' | 'copied'> }

export type Effect =
  /** Try the commit on a copy, and adopt what comes of it. */
  | ({ readonly type: 'follow' } & Target)
  /** Drop what came after this epoch, and go on in it. */
  | { readonly type: 'restore'; readonly epoch: number }

export type Step = { readonly standing: Standing; readonly effects: readonly Effect[] }

/** What is owed to the log or the disk as long as the device stands like this. Doing it twice does no harm. */
export type Owed =
  | { readonly type: 'resync' }
  | ({ readonly type: Vote['is'] } & Target)
  /** The same bytes again, until they are read back. */
  | ({ readonly type: 'append' } & Target)
  | { readonly type: 'erase' }

export const owedBy = ({ at, alarmed, votes }: Standing): readonly Owed[] => {
  if (alarmed) return []
  const unsaid = votes
    .filter((vote) => !vote.isSaid)
    .map(({ is, epoch, commit }) => ({ type: is, epoch, commit }))
  switch (at.type) {
    case 'ended':
    case 'lost':
      return []
    case 'stuck':
    case 'escalate':
      return at.hasAsked ? unsaid : [{ type: 'resync' }, ...unsaid]
    case 'wait':
      return [{ type: 'append', epoch: at.epoch, commit: at.commit }, ...unsaid]
    case 'removed':
      return owedOutside(at, unsaid)
    default:
      return unsaid
  }
}

/** Only who was cut off has still something to say. */
const owedOutside = ({ action, content }: PlaceOf<'removed'>, unsaid: readonly Owed[]): readonly Owed[] => {
  if (content === 'due') return [{ type: 'erase' }]
  return action === 'drop' ? unsaid : []
}
