/**
 * What every table and column means, how long it stays, and what it tells whoever gets it. Typed from store/schema.ts: a
 * column without its lines does not compile; and a test holds it to the schema that the migrations really make.
 */
import type { ahead, blobsOf, entries, logs, relay } from '../store/schema.ts'
import type { Columns, Line } from './columns.ts'
import { OF_DEPOSITS } from './depositColumns.ts'
import type { Block, Fact } from './document.ts'

const LOG_LIFE = 'Until the log ends'

const OF_LOGS: Columns<typeof logs> = {
  id: [
    'bytea',
    'The name of the log: 24 bytes of a hash over `policy`.',
    LOG_LIFE,
    'That there is a log. Members compute the name from a secret of theirs; it names no committee, and two logs of one committee have nothing in common.',
  ],
  policy: [
    'bytea',
    'The rules of the log, never changed: how long entries may live, how much may be written, and the SHA-256 of every key that may read or write.',
    LOG_LIFE,
    'The rules. The members of a committee share one key for reading and one for writing, so their number cannot be counted here; where each has a key of their own, the list is padded to 32.',
  ],
  head: ['integer', 'How many entries were ever appended.', LOG_LIFE, 'How much was written in this log.'],
  chain: [
    'bytea',
    'A hash over all entries in their order, which the relay signs. With it members notice a relay that lies.',
    LOG_LIFE,
    'Nothing about what the entries say.',
  ],
  bytes: ['bigint', 'How many bytes were ever appended.', LOG_LIFE, 'How much was written in this log.'],
  last_day: [
    'integer',
    'The day of the newest entry (days since 1970, UTC); of an empty log, the day on which it was made.',
    LOG_LIFE,
    'On which day somebody wrote last. Not at what time, and not who.',
  ],
  held: [
    'integer',
    'How many entries wait in `deposits` for this log.',
    LOG_LIFE,
    'That something sealed waits here, as there.',
  ],
  held_bytes: ['integer', 'How long those are together.', LOG_LIFE, 'As `held`.'],
}

const OF_ENTRIES: Columns<typeof entries> = {
  log: ['bytea', 'The log it stands in.', LOG_LIFE, 'As `id` above.'],
  seq: ['integer', 'Its place in the log: 1, 2, 3 …', LOG_LIFE, 'The order of entries. No time.'],
  bytes: [
    'integer',
    'How long the sealed entry is, or was: 1, 4, 16, 64 or 256 KiB.',
    LOG_LIFE,
    'One of five sizes.',
  ],
  hash: [
    'bytea',
    'The SHA-256 of the sealed entry, which takes its place when its life is over.',
    LOG_LIFE,
    'Nothing about what the entry says; whoever has the sealed entry from elsewhere can see that it was this one.',
  ],
  expiry_day: [
    'integer',
    'The last day on which its bytes are kept, and the name of the table that has them.',
    LOG_LIFE,
    'With the three lives that there are, on which of three days it may have been written.',
  ],
  writer: [
    'smallint',
    'In logs whose entries are signed for the relay: which key of the list wrote it.',
    LOG_LIFE,
    'Which entries of this one log come from the same key. Empty in the logs of committees.',
  ],
  wsig: ['bytea', 'That signature.', LOG_LIFE, 'As `writer`.'],
}

const OF_BLOBS: Columns<ReturnType<typeof blobsOf>> = {
  log: ['bytea', 'The log it stands in.', 'Until its day is over', 'As `id` above.'],
  seq: ['integer', 'Its place in the log.', 'Until its day is over', 'As `seq` above.'],
  blob: [
    'bytea',
    'The sealed entry, padded to 1, 4, 16, 64 or 256 KiB.',
    'Until its day is over: 1, 7 or 45 days, as its author chose; then the whole table is dropped',
    'One of five sizes. The relay has no key that opens it, and neither has its operator.',
  ],
}

const OF_AHEAD: Columns<typeof ahead> = {
  log: ['bytea', 'The log of the entry.', 'An hour', 'As `id` above.'],
  seq: ['integer', 'Its place in the log.', 'An hour', 'As `seq` above.'],
  life: [
    'smallint',
    'How many days its author gave it: 1, 7 or 45.',
    'An hour',
    'That it was written while the clock of the relay had jumped and was not yet believed.',
  ],
}

