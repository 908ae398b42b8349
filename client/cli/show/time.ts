/** Times and counts in words. Times are in this machine's time zone and language. */

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })

/** `14:05` */
export const timeOf = (ms: number): string => clock.format(ms)

/** `Monday 23 November` */
export const dayOf = (ms: number): string => day.format(ms).replace(',', '')

/** `14:05` today, and with its day otherwise. */
export const momentOf = (ms: number, nowMs: number): string =>
  dayOf(ms) === dayOf(nowMs) ? timeOf(ms) : `${timeOf(ms)} on ${dayOf(ms)}`

/** `1 entry`, `2 entries` */
export const countOf = (n: number, one: string, several = `${one}s`): string =>
  `${n} ${n === 1 ? one : several}`

/** `a`, `a and b`, `a, b and c`; `nobody` */
export const listOf = (names: readonly string[], nobody = 'nobody'): string => joined(names, 'and') ?? nobody

/** `a`, `a or b`, `a, b or c` */
export const eitherOf = (names: readonly string[]): string => joined(names, 'or') ?? ''

const joined = (names: readonly string[], word: 'and' | 'or'): string | undefined => {
  const [last, ...others] = [...names].reverse()
  return others.length === 0 ? last : `${others.reverse().join(', ')} ${word} ${last}`
}
