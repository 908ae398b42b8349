/**
 * The relay's log: that it started, what it swept, how much there is of everything, and its own faults. Never a log, an
 * address, a key, a size of one entry, a connection or a person, at any level. There is no `redact` list, because there
 * is nothing to take out: every line is made here, of numbers and fixed words.
 */
import { pino } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Numbers under fixed names. */
type Numbers = Readonly<Record<string, number>>

export type Log = {
  readonly debug: (what: string, numbers?: Numbers) => void
  readonly info: (what: string, numbers?: Numbers) => void
  readonly warn: (what: string, numbers?: Numbers) => void
  /** A fault of ours or of the database. Library errors may quote what they choked on: only name, code and stack lines are kept. */
  readonly error: (what: string, error: unknown) => void
}

/** One line of JSON each, without host name and process id. */
export const createLog = (level: LogLevel, write: (line: string) => void): Log => {
  const out = pino({ level, base: null }, { write })
  return {
    debug: (what, numbers) => out.debug(numbers ?? {}, what),
    info: (what, numbers) => out.info(numbers ?? {}, what),
    warn: (what, numbers) => out.warn(numbers ?? {}, what),
    error: (what, error) => out.error(faultOf(error), what),
  }
}

/** The places in our code, without the message. */
const faultOf = (
  error: unknown,
): { readonly fault: string; readonly code?: string; readonly at?: readonly string[] } => {
  if (!(error instanceof Error)) return { fault: typeof error }
  const code =
    'code' in error && /^[A-Z0-9_]{1,40}$/.test(String(error.code)) ? String(error.code) : undefined
  const at = (error.stack ?? '')
    .split('\n')
    .flatMap(
      (line) =>
        /^\s+at (?:async )?([\w.<>]+ )?.*?([\w-]+\.[cm]?[jt]s:\d+)/.exec(line)?.slice(1, 3).join('') ?? [],
    )
  return { fault: error.name, ...(code && { code }), at: at.slice(0, 12) }
}
