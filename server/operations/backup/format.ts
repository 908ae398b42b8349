/**
 * A backup as bytes: a line that says what it is, then parts, each behind its length, the last one the SHA-256 of all before
 * it. Either the relay's keys and secrets alone, or, where a relay moves, also every table as Postgres copies it. One value has
 * one form; anything else is refused before it is used. Not here: files (file.ts), what tables mean (server/store/copying.ts).
 */
import { createHash } from 'node:crypto'
import { sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  decode,
  encode,
  flag,
  option,
  struct,
  text,
  u32,
  type Value,
  varBytes,
  variant,
} from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'

/** Bytes of one part of rows, at most. */
export const MAX_ROWS_BYTES = 1 << 20

const part = variant({
  keys: [
    1,
    struct({
      signingSeed: bytes(32),
      staticSecret: bytes(32),
      admission: bytes(32),
      previousAdmission: option(bytes(32)),
      admissionDay: u32,
      creation: flag,
    }),
  ],
  /** Everything follows. `migration`: the newest one of the database, which the one that takes it must have too. */
  move: [2, struct({ settledDay: u32, migration: text(80) })],
  table: [3, struct({ name: text(40) })],
  rows: [4, struct({ rows: varBytes(MAX_ROWS_BYTES) })],
  end: [5, struct({ hash: bytes(32) })],
})

export type Part = Value<typeof part>
/** What stands between the first line and the hash. */
export type Content = Exclude<Part, { readonly type: 'end' }>

const INTRO = 'tocsin relay backup '
const VERSION = '1\n'
const FIRST_LINE = utf8(INTRO + VERSION)
const MAX_PART_BYTES = MAX_ROWS_BYTES + 5

/** Returns the bytes of each part as it comes, and at last those of the end. */
export const createBackupWriter = (): {
  readonly put: (content: Content) => Uint8Array
  readonly end: () => Uint8Array
} => {
  const hash = createHash('sha256')
  let isFirst = true
  const framed = (one: Part): Uint8Array => {
    const encoded = encode(part, one)
    const bytes = Buffer.concat([
      isFirst ? FIRST_LINE : new Uint8Array(),
      encode(u32, encoded.length),
      encoded,
    ])
    isFirst = false
    return bytes
  }
  return {
    put: (content) => {
      const bytes = framed(content)
      hash.update(bytes)
      return bytes
    },
    end: () => framed({ type: 'end', hash: new Uint8Array(hash.digest()) }),
  }
}

/** `foreign`: no backup of a relay. `newer`: of a later version of this program. `damaged`: cut short or changed. */
export type BackupFault = 'foreign' | 'newer' | 'damaged'

/**
 * Hands over each part once it is known to stand where it may; what was handed over counts only if the answer is good. Reading ends
 * with the first no of `take`.
 */
export const readBackup = async <No extends string = never>(
  source: AsyncIterable<Uint8Array>,
  take: (content: Content) => Promise<No | undefined>,
): Promise<Result<void, BackupFault | No>> => {
  const { pull, ended } = pullFrom(source)
  const firstLine = await pull(FIRST_LINE.length)
  const fault = introFault(firstLine)
  if (fault) return err(fault)
  const { next, hash } = partsFrom(pull, firstLine)
  let one = await next()
  for (; one !== undefined && one.type !== 'end'; one = await next()) {
    const no = await take(one)
    if (no !== undefined) return err(no)
  }
  return one && sameBytes(one.hash, hash()) && (await ended()) ? ok(undefined) : err('damaged')
}

type Parts = {
  /** Undefined for what is none, or may not stand there. */
  readonly next: () => Promise<Part | undefined>
  /** Of all before the end. */
  readonly hash: () => Uint8Array
}

const partsFrom = (pull: Pull, firstLine: Uint8Array): Parts => {
  const hash = createHash('sha256').update(firstLine)
  let place: Place = { after: 'start', table: undefined }
  const next = async (): Promise<Part | undefined> => {
    const framed = await pullPart(pull)
    const one = framed && partAt(place, framed)
    if (framed === undefined || one === undefined || one.type === 'end') return one
    hash.update(framed)
    place = { after: one.type, table: one.type === 'table' ? one.name : place.table }
    return one
  }
  return { next, hash: () => hash.digest() }
}

/** Fewer bytes only where there are no more. */
type Pull = (size: number) => Promise<Buffer>

const pullFrom = (
  source: AsyncIterable<Uint8Array>,
): { readonly pull: Pull; readonly ended: () => Promise<boolean> } => {
  const chunks = source[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  const pull: Pull = async (size) => {
    while (held.length < size) {
      const next = await chunks.next()
      if (next.done) break
      held = Buffer.concat([held, next.value])
    }
    const pulled = held.subarray(0, size)
    held = held.subarray(size)
    return pulled
  }
  return { pull, ended: async () => (await pull(1)).length === 0 }
}

const LENGTH_BYTES = 4

/** With its length in front; undefined where there is none as a whole. */
const pullPart = async (pull: Pull): Promise<Buffer | undefined> => {
  const front = await pull(LENGTH_BYTES)
  const length = front.length < LENGTH_BYTES ? Number.POSITIVE_INFINITY : front.readUInt32BE(0)
  if (length > MAX_PART_BYTES) return undefined
  const body = await pull(length)
  return body.length < length ? undefined : Buffer.concat([front, body])
}

/** Undefined for what may not stand there. */
const partAt = ({ after, table }: Place, framed: Buffer): Part | undefined => {
  const one = decode(part, framed.subarray(LENGTH_BYTES))
  if (!one.ok || !MAY_FOLLOW[after].includes(one.value.type)) return undefined
  return one.value.type === 'table' && !isAfter(one.value.name, table) ? undefined : one.value
}

/** The part that was read last, and the table whose rows come. */
type Place = { readonly after: Content['type'] | 'start'; readonly table: string | undefined }

const MAY_FOLLOW: Readonly<Record<Place['after'], readonly Part['type'][]>> = {
  start: ['keys'],
  keys: ['move', 'end'],
  move: ['table', 'end'],
  table: ['rows', 'table', 'end'],
  rows: ['rows', 'table', 'end'],
}

/** Of as much as there is of the first line. */
const introFault = (held: Uint8Array): BackupFault | undefined => {
  const text = Buffer.from(held.subarray(0, FIRST_LINE.length)).toString('latin1')
  if (text === INTRO + VERSION) return undefined
  if (text.length < FIRST_LINE.length) return (INTRO + VERSION).startsWith(text) ? 'damaged' : 'foreign'
  return text.startsWith(INTRO) ? 'newer' : 'foreign'
}

const TABLES = ['logs', 'entries', 'ahead', 'deposits']
const BLOBS = /^blobs_(0|[1-9][0-9]{0,6})$/

/** The day of a table of blobs. */
export const dayOfTable = (name: string): number | undefined => {
  const [, day] = BLOBS.exec(name) ?? []
  return day === undefined ? undefined : Number(day)
}

const orderOf = (name: string): number => {
  const day = dayOfTable(name)
  return day === undefined ? TABLES.indexOf(name) : TABLES.length + day
}

/** Known tables only, each once, in one order. */
const isAfter = (name: string, before: string | undefined): boolean =>
  orderOf(name) > (before === undefined ? -1 : orderOf(before))
