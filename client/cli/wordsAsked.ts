/** The three words that both screens show, and the question whether they are the same. */
import { askYesNo } from './ask.ts'
import type { Context } from './command.ts'

/** Undefined when nobody answers. */
export const compareWords = (
  context: Context,
  words: readonly string[],
  opening: string,
): Promise<boolean | undefined> => {
  for (const line of [
    '',
    opening,
    'Both screens show three words. Read them to each other, by voice:',
    '',
    `    ${words.join('   ')}`,
    '',
    'Only somebody in between would make them differ.',
  ])
    context.terminal.note(line)
  return askYesNo(context, 'Are they the same on both screens?')
}
