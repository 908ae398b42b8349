/**
 * Appends on their way to the store. No timer: whatever waits when the writer is free goes in one call, one from each
 * connection in turn (protocol.md section 5, Fairness), so that a flood waits behind itself.
 * Not here: how a batch is written (server/store/appendBatch.ts).
 */
import type { NewEntry, Outcome } from './ports.ts'

/** Appends and blob bytes in one call, at most. One blob may overshoot the bytes. */
const MAX_BATCH = 256
const MAX_BATCH_BYTES = 4 << 20

export type Waiting = {
  readonly entry: NewEntry
  readonly done: (outcome: Outcome) => void
  readonly failed: (error: unknown) => void
}

export type WriteQueueDeps = {
  readonly write: (batch: readonly NewEntry[]) => Promise<readonly Outcome[]>
  /** Called with every batch that was written, before its appends are answered. */
  readonly committed: (batch: readonly NewEntry[], outcomes: readonly Outcome[]) => void
  /** Runs later in this turn of the event loop, so that frames of many sockets share the call. */
  readonly soon: (run: () => void) => void
}

export type WriteQueue = {
  readonly add: (connection: object, waiting: Waiting) => void
  /** Resolves when nothing waits and nothing is being written. */
  readonly idle: () => Promise<void>
}

export const createWriteQueue = ({ write, committed, soon }: WriteQueueDeps): WriteQueue => {
  const lines = new Map<object, Waiting[]>()
  let state: 'free' | 'scheduled' | 'writing' = 'free'
  let idlers: (() => void)[] = []

  const schedule = (): void => {
    if (state !== 'free') return
    if (lines.size > 0) {
      state = 'scheduled'
      soon(() => void run())
      return
    }
    for (const idler of idlers) idler()
    idlers = []
  }

  const run = async (): Promise<void> => {
    state = 'writing'
    const batch = takeBatch(lines)
    const entries = batch.map((waiting) => waiting.entry)
    try {
      const outcomes = await write(entries)
      committed(entries, outcomes)
      batch.forEach((waiting, i) => {
        waiting.done(outcomes[i] ?? { type: 'none' })
      })
    } catch (error) {
      for (const waiting of batch) waiting.failed(error)
    }
    state = 'free'
    schedule()
  }

  return {
    add: (connection, waiting) => {
      const line = lines.get(connection)
      if (line) line.push(waiting)
      else lines.set(connection, [waiting])
      schedule()
    },
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve)
        schedule()
      }),
  }
}

/** One from each line in turn. A line that was served goes to the end, so that the next batch begins with the others. */
export const takeBatch = (lines: Map<object, Waiting[]>): readonly Waiting[] => {
  const batch: Waiting[] = []
  let bytes = 0
  while (lines.size > 0 && batch.length < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
    const [next] = lines
    if (next === undefined) break
    const [connection, line] = next
    const waiting = line.shift()
    lines.delete(connection)
    if (line.length > 0) lines.set(connection, line)
    if (waiting === undefined) continue
    batch.push(waiting)
    bytes += waiting.entry.blob.length
  }
  return batch
}
