import type { Committee } from '../committee/committee.ts'
import type { Shelf } from '../committee/shelfLife.ts'
import type { Charter } from '../governance/charter.ts'
import { arrivedSeats, isConfirmed } from '../governance/fold.ts'
import type { SeatId } from '../governance/ids.ts'
import {
  type Action,
  approvingSeats,
  electorateOf,
  isCarried,
  isDisowned,
  isTimely,
  motionHash,
  needed,
} from '../governance/motion.ts'
import { isFullSeat, joinedOf, presentSeats, seatsOf } from '../governance/roster.ts'
import { isMoot } from '../governance/targets.ts'
import { committeeWords } from '../join/words.ts'
import { epochAuthenticatorOf } from '../mls/group.ts'
import { newestHead } from '../relay/witness.ts'
import { type ArrivalView, arrivalOf, type MetView, metIn, nameIn } from './arrivalView.ts'
import type { Book } from './book.ts'
import { shelfOf } from './forgetting.ts'
import { type InviteView, inviteOf } from './inviteView.ts'
import { restsUntil } from './motions.ts'
import { guessedEnd, probationDays } from './pace.ts'
import { ownCutOff, type PhonesView, phonesOf } from './phones.ts'
import { type StandingView, standingOf } from './standingView.ts'
import { forumOf, type KnownMotion, type Own, rosterOf, type Suspicion } from './state.ts'

export type MemberView = MetView &
  PhonesView & {
    readonly seat: SeatId
    readonly handle: string
    readonly isMe: boolean
    /** False while on probation: the seat speaks and reads, and is counted nowhere. */
    readonly counts: boolean
    /** Epochs left of the probation. */
    readonly epochsToWait: number
    /** About when that will be, in milliseconds since 1970. */
    readonly countsAbout: number | undefined
    /** Has said HELLO in the newest epoch. */
    readonly hasArrived: boolean
  }

export type MotionView = {
  readonly hash: string
  readonly action: Action
  /** Whom it is about, if it is about a person. */
  readonly about: string | undefined
  readonly by: SeatId | undefined
  readonly approvedBy: readonly SeatId[]
  readonly declinedBy: readonly SeatId[]
  readonly needed: number
  /** Enough have said yes, and it is carried out then; or at once, when another one who has seen the person says yes too. */
  readonly restsUntil: number | undefined
  /** The member whose phone it is said to be says that it is not: no honest device lets it in. */
  readonly isDisowned: boolean
  readonly outcome: KnownMotion['outcome']
  /** This seat may approve and has not. */
  readonly isWaitingForMe: boolean
}

export type CommitteeView = ArrivalView & {
  readonly id: string
  readonly charter: Charter
  readonly charterBytes: Uint8Array
  readonly own: Pick<Own, 'seat' | 'device' | 'handle' | 'status' | 'alarmed' | 'since' | 'suite'>
  /** This device was cut off; by whom, if its owner did not do it. */
  readonly cutOff: { readonly by: SeatId | undefined } | undefined
  /** What is the matter with it, and what happens next by itself. */
  readonly standing: StandingView
  readonly epoch: number
  /** About how many days a newcomer waits to decide with the others, as the committee is now. */
  readonly probationDays: number
  /** Days that this device keeps what was said; `keepsAtMost` if its owner wants it to keep less than was agreed. */
  readonly shelf: Shelf
  readonly keepsAtMost: number | undefined
  /** Two thirds of the others have arrived in this epoch. */
  readonly confirmation: { readonly isConfirmed: boolean; readonly arrived: number; readonly of: number }
  readonly members: readonly MemberView[]
  /** What seats call themselves, those that have gone included. */
  readonly handles: ReadonlyMap<string, string>
  readonly motions: readonly MotionView[]
  readonly invites: readonly InviteView[]
  readonly committee: Committee
  /** The four words of this epoch; the same on every member's device, or something is wrong. */
  readonly words: readonly string[]
  /** Written here, not in the log yet. */
  readonly unsent: number
  readonly suspicions: readonly Suspicion[]
  /** What this device knows of the relay's honesty. */
  readonly relay: {
    readonly address: string
    readonly epochsHeld: number
    readonly entriesRead: number
    readonly headsSigned: number
    readonly missed: number
  }
}

