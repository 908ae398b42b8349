/**
 * What a log is, fixed for its whole life: who may read and write, how long it lives, how much it holds.
 * Its id is the hash of this (SPEC.md L1), so that nobody, the relay included, can change any of it.
 */

import { utf8 } from '../base/bytes.ts'
import { bytes, type Codec, encode, flag, mapped, oneByteOf, struct, u8, type Value } from '../base/codec.ts'
import { sha256 } from '../crypto/sodium.ts'
import { LOG_ID_BYTES, type LogId } from './ids.ts'
import { CAPS, MAX_BLOB_BYTES, MAX_KEYS, TTL_DAYS } from './limits.ts'

/** A u8 count and that many SHA-256 hashes of Ed25519 public keys. */
const keyHashes: Codec<readonly Uint8Array[]> = {
  write: (writer, hashes) => {
    if (hashes.length > MAX_KEYS) throw new Error(`more than ${MAX_KEYS} keys`)
    u8.write(writer, hashes.length)
    for (const hash of hashes) bytes(32).write(writer, hash)
  },
  read: (reader) => {
    const count = u8.read(reader)
    const hashes: Uint8Array[] = []
    while (hashes.length < count && !reader.failed) hashes.push(bytes(32).read(reader))
    return hashes
  },
}

/** L1. `wake` 1: flagged entries ask for the bell. `writerSigned`: entries carry a writer's signature. */
const fields = struct({
  version: oneByteOf([1]),
  ttlDays: oneByteOf(TTL_DAYS),
  cap: oneByteOf([0, 1, 2]),
  wake: oneByteOf([0, 1]),
  writerSigned: flag,
  readers: keyHashes,
  writers: keyHashes,
})

export type Policy = Value<typeof fields>

/** L1: a policy without a reader or without a writer is refused, nobody could use it. */
export const policy: Codec<Policy> = mapped(
  fields,
  (value) => (value.readers.length > 0 && value.writers.length > 0 ? value : undefined),
  (value) => value,
)

export const encodePolicy = (value: Policy): Uint8Array => encode(policy, value)

/** Bytes of the largest policy. */
export const MAX_POLICY_BYTES = 5 + 2 * (1 + 32 * MAX_KEYS)

/** L1: SHA-256("epochlog id" || policy), first 24 bytes. */
export const logIdOf = (encodedPolicy: Uint8Array): LogId =>
  sha256(utf8('epochlog id'), encodedPolicy).slice(0, LOG_ID_BYTES) as LogId

/** L4: full as soon as one more blob of the largest size might not fit; so `full` follows from the two counts alone. */
export const isFull = (cap: Policy['cap'], head: number, storedBytes: number): boolean =>
  head >= CAPS[cap].entries || storedBytes + MAX_BLOB_BYTES > CAPS[cap].bytes

/** L9: what each writer key may fill of a log whose entries name their writer; undefined where writers have no shares. */
export const shareOf = ({
  cap,
  writerSigned,
  writers,
}: Policy): { readonly entries: number; readonly bytes: number } | undefined =>
  writerSigned && writers.length > 1
    ? {
        entries: Math.floor(CAPS[cap].entries / writers.length),
        bytes: Math.floor((CAPS[cap].bytes - MAX_BLOB_BYTES) / writers.length),
      }
    : undefined
