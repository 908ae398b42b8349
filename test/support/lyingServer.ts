/**
 * A server that hands out the web client and is the relay of it, in memory (memoryRelay.ts): it lies to browsers as it is told to, and to nobody else. Not here:
 * the lies (misdeeds.ts).
 */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { WebSocketServer } from 'ws'
import { printRelayAddress } from '../../shared/protocol/relayAddress.ts'
import { fileType } from '../../shared/release/fileType.ts'
import { WEB_HEADERS } from '../../shared/release/headers.ts'
import { createMemoryRelay, type MemoryRelay, type Misdeeds } from './memoryRelay.ts'

export type LyingServer = {
  readonly url: string
  /** As a founder types it. */
  readonly address: string
  readonly relay: MemoryRelay
  /** To browsers, from now on; without any, it is honest. */
  readonly lieToBrowsers: (misdeeds?: Misdeeds) => void
  /** Ends their connections, and nobody else's: whoever is cut off again and again waits longer each time. */
  readonly cutBrowsers: () => void
}

/** `folder`: a build of the web client. */
export const startLyingServer = async (t: Test, folder: string): Promise<LyingServer> => {
  const relay = createMemoryRelay()
  const browsers = new Set<number>()
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname.slice(1) || 'index.html'
    const file = join(folder, path)
    const type = existsSync(file) ? fileType(path) : undefined
    response.writeHead(type ? 200 : 404, {
      ...WEB_HEADERS,
      'content-type': type ?? 'text/plain',
      'cache-control': 'no-cache',
    })
    response.end(type ? readFileSync(file) : 'nothing here')
  }).listen(0, '127.0.0.1')
  const sockets = new WebSocketServer({ server, path: '/v1' })
  sockets.on('connection', (socket, request: IncomingMessage) => {
    const line = relay.dial('', {
      onFrame: (frame) => socket.send(frame),
      onClose: () => socket.close(),
    })
    if (request.headers.origin !== undefined) browsers.add(relay.dialed())
    socket.on('message', (data: Buffer) => line.send(new Uint8Array(data)))
    socket.on('close', () => line.close())
  })
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const { relayKey: key, admission } = relay
  return {
    url: `http://127.0.0.1:${port}`,
    address: printRelayAddress({ url: `ws://127.0.0.1:${port}`, key, admission }),
    relay,
    lieToBrowsers: (misdeeds = {}) => relay.misbehave(only(browsers, misdeeds)),
    cutBrowsers: () => {
      for (const one of browsers) relay.cut(one)
    },
  }
}

const only = (browsers: ReadonlySet<number>, { view, refuse, answer, receive }: Misdeeds): Misdeeds => ({
  ...(view && {
    view: (log, connection, purpose) => (browsers.has(connection) ? view(log, connection, purpose) : log),
  }),
  ...(refuse && {
    refuse: (request, connection) => (browsers.has(connection) ? refuse(request, connection) : undefined),
  }),
  ...(answer && {
    answer: (event, request, connection) =>
      browsers.has(connection) ? answer(event, request, connection) : [event],
  }),
  ...(receive && {
    receive: (request, connection) => (browsers.has(connection) ? receive(request, connection) : undefined),
  }),
})
