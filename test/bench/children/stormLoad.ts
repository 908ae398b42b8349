/**
 * The load of the reconnect storm, a process of its own: watchers of one log on one relay, who come back by themselves and go on where they were,
 * and a writer on another relay of the same database who never stops. Every watcher counts what it got, in order.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { FIRST_DIAL, step } from '../../../client/core/relay/connection.ts'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { parseRelayAddress, type RelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { newLog } from '../../support/wire.ts'
import { quantile } from '../bench.ts'
import { frameShape } from '../frames.ts'
import { countMessages } from '../rawSocket.ts'
import { createLogOn, ENTRIES, ENTRIES_COUNT, lineFor, openWriter, watchOn } from '../relayTalk.ts'

/** `stormy`: the relay that is killed and comes back at the same address. */
export type StormFacts = {
  readonly stormy: string
  readonly steady: string
  readonly watchers: number
  readonly entriesPerSecond: number
}
export type StormReport = {
  /** Seconds since the relay was killed, until the last one, and half of them, had everything again. */
  readonly all: number
  readonly half: number
  /** Entries that some watcher did not get, or got twice, or out of order. */
  readonly wrong: number
  readonly written: number
  readonly connections: number
}

const SOURCES = 64
const OPENING = 50

const facts: StormFacts = JSON.parse(process.argv[2] ?? '{}')
const addressOf = (text: string): RelayAddress => {
  const address = parseRelayAddress(text)
  if (address === undefined) throw new Error('no relay address')
  return address
}
const [stormy, steady] = [addressOf(facts.stormy), addressOf(facts.steady)]
await cryptoReady
const log = newLog({ cap: 2 })
let written = 0
let wrong = 0
let connections = 0

/** `owed`: what was written when it came back; `wholeAt`: when it had that, in milliseconds. */
type Watcher = { readonly from: string; last: number; owed: number; wholeAt: number; isOpen: boolean }

const watchers: readonly Watcher[] = Array.from({ length: facts.watchers }, (_, i) => ({
  from: `127.0.0.${2 + (i % SOURCES)}`,
  last: 0,
  owed: 0,
  wholeAt: Infinity,
  isOpen: false,
}))

const take = (watcher: Watcher, frame: Buffer, at: number): number => {
  if (frame[at] !== ENTRIES) return 0
  const count = frame.readUInt16BE(at + ENTRIES_COUNT)
  if (count > 0) {
    const first = frame.readUInt32BE(at + ENTRIES_COUNT + 2)
    wrong += Math.abs(first - watcher.last - 1)
    watcher.last = first + count - 1
  }
  if (watcher.last >= watcher.owed) watcher.wholeAt = Math.min(watcher.wholeAt, performance.now())
  return count
}

/** One connection, until it ends. */
const watchOnce = async (watcher: Watcher, greeted: () => void): Promise<void> => {
  const line = await lineFor(stormy, log, 'reader', watcher.from)
  await watchOn(line, log, watcher.last + 1)
  greeted()
  connections += 1
  watcher.isOpen = true
  watcher.owed = written
  const look = ENTRIES_COUNT + 2 + 4
  const count = (): void => undefined
  line.socket.flow(
    countMessages(
      frameShape(line.socket, look, (frame, at) => take(watcher, frame, at)),
      count,
    ),
  )
  await line.socket.closed
}

/** With the pauses of our client. */
const keepWatching = async (watcher: Watcher): Promise<void> => {
  let state = FIRST_DIAL
  for (;;) {
    await watchOnce(watcher, () => {
      state = step(step(state, 'greeted', 0), 'settled', 0)
    }).catch(() => undefined)
    watcher.isOpen = false
    watcher.wholeAt = Infinity
    state = step(state, 'lost', Math.random())
    if (state.state === 'waiting') await sleep(state.delayMs)
    state = step(state, 'due', 0)
  }
}

const everyOne = async (of: readonly Watcher[], is: (watcher: Watcher) => boolean): Promise<void> => {
  while (!of.every(is)) await sleep(20)
}

await createLogOn(steady, log)
const writer = await openWriter(steady, log, () => {
  written += 1
})
for (let at = 0; at < watchers.length; at += OPENING) {
  const group = watchers.slice(at, at + OPENING)
  for (const watcher of group) void keepWatching(watcher)
  await everyOne(group, (watcher) => watcher.isOpen)
}
const writing = setInterval(writer.send, 1000 / facts.entriesPerSecond)

/** Answers when everybody is back and has what was written until then; the relay is killed just before. */
const storm = async (): Promise<StormReport> => {
  const begin = performance.now()
  const before = connections
  const isWhole = ({ isOpen, wholeAt }: Watcher): boolean => isOpen && wholeAt >= begin && wholeAt < Infinity
  await everyOne(watchers, isWhole)
  clearInterval(writing)
  await sleep(1_000)
  await everyOne(watchers, (watcher) => watcher.last >= written)
  const seconds = watchers.map((watcher) => (watcher.wholeAt - begin) / 1000)
  return {
    all: Math.max(...seconds),
    half: quantile(seconds, 0.5),
    wrong,
    written,
    connections: connections - before,
  }
}

process.on('message', async () => process.send?.(await storm()))
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
