/**
 * The load of the fan-out benchmark, a process of its own and the same for both servers: watchers that count what
 * comes from their sockets without looking into it, and one writer that keeps a window of entries in flight.
 */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import { parseRelayAddress } from '../../shared/protocol/relayAddress.ts'
import { appendTo, connectWire, newBlob, newOpenLog, openOn, watchFrom } from '../support/wire.ts'

export type Round = { readonly window: number; readonly ms: number }

const BLOB_BYTES = 1024
/** Sockets that are opened at the same time. */
const OPENING = 50

let delivered = 0

/** Entries in the frame whose first bytes these are. */
type CountOf = (frame: Buffer) => number
const one: CountOf = () => 1
/** ENTRIES: tag, ref u32, log bytes(24), then a u16 count, behind a websocket header of 4 bytes. */
const entriesIn: CountOf = (frame) => (frame[4] === 132 ? frame.readUInt16BE(33) : 0)
const FRAME_START = 35

/** Reads frame headers and skips over the rest. All frames here are longer than 125 bytes and shorter than 2^16. */
const counter = (countOf: CountOf) => {
  let skip = 0
  let start: Buffer = Buffer.alloc(0)
  /** Takes from `chunk` at `at`, and says how many bytes. */
  const takeStart = (chunk: Buffer, at: number): number => {
    const more = chunk.subarray(at, at + FRAME_START - start.length)
    start = start.length === 0 ? more : Buffer.concat([start, more])
    if (start.length === FRAME_START) {
      skip = start.readUInt16BE(2) + 4 - FRAME_START
      delivered += countOf(start)
      start = Buffer.alloc(0)
    }
    return more.length
  }
  return (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(skip, chunk.length - at)
      skip -= skipped
      at += skipped
      if (at < chunk.length) at += takeStart(chunk, at)
    }
  }
}

/** From here on the socket's bytes are only counted. */
const countOn = (socket: WebSocket, countOf: CountOf): void => {
  const raw = (socket as unknown as { readonly _socket: Socket })._socket
  raw.removeAllListeners('data')
  raw.on('data', counter(countOf))
}

const inGroups = async (count: number, open: () => Promise<void>): Promise<void> => {
  for (let i = 0; i < count; i += OPENING)
    await Promise.all(Array.from({ length: Math.min(OPENING, count - i) }, open))
}

type Target = { readonly send: () => void }

const onRelay = async (address: string, watchers: number): Promise<Target> => {
  const relay = parseRelayAddress(address)
  if (relay === undefined) throw new Error('no relay address')
  const facts = { key: relay.key, admission: relay.admission as AdmissionSecret }
  const writer = await connectWire(relay.url)
  const log = await newOpenLog(writer, facts, { cap: 2 })
  await inGroups(watchers, async () => {
    const wire = await connectWire(relay.url)
    await openOn(wire, facts, log, 'reader')
    await watchFrom(wire, log)
    await wire.until((pushed) => pushed.length > 0)
    countOn(wire.socket, entriesIn)
  })
  const blob = newBlob(BLOB_BYTES)
  return { send: () => void appendTo(writer, log, { blob }) }
}

const onBroadcast = async (url: string, watchers: number): Promise<Target> => {
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return socket
  }
  const writer = await open()
  await inGroups(watchers, async () => countOn(await open(), one))
  const blob = newBlob(BLOB_BYTES)
  return { send: () => writer.send(blob) }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Deliveries a second. An entry is in flight until all watchers together have received as many deliveries as it makes. */
const measure = async (target: Target, watchers: number, { window, ms }: Round): Promise<number> => {
  delivered = 0
  let sent = 0
  const begin = performance.now()
  const isOver = (): boolean => performance.now() - begin > ms
  while (!isOver() || delivered < sent * watchers) {
    while (!isOver() && sent - Math.floor(delivered / watchers) < window) {
      target.send()
      sent += 1
    }
    await turn()
  }
  return delivered / ((performance.now() - begin) / 1000)
}

const [address = '', count = '0'] = process.argv.slice(2)
const watchers = Number(count)
const target = await (address.includes('#') ? onRelay(address, watchers) : onBroadcast(address, watchers))
process.on('message', async (round: Round) => process.send?.(await measure(target, watchers, round)))
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
