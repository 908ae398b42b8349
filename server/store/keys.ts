/**
 * The relay's own row: the seeds of its keys and the admission secrets, made at the first start (K1, A3), the switch of
 * creation, the settled day. All relays of one database share it and read it again and again: what is changed here is heard of within
 * seconds. Not here: keys made of the seeds (server/keys.ts), when a day is settled (server/housekeeping.ts).
 */
import { eq, sql } from 'drizzle-orm'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import type { Day } from '../../shared/protocol/ids.ts'
import type { Db } from './database.ts'
import { ahead, relay } from './schema.ts'

/** Days after which the admission secret changes (A3). */
const ADMISSION_DAYS = 30

/** `signingSeed`: Ed25519. `staticSecret`: X25519. 32 bytes each. What a backup holds. */
export type Configuration = {
  readonly signingSeed: Uint8Array
  readonly staticSecret: Uint8Array
  readonly admission: AdmissionSecret
  readonly previousAdmission: AdmissionSecret | undefined
  readonly admissionDay: Day
  /** Whether logs may be created. */
  readonly creation: boolean
}

export type RelayRow = Configuration & {
  /** What ended before this day is erased. It never goes back, and no relay's today is before it. */
  readonly settledDay: Day
  /** Everything was moved to another machine: this database must not be served again (H2). */
  readonly moved: boolean
}

/** `random(size)` is used at the first start and for a new admission secret. */
export type Keeper = { readonly db: Db; readonly random: (size: number) => Uint8Array }

/** Makes the row where there is none. */
export const loadRelayRow = async ({ db, random }: Keeper, today: Day): Promise<RelayRow> => {
  const fresh = {
    signingSeed: random(32),
    staticSecret: random(32),
    admission: random(32),
    admissionDay: today,
    settledDay: today,
  }
  await db.insert(relay).values(fresh).onConflictDoNothing()
  const row = await readRelayRow(db)
  if (row === undefined) throw new Error('the relay row is missing')
  return row
}

export const readRelayRow = async (db: Db): Promise<RelayRow | undefined> => {
  const [row] = await db.select().from(relay)
  return (
    row && {
      signingSeed: new Uint8Array(row.signingSeed),
      staticSecret: new Uint8Array(row.staticSecret),
      admission: new Uint8Array(row.admission) as AdmissionSecret,
      previousAdmission: row.previousAdmission
        ? (new Uint8Array(row.previousAdmission) as AdmissionSecret)
        : undefined,
      admissionDay: row.admissionDay as Day,
      creation: row.creation,
      settledDay: row.settledDay as Day,
      moved: row.moved,
    }
  )
}

/** A3: the current secret becomes the previous one when its 30 days are over. */
export const rotateAdmission = async (keeper: Keeper, row: RelayRow, today: Day): Promise<void> => {
  if (today >= row.admissionDay + ADMISSION_DAYS) await rotateAdmissionNow(keeper, row, today)
}

/** False if somebody else was faster: a secret is changed once, whoever asks for it. */
export const rotateAdmissionNow = async (
  { db, random }: Keeper,
  { admission, settledDay }: RelayRow,
  today: Day,
): Promise<boolean> => {
  const admissionDay = Math.max(today, settledDay)
  const changed = await db
    .update(relay)
    .set({ previousAdmission: admission, admission: random(32), admissionDay })
    .where(eq(relay.admission, admission))
    .returning({ day: relay.admissionDay })
  return changed.length > 0
}

export const setCreation = async (db: Db, creation: boolean): Promise<void> => {
  await db.update(relay).set({ creation })
}

/** From now on, what ended before `day` may be erased. What was written meanwhile was dated rightly. */
export const settleDay = async (db: Db, day: Day): Promise<void> => {
  await db.execute(sql`
    with settled as (update ${relay} set settled_day = ${day} where settled_day < ${day} returning 1)
    delete from ${ahead} where exists (select from settled)`)
}

/** A relay that starts on this database finds the mark; one that runs reads it within seconds. */
export const markMoved = async (db: Db): Promise<void> => {
  await db.update(relay).set({ moved: true })
}
