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

/** Of a moment, different whenever some slice is. Posts are compared with those of the moment before: to write down thousands takes a slow phone a frame. */
export const createRoomPrint = (): ((now: Glance) => string) => {
  const keptTurn = createTurn()
  const unreadTurn = createTurn()
  return ({ kept, unread, unsent, parcels }) => {
    // What was not sent and now stands among the posts has the same id
    const waiting = unsent.map(({ id }) => id).join()
    return [keptTurn(kept.posts), unreadTurn(unread), waiting, JSON.stringify(parcels)].join(' ')
  }
}

/** A number that goes up whenever the list is another one than before. */
const createTurn = (): ((posts: readonly Post[]) => number) => {
  let before: readonly Post[] = []
  let turn = 0
  return (posts) => {
    if (posts.length !== before.length || posts.some(({ id }, i) => id !== before[i]?.id)) turn++
    before = posts
    return turn
  }
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
