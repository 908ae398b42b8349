/**
 * How much work a CREATE has to bring (A4, BUSY). Nothing while both the connection and the relay are under their rates;
 * then more bits, the more logs are being created. There is no hard no: the most that is asked for is MAX_POW_BITS.
 */
import { MAX_POW_BITS } from '../../shared/protocol/limits.ts'
import type { Rate } from './limits.ts'
import { type Bucket, refilled, spent } from './rates.ts'

/** Both may fall below zero: that is how the price rises. */
export type Creation = { readonly connection: Bucket; readonly all: Bucket }
export type CreationRates = { readonly connection: Rate; readonly all: Rate }

/** Bits asked for by the first creation above a rate: 4,096 hashes, some ten milliseconds. */
const FIRST_BITS = 12

export const refilledCreation = (state: Creation, rates: CreationRates, now: number): Creation => ({
  connection: refilled(state.connection, rates.connection, now),
  all: refilled(state.all, rates.all, now),
})

/** 0 to MAX_POW_BITS. Each doubling of the work buys another quarter of a burst. */
export const bitsAsked = (state: Creation, rates: CreationRates): number =>
  Math.max(price(state.connection, rates.connection), price(state.all, rates.all))

const price = (bucket: Bucket, rate: Rate): number => {
  if (bucket.tokens >= 1) return 0
  const over = (1 - bucket.tokens) / Math.max(1, rate.burst)
  return Math.min(MAX_POW_BITS, FIRST_BITS + Math.floor(4 * over))
}

/** What a creation leaves. Debt is bounded, so that the price falls again within a few bursts' time. */
export const afterCreation = (state: Creation, rates: CreationRates): Creation => ({
  connection: owing(spent(state.connection, 1), rates.connection),
  all: owing(spent(state.all, 1), rates.all),
})

const owing = (bucket: Bucket, rate: Rate): Bucket => ({
  ...bucket,
  tokens: Math.max(bucket.tokens, -3 * rate.burst),
})
