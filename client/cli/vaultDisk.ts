/** Files and folders as the vault needs them: private, flushed, overwritten. Not here: the vault file itself. */
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { randomBytes } from '../../shared/crypto/sodium.ts'

/** Makes the folder, 0700, and everything above it that is missing, and flushes the names. */
export const prepareFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  const top = dirname(resolve(first))
  for (let at = dirname(resolve(folder)); at.length >= top.length; at = dirname(at)) {
    await syncFolder(at)
    if (at === top) return
  }
}

/** A new, renamed or removed name survives a power cut from here on. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The first `size` bytes, or as many as there are. */
export const readAll = async (file: FileHandle, size: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(size)
  let read = 0
  while (read < size) {
    const { bytesRead } = await file.read(bytes, read, size - read, read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return bytes.subarray(0, read)
}

/** Every byte at its place; the system may take them in pieces. */
export const writeAll = async (file: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  let written = 0
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written)
    written += bytesWritten
  }
}

/**
 * Random bytes over the header, which holds the wrapped key. A disk that moves data about (flash, copy-on-write) may
 * keep the old block for a while; nothing above the disk can prevent that.
 */
export const overwriteStart = async (file: FileHandle): Promise<void> => {
  const { size } = await file.stat()
  await writeAll(file, randomBytes(Math.min(size, START_BYTES)), 0)
  await file.sync()
}

/** For reading and writing. */
export const openIfThere = (path: string): Promise<FileHandle | undefined> =>
  open(path, 'r+').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })

/** Overwrites the start of a file and removes it. No file is no failure. */
export const destroy = async (path: string): Promise<void> => {
  const file = await openIfThere(path)
  if (file === undefined) return
  try {
    await overwriteStart(file)
  } finally {
    await file.close()
  }
  await unlink(path)
}

/** The header and some more: a block of most file systems. */
const START_BYTES = 4096
