/**
 * What a device knows, read from its disk: the eye of the oracle. Decoded once for each value, for most of it does not change from step
 * to step.
 */

import { type Fold, foldCodec } from '../../client/core/governance/fold.ts'
import { type Witness, witness } from '../../client/core/relay/witness.ts'
import { statusOf } from '../../client/core/session/standing.ts'
import {
  type EpochInfo,
  type EpochNotes,
  epochInfo,
  epochNotes,
  type KnownMotion,
  knownMotion,
  type Own,
  own,
} from '../../client/core/session/state.ts'
import type { Vault } from '../../client/core/vault/vault.ts'
import { type Codec, decode } from '../../shared/base/codec.ts'
import { toHex } from '../../shared/base/text.ts'
import type { Device } from './world.ts'

export type HeldEpoch = {
  /** The seed of its first log, which nobody has without the epoch's secrets: two epochs are one exactly if this is. */
  readonly id: string
  readonly info: EpochInfo
  readonly notes: EpochNotes
  readonly fold: Fold
  readonly foldBytes: string
  readonly witnesses: readonly Witness[]
  readonly hasGroup: boolean
}

export type Knowledge = {
  readonly own: Own
  /** Oldest first. */
  readonly epochs: readonly HeldEpoch[]
  readonly motions: readonly (KnownMotion & { readonly hash: string })[]
  readonly unsent: number
}

/** Undefined for a device that has forgotten its committee. */
export const peek = ({ vault, session }: Pick<Device, 'vault' | 'session'>): Knowledge | undefined => {
  const root = `committee/${session.id}/`
  const mine = valueAt(vault, `${root}own`, own)
  if (!mine) return undefined
  const infos = vault.keys(`${root}epoch/`).filter((key) => key.endsWith('/info'))
  return {
    own: { ...mine, status: statusOf(mine.standing), alarmed: mine.standing.alarmed },
    epochs: infos.flatMap((key) => epochAt(vault, key.slice(0, -'info'.length)) ?? []),
    motions: vault
      .keys(`${root}motion/`)
      .flatMap((key) => motionAt(vault, key, root.length + 'motion/'.length) ?? []),
    unsent: vault.keys(`${root}out/`).length,
  }
}

/** The shelf's key is the motion's hash. */
const motionAt = (vault: Vault, key: string, from: number): Knowledge['motions'][number] | undefined => {
  const motion = valueAt(vault, key, knownMotion)
  return motion && { ...motion, hash: key.slice(from) }
}

const epochAt = (vault: Vault, folder: string): HeldEpoch | undefined => {
  const info = valueAt(vault, `${folder}info`, epochInfo)
  const notes = valueAt(vault, `${folder}notes`, epochNotes)
  const fold = valueAt(vault, `${folder}fold`, foldCodec)
  const [seed] = info?.logSeeds ?? []
  if (!info || !notes || !fold || !seed) return undefined
  return {
    id: toHex(seed),
    info,
    notes,
    fold,
    foldBytes: JSON.stringify(fold),
    witnesses: vault.keys(`${folder}witness/`).flatMap((key) => valueAt(vault, key, witness) ?? []),
    hasGroup: vault.keys(`${folder}group/base`).length > 0,
  }
}

const known = new Map<unknown, Map<string, unknown>>()

const valueAt = <T>(vault: Vault, key: string, codec: Codec<T>): T | undefined => {
  const raw = vault.get(key)
  if (!raw) return undefined
  const values = known.get(codec) ?? new Map<string, unknown>()
  known.set(codec, values)
  const name = Buffer.from(raw).toString('latin1')
  if (!values.has(name)) {
    const decoded = decode(codec, raw)
    if (!decoded.ok) throw new Error(`${key} does not decode`)
    if (values.size > 5000) values.clear()
    values.set(name, decoded.value)
  }
  return values.get(name) as T
}
