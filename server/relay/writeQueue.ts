/**
 * Appends on their way to the store. No timer: whatever waits when the writer is free goes in one call, one from each
 * connection in turn (protocol.md section 5, Fairness), so that a flood waits behind itself.
 * Not here: how a batch is written (server/store/appendBatch.ts).
 */
import type { NewEntry, Outcome } from './ports.ts'
import { createTurns, type Turns } from './turns.ts'

/** Appends and blob bytes in one call, at most. One blob may overshoot the bytes. */
const MAX_BATCH = 512
const MAX_BATCH_BYTES = 4 << 20
/** Appends of one connection in one call, at most: who writes little waits for one call at most, and a flood does not make it long. */
const MAX_ROUNDS = 4

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
  readonly add: (connection: object, one: Waiting) => void
  /** Appends that wait or are being written. */
  readonly size: () => number
  /** Resolves when nothing waits and nothing is being written. */
  readonly idle: () => Promise<void>
}

export const createWriteQueue = ({ write, committed, soon }: WriteQueueDeps): WriteQueue => {
  const waiting = createTurns<Waiting>()
  let state: 'free' | 'scheduled' | 'writing' = 'free'
  let idlers: (() => void)[] = []
  let size = 0

  const schedule = (): void => {
    if (state !== 'free') return
    if (waiting.lines() > 0) {
      state = 'scheduled'
      soon(() => void run())
      return
    }
    for (const idler of idlers) idler()
    idlers = []
  }

  const run = async (): Promise<void> => {
    state = 'writing'
    const batch = takeBatch(waiting)
    const entries = batch.map((each) => each.entry)
    try {
      const outcomes = await write(entries)
      committed(entries, outcomes)
      batch.forEach((each, i) => {
        each.done(outcomes[i] ?? { type: 'none' })
      })
    } catch (error) {
      for (const each of batch) each.failed(error)
    }
    size -= batch.length
    state = 'free'
    schedule()
  }

  return {
    add: (connection, one) => {
      size += 1
      waiting.add(connection, one)
      schedule()
    },
    size: () => size,
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve)
        schedule()
      }),
  }
}

export const takeBatch = (turns: Turns<Waiting>): readonly Waiting[] => {
  const batch: Waiting[] = []
  let bytes = 0
  const round = (): void => {
    for (
      let lines = turns.lines();
      lines > 0 && batch.length < MAX_BATCH && bytes < MAX_BATCH_BYTES;
      lines--
    ) {
      const next = turns.take()
      if (next === undefined) return
      batch.push(next)
      bytes += next.entry.blob.length
    }
  }
  for (let i = 0; i < MAX_ROUNDS; i++) round()
  return batch
}
