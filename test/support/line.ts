/** A line between somebody and the relay that can be pulled out and plugged in again at the same address, and that can be a slow one. */
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Line = {
  readonly port: number
  readonly pull: () => Promise<void>
  readonly plugIn: () => Promise<void>
}

/** Of each direction. */
export type Pace = { readonly bytesPerSecond: number; readonly delayMs: number }

/** Slow 3G as WebPageTest has it: 400 kbit/s, 400 ms there and back. */
export const SLOW_3G: Pace = { bytesPerSecond: 50_000, delayMs: 200 }

export const newLine = async (target: number, pace?: Pace): Promise<Line> => {
  const sockets = new Set<Socket>()
  const ways = pace && { up: createWay(pace), down: createWay(pace) }
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    if (!ways) {
      near.pipe(far).pipe(near)
      return
    }
    ways.up(near, far)
    ways.down(far, near)
  })
  let port = 0
  const plugIn = (): Promise<void> =>
    new Promise((ready) => {
      server.listen(port, '127.0.0.1', () => {
        const address = server.address()
        port = typeof address === 'object' && address ? address.port : 0
        ready()
      })
    })
  await plugIn()
  return {
    port,
    plugIn,
    pull: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** All connections of a line share its way. What was sent stays in order, and comes when there was time for all before it. */
const createWay = ({ bytesPerSecond, delayMs }: Pace): ((from: Socket, to: Socket) => void) => {
  let freeAt = 0
  return (from, to) => {
    let last: Promise<unknown> = Promise.resolve()
    const after = (atMs: number, act: () => void): void => {
      last = last.then(() => sleep(Math.max(0, atMs - performance.now()))).then(act)
    }
    from.on('data', (bytes: Buffer) => {
      freeAt = Math.max(freeAt, performance.now()) + (1000 * bytes.length) / bytesPerSecond
      after(freeAt + delayMs, () => void (to.destroyed || to.write(bytes)))
    })
    from.on('end', () => after(0, () => void to.end()))
  }
}
