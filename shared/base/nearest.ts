/** The known word that was probably meant. */

/** Letters that may be wrong. */
const FAR = 2

/** Undefined when none is near. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const [best] = known.map((each) => ({ each, far: distance(word, each) })).sort((a, b) => a.far - b.far)
  return best && best.far <= FAR ? best.each : undefined
}

/** Letters to change, add or leave out (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[b.length] ?? 0
}
