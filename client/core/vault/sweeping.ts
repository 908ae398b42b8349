/**
 * When a vault is rewritten so that what was forgotten is gone from its bytes, too (I20): at once while that is cheap, and otherwise once a day; in any case
 * once a day, for replaced values are used keys more often than not. Not here: what is forgotten (session/forgetting.ts).
 */
import { decode, encode, u48 } from '../../../shared/base/codec.ts'
import type { Change } from './records.ts'
import type { Vault } from './vault.ts'

type Sweepable = Pick<Vault, 'get' | 'write' | 'compact'>

/** Of all that is in the vault: when it was rewritten last, milliseconds since 1970. */
const SWEPT = 'swept'
const DAY_MS = 86_400_000

/** To be written with the deletions, so that a crash before the sweep forgets none. `key` belongs to whoever deletes. */
export const owing = (key: string): Change => ({ key, value: new Uint8Array([1]) })

/** A clock that was set back counts as a day that has passed. Storage that refuses is asked again the next time. */
export const sweep = async (vault: Sweepable, key: string, nowMs: number): Promise<void> => {
  const age = ageOf(vault, nowMs)
  const isOwed = vault.get(key) !== undefined
  const isDay = age !== undefined && (age < 0 || age >= DAY_MS)
  const isSwept = (isDay || isOwed) && (await compacted(vault, isDay))
  if (!isSwept && age !== undefined) return
  const now = { key: SWEPT, value: encode(u48, nowMs) }
  await vault.write(isSwept ? [now, { key, value: undefined }] : [now])
}

const ageOf = (vault: Sweepable, nowMs: number): number | undefined => {
  const at = vault.get(SWEPT)
  const swept = at && decode(u48, at)
  return swept?.ok ? nowMs - swept.value : undefined
}

const compacted = (vault: Sweepable, isDay: boolean): Promise<boolean> =>
  vault.compact(isDay ? undefined : 'if_small').then(
    (left) => left === undefined,
    () => false,
  )
