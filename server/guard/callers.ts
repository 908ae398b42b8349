/**
 * What is remembered of callers, and only in memory: how much of their rates is used up, under a keyed hash of their
 * address prefix. The key is random and lives for an hour; what was counted under it is carried over for one more hour
 * if the caller comes back, and then nobody can tell any more who it was. Nothing here is ever logged or counted out loud.
 */
import { hmacSha256 } from '../../shared/crypto/sodium.ts'
import { newPurse, type Purse } from '../relay/creation.ts'
import type { RelayLimits } from '../relay/limits.ts'
import { type Bucket, fullBucket, refilled } from '../relay/rates.ts'
import { prefixOf } from './addresses.ts'

/** All connections of one prefix. */
export type Caller = {
  /** TCP connections, and those among them, or behind a proxy, that are open websockets. */
  sockets: number
  open: number
  knocks: Bucket
  faults: Bucket
  readonly creates: Purse
}

export type Callers = {
  readonly of: (address: string) => Caller
  readonly size: () => number
}

export type CallersDeps = {
  readonly limits: RelayLimits['prefix']
  readonly random: (size: number) => Uint8Array
  /** Milliseconds that never go back. */
  readonly now: () => number
}

const SALT_MS = 3_600_000
/** Some 20 MB. Whoever comes after that shares one place with all others who do. */
const MAX_CALLERS = 65_536
const SWEEP_MS = 1000

/** `until`: when its salt is replaced. */
type Hour = { readonly salt: Uint8Array; readonly until: number; readonly known: Map<string, Caller> }

export const newCaller = (limits: RelayLimits['prefix']): Caller => ({
  sockets: 0,
  open: 0,
  knocks: fullBucket(limits.knocks),
  faults: fullBucket(limits.faults),
  creates: newPurse(limits.creates),
})

export const createCallers = ({ limits, random, now }: CallersDeps): Callers => {
  const newHour = (): Hour => ({ salt: random(32), until: now() + SALT_MS, known: new Map() })
  const isIdle = ({ sockets, open, knocks, faults, creates }: Caller): boolean =>
    sockets + open === 0 &&
    refilled(knocks, limits.knocks, now()).tokens >= limits.knocks.burst &&
    refilled(faults, limits.faults, now()).tokens >= limits.faults.burst &&
    refilled(creates.bucket, limits.creates, now()).tokens >= limits.creates.burst

  let hour = newHour()
  let before = hour
  let sweptAt = now()
  const everybodyElse = newCaller(limits)

  const rotate = (): void => {
    if (now() < hour.until) return
    const isLongOver = now() >= hour.until + SALT_MS
    before = isLongOver ? newHour() : hour
    hour = newHour()
  }
  const sweep = (): void => {
    if (now() < sweptAt + SWEEP_MS) return
    sweptAt = now()
    forgetIdle(before.known)
    forgetIdle(hour.known)
  }
  const forgetIdle = (known: Map<string, Caller>): void => {
    for (const [key, caller] of known) if (isIdle(caller)) known.delete(key)
  }
  const size = (): number => hour.known.size + (before === hour ? 0 : before.known.size)
  const keep = (key: string, caller: Caller): Caller => {
    hour.known.set(key, caller)
    return caller
  }
  return {
    of: (address) => {
      rotate()
      const prefix = new TextEncoder().encode(prefixOf(address))
      const key = keyOf(hour.salt, prefix)
      const known = hour.known.get(key)
      if (known) return known
      const oldKey = keyOf(before.salt, prefix)
      const old = before.known.get(oldKey)
      if (old) {
        before.known.delete(oldKey)
        return keep(key, old)
      }
      if (size() >= MAX_CALLERS) sweep()
      return size() >= MAX_CALLERS ? everybodyElse : keep(key, newCaller(limits))
    },
    size,
  }
}

const keyOf = (salt: Uint8Array, prefix: Uint8Array): string =>
  Buffer.from(hmacSha256(salt, prefix).buffer, 0, 16).toString('latin1')
