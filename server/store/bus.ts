/**
 * The bus of relays that share one Postgres: NOTIFY on a connection of its own, LISTEN on another, never in the transaction
 * that writes, which would take a lock of the whole server. Ids only; what comes is a hint (server/relay/ports.ts).
 */
import { fromBase64url, toBase64url } from '../../shared/base/text.ts'
import { LOG_ID_BYTES, type LogId, logKey } from '../../shared/protocol/ids.ts'
import type { Bus } from '../relay/ports.ts'
import { connect, type DatabaseAddress } from './connect.ts'

export type RelayBus = Bus & {
  /** The relay's own row was changed (keys.ts): everybody reads it again, this relay too. */
  readonly announceRow: () => void
  readonly onRow: (listener: () => void) => void
  readonly close: () => Promise<void>
}

const CHANNEL = 'tocsin'
/** Postgres takes payloads below 8,000 bytes: tag, kind and so many ids of 32 characters. */
const MAX_IDS = 249
const TAG_BYTES = 6
const TAG_CHARACTERS = 8
const ID_CHARACTERS = (LOG_ID_BYTES * 4) / 3
/** Milliseconds until a notification that could not be sent is tried again. */
const RETRY_MS = 1_000

/** What a relay says: these logs grew, any may have, or the row changed. */
export type Word = readonly LogId[] | 'any' | 'row'

export const printWord = (tag: string, word: Word): string => {
  if (word === 'row') return `${tag}r`
  return word === 'any' ? `${tag}a` : `${tag}i${word.map(toBase64url).join('')}`
}

/** Who said it, and what. What is not understood, of a newer relay perhaps, means that anything may have grown. */
export const parseWord = (payload: string): { readonly tag: string; readonly word: Word } => {
  const tag = payload.slice(0, TAG_CHARACTERS)
  const kind = payload[TAG_CHARACTERS]
  if (kind === 'r') return { tag, word: 'row' }
  const ids = kind === 'i' ? parseIds(payload.slice(TAG_CHARACTERS + 1)) : undefined
  return { tag, word: ids ?? 'any' }
}

const parseIds = (text: string): readonly LogId[] | undefined => {
  const ids: LogId[] = []
  for (let at = 0; at < text.length; at += ID_CHARACTERS) {
    const id = fromBase64url(text.slice(at, at + ID_CHARACTERS))
    if (id?.length !== LOG_ID_BYTES) return undefined
    ids.push(id as LogId)
  }
  return ids
}

/** What waits to be said, gathered until the one before it is through. */
type Waiting = { readonly ids: Map<string, LogId>; isRow: boolean; isAny: boolean }

const nothing = (): Waiting => ({ ids: new Map(), isRow: false, isAny: false })

const wordsOf = ({ ids, isRow, isAny }: Waiting): readonly Word[] => {
  const grown: Word[] = ids.size > MAX_IDS || isAny ? ['any'] : [[...ids.values()]]
  return [...(ids.size > 0 || isAny ? grown : []), ...(isRow ? (['row'] as const) : [])]
}

/** `random(size)`: for the tag by which a relay knows its own words. The first LISTEN is awaited. */
export const openBus = async (
  address: DatabaseAddress,
  random: (size: number) => Uint8Array,
): Promise<RelayBus> => {
  const sql = connect(address, 1)
  const own = toBase64url(random(TAG_BYTES))
  let hinted: (ids: readonly LogId[] | undefined) => void = () => undefined
  let rowChanged: () => void = () => undefined
  const heard = (payload: string): void => {
    const { tag, word } = parseWord(payload)
    if (word === 'row') rowChanged()
    else if (tag !== own) hinted(word === 'any' ? undefined : word)
  }
  /** Listening begins, or begins again: what was said meanwhile is lost. */
  const listening = (): void => {
    hinted(undefined)
    rowChanged()
  }
  const { announce, announceRow, stop } = createSpeaker((word) => notify(sql, printWord(own, word)))
  await sql.listen(CHANNEL, heard, listening)
  return {
    announce,
    announceRow,
    onHint: (listener) => {
      hinted = listener
    },
    onRow: (listener) => {
      rowChanged = listener
    },
    close: () => {
      stop()
      return sql.end({ timeout: 1 })
    },
  }
}

/** Nothing to be flushed: a hint that is lost in a power cut is no loss. */
const notify = (sql: ReturnType<typeof connect>, payload: string): Promise<unknown> =>
  sql`select set_config('synchronous_commit', 'off', true), pg_notify(${CHANNEL}, ${payload})`.then(() => 0)

type Speaker = Pick<RelayBus, 'announce' | 'announceRow'> & { readonly stop: () => void }

const createSpeaker = (say: (word: Word) => Promise<unknown>): Speaker => {
  let waiting = nothing()
  let isSpeaking = false
  let isOver = false

  const speak = async (): Promise<void> => {
    if (isSpeaking) return
    isSpeaking = true
    for (let words = wordsOf(waiting); words.length > 0 && !isOver; words = wordsOf(waiting)) {
      waiting = nothing()
      const said = await Promise.all(words.map(say)).then(
        () => true,
        () => false,
      )
      if (said) continue
      waiting = { ...waiting, isAny: true, isRow: waiting.isRow || words.includes('row') }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
    }
    isSpeaking = false
  }
  return {
    announce: (ids) => {
      for (const id of ids) waiting.ids.set(logKey(id), id)
      void speak()
    },
    announceRow: () => {
      waiting.isRow = true
      void speak()
    },
    stop: () => {
      isOver = true
    },
  }
}

/** One relay alone on its database: nobody to tell. */
export const silentBus: RelayBus = {
  announce: () => undefined,
  onHint: () => undefined,
  announceRow: () => undefined,
  onRow: () => undefined,
  close: async () => undefined,
}
