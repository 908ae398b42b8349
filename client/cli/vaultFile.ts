/**
 * A vault in a folder of its own: the file `vault`, and beside it the claims of vaultLock.ts and, while it is being
 * rewritten, `vault.new`. What resolves is on the disk: the file is flushed, and its folder when a name in it changes.
 * Not here: what the records mean (client/core/vault), how they are framed (vaultFrames.ts).
 */
import { type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { StoredVault, VaultFile } from '../core/vault/ports.ts'
import {
  destroy,
  openIfThere,
  overwriteStart,
  prepareFolder,
  readAll,
  syncFolder,
  writeAll,
} from './vaultDisk.ts'
import { encodeFrame, readFrames } from './vaultFrames.ts'
import { type Lock, type Locked, takeLock } from './vaultLock.ts'

/** `code` is the operating system's, such as EACCES or ENOSPC. */
export type FolderRefusal = Locked | { readonly locked: false; readonly code: string }

/**
 * Makes the folder (0700) if there is none. From then on until `close` or `erase` it belongs to this process; of a
 * process that died the lock is taken over.
 */
export const openVaultFile = async (folder: string): Promise<Result<VaultFile, FolderRefusal>> => {
  await cryptoReady
  try {
    await prepareFolder(folder)
    const lock = await takeLock(folder)
    if (!lock.ok) return lock
    return ok(await takeFile(folder, lock.value))
  } catch (error) {
    if (error instanceof Error && 'code' in error) return err({ locked: false, code: String(error.code) })
    throw error
  }
}

type Disk = {
  readonly folder: string
  readonly path: string
  readonly pathOfNew: string
  readonly lock: Lock
  file: FileHandle | undefined
  /** Where the next frame goes, in bytes; undefined until the file is read or written. */
  end: number | undefined
}

const takeFile = async (folder: string, lock: Lock): Promise<VaultFile> => {
  const path = join(folder, 'vault')
  const disk: Disk = { folder, path, pathOfNew: `${path}.new`, lock, file: undefined, end: undefined }
  try {
    // Of a rewriting that a crash ended: the old state stands, and this one holds a key to it.
    await destroy(disk.pathOfNew)
    disk.file = await openIfThere(path)
  } catch (error) {
    await lock.release()
    throw error
  }
  return {
    isEmpty: async () => disk.file === undefined,
    load: () => load(disk),
    append: (record) => append(disk, record),
    replace: (next) => replace(disk, next),
    close: () => close(disk),
    erase: () => erase(disk),
  }
}

const load = async (disk: Disk): ReturnType<VaultFile['load']> => {
  if (disk.file === undefined) return err('not_a_vault')
  const { size } = await disk.file.stat()
  if (size > MAX_FILE_BYTES) return err('damaged')
  // What a killed process wrote may be in memory only. Whoever acts on it must not lose it afterwards.
  await disk.file.sync()
  await syncFolder(disk.folder)
  const frames = readFrames(await readAll(disk.file, size))
  if (!frames.ok) return frames
  const [header, ...records] = frames.value.records
  if (header === undefined) return err('damaged')
  disk.end = frames.value.end
  return ok({ header, records })
}

const append = async (disk: Disk, record: Uint8Array): Promise<void> => {
  const { file, end } = disk
  if (file === undefined || end === undefined)
    throw new Error('read or write the vault before appending to it')
  const { size } = await file.stat()
  if (size !== end) await file.truncate(end)
  const frame = encodeFrame(record, end)
  await writeAll(file, frame, end)
  await file.datasync()
  disk.end = end + frame.length
}

const replace = async (disk: Disk, next: StoredVault): ReturnType<VaultFile['replace']> => {
  const fresh = await moveIn(disk, next).catch(() => undefined)
  if (fresh === undefined) return err('unchanged')
  const old = disk.file
  disk.file = fresh.file
  disk.end = fresh.end
  await syncFolder(disk.folder)
  if (old === undefined) return ok(undefined)
  await overwriteStart(old)
  await old.close()
  return ok(undefined)
}

/** The new file under the name of the old one, which still exists without a name. Rejects when nothing came of it. */
const moveIn = async (disk: Disk, next: StoredVault): Promise<{ file: FileHandle; end: number }> => {
  const file = await open(disk.pathOfNew, 'w+', 0o600)
  try {
    const end = await writeFrames(file, [next.header, ...next.records])
    await file.sync()
    await rename(disk.pathOfNew, disk.path)
    return { file, end }
  } catch (error) {
    await file.close()
    await destroy(disk.pathOfNew)
    throw error
  }
}

const writeFrames = async (file: FileHandle, records: readonly Uint8Array[]): Promise<number> => {
  let end = 0
  for (const record of records) {
    const frame = encodeFrame(record, end)
    await writeAll(file, frame, end)
    end += frame.length
  }
  return end
}

const close = async (disk: Disk): Promise<void> => {
  const { file } = disk
  disk.file = undefined
  disk.end = undefined
  await file?.close()
  await disk.lock.release()
}

const erase = async (disk: Disk): Promise<void> => {
  await destroy(disk.path)
  await destroy(disk.pathOfNew)
  await syncFolder(disk.folder)
  await close(disk)
}

/** More than a phone could read into memory. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024