const OF_RELAY: Columns<typeof relay> = {
  only: ['boolean', 'Always true: there is one row.', 'As long as the relay', 'Nothing.'],
  signing_seed: [
    'bytea',
    'The secret key with which this relay signs what it answers.',
    'As long as the relay',
    'Whoever has it can pretend to be this relay. It opens no entry.',
  ],
  static_secret: [
    'bytea',
    'The secret key by which clients recognise this relay.',
    'As long as the relay',
    'Whoever has it can pretend to be this relay. It opens no entry.',
  ],
  admission: [
    'bytea',
    'The secret that lets somebody make a log here. Invites carry it.',
    '30 days, then it becomes the previous one',
    'Whoever has it can make logs here. It opens none.',
  ],
  previous_admission: [
    'bytea',
    'The one before, still accepted.',
    '30 days more',
    'Whoever has it can make logs here. It opens none.',
  ],
  admission_day: [
    'integer',
    'Since which day the secret is the newest one.',
    'Until the next one',
    'That day.',
  ],
  settled_day: [
    'integer',
    'The day before which everything that ended is erased.',
    'Until the next day',
    'On which day the relay last ran.',
  ],
  creation: [
    'boolean',
    'Whether new logs may be made: the switch of the operator.',
    'As long as the relay',
    'That.',
  ],
  moved: [
    'boolean',
    'Whether everything here was moved to another machine, so that this one must not serve it again.',
    'As long as the database',
    'That.',
  ],
}

/** Of the library that brings the tables up to date, drizzle. */
const OF_MIGRATIONS: Readonly<Record<'id' | 'hash' | 'created_at', Line>> = {
  id: ['integer', 'A number.', 'As long as the database', 'Nothing.'],
  hash: [
    'text',
    'The hash of one migration of this release.',
    'As long as the database',
    'The version of the relay.',
  ],
  created_at: [
    'bigint',
    'A number that the release gives to that migration. It is not the time at which it ran.',
    'As long as the database',
    'The version of the relay.',
  ],
}

/** By the name of the table, as the database has it; the tables of one day go under one name. */
export const TABLES: Readonly<
  Record<string, { readonly about: string; readonly columns: Readonly<Record<string, Line>> }>
> = {
  'public.logs': {
    about:
      'One row for every log. It ends 1, 7 or 45 days after its last entry, as its policy says; 48 hours after it was made if nothing was written.',
    columns: OF_LOGS,
  },
  'public.entries': { about: 'One row for every entry of a log.', columns: OF_ENTRIES },
  'public.blobs_DAY': {
    about:
      'One table for each day on which bytes end, dropped as a whole when that day is over: its files go with it.',
    columns: OF_BLOBS,
  },
  'public.ahead': {
    about:
      'Empty, but for the hour after a jump of the clock: what was written meanwhile is dated anew if the clock turns out to have been wrong.',
    columns: OF_AHEAD,
  },
  'public.deposits': {
    about:
      'Entries that the relay appends by itself when their time is over, unless members cancel them: 24 hours ahead at most. Of one that is over almost nothing is left, within the hour also in the files: the relay has them written anew.',
    columns: OF_DEPOSITS,
  },
  'public.relay': { about: 'One row: the relay itself.', columns: OF_RELAY },
  'drizzle.__drizzle_migrations': {
    about: 'Which migrations this database has had.',
    columns: OF_MIGRATIONS,
  },
}

export const tableBlocks = (): readonly Block[] =>
  Object.entries(TABLES).map(([name, { about, columns }]) => ({
    type: 'facts',
    title: `Table \`${name.replace(/^public[.]/, '')}\``,
    about,
    facts: Object.entries(columns).map(([column, line]) => fact(column, line)),
  }))

const fact = (name: string, [type, means, lives, tells]: Line): Fact => ({
  name,
  type,
  means,
  lives: `${lives}.`,
  tells,
})
