/** What the processes of vaultProcesses.test.ts tell each other, and the writes they agree on. */
import { createHash } from 'node:crypto'
import type { FolderRefusal } from '../../../client/cli/vaultFile.ts'
import type { Change } from '../../../client/core/vault/vault.ts'

export const PASSPHRASE = 'a passphrase for tests'
export const COUNT = 'count'

export type Order =
  | { readonly do: 'claim'; readonly folder: string; readonly atMs: number }
  | { readonly do: 'release'; readonly folder: string }

export type Claim = { readonly folder: string; readonly claim: 'mine' | 'released' | FolderRefusal }

/** The nth transaction: the count and two of forty items; every fifth also deletes one. */
export const changesOf = (n: number): readonly Change[] => [
  { key: `item/${n % 40}`, value: bytesOf(n, 1 + ((n * 613) % 3000)) },
  { key: `item/${(n * 7) % 40}`, value: n % 5 === 0 ? undefined : bytesOf(-n, 76) },
  { key: COUNT, value: Buffer.from(String(n)) },
]

const bytesOf = (n: number, size: number): Uint8Array =>
  Buffer.alloc(size, createHash('sha256').update(String(n)).digest())
