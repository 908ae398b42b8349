/** A Postgres server of the benchmark's own with fsync on, and if asked for with the disk of a cheap machine. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { type DurablePostgres, newDurablePostgres } from '../support/postgres.ts'
import { findProgram, newFolder, say } from './bench.ts'

/** What fdatasync takes longer on the disks that `slow` stands for. */
export const SLOW_SYNC_MS = 2

export type Disk = 'as it is' | 'slow'

export type BenchServer = DurablePostgres & {
  /** An empty database on it: its URL. */
  readonly newDatabase: (name: string) => Promise<string>
}

/** Undefined, and one line, where a slow disk cannot be imitated. */
export const startServer = async (disk: Disk): Promise<BenchServer | undefined> => {
  const library = disk === 'slow' ? slowSync() : undefined
  if (disk === 'slow' && library === undefined) return undefined
  const slowness = { LD_PRELOAD: library ?? '', SLOW_SYNC_US: String(SLOW_SYNC_MS * 1000) }
  const server = await newDurablePostgres(library === undefined ? {} : slowness)
  process.once('exit', () => endProcess(server.pid())) // where a benchmark fails, nothing stays behind
  const newDatabase = async (name: string): Promise<string> => {
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
    await sql.unsafe(`create database ${name}`)
    await sql.end()
    return new URL(`/${name}`, server.url).href
  }
  return { ...server, newDatabase }
}

export const disks: readonly Disk[] = ['as it is', 'slow']

const endProcess = (pid: number): void => {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // gone already
  }
}

const slowSync = (): string | undefined => {
  const compiler = findProgram('cc')
  if (compiler === undefined) {
    say('slow fsync: left out, there is no C compiler (cc) to make the library of')
    return undefined
  }
  const library = join(newFolder('slow'), 'slowSync.so')
  const source = fileURLToPath(new URL('./slowSync.c', import.meta.url))
  const made = spawnSync(compiler, ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  })
  if (made.status === 0) return library
  say(`slow fsync: left out, ${made.stderr.trim().split('\n')[0]}`)
  return undefined
}
