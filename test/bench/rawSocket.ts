/**
 * A TCP socket with as little between the kernel and the count as Node allows: all sockets of a process read into one buffer, so that
 * the load costs less than the server it loads. Not here: what is said on it (talks.ts).
 */
import { connect } from 'node:net'

export type RawSocket = {
  readonly write: (bytes: Uint8Array | string) => void
  /** The next bytes, for handshakes; one question at a time. */
  readonly take: (count: number) => Promise<Buffer>
  /** Everything up to `mark` and with it. */
  readonly takeThrough: (mark: string) => Promise<Buffer>
  /** From here on all bytes go there; a chunk is gone after the call. */
  readonly flow: (into: (chunk: Buffer) => void) => void
  readonly end: () => void
  readonly closed: Promise<void>
}

export type Place = {
  readonly port: number
  readonly host: string
  /** Of the many addresses of the loopback, where one would run out of ports. */
  readonly from?: string | undefined
}

const GONE = new Error('closed during the handshake')
const reading = Buffer.alloc(256 * 1024)

type Question = {
  readonly lengthIn: (bytes: Buffer) => number
  readonly answer: (bytes: Buffer) => void
  readonly fail: (error: Error) => void
}

export const openSocket = ({ port, host, from }: Place): Promise<RawSocket> =>
  new Promise((resolve, reject) => {
    let kept: Buffer = Buffer.alloc(0)
    let asked: Question | undefined
    let into = (chunk: Buffer): void => {
      kept = Buffer.concat([kept, chunk])
      answer()
    }
    const answer = (): void => {
      const length = asked?.lengthIn(kept) ?? 0
      if (asked === undefined || length === 0 || kept.length < length) return
      const [question, bytes] = [asked, kept.subarray(0, length)]
      kept = kept.subarray(length)
      asked = undefined
      question.answer(bytes)
    }
    const ask = (lengthIn: Question['lengthIn']): Promise<Buffer> =>
      new Promise((resolveBytes, fail) => {
        asked = { lengthIn, answer: resolveBytes, fail }
        answer()
        if (socket.destroyed) asked?.fail(GONE)
      })
    const onread = {
      buffer: reading,
      callback: (length: number): boolean => {
        into(reading.subarray(0, length))
        return true
      },
    }
    const socket = connect({ port, host, noDelay: true, onread, ...(from && { localAddress: from }) })
    const closed = new Promise<void>((resolveClosed) => socket.once('close', () => resolveClosed()))
    socket.once('close', () => asked?.fail(GONE))
    socket.on('error', reject)
    socket.once('connect', () =>
      resolve({
        write: (bytes) => void socket.write(bytes),
        take: (count) => ask(() => count),
        takeThrough: (mark) => ask((bytes) => (bytes.includes(mark) ? bytes.indexOf(mark) + mark.length : 0)),
        flow: (next) => {
          into = next
          if (kept.length > 0) next(kept)
        },
        end: () => socket.destroy(),
        closed,
      }),
    )
  })

/** A message begins with a head, of which the first `least` bytes say how long it is; the head says how many bytes follow. */
export type Shape = {
  readonly least: number
  readonly headOf: (least: Buffer) => number
  readonly restOf: (head: Buffer) => number
  readonly deliveriesIn: (head: Buffer) => number
}

/** Looks at heads and skips over the rest. */
export const countMessages = (shape: Shape, counted: (deliveries: number) => void) => {
  let skip = 0
  let begun: Buffer = Buffer.alloc(0)
  /** All of the head that there is, or undefined if it goes on in the next chunk. */
  const headIn = (bytes: Buffer): Buffer | undefined => {
    const length = bytes.length < shape.least ? shape.least : shape.headOf(bytes)
    return bytes.length < length ? undefined : bytes.subarray(0, length)
  }
  const takeHead = (chunk: Buffer, at: number): number => {
    const bytes = begun.length === 0 ? chunk.subarray(at) : Buffer.concat([begun, chunk.subarray(at)])
    const before = begun.length
    const head = headIn(bytes)
    begun = head === undefined ? Buffer.from(bytes) : Buffer.alloc(0)
    if (head === undefined) return chunk.length - at
    skip = shape.restOf(head)
    counted(shape.deliveriesIn(head))
    return head.length - before
  }
  return (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(skip, chunk.length - at)
      skip -= skipped
      at += skipped
      if (at < chunk.length) at += takeHead(chunk, at)
    }
  }
}
