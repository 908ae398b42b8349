/** How a book keeps values and epochs in a vault: maps that are also on the disk, and epochs in pieces, since a group is large and changes little. */
import { type Codec, decode, encode } from '../../../shared/base/codec.ts'
import { logFromSeed } from '../epochlog/keys.ts'
import { foldCodec } from '../governance/fold.ts'
import { decodeGroup, deltaOf, encodeGroup } from '../mls/state.ts'
import type { SuiteName } from '../mls/types.ts'
import { witness } from '../relay/witness.ts'
import type { Change } from '../vault/records.ts'
import type { Vault as WholeVault } from '../vault/vault.ts'
import { charterOfInfo, type Epoch, type EpochInfo, epochInfo, epochNotes } from './state.ts'

/** What a book needs of a vault. */
export type Vault = Pick<WholeVault, 'get' | 'keys' | 'write' | 'compact'>

/** A map that is also on disk. */
export type Shelf<T> = {
  readonly get: (key: string) => T | undefined
  readonly put: (key: string, value: T) => void
  readonly drop: (key: string) => void
  /** In the order of the keys. */
  readonly all: () => readonly T[]
  readonly keys: () => readonly string[]
}

export const createShelf = <T>(notes: Change[], vault: Vault, prefix: string, codec: Codec<T>): Shelf<T> => {
  const held = new Map<string, T>()
  for (const key of vault.keys(prefix)) held.set(key.slice(prefix.length), read(vault, key, codec))
  /** Undefined when a key has come or gone since. */
  let order: readonly string[] | undefined
  const inOrder = (): readonly string[] => {
    order ??= [...held.keys()].sort()
    return order
  }
  return {
    get: (key) => held.get(key),
    put: (key, value) => {
      if (!held.has(key)) order = undefined
      held.set(key, value)
      notes.push({ key: prefix + key, value: encode(codec, value) })
    },
    drop: (key) => {
      if (!held.delete(key)) return
      order = undefined
      notes.push({ key: prefix + key, value: undefined })
    },
    all: () => inOrder().flatMap((key) => held.get(key) ?? []),
    keys: inOrder,
  }
}

/** What differs from the value held before; the group as a base once and small deltas after that (findings: state is large). */
export const epochChanges = (
  vault: Vault,
  folder: string,
  before: Epoch | undefined,
  now: Epoch,
): readonly Change[] => {
  const changes: Change[] = []
  if (before?.info !== now.info) changes.push({ key: `${folder}info`, value: encode(epochInfo, now.info) })
  if (before?.notes !== now.notes)
    changes.push({ key: `${folder}notes`, value: encode(epochNotes, now.notes) })
  if (before?.fold !== now.fold) changes.push({ key: `${folder}fold`, value: encode(foldCodec, now.fold) })
  now.witnesses.forEach((w, k) => {
    if (before?.witnesses[k] !== w)
      changes.push({ key: `${folder}witness/${String(k).padStart(3, '0')}`, value: encode(witness, w) })
  })
  return before?.group === now.group ? changes : [...changes, ...groupChanges(vault, folder, before, now)]
}

const groupChanges = (
  vault: Vault,
  folder: string,
  before: Epoch | undefined,
  now: Epoch,
): readonly Change[] => {
  if (!now.group) return vault.keys(`${folder}group/`).map((key) => ({ key, value: undefined }))
  if (!before?.group) return [{ key: `${folder}group/base`, value: encodeGroup(now.group) }]
  return deltaOf(before.group, now.group).map(({ node, bytes }) => ({
    key: `${folder}group/node/${node}`,
    value: bytes,
  }))
}

export const readEpoch = async (vault: Vault, folder: string, suite: SuiteName): Promise<Epoch> => {
  const info: EpochInfo = read(vault, `${folder}info`, epochInfo)
  const base = vault.get(`${folder}group/base`)
  const prefix = `${folder}group/node/`
  const deltas = vault.keys(prefix).map((key) => ({
    node: Number(key.slice(prefix.length)),
    bytes: vault.get(key) ?? new Uint8Array(0),
  }))
  const group = base && (await decodeGroup(suite, base, deltas))
  if (base && !group) throw new Error('stored group does not decode')
  return {
    info,
    notes: read(vault, `${folder}notes`, epochNotes),
    charter: charterOfInfo(info),
    logs: info.logSeeds.map(logFromSeed),
    witnesses: vault.keys(`${folder}witness/`).map((key) => read(vault, key, witness)),
    fold: read(vault, `${folder}fold`, foldCodec),
    group,
  }
}

/** Throws: the vault authenticates what it holds, so bytes that do not decode are a bug, or a version nobody migrated. */
export const read = <T>(vault: Vault, key: string, codec: Codec<T>): T => {
  const raw = vault.get(key)
  const decoded = raw && decode(codec, raw)
  if (!decoded?.ok) throw new Error(`stored value does not decode: ${key.replace(/[0-9a-f]{8,}/g, '…')}`)
  return decoded.value
}
