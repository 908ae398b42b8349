/**
 * The client with one rule switched off: built from the same sources with an expression replaced, because the product has no switches. A
 * text that is not there any more, or there twice, is an error: a mutant that is none would prove nothing.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { Plot } from './mixture.ts'

type Replacement = { readonly file: string; readonly text: string; readonly by: string }

export type Mutant = {
  /** What is switched off. */
  readonly name: string
  readonly replacements: readonly Replacement[]
  /** The schedules that are tried begin with this. */
  readonly plot: Plot
  /** Of a schedule that shows it; where the dice have changed since, one of the next hundred does. */
  readonly seed: number
  /** The rules of which at least one breaks. */
  readonly breaks: readonly string[]
}

export type Verdict = {
  readonly schedules: number
  readonly violations: readonly string[]
  readonly seed?: number
}

/** Runs schedules from `first` on, at most `count`, on the mutated client. */
export const tryMutant = async (mutant: Mutant, first: number, count: number): Promise<Verdict> => {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-mutant-'))
  try {
    const outfile = join(folder, 'child.mjs')
    await build({
      entryPoints: [resolve('test/model/child.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      plugins: [replacing(mutant.replacements)],
    })
    return await run(outfile, [String(first), String(count), mutant.plot])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const replacing = (replacements: readonly Replacement[]): Plugin => ({
  name: 'replacing',
  setup: ({ onLoad, onEnd }) => {
    const done = new Set<string>()
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const here = replacements.filter(({ file }) => resolve(file) === path)
      if (here.length === 0) return undefined
      for (const { file } of here) done.add(file)
      return { contents: here.reduce(replaceOnce, await readFile(path, 'utf8')), loader: 'ts' }
    })
    onEnd(() => {
      for (const { file } of replacements)
        if (!done.has(file)) throw new Error(`${file} is not part of the client`)
    })
  },
})

const replaceOnce = (source: string, { file, text, by }: Replacement): string => {
  const count = source.split(text).length - 1
  if (count !== 1) throw new Error(`${file} has ${count} times: ${text}`)
  return source.replace(text, () => by)
}

const run = (program: string, args: readonly string[]): Promise<Verdict> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk) => {
      said.out += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.err += chunk
    })
    child.on('close', (code) =>
      code === 0
        ? done(JSON.parse(said.out) as Verdict)
        : fail(new Error(`the mutant ended with ${code}: ${said.err}`)),
    )
  })
