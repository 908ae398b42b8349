/** What the database says about the relay that the public address should lead to. */
import type { LogId } from '../../../shared/protocol/ids.ts'
import type { RelayRow } from '../../store/keys.ts'
import type { Opened } from '../../store/operating.ts'

export type OwnRelay = {
  readonly row: RelayRow
  /** Whether this log is in this database. */
  readonly has: (id: LogId) => Promise<boolean>
}

export const ownRelay = ({ sql }: Opened, row: RelayRow): OwnRelay => ({
  row,
  has: async (id) => (await sql`select from logs where id = ${Buffer.from(id)}`).length > 0,
})
