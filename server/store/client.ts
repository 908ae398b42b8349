/**
 * A client of the database that survives its restarts. The driver connects again by itself, but where a connection broke under a
 * statement it takes the server's "not yet" for that statement's answer and asks again without a pause; so whoever loses
 * a connection starts afresh with the next question. Not here: what a lost question means (away.ts).
 */
import type { Sql } from './connect.ts'

/** Seconds that statements on other connections have to end; what waits for a connection waits no longer. */
const GRACE_SECONDS = 1

export type Client = {
  readonly sql: Sql
  /** For a server that says nothing any more: what waits for it is lost, what comes next connects anew. */
  readonly renew: () => void
}

/** `connect` gets a function that it calls when one of its connections is closed. */
export const createClient = (connect: (closed: () => void) => Sql): Client => {
  let isOver = false
  const anew = (): Sql => {
    const made: Sql = connect(() => {
      if (made === current) renew()
    })
    return made
  }
  let current = anew()
  const renew = (): void => {
    if (isOver) return
    const old = current
    current = anew()
    void old.end({ timeout: GRACE_SECONDS })
  }
  const end: Sql['end'] = (options) => {
    isOver = true
    return current.end(options)
  }
  const sql = new Proxy(current, {
    apply: (_client, _this, args) => Reflect.apply(current, undefined, args),
    get: (_client, key) => (key === 'end' ? end : Reflect.get(current, key)),
  })
  return { sql, renew }
}
