/**
 * What answers while the relay waits for its database or brings it up to date: alive, but not ready. So a health check does not
 * kill a long migration, and a port that is taken is found at once. Not here: the relay's own pages (server/routes).
 */
import { createServer, type ServerResponse } from 'node:http'

export type WaitingRoom = {
  readonly port: number
  /** Nobody listens there any more. */
  readonly close: () => Promise<void>
}

/** Milliseconds for a request to arrive, and seconds after which to try again. */
const REQUEST_MS = 5_000
const RETRY_SECONDS = 5

/** Rejects with what `listen` says. Port 0 for any free one. */
export const openWaitingRoom = async (host: string, port: number): Promise<WaitingRoom> => {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    ({ url }, response) => {
      if (url === '/livez') end(response, 200, 'ok\n')
      else end(response, 503, 'the relay is starting\n')
    },
  )
  server.maxConnections = 100
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: typeof address === 'object' && address ? address.port : port, close }
}

const end = (response: ServerResponse, status: number, text: string): void => {
  response
    .setHeader('content-type', 'text/plain')
    .setHeader('cache-control', 'no-store')
    .setHeader('connection', 'close')
  if (status === 503) response.setHeader('retry-after', RETRY_SECONDS)
  response.writeHead(status).end(text)
}
