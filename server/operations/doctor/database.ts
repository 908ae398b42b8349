/** The database: whether it is there, whether it keeps what it acknowledges, and how old its schema is. */
import type { Config } from '../../config.ts'
import { MIGRATIONS } from '../../release.ts'
import type { DatabaseAddress } from '../../store/database.ts'
import { readRelayRow } from '../../store/keys.ts'
import { pendingMigrations } from '../../store/migrations.ts'
import { type Opened, openForOperation } from '../../store/operating.ts'
import { readServerState } from '../../store/stats.ts'
import { databaseSentence, MOVED, NEWER } from '../faults.ts'
import { clockFinding, type Finding, failure, fine, warning } from './finding.ts'

export const checkDatabase = async (
  config: Config,
  address: DatabaseAddress,
): Promise<readonly Finding[]> => {
  const opened = openForOperation(address)
  try {
    return [...(await serverFindings(opened)), ...(await schemaFindings(opened))]
  } catch (error) {
    return [failure('database', databaseSentence(error, config), 'start it, and look at DATABASE_URL')]
  } finally {
    await opened.close()
  }
}

/** What Postgres must not be told to leave out: an acknowledged entry is on disk (SPEC E2). */
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'] as const
const OLDEST = 150_000

const serverFindings = async ({ sql }: Opened): Promise<readonly Finding[]> => {
  const asked = Date.now()
  const { version, encoding, clockMs, ...settings } = await readServerState(sql)
  const midway = (asked + Date.now()) / 2
  const off = DURABLE.filter((name) => settings[name] === 'off')
  return [
    version >= OLDEST
      ? fine('database', `answers: Postgres ${Math.floor(version / 10_000)}`)
      : failure('database', `Postgres ${Math.floor(version / 10_000)} is too old`, 'use 15 or newer'),
    off.length === 0
      ? fine('durability', `${DURABLE.join(', ')} are on`)
      : failure(
          'durability',
          `${off.join(', ')} is off: acknowledged entries can be lost`,
          'switch it on in the server',
        ),
    ...(encoding === 'UTF8' ? [] : [warning('database', `its encoding is ${encoding}`, 'make it with UTF8')]),
    clockFinding("the database's", (clockMs - midway) / 1000),
  ]
}

const schemaFindings = async ({ sql, db }: Opened): Promise<readonly Finding[]> => {
  const pending = await pendingMigrations(sql, MIGRATIONS)
  if (pending === 'newer') return [failure('schema', NEWER, 'start the newer version')]
  if (pending.length > 0)
    return [warning('schema', `${pending.length} migrations wait`, 'start the relay: it does them')]
  const row = await readRelayRow(db)
  return row?.moved ? [failure('schema', MOVED, 'remove what is here')] : [fine('schema', 'is up to date')]
}
