/** The least that `ws` can do: each message goes to everybody, nothing is stored, ordered or signed. */
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: 4096 })
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    for (const client of server.clients) client.send(data)
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
