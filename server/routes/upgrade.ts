/**
 * The way from an HTTP request to a websocket, or to a plain HTTP answer that ends it. Who may not come in is told so before the
 * framework sees it: it has no answer for an upgrade behind a page that is still being sent.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { MAX_REQUEST_BYTES } from '../../shared/protocol/limits.ts'
import { type Guard, type No, tooMany } from '../guard/guard.ts'
import { type Sockets, SUBPROTOCOL } from './socket.ts'

const PATH = '/v1'
/** Seconds after which to try again when there are too many connections. */
const FULL_SECONDS = 30

const OPTIONS = {
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

export const acceptUpgrades = async (app: FastifyInstance, way: Way): Promise<void> => {
  const { guard, sockets } = way
  const admitted = createServer() // never listens: it is the plugin's ear, and hears of those who may come in
  await app.register(websocket, { options: { ...OPTIONS, server: admitted }, preClose })
  await app.register(async (scope) => {
    scope.get(PATH, { websocket: true, onRequest: letGo }, (socket, { raw }) => {
      socket.removeAllListeners('error') // the plugin's, which holds request and reply; `serve` listens
      sockets.serve(socket, raw.socket, guard.caller(raw))
    })
  })
  const isBusy = socketsWithAnswers(app.server)
  app.server.on('upgrade', (request: IncomingMessage, raw: Socket, head: Buffer) => {
    raw.on('error', () => raw.destroy())
    const no = refusal(way, request)
    if (isBusy(raw)) raw.end()
    else if (no) refuse(raw, no)
    else admitted.emit('upgrade', request, raw, head)
  })
}

/** Undefined: a place is taken until the socket closes. */
const refusal = ({ guard, isLeaving }: Way, request: IncomingMessage): No | Answer | undefined => {
  const caller = guard.caller(request)
  const no = guard.refusal(request, caller) ?? elsewhere(request) ?? guard.upgradeRefusal(request)
  if (no) return no
  if (isLeaving()) return LEAVING
  if (!guard.door.enter(caller)) return tooMany(FULL_SECONDS)
  request.socket.on('close', () => guard.door.leave(caller))
  return undefined
}

/** The framework keeps request and reply as long as what it answers on, 4 KiB of every idle connection: it is told that it is done. */
const letGo: onRequestHookHandler = (request, reply, done) => {
  if (request.ws) reply.raw.detachSocket(request.raw.socket)
  done()
}

const socketsWithAnswers = (server: Server): ((raw: Socket) => boolean) => {
  const busy = new WeakSet<Socket>()
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    busy.add(socket)
    response.once('close', () => busy.delete(socket))
  })
  return (raw) => busy.has(raw)
}

/** Connections have been let go before (leaving.ts). */
function preClose(this: FastifyInstance, done: () => void): void {
  this.websocketServer.close()
  done()
}

const elsewhere = ({ url, method }: IncomingMessage): Answer | undefined => {
  if (url !== PATH && !url?.startsWith(`${PATH}?`)) return { status: 404, sentence: 'nothing here' }
  return method === 'GET' ? undefined : { status: 405, sentence: 'a websocket begins with GET' }
}

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
