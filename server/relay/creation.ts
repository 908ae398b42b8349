/**
 * How much work a CREATE has to bring (A4, BUSY). Nothing while everybody who pays for it is under their rate; then more
 * bits, the more logs are being created. There is no hard no here: the most that is asked for is MAX_POW_BITS.
 */
import { MAX_POW_BITS } from '../../shared/protocol/limits.ts'
import type { Rate } from './limits.ts'
import { type Bucket, fullBucket, refilled, spent } from './rates.ts'

/** What one payer may create: a connection, an address prefix, all of one door. May fall below zero: that is how the price rises. */
export type Purse = { bucket: Bucket; readonly rate: Rate }

/** What the machine has left. */
export type Supplies = {
  /** False while disk, memory or load are short, or the operator said so: CREATE is answered SLOW. */
  readonly mayCreate: () => boolean
  /** False only when the disk is all but full: APPEND is answered SLOW. */
  readonly mayAppend: () => boolean
}

/** Bits asked for by the first creation above a rate: 4,096 hashes, some ten milliseconds. */
const FIRST_BITS = 12

export const newPurse = (rate: Rate): Purse => ({ bucket: fullBucket(rate), rate })

/** 0 to MAX_POW_BITS: what the emptiest purse asks for. Each doubling of the work buys another quarter of a burst. */
export const bitsAsked = (purses: readonly Purse[], now: number): number =>
  Math.max(...purses.map(({ bucket, rate }) => price(refilled(bucket, rate, now), rate)))

const price = (bucket: Bucket, rate: Rate): number => {
  if (bucket.tokens >= 1) return 0
  const over = (1 - bucket.tokens) / Math.max(1, rate.burst)
  return Math.min(MAX_POW_BITS, FIRST_BITS + Math.floor(4 * over))
}

/** Bits that are missing; 0 and every purse has paid. Debt is bounded, so that the price falls again within a few bursts' time. */
export const payCreation = (purses: readonly Purse[], brought: number, now: number): number => {
  const bits = bitsAsked(purses, now)
  if (brought < bits) return bits
  for (const purse of purses) {
    const { tokens, at } = spent(refilled(purse.bucket, purse.rate, now), 1)
    purse.bucket = { tokens: Math.max(tokens, -3 * purse.rate.burst), at }
  }
  return 0
}
