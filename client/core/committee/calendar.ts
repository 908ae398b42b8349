/** Days as people write them down, `2027-01-31`, beside clocks. For shelf lives and reminders only: no rule of the fold asks. */

/** Days from 1970 to a day of the calendar, with years that begin in March so that a leap day is the last (the usual arithmetic). */
export const dayNumber = (day: string): number => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const y = month < 3 ? year - 1 : year
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + inYear - 719_468
}

const two = (n: number): string => String(n).padStart(2, '0')
const DAY_MS = 86_400_000

/** The day of the calendar that is so many days from 1970: `2027-01-31`. */
export const dayWritten = (days: number): string => {
  const since = days + 719_468
  const era = Math.floor(since / 146_097)
  const day = since - 146_097 * era
  const inEra = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  )
  const inYear = day - (365 * inEra + Math.floor(inEra / 4) - Math.floor(inEra / 100))
  const fromMarch = Math.floor((5 * inYear + 2) / 153)
  const date = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = inEra + 400 * era + (month < 3 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`
}

/** A moment as programs write it (RFC 3339), in UTC: `2027-01-31T09:30:00.000Z`. */
export const momentWritten = (ms: number): string => {
  const days = Math.floor(ms / DAY_MS)
  const rest = Math.floor(ms) - DAY_MS * days
  const [hour, minute] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60]
  const seconds = `${two(Math.floor(rest / 1000) % 60)}.${String(rest % 1000).padStart(3, '0')}`
  return `${dayWritten(days)}T${two(hour)}:${two(minute)}:${seconds}Z`
}
