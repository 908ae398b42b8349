/** Where backups are kept: files that only their owner may read, never written over, whole or not there; or the standard streams. */
import { existsSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { codeOf } from '../faults.ts'

export type Sink = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** On disk, but not yet under its name. */
  readonly flush: () => Promise<void>
  /** Under its name, for good. */
  readonly finish: () => Promise<void>
}

/** The name of a file that is being written. */
export const unfinished = (path: string): string => `${path}.unfinished`

/** The error is a sentence. */
export const openSink = async (path: string): Promise<Result<Sink, string>> => {
  if (existsSync(path)) return err(`${path} is there already, and is not written over: choose another name.`)
  const growing = unfinished(path)
  try {
    const file = await open(growing, 'wx', 0o600)
    return ok(sinkOf(file, growing, path))
  } catch (error) {
    return err(
      codeOf(error) === 'EEXIST'
        ? `${growing} is there already, of a backup that was cut off: remove it first.`
        : `${path} cannot be written (${codeOf(error)}).`,
    )
  }
}

const sinkOf = (file: FileHandle, growing: string, path: string): Sink => ({
  write: async (bytes) => {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
  },
  flush: async () => {
    await file.sync()
    await file.close()
    await syncFolder(dirname(path))
  },
  finish: async () => {
    await rename(growing, path)
    await syncFolder(dirname(path))
  },
})

/** So that the name survives a power cut too. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

export const stdoutSink: Sink = {
  write: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
    }),
  flush: async () => undefined,
  finish: async () => undefined,
}
