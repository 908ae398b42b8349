/**
 * The least that `ws` can do: each message goes to everybody, nothing is ordered or signed. Its argument may name a database: then each
 * message is committed there before it goes out, and one that comes meanwhile waits for its own INSERT.
 */
import postgres from 'postgres'
import { type RawData, WebSocketServer } from 'ws'

export type BroadcastFacts = { readonly databaseUrl?: string }

const { databaseUrl }: BroadcastFacts = JSON.parse(process.argv[2] ?? '{}')
const sql = databaseUrl === undefined ? undefined : postgres(databaseUrl, { max: 1 })
if (sql) await sql`create table kept (blob bytea not null)`

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  maxPayload: 65_536,
})
const broadcast = (data: RawData): void => {
  for (const client of server.clients) client.send(data)
}
server.on('connection', (socket) => {
  socket.on('message', async (data) => {
    if (sql) await sql`insert into kept values (${data as Buffer})`
    broadcast(data)
  })
})
// started with --expose-gc: what nobody uses is given back
process.on('message', () => {
  globalThis.gc?.()
  process.send?.('done')
})
process.once('disconnect', () => process.exit(0))
server.once('listening', () => {
  const address = server.address()
  process.send?.(`ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
})
