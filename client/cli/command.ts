/**
 * What a command is: its words for the help page, what it takes, and a function from a context to an outcome. Commands
 * know nothing of processes; run.ts calls them and turns their outcome into text or JSON and an exit code.
 */
import type { ParseArgsConfig } from 'node:util'
import { err, type Result } from '../../shared/base/result.ts'
import type { Terminal } from './terminal.ts'

/**
 * 1: refused or failed, with a sentence that says what to do. 2: wrong usage. 3: the relay could not be reached: what was
 * said is kept and will be sent, what was shown may be old. 4: the relay was caught lying.
 */
export type Exit = 0 | 1 | 2 | 3 | 4

/** `json` undefined: what there was to show has been shown line by line already. */
export type Done = {
  readonly text: readonly string[]
  readonly json: object | undefined
  readonly exit?: Exit
}

/** `reason` is for scripts, `sentence` for people: it says what to do. */
export type Refusal = { readonly exit: Exit; readonly reason: string; readonly sentence: string }

export type Outcome = Result<Done, Refusal>

export const refusal = (reason: string, sentence: string, exit: Exit = 1): Refusal => ({
  exit,
  reason,
  sentence,
})

export const refused = (
  reason: string,
  sentence: string,
  exit: Exit = 1,
): { readonly ok: false; readonly error: Refusal } => err(refusal(reason, sentence, exit))

/** Everything around a command that is not its input. */
export type Context = {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The vault's folder. */
  readonly home: string
  /** Of `--committee`. */
  readonly committee: string | undefined
  /** Shows something before the outcome: text for people, or one line of JSON. */
  readonly show: (text: readonly string[], json: object) => void
  /** Runs when somebody presses Ctrl-C; the answer takes it back. */
  readonly onLeave: (close: () => Promise<void>) => () => void
  /** What a person who presses Ctrl-C now is told, and the exit code, 130 if not given. */
  readonly ifInterrupted: (sentence: string | undefined, exit?: number) => void
  readonly sleep: (ms: number) => Promise<void>
}

export type Option = {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** May be given several times. */
  readonly multiple?: true
  /** The placeholder for its value. */
  readonly value?: string
  readonly help: string
}

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

export type Input = { readonly values: Values; readonly positionals: readonly string[] }

export type Command = {
  /** What follows the name in the usage line. */
  readonly usage: string
  readonly about: readonly string[]
  readonly options?: Readonly<Record<string, Option>>
  /** Most positional arguments; none if absent. */
  readonly takes?: number
  readonly examples?: readonly string[]
  readonly run: (context: Context, input: Input) => Promise<Outcome>
}

export const textOf = ({ values }: Input, name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export const isOn = ({ values }: Input, name: string): boolean => values[name] === true

/** An option that may be repeated, or hold several values between commas. */
export const listOf = ({ values }: Input, name: string): readonly string[] | undefined => {
  const value = values[name]
  if (!Array.isArray(value)) return undefined
  return value.flatMap((one) => (typeof one === 'string' ? one.split(',') : [])).map((one) => one.trim())
}

export const configOf = (options: Readonly<Record<string, Option>>): ParseArgsConfig['options'] =>
  Object.fromEntries(
    Object.entries(options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
    ]),
  )
