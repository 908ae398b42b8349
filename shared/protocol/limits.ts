/** Sizes and times of the wire. A client that stays inside these is never cut off. Rule numbers: SPEC.md. */

/** The five sizes, in bytes, that a blob may have (E3). A size tells at most which of five it is. */
export const BUCKETS = [1024, 4096, 16_384, 65_536, 262_144] as const

/** Bytes of the largest blob. */
export const MAX_BLOB_BYTES = 262_144

/** Bytes that an APPEND adds around its blob, at most: frames stay within a bucket plus a header (F3). */
export const MAX_HEADER_BYTES = 160

/** Bytes of the largest frame a client may send. */
export const MAX_REQUEST_BYTES = MAX_BLOB_BYTES + MAX_HEADER_BYTES

/** Entries in one ENTRIES frame, at most. */
export const MAX_PAGE_ENTRIES = 256

/** Blob bytes after which the relay ends an ENTRIES frame; one more blob may overshoot it. */
export const PAGE_BYTES = 524_288

/** Bytes of padding that a PING may carry and its PONG returns. */
export const MAX_PADDING_BYTES = 4096

/** Days: the classes of life of a log after its last append, and of an entry (L2). */
export const TTL_DAYS = [1, 7, 45] as const
export type TtlDays = (typeof TTL_DAYS)[number]

/** Days after which a log that nobody wrote to is dropped (L6). */
export const EMPTY_LOG_DAYS = 2

/** Caps of a log by class (L3). Full is for ever. */
export const CAPS = [
  { bytes: 1 << 20, entries: 200 },
  { bytes: 64 << 20, entries: 20_000 },
  { bytes: 256 << 20, entries: 50_000 },
] as const

/** Key hashes in a reader or writer list, at most: a bulletin's 256 writers fit one byte less one. */
export const MAX_KEYS = 255

/** Leading zero bits that BUSY may ask for, at most: about a second of work on an old phone at 18. */
export const MAX_POW_BITS = 24

/** Deposits that may wait in one log, for each of its writer keys (T3). */
export const MAX_DEPOSITS = 16

/** Hashes of cancel tokens in every deposit, so that their number says nothing (T1). */
export const CANCEL_HASHES = 32

/** Seconds that a deposit may wait, at most (T1). */
export const MAX_WAIT_SECONDS = 86_400

/** Bytes of the largest blob that may be deposited: a frame stays within what an APPEND may have (T1). */
export const MAX_DEPOSIT_BYTES = 65_536
