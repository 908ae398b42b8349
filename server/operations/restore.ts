/** A relay from a backup, on a database where nothing is yet. All of it or nothing. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { sameBytes } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { unreachable } from '../../shared/base/unreachable.ts'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import type { Day } from '../../shared/protocol/ids.ts'
import { dayOf } from '../relay/relay.ts'
import { MIGRATIONS } from '../release.ts'
import { agrees } from '../store/agreement.ts'
import { openClaim } from '../store/claim.ts'
import {
  allOrNothing,
  copyInto,
  hasLogs,
  insertRelay,
  newestMigration,
  type Transaction,
} from '../store/copying.ts'
import { type Configuration, type RelayRow, readRelayRow } from '../store/keys.ts'
import { migrateOnce } from '../store/migrations.ts'
import { type Opened, openForOperation } from '../store/operating.ts'
import { type BackupFault, type Content, dayOfTable, readBackup } from './backup/format.ts'
import { failed, withPlace } from './database.ts'
import { codeOf, NEWER } from './faults.ts'
import type { Context, Exit, Operation } from './operation.ts'
import type { Place } from './place.ts'

export const restore: Operation = {
  usage: 'FILE',
  about: [
    'Makes the relay of the backup out of an empty data folder or an empty database, as it was: the same keys, so that invites',
    'and members find it. Of a move, logs and entries come too, as far as they have not expired meanwhile; of other backups',
    'there are no logs, and committees go on in new ones. Stop the old relay for good first. - is standard input.',
  ],
  takes: 1,
  example: 'TOCSIN_DATA=/var/lib/tocsin npx tocsin-relay restore /mnt/usb/relay.backup',
  run: async (context, { words: [path = ''] }) => {
    const fault = await lookAt(path)
    if (fault !== undefined) return failed(context, fault)
    return withPlace(context, async (place) => {
      const claim = await openClaim(place.address, 'alone')
      if (claim === 'taken') return failed(context, RUNNING)
      try {
        return await restoreInto(context, place, path)
      } finally {
        await claim.end()
      }
    })
  },
}

const RUNNING = 'A relay is running on this database: stop it and try again.'

/** Before anything is made for it. What comes by standard input is looked at only as it goes in. */
const lookAt = async (path: string): Promise<string | undefined> => {
  if (path === '-') return undefined
  if (path.endsWith('.unfinished')) return UNFINISHED
  const about = await stat(path).catch(() => undefined)
  if (about === undefined) return `${path} is not there, or may not be read.`
  if (!about.isFile()) return `${path} is no file.`
  const read = await readBackup<never>(createReadStream(path), async () => undefined).catch(() => undefined)
  if (read === undefined) return `${path} may not be read.`
  return read.ok ? undefined : SENTENCES[read.error]
}

type No = 'occupied' | 'other keys' | 'other release' | 'contradictory'

const SENTENCES: Readonly<Record<BackupFault | No, string>> = {
  foreign: 'This is no backup of a relay.',
  newer: 'This backup is of a newer version of the relay: restore it with that one.',
  damaged: 'This backup is damaged: it was cut short or changed. Nothing was done.',
  occupied:
    'There are logs in this database: a backup goes into an empty one. Set TOCSIN_DATA to a new folder, or DATABASE_URL.',
  'other keys':
    'Another relay has run on this database: a backup goes into an empty one. Set TOCSIN_DATA to a new folder, or DATABASE_URL.',
  'other release':
    'This move is of another version of the relay: restore it with the version that made it, and upgrade then.',
  contradictory:
    'What this backup says does not agree with itself, and nobody should sign it. Nothing was done.',
}

const UNFINISHED =
  'This move was not finished. Run `npx tocsin-relay backup --move` again where it was made; should that say that everything was moved already, this file is whole: rename it.'

const restoreInto = async (context: Context, { address }: Place, path: string): Promise<Exit> => {
  if ((await migrateOnce(address, MIGRATIONS)) === 'newer') return failed(context, NEWER)
  const opened = openForOperation(address)
  try {
    const read = await take(opened, path === '-' ? process.stdin : createReadStream(path))
    if (!read.ok) return failed(context, SENTENCES[read.error])
    context.say('The relay is restored: start it with `npx tocsin-relay serve`.')
    return 0
  } finally {
    await opened.close()
  }
}

const take = async (
  { sql, db }: Opened,
  source: AsyncIterable<Uint8Array>,
): Promise<Result<void, BackupFault | No>> => {
  const today = dayOf(Date.now())
  const before = await readRelayRow(db)
  if (await hasLogs(sql)) return err('occupied')
  const migration = await newestMigration(sql)
  let read: Result<void, BackupFault | No> = ok(undefined)
  const done = allOrNothing(sql, async (tx) => {
    const { takeIn, finish } = receiving(tx, { today, migration, before })
    read = await readBackup(source, takeIn)
    if (!read.ok) return false
    await finish()
    if (!(await agrees(tx, today))) read = err('contradictory')
    return read.ok
  })
  await done.catch((error) => {
    if (!ROWS.test(codeOf(error))) throw error
    read = err('contradictory')
  })
  return read
}

/** SQLSTATE classes of rows that are none, or that break what a table promises. */
const ROWS = /^2[23]/

type Ground = { readonly today: Day; readonly migration: string; readonly before: RelayRow | undefined }

type Receiving = {
  readonly takeIn: (content: Content) => Promise<No | undefined>
  readonly finish: () => Promise<void>
}

const receiving = (tx: Transaction, { today, migration, before }: Ground): Receiving => {
  const tables = copyInto(tx)
  let relay: Configuration | undefined
  let isOver = false
  const keys = async (content: Keys): Promise<No | undefined> => {
    if (before && !sameBytes(before.signingSeed, content.signingSeed)) return 'other keys'
    relay = configurationOf(content)
    await insertRelay(tx, relay, today)
    return undefined
  }
  const everything = async (ofMigration: string, settledDay: number): Promise<No | undefined> => {
    if (ofMigration !== migration || relay === undefined) return 'other release'
    await insertRelay(tx, relay, settledDay as Day)
    return undefined
  }
  const table = async (name: string): Promise<undefined> => {
    isOver = (dayOfTable(name) ?? today) < today
    if (!isOver) await tables.table(name)
  }
  const rows = async (bytes: Uint8Array): Promise<undefined> => {
    if (!isOver) await tables.rows(bytes)
  }
  const takeIn = async (content: Content): Promise<No | undefined> => {
    switch (content.type) {
      case 'keys':
        return keys(content)
      case 'move':
        return everything(content.migration, content.settledDay)
      case 'table':
        return table(content.name)
      case 'rows':
        return rows(content.rows)
      default:
        return unreachable(content)
    }
  }
  return { takeIn, finish: tables.done }
}

type Keys = Extract<Content, { readonly type: 'keys' }>

const configurationOf = ({ type: _type, ...keys }: Keys): Configuration => ({
  ...keys,
  admission: keys.admission as AdmissionSecret,
  previousAdmission: keys.previousAdmission as AdmissionSecret | undefined,
  admissionDay: keys.admissionDay as Day,
})
