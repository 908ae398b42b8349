/** What the columns of `deposits` mean, as tables.ts says it of the others. */
import type { deposits } from '../store/schema.ts'
import type { Columns } from './columns.ts'

const WAITING = 'Until it is released or cancelled'
const OVER = 'Two days more'

export const OF_DEPOSITS: Columns<typeof deposits> = {
  log: ['bytea', 'The log that it waits for.', OVER, 'That something sealed waits, or waited, in this log.'],
  name: ['bytea', 'A hash over all of it, so that the same one sent twice is one.', OVER, 'Nothing.'],
  place: [
    'smallint',
    'Which key of the list deposited it.',
    OVER,
    'As `writer` of entries: in the logs of committees always the same.',
  ],
  day: [
    'integer',
    'The day on which it was deposited, then the one on which it was over.',
    OVER,
    'That day.',
  ],
  due: [
    'bigint',
    'The second in which it will be appended (since 1970).',
    WAITING,
    'Until when it waits. It is the only time of day that the relay stores. Drills and real alarms look alike.',
  ],
  wait: [
    'integer',
    'How many seconds its author gave it.',
    WAITING,
    'With `due`, the second in which it was deposited.',
  ],
  life: ['smallint', 'How many days the entry will live: 1, 7 or 45.', WAITING, 'That.'],
  needed: [
    'smallint',
    'How many different tokens cancel it.',
    WAITING,
    'That; one only in the smallest committees.',
  ],
  hashes: [
    'bytea',
    'The SHA-256 of 32 tokens, always as many: those of members and made-up ones.',
    WAITING,
    'Nothing about how many members there are.',
  ],
  shown: [
    'smallint[]',
    'The places of those whose tokens have come.',
    WAITING,
    'How many cancelled it so far. Not who: the places are shuffled.',
  ],
  writer: [
    'smallint',
    'In logs whose entries are signed for the relay: which key wrote it.',
    WAITING,
    'As `writer` of entries.',
  ],
  wsig: ['bytea', 'That signature.', WAITING, 'As `writer`.'],
  blob: [
    'bytea',
    'The sealed entry, padded to 1, 4, 16 or 64 KiB.',
    WAITING,
    'One of four sizes. The relay has no key that opens it, and neither has its operator.',
  ],
}
