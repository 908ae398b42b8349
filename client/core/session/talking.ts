/**
 * The talk before a founding, and how it ends (product.md 3.B): as a committee when everybody says so, or in separate ways when one of them does.
 * Not here: what is still missing for a founding (committee/founding.ts), how a committee begins (founding.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { Committee } from '../committee/committee.ts'
import { encodeContent } from '../committee/content.ts'
import type { FoundingGap } from '../committee/founding.ts'
import { isOpen } from '../committee/motionLife.ts'
import { encodeCharter, isFounding } from '../governance/charter.ts'
import type { SeatId } from '../governance/ids.ts'
import { type Action, motionHash } from '../governance/motion.ts'
import { seatsOf } from '../governance/roster.ts'
import type { Turns } from '../vault/turns.ts'
import { foundingIn, foundingMotion, suspensionIn } from './lifeView.ts'
import { coolsUntil } from './motionTimes.ts'
import { queue } from './outbox.ts'
import type { Patience } from './patience.ts'
import { approveMotion, newMotion } from './sponsoring.ts'
import { rosterOf } from './state.ts'
import { tell } from './telling.ts'
import type { Keeper } from './upkeep.ts'
import type { CommitteeView } from './view.ts'

/** Why this device does not say yes, whatever its owner presses: the talk is not ripe, a suspended member vouches, or the same was voted on lately. */
export type Objection = FoundingGap | 'sponsor_suspended' | 'voted_lately'

export const objectionTo = (view: CommitteeView, action: Action, nowMs: number): Objection | undefined => {
  if (action.type === 'add')
    return suspensionIn(view, action.sponsor, nowMs) ? 'sponsor_suspended' : undefined
  if (action.type === 'remove')
    return isTooSoon(view.committee, action.seat, nowMs) ? 'voted_lately' : undefined
  if (action.type !== 'charter' || !isFounding(view.charter, action.charter)) return undefined
  return foundingIn(view).gaps[0]
}

/** No new facts were put to the others (product.md section 12). Validity reads no clock; what enough members carry all the same is carried out (I5). */
const isTooSoon = (committee: Committee, seat: SeatId, nowMs: number): boolean =>
  coolsUntil(committee, seat, nowMs) !== undefined &&
  ![...committee.motions.values()].some(
    (motion) => isOpen(motion) && motion.content.about === seat && motion.content.hasNewFacts === true,
  )

/** `founded`: that is decided. */
export type FoundFailure = 'not_member' | 'founded' | FoundingGap
export type PartFailure = 'not_member' | 'founded'

export type TalkCommands = {
  /** Puts the founding vote, or says yes to the one that is open. Everybody has to. */
  readonly foundVote: () => Promise<
    Result<{ readonly motion: string; readonly is: 'sent' | 'waiting' }, FoundFailure>
  >
  /** Ends the talk for everybody. `done`: this device has forgotten it; `waiting`: it does as soon as the relay has it. */
  readonly partWays: () => Promise<Result<'done' | 'waiting', PartFailure>>
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly patience: Patience
  readonly view: () => CommitteeView
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

export const talkCommands = (around: Around): TalkCommands => {
  const { keeper, turns, sendNow } = around
  const { book } = keeper
  const whyNot = (): PartFailure | undefined => {
    if (book.own().status !== 'member') return 'not_member'
    return book.newest().charter.isFounded ? 'founded' : undefined
  }
  return {
    foundVote: () =>
      turns.next(async () => {
        const why = whyNot() ?? foundingIn(around.view()).gaps[0]
        if (why) return err(why)
        const motion = sayYes(around)
        return ok({ motion, is: await sendNow() })
      }),
    partWays: () =>
      turns.next(async () => {
        const why = whyNot()
        if (why) return err(why)
        if (seatsOf(rosterOf(book.newest())).length === 1) tell(keeper, { type: 'ended', why: 'parted' })
        else queue(keeper, { type: 'content', content: encodeContent({ type: 'partWays' }) })
        await sendNow()
        return ok(book.own().status === 'parted' ? 'done' : 'waiting')
      }),
  }
}

/** To the vote that is open, or to one of our own. */
const sayYes = ({ keeper, patience, view }: Around): string => {
  const open = foundingMotion(view())
  const known = open && keeper.book.motions.get(open.hash)
  const { charter } = keeper.book.newest()
  const motion =
    known?.motion ??
    newMotion(keeper, { type: 'charter', charter: encodeCharter({ ...charter, isFounded: true }) })
  const hash = motionHash(motion)
  if (!known) queue(keeper, { type: 'motion', motion, join: undefined })
  if (!known || open?.isWaitingForMe) approveMotion(keeper, motion)
  patience.hurry(hash)
  return hash
}
