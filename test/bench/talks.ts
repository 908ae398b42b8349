/**
 * How a load talks to each server: a subscriber that only counts, and a publisher that says what was acknowledged. All as cheap as it gets: bytes
 * are written as they were made once, and what comes is counted by its head. Not here: the servers (peers.ts).
 */
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { proveAccess, proveAdmission } from '../../shared/protocol/access.ts'
import { decodeEvent, type Event, encodeRequest, type Request } from '../../shared/protocol/frames.ts'
import type { Role, Seq } from '../../shared/protocol/ids.ts'
import { parseRelayAddress, type RelayAddress } from '../../shared/protocol/relayAddress.ts'
import { newBlob, newLog, type TestLog } from '../support/wire.ts'
import { countMessages, openSocket, type Place, type RawSocket, type Shape } from './rawSocket.ts'

export type Counted = (deliveries: number) => void
export type Talk = {
  /** Settles when the server knows the subscriber. `from`: an address of the loopback. */
  readonly subscribe: (counted: Counted, from?: string) => Promise<RawSocket>
  /** A function that sends one message; `acked` is called for each that the server has kept. */
  readonly publish: (acked: () => void) => Promise<() => void>
}

export const BLOB_BYTES = 1024
const payload = Buffer.from(newBlob(BLOB_BYTES))

const placeOf = (url: string, from?: string): Place => {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port), from }
}

// --- websockets -------------------------------------------------------------------------------------------------

/** RFC 6455 section 5.2 with a mask of zeros, which leaves the payload as it is. */
export const masked = (bytes: Uint8Array): Buffer => {
  const wide = bytes.length > 125
  const head = Buffer.alloc(wide ? 8 : 6)
  head.writeUInt8(0x82)
  head.writeUInt8(0x80 | (wide ? 126 : bytes.length), 1)
  if (wide) head.writeUInt16BE(bytes.length, 2)
  return Buffer.concat([head, bytes])
}

const upgrade = async (url: string, path: string, protocol: string, from?: string): Promise<RawSocket> => {
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
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(answer.toString('latin1'))
  return socket
}

/** The payload of the next frame, of less than 64 KiB. */
const takeFrame = async (socket: RawSocket): Promise<Buffer> => {
  const short = (await socket.take(2)).readUInt8(1)
  return socket.take(short < 126 ? short : (await socket.take(2)).readUInt16BE())
}

/** Frames of more than 125 bytes and less than 64 KiB. */
const wideFrames = (deliveriesIn: (head: Buffer) => number, head = 4): Shape => ({
  head,
  restOf: (bytes) => bytes.readUInt16BE(2) + 4 - head,
  deliveriesIn,
})

export const plainTalk = (url: string): Talk => ({
  subscribe: async (counted, from) => {
    const socket = await upgrade(url, '/', '', from)
    socket.flow(
      countMessages(
        wideFrames(() => 1),
        counted,
      ),
    )
    return socket
  },
  publish: async (acked) => {
    const socket = await upgrade(url, '/', '')
    socket.flow(
      countMessages(
        wideFrames(() => 1),
        acked,
      ),
    ) // it hears itself, as everybody else
    const message = masked(payload)
    return () => socket.write(message)
  },
})

// --- the relay --------------------------------------------------------------------------------------------------

/** A log that a load made, as it is handed to other processes. */
export type RelayLine = { readonly socket: RawSocket; readonly ask: (request: Request) => Promise<Event> }

export const lineTo = async (
  relay: RelayAddress,
  from?: string,
): Promise<RelayLine & { readonly challenge: Event }> => {
  await cryptoReady
  const socket = await upgrade(relay.url, '/v1', 'tocsin.1', from)
  const next = async (): Promise<Event> => {
    const event = decodeEvent(await takeFrame(socket))
    if (!event.ok) throw new Error('malformed')
    return event.value
  }
  const challenge = await next()
  const ask = (request: Request): Promise<Event> => {
    socket.write(masked(encodeRequest(request)))
    return next()
  }
  return { socket, ask, challenge }
}

type Line = Awaited<ReturnType<typeof lineTo>>

const expect = async (answer: Promise<Event>, type: Event['type']): Promise<void> => {
  const got = await answer
  if (got.type !== type) throw new Error(`the relay answered ${JSON.stringify(got)} instead of ${type}`)
}

