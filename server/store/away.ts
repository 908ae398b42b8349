/**
 * What a failure of the database means for a question that was asked: certainly nothing was done, or nobody knows. Not here:
 * how the connections come back (connections.ts).
 */
import postgres from 'postgres'

/**
 * SQLSTATE classes and codes of a server that cannot do it now: out of disk, memory or connections (53), stopping or starting
 * (57P01, 57P03), cancelled (57014), a broken disk (58030), a standby (25006), a lock of somebody else (40001, 40P01, 55P03).
 */
const PASSING = /^(53...|57P01|57P03|57014|58030|25006|40001|40P01|55P03)$/

/**
 * True where certainly nothing was done. Each of these ends before the statement is sent, or with its transaction undone:
 * a socket that could not be connected, or not in time; a pool that is closed; FATAL, which the driver hands on only when it comes instead
 * of a greeting (in the middle of a statement it becomes CONNECTION_CLOSED); ERROR, after which Postgres has undone the transaction. PANIC is none
 * of them: the record of the commit may have reached the disk.
 */
export const isAway = (error: unknown): boolean => {
  if (error instanceof postgres.PostgresError)
    return error.severity === 'FATAL' || (error.severity === 'ERROR' && PASSING.test(error.code))
  const code = codeOf(error)
  if (code === 'CONNECT_TIMEOUT' || code === 'CONNECTION_ENDED') return true
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined
  return call === 'connect' || call === 'getaddrinfo'
}

/** True where a question that changes nothing may be asked again: also when the connection broke under it. */
export const isUnanswered = (error: unknown): boolean =>
  isAway(error) ||
  (error instanceof postgres.PostgresError && error.severity === 'PANIC') ||
  /^(CONNECTION_(CLOSED|DESTROYED)|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(codeOf(error))

/** The table of a day that is over was dropped after its name was read. */
export const isTableGone = (error: unknown): boolean =>
  error instanceof postgres.PostgresError && error.severity === 'ERROR' && error.code === '42P01'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
