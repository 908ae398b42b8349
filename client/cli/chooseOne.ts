/** Which one of several things is meant: the one whose id begins so, or the only one there is. */
import { ok, type Result } from '../../shared/base/result.ts'
import { choose } from './ask.ts'
import { type Refusal, refused } from './command.ts'
import { findId, shortIds } from './show/shortIds.ts'
import { eitherOf } from './show/time.ts'

/** `what`: what they are called, and the command that lists them. */
export const chooseOne = <T>(
  all: ReadonlyMap<string, T>,
  typed: string | undefined,
  { what, list }: { readonly what: string; readonly list: string },
): Result<T, Refusal> => {
  if (typed === undefined && all.size !== 1)
    return all.size === 0
      ? refused('none', `There is no ${what} yet: see \`npx tocsin ${list}\`.`)
      : refused(
          'which_one',
          `There are several: say which ${what} by its id, ${someIds([...all.keys()])}. \`npx tocsin ${list}\` shows them.`,
        )
  const found = findId([...all.keys()], typed ?? [...all.keys()].join())
  const one = found.ok ? all.get(found.value) : undefined
  if (one) return ok(one)
  return !found.ok && found.error === 'several'
    ? refused('ambiguous', `More than one ${what} begins with "${typed}": type one more digit of the id.`)
    : refused('no_such_one', `There is no ${what} "${typed}": \`npx tocsin ${list}\` shows them.`)
}

/** So many that a sentence stays one. */
const MOST_IDS = 6

const someIds = (ids: readonly string[]): string => {
  const short = ids.slice(0, MOST_IDS).map(shortIds(ids))
  return ids.length > MOST_IDS ? `${short.join(', ')} or another` : eitherOf(short)
}

/** An id and a word of a closed list; the id may be left out. */
export const idAndWord = (
  [first, second]: readonly string[],
  table: Readonly<Record<string, string>>,
): { readonly id: string | undefined; readonly word: string | undefined } =>
  second === undefined && first !== undefined && !/^\d/.test(first) && choose(table, first) !== undefined
    ? { id: undefined, word: first }
    : { id: first, word: second }
