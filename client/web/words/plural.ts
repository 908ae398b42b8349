/** Numbers, counts, spans, moments and lists as each language writes them, by the browser's own tables. Not here: sentences. */

/** The forms that a language has; `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }

const HOUR_MS = 3_600_000
const UNITS = [
  ['day', 24 * HOUR_MS],
  ['hour', HOUR_MS],
  ['minute', 60_000],
] as const

/** Marks around a name or number that keep its direction from mixing with the sentence's (Unicode FSI and PDI). */
export const isolated = (text: string): string => `\u2068${text}\u2069`

export const formatsOf = (language: string) => {
  const rules = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  const lists = new Intl.ListFormat(language)
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
  const day = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })
  const date = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const unit = (name: string, value: number): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' }).format(value)
  const dayOf = (ms: number): string => day.format(ms)
  return {
    plural: (n: number, forms: Forms): string =>
      (forms[rules.select(n)] ?? forms.other).replaceAll('#', numbers.format(n)),
    number: (n: number): string => numbers.format(n),
    list: (names: readonly string[]): string => lists.format(names.map(isolated)),
    /** `3 hours`; from two days on in days, never less than a minute. */
    span: (ms: number): string => {
      const [name, size] = UNITS.find(([name, size]) => ms >= (name === 'day' ? 2 * size : size)) ?? [
        'minute' as const,
        60_000,
      ]
      return unit(name, Math.max(1, Math.round(ms / size)))
    },
    days: (n: number): string => unit('day', n),
    /** Of a file, in bytes. */
    size: (bytes: number): string => unit('kilobyte', Math.max(1, Math.round(bytes / 1000))),
    day: dayOf,
    time: (ms: number): string => time.format(ms),
    /** With its year; of a day that is counted from 1970. */
    date: (ms: number): string => date.format(ms),
    /** Of a day as it is written in the committee, such as 2027-01-31. */
    calendarDay: (written: string): string => {
      const ms = Date.parse(`${written}T12:00:00`)
      return Number.isNaN(ms) ? isolated(written) : dayOf(ms)
    },
    /** The same with its year. */
    calendarDate: (written: string): string => {
      const ms = Date.parse(`${written}T12:00:00Z`)
      return Number.isNaN(ms) ? isolated(written) : date.format(ms)
    },
    /** The time alone today, and with its day otherwise. */
    moment: (ms: number, nowMs: number): string =>
      isSameDay(ms, nowMs) ? time.format(ms) : `${dayOf(ms)}, ${time.format(ms)}`,
  }
}

/** By the calendar of this device; to put both into words would take a slow phone longer than to draw them. */
const isSameDay = (ms: number, otherMs: number): boolean =>
  new Date(ms).toDateString() === new Date(otherMs).toDateString()

export type Formats = ReturnType<typeof formatsOf>
