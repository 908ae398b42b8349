/** The listener of the numbers: loopback only, one page, and only for who asks for it by a loopback name, which no page of the web can. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isLoopback } from '../../config.ts'
import { hostName } from '../../guard/headers.ts'
import { CONTENT_TYPE } from './text.ts'

export type MetricsServer = { readonly port: number; readonly close: () => Promise<void> }

/** Milliseconds for a request to arrive. */
const REQUEST_MS = 5_000

/** Rejects with what `listen` says. Port 0 for any free one. */
export const serveMetrics = async (
  { host, port }: { readonly host: string; readonly port: number },
  read: () => Promise<string>,
): Promise<MetricsServer> => {
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS })
  server.maxConnections = 16
  server.on('request', (request, response) => void answer(request, response, read))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => closed(server),
  }
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const answer = async (
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  read: () => Promise<string>,
): Promise<void> => {
  const end = (status: number, text: string, type = 'text/plain'): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  }
  const name = hostName(headers.host)
  if (name === undefined || !isLoopback(name)) return end(421, 'not known by that name\n')
  if (url !== '/metrics') return end(404, 'nothing here\n')
  if (method !== 'GET') return end(405, 'only GET\n')
  await read().then(
    (text) => end(200, text, CONTENT_TYPE),
    () => end(500, 'something failed here\n'),
  )
}
