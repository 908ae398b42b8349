/**
 * From what was said to what members see, as a pure fold. A function of the ordered sequence and of nothing else: no
 * clock, no settings, no roster. Whether an author was a member there and then is settled before (V rules and late entries,
 * protocol.md sections 6 and 7). Not here: the life of one alarm (alarm.ts), words and counts for a screen
 * (alarmSummary.ts, views.ts).
 */

import { unreachable } from '../../../shared/base/unreachable.ts'
import { followAlarm, raiseAlarm } from './alarm.ts'
import type { PostContent } from './content.ts'
import type { Alarm, Committee, Id, Post, Said } from './said.ts'

export const emptyCommittee: Committee = {
  last: -1,
  ids: new Set(),
  posts: [],
  handles: new Map(),
  alarms: new Map(),
}

export const apply = (committee: Committee, said: Said): Committee => applyAll(committee, [said])

/**
 * Many at once: what a catch-up should call, since every call copies the committee once. A repeated id changes nothing.
 * Throws when something new does not come after everything known, because then the caller has lost the order.
 */
export const applyAll = (committee: Committee, sayings: readonly Said[]): Committee => {
  const draft: Draft = {
    last: committee.last,
    ids: new Set(committee.ids),
    posts: [...committee.posts],
    handles: new Map(committee.handles),
    alarms: new Map(committee.alarms),
  }
  for (const said of sayings) {
    if (draft.ids.has(said.id)) continue
    if (said.order <= draft.last) throw new Error('said out of order')
    take(draft, said)
    draft.ids.add(said.id)
    draft.last = said.order
  }
  return draft
}

/** A copy that only this file writes to, and only before anybody else sees it. */
type Draft = {
  last: number
  readonly ids: Set<Id>
  readonly posts: Post[]
  readonly handles: Map<Id, string>
  readonly alarms: Map<Id, Alarm>
}

const take = (draft: Draft, said: Said): void => {
  const { content } = said
  switch (content.type) {
    case 'introduce':
      draft.handles.set(said.seat, content.handle)
      return
    case 'post':
      draft.posts.push(postOf(draft, said, content))
      return
    case 'file':
      draft.posts.push({ ...postOf(draft, said, { ...content, text: content.words ?? '' }), file: content })
      return
    case 'alarm':
      draft.alarms.set(said.id, raiseAlarm(said, content))
      return
    case 'alarmAnswer':
    case 'alarmUpdate':
    case 'alarmState': {
      // An alarm that does not stand before what follows it never will: the order is total.
      const alarm = draft.alarms.get(content.alarm)
      if (alarm) draft.alarms.set(alarm.id, followAlarm(alarm, said, content))
      return
    }
    case 'unknown':
      return
    default:
      unreachable(content)
  }
}

const postOf = (draft: Draft, said: Said, content: Pick<PostContent, 'text' | 'replyTo'>): Post => {
  const { id, seat, device, order, at } = said
  return { id, seat, device, order, at, text: content.text, ...replyOf(draft, content.replyTo) }
}

const replyOf = (draft: Draft, replyTo: Id | undefined): Pick<Post, 'replyTo' | 'isReplyToUnseen'> => {
  if (replyTo === undefined) return {}
  const isSeen = draft.alarms.has(replyTo) || draft.posts.some((post) => post.id === replyTo)
  return isSeen ? { replyTo } : { isReplyToUnseen: true }
}
