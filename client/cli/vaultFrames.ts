/**
 * Records as frames in a file, and which damage at the end of a file is a crash. A frame fills whole disk sectors,
 * so that writing one never touches another:
 *
 *     "tcvf" | u32 length | 8 check | record | 0xff up to the end of the sector
 *
 * The check (SHA-256 over length and place) finds frames again; what is in them is authenticated by the vault.
 * Not here: files (vaultFile.ts).
 */

import { bigEndian, concat, sameBytes, utf8 } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'
import { FRAME_BYTES, SECTOR_BYTES } from '../core/vault/ports.ts'

/** `end`: where the next frame goes. What stands behind it was being written when the power went. */
export type Frames = { readonly records: readonly Uint8Array[]; readonly end: number }

/** `at` in bytes from the start of the file, a multiple of SECTOR_BYTES. */
export const encodeFrame = (record: Uint8Array, at: number): Uint8Array => {
  const frame = new Uint8Array(frameBytes(record.length)).fill(FILL)
  frame.set(headOf(record.length, at))
  frame.set(record, FRAME_BYTES)
  return frame
}

/** The records are views into `file`. */
export const readFrames = (file: Uint8Array): Result<Frames, 'not_a_vault' | 'damaged'> => {
  if (!sameBytes(file.subarray(0, MAGIC.length), MAGIC)) return err('not_a_vault')
  const records: Uint8Array[] = []
  let end = 0
  while (end < file.length) {
    const record = recordAt(file, end)
    if (record === undefined) break
    records.push(record)
    end += frameBytes(record.length)
  }
  const isSound = end === file.length || (end > 0 && isTorn(file, end))
  return isSound ? ok({ records, end }) : err('damaged')
}

const MAGIC = utf8('tcvf')
const FILL = 0xff
const CHECK_BYTES = 8

const headOf = (length: number, at: number): Uint8Array => {
  const place = concat(MAGIC, bigEndian(length, 4))
  return concat(place, sha256(place, bigEndian(at / SECTOR_BYTES, 4)).subarray(0, CHECK_BYTES))
}

/** The length in a sound head; undefined where no frame begins. */
const lengthAt = (file: Uint8Array, at: number): number | undefined => {
  const head = file.subarray(at, at + FRAME_BYTES)
  if (head.length < FRAME_BYTES || !sameBytes(head.subarray(0, MAGIC.length), MAGIC)) return undefined
  const length = head.subarray(4, 8).reduce((value, byte) => value * 256 + byte, 0)
  return sameBytes(head, headOf(length, at)) ? length : undefined
}

const recordAt = (file: Uint8Array, at: number): Uint8Array | undefined => {
  const length = lengthAt(file, at)
  if (length === undefined) return undefined
  const end = at + FRAME_BYTES + length
  const next = at + frameBytes(length)
  if (next > file.length || (next === file.length && hasHole(file, at))) return undefined
  const isFilled = file.subarray(end, next).every((byte) => byte === FILL)
  return isFilled ? file.subarray(at + FRAME_BYTES, end) : undefined
}

/**
 * A crash leaves the last frame cut off, or whole sectors of it as zeros, which file systems show for space that was
 * promised and not yet written. Nothing can stand behind it, because the next write waits for this one. Anything
 * else is damage to something that was acknowledged.
 */
const isTorn = (file: Uint8Array, from: number): boolean =>
  (isCut(file, from) || hasHole(file, from)) && !hasFrameAfter(file, from)

const isCut = (file: Uint8Array, from: number): boolean => {
  const length = lengthAt(file, from)
  return file.length - from < (length === undefined ? FRAME_BYTES : frameBytes(length))
}

const hasHole = (file: Uint8Array, from: number): boolean =>
  sectorsOf(file, from).some((sector) => sector.every((byte) => byte === 0))

const hasFrameAfter = (file: Uint8Array, from: number): boolean =>
  sectorsOf(file, from).some((_, i) => i > 0 && lengthAt(file, from + i * SECTOR_BYTES) !== undefined)

const sectorsOf = (file: Uint8Array, from: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil((file.length - from) / SECTOR_BYTES) }, (_, i) =>
    file.subarray(from + i * SECTOR_BYTES, from + (i + 1) * SECTOR_BYTES),
  )

/** Head, record and filling. */
const frameBytes = (recordBytes: number): number =>
  Math.ceil((FRAME_BYTES + recordBytes) / SECTOR_BYTES) * SECTOR_BYTES
