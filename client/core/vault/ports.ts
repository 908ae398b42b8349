/**
 * What the vault needs from storage: one header and an append-only list of records, all of them opaque bytes.
 * A file implements it (client/cli/vaultFile.ts), memory does for tests, a browser's database can.
 * Not here: what the bytes mean (header.ts, records.ts) and who may hold the storage (the lock is the backend's).
 */
import type { Result } from '../../../shared/base/result.ts'

export type StoredVault = { readonly header: Uint8Array; readonly records: readonly Uint8Array[] }

/** The rules F1 to F6 are proved for every backend by test/client/core/vault/contract.ts. */
export type VaultFile = {
  /** F1: true until the first `replace`. */
  readonly isEmpty: () => Promise<boolean>
  /**
   * F2: everything there is, already durable. A last record that a crash left half written is not part of it; any other
   * damage that the backend notices is 'damaged'. Changes nothing.
   */
  readonly load: () => Promise<Result<StoredVault, 'not_a_vault' | 'damaged'>>
  /** F3: adds one record behind the last one. Durable when it resolves; when it rejects, the outcome is unknown. */
  readonly append: (record: Uint8Array) => Promise<void>
  /**
   * F4: the given state instead of the old one: after a crash at any moment one of the two is there, whole. What was
   * before is gone from the storage when it resolves. 'unchanged': it failed early and the old state stands.
   * When it rejects, the outcome is unknown.
   */
  readonly replace: (next: StoredVault) => Promise<Result<void, 'unchanged'>>
  /** F5: lets go of the storage; nothing else may be called afterwards. */
  readonly close: () => Promise<void>
  /** F6: overwrites the header first, because it holds the wrapped key, then removes everything. Then as `close`. */
  readonly erase: () => Promise<void>
}

/**
 * Records are multiples of SECTOR_BYTES less FRAME_BYTES long, so that a backend which puts a frame of
 * FRAME_BYTES around them fills whole disk sectors, and a torn write cannot touch the record before it.
 */
export const SECTOR_BYTES = 512
export const FRAME_BYTES = 16
