/**
 * When a process was born: with its number, a name that no other process has, also after a restart of the machine.
 * Not here: who holds the lock (vaultLock.ts).
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { utf8 } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'

/** 16 hex digits; undefined when it cannot be told, which does not mean that the process is dead. */
export const birthOf = async (pid: number): Promise<string | undefined> => {
  const hasProc = (await textOf('/proc/self/stat')) !== undefined
  const birth = await (hasProc ? birthByProc(pid) : birthByPs(pid))
  return birth === undefined ? undefined : toHex(sha256(utf8(birth))).slice(0, 16)
}

/** Linux: clock ticks from the boot to the start of the process, and the name of the boot. */
const birthByProc = async (pid: number): Promise<string | undefined> => {
  const stat = await textOf(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The second field is the program's name in brackets and may hold anything: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const boot = (await textOf('/proc/sys/kernel/random/boot_id')) ?? ''
  return isOver(fields[0]) ? OVER : `${boot.trim()} ${fields[19]}`
}

/** Elsewhere: the time of day of the start, to the second. */
export const birthByPs = async (pid: number): Promise<string | undefined> => {
  const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  const line = await new Promise<string>((resolve) => {
    execFile('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { env: environment }, (_, out) =>
      resolve(out.trim()),
    )
  })
  const [state, ...start] = line.split(/\s+/)
  if (start.length === 0) return undefined
  return isOver(state) ? OVER : start.join(' ')
}

/** Of a process that is dead and not yet buried: not the birth of anyone who could hold something. */
const OVER = 'over'

const isOver = (state: string | undefined): boolean => /^[ZX]/.test(state ?? '')

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'latin1').catch(() => undefined)
