/**
 * Every frame that crosses the socket, once; types, encoder and decoder are read off these. One frame is one binary
 * websocket message. `ref` is the client's number for a request, and its answer carries it back; ref 0 marks what a
 * watch delivers. Rules with numbers: SPEC.md section F.
 */
import {
  bytes,
  type Codec,
  decode,
  encode,
  list,
  mapped,
  oneByteOf,
  option,
  struct,
  u8,
  u16,
  u32,
  type Value,
  varBytes,
  variant,
} from '../base/codec.ts'
import type { Result } from '../base/result.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../crypto/sodium.ts'
import type { AdmissionSecret, Challenge } from './access.ts'
import { signedHead } from './chain.ts'
import { cancelHashes, depositName, needed, waitSeconds } from './deposit.ts'
import { type Blob, head, logId, type Role, seq } from './ids.ts'
import { MAX_BLOB_BYTES, MAX_DEPOSIT_BYTES, MAX_PADDING_BYTES, MAX_PAGE_ENTRIES, TTL_DAYS } from './limits.ts'
import { MAX_POLICY_BYTES } from './policy.ts'
import { refusal } from './refusals.ts'

/** The version that a GREETING names (F1). */
export const WIRE_VERSION = 1

const role: Codec<Role> = mapped(
  oneByteOf([1, 2]),
  (value) => (value === 1 ? 'reader' : 'writer'),
  (value) => (value === 'reader' ? 1 : 2),
)

const blobUpTo = (max: number): Codec<Blob> =>
  mapped(
    varBytes(max),
    (value) => value as Blob,
    (value) => value,
  )
const blob = blobUpTo(MAX_BLOB_BYTES)

/** A writer's place in the policy's list, and its signature over id and blob hash (L7). */
const writerSignature = struct({ index: u8, signature: bytes(SIGNATURE_BYTES) })

/** Client to relay. */
export const request = variant({
  create: [
    1,
    struct({ ref: u32, policy: varBytes(MAX_POLICY_BYTES), admission: bytes(32), work: option(u32) }),
  ],
  open: [
    2,
    struct({
      ref: u32,
      log: logId,
      role,
      publicKey: bytes(PUBLIC_KEY_BYTES),
      signature: bytes(SIGNATURE_BYTES),
    }),
  ],
  append: [
    3,
    struct({
      ref: u32,
      log: logId,
      lifeDays: oneByteOf(TTL_DAYS),
      ifHead: option(head),
      alert: oneByteOf([0, 1]),
      writer: option(writerSignature),
      blob,
    }),
  ],
  read: [4, struct({ ref: u32, log: logId, from: seq, max: u16 })],
  watch: [5, struct({ ref: u32, log: logId, from: seq })],
  unwatch: [6, struct({ ref: u32, log: logId })],
  ping: [7, struct({ ref: u32, padding: varBytes(MAX_PADDING_BYTES) })],
  deposit: [
    8,
    struct({
      ref: u32,
      log: logId,
      lifeDays: oneByteOf(TTL_DAYS),
      waitSeconds,
      needed,
      cancelHashes,
      writer: option(writerSignature),
      blob: blobUpTo(MAX_DEPOSIT_BYTES),
    }),
  ],
  cancel: [9, struct({ ref: u32, log: logId, deposit: depositName, token: bytes(32) })],
})

export type Request = Value<typeof request>

/** E4: the sealed blob, or its SHA-256 once the blob has expired. */
const content = variant({
  blob: [0, struct({ blob })],
  hash: [1, struct({ hash: bytes(32) })],
})

const entry = struct({ seq, content, writer: option(writerSignature) })

/** Relay to client. */
export const event = variant({
  greeting: [
    128,
    struct({
      version: u8,
      challenge: mapped(
        bytes(32),
        (value) => value as Challenge,
        (value) => value,
      ),
    }),
  ],
  ok: [129, struct({ ref: u32 })],
  opened: [
    130,
    struct({
      ref: u32,
      head: signedHead,
      admission: mapped(
        bytes(32),
        (value) => value as AdmissionSecret,
        (value) => value,
      ),
    }),
  ],
  receipt: [131, struct({ ref: u32, head: signedHead })],
  entries: [132, struct({ ref: u32, log: logId, entries: list(entry, MAX_PAGE_ENTRIES), head: signedHead })],
  pong: [133, struct({ ref: u32, padding: varBytes(MAX_PADDING_BYTES) })],
  refused: [134, struct({ ref: u32, refusal })],
})

export type Event = Value<typeof event>
export type Entry = Value<typeof entry>
export type WriterSignature = Value<typeof writerSignature>

export const encodeRequest = (value: Request): Uint8Array => encode(request, value)
export const encodeEvent = (value: Event): Uint8Array => encode(event, value)
export const decodeRequest = (frame: Uint8Array): Result<Request, 'malformed'> => decode(request, frame)
export const decodeEvent = (frame: Uint8Array): Result<Event, 'malformed'> => decode(event, frame)
