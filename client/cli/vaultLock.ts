/**
 * One process at a time, without anything native. Whoever wants the folder puts a claim into it, a file that is named
 * after the process, and then looks for others: of two processes at least one sees the other, because both
 * have claimed before they look. A claim of a dead process counts for nothing, and anybody may remove it, since its
 * name is never used again; so taking over has no moment in which two could do it.
 *
 * It holds among the processes of one machine that see each other (one container, or none). Not here: how processes
 * are told apart (vaultProcess.ts).
 */
import { readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { toHex } from '../../shared/base/text.ts'
import { randomBytes } from '../../shared/crypto/sodium.ts'
import { birthOf } from './vaultProcess.ts'

export type Lock = { readonly release: () => Promise<void> }

/** Who has it. */
export type Locked = { readonly locked: true; readonly pid: number }

/** Rejects when the folder cannot be read or written. */
export const takeLock = async (folder: string): Promise<Result<Lock, Locked>> => {
  const mine = join(folder, await newClaimName())
  const release = (): Promise<void> => unlink(mine).catch(() => undefined)
  await writeFile(mine, '', { flag: 'wx', mode: 0o600 })
  try {
    const holder = await settle(folder, basename(mine))
    if (holder === undefined) await writeFile(mine, HELD, { flag: 'r+' })
    else await release()
    return holder === undefined ? ok({ release }) : err({ locked: true, pid: holder.pid })
  } catch (error) {
    await release()
    throw error
  }
}

type Claim = { readonly name: string; readonly pid: number; readonly isHeld: boolean }

/** In a claim that has become the lock. Only spares others the wait: the claim itself is what counts. */
const HELD = 'held'
/** Five seconds for a process that has claimed and neither takes the lock nor goes away, as one that was stopped. */
const LOOK_MS = 20
const MAX_LOOKS = 250
const UNKNOWN = '0'.repeat(16)
const NAME = /^lock-(\d{1,10})-([0-9a-f]{16})-[0-9a-f]{8}$/

/**
 * Undefined when nobody else is left: then we have it. Among several who only claim, the first name wins and the
 * others go, or all of them would.
 */
const settle = async (folder: string, mine: string): Promise<Claim | undefined> => {
  for (let look = 1; ; look++) {
    const rivals = await livingRivals(folder, mine)
    const stronger = rivals.find((rival) => rival.isHeld || rival.name < mine)
    if (rivals.length === 0 || stronger !== undefined || look === MAX_LOOKS) return stronger ?? rivals[0]
    await sleep(LOOK_MS)
  }
}

const livingRivals = async (folder: string, mine: string): Promise<readonly Claim[]> => {
  const living: Claim[] = []
  for (const name of await readdir(folder)) {
    const [, pid, birth] = NAME.exec(name) ?? []
    if (name === mine || pid === undefined || birth === undefined) continue
    const path = join(folder, name)
    const isHeld = (await readFile(path, 'latin1').catch(() => '')) === HELD
    if (await isAlive(Number(pid), birth)) living.push({ name, pid: Number(pid), isHeld })
    else await unlink(path).catch(() => undefined)
  }
  return living
}

/** In doubt it lives: a lock too many is a sentence to the person, one too few is a key used twice. */
const isAlive = async (pid: number, birth: string): Promise<boolean> => {
  if (!hasProcess(pid)) return false
  const born = await birthOf(pid)
  return born === undefined || birth === UNKNOWN || born === birth
}

const hasProcess = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

const newClaimName = async (): Promise<string> => {
  const birth = (await birthOf(process.pid)) ?? UNKNOWN
  return `lock-${process.pid}-${birth}-${toHex(randomBytes(4))}`
}
