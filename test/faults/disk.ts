/**
 * A disk of the test's own, in a file, whose power can be cut: what was not flushed is gone. And one that can be filled.
 * Needs root and loop devices. Not here: what is stored on it.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Disk = {
  readonly folder: string
  /** From now on nothing reaches the disk, and every read and write of a program fails. */
  readonly cut: () => void
  /** After a cut, when everybody who worked there has been killed: the disk as it is after the power has come back. */
  readonly restore: () => Promise<void>
  /** Takes all space but so many bytes; gives the difference back when it is called again with more. */
  readonly leave: (bytes: number) => void
  /** SIGKILL to every process whose working folder is on this disk, as databases' are. */
  readonly killAll: () => Promise<void>
  readonly remove: () => Promise<void>
}

/** Undefined when it went well. */
const tryTo = (program: string, ...args: readonly string[]): string | undefined => {
  const done = spawnSync(program, args, { encoding: 'utf8' })
  return done.status === 0 ? undefined : `${program}: ${done.stderr || done.error?.message}`
}

const run = (program: string, ...args: readonly string[]): void => {
  const fault = tryTo(program, ...args)
  if (fault !== undefined) throw new Error(fault)
}

/**
 * As unforgiving as ext4 can be made: it flushes nothing by itself for minutes, and does not flush files that are renamed over
 * others.
 */
const OPTIONS = 'loop,commit=300,noauto_da_alloc'

/** EXT4_IOC_SHUTDOWN, without flushing the journal. */
const CUT = 'open(D, "<", $ARGV[0]) or die; my $how = pack("L", 2); ioctl(D, 0x8004587d, $how) or die "$!"'

const PATIENCE_MS = 10_000
const PAUSE_MS = 20

export const newDisk = (megabytes: number): Disk => {
  const place = mkdtempSync(join(tmpdir(), 'tocsin-disk-'))
  chmodSync(place, 0o755)
  const image = join(place, 'image')
  const folder = join(place, 'mounted')
  mkdirSync(folder)
  const mount = (): void => run('mount', '-o', OPTIONS, image, folder)
  const unmount = async (): Promise<void> => {
    for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
      if (tryTo('umount', folder) === undefined) return
      await sleep(PAUSE_MS)
    }
    run('umount', '--lazy', folder)
  }
  const isMounted = (): boolean => tryTo('mountpoint', '-q', folder) === undefined
  const killAll = async (): Promise<void> => {
    for (let waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
      const there = processesIn(folder)
      if (there.length === 0) return
      for (const pid of there) kill(pid)
      await sleep(PAUSE_MS)
    }
  }
  try {
    run('truncate', '-s', `${megabytes}M`, image)
    run('mkfs.ext4', '-q', '-F', '-m', '0', image)
    mount()
    chmodSync(folder, 0o755)
  } catch (error) {
    rmSync(place, { recursive: true, force: true })
    throw error
  }
  /** Whatever ends the test, short of a SIGKILL. */
  const takeDown = (): void => {
    if (isMounted()) tryTo('umount', '--lazy', folder)
    rmSync(place, { recursive: true, force: true })
  }
  process.once('exit', takeDown)
  return {
    folder,
    cut: () => run('perl', '-e', CUT, folder),
    restore: async () => {
      await killAll()
      await unmount()
      mount()
    },
    leave: (bytes) => fill(folder, bytes),
    killAll,
    remove: async () => {
      await killAll()
      if (isMounted()) await unmount()
      takeDown()
      process.off('exit', takeDown)
    },
  }
}

/** The system gives out large files in one go, and the last blocks one by one. */
const fill = (folder: string, bytes: number): void => {
  const filler = join(folder, 'filler')
  rmSync(filler, { force: true })
  const { bavail, bsize } = statfsSync(folder)
  const most = bavail * bsize - bytes
  tryTo('fallocate', '-l', String(Math.max(1, most - (bytes === 0 ? MARGIN_BYTES : 0))), filler)
  if (bytes === 0) tryTo('dd', 'if=/dev/zero', `of=${filler}`, 'bs=4096', 'oflag=append', 'conv=notrunc')
}

/** What file systems cannot give out in one go; dd takes it, and ends when nothing is left. */
const MARGIN_BYTES = 2 << 20

/** A sentence when there can be no such disk here; false where there can. */
export const whyNoDisk = async (): Promise<string | false> => {
  try {
    const disk = newDisk(8)
    disk.cut()
    await disk.remove()
    return false
  } catch (error) {
    return `no disk to cut off here (${error instanceof Error ? error.message.trim() : 'unknown'})`
  }
}

const processesIn = (folder: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isWithin(`/proc/${name}/cwd`, folder))
    .map(Number)

const isWithin = (link: string, folder: string): boolean => {
  try {
    return readlinkSync(link).startsWith(folder)
  } catch {
    return false
  }
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {} // it ended by itself
}
