/**
 * Files of one committee in a browser: small ones, which fit into memory. What is to be sent waits in the vault, and is sent again and again until it is there;
 * what was fetched stays in memory and is gone when the vault is locked. Not here: how a file is carried (client/core/files).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { FileContent } from '../../core/committee/fileContent.ts'
import { MAX_FILE_BYTES } from '../../core/committee/fileWords.ts'
import type { Sink, Source } from '../../core/files/ports.ts'
import type { FileDraft, Files, PrepareFailure, SendFailure } from '../../core/session/files.ts'
import type { Vault } from '../../core/vault/vault.ts'
import { createQueue } from './queue.ts'
import { fileShown } from './room.ts'
import type { FileRefusal, Parcel } from './shown.ts'

/** Bytes: a minute of speech is 120,000, a photograph of a sheet of paper a million. An old phone holds it twice. */
export const MAX_PARCEL = Math.min(8 * 1024 * 1024, MAX_FILE_BYTES)

export type Parcels = {
  /** Still on their way. */
  readonly waiting: () => readonly Parcel[]
  /** It is in the vault when this resolves, and goes by itself from then on. */
  readonly send: (
    draft: FileDraft,
    bytes: Uint8Array,
  ) => Promise<Result<{ readonly id: string }, PrepareFailure>>
  readonly cancel: (id: string) => Promise<Result<undefined, 'no_such_file' | 'announced'>>
  readonly fetch: (id: string) => Promise<Result<Fetched, FileRefusal>>
  /** Sends what waits, and drops what waits no more. */
  readonly tend: () => void
  /** Of a committee that this device leaves. */
  readonly forget: () => Promise<void>
}

export type Fetched = Pick<FileContent, 'name' | 'media'> & { readonly bytes: Uint8Array }

type Around = {
  readonly committee: string
  readonly files: Files
  readonly vault: Vault
  /** A name that nothing else has. */
  readonly newName: () => string
  readonly onChange: () => void
  readonly onBroken: () => void
}

export const createParcels = (around: Around): Parcels => {
  const { committee, files, vault, newName, onChange } = around
  const root = `web/parcel/${committee}/`
  const troubles = new Map<string, FileRefusal>()
  const next = createQueue()
  const again = createAgain(around.onBroken)

  const onTheirWay = (): readonly {
    readonly id: string
    readonly place: string
    readonly parcel: Parcel
  }[] =>
    files.list().flatMap(({ id, content, state }) => {
      if (state.is !== 'sending') return []
      const parcel = { id, content: fileShown(content), parts: state.parts, trouble: troubles.get(id) }
      return [{ id, place: state.place, parcel }]
    })
  const sweep = (): Promise<void> => {
    const wanted = new Set(onTheirWay().map(({ place }) => place))
    const over = vault.keys(root).filter((key) => !wanted.has(key))
    return over.length === 0 ? Promise.resolve() : vault.write(over.map((key) => ({ key, value: undefined })))
  }
  const sendOne = async (id: string, place: string): Promise<void> => {
    const bytes = vault.get(place)
    if (!bytes) return
    const sent = await files.send(id, sourceOf(place, bytes), { onProgress: onChange })
    if (sent.ok) troubles.delete(id)
    else troubles.set(id, REFUSED[sent.error])
    onChange()
  }
  const tendNow = async (): Promise<void> => {
    for (const { id, place } of onTheirWay()) await sendOne(id, place)
    await next(sweep)
  }
  const tend = (): void => again(tendNow)
  return {
    waiting: () => onTheirWay().map(({ parcel }) => parcel),
    tend,
    send: (draft, bytes) =>
      next(async () => {
        const place = `${root}${newName()}`
        await vault.write([{ key: place, value: bytes }])
        const prepared = await files.prepare(draft, sourceOf(place, bytes))
        if (!prepared.ok) {
          await sweep()
          return prepared
        }
        tend()
        onChange()
        return ok({ id: prepared.value })
      }),
    cancel: (id) =>
      next(async () => {
        const cancelled = await files.cancel(id)
        await sweep()
        onChange()
        return cancelled
      }),
    fetch: createFetching(files, newName),
    forget: () =>
      next(async () => {
        const keys = vault.keys(root)
        if (keys.length > 0) await vault.write(keys.map((key) => ({ key, value: undefined })))
      }),
  }
}

/** What was fetched once is not fetched again until the vault is locked. */
const createFetching = (files: Files, newName: () => string): Parcels['fetch'] => {
  const fetched = new Map<string, Uint8Array>()
  return async (id) => {
    const content = files.list().find((one) => one.id === id)?.content
    if (!content) return err('no_such_file')
    if (content.size > MAX_PARCEL) return err('too_large')
    const { name, media } = content
    const bytes = fetched.get(id) ?? new Uint8Array(content.size)
    const got = fetched.has(id) ? ok(undefined) : await files.fetch(id, sinkInto(bytes, newName()))
    if (!got.ok) return err(REFUSED[got.error])
    fetched.set(id, bytes)
    return ok({ name, media, bytes })
  }
}

const sourceOf = (place: string, bytes: Uint8Array): Source => ({
  place,
  size: bytes.length,
  read: async (offset, length) => bytes.slice(offset, offset + length),
})

/** Of a place that nobody finds again: whoever wants it another day fetches it anew. */
const sinkInto = (bytes: Uint8Array, place: string): Sink => ({
  place,
  read: async () => undefined,
  write: async (offset, piece) => {
    bytes.set(piece, offset)
    return undefined
  },
  finish: async () => undefined,
})

/** Runs what it is given, and once more if it was asked for meanwhile. */
const createAgain = (onBroken: () => void): ((task: () => Promise<void>) => void) => {
  let isRunning = false
  let isAsked = false
  const run = async (task: () => Promise<void>): Promise<void> => {
    isRunning = true
    try {
      do {
        isAsked = false
        await task()
      } while (isAsked)
    } finally {
      isRunning = false
    }
  }
  return (task) => {
    isAsked = true
    if (!isRunning) run(task).catch(onBroken)
  }
}

/** What a person can do about it. */
const REFUSED: Readonly<Record<SendFailure, FileRefusal>> = {
  no_such_file: 'no_such_file',
  not_member: 'not_member',
  offline: 'offline',
  slow: 'not_now',
  alarm: 'alarm',
  lie: 'alarm',
  expired: 'file_gone',
  missing: 'file_gone',
  spoiled: 'file_damaged',
  changed: 'file_damaged',
  refused: 'refused',
  busy: 'not_now',
  stopped: 'not_now',
  no_space: 'not_now',
  unwritable: 'not_now',
  exists: 'not_now',
}
