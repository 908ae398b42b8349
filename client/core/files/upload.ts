/**
 * Sending a file, part by part. What is about to leave is in the vault before it does; each part asks for the head that the last one left
 * (if_head), so no part can stand twice, and a receipt that was lost on the way is recognised by the log's chain. One part is in flight.
 * Not here: the post that says where the file is, which follows when all of it is acknowledged (session/files.ts).
 */

import { sameBytes } from '../../../shared/base/bytes.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { randomBytes, sha256 } from '../../../shared/crypto/sodium.ts'
import type { SignedHead } from '../../../shared/protocol/chain.ts'
import type { Entry } from '../../../shared/protocol/frames.ts'
import type { Seq } from '../../../shared/protocol/ids.ts'
import type { FileContent } from '../committee/fileContent.ts'
import { lie } from '../relay/evidence.ts'
import { observePage, type Page } from '../relay/observe.ts'
import { newWitness } from '../relay/witness.ts'
import { contentOf, logOf, storedContent } from './announced.ts'
import { type Drawers, MAX_SENT, type Pieces, type Upload } from './drawer.ts'
import { FILE_SECRET_BYTES, type FileLog } from './fileLog.ts'
import { partLength, partOffset, sealPart } from './parts.ts'
import type { Source } from './ports.ts'
import { type Carrier, failed, failureOf, lied, persist, type TransferFailure } from './transfer.ts'

const DAY_MS = 86_400_000

/** What will be announced, with keys that nobody has seen. The first part can leave today. */
export const announcement = (file: Omit<FileContent, 'secret' | 'until'>, nowMs: number): FileContent => ({
  ...file,
  until: Math.floor(nowMs / DAY_MS) + file.life,
  secret: toHex(randomBytes(FILE_SECRET_BYTES)),
})

export const newUpload = (content: FileContent, place: string): Upload => ({
  content: storedContent(content),
  place,
  witness: newWitness(logOf(content).access),
  sent: [],
})

type Sending = {
  readonly carrier: Carrier
  readonly source: Source
  readonly content: FileContent
  readonly log: FileLog
  readonly keep: (change: Partial<Upload>) => Promise<void>
  readonly now: () => Upload
  /** What each part has to be. */
  readonly pieces: Pieces
}

/** All parts that are missing. What comes back ok is acknowledged whole, and is to the last bit what will be announced. */
export const sendParts = async (
  carrier: Carrier,
  drawers: Pick<Drawers, 'uploads' | 'pieces'>,
  id: string,
  source: Source,
): Promise<Result<FileContent, TransferFailure>> => {
  const begun = await begin(carrier, drawers, id, source)
  if (!begun.ok) return begun
  const sending = begun.value
  const sent = await persist(carrier, (persistent) => sendFrom({ ...sending, carrier: persistent }))
  return sent.ok ? ok(sending.content) : sent
}

/** A file whose first parts the relay drops today is sent anew, under new keys: nobody knows the old ones. */
const begin = async (
  carrier: Carrier,
  { uploads, pieces: allPieces }: Pick<Drawers, 'uploads' | 'pieces'>,
  id: string,
  source: Source,
): Promise<Result<Sending, TransferFailure>> => {
  const stored = uploads.get(id)
  const pieces = allPieces.get(id)
  if (!stored || !pieces) throw new Error('no such upload')
  const isStale = Math.floor(carrier.clock() / DAY_MS) >= contentOf(stored).until
  let upload = isStale ? newUpload(announcement(contentOf(stored), carrier.clock()), stored.place) : stored
  const content = contentOf(upload)
  if (source.size !== content.size) return failed('changed')
  const sending: Sending = {
    carrier,
    source,
    content,
    log: logOf(content),
    keep: (change) => {
      upload = { ...upload, ...change }
      return uploads.put(id, upload)
    },
    now: () => upload,
    pieces,
  }
  if (isStale) await sending.keep({})
  return ok(sending)
}

