/** The embedded database's files, made once. Not here: running it (launch.ts), what is in it (server/store). */
import { execFile } from 'node:child_process'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { type Account, options } from './account.ts'
import { lastLine } from './words.ts'

export const clusterOf = (folder: string): string => join(folder, 'data')

/** Beside its final place and flushed before it gets there: a power cut leaves the whole of it or nothing. */
export const makeCluster = async (
  account: Account,
  bin: string,
  folder: string,
): Promise<Result<void, string>> => {
  if (existsSync(clusterOf(folder))) return ok(undefined)
  const growing = join(folder, 'data.new')
  rmSync(growing, { recursive: true, force: true })
  const fault = await initialise(account, bin, growing)
  if (fault !== undefined) return err(`The embedded database could not be made: ${fault}`)
  renameSync(growing, clusterOf(folder))
  syncFoldersFrom(folder)
  return ok(undefined)
}

const FLAGS = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']
/** One call for the whole file system, where the system has it, instead of a thousand files one by one. */
const SYNC = process.platform === 'linux' ? ['--sync-method=syncfs'] : []

const initialise = (account: Account, bin: string, growing: string): Promise<string | undefined> =>
  promisify(execFile)(join(bin, 'initdb'), ['-D', growing, ...FLAGS, ...SYNC], options(account)).then(
    () => undefined,
    (error: Error & { stderr?: string }) => lastLine(error.stderr || error.message),
  )

/** The folder, and those above it, of which some may be new. Where one may not be looked into, it is not ours and not new. */
const syncFoldersFrom = (folder: string): void => {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      const opened = openSync(at, 'r')
      fsyncSync(opened)
      closeSync(opened)
    } catch {}
  }
}