export const openLine = async (line: Line, relay: RelayAddress, log: TestLog, role: Role): Promise<void> => {
  if (line.challenge.type !== 'greeting') throw new Error('no greeting')
  const binding = { relayStaticKey: relay.key.staticKey, challenge: line.challenge.challenge }
  const { publicKey, secretKey } = log[role]
  const signature = proveAccess(secretKey, binding, log.id, role)
  await expect(line.ask({ type: 'open', ref: 1, log: log.id, role, publicKey, signature }), 'opened')
}

export const createLogOn = async (relay: RelayAddress, log: TestLog): Promise<void> => {
  if (relay.admission === undefined) throw new Error('no admission')
  const line = await lineTo(relay)
  const admission = proveAdmission(relay.admission, log.id)
  await expect(line.ask({ type: 'create', ref: 1, policy: log.encoded, admission, work: undefined }), 'ok')
  line.socket.end()
}

/** ENTRIES: tag, ref u32, log bytes(24), then a u16 count. */
const ENTRIES = 132
const ENTRIES_HEAD = 4 + 1 + 4 + 24 + 2
const entriesFrames = wideFrames(
  (head) => (head[4] === ENTRIES ? head.readUInt16BE(ENTRIES_HEAD - 2) : 0),
  ENTRIES_HEAD,
)
/** RECEIPT: tag, ref u32, head u32, chain bytes(32), full u8, signature bytes(64). */
const RECEIPT = 131
const RECEIPT_BYTES = 1 + 4 + 4 + 32 + 1 + 64

/** Answers of a writer. A refusal is shorter, so it would be seen as something else: then the load fails. */
const receipts: Shape = {
  head: 3,
  restOf: () => 2 + RECEIPT_BYTES - 3,
  deliveriesIn: (head) => {
    if (head[1] !== RECEIPT_BYTES || head[2] !== RECEIPT) throw new Error('an append was refused')
    return 1
  },
}

/** Appends of one connection to one log, always the same bytes. */
export const openWriter = async (
  relay: RelayAddress,
  log: TestLog,
  acked: () => void,
): Promise<() => void> => {
  const line = await lineTo(relay)
  await openLine(line, relay, log, 'writer')
  const append = { lifeDays: 1, ifHead: undefined, alert: 0, writer: undefined } as const
  const blob = newBlob(BLOB_BYTES)
  const message = masked(encodeRequest({ type: 'append', ref: 2, log: log.id, ...append, blob }))
  line.socket.flow(countMessages(receipts, acked))
  return () => line.socket.write(message)
}

export const openWatcher = async (
  relay: RelayAddress,
  log: TestLog,
  counted: Counted,
  from?: string,
): Promise<RawSocket> => {
  const line = await lineTo(relay, from)
  await openLine(line, relay, log, 'reader')
  await expect(line.ask({ type: 'watch', ref: 2, log: log.id, from: 1 as Seq }), 'ok')
  line.socket.flow(countMessages(entriesFrames, counted))
  return line.socket
}

/** One log for all. Several addresses of one relay: watchers are spread over them in turn, and the first is written to. */
export const relayTalk = async (addresses: readonly string[]): Promise<Talk> => {
  const relays = addresses.map((address) => parseRelayAddress(address))
  const [first] = relays
  if (first === undefined) throw new Error('no relay address')
  await cryptoReady
  const log = newLog({ cap: 2 })
  await createLogOn(first, log)
  let turn = 0
  return {
    subscribe: (counted, from) => {
      turn += 1
      return openWatcher(relays[turn % relays.length] ?? first, log, counted, from)
    },
    publish: (acked) => openWriter(first, log, acked),
  }
}

// --- NATS -------------------------------------------------------------------------------------------------------

const CONNECT =
  'CONNECT {"verbose":false,"pedantic":false,"lang":"c","version":"1","protocol":1,"headers":true}\r\n'
const MESSAGE = `MSG bench 1 inbox ${BLOB_BYTES}\r\n`
const PING = 'PING\r\n'

/** A message, or the server's question whether the peer is there. */
const natsShape = (pong: () => void): Shape => ({
  head: 1,
  restOf: (head) => (head[0] === PING.charCodeAt(0) ? PING.length : MESSAGE.length + BLOB_BYTES + 2) - 1,
  deliveriesIn: (head) => {
    if (head[0] !== PING.charCodeAt(0)) return 1
    pong()
    return 0
  },
})

