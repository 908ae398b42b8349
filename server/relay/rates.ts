/** Token buckets, as values. Time is handed in. Not here: what a token buys (limits.ts), and the work asked for instead (creation.ts). */
import type { Rate } from './limits.ts'

/** `at`: milliseconds of the last look. */
export type Bucket = { readonly tokens: number; readonly at: number }

const fullBuckets = new WeakMap<Rate, Bucket>()

/** One for everybody who has not taken anything yet: a bucket that was full long ago is full. */
export const fullBucket = (rate: Rate): Bucket => {
  const known = fullBuckets.get(rate) ?? { tokens: rate.burst, at: 0 }
  fullBuckets.set(rate, known)
  return known
}

/** A clock that steps back fills nothing. */
export const refilled = (bucket: Bucket, rate: Rate, now: number): Bucket => ({
  tokens: Math.min(rate.burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * rate.perSecond),
  at: now,
})

/** Whole seconds until there are `tokens` in the bucket; 0 when there are. What costs more than the burst waits for a full one. */
export const waitSeconds = (bucket: Bucket, rate: Rate, tokens: number): number => {
  const missing = Math.min(tokens, rate.burst) - bucket.tokens
  return missing <= 0 ? 0 : Math.min(3600, Math.ceil(missing / rate.perSecond))
}

export const spent = (bucket: Bucket, tokens: number): Bucket => ({
  ...bucket,
  tokens: bucket.tokens - tokens,
})

/** Buckets by key; the ones that are full again are forgotten, so that the map stays as small as the recent use. */
export type Buckets = {
  /** 0 and the tokens are gone, or seconds to wait and nothing changed. */
  readonly take: (key: string, tokens: number, now: number) => number
  readonly size: () => number
}

const SWEEP_EVERY = 1024

export const createBuckets = (rate: Rate): Buckets => {
  const buckets = new Map<string, Bucket>()
  let takes = 0
  const sweep = (now: number): void => {
    for (const [key, bucket] of buckets)
      if (refilled(bucket, rate, now).tokens >= rate.burst) buckets.delete(key)
  }
  return {
    take: (key, tokens, now) => {
      takes += 1
      if (takes % SWEEP_EVERY === 0) sweep(now)
      const bucket = refilled(buckets.get(key) ?? fullBucket(rate), rate, now)
      const wait = waitSeconds(bucket, rate, tokens)
      if (wait === 0) buckets.set(key, spent(bucket, tokens))
      return wait
    },
    size: () => buckets.size,
  }
}
