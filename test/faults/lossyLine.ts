/** A line between relay and database that can lose an answer: what was asked is done, and nobody hears of it. */
import { connect, createServer, type Socket } from 'node:net'

export type LossyLine = {
  /** The database, over this line. */
  readonly url: string
  /** The next answer is lost, and every connection with it. */
  readonly lose: () => void
  readonly close: () => void
}

export const newLossyLine = async (databaseUrl: string): Promise<LossyLine> => {
  const far = new URL(databaseUrl)
  const ends = new Set<Socket>()
  let isLosing = false
  const dropAll = (): void => {
    isLosing = false
    for (const end of ends) end.destroy()
  }
  const line = createServer((near) => {
    const beyond = connect(Number(far.port), far.hostname)
    near.pipe(beyond)
    beyond.on('data', (answer) => (isLosing ? dropAll() : near.write(answer)))
    for (const [one, other] of [
      [near, beyond],
      [beyond, near],
    ] as const) {
      ends.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        ends.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve))
  const address = line.address()
  const url = new URL(databaseUrl)
  url.port = String(typeof address === 'object' && address ? address.port : 0)
  return {
    url: url.href,
    lose: () => {
      isLosing = true
    },
    close: () => {
      line.close()
      dropAll()
    },
  }
}
