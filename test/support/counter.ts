/** A door before a relay that counts what comes out of it, headers and all. */

import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'

export type Counter = {
  readonly port: number
  /** From the relay, so far. */
  readonly bytes: () => number
  readonly close: () => Promise<void>
}

export const startCounter = async (port: number): Promise<Counter> => {
  let bytes = 0
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    far.on('data', (data) => {
      bytes += data.length
    })
    near.pipe(far)
    far.pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
