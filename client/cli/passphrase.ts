/** The passphrase: asked for without echo, or read from the file that TOCSIN_PASSPHRASE_FILE names. Never from arguments or the environment. */
import { readFile, stat } from 'node:fs/promises'
import { ok, type Result } from '../../shared/base/result.ts'
import { isStrong, MIN_CHARACTERS } from '../core/crypto/passphrase.ts'
import { type Context, type Refusal, refused } from './command.ts'

const RULE = `Choose at least ${MIN_CHARACTERS} characters: four words that have nothing to do with each other are good, and nobody can reset them.`

export const passphraseFile = ({ environment }: Context): string | undefined =>
  environment.TOCSIN_PASSPHRASE_FILE || undefined

export const askPassphrase = async (context: Context): Promise<Result<string, Refusal>> => {
  const path = passphraseFile(context)
  return path === undefined ? askPerson(context, 'Passphrase (not shown):') : readSecretFile(context, path)
}

/** Asked for twice, unless it comes from a file. `name`: the variable that names the file. */
export const askNewPassphrase = async (
  context: Context,
  path: string | undefined,
): Promise<Result<string, Refusal>> => {
  if (path !== undefined) {
    const read = await readSecretFile(context, path)
    return read.ok ? strongEnough(read.value) : read
  }
  context.terminal.note(RULE)
  for (;;) {
    const chosen = await askTwice(context)
    const mayTryAgain =
      context.terminal.isInteractive && !chosen.ok && chosen.error.reason !== 'no_passphrase'
    if (!mayTryAgain) return chosen
    context.terminal.note(chosen.error.sentence)
  }
}

const askTwice = async (context: Context): Promise<Result<string, Refusal>> => {
  const first = await askPerson(context, 'New passphrase (not shown):')
  const strong = first.ok ? strongEnough(first.value) : first
  if (!strong.ok) return strong
  const second = await askPerson(context, 'The same again:')
  if (!second.ok || second.value === strong.value) return second
  return refused('passphrases_differ', 'The two were not the same: try again.')
}

const strongEnough = (passphrase: string): Result<string, Refusal> =>
  isStrong(passphrase) ? ok(passphrase) : refused('weak_passphrase', `That is too easy to guess. ${RULE}`)

const askPerson = async ({ terminal }: Context, question: string): Promise<Result<string, Refusal>> => {
  const answer = await terminal.askHidden(question)
  return answer === undefined || answer === ''
    ? refused(
        'no_passphrase',
        'No passphrase was given: type it at a terminal, or put it into a file and name that in TOCSIN_PASSPHRASE_FILE.',
      )
    : ok(answer)
}

/** The first line of a file that only its owner should be able to read. */
const readSecretFile = async ({ terminal }: Context, path: string): Promise<Result<string, Refusal>> => {
  try {
    if (((await stat(path)).mode & 0o077) !== 0)
      terminal.note(`Others on this machine can read the passphrase in ${path}: run chmod 600 on it.`)
    const [line = ''] = (await readFile(path, 'utf8')).split(/\r?\n/)
    if (line !== '') return ok(line)
  } catch {
    return refused(
      'no_passphrase',
      `The passphrase file ${path} cannot be read: check its name and its rights.`,
    )
  }
  return refused(
    'no_passphrase',
    `The passphrase file ${path} is empty: put the passphrase into its first line.`,
  )
}
