/** Ends of a transfer in memory: something to send, and a place where it arrives that outlives the process. Not here: real files (client/cli/files). */
import type { Sink, Source } from '../../client/core/files/ports.ts'

/** Bytes that repeat nowhere, the same for the same seed. */
export const testBytes = (size: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(size)
  let state = (seed * 2_654_435_761) >>> 0
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

export const sourceOf = (bytes: Uint8Array, place = '/somewhere/file'): Source => ({
  place,
  size: bytes.length,
  read: async (offset, length) =>
    offset + length <= bytes.length ? bytes.slice(offset, offset + length) : undefined,
})

export type TestSink = Sink & {
  /** What has been written so far. */
  readonly bytes: () => Uint8Array
  readonly isFinished: () => boolean
}

type SinkOptions = {
  readonly place?: string
  /** Bytes after which the disk is full. */
  readonly room?: number
  /** What another process had written there. */
  readonly held?: Uint8Array
  /** Called before every write. */
  readonly beforeWrite?: () => void
}

export const newSink = (options: SinkOptions = {}): TestSink => {
  const { place = '/elsewhere/file', room = Number.POSITIVE_INFINITY, beforeWrite } = options
  let held = options.held ?? new Uint8Array(0)
  let isFinished = false
  return {
    place,
    read: async (offset, length) =>
      offset + length <= held.length ? held.slice(offset, offset + length) : undefined,
    write: async (offset, bytes) => {
      beforeWrite?.()
      if (offset + bytes.length > room) return 'no_space'
      const next = new Uint8Array(offset === 0 ? bytes.length : Math.max(held.length, offset + bytes.length))
      next.set(offset === 0 ? bytes : held)
      next.set(bytes, offset)
      held = next
      return undefined
    },
    finish: async () => {
      if (isFinished) return 'exists'
      isFinished = true
      return undefined
    },
    bytes: () => held,
    isFinished: () => isFinished,
  }
}
