/**
 * The files of a committee on one device: sent beside everything else, on connections of their own, and announced by a post when they are whole. Only
 * that post waits its turn with what the committee says. Not here: how a file is carried (client/core/files).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { Committee } from '../committee/committee.ts'
import { checkContent, encodeContent } from '../committee/content.ts'
import type { FileContent } from '../committee/fileContent.ts'
import { MAX_FILE_BYTES, PART_BYTES, partsOf } from '../committee/fileWords.ts'
import { startDigest } from '../crypto/hash.ts'
import { fetchFile } from '../files/download.ts'
import type { Pieces } from '../files/drawer.ts'
import type { Sink, Source } from '../files/ports.ts'
import { announcement, newUpload, sendParts } from '../files/upload.ts'
import { newId } from '../governance/ids.ts'
import type { Turns } from '../vault/turns.ts'
import { type CarryFailure, type Carrying, createCarrying, type Watched } from './carrying.ts'
import { type FileView, isAnnounced, listFiles, postsWithFiles } from './fileList.ts'
import { queue } from './outbox.ts'
import type { Keeper } from './upkeep.ts'
import type { World } from './world.ts'

/** What somebody says about a file; all else follows from its bytes. */
export type FileDraft = Pick<FileContent, 'kind' | 'name' | 'media' | 'life' | 'words' | 'replyTo'>

export type PrepareFailure = 'empty' | 'too_large' | 'unreadable' | 'not_member' | { readonly field: string }

export type SendFailure = CarryFailure | 'not_member' | 'no_such_file'

export type Files = {
  /** Oldest first, those still on their way last. */
  readonly list: () => readonly FileView[]
  /** Reads all of it once and writes down what is to be done; nothing is sent yet. Its id. */
  readonly prepare: (draft: FileDraft, source: Source) => Promise<Result<string, PrepareFailure>>
  /** Sends what is missing, then the post; `waiting` if the post could not be sent yet and follows by itself. */
  readonly send: (
    id: string,
    source: Source,
    watched?: Watched,
  ) => Promise<Result<'sent' | 'waiting', SendFailure>>
  /** Forgets a file that was not announced. What is at the relay is of no use to anybody and is gone after its days. */
  readonly cancel: (id: string) => Promise<Result<undefined, 'no_such_file' | 'announced'>>
  readonly fetch: (
    id: string,
    sink: Sink,
    watched?: Watched,
  ) => Promise<Result<undefined, CarryFailure | 'no_such_file'>>
  /** Ends what is under way; it goes on another time. */
  readonly stop: () => void
}

type Around = {
  readonly keeper: Keeper
  readonly world: World
  readonly turns: Turns
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<'sent' | 'waiting'>
  /** What was said, folded. */
  readonly committee: () => Committee
}
type Own = Around & { readonly carrying: Carrying }

export const createFiles = (around: Around): Files => {
  const own: Own = { ...around, carrying: createCarrying(around) }
  const { keeper } = own
  const { uploads, downloads, pieces } = keeper.book.files
  return {
    list: () => listFiles(keeper, own.committee()),
    prepare: (draft, source) => prepare(own, draft, source),
    send: async (id, source, watched) => {
      if (!own.isMember()) return err('not_member')
      if (!uploads.get(id)) return err('no_such_file')
      if (isAnnounced(keeper, id)) return announce(own, id, undefined)
      const sent = await own.carrying.carry({ id, watched }, uploads, (carrier, drawer) =>
        sendParts(carrier, { uploads: drawer, pieces }, id, source),
      )
      return sent.ok ? announce(own, id, sent.value) : sent
    },
    cancel: async (id) => {
      if (!uploads.get(id)) return err('no_such_file')
      if (isAnnounced(keeper, id)) return err('announced')
      own.carrying.stop(id)
      await uploads.drop([id])
      return ok(undefined)
    },
    fetch: async (id, sink, watched) => {
      const content = postsWithFiles(keeper, own.committee()).find((post) => post.id === id)?.file
      if (!content) return err('no_such_file')
      return own.carrying.carry({ id, watched }, downloads, (carrier, drawer) =>
        fetchFile(carrier, drawer, { id, content }, sink),
      )
    },
    stop: own.carrying.stopAll,
  }
}

const prepare = async (
  { keeper, isMember }: Own,
  draft: FileDraft,
  source: Source,
): Promise<Result<string, PrepareFailure>> => {
  const { size } = source
  if (!isMember()) return err('not_member')
  if (size < 1) return err('empty')
  if (size > MAX_FILE_BYTES) return err('too_large')
  const digests = await digestsOf(source)
  if (digests === undefined) return err('unreadable')
  const file = { ...draft, type: 'file' as const, size, parts: partsOf(size), sha256: digests.whole }
  const checked = checkContent(announcement(file, keeper.clock()))
  if (!checked.ok) return checked
  const id = newId<string>(keeper.random)
  await keeper.book.files.begin(id, newUpload(checked.value, source.place), digests.pieces)
  return ok(id)
}

const digestsOf = async ({
  size,
  read,
}: Source): Promise<{ readonly whole: string; readonly pieces: Pieces } | undefined> => {
  const whole = startDigest()
  const pieces: Uint8Array[] = []
  for (let at = 0; at < size; at += PART_BYTES) {
    const piece = await read(at, Math.min(PART_BYTES, size - at))
    if (!piece) return undefined
    whole.update(piece)
    pieces.push(sha256(piece))
  }
  return { whole: toHex(whole.digest()), pieces }
}

/** Once: the post has the id that its file had from the beginning. `content` undefined if it was said before. */
const announce = (
  own: Own,
  id: string,
  content: FileContent | undefined,
): Promise<Result<'sent' | 'waiting', SendFailure>> =>
  own.turns.next(async () => {
    const { keeper } = own
    if (!own.isMember()) return err('not_member')
    if (content && !isAnnounced(keeper, id))
      queue(keeper, { type: 'content', content: encodeContent(content) }, id)
    const is = await own.sendNow()
    if (is === 'sent') await keeper.book.files.uploads.drop([id])
    return ok(is)
  })
