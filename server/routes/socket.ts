/**
 * The websocket: bytes in, relay/connection.ts, bytes out; timers and flow control. No decisions about logs are made
 * here, and nothing about a peer is written anywhere: no address, no header, no count of what it sent.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { RawData, WebSocket } from 'ws'
import type { Log } from '../log.ts'
import type { Connection } from '../relay/connection.ts'
import type { RelayLimits } from '../relay/limits.ts'
import type { Relay } from '../relay/relay.ts'

/** Anything that is not a frame, at any level (SPEC F4). */
const MALFORMED = 4400
/** Nothing was opened or created in time. */
const UNUSED = 4408
/** The relay cannot answer now; connect again later (RFC 6455: 1011). */
const FAILED = 1011
export const SUBPROTOCOL = 'tocsin.1'
/** What the websocket library calls frames that are too large, not UTF-8, or no frames at all. */
const LIBRARY_FAULTS = [1002, 1007, 1009]

export type SocketDeps = { readonly relay: Relay; readonly limits: RelayLimits; readonly log: Log }

export const socketRoute = (app: FastifyInstance, deps: SocketDeps): void => {
  app.get('/v1', { websocket: true }, (socket: WebSocket, request) => {
    if (socket.protocol === SUBPROTOCOL) serve(socket, request.raw.socket, deps)
    else socket.close(MALFORMED)
  })
}

/** Listeners are attached before anything is awaited: an early frame would be lost. */
const serve = (socket: WebSocket, raw: Socket, { relay, limits, log }: SocketDeps): void => {
  const fail = (error: unknown): void => {
    log.error('a request failed', error)
    socket.close(FAILED)
  }
  const write = (framed: Uint8Array): boolean => {
    if (socket.readyState !== socket.OPEN) return false
    raw.write(framed)
    return raw.writableLength < limits.behindBytes
  }
  const connection = relay.connect({ outlet: { write }, fail, purses: [], strayed: () => undefined })
  const flow = createFlow(socket, raw, limits)

  closeWith4400(socket)
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const frame = isBinary ? asBytes(data) : undefined
    const handled = frame ? connection.handle(frame) : 'malformed'
    if (handled === 'malformed') return malformed(socket)
    flow.received(handled, frame?.length ?? 0, connection)
  })
  raw.on('drain', () => {
    flow.drained()
    connection.drained()
  })
  const stopWatching = watchOver(socket, raw, connection, limits)
  socket.on('close', () => {
    stopWatching()
    flow.stop()
    connection.end()
  })
  write(connection.greeting)
}

/** What came before has been handled; what comes after is not read. */
const malformed = (socket: WebSocket): void => {
  socket.removeAllListeners('message')
  socket.close(MALFORMED)
}

/** The library closes with codes of its own; on this wire all of them mean the same (F4). */
const closeWith4400 = (socket: WebSocket): void => {
  const close = socket.close.bind(socket)
  socket.close = (code, reason) => close(LIBRARY_FAULTS.includes(code ?? 0) ? MALFORMED : code, reason)
}

const asBytes = (data: RawData): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : whole(data)

const whole = (data: Buffer | Buffer[]): Uint8Array => (Array.isArray(data) ? Buffer.concat(data) : data)

type Flow = {
  readonly received: (answered: Promise<void>, bytes: number, connection: Connection) => void
  readonly drained: () => void
  readonly stop: () => void
}

/** Reads no further while too much is unanswered, unread by the peer, or above the connection's rate. */
const createFlow = (socket: WebSocket, raw: Socket, limits: RelayLimits): Flow => {
  let unanswered = 0
  let unansweredBytes = 0
  let resting: NodeJS.Timeout | undefined

  const mayRead = (): boolean =>
    resting === undefined &&
    unanswered < limits.unanswered &&
    unansweredBytes < limits.unansweredBytes &&
    raw.writableLength < limits.behindBytes
  const settle = (): void => {
    if (mayRead()) socket.resume()
    else socket.pause()
  }
  const rest = (ms: number): void => {
    resting ??= setTimeout(() => {
      resting = undefined
      settle()
    }, ms)
  }
  return {
    received: (answered, bytes, connection) => {
      unanswered += 1
      unansweredBytes += bytes
      const pauseMs = connection.pauseAfter(bytes)
      if (pauseMs > 0) rest(pauseMs)
      settle()
      void answered.then(() => {
        unanswered -= 1
        unansweredBytes -= bytes
        settle()
      })
    },
    drained: settle,
    stop: () => clearTimeout(resting),
  }
}

/** Cuts off who is gone: between two pings no pong, no frame, and nothing taken of what waits; or nothing opened in time. */
const watchOver = (
  socket: WebSocket,
  raw: Socket,
  connection: Connection,
  limits: RelayLimits,
): (() => void) => {
  let isAlive = true
  let taken = 0
  let waited = false
  const alive = (): void => {
    isAlive = true
  }
  socket.on('pong', alive)
  socket.on('message', alive)
  const pinging = setInterval(() => {
    const takenNow = raw.bytesWritten - raw.writableLength
    if (!isAlive && !(waited && takenNow > taken)) return socket.terminate()
    taken = takenNow
    waited = raw.writableLength > 0
    isAlive = false
    socket.ping()
  }, limits.pingMs)
  const idle = setTimeout(() => {
    if (!connection.isUsed()) socket.close(UNUSED)
  }, limits.idleMs)
  return () => {
    clearInterval(pinging)
    clearTimeout(idle)
  }
}
