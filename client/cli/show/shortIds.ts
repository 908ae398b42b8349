/** Ids as people type them: the first four digits, and more where two begin alike. */
import { err, ok, type Result } from '../../../shared/base/result.ts'

const SHORTEST = 4

/** Each id's own short form: as long as it has to be. */
export const shortIds = (ids: readonly string[]): ((id: string) => string) => {
  const sorted = [...new Set(ids)].sort()
  const short = new Map(
    sorted.map((id, i) => {
      const alike = Math.max(common(id, sorted[i - 1]), common(id, sorted[i + 1]))
      return [id, id.slice(0, Math.max(SHORTEST, alike + 1))] as const
    }),
  )
  return (id) => short.get(id) ?? id.slice(0, SHORTEST)
}

const common = (a: string, b: string | undefined): number => {
  let length = 0
  while (b !== undefined && length < a.length && a[length] === b[length]) length++
  return length
}

/** The one id that begins so. */
export const findId = (ids: readonly string[], typed: string): Result<string, 'none' | 'several'> => {
  const wanted = typed.trim().toLowerCase()
  const found = [...new Set(ids)].filter((id) => wanted !== '' && id.startsWith(wanted))
  const [one] = found
  if (one === undefined) return err('none')
  return found.length === 1 ? ok(one) : err('several')
}
