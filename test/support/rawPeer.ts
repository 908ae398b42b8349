/** A peer by hand: one TCP connection, websocket frames or anything else out, and whatever comes back taken apart. It checks nothing. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type FrameOptions = {
  readonly fin?: boolean
  /** The three reserved bits, 0 to 7. */
  readonly reserved?: number
  /** 2, binary, if absent. */
  readonly opcode?: number
  readonly payload?: Uint8Array
  /** Undefined: a mask of some bytes; null: none. */
  readonly mask?: Uint8Array | null
  /** How many bits the length is written with; the fewest if absent. */
  readonly lengthBits?: 7 | 16 | 64
  /** Said instead of the payload's own length. */
  readonly length?: bigint
}

const MASK = Buffer.from([0x5a, 0x11, 0xe7, 0x93])

/** One websocket frame (RFC 6455 section 5.2), as right or as wrong as it is asked for. */
export const frame = (options: FrameOptions = {}): Buffer => {
  const { fin = true, reserved = 0, opcode = 2, payload = Buffer.alloc(0), mask = MASK } = options
  const length = lengthBytes(options.length ?? BigInt(payload.length), options.lengthBits)
  if (mask !== null) length[0] = (length[0] ?? 0) | 0x80
  const first = Buffer.of((fin ? 0x80 : 0) | (reserved << 4) | opcode)
  return Buffer.concat([first, length, mask ?? Buffer.alloc(0), masked(payload, mask)])
}

const masked = (payload: Uint8Array, mask: Uint8Array | null): Uint8Array =>
  mask === null ? payload : payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))

const lengthBytes = (length: bigint, bits: 7 | 16 | 64 | undefined): Buffer => {
  const chosen = bits ?? fewestBits(length)
  if (chosen === 7) return Buffer.of(Number(length))
  const bytes = Buffer.alloc(chosen === 16 ? 3 : 9)
  if (chosen === 16) bytes.writeUInt16BE(Number(length), 1)
  else bytes.writeBigUInt64BE(length, 1)
  bytes[0] = chosen === 16 ? 126 : 127
  return bytes
}

const fewestBits = (length: bigint): 7 | 16 | 64 => {
  if (length < 126n) return 7
  return length < 65_536n ? 16 : 64
}

export const HANDSHAKE: Readonly<Record<string, string>> = {
  Host: '127.0.0.1',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'tocsin.1',
}

/** An upgrade request; `changes` replace headers, and an empty one takes its header away. */
export const handshake = (
  changes: Readonly<Record<string, string>> = {},
  line = 'GET /v1 HTTP/1.1',
): string =>
  [
    line,
    ...Object.entries({ ...HANDSHAKE, ...changes })
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n')

export type Received = { readonly opcode: number; readonly payload: Buffer }

export type RawPeer = {
  readonly socket: Socket
  /** Of the first HTTP answer, once there is one. */
  readonly status: () => number | undefined
  readonly head: () => string
  /** Everything that came, as it came. */
  readonly all: () => string
  readonly frames: Received[]
  /** What the relay said at its end: a close code, 1005 for a close frame without one, or undefined. */
  readonly closeCode: () => number | undefined
  /** The TCP connection is over. */
  readonly closed: Promise<void>
  /** Resolves when `satisfied`, rejects when the connection ends before. */
  readonly until: (satisfied: () => boolean) => Promise<void>
}

export type RawOptions = {
  /** Whether it says goodbye when the relay does. */
  readonly answersClose?: boolean
}

/** What was received so far, taken apart as it comes. */
const createReading = () => {
  const frames: Received[] = []
  let head = ''
  let all: Buffer = Buffer.alloc(0)
  let rest: Buffer = Buffer.alloc(0)
  const add = (data: Buffer): void => {
    all = Buffer.concat([all, data])
    rest = Buffer.concat([rest, data])
    const end = rest.indexOf('\r\n\r\n')
    if (head === '' && end >= 0) {
      head = rest.subarray(0, end).toString('latin1')
      rest = rest.subarray(end + 4)
    }
    if (head.includes(' 101 ')) rest = takeFrames(rest, frames)
  }
  const closeCode = (): number | undefined => {
    const close = frames.find(({ opcode }) => opcode === 8)
    if (close === undefined) return undefined
    return close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0)
  }
  return { frames, add, closeCode, head: () => head, all: () => all.toString('latin1') }
}

/** Connected, with nothing sent. */
export const connectRaw = async (url: string, { answersClose = true }: RawOptions = {}): Promise<RawPeer> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  const { frames, add, closeCode, head, all } = createReading()
  const bells = new Set<() => void>()
  const ring = (): void => {
    for (const bell of bells) bell()
  }
  socket.on('error', () => undefined)
  socket.on('data', (data) => {
    add(data)
    if (answersClose && closeCode() !== undefined) socket.end()
    ring()
  })
  socket.on('end', () => socket.end())
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      ring()
      resolve()
    })
  })
  await once(socket, 'connect')
  const until = (satisfied: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const bell = (): void => {
        if (satisfied()) resolve()
        else if (socket.destroyed) reject(new Error('the connection ended'))
        else return
        bells.delete(bell)
      }
      bells.add(bell)
      bell()
    })
  const status = (): number | undefined => Number(/^HTTP\/1\.1 (\d{3})/.exec(head())?.[1]) || undefined
  return { socket, status, head, all, frames, closeCode, closed, until }
}

/** Greeted. */
export const connectShaken = async (url: string, options: RawOptions = {}): Promise<RawPeer> => {
  const peer = await connectRaw(url, options)
  peer.socket.write(handshake())
  await peer.until(() => peer.frames.length > 0)
  return peer
}

/** The relay never masks, and its frames are whole. */
const takeFrames = (bytes: Buffer, frames: Received[]): Buffer => {
  let at = 0
  for (;;) {
    const short = (bytes[at + 1] ?? 0) & 127
    const start = at + 2 + (EXTRA[short] ?? 0)
    if (bytes.length < start) break
    const length = lengthAt(bytes, at + 2, short)
    if (bytes.length < start + length) break
    frames.push({ opcode: (bytes[at] ?? 0) & 15, payload: bytes.subarray(start, start + length) })
    at = start + length
  }
  return bytes.subarray(at)
}

const EXTRA: Readonly<Record<number, number>> = { 126: 2, 127: 8 }

const lengthAt = (bytes: Buffer, at: number, short: number): number => {
  if (short < 126) return short
  return short === 126 ? bytes.readUInt16BE(at) : Number(bytes.readBigUInt64BE(at))
}