const natsSocket = async (url: string, from?: string): Promise<RawSocket> => {
  const socket = await openSocket(placeOf(url, from))
  socket.write(`${CONNECT}PING\r\n`)
  await socket.takeThrough('PONG\r\n')
  return socket
}

/** The server delivers at once and acknowledges when its stream has the message in its file. */
export const natsTalk = async (url: string): Promise<Talk> => {
  const desk = await natsSocket(url)
  const stream = JSON.stringify({ name: 'bench', subjects: ['bench'], storage: 'file' })
  desk.write(`SUB inbox 1\r\nPUB $JS.API.STREAM.CREATE.bench inbox ${stream.length}\r\n${stream}\r\n`)
  const made = (await desk.takeThrough('}\r\n')).toString('latin1')
  if (made.includes('"error"')) throw new Error(made)
  desk.end()
  return {
    subscribe: async (counted, from) => {
      const socket = await natsSocket(url, from)
      socket.write('SUB bench 1\r\nPING\r\n')
      await socket.takeThrough('PONG\r\n')
      socket.flow(
        countMessages(
          natsShape(() => socket.write('PONG\r\n')),
          counted,
        ),
      )
      return socket
    },
    publish: async (acked) => {
      const socket = await natsSocket(url)
      socket.write('SUB inbox 1\r\nPING\r\n')
      await socket.takeThrough('PONG\r\n')
      // acknowledgements are the only messages here, and their JSON the only braces
      socket.flow((chunk) => {
        if (chunk.includes(PING)) socket.write('PONG\r\n')
        for (let at = chunk.indexOf('}'); at >= 0; at = chunk.indexOf('}', at + 1)) acked()
      })
      const message = Buffer.concat([
        Buffer.from(`PUB bench inbox ${BLOB_BYTES}\r\n`),
        payload,
        Buffer.from('\r\n'),
      ])
      return () => socket.write(message)
    },
  }
}

// --- MQTT 3.1.1 -------------------------------------------------------------------------------------------------

const TOPIC = Buffer.from('\0\x05bench', 'latin1')
/** PUBLISH: type, length of two bytes, topic, packet id. */
const PUBLISH_HEAD = 1 + 2 + TOPIC.length + 2
const PUBLISH_REST = TOPIC.length + 2 + BLOB_BYTES

const mqttSocket = async (url: string, name: string, from?: string): Promise<RawSocket> => {
  const socket = await openSocket(placeOf(url, from))
  const head = Buffer.from('\0\x04MQTT\x04\x00\x00\x00', 'latin1') // a session that lasts, no keep-alive
  const id = Buffer.from(`\0${String.fromCharCode(name.length)}${name}`, 'latin1')
  socket.write(Buffer.concat([Buffer.of(0x10, head.length + id.length), head, id]))
  await socket.take(4)
  return socket
}

/** QoS 1 both ways: the broker acknowledges the publisher, subscribers acknowledge the broker. */
export const mqttTalk = async (url: string): Promise<Talk> => {
  let subscribers = 0
  return {
    subscribe: async (counted, from) => {
      subscribers += 1
      const socket = await mqttSocket(url, `s${subscribers}`, from)
      socket.write(Buffer.concat([Buffer.of(0x82, 3 + TOPIC.length, 0, 1), TOPIC, Buffer.of(1)]))
      await socket.take(5)
      const shape: Shape = {
        head: PUBLISH_HEAD,
        restOf: () => BLOB_BYTES,
        deliveriesIn: (head) => {
          socket.write(Buffer.of(0x40, 2, head[PUBLISH_HEAD - 2] ?? 0, head[PUBLISH_HEAD - 1] ?? 0))
          return 1
        },
      }
      socket.flow(countMessages(shape, counted))
      return socket
    },
    publish: async (acked) => {
      const socket = await mqttSocket(url, 'publisher')
      socket.flow(countMessages({ head: 4, restOf: () => 0, deliveriesIn: () => 1 }, acked))
      let packet = 0
      return () => {
        packet = (packet % 60_000) + 1
        const length = Buffer.of((PUBLISH_REST & 127) | 128, PUBLISH_REST >> 7)
        const id = Buffer.of(packet >> 8, packet & 255)
        socket.write(Buffer.concat([Buffer.of(0x32), length, TOPIC, id, payload]))
      }
    },
  }
}
