/** Talk: posts, files among them, and what seats call themselves. Not here: names and answers for a screen (views.ts). */
import type { Takers, Writable } from './area.ts'
import type { FileContent } from './fileContent.ts'
import type { Id, Said } from './said.ts'
import type { PostContent } from './talkContent.ts'

export type Post = {
  readonly id: Id
  readonly seat: Id
  readonly device: Id
  readonly order: number
  readonly at: number
  /** From when its shelf life counts: `at`, but not before its reader last knew everything (SPEC.md SH1). */
  readonly since: number
  /** Of a file, the words that came with it; perhaps none. */
  readonly text: string
  /** What came with it, in a log of its own. Whoever forgets the post forgets the file's keys. */
  readonly file?: FileContent
  /** What it answers: a post, an alarm or a motion that stands before it. */
  readonly replyTo?: Id
  /** It answers something this device never had, for instance from before its time. */
  readonly isReplyToUnseen?: true
}

export type Talk = {
  readonly posts: readonly Post[]
  /** Per seat, its latest handle. Seats that have left keep theirs: what they said is still shown. */
  readonly handles: ReadonlyMap<Id, string>
}

export const noTalk: Talk = { posts: [], handles: new Map() }

/** A post may answer an alarm or a motion. */
type Draft = Writable<Talk> & {
  readonly alarms: ReadonlyMap<Id, unknown>
  readonly motions: ReadonlyMap<Id, unknown>
}

export const talk: Takers<'introduce' | 'post' | 'file', Draft> = {
  introduce: (draft, { seat, content }) => void draft.handles.set(seat, content.handle),
  post: (draft, said) => void draft.posts.push(postOf(draft, said, said.content)),
  file: (draft, said) => {
    const { content } = said
    draft.posts.push({ ...postOf(draft, said, { ...content, text: content.words ?? '' }), file: content })
  },
}

const postOf = (draft: Draft, said: Said, content: Pick<PostContent, 'text' | 'replyTo'>): Post => {
  const { id, seat, device, order, at, notBefore = at } = said
  const since = Math.max(at, notBefore)
  return { id, seat, device, order, at, since, text: content.text, ...replyOf(draft, content.replyTo) }
}

const replyOf = (draft: Draft, replyTo: Id | undefined): Pick<Post, 'replyTo' | 'isReplyToUnseen'> => {
  if (replyTo === undefined) return {}
  const isSeen =
    draft.alarms.has(replyTo) || draft.motions.has(replyTo) || draft.posts.some((post) => post.id === replyTo)
  return isSeen ? { replyTo } : { isReplyToUnseen: true }
}
