/** The websocket as a load needs it: an upgrade, frames that were masked once, and frames of which only the beginning is looked at. */
import { openSocket, type RawSocket, type Shape } from './rawSocket.ts'
import { placeOf } from './talk.ts'

/** RFC 6455 section 5.2 with a mask of zeros, which leaves the payload as it is. */
export const masked = (bytes: Uint8Array): Buffer => {
  const wide = bytes.length > 125
  const head = Buffer.alloc(wide ? 8 : 6)
  head.writeUInt8(0x82)
  head.writeUInt8(0x80 | (wide ? 126 : bytes.length), 1)
  if (wide) head.writeUInt16BE(bytes.length, 2)
  return Buffer.concat([head, bytes])
}

export const upgrade = async (
  url: string,
  path: string,
  protocol: string,
  from?: string,
): Promise<RawSocket> => {
  const socket = await openSocket(placeOf(url, from))
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const answer = await socket.takeThrough('\r\n\r\n')
  if (answer.toString('latin1').startsWith('HTTP/1.1 101')) return socket
  socket.end()
  throw new Error(answer.toString('latin1'))
}

const PING_FRAME = 0x89
const MAX_PING = 125

/** Brings back what the ping said, under a mask of zeros. */
const pongOf = (ping: Buffer): Buffer => {
  const said = ping.subarray(2)
  return Buffer.concat([Buffer.of(0x8a, 0x80 + said.length, 0, 0, 0, 0), said])
}

/** The payload of the next frame that is no ping, of less than 64 KiB. */
export const takeFrame = async (socket: RawSocket): Promise<Buffer> => {
  const head = await socket.take(2)
  const short = head.readUInt8(1)
  const payload = await socket.take(short < 126 ? short : (await socket.take(2)).readUInt16BE())
  if (head[0] !== PING_FRAME) return payload
  socket.write(pongOf(Buffer.concat([head, payload])))
  return takeFrame(socket)
}

/** Bytes of the header of an unmasked frame. */
const headerOf = (frame: Buffer): number => {
  const short = frame[1] ?? 0
  if (short < 126) return 2
  return short === 126 ? 4 : 10
}

const lengthOf = (frame: Buffer): number => {
  const short = frame[1] ?? 0
  if (short < 126) return short
  return short === 126 ? frame.readUInt16BE(2) : frame.readUInt32BE(6)
}

/** Frames, of which so many bytes of the payload are looked at. `see` gets the place where the payload begins. */
export const frameShape = (
  socket: Pick<RawSocket, 'write'>,
  look: number,
  see: (frame: Buffer, payload: number) => number,
): Shape => ({
  least: 2,
  headOf: (frame) => headerOf(frame) + Math.min(frame[0] === PING_FRAME ? MAX_PING : look, frame[1] ?? 0),
  restOf: (head) => lengthOf(head) - head.length + headerOf(head),
  deliveriesIn: (head) => {
    if (head[0] !== PING_FRAME) return see(head, headerOf(head))
    socket.write(pongOf(head))
    return 0
  },
})

export const every = (): number => 1
