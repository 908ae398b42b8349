/** Questions that several commands ask, with an answer that can be acted on. */
import { ok, type Result } from '../../shared/base/result.ts'
import { isHandle } from '../core/committee/content.ts'
import { toOneLine } from '../core/committee/plainText.ts'
import { type Context, type Refusal, refused } from './command.ts'
import { fieldRefusal } from './words.ts'

const YES = ['y', 'yes']
const NO = ['n', 'no']

/** Undefined when nobody answers. */
export const askYesNo = async ({ terminal }: Context, question: string): Promise<boolean | undefined> => {
  for (;;) {
    const answer = (await terminal.ask(`${question} (yes/no)`))?.toLowerCase()
    if (answer === undefined) return undefined
    if (YES.includes(answer)) return true
    if (NO.includes(answer)) return false
    terminal.note('Please type yes or no.')
  }
}

/** `given`: from an option; otherwise the question is asked. */
export const askText = async (
  { terminal }: Context,
  given: string | undefined,
  question: string,
): Promise<Result<string, Refusal>> => {
  const answer = given ?? (await terminal.ask(question))
  return answer === undefined
    ? refused(
        'no_answer',
        `Nobody answered "${question}": run it at a terminal, or use the options that --help shows.`,
        2,
      )
    : ok(answer.trim())
}

export const askHandle = async (
  context: Context,
  given: string | undefined,
): Promise<Result<string, Refusal>> => {
  const typed = await askText(context, given, 'What should the others call you? (not your real name)')
  if (!typed.ok) return typed
  const handle = toOneLine(typed.value)
  return isHandle(handle) ? ok(handle) : { ok: false, error: fieldRefusal('handle') }
}

/** One of a numbered list: its number, its identifier or its words. Undefined when it is none of them. */
export const choose = <const Id extends string>(
  table: Readonly<Record<Id, string>>,
  typed: string,
): Id | undefined => {
  const ids = Object.keys(table) as Id[]
  const wanted = typed.trim().toLowerCase().replaceAll('-', '_').replaceAll(' ', '_')
  const byName = ids.find(
    (id) => id === wanted || table[id].toLowerCase().replaceAll('-', '_').replaceAll(' ', '_') === wanted,
  )
  return byName ?? (/^\d+$/.test(wanted) ? ids[Number(wanted) - 1] : undefined)
}

/** A word and an identifier, whichever was typed first. */
export const wordFirst = (
  table: Readonly<Record<string, string>>,
  [first, second]: readonly string[],
): readonly [string | undefined, string | undefined] =>
  first !== undefined && second !== undefined && !choose(table, first) && choose(table, second)
    ? [second, first]
    : [first, second]

/** Lists what there is with numbers and asks. */
export const askChoice = async <const Id extends string>(
  context: Context,
  table: Readonly<Record<Id, string>>,
  question: string,
): Promise<Result<Id, Refusal>> => {
  const words = Object.values<string>(table)
  for (const [i, word] of words.entries()) context.terminal.note(`  ${String(i + 1).padStart(2)}  ${word}`)
  for (;;) {
    const typed = await askText(context, undefined, question)
    if (!typed.ok) return typed
    const chosen = choose(table, typed.value)
    if (chosen !== undefined) return ok(chosen)
    context.terminal.note(`Please type a number from 1 to ${words.length}.`)
  }
}

/** What was typed, or asked for. */
export const askWord = async <const Id extends string>(
  context: Context,
  table: Readonly<Record<Id, string>>,
  typed: string | undefined,
  question: string,
): Promise<Result<Id, Refusal>> => {
  const chosen = typed === undefined ? undefined : choose(table, typed)
  if (chosen !== undefined) return ok(chosen)
  if (typed === undefined) return askChoice(context, table, question)
  return refused(
    'no_such_choice',
    `"${typed}" is none of: ${Object.keys(table).join(', ').replaceAll('_', '-')}.`,
    2,
  )
}
