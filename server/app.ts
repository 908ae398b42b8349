/**
 * The relay as a Fastify app, ready to listen, behind one of its two doors. Fastify's own log is off: it would write
 * addresses and URLs. Not here: the database and the keys (start.ts).
 */
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { createGuard, type Guard, type GuardDeps, type No } from './guard/guard.ts'
import type { Log } from './log.ts'
import type { Relay } from './relay/relay.ts'
import { aboutRoute, pageRoutes } from './routes/pages.ts'
import { createSockets } from './routes/socket.ts'
import { acceptUpgrades } from './routes/upgrade.ts'
import { type WebFiles, webRoutes } from './routes/web.ts'

export type AppDeps = GuardDeps & {
  readonly relay: Relay
  readonly log: Log
  /** The web client, if this relay has one. */
  readonly web: WebFiles | undefined
  /** The database answers. */
  readonly isReady: () => Promise<boolean>
  /** The relay is ending. */
  readonly isLeaving: () => boolean
}

/** Milliseconds that a peer has for its HTTP request, how often that is looked at, and how long an idle HTTP connection is kept. */
const REQUEST_MS = 10_000
const LOOK_MS = 1_000
const KEEP_ALIVE_MS = 5_000
/** No body is ever read. */
const MAY_LOOK = ['GET', 'HEAD']
const ONLY_LOOK: No = { status: 405, sentence: 'there is nothing to send here' }
const READY_MS = 500
const MAX_HEADER_BYTES = 8192
const MAX_HEADERS = 64
/** Probes of whoever keeps the relay running: they may call it by any name, and cost nothing. */
const PROBES = ['/livez', '/readyz']

export type App = {
  readonly app: FastifyInstance
  /** Lets everybody go within so many milliseconds. */
  readonly letGo: (withinMs: number) => Promise<void>
}

export const createApp = async (deps: AppDeps): Promise<App> => {
  const app = Fastify({
    logger: false,
    bodyLimit: 1024,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: REQUEST_MS,
      connectionsCheckingInterval: LOOK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    forceCloseConnections: true,
  })
  const { server } = app
  const { connections } = deps.limits[deps.side]
  // pages and handshakes need sockets as well
  server.maxConnections = connections + Math.ceil(connections / 4)
  server.maxHeadersCount = MAX_HEADERS
  const guard = createGuard(deps)
  const sockets = createSockets({ ...deps, door: guard.door })
  server.on('connection', (socket: Socket) => countSocket(guard, socket))
  await acceptUpgrades(app, { ...deps, guard, sockets })
  app.addHook('onRequest', (request, reply, done) => {
    if (request.ws) return done() // upgrade.ts has asked
    const no = PROBES.includes(request.url)
      ? undefined
      : guard.refusal(request.raw, guard.caller(request.raw))
    if (no) sayNo(reply, no)
    else if (MAY_LOOK.includes(request.method)) done()
    else sayNo(reply.header('allow', MAY_LOOK.join(', ')), ONLY_LOOK)
  })
  app.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) => {
    // what a peer did wrong is its own affair
    if ((error.statusCode ?? 500) < 500) return reply.code(400).type('text/plain').send('not understood\n')
    deps.log.error('a page failed', error)
    return reply.code(500).type('text/plain').send('something failed here\n')
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('nothing here\n'))
  const answers = atMostEvery(READY_MS, deps.now, deps.isReady)
  if (deps.web) webRoutes(app, deps.web)
  else aboutRoute(app)
  pageRoutes(app, async () => {
    if (deps.isLeaving()) return 'leaving'
    return (await answers()) ? 'ready' : 'away'
  })
  return { app, letGo: sockets.letGo }
}

/** Whoever asks more often gets the answer of the time before: it is a question to the database. */
const atMostEvery = <T>(ms: number, now: () => number, ask: () => Promise<T>): (() => Promise<T>) => {
  let asked = { at: -ms, answer: ask }
  return () => {
    if (now() >= asked.at + ms) {
      const answer = ask()
      asked = { at: now(), answer: () => answer }
    }
    return asked.answer()
  }
}

const countSocket = ({ peer, door }: Guard, socket: Socket): void => {
  const caller = peer(socket.remoteAddress ?? '')
  if (caller === undefined) return
  if (caller === false || !door.arrive(caller)) socket.destroy()
  else socket.on('close', () => door.depart(caller))
}

const sayNo = (reply: FastifyReply, { status, sentence, seconds }: No): FastifyReply => {
  if (seconds !== undefined) reply.header('retry-after', seconds)
  return reply.code(status).header('connection', 'close').type('text/plain').send(`${sentence}\n`)
}
