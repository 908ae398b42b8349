/** Days as people write them down, `2027-01-31`, beside clocks. For shelf lives and reminders only: no rule of the fold asks. */

/** Days from 1970 to a day of the calendar, with years that begin in March so that a leap day is the last (the usual arithmetic). */
export const dayNumber = (day: string): number => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const y = month < 3 ? year - 1 : year
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + inYear - 719_468
}
