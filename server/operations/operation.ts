/**
 * What an operation is: its words for the help page, what it takes, and a function from its surroundings to an exit code.
 * Not here: which there are (registry.ts), and how they are called (run.ts).
 */
import type { ParseArgsConfig } from 'node:util'
import type { Config } from '../config.ts'

/** 0: done, or ended when asked to. 1: refused or failed, a sentence says why. 2: wrong words or settings. */
export type Exit = 0 | 1 | 2

/** What runs around an operation. Answers go to standard output; sentences about what went wrong, and the log, to standard error. */
export type Surroundings = {
  readonly say: (text: string) => void
  readonly complain: (text: string) => void
  /** One line of the log, as it is. */
  readonly writeLog: (line: string) => void
  /** Aborted when somebody asks the process to end. Who asks for it promises to end soon; the others are ended at once. */
  readonly asked: () => AbortSignal
}

export type Context = Surroundings & { readonly config: Config }

export type Option = { readonly type: 'boolean'; readonly short?: string; readonly help: string }

export type Input = {
  /** Names of the options that were given. */
  readonly given: ReadonlySet<string>
  readonly words: readonly string[]
}

export type Operation = {
  /** What follows the name in the usage line. */
  readonly usage: string
  readonly about: readonly string[]
  readonly options?: Readonly<Record<string, Option>>
  /** The words it needs, no more and no fewer; none if absent. */
  readonly takes?: number
  readonly example: string
  readonly run: (context: Context, input: Input) => Promise<Exit>
}

export const parseOptions = (options: Readonly<Record<string, Option>>): ParseArgsConfig['options'] =>
  Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, { type, ...(short ? { short } : {}) }]),
  )
