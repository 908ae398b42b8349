/** What the kernel knows of a process: its processor time, its sleep and its memory. Linux; elsewhere all of it is not a number. */
import { readdirSync, readFileSync } from 'node:fs'

const TICK_MS = 10

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Milliseconds of a process and of children that it has seen end (proc(5): utime, stime, cutime, cstime). */
const cpuMsOf = (pid: number): number => {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS
}

/** A process and all that come from it. */
export const tree = (pid: number): readonly number[] => {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim()
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => tree(Number(child))))]
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

export const cpuMs = (pids: readonly number[]): number =>
  process.platform === 'linux' ? sum(pids.map(cpuMsOf)) : Number.NaN

/** How often a process has gone to sleep because there was nothing to do. Whoever sends to it then pays for waking it. */
export const sleeps = (pid: number): number =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1])

/** Milliseconds that the threads of this name had a processor (sched(7): the first number of schedstat, in nanoseconds). */
export const threadCpuMs = (pids: readonly number[], name: string): number =>
  sum(
    pids.flatMap((pid) =>
      threadsOf(pid)
        .filter((thread) => read(`${thread}/comm`).startsWith(name))
        .map((thread) => Number(read(`${thread}/schedstat`).split(' ')[0]) / 1e6),
    ),
  )

const threadsOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`)
  } catch {
    return []
  }
}

const kibOf = (pid: number, file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/${file}`))?.[1])

/** Resident, as `ps` shows it: what processes share counts for each of them. */
export const residentKib = (pids: readonly number[]): number =>
  sum(pids.map((pid) => kibOf(pid, 'status', 'VmRSS')))

/** Pss: what processes share is divided among them, so that it may be added up. */
export const ownKib = (pids: readonly number[]): number =>
  sum(pids.map((pid) => kibOf(pid, 'smaps_rollup', 'Pss')))
