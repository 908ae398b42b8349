/** Long lines for a screen: broken between words, and what follows stands under the beginning. */

/** `columns` undefined: not a screen, nothing is broken. A word that is longer than the screen stays whole, so that it can be copied. */
export const wrap = (text: string, columns: number | undefined): string =>
  columns === undefined
    ? text
    : text
        .split('\n')
        .flatMap((line) => wrapLine(line, columns))
        .join('\n')

const wrapLine = (line: string, columns: number): readonly string[] => {
  if (line.length <= columns) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let now = indent
  for (const word of line.slice(indent.length).split(' ')) {
    const isFull = now.length > indent.length && now.length + 1 + word.length > columns
    if (isFull) lines.push(now)
    const before = isFull || now === indent ? indent : `${now} `
    now = before + word
  }
  return [...lines, now]
}