const sendFrom = async (sending: Sending): Promise<Result<undefined, TransferFailure>> => {
  const { carrier, content } = sending
  const found = await findPlace(sending)
  if (!found.ok) return found
  for (;;) {
    const parts = sending.now().witness.seq
    carrier.onProgress({ parts, of: content.parts })
    if (parts === content.parts) return ok(undefined)
    if (carrier.isStopped()) return failed('stopped')
    const sent = await sendPart(sending, parts + 1)
    if (!sent.ok) return sent
  }
}

/** What the relay has, by its own word for it. A log that holds parts and is gone is not made again: it would be another. */
const findPlace = async (sending: Sending): Promise<Result<undefined, TransferFailure>> => {
  const { carrier, log, now } = sending
  const isNew = now().witness.seq === 0 && now().sent.length === 0
  const made = isNew ? await carrier.relay.create(log.access) : ok(undefined)
  // Whoever may not make a log is told the same as whoever looks for one that is not there.
  if (!made.ok)
    return made.error.type === 'none' ? failed('refused') : { ok: false, error: failureOf(made.error) }
  const opened = await carrier.relay.open(log.access, ['writer'])
  if (!opened.ok && opened.error.type === 'none' && now().witness.seq === 0) return makeAgain(sending)
  return opened.ok ? settle(sending, opened.value) : { ok: false, error: failureOf(opened.error) }
}

/** Made, and dropped because nothing came for two days (L6); whatever was sent to it never arrived. */
const makeAgain = async ({ carrier, log }: Sending): Promise<Result<undefined, TransferFailure>> => {
  const made = await carrier.relay.create(log.access)
  return made.ok ? ok(undefined) : { ok: false, error: failureOf(made.error) }
}

/** A head that was asked for: the log as we know it, or with the one part more whose receipt was lost. */
const settle = async (sending: Sending, head: SignedHead): Promise<Result<undefined, TransferFailure>> => {
  const { witness, sent } = sending.now()
  const seq = witness.seq + 1
  const page = { log: witness.log, head, floor: witness.seq }
  if (head.head !== seq)
    return head.head > seq ? lied(lie('bad_chain')) : take(sending, { ...page, entries: [] })
  for (const hash of sent) {
    const taken = await take(sending, { ...page, entries: [entryOf(seq, hash)] })
    if (taken.ok) return taken
  }
  return lied(lie('bad_chain'))
}

const take = async (sending: Sending, page: Page): Promise<Result<undefined, TransferFailure>> => {
  const observed = observePage(sending.now().witness, sending.carrier.signingKey, page)
  if (!observed.ok) return lied(observed.error)
  const { witness, entries } = observed.value
  await sending.keep(entries.length > 0 ? { witness, sent: [] } : { witness })
  return ok(undefined)
}

const readPart = async (
  { source, content, pieces }: Sending,
  number: number,
): Promise<Result<Uint8Array, TransferFailure>> => {
  const length = partLength(content.size, number)
  const piece = await source.read(partOffset(number), length)
  const meant = pieces[number - 1]
  return piece && meant && sameBytes(sha256(piece), meant) ? ok(piece) : failed('changed')
}

const sendPart = async (sending: Sending, number: number): Promise<Result<undefined, TransferFailure>> => {
  const { carrier, content, log, now, keep } = sending
  const piece = await readPart(sending, number)
  if (!piece.ok) return piece
  const blob = sealPart(log, number, piece.value)
  const hash = sha256(blob)
  await keep({ sent: [...now().sent, hash].slice(-MAX_SENT) })
  const { seq, chain } = now().witness
  const options = { lifeDays: content.life, after: { seq, chain } }
  const receipt = await carrier.relay.append(log.access, blob, options)
  if (receipt.ok)
    return take(sending, { log: log.id, entries: [entryOf(seq + 1, hash)], head: receipt.value, floor: seq })
  if (receipt.error.type === 'conflict') return settle(sending, receipt.error.head)
  return { ok: false, error: failureOf(receipt.error) }
}

/** As its hash: it was hashed already, and hashing is most of the work. */
const entryOf = (seq: number, hash: Uint8Array): Entry => ({
  seq: seq as Seq,
  content: { type: 'hash', hash },
  writer: undefined,
})
