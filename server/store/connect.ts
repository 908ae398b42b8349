/** Connections to Postgres, all made alike. Not here: who makes how many (database.ts), and what happens when they break (client.ts). */
import postgres from 'postgres'

export type Sql = postgres.Sql

/** A URL, or the folder of a unix socket: the embedded database. */
export type DatabaseAddress = { readonly url: string } | { readonly socketFolder: string }

/** Seconds until a server that does not answer counts as away. */
const CONNECT_SECONDS = 5

/** `fetch_types` is off: the driver's extra question at each connection would end the process when the server went away under it. */
export const connect = (address: DatabaseAddress, max: number, onclose?: () => void): Sql => {
  const options = {
    max,
    connect_timeout: CONNECT_SECONDS,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'tocsin', synchronous_commit: 'on' },
    ...(onclose && { onclose, max_lifetime: null }), // who is told of each end wants none without a reason
  }
  return 'url' in address
    ? postgres(address.url, options)
    : postgres({
        ...options,
        path: `${address.socketFolder}/.s.PGSQL.5432`,
        user: 'postgres',
        database: 'postgres',
      })
}
