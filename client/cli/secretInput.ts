/** An invite or a relay address: read from a file, or asked for. Neither ever stands among the arguments, where other people's `ps` and the shell's history would see it. */
import { readFile } from 'node:fs/promises'
import { ok, type Result } from '../../shared/base/result.ts'
import { askText } from './ask.ts'
import { type Context, type Refusal, refused } from './command.ts'

export const readSecret = async (
  context: Context,
  path: string | undefined,
  question: string,
): Promise<Result<string, Refusal>> => {
  if (path === undefined) return askText(context, undefined, question)
  try {
    return ok((await readFile(path, 'utf8')).trim())
  } catch {
    return refused('no_such_file', `The file ${path} cannot be read: check its name and its rights.`)
  }
}

export const secretInArguments = (
  what: string,
  option: string,
): { readonly ok: false; readonly error: Refusal } =>
  refused(
    'secret_in_arguments',
    `${what} holds a secret, and what is typed on a command line stays in the shell's history: paste it when it is asked for, or put it into a file and use ${option}.`,
    2,
  )
