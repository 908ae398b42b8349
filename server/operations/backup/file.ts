/** Where backups are kept: files that only their owner may read, never written over, whole or not there; or the standard streams. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { codeOf } from '../faults.ts'

/** At once, since what a database sends cannot be held back otherwise (server/store/copying.ts). They throw what the system says. */
export type Sink = {
  readonly write: (bytes: Uint8Array) => void
  /** On disk, but not yet under its name. */
  readonly flush: () => void
  /** Under its name, for good. */
  readonly finish: () => void
}

/** The error is a sentence. */
export const openSink = (path: string): Result<Sink, string> => {
  if (existsSync(path)) return err(`${path} is there already, and is not written over: choose another name.`)
  const growing = `${path}.unfinished`
  try {
    return ok(sinkOf(openSync(growing, 'wx', 0o600), growing, path))
  } catch (error) {
    return err(
      codeOf(error) === 'EEXIST'
        ? `${growing} is there already, of a backup that was cut off: remove it first.`
        : `${path} cannot be written (${codeOf(error)}).`,
    )
  }
}

const sinkOf = (file: number, growing: string, path: string): Sink => ({
  write: (bytes) => writeAll(file, bytes),
  flush: () => {
    fsyncSync(file)
    closeSync(file)
    syncFolder(dirname(path))
  },
  finish: () => {
    renameSync(growing, path)
    syncFolder(dirname(path))
  },
})

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

/** So that the name survives a power cut too. */
const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

export const stdoutSink: Sink = {
  write: (bytes) => writeAll(1, bytes),
  flush: () => undefined,
  finish: () => undefined,
}
