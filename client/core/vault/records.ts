/**
 * One record of a vault: a transaction, encoded, padded and locked under the key of its era. The place of a record
 * is authenticated with it, so that records cannot be swapped, dropped from the middle, repeated or brought
 * from another file. Not here: where records are kept (ports.ts), what they add up to (contents.ts).
 */
import {
  bytes,
  decode,
  encode,
  list,
  option,
  struct,
  text,
  u32,
  u48,
  varBytes,
} from '../../../shared/base/codec.ts'
import { AEAD_OVERHEAD_BYTES, openBox, sealBox } from '../crypto/aead.ts'
import { wipe } from '../crypto/wipe.ts'
import type { Era } from './header.ts'
import { FRAME_BYTES, SECTOR_BYTES } from './ports.ts'

/** `undefined` deletes. */
export type Change = { readonly key: string; readonly value: Uint8Array | undefined }

/** Bytes of UTF-8 in a key. */
const MAX_KEY_BYTES = 255
/** Bytes of a value: the state of a group of a thousand devices is 10 MB. */
const MAX_VALUE_BYTES = 32 * 1024 * 1024
/** Bytes of an encoded transaction. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
/** Changes in a transaction: what a u16 counts. */
export const MAX_CHANGES = 65_535

const changes = list(
  struct({ key: text(MAX_KEY_BYTES), value: option(varBytes(MAX_VALUE_BYTES)) }),
  MAX_CHANGES,
)
const place = struct({ fileId: bytes(16), generation: u48, number: u32 })

/** Of the length in front of a body. */
const LENGTH_BYTES = 4

/** Throws when a key, a value or the whole is too large. */
export const encodeChanges = (list: readonly Change[]): Uint8Array => {
  const body = encode(changes, list)
  if (body.length > MAX_BODY_BYTES) throw new Error('transaction too large')
  return body
}

/** `number` counts the records of the era from 0. */
export const sealRecord = (era: Era, number: number, body: Uint8Array): Uint8Array => {
  const plaintext = new Uint8Array(recordBytes(body.length) - AEAD_OVERHEAD_BYTES)
  plaintext.set(encode(u32, body.length))
  plaintext.set(body, LENGTH_BYTES)
  const record = sealBox(era.key, plaintext, encode(place, { ...era, number }))
  wipe(plaintext)
  return record
}

/** Undefined for anything that `sealRecord` did not make for this place. */
export const openRecord = (era: Era, number: number, record: Uint8Array): readonly Change[] | undefined => {
  const plaintext = openBox(era.key, record, encode(place, { ...era, number }))
  if (plaintext === undefined || plaintext.length < LENGTH_BYTES) return undefined
  const length = decode(u32, plaintext.subarray(0, LENGTH_BYTES))
  const body = length.ok
    ? decode(changes, plaintext.subarray(LENGTH_BYTES, LENGTH_BYTES + length.value))
    : length
  wipe(plaintext)
  return body.ok ? body.value : undefined
}

/** Length of the record of a body: whole sectors with the frame, and their number rounded by `padme`. */
export const recordBytes = (bodyBytes: number): number =>
  padme(Math.ceil((FRAME_BYTES + AEAD_OVERHEAD_BYTES + LENGTH_BYTES + bodyBytes) / SECTOR_BYTES)) *
    SECTOR_BYTES -
  FRAME_BYTES

/**
 * The next number whose lower bits are zero, as many as its length of n bits leaves beside the log2(n) + 1 upper
 * ones: lengths then tell O(log log n) bits and cost at most 12 % (Nikitin and others, PURBs, 2019).
 */
const padme = (n: number): number => {
  const exponent = Math.floor(Math.log2(n))
  const kept = exponent === 0 ? 0 : Math.floor(Math.log2(exponent)) + 1
  const step = 2 ** Math.max(0, exponent - kept)
  return Math.ceil(n / step) * step
}
