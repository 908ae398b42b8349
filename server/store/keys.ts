/**
 * The relay's own row: the seeds of its keys and the admission secrets, made at the first start (K1, A3).
 * Not here: keys made of the seeds (server/keys.ts).
 */
import { eq } from 'drizzle-orm'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import type { Day } from '../../shared/protocol/ids.ts'
import type { Db } from './database.ts'
import { relay } from './schema.ts'

/** Days after which the admission secret changes (A3). */
const ADMISSION_DAYS = 30

/** `signingSeed`: Ed25519. `staticSecret`: X25519. 32 bytes each. */
export type RelayRow = {
  readonly signingSeed: Uint8Array
  readonly staticSecret: Uint8Array
  readonly admission: AdmissionSecret
  readonly previousAdmission: AdmissionSecret | undefined
  readonly admissionDay: Day
}

/** `random(size)` is used at the first start and for a new admission secret. */
export type Keeper = { readonly db: Db; readonly random: (size: number) => Uint8Array }

export const loadRelayRow = async ({ db, random }: Keeper, today: Day): Promise<RelayRow> => {
  const fresh = {
    signingSeed: random(32),
    staticSecret: random(32),
    admission: random(32),
    admissionDay: today,
  }
  await db.insert(relay).values(fresh).onConflictDoNothing()
  const [row] = await db.select().from(relay)
  if (row === undefined) throw new Error('the relay row is missing')
  return {
    signingSeed: new Uint8Array(row.signingSeed),
    staticSecret: new Uint8Array(row.staticSecret),
    admission: new Uint8Array(row.admission) as AdmissionSecret,
    previousAdmission: row.previousAdmission
      ? (new Uint8Array(row.previousAdmission) as AdmissionSecret)
      : undefined,
    admissionDay: row.admissionDay as Day,
  }
}

/** A3: the current secret becomes the previous one when its 30 days are over. */
export const rotateAdmission = async (keeper: Keeper, row: RelayRow, today: Day): Promise<RelayRow> => {
  if (today < row.admissionDay + ADMISSION_DAYS) return row
  await keeper.db
    .update(relay)
    .set({ previousAdmission: row.admission, admission: keeper.random(32), admissionDay: today })
    .where(eq(relay.admissionDay, row.admissionDay))
  return loadRelayRow(keeper, today)
}
