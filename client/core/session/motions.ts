/** The motions this device knows of, and the approvals it has seen, wherever they came from: said, or found in a commit that lost. */
import { isSpent } from '../governance/ledger.ts'
import type { Forum, Mandate, Motion } from '../governance/motion.ts'
import {
  type Approval,
  approvingSeat,
  isCarried,
  isDisowned,
  isTimely,
  motionHash,
  waitsADay,
} from '../governance/motion.ts'
import { placeFault } from '../governance/newcomers.ts'
import { dayOf } from '../join/invite.ts'
import type { Desk } from './desk.ts'
import { forumOf, type KnownMotion } from './state.ts'

/** Motions kept at once, so that one member cannot fill the vaults of the others; carried out and lapsed ones go first. */
export const MAX_MOTIONS = 256

type News = Partial<Omit<KnownMotion, 'motion' | 'approvals' | 'declined'>> & { readonly motion: Motion }

/** Adds what is new. A motion that could not be executed in this epoch is not learned. */
export const learnMotion = (
  desk: Desk,
  forum: Forum,
  { motion, approvals }: Mandate,
  news?: News,
): KnownMotion | undefined => {
  const hash = motionHash(motion)
  const known = desk.book.motions.get(hash)
  if (!known && !isTimely(forum, motion)) return undefined
  if (!known) makeRoom(desk)
  const base: KnownMotion = known ?? {
    motion,
    by: undefined,
    at: desk.clock(),
    order: 0,
    approvals: [],
    declined: [],
    join: undefined,
    outcome: 'open',
  }
  const merged: KnownMotion = {
    ...base,
    by: base.by ?? news?.by,
    order: base.order || (news?.order ?? 0),
    join: base.join ?? news?.join,
    approvals: mergeApprovals(forum, motion, base.approvals, approvals),
  }
  desk.book.motions.put(hash, merged)
  return merged
}

const mergeApprovals = (
  forum: Forum,
  motion: Motion,
  known: readonly Approval[],
  more: readonly Approval[],
): readonly Approval[] => {
  const fresh = more.filter(
    (one) =>
      !known.some((other) => other.device === one.device) &&
      approvingSeat(forum.roster, motion, one) !== undefined,
  )
  return fresh.length > 0 ? [...known, ...fresh].slice(0, 256) : known
}

const makeRoom = ({ book: { motions } }: Desk): void => {
  if (motions.keys().length < MAX_MOTIONS) return
  const over = motions.keys().find((key) => motions.get(key)?.outcome !== 'open')
  motions.drop(over ?? oldestOfTheLoudest(motions.all()))
}

/** Of whoever has put most: one who puts hundreds takes the place of nobody else's. */
const oldestOfTheLoudest = (all: readonly KnownMotion[]): string => {
  const count = (one: KnownMotion): number => all.filter(({ by }) => by === one.by).length
  const [first] = all.toSorted((a, b) => count(b) - count(a) || a.order - b.order)
  return first ? motionHash(first.motion) : ''
}

/**
 * Motions that could be carried out in the newest epoch now: "known complete mandates" (7.4). HELLO and TIDY are withheld for them; for somebody for whom
 * there is no place yet they are not, or no epoch would ever come in which there is one; nor for somebody whose key package this device was never told of.
 */
export const carriedMotions = (desk: Desk): readonly KnownMotion[] => {
  const forum = forumOf(desk.book.newest())
  return desk.book.motions
    .all()
    .filter((m) => m.outcome === 'open' && isCarried(forum, m.motion, m.approvals))
    .filter((m) => !isDisowned(forum.roster, m.motion, m))
    .filter(({ motion: { action }, join }) => (action.type !== 'add' && action.type !== 'deviceAdd') || join)
    .filter((m) => m.motion.action.type !== 'add' || placeFault(forum) === undefined)
    .filter((m) => desk.clock() >= (restsUntil(forum, m) ?? 0))
    .filter((m) => !hasRunOut(desk, m))
}

const DAY_MS = 86_400_000

/** The Welcome would find nobody: who came in so would be a seat for ever that nobody sits on, missing from every two thirds (V6). */
const hasRunOut = ({ clock }: Pick<Desk, 'clock'>, { join }: KnownMotion): boolean =>
  join !== undefined && dayOf(clock()) > join.lastDay

/** 4.11: a day after this device learned of it. */
export const restsUntil = ({ roster }: Forum, { motion, approvals, at }: KnownMotion): number | undefined =>
  waitsADay(roster, motion, approvals) ? at + DAY_MS : undefined

/** Marks what the newest epoch or the day has made impossible. */
export const lapseMotions = (desk: Desk): void => {
  const forum = forumOf(desk.book.newest())
  for (const known of desk.book.motions.all()) {
    const hash = motionHash(known.motion)
    if (known.outcome === 'open' && (!isTimely(forum, known.motion) || hasRunOut(desk, known)))
      desk.book.motions.put(hash, {
        ...known,
        outcome: isSpent(forum.ledger, hash) ? 'carried_out' : 'lapsed',
      })
  }
}
