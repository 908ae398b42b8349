/** Bringing the database's schema up to date without starting a relay. */
import { MIGRATIONS } from '../release.ts'
import type { DatabaseAddress } from '../store/database.ts'
import { migrateOnce, pendingMigrations } from '../store/migrations.ts'
import { openForOperation } from '../store/operating.ts'
import { failed, withPlace } from './database.ts'
import { NEWER } from './faults.ts'
import type { Operation } from './operation.ts'

export const migrate: Operation = {
  usage: '[--dry-run]',
  about: [
    'A relay that starts does the same by itself. Forward only, all steps in one transaction, one at a time however many',
    'relays start together.',
  ],
  options: { 'dry-run': { type: 'boolean', help: 'only say what waits' } },
  example: 'npx tocsin-relay migrate --dry-run',
  run: (context, { given }) =>
    withPlace(context, async ({ address }) => {
      const pending = await pendingAt(address)
      if (pending === 'newer') return failed(context, NEWER)
      if (!given.has('dry-run')) await migrateOnce(address, MIGRATIONS)
      context.say([...pending, sentence(pending.length, given.has('dry-run'))].join('\n'))
      return 0
    }),
}

const sentence = (count: number, isDry: boolean): string => {
  if (count === 0) return 'The database is up to date: nothing waits.'
  return isDry ? 'These wait. Nothing was done.' : 'These are done: the database is up to date.'
}

const pendingAt = async (address: DatabaseAddress): Promise<readonly string[] | 'newer'> => {
  const { sql, close } = openForOperation(address)
  return pendingMigrations(sql, MIGRATIONS).finally(close)
}
