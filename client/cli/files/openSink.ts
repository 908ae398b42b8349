/**
 * A place on this machine for a file that arrives: an unfinished one stands beside its target, hidden and for its owner only, until all of it is there and
 * checked. Nothing is overwritten.
 */
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sink, SinkFailure } from '../../core/files/ports.ts'
import { syncFolder, writeAll } from '../vaultDisk.ts'
import { codeOf } from './codeOf.ts'

const PRIVATE = 0o600

/** `target` is absolute. `id`: of the post, so that two files of one name do not share what is unfinished. */
export const createSink = (target: string, id: string): Sink => {
  const unfinished = join(dirname(target), `.${id.slice(0, 16)}.tocsin-part`)
  return {
    place: target,
    read: (offset, length) =>
      using(unfinished, 'r', (file) => readExactly(file, offset, length)).catch(() => undefined),
    write: (offset, bytes) =>
      failing(async () => {
        if (offset === 0) await remove(unfinished)
        await using(unfinished, offset === 0 ? 'wx+' : 'r+', async (file) => {
          await writeAll(file, bytes, offset)
          await file.datasync()
        })
      }),
    finish: () =>
      failing(async () => {
        // Takes the name, or finds that somebody has it: unlike a link, every file system can do this.
        await using(target, 'wx', async () => undefined)
        await rename(unfinished, target).catch(async (error: unknown) => {
          await remove(target)
          throw error
        })
        await syncFolder(dirname(target))
      }),
  }
}

const using = async <T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> => {
  const file = await open(path, flags, PRIVATE)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const readExactly = async (
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array | undefined> => {
  const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
  return bytesRead === length ? buffer : undefined
}

const remove = (path: string): Promise<void> =>
  unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })

const FAILURES: Readonly<Record<string, SinkFailure>> = {
  ENOSPC: 'no_space',
  EDQUOT: 'no_space',
  EFBIG: 'no_space',
  EEXIST: 'exists',
}

const failing = async (act: () => Promise<void>): Promise<SinkFailure | undefined> => {
  try {
    await act()
    return undefined
  } catch (error) {
    return FAILURES[codeOf(error)] ?? 'unwritable'
  }
}
