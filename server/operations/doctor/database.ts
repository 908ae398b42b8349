/** The database: whether it is there, whether it keeps what it acknowledges, and how old its schema is. */
import type { Config } from '../../config.ts'
import { MIGRATIONS } from '../../release.ts'
import { type RelayRow, readRelayRow } from '../../store/keys.ts'
import { pendingMigrations } from '../../store/migrations.ts'
import type { Opened } from '../../store/operating.ts'
import { readServerState } from '../../store/stats.ts'
import { databaseSentence, MOVED, NEWER } from '../faults.ts'
import { clockFinding, type Finding, failure, fine, warning } from './finding.ts'
import { type OwnRelay, ownRelay } from './ownRelay.ts'

export type Looked = { readonly findings: readonly Finding[]; readonly own?: OwnRelay }

/** Of `opened`, which is the caller's to close. */
export const checkDatabase = async (config: Config, opened: Opened): Promise<Looked> => {
  try {
    const findings = await serverFindings(opened)
    const { schema, row } = await lookAtSchema(opened)
    const own = row && !row.moved ? { own: ownRelay(opened, row) } : {}
    return { findings: [...findings, schema], ...own }
  } catch (error) {
    return {
      findings: [failure('database', databaseSentence(error, config), 'start it, and look at DATABASE_URL')],
    }
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

type Schema = { readonly schema: Finding; readonly row?: RelayRow | undefined }

const lookAtSchema = async ({ sql, db }: Opened): Promise<Schema> => {
  const pending = await pendingMigrations(sql, MIGRATIONS)
  if (pending === 'newer') return { schema: failure('schema', NEWER, 'start the newer version') }
  if (pending.length > 0)
    return {
      schema: warning('schema', `${pending.length} migrations wait`, 'start the relay: it does them'),
    }
  const row = await readRelayRow(db)
  return { schema: row?.moved ? failure('schema', MOVED, 'remove what is here') : UP_TO_DATE, row }
}

const UP_TO_DATE = fine('schema', 'is up to date')
