/**
 * Fetching a file, part by part, into a place that keeps what is verified. The relay's witness watches as everywhere (protocol.md 4.7), each
 * part opens in its own place only, and the file gets its name when the hash of the whole is the one that was announced. Two parts are in memory.
 */
import { ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import type { FileContent } from '../committee/fileContent.ts'
import { type Digesting, startDigest } from '../crypto/hash.ts'
import type { VerifiedEntry } from '../relay/observe.ts'
import { newWitness } from '../relay/witness.ts'
import { logOf } from './announced.ts'
import type { Download, Drawer } from './drawer.ts'
import type { FileLog } from './fileLog.ts'
import { openPart, partLength, partOffset } from './parts.ts'
import type { Sink } from './ports.ts'
import { type Carrier, failed, failureOf, persist, type TransferFailure } from './transfer.ts'

const DAY_MS = 86_400_000

type Fetching = {
  readonly carrier: Carrier
  readonly sink: Sink
  readonly content: FileContent
  readonly log: FileLog
  readonly digest: Digesting
  readonly now: () => Download
  readonly keep: (change: Partial<Download>) => Promise<void>
}

export const fetchFile = async (
  carrier: Carrier,
  downloads: Drawer<Download>,
  { id, content }: { readonly id: string; readonly content: FileContent },
  sink: Sink,
): Promise<Result<undefined, TransferFailure>> => {
  const log = logOf(content)
  const digest = startDigest()
  const known = downloads.get(id)
  const isThere = known?.place === sink.place && (await digestKept(sink, log, known.parts, digest))
  let download = isThere && known ? known : freshDownload(log, sink)
  const fetching: Fetching = {
    carrier,
    sink,
    content,
    log,
    digest: isThere ? digest : startDigest(),
    now: () => download,
    keep: (change) => {
      download = { ...download, ...change }
      return downloads.put(id, download)
    },
  }
  const fetched = await persist(carrier, (persistent) => fetchFrom({ ...fetching, carrier: persistent }))
  if (!fetched.ok) return fetched
  if (toHex(fetching.digest.digest()) !== content.sha256) {
    await downloads.drop([id])
    return failed('spoiled')
  }
  const failure = await sink.finish()
  if (failure) return failed(failure)
  await fetching.keep({ isHere: true })
  return ok(undefined)
}

const freshDownload = (log: FileLog, sink: Sink): Download => ({
  place: sink.place,
  parts: 0,
  witness: newWitness(log.access),
  isHere: false,
})

/** The parts that are there already, or false if they cannot be read: then it begins again. */
const digestKept = async (sink: Sink, log: FileLog, parts: number, digest: Digesting): Promise<boolean> => {
  for (let number = 1; number <= parts; number++) {
    const piece = await sink.read(partOffset(number), partLength(log.size, number))
    if (!piece) return false
    digest.update(piece)
  }
  return true
}

const fetchFrom = async (fetching: Fetching): Promise<Result<undefined, TransferFailure>> => {
  const { carrier, content, now } = fetching
  while (now().parts < content.parts) {
    if (carrier.isStopped()) return failed('stopped')
    const fetched = await fetchPage(fetching)
    if (!fetched.ok) return fetched
    carrier.onProgress({ parts: now().parts, of: content.parts })
  }
  return ok(undefined)
}

const fetchPage = async (fetching: Fetching): Promise<Result<undefined, TransferFailure>> => {
  const { carrier, content, log, now } = fetching
  const pulled = await carrier.relay.pull(log.access, now().witness)
  if (!pulled.ok) return { ok: false, error: unlessExpired(fetching, failureOf(pulled.error)) }
  const { witness, entries, atHead } = pulled.value
  const written = await takeParts(fetching, entries)
  if (!written.ok) return written
  await fetching.keep({ witness, parts: written.value })
  return atHead && written.value < content.parts
    ? { ok: false, error: unlessExpired(fetching, { type: 'missing' }) }
    : ok(undefined)
}

/** After its days a log is gone, and a member who still has its keys could make it again, empty: neither is the relay's fault (L6). */
const unlessExpired = (fetching: Fetching, failure: TransferFailure): TransferFailure => {
  const isOver = today(fetching) > fetching.content.until
  const isLoss = failure.type === 'missing' || (failure.type === 'lie' && failure.lie.kind === 'rollback')
  return isOver && isLoss ? { type: 'expired' } : failure
}

const today = ({ carrier }: Fetching): number => Math.floor(carrier.clock() / DAY_MS)

/** All of a page or nothing of it; how many parts are there now. */
const takeParts = async (
  fetching: Fetching,
  entries: readonly VerifiedEntry[],
): Promise<Result<number, TransferFailure>> => {
  const opened = openAll(fetching, entries)
  if (!opened.ok) return opened
  let parts = fetching.now().parts
  for (const piece of opened.value) {
    const failure = await fetching.sink.write(partOffset(parts + 1), piece)
    if (failure) return failed(failure)
    parts++
  }
  for (const piece of opened.value) fetching.digest.update(piece)
  return ok(parts)
}

/** What stands behind the last part is nobody's. */
const openAll = (
  fetching: Fetching,
  entries: readonly VerifiedEntry[],
): Result<readonly Uint8Array[], TransferFailure> => {
  const { content, log } = fetching
  const pieces: Uint8Array[] = []
  for (const { seq, blob } of entries.filter((entry) => entry.seq <= content.parts)) {
    // Author and relay may be a day apart.
    if (!blob) return failed(today(fetching) >= content.until ? 'expired' : 'missing')
    const piece = openPart(log, seq, blob)
    if (!piece) return failed('spoiled')
    pieces.push(piece)
  }
  return ok(pieces)
}