/** `sayings`: the committee as folded before, so that a view costs what is new. */
export const viewOf = (book: Book, committee: Committee): CommitteeView => {
  const epoch = book.newest()
  const { seat, device, handle, status, alarmed, since, suite } = book.own()
  return {
    id: book.id,
    charter: epoch.charter,
    charterBytes: epoch.info.charterBytes,
    own: { seat, device, handle, status, alarmed, since, suite },
    epoch: epoch.info.number,
    probationDays: probationDays(book),
    shelf: shelfOf(book),
    keepsAtMost: book.own().keepAtMost,
    cutOff: ownCutOff(book),
    standing: standingOf(book),
    confirmation: confirmationOf(book),
    handles: new Map(book.handles.keys().map((one) => [one, book.handles.get(one) ?? ''])),
    members: seatsOf(rosterOf(epoch)).map((one) => memberOf(book, committee, one)),
    motions: book.motions.all().map((known) => motionOf(book, known)),
    invites: book.invites.keys().flatMap((key) => inviteOf(book, key)),
    committee,
    words: epoch.group ? committeeWords(epoch.info.anchor, epochAuthenticatorOf(epoch.group)) : [],
    unsent: book.outgoing.keys().length,
    suspicions: book.suspicions.all(),
    relay: relayOf(book),
    ...arrivalOf(book),
  }
}

/** Counted without ourselves, and without whoever opened the epoch: that is one arrival that says nothing. */
const confirmationOf = (book: Book): CommitteeView['confirmation'] => {
  const { fold, info } = book.newest()
  const others = presentSeats(info.roster).filter((seat) => seat !== info.opener && seat !== book.own().seat)
  const arrived = arrivedSeats(fold, info.roster)
  return {
    isConfirmed: isConfirmed(fold, info.roster, info.opener),
    arrived: others.filter((seat) => arrived.has(seat)).length,
    of: others.length,
  }
}

const memberOf = (book: Book, committee: Committee, seat: SeatId): MemberView => {
  const { fold, info } = book.newest()
  const joined = joinedOf(info.roster, seat) ?? 0
  const mine = book.own()
  const counts = isFullSeat(info.roster, seat)
  const epochsToWait = counts ? 0 : joined + info.roster.probation - info.number
  return {
    seat,
    handle: nameIn(book, seat),
    isMe: seat === mine.seat,
    counts,
    epochsToWait,
    countsAbout: guessedEnd(book, epochsToWait),
    ...phonesOf(book, seat),
    hasArrived: arrivedSeats(fold, info.roster).has(seat),
    ...metIn(book, committee, seat),
  }
}

const motionOf = (book: Book, known: KnownMotion): MotionView => {
  const forum = forumOf(book.newest())
  const { motion } = known
  const isOver = known.outcome === 'open' && isMoot(forum, motion.action)
  const outcome = isOver ? 'lapsed' : known.outcome
  const approved = [...approvingSeats(forum.roster, motion, known.approvals)]
  const mine = book.own().seat
  const mayStill =
    outcome === 'open' && isTimely(forum, motion) && electorateOf(forum.roster, motion).includes(mine)
  const isAnswered = approved.includes(mine) || known.declined.some((seat) => seat === mine)
  return {
    hash: motionHash(motion),
    action: motion.action,
    about: aboutOf(book, known),
    by: known.by,
    approvedBy: approved,
    declinedBy: known.declined,
    needed: needed(forum, motion, new Set(approved)),
    restsUntil: isCarried(forum, motion, known.approvals) ? restsUntil(forum, known) : undefined,
    isDisowned: outcome === 'open' && isDisowned(forum.roster, motion, known),
    outcome,
    isWaitingForMe: mayStill && !isAnswered,
  }
}

const aboutOf = (book: Book, { motion, join }: KnownMotion): string | undefined => {
  const { action } = motion
  if (action.type === 'add') return join?.handle
  return action.type === 'charter' ? undefined : nameIn(book, action.seat)
}

const relayOf = (book: Book): CommitteeView['relay'] => {
  const witnesses = book.epochs().flatMap((epoch) => epoch.witnesses)
  return {
    address: book.own().relay.address,
    epochsHeld: book.epochs().length,
    entriesRead: witnesses.reduce((sum, w) => sum + w.seq, 0),
    headsSigned: witnesses.filter((w) => newestHead(w) !== undefined).length,
    missed: book.epochs().reduce((sum, epoch) => sum + epoch.notes.missed, 0),
  }
}
