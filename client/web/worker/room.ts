/** The room in slices: thousands of posts are never sent to a page at once. Not here: what is kept and what is new (client/core/session). */
import type { Committee } from '../../core/committee/committee.ts'
import type { FileContent } from '../../core/committee/fileContent.ts'
import type { Post } from '../../core/committee/talk.ts'
import type { FileShown, PostShown, RoomSlice } from './shown.ts'
import { type Glance, unsentShown } from './views.ts'

/** Posts in one slice. */
export const MAX_SLICE = 200
/** Characters of what a post answers. */
const EXCERPT = 120

export type Wanted = { readonly from?: number; readonly count: number }

export const roomSlice = (glance: Glance, { from, count }: Wanted): RoomSlice => {
  const { posts } = glance.kept
  const start = Math.min(from ?? Math.max(0, posts.length - count), posts.length)
  return {
    total: posts.length,
    from: start,
    posts: shownIn(glance, posts.slice(start, start + count)),
    unreadFrom: unreadFrom(glance),
    unsent: unsentPosts(glance),
    parcels: parcelsIn(glance),
  }
}

/** A post itself, and what answers it: the newest ones, where there are more than a slice holds. */
export const repliesSlice = (glance: Glance, to: string): RoomSlice => {
  const answers = glance.kept.posts.filter((post) => post.id === to || post.replyTo === to)
  const posts = answers.slice(-MAX_SLICE)
  return {
    total: answers.length,
    from: answers.length - posts.length,
    posts: shownIn(glance, posts),
    unreadFrom: undefined,
    unsent: unsentPosts(glance).filter(({ content }) => 'replyTo' in content && content.replyTo === to),
    parcels: parcelsIn(glance).filter(({ content }) => content.replyTo === to),
  }
}

/** Different whenever some slice is. */
export const roomPrint = ({ kept, unread, unsent, parcels }: Glance): string => {
  const ids = (all: readonly { readonly id: string }[]): string => all.map(({ id }) => id).join()
  // What was not sent and now stands among the posts has the same id
  return [ids(kept.posts), ids(unsent), ids(unread), JSON.stringify(parcels)].join(' ')
}

const unsentPosts = ({ unsent }: Glance): RoomSlice['unsent'] =>
  unsent.filter(({ content }) => content.type === 'post' || content.type === 'file').map(unsentShown)

/** Of one that is whole at the relay, only the post is missing: it stands with the other posts. */
const parcelsIn = ({ parcels, unsent }: Glance): RoomSlice['parcels'] =>
  parcels.filter((parcel) => !unsent.some(({ id }) => id === parcel.id))

const unreadFrom = ({ kept, unread: [first] }: Glance): number | undefined =>
  first && kept.posts.indexOf(first)

const shownIn = ({ view }: Glance, posts: readonly Post[]): readonly PostShown[] => {
  const { committee, own } = view
  const replies = countReplies(committee)
  return posts.map((post) => ({
    id: post.id,
    seat: post.seat,
    at: post.at,
    text: post.text,
    file: post.file && fileShown(post.file),
    ...(post.isReplyToUnseen ? { isReplyToUnseen: true as const } : {}),
    isMine: post.seat === own.seat,
    replies: replies.get(post.id) ?? 0,
    answers: post.replyTo === undefined ? undefined : answered(committee, post.replyTo),
  }))
}

export const fileShown = ({ secret: _secret, sha256: _sha256, ...file }: FileContent): FileShown => file

const countReplies = ({ posts }: Committee): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { replyTo } of posts)
    if (replyTo !== undefined) counts.set(replyTo, (counts.get(replyTo) ?? 0) + 1)
  return counts
}

/** Undefined when it has vanished since. */
const answered = (committee: Committee, id: string): PostShown['answers'] => {
  const alarm = committee.alarms.get(id)
  if (alarm) return { id, is: 'alarm', seat: alarm.seat, text: excerpt(alarm.content.facts) }
  const motion = committee.motions.get(id)
  if (motion) return { id, is: 'motion', seat: motion.seat, text: excerpt(motion.content.title) }
  const post = committee.posts.find((one) => one.id === id)
  return post && { id, is: 'post', seat: post.seat, text: excerpt(post.text || (post.file?.name ?? '')) }
}

const excerpt = (text: string): string => {
  const characters = [...text]
  return characters.length <= EXCERPT ? text : `${characters.slice(0, EXCERPT).join('')}…`
}
