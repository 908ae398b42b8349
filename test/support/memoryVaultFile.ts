/**
 * Vault storage in memory, under the same contract as the file (test/client/core/vault/contract.ts), for tests
 * that are not about storage. A disk outlives the vaults on it: `open` it again to restart, `copy` it to crash.
 */

import type { StoredVault, VaultFile } from '../../client/core/vault/ports.ts'
import { createVault, type Vault } from '../../client/core/vault/vault.ts'
import { err, ok } from '../../shared/base/result.ts'

/** The cheapest that libsodium does: a millisecond. */
export const CHEAP_COST = { operations: 1, memory: 8192 }

export type MemoryDisk = {
  readonly open: () => VaultFile
  /** What a crash at this moment leaves. */
  readonly copy: () => MemoryDisk
  /** Everything stored, in one piece. */
  readonly raw: () => Uint8Array
  readonly stored: () => StoredVault | undefined
  /** Called before every append and replace; what it throws is the failure of the disk. */
  beforeWrite: () => void | Promise<void>
}

export const createMemoryDisk = (initial?: StoredVault): MemoryDisk => {
  let stored = initial
  const disk: MemoryDisk = {
    open: () =>
      openOn({
        read: () => stored,
        write: async (next) => {
          if (next !== undefined) await disk.beforeWrite()
          stored = next
        },
      }),
    copy: () => createMemoryDisk(stored),
    raw: () => Buffer.concat(stored ? [stored.header, ...stored.records] : []),
    stored: () => stored,
    beforeWrite: () => undefined,
  }
  return disk
}

/** A new vault in memory, for tests that only need one. */
export const createMemoryVault = (disk: MemoryDisk = createMemoryDisk()): Promise<Vault> =>
  createVault(disk.open(), 'a passphrase for tests', { cost: CHEAP_COST })

type Cell = {
  readonly read: () => StoredVault | undefined
  readonly write: (next: StoredVault | undefined) => Promise<void>
}

const openOn = (cell: Cell): VaultFile => {
  let isOpen = true
  const check = (): void => {
    if (!isOpen) throw new Error('the file is closed')
  }
  return {
    isEmpty: async () => {
      check()
      return cell.read() === undefined
    },
    load: async () => {
      check()
      const stored = cell.read()
      return stored ? ok(copyOf(stored)) : err('not_a_vault')
    },
    append: async (record) => {
      check()
      const { header, records } = cell.read() ?? { header: undefined, records: [] }
      if (header === undefined) throw new Error('nothing to append to')
      await cell.write({ header, records: [...records, new Uint8Array(record)] })
    },
    replace: async (next) => {
      check()
      await cell.write(copyOf(next))
      return ok(undefined)
    },
    close: async () => {
      isOpen = false
    },
    erase: async () => {
      check()
      isOpen = false
      await cell.write(undefined)
    },
  }
}

const copyOf = ({ header, records }: StoredVault): StoredVault => ({
  header: new Uint8Array(header),
  records: records.map((record) => new Uint8Array(record)),
})
