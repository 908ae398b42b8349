/**
 * What the records of a vault add up to: keys with their newest values, and how much of what is stored is dead.
 * The values belong to this file alone and are wiped when they are replaced. Not here: storage and keys (vault.ts).
 */
import { wipe } from '../crypto/wipe.ts'
import { type Change, encodeChanges, MAX_CHANGES } from './records.ts'

export type Contents = {
  readonly values: Map<string, Uint8Array>
  /** All keys, sorted by UTF-16 code units; undefined when one has come or gone since. */
  order: readonly string[] | undefined
  /** Bytes that the values would take in one record. */
  liveBytes: number
  /** Values replaced or deleted whose record is still stored. */
  staleValues: number
}

export const noContents = (): Contents => ({
  values: new Map(),
  order: undefined,
  liveBytes: 0,
  staleValues: 0,
})

/** Takes the values over. */
export const apply = (contents: Contents, changes: readonly Change[]): void => {
  for (const { key, value } of changes) {
    const before = contents.values.get(key)
    if ((before === undefined) !== (value === undefined)) contents.order = undefined
    if (before !== undefined) {
      contents.staleValues++
      contents.liveBytes -= cost(key, before)
      wipe(before)
    }
    contents.values.delete(key)
    if (value === undefined) continue
    contents.liveBytes += cost(key, value)
    contents.values.set(key, value)
  }
}

/** Those that begin so, sorted: a book asks for some thirty beginnings of some thousand keys when it is opened. */
export const keysUnder = (contents: Contents, prefix: string): readonly string[] => {
  contents.order ??= [...contents.values.keys()].sort()
  const { order } = contents
  let [from, to] = [0, order.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((order[middle] ?? prefix) < prefix) from = middle + 1
    else to = middle
  }
  let end = from
  while (order[end]?.startsWith(prefix)) end++
  return order.slice(from, end)
}

export const wipeContents = (contents: Contents): void => {
  contents.order = undefined
  for (const value of contents.values.values()) wipe(value)
  contents.values.clear()
}

/** The contents as bodies of as few records as keep memory in bounds. */
export const snapshot = (contents: Contents): readonly Uint8Array[] => {
  const bodies: Uint8Array[] = []
  let batch: Change[] = []
  let batchBytes = 0
  for (const [key, value] of contents.values) {
    if (batch.length === MAX_CHANGES || (batch.length > 0 && batchBytes + value.length > BATCH_BYTES)) {
      bodies.push(encodeChanges(batch))
      batch = []
      batchBytes = 0
    }
    batch.push({ key, value })
    batchBytes += cost(key, value)
  }
  return batch.length > 0 ? [...bodies, encodeChanges(batch)] : bodies
}

/** A body of a snapshot, unless one value is larger. */
const BATCH_BYTES = 1024 * 1024

/** Lengths and flag of the encoding, and the key as if it were ASCII. */
const cost = (key: string, value: Uint8Array): number => 9 + key.length + value.length
