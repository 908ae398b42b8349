/**
 * A tap on the wire: a TCP proxy on loopback between clients and a relay that keeps every byte of both directions, and what is in the
 * client's masked websocket frames, for a mask would hide a plain text from any search.
 */
import { createConnection, createServer, type Socket } from 'node:net'

export type Wiretap = {
  /** Instead of the relay's. */
  readonly url: string
  readonly connections: () => number
  /** All bytes as they crossed the wire, each connection and direction in one piece. */
  readonly raw: () => readonly Uint8Array[]
  /** The payloads of the clients' frames without their masks, each connection in one piece. */
  readonly unmasked: () => readonly Uint8Array[]
  readonly close: () => Promise<void>
}

type Recording = { readonly up: Buffer[]; readonly down: Buffer[] }

export const tapInto = async (relayUrl: string): Promise<Wiretap> => {
  const { hostname, port } = new URL(relayUrl)
  const recordings: Recording[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const recording: Recording = { up: [], down: [] }
    recordings.push(recording)
    const relay = createConnection({ host: hostname, port: Number(port) })
    pipe(client, relay, recording.up)
    pipe(relay, client, recording.down)
    for (const socket of [client, relay]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const ownPort = typeof address === 'object' && address ? address.port : 0
  return {
    url: `ws://127.0.0.1:${ownPort}`,
    connections: () => recordings.length,
    raw: () => recordings.flatMap(({ up, down }) => [Buffer.concat(up), Buffer.concat(down)]),
    unmasked: () => recordings.map(({ up }) => payloadsOf(Buffer.concat(up))),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const pipe = (from: Socket, to: Socket, kept: Buffer[]): void => {
  from.on('data', (chunk: Buffer) => {
    kept.push(chunk)
    to.write(chunk)
  })
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
  from.on('close', () => to.destroy())
}

/** RFC 6455 section 5.2, after the request's head. A frame that was cut off ends it. */
const payloadsOf = (stream: Buffer): Uint8Array => {
  const payloads: Buffer[] = []
  const head = stream.indexOf('\r\n\r\n')
  for (let at = head + 4; head >= 0 && at + 6 <= stream.length; ) {
    const short = (stream[at + 1] ?? 0) & 0x7f
    const wide = { 126: 2, 127: 8 }[short] ?? 0
    const start = at + 2 + wide + 4
    if (start > stream.length) break
    const length = wide === 0 ? short : Number(BigInt(`0x${stream.toString('hex', at + 2, at + 2 + wide)}`))
    const mask = stream.subarray(start - 4, start)
    payloads.push(
      stream.subarray(start, start + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0)) as Buffer,
    )
    at = start + length
  }
  return Buffer.concat(payloads)
}
