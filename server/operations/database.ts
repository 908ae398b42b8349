/** The database as an operation meets it: found, looked at, used, left as it was. Not here: what a relay does with it (server/start.ts). */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Config } from '../config.ts'
import { clusterOf } from '../embedded/cluster.ts'
import { MIGRATIONS } from '../release.ts'
import type { DatabaseAddress } from '../store/database.ts'
import { type RelayRow, readRelayRow } from '../store/keys.ts'
import { pendingMigrations } from '../store/migrations.ts'
import { hasTables, type Opened, openForOperation } from '../store/operating.ts'
import { databaseSentence, MOVED, NEWER, nothingThere } from './faults.ts'
import type { Context, Exit } from './operation.ts'
import { findPlace, type Place } from './place.ts'

/** Runs with the place of the data, and leaves it as it was. What the database throws becomes a sentence. */
export const withPlace = async (context: Context, use: (place: Place) => Promise<Exit>): Promise<Exit> => {
  const { config, complain } = context
  const place = await findPlace(config, complain)
  if (!place.ok) return failed(context, place.error)
  try {
    return await use(place.value)
  } catch (error) {
    return failed(context, databaseSentence(error, config))
  } finally {
    await place.value.leave()
  }
}

export type Found = Opened & { readonly address: DatabaseAddress; readonly row: RelayRow }

/** With a database on which a relay of this version has run, and its row. */
export const withRelay = (context: Context, use: (found: Found) => Promise<Exit>): Promise<Exit> => {
  if (!hasData(context.config)) return Promise.resolve(failed(context, nothingThere(context.config)))
  return withPlace(context, async ({ address }) => {
    const opened = openForOperation(address)
    try {
      const row = await rowOf(opened, context.config)
      return row.ok ? await use({ ...opened, address, row: row.value }) : failed(context, row.error)
    } finally {
      await opened.close()
    }
  })
}

/** Looking must not make an empty database where there was none. */
export const hasData = ({ databaseUrl, dataFolder }: Config): boolean =>
  databaseUrl !== undefined || existsSync(clusterOf(join(resolve(dataFolder), 'postgres')))

const rowOf = async (opened: Opened, config: Config): Promise<Result<RelayRow, string>> => {
  const pending = await pendingMigrations(opened.sql, MIGRATIONS)
  if (pending === 'newer') return err(NEWER)
  if (!(await hasTables(opened.sql))) return err(nothingThere(config))
  if (pending.length > 0)
    return err(
      'The database is of an older version: start the relay, or run `npx tocsin-relay migrate`, first.',
    )
  const row = await readRelayRow(opened.db)
  if (row === undefined) return err(nothingThere(config))
  return row.moved ? err(MOVED) : ok(row)
}

export const failed = ({ complain }: Context, sentence: string): Exit => {
  complain(sentence)
  return 1
}
