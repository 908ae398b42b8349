/** From words to an exit code: finds the operation, checks what it was given, reads the settings, runs it. */
import { parseArgs } from 'node:util'
import { nearest } from '../../shared/base/nearest.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { type Environment, readConfig } from '../config.ts'
import { GLOBAL_OPTIONS, helpFor, overview } from './help.ts'
import { type Exit, type Input, type Operation, parseOptions, type Surroundings } from './operation.ts'
import { ENTRIES, type Entry, findEntry } from './registry.ts'

export type Around = Surroundings & { readonly environment: Environment }

/** No word at all means `serve`. */
export const run = async (argv: readonly string[], around: Around): Promise<Exit> => {
  const [first = 'serve', ...rest] = argv
  if (isHelp(first)) return explain(rest[0], around)
  const entry = findEntry(first)
  if (entry === undefined) return refuse(unknown(first), around)
  const operation = await entry.load()
  if (rest.some((word) => word === '--help' || word === '-h')) return explain(first, around)
  const input = readInput(entry, operation, rest)
  return input.ok ? runWith(entry, operation, input.value, around) : refuse(input.error, around)
}

const runWith = async (
  { name }: Entry,
  operation: Operation,
  input: Input,
  around: Around,
): Promise<Exit> => {
  const config = readConfig(around.environment)
  if (config.ok) return operation.run({ ...around, config: config.value }, input)
  const nothing = name === 'serve' ? 'The relay did not start:' : 'Nothing was done:'
  return refuse([nothing, ...config.error.map((fault) => `- ${fault}`)].join('\n'), around)
}

const isHelp = (word: string): boolean => ['help', '--help', '-h'].includes(word)

const explain = async (name: string | undefined, around: Around): Promise<Exit> => {
  const entry = name === undefined ? undefined : findEntry(name)
  if (name !== undefined && !isHelp(name) && entry === undefined) return refuse(unknown(name), around)
  around.say((entry ? helpFor(entry, await entry.load()) : overview()).join('\n'))
  return 0
}

const unknown = (word: string): string => {
  const near = nearest(
    word,
    ENTRIES.map(({ name }) => name),
  )
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return `There is no command "${printable(word)}".${hint} See \`npx tocsin-relay help\`.`
}

const readInput = ({ name }: Entry, operation: Operation, rest: readonly string[]): Result<Input, string> => {
  const see = `see \`npx tocsin-relay ${name} --help\`.`
  try {
    const options = parseOptions({ ...GLOBAL_OPTIONS, ...operation.options })
    const { values, positionals } = parseArgs({
      args: [...rest],
      ...(options ? { options } : {}),
      allowPositionals: true,
      strict: true,
    })
    const takes = operation.takes ?? 0
    if (positionals.length === takes) return ok({ given: new Set(Object.keys(values)), words: positionals })
    return err(
      positionals.length < takes
        ? `${name} needs ${operation.usage}: ${see}`
        : `"${printable(positionals[takes] ?? '')}" is one word too many: ${see}`,
    )
  } catch (error) {
    const [what = ''] = error instanceof Error ? error.message.split(/\. |\n/) : []
    return err(`${printable(what.replace(/\.$/, ''))}: ${see}`)
  }
}

const refuse = (sentence: string, { complain }: Around): Exit => {
  complain(sentence)
  return 2
}

/** What somebody typed may hold anything; a terminal should not. */
const printable = (word: string): string => word.replace(/[^ -~]/g, '?').slice(0, 120)
