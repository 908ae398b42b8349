/** Names of things on the wire, as types. Made only where they are decoded or derived. */
import type { Brand } from '../base/brand.ts'
import { bytes, type Codec, mapped, u32 } from '../base/codec.ts'
import { toHex } from '../base/text.ts'

/** 24 bytes, derived from the policy (L1). A capability to nothing, but it links: never in a log line. */
export type LogId = Brand<Uint8Array, 'LogId'>
/** Position of an entry in its log, from 1. */
export type Seq = Brand<number, 'Seq'>
/** Seq of the newest entry, 0 for an empty log. */
export type Head = Brand<number, 'Head'>
/** 32 bytes that stand for a whole log up to a seq (L5). */
export type Chain = Brand<Uint8Array, 'Chain'>
/** A sealed entry as the relay sees it: as long as a bucket, and nothing else is known of it. */
export type Blob = Brand<Uint8Array, 'Blob'>
/** Whole days since 1970-01-01 UTC: the only clock value that the relay stores. */
export type Day = Brand<number, 'Day'>
/** Which of a log's two key lists a connection proves a key of. */
export type Role = 'reader' | 'writer'

export const LOG_ID_BYTES = 24

const branded = <T, B extends T>(inner: Codec<T>): Codec<B> =>
  mapped(
    inner,
    (value) => value as B,
    (value) => value,
  )

export const logId: Codec<LogId> = branded<Uint8Array, LogId>(bytes(LOG_ID_BYTES))
export const chain: Codec<Chain> = branded<Uint8Array, Chain>(bytes(32))
export const head: Codec<Head> = branded<number, Head>(u32)
export const seq: Codec<Seq> = mapped(
  u32,
  (value) => (value === 0 ? undefined : (value as Seq)),
  (value) => value,
)

/** For a map key in memory. */
export const logKey = (id: LogId): string => toHex(id)
