/** What screens ask the fold: names, answers to a post, what is past its time. Not here: alarms (alarmSummary.ts). */

import type { Committee } from './committee.ts'
import type { Id } from './said.ts'
import type { Post } from './talk.ts'

/** A handle and whether another seat has one that looks alike: then neither may be shown alone. */
export type Handle = { readonly handle: string; readonly isClash: boolean }

export const handleOf = (committee: Pick<Committee, 'handles'>, seat: Id): Handle | undefined => {
  const handle = committee.handles.get(seat)
  if (handle === undefined) return undefined
  const looks = skeleton(handle)
  const isClash = [...committee.handles].some(([other, name]) => other !== seat && skeleton(name) === looks)
  return { handle, isClash }
}

/** For a screen: the handle, with the first digits of the seat behind it on a clash, or only these when there is none. */
export const nameOf = (committee: Pick<Committee, 'handles'>, seat: Id): string => {
  const handle = handleOf(committee, seat)
  const short = `#${seat.slice(0, 6)}`
  if (handle === undefined) return short
  return handle.isClash ? handle.handle + short : handle.handle
}

/** Answers to a post or an alarm, in order. */
export const repliesTo = (committee: Committee, id: Id): readonly Post[] =>
  committee.posts.filter((post) => post.replyTo === id)

/**
 * Ids of the posts that are from before `beforeMs`, for the vault to erase. By the authors' clocks, and that of the reader (`nowMs`)
 * against lies: no post is older than the reader's last look at everything before it, and one from the future is as old as the post
 * before it, or else the one after it, so that nobody writes one that stays for ever. Only what is kept and shown depends on this.
 */
export const expired = (committee: Committee, beforeMs: number, nowMs: number): ReadonlySet<Id> => {
  let age = committee.posts.find(({ since }) => since <= nowMs)?.since ?? nowMs
  const gone = new Set<Id>()
  for (const post of committee.posts) {
    age = post.since <= nowMs ? post.since : age
    if (age < beforeMs) gone.add(post.id)
  }
  return gone
}

/** The same committee without the posts that are past their time. Their ids stay known: a resend brings none back. */
export const expire = (committee: Committee, beforeMs: number, nowMs: number): Committee => {
  const gone = expired(committee, beforeMs, nowMs)
  return { ...committee, posts: committee.posts.filter((post) => !gone.has(post.id)) }
}

/** What two handles that look alike have in common: compatibility forms, case and spaces do not tell people apart. */
const skeleton = (handle: string): string =>
  handle.normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll(' ', '')
