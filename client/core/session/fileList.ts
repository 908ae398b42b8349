/** Where each file of a committee stands on this device. Not here: how they move (files.ts). */
import type { Committee } from '../committee/committee.ts'
import type { FileContent } from '../committee/fileContent.ts'
import type { Post } from '../committee/talk.ts'
import { expire } from '../committee/views.ts'
import { contentOf } from '../files/announced.ts'
import type { Desk } from './desk.ts'
import { shelfOf } from './forgetting.ts'

/**
 * sending: ours, as many parts are at the relay; the post follows when all are. sent: ours, and announced. waiting: somebody's, not fetched yet.
 * begun: so much of it is here. here: saved. expired: the relay has dropped it.
 */
export type FileState =
  | { readonly is: 'sending' | 'begun'; readonly parts: number; readonly place: string }
  | { readonly is: 'here'; readonly place: string }
  | { readonly is: 'sent' | 'waiting' | 'expired' }

/** `id` is the post's, also of one that is not announced yet. `at`: when it was, by its author's clock. */
export type FileView = {
  readonly id: string
  readonly seat: string
  readonly at: number | undefined
  readonly content: FileContent
  readonly state: FileState
}

const DAY_MS = 86_400_000

/** Said, or on the disk to be said. */
export const isAnnounced = ({ book, saidIds }: Desk, id: string): boolean =>
  saidIds.has(id) || book.outgoing.all().some((one) => one.id === id)

type FilePost = Post & { readonly file: FileContent }

/** Posts that are past their time take their files with them, from the screen before the vault. */
export const postsWithFiles = ({ book, clock }: Desk, committee: Committee): readonly FilePost[] => {
  const kept = expire(committee, clock() - shelfOf(book).posts * DAY_MS, clock())
  return kept.posts.filter((post): post is FilePost => post.file !== undefined)
}

export const listFiles = (desk: Desk, committee: Committee): readonly FileView[] => {
  const { book } = desk
  const posted = postsWithFiles(desk, committee).map(
    (post): FileView => ({
      id: post.id,
      seat: post.seat,
      at: post.at,
      content: post.file,
      state: stateOf(desk, post),
    }),
  )
  const onTheirWay = book.files.uploads.ids().filter((id) => !desk.saidIds.has(id))
  return [...posted, ...onTheirWay.flatMap((id) => sendingView(desk, id))]
}

const sendingView = ({ book }: Desk, id: string): readonly FileView[] => {
  const upload = book.files.uploads.get(id)
  if (!upload) return []
  const state = { is: 'sending' as const, parts: upload.witness.seq, place: upload.place }
  return [{ id, seat: book.own().seat, at: undefined, content: contentOf(upload), state }]
}

const stateOf = ({ book, clock }: Desk, { id, seat, file }: FilePost): FileState => {
  const download = book.files.downloads.get(id)
  const isOver = Math.floor(clock() / DAY_MS) > file.until
  if (download?.isHere) return { is: 'here', place: download.place }
  if (isOver) return { is: 'expired' }
  if (download) return { is: 'begun', parts: download.parts, place: download.place }
  return { is: seat === book.own().seat ? 'sent' : 'waiting' }
}
