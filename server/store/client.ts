/**
 * A client of the database that survives its restarts. The driver connects again by itself, but where a connection broke under a
 * statement it takes the server's "not yet" for that statement's answer and asks again without a pause; so whoever loses
 * a connection starts afresh with the next question. Not here: what a lost question means (away.ts).
 */
import type { Sql } from './connect.ts'

/** Seconds that statements on other connections have to end; what waits for a connection waits no longer. */
const GRACE_SECONDS = 1

/** `connect` gets a function that it calls when one of its connections is closed. */
export const createClient = (connect: (closed: () => void) => Sql): Sql => {
  let isOver = false
  const anew = (): Sql => {
    const made: Sql = connect(() => {
      if (isOver || made !== current) return
      current = anew()
      void made.end({ timeout: GRACE_SECONDS })
    })
    return made
  }
  let current = anew()
  const end: Sql['end'] = (options) => {
    isOver = true
    return current.end(options)
  }
  return new Proxy(current, {
    apply: (_client, _this, args) => Reflect.apply(current, undefined, args),
    get: (_client, key) => (key === 'end' ? end : Reflect.get(current, key)),
  })
}
