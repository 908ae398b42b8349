/** The bell's own database: two tables, nothing of the relay's. Not here: what is rung (ringing.ts). */
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

export type Kept = { readonly hash: Uint8Array; readonly endpoint: string }
export type BellKeys = { readonly secret: Uint8Array; readonly vapid: Uint8Array }
/** `previous`: the secret before the last rotation, which is still good. */
export type KeptKeys = BellKeys & { readonly previous: Uint8Array | undefined }

export type BellStore = {
  readonly register: (one: Kept & { readonly rung: number; readonly day: number }) => Promise<void>
  readonly forget: (hash: Uint8Array) => Promise<boolean>
  /** Of the regular rounds only, or of alarms; who came on an earlier day first, else in random order. Never those with tickets. */
  readonly all: (ofRounds: boolean) => Promise<readonly Kept[]>
  /** By its ticket. */
  readonly one: (hash: Uint8Array) => Promise<Kept | undefined>
  readonly expire: (before: number) => Promise<void>
  readonly count: () => Promise<number>
  /** Its own keys, made of `fresh` at the first start. */
  readonly keys: (fresh: BellKeys) => Promise<KeptKeys>
  /** Puts another secret in the place of the present one. Push services know the other key: it stays. */
  readonly rotate: (secret: Uint8Array) => Promise<void>
  readonly close: () => Promise<void>
}

export type BellDatabase = { readonly url: string } | { readonly socketFolder: string }

const CONNECTIONS = 4

export const openBellStore = async (address: BellDatabase, migrations: string): Promise<BellStore> => {
  const options = { max: CONNECTIONS, fetch_types: false, onnotice: () => undefined }
  const sql =
    'url' in address
      ? postgres(address.url, options)
      : postgres({
          ...options,
          path: `${address.socketFolder}/.s.PGSQL.5432`,
          user: 'postgres',
          database: 'postgres',
        })
  await migrate(drizzle(sql), { migrationsFolder: migrations }).catch(async (error) => {
    await sql.end({ timeout: 1 })
    throw error
  })
  const kept = (row: { hash: Buffer; endpoint: string }): Kept => ({
    hash: new Uint8Array(row.hash),
    endpoint: row.endpoint,
  })
  return {
    register: async ({ hash, endpoint, rung, day }) => {
      await sql`insert into bells (hash, rung, endpoint, day, since) values (${hash}, ${rung}, ${endpoint}, ${day}, ${day})
        on conflict (hash) do update set rung = ${rung}, endpoint = ${endpoint}, day = ${day}`
    },
    forget: async (hash) => (await sql`delete from bells where hash = ${hash}`).count > 0,
    all: async (ofRounds) =>
      (
        await sql<{ hash: Buffer; endpoint: string }[]>`
          select hash, endpoint from bells where rung = 2 or (rung = 1 and ${!ofRounds})
          order by since, random()`
      ).map(kept),
    one: async (hash) =>
      (
        await sql<{ hash: Buffer; endpoint: string }[]>`
          select hash, endpoint from bells where hash = ${hash} and rung = 3`
      ).map(kept)[0],
    expire: async (before) => void (await sql`delete from bells where day < ${before}`),
    count: async () => Number((await sql`select count(*)::int4 as n from bells`)[0]?.n),
    keys: async (fresh) => {
      await sql`insert into bell (secret, vapid) values (${fresh.secret}, ${fresh.vapid}) on conflict do nothing`
      const [row] = await sql<
        { secret: Buffer; vapid: Buffer; previous: Buffer | null }[]
      >`select secret, vapid, previous from bell`
      if (row === undefined) throw new Error('the bell has no keys')
      const previous = row.previous ? new Uint8Array(row.previous) : undefined
      return { secret: new Uint8Array(row.secret), vapid: new Uint8Array(row.vapid), previous }
    },
    rotate: async (secret) => void (await sql`update bell set previous = secret, secret = ${secret}`),
    close: () => sql.end({ timeout: 5 }),
  }
}
