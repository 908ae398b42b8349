/**
 * What every benchmark needs: rounds that alternate, medians and their spread, tables, goals, child processes. What counts is a ratio
 * to a peer in the same round; a time alone says little about another machine. Not here: what the kernel knows of a process (kernel.ts).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** How long to look: `--quick` looks once and shortly. */
export type Pace = { readonly quick: boolean; readonly rounds: number; readonly ms: number }

export const say = (text: string): void => void process.stdout.write(`${text}\n`)

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** Runs in every round, one after the other, each in its turn. */
export type Runs<T> = Readonly<Record<string, () => Promise<T>>>
export type Results<T> = Readonly<Record<string, readonly T[]>>

/** Every round runs everything once, every second one backwards, so that a machine that gets slower slows all alike. */
export const alternating = async <T>(runs: Runs<T>, rounds: number): Promise<Results<T>> => {
  const names = Object.keys(runs)
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]]))
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const result = await runs[name]?.()
      if (result !== undefined) results[name]?.push(result)
    }
  return results
}

/** Ours beside theirs, round by round: neighbours in time see the same machine. */
export const ratios = (ours: readonly number[] = [], theirs: readonly number[] = []): readonly number[] =>
  ours.slice(0, theirs.length).map((value, round) => value / (theirs[round] ?? Number.NaN))

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

const isMet = (value: number, goal: Goal): boolean =>
  'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost

const goalText = (goal: Goal): string =>
  'atLeast' in goal ? `>= ${number(goal.atLeast)}` : `<= ${number(goal.atMost)}`

/** The middle of the values with their spread, and how it stands to its goal. Nothing fails here: a reader decides. */
export const judged = (values: readonly number[], goal?: Goal): string => {
  if (values.length === 0) return '-'
  const middle = median(values)
  const spread =
    values.length > 1 ? ` (${number(Math.min(...values))} to ${number(Math.max(...values))})` : ''
  const verdict = goal ? `   goal ${goalText(goal)}: ${isMet(middle, goal) ? 'met' : 'NOT MET'}` : ''
  return `${number(middle)}${spread}${verdict}`
}

export const number = (value: number): string => {
  if (Number.isNaN(value)) return '-'
  const digits = Math.abs(value) < 10 ? 2 : 1
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(digits)
}

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export const table = (rows: readonly (readonly string[])[]): void => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const padded = (cell: string, i: number): string =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  for (const row of rows) say(row.map(padded).join('  ').trimEnd())
}

export type Child = {
  readonly pid: number
  /** What it said first. */
  readonly hello: string
  readonly ask: <A>(question: unknown) => Promise<A>
  /** It lets go of what it has and ends. */
  readonly end: () => Promise<void>
  readonly kill: () => Promise<void>
}

/** One file without a loader, as the relay itself is run (server/tocsinRelay.mjs); beside it in dist/, since migrations/ is looked for from there. */
const madeOf = (script: string): string => {
  const outfile = fileURLToPath(new URL(`../../dist/bench-${script}.mjs`, import.meta.url))
  const entry = fileURLToPath(new URL(`./children/${script}.ts`, import.meta.url))
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  })
  return outfile
}

/** A script of children/ as a process of its own. `facts` is its one argument. */
export const startChild = async (
  script: string,
  facts: unknown,
  node: readonly string[] = [],
): Promise<Child> => {
  const child: ChildProcess = fork(madeOf(script), [JSON.stringify(facts)], { execArgv: [...node] })
  const gone = once(child, 'exit')
  const failed = gone.then(([code]): never => {
    throw new Error(`${script} ended with ${code}`)
  })
  failed.catch(() => undefined)
  const next = async (): Promise<unknown> => (await Promise.race([once(child, 'message'), failed]))[0]
  return {
    hello: String(await next()),
    pid: child.pid ?? 0,
    ask: async <A>(question: unknown) => {
      child.send(question as object)
      return (await next()) as A
    },
    end: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** A folder that everybody may enter, and that goes when the benchmarks end. */
export const newFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `tocsin-${name}-`))
  chmodSync(folder, 0o755)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const DEBIAN_POSTGRES = '/usr/lib/postgresql'

/** Where a program is that the benchmark can do without. */
export const findProgram = (name: string): string | undefined => {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : []
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    '/usr/sbin',
    ...versions.map((version) => join(DEBIAN_POSTGRES, version, 'bin')),
  ]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
