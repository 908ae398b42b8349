/**
 * Sealed entries that the relay appends by itself when their time is over, unless enough members take them back (SPEC.md
 * section T). The relay knows how long and how many, never who or why. Not here: the frames (frames.ts).
 */
import type { Brand } from '../base/brand.ts'
import { bigEndian, concat, utf8 } from '../base/bytes.ts'
import { bytes, type Codec, mapped, oneByteOf, u32 } from '../base/codec.ts'
import { sha256 } from '../crypto/sodium.ts'
import type { Blob, LogId } from './ids.ts'
import { CANCEL_HASHES, MAX_WAIT_SECONDS, type TtlDays } from './limits.ts'

/** 32 bytes that name a deposit, derived from all of it: the same deposit twice is one (T2). */
export type DepositName = Brand<Uint8Array, 'DepositName'>
/** 32 random bytes. Whoever shows them takes part in cancelling (T4). */
export type CancelToken = Brand<Uint8Array, 'CancelToken'>

export const depositName: Codec<DepositName> = mapped(
  bytes(32),
  (value) => value as DepositName,
  (value) => value,
)

/** T1: 1 second to 24 hours. */
export const waitSeconds: Codec<number> = mapped(
  u32,
  (value) => (value >= 1 && value <= MAX_WAIT_SECONDS ? value : undefined),
  (value) => {
    if (value < 1 || value > MAX_WAIT_SECONDS) throw new Error('a wait out of range')
    return value
  },
)

/** T1: how many different tokens cancel. */
export const needed: Codec<number> = oneByteOf(Array.from({ length: CANCEL_HASHES }, (_, i) => i + 1))

/** T1: always as many, one after the other without a count. */
export const cancelHashes: Codec<readonly Uint8Array[]> = mapped<Uint8Array, readonly Uint8Array[]>(
  bytes(32 * CANCEL_HASHES),
  (value) => Array.from({ length: CANCEL_HASHES }, (_, i) => value.slice(32 * i, 32 * (i + 1))),
  (hashes) => concat(...hashes),
)

/** What a client hands in, and what its name is derived from. */
export type Deposit = {
  readonly blob: Blob
  /** Of the entry, from the day on which it is released. */
  readonly lifeDays: TtlDays
  readonly waitSeconds: number
  readonly needed: number
  readonly cancelHashes: readonly Uint8Array[]
}

/** T4. */
export const cancelHash = (token: CancelToken): Uint8Array => sha256(token)

/** T2: SHA-256("epochlog deposit/1" || id || u8 life || u32 wait || u8 needed || hashes || SHA-256(blob)). */
export const nameOfDeposit = (id: LogId, deposit: Deposit): DepositName =>
  sha256(
    utf8('epochlog deposit/1'),
    id,
    Uint8Array.of(deposit.lifeDays),
    bigEndian(deposit.waitSeconds, 4),
    Uint8Array.of(deposit.needed),
    concat(...deposit.cancelHashes),
    sha256(deposit.blob),
  ) as DepositName
