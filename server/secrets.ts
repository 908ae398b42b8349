/**
 * Secrets that stand in files, as container engines and systemd hand them over: DATABASE_URL_FILE, and the password alone.
 * Not here: what a database URL must look like (config.ts).
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { err, ok, type Result } from '../shared/base/result.ts'

/** The one line of a file; the error is how its sentence goes on after the name of the setting. */
export type ReadSecret = (path: string) => Result<string, string>

/** Bytes. A URL and a password fit many times. */
const MAX_SECRET_BYTES = 4096

export const readSecretFile: ReadSecret = (path) => {
  try {
    return oneLine(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return err(
      code === 'ENOENT'
        ? 'names a file that is not there.'
        : 'names a file that the relay may not read: give it to the relay with chown, and keep it from others with chmod 400.',
    )
  }
}

const oneLine: ReadSecret = (path) => {
  const file = openSync(path, 'r')
  try {
    const about = fstatSync(file)
    if (!about.isFile()) return err('must name a file.')
    if (about.size > MAX_SECRET_BYTES) return err(`names a file of more than ${MAX_SECRET_BYTES} bytes.`)
    const line = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    return /^[^\0\r\n]+$/.test(line)
      ? ok(line)
      : err('names a file that must hold one line and nothing else.')
  } finally {
    closeSync(file)
  }
}
