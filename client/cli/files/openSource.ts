/** A file of this machine as something to send. */
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { Source } from '../../core/files/ports.ts'
import { type Refusal, refusal } from '../command.ts'
import { codeOf } from './codeOf.ts'

export type OpenSource = { readonly source: Source; readonly close: () => Promise<void> }

export const openSource = async (path: string): Promise<Result<OpenSource, Refusal>> => {
  const place = resolve(path)
  try {
    // Looked at before it is opened: opening a pipe waits for somebody to write.
    const found = await stat(place)
    if (found.isDirectory())
      return err(
        refusal('directory', `${place} is a folder: send the files in it one by one, or pack them into one.`),
      )
    if (!found.isFile()) return err(refusal('no_file', `${place} is not a file that can be sent.`))
    const handle = await open(place, 'r')
    const { size } = await handle.stat()
    const read: Source['read'] = async (offset, length) => {
      const bytes = new Uint8Array(length)
      let at = 0
      while (at < length) {
        const { bytesRead } = await handle.read(bytes, at, length - at, offset + at)
        if (bytesRead === 0) return undefined
        at += bytesRead
      }
      return bytes
    }
    return ok({
      source: { place, size, read: (offset, length) => read(offset, length).catch(() => undefined) },
      close: () => handle.close(),
    })
  } catch (error) {
    return err(unreadable(place, codeOf(error)))
  }
}

export const unreadable = (place: string, code = 'unknown'): Refusal =>
  code === 'ENOENT'
    ? refusal('not_found', `There is no file ${place}: look at its name, or whether it was moved.`)
    : refusal('unreadable', `${place} cannot be read (${code}): check who may read it.`)
