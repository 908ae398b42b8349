/**
 * A file in pieces. Part n of a file is the log's entry n: full pieces of 262,104 bytes, the last one in the smallest bucket that holds it, filled
 * up with zeros. So the relay learns how many parts there are, and which of five sizes the last one has.
 *
 * What binds a part to its place is authenticated and not sent: log, number, and the file's exact size, from which the number of parts, the
 * length of each and which one is the last follow. So none can be moved, left out at the end, or brought from another file.
 * Not here: the whole file's hash, which is checked besides (download.ts).
 */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { bytes, encode, struct, u32, u48 } from '../../../shared/base/codec.ts'
import type { Blob } from '../../../shared/protocol/ids.ts'
import { BUCKETS } from '../../../shared/protocol/limits.ts'
import { PART_BYTES, partsOf } from '../committee/fileWords.ts'
import { AEAD_OVERHEAD_BYTES, openBox, sealBox } from '../crypto/aead.ts'
import type { FileLog } from './fileLog.ts'

/** Where part `number`, from 1, begins in the file. */
export const partOffset = (number: number): number => (number - 1) * PART_BYTES

/** Bytes of part `number` of a file of `size` bytes. */
export const partLength = (size: number, number: number): number =>
  Math.min(PART_BYTES, size - partOffset(number))

const place = struct({ log: bytes(24), number: u32, size: u48 })

const boundTo = ({ id, size }: FileLog, number: number): Uint8Array =>
  concat(utf8('file part/1'), encode(place, { log: id, number, size }))

const bucketFor = (length: number): number => {
  const bucket = BUCKETS.find((one) => length <= one - AEAD_OVERHEAD_BYTES)
  if (bucket === undefined) throw new Error('part too long')
  return bucket
}

const isPart = ({ size }: FileLog, number: number): boolean =>
  Number.isInteger(number) && number >= 1 && number <= partsOf(size)

/** Throws if the piece is not exactly that part's. Every call gives another blob, for the nonce is random: what was sealed twice tells nothing. */
export const sealPart = (log: FileLog, number: number, piece: Uint8Array): Blob => {
  if (!isPart(log, number) || piece.length !== partLength(log.size, number)) throw new Error('no such part')
  const padded = new Uint8Array(bucketFor(piece.length) - AEAD_OVERHEAD_BYTES)
  padded.set(piece)
  return sealBox(log.partKey, padded, boundTo(log, number)) as Blob
}

/** Undefined for whatever is not part `number` of this file in its one form. */
export const openPart = (log: FileLog, number: number, blob: Uint8Array): Uint8Array | undefined => {
  if (!isPart(log, number)) return undefined
  const length = partLength(log.size, number)
  if (blob.length !== bucketFor(length)) return undefined
  const padded = openBox(log.partKey, blob, boundTo(log, number))
  const isPadded = padded?.subarray(length).every((byte) => byte === 0)
  return isPadded ? padded?.subarray(0, length) : undefined
}
