/** The relay's write path without sockets: what waits in the queue goes to the store in one call. Put together as server/relay/relay.ts does. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createWriteQueue } from '../../server/relay/writeQueue.ts'
import type { Caps } from '../../server/store/appendBatch.ts'
import { openDatabase } from '../../server/store/database.ts'
import { createStore } from '../../server/store/logs.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { Blob, Day, LogId } from '../../shared/protocol/ids.ts'

const MIGRATIONS = join(fileURLToPath(new URL('.', import.meta.url)), '..', '..', 'migrations')

export type WritePath = {
  readonly create: (id: LogId, policy: Uint8Array, today: Day) => Promise<unknown>
  /** Settles when it is durable. `line` stands for a connection. */
  readonly append: (
    line: object,
    entry: { readonly log: LogId; readonly blob: Blob },
    today: Day,
  ) => Promise<void>
  readonly end: () => Promise<void>
}

export const openWritePath = async (url: string, caps: Caps): Promise<WritePath> => {
  await cryptoReady
  const database = await openDatabase({ url }, MIGRATIONS)
  if (typeof database === 'string') throw new Error(`the database is ${database}`)
  const store = createStore(database, caps)
  let today = 0 as Day
  const queue = createWriteQueue({
    write: (batch) => store.append(batch, today),
    committed: () => undefined,
    soon: setImmediate,
  })
  return {
    create: store.create,
    append: (line, { log, blob }, day) => {
      today = day
      const entry = { log, blob, expiryDay: (day + 7) as Day, ifHead: undefined, writer: undefined }
      return new Promise((resolve, reject) => {
        const done = (outcome: { readonly type: string }): void =>
          outcome.type === 'appended' ? resolve() : reject(new Error(outcome.type))
        queue.add(line, { entry, done, failed: reject })
      })
    },
    end: database.close,
  }
}
