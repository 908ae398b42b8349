/** From arguments to an exit code: finds the command, checks what it was given, runs it, and shows its outcome as text or JSON. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { nearest } from '../../shared/base/nearest.ts'
import { ok, type Result } from '../../shared/base/result.ts'
import {
  type Command,
  type Context,
  configOf,
  type Exit,
  type Input,
  type Outcome,
  type Refusal,
  refused,
  textOf,
} from './command.ts'
import type { Entry } from './entry.ts'
import { GLOBAL_OPTIONS, helpFor, overview, VERSION } from './help.ts'
import { entries, findEntry } from './registry.ts'
import type { Terminal } from './terminal.ts'

export type Surroundings = {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly onLeave: Context['onLeave']
  readonly ifInterrupted: Context['ifInterrupted']
}

export const run = async (argv: readonly string[], around: Surroundings): Promise<Exit> => {
  const { terminal } = around
  const { found, rest, asksVersion } = split(argv)
  const isJson = rest.includes('--json')
  if (asksVersion) {
    present(terminal, isJson, ok({ text: [VERSION], json: { version: VERSION } }))
    return 0
  }
  const asked = found === undefined || found === 'help' ? askHelp(rest) : found
  if (typeof asked !== 'object') return present(terminal, isJson, await explain(asked, rest))
  const command = await asked.load()
  if (rest.includes('--help') || rest.includes('-h'))
    return present(terminal, false, ok({ text: helpFor(asked, command), json: undefined }))
  const input = readInput(asked, command, rest)
  if (!input.ok) return present(terminal, isJson, input)
  return present(terminal, isJson, await command.run(contextOf(around, input.value), input.value))
}

type Split = {
  readonly found: Entry | string | undefined
  readonly rest: readonly string[]
  readonly asksVersion: boolean
}

/** The command is the first word that belongs to no option; some have two words. */
const split = (argv: readonly string[]): Split => {
  const isName = (word: string, i: number): boolean =>
    !word.startsWith('-') && !['--home', '--committee'].includes(argv[i - 1] ?? '')
  const at = argv.findIndex(isName)
  if (at < 0) return { found: undefined, rest: argv, asksVersion: argv.includes('--version') }
  const [first = '', second = ''] = argv.slice(at)
  const two = findEntry(`${first} ${second}`)
  const found = two ?? findEntry(first) ?? first
  const rest = [...argv.slice(0, at), ...argv.slice(at + (two ? 2 : 1))]
  return { found, rest, asksVersion: false }
}

/** `help alarm raise` is `alarm raise --help`. */
const askHelp = (rest: readonly string[]): string | undefined =>
  rest.filter((word) => !word.startsWith('-')).join(' ') || undefined

const explain = async (asked: string | undefined, rest: readonly string[]): Promise<Outcome> => {
  if (asked === undefined) return ok({ text: overview(), json: undefined })
  const entry = findEntry(asked)
  if (entry && rest.includes(asked.split(' ')[0] ?? ''))
    return ok({ text: helpFor(entry, await entry.load()), json: undefined })
  const near = nearest(
    asked,
    entries().map((each) => each.name),
  )
  const hint = near ? ` Did you mean \`${near}\`?` : ''
  return refused('unknown_command', `There is no command "${asked}".${hint} See \`npx tocsin help\`.`, 2)
}

const readInput = (entry: Entry, command: Command, rest: readonly string[]): Result<Input, Refusal> => {
  try {
    const options = configOf({ ...GLOBAL_OPTIONS, ...command.options })
    const { values, positionals } = parseArgs({
      args: [...rest],
      ...(options ? { options } : {}),
      allowPositionals: true,
      strict: true,
    })
    if (positionals.length <= (command.takes ?? 0)) return ok({ values, positionals })
    return misused(entry, `"${positionals[command.takes ?? 0]}" is one word too many`)
  } catch (error) {
    return misused(entry, error instanceof Error ? firstSentence(error.message) : 'that is not understood')
  }
}

const firstSentence = (message: string): string => message.split(/\. |\n/)[0]?.replace(/\.$/, '') ?? message

const misused = ({ name }: Entry, what: string): { readonly ok: false; readonly error: Refusal } =>
  refused('usage', `${what}: see \`npx tocsin ${name} --help\`.`, 2)

const contextOf = (around: Surroundings, input: Input): Context => {
  const { terminal, environment } = around
  const isJson = input.values.json === true
  return {
    ...around,
    home: resolve(textOf(input, 'home') ?? (environment.TOCSIN_HOME || join(homedir(), '.tocsin'))),
    committee: textOf(input, 'committee'),
    show: (text, json) => showLines(terminal, isJson, text, json),
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
  }
}

const showLines = (
  terminal: Terminal,
  isJson: boolean,
  text: readonly string[],
  json: object | undefined,
): void => {
  if (isJson && json !== undefined) terminal.say(JSON.stringify(json))
  if (!isJson && text.length > 0) terminal.say(text.join('\n'))
}

const present = (terminal: Terminal, isJson: boolean, outcome: Outcome): Exit => {
  terminal.progress(undefined)
  if (outcome.ok) {
    showLines(terminal, isJson, outcome.value.text, outcome.value.json)
    return outcome.value.exit ?? 0
  }
  const { exit, reason, sentence } = outcome.error
  if (isJson) terminal.say(JSON.stringify({ error: reason, sentence }))
  else terminal.note(sentence)
  return exit
}
