/**
 * The way from an HTTP request to a websocket, or to a plain HTTP answer that ends it. On the server's own event instead of a
 * framework's route, so that nothing of the request outlives it: that is 4 KiB for every idle connection.
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { MAX_REQUEST_BYTES } from '../../shared/protocol/limits.ts'
import { type Guard, type No, tooMany } from '../guard/guard.ts'
import { type Sockets, SUBPROTOCOL } from './socket.ts'

const PATH = '/v1'
/** Seconds after which to try again when there are too many connections. */
const FULL_SECONDS = 30

const OPTIONS = {
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_REQUEST_BYTES,
  /** Of one frame. The largest is 190 packets of an ordinary network. */
  maxFragments: 1024,
  maxBufferedChunks: 8192,
  perMessageDeflate: false,
  /** socket.ts answers, so that pings count as what they cost. */
  autoPong: false,
  /** Milliseconds for a peer to say goodbye as well. */
  closeTimeout: 5000,
  handleProtocols: (offered: ReadonlySet<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
}

type Way = {
  readonly guard: Guard
  readonly sockets: Sockets
  /** The relay is ending: nobody new. */
  readonly isLeaving: () => boolean
}

export const acceptUpgrades = (server: Server, { guard, sockets, isLeaving }: Way): void => {
  const websockets = new WebSocketServer(OPTIONS)
  server.on('upgrade', (request: IncomingMessage, raw: Socket, head: Buffer) => {
    raw.on('error', () => raw.destroy())
    const caller = guard.caller(request)
    const no = guard.refusal(request, caller) ?? elsewhere(request) ?? guard.upgradeRefusal(request)
    if (no) return refuse(raw, no)
    if (isLeaving()) return refuse(raw, LEAVING)
    if (!guard.door.enter(caller)) return refuse(raw, tooMany(FULL_SECONDS))
    raw.on('close', () => guard.door.leave(caller))
    websockets.handleUpgrade(request, raw, head, (socket) => sockets.serve(socket, raw, caller))
  })
}

const elsewhere = ({ url }: IncomingMessage): { status: 404; sentence: string } | undefined =>
  url === PATH || url?.startsWith(`${PATH}?`) ? undefined : { status: 404, sentence: 'nothing here' }

const LEAVING = { status: 503, sentence: 'This relay is ending: connect again.', seconds: 1 }

type Answer = { readonly status: number; readonly sentence: string; readonly seconds?: number }

/** Written by hand: there is no response object behind an upgrade. */
const refuse = (raw: Socket, { status, sentence, seconds }: No | Answer): void => {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(sentence) + 1}`,
    ...(seconds === undefined ? [] : [`Retry-After: ${seconds}`]),
  ]
  raw.once('finish', () => raw.destroy())
  raw.end(`${lines.join('\r\n')}\r\n\r\n${sentence}\n`)
}
