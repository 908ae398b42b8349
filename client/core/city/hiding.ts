/** A statement of which a part was taken back: the parts between empty lines, and what stands where one was. Not here: who may take what back (committee/statement.ts). */

/** In the place of what was taken back, in every language. */
export const TAKEN_BACK = '[…]'

export const partsOf = (text: string): readonly string[] => text.split(/\n{2,}/)

/** `parts`: by place, from 0. None: all of it. */
export const withoutParts = (text: string, parts: readonly number[]): string =>
  parts.length === 0
    ? TAKEN_BACK
    : partsOf(text)
        .map((part, i) => (parts.includes(i) ? TAKEN_BACK : part))
        .join('\n\n')
