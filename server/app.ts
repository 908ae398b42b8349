/**
 * The relay as a Fastify app, ready to listen. Fastify's own log is off: it would write addresses and URLs.
 * Not here: the database and the keys (start.ts).
 */
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import { MAX_REQUEST_BYTES } from '../shared/protocol/limits.ts'
import type { Log } from './log.ts'
import type { RelayLimits } from './relay/limits.ts'
import type { Relay } from './relay/relay.ts'
import { pageRoutes } from './routes/pages.ts'
import { SUBPROTOCOL, socketRoute } from './routes/socket.ts'

export type AppDeps = {
  readonly relay: Relay
  readonly limits: RelayLimits
  readonly log: Log
  readonly isReady: () => Promise<boolean>
}

/** Milliseconds that a peer has for its HTTP request, and that an idle HTTP connection is kept. */
const REQUEST_MS = 10_000
const KEEP_ALIVE_MS = 5_000

export const createApp = async (deps: AppDeps): Promise<FastifyInstance> => {
  const app = Fastify({
    logger: false,
    bodyLimit: 1024,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: REQUEST_MS },
    forceCloseConnections: true,
  })
  await app.register(websocket, {
    options: { maxPayload: MAX_REQUEST_BYTES, perMessageDeflate: false, handleProtocols: chooseProtocol },
    errorHandler: (error, socket) => {
      // what a peer did wrong is its own affair, and the library is closing already
      if (socket.readyState !== socket.OPEN) return
      deps.log.error('a connection failed', error)
      socket.terminate()
    },
    preClose: closeSockets,
  })
  app.setErrorHandler((error, _request, reply) => {
    deps.log.error('a page failed', error)
    return reply.code(500).type('text/plain').send('something failed here\n')
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('nothing here\n'))
  await app.register(async (scope) => socketRoute(scope, deps))
  pageRoutes(app, deps.isReady)
  app.server.maxConnections = deps.limits.web.connections
  return app
}

const chooseProtocol = (offered: ReadonlySet<string>): string | false =>
  offered.has(SUBPROTOCOL) && SUBPROTOCOL

/** 1001, going away; who does not answer that is cut off, so that a dead peer cannot hold up the end. */
function closeSockets(this: FastifyInstance, done: () => void): void {
  const { clients } = this.websocketServer
  for (const client of clients) client.close(1001)
  setTimeout(() => {
    for (const client of clients) client.terminate()
  }, 500).unref()
  this.websocketServer.close()
  done()
}
