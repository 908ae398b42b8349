/**
 * The load of the fan-out benchmarks, a process of its own and the same for every server: watchers that count what comes, and one writer that
 * keeps a window of entries in flight. An entry is in flight until it is acknowledged and all watchers together have received as many
 * deliveries as it makes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../bench.ts'
import { mqttTalk, natsTalk, plainTalk } from '../peerTalks.ts'
import { relayTalk } from '../relayTalk.ts'
import type { Talk } from '../talk.ts'

/** `relay`: several addresses, if there are several relays. */
export type LoadFacts = {
  readonly talk: 'relay' | 'plain' | 'nats' | 'mqtt'
  readonly addresses: readonly string[]
  readonly watchers: number
}
export type Round = { readonly window: number; readonly ms: number }
/** Milliseconds from sending until one watcher has it; only known with one in flight. */
export type Measured = {
  readonly perSecond: number
  readonly deliveries: number
  readonly p50: number
  readonly p99: number
}

/** Sockets that are opened at the same time. */
const OPENING = 50
/** Addresses of the loopback that watchers come from. */
const SOURCES = 64
const LOST_MS = 20_000
/** For a handshake on a busy machine. */
const PATIENCE_MS = 20_000

const talkOf = ({ talk, addresses }: LoadFacts): Promise<Talk> | Talk => {
  const [address = ''] = addresses
  switch (talk) {
    case 'relay':
      return relayTalk(addresses)
    case 'plain':
      return plainTalk(address)
    case 'nats':
      return natsTalk(address)
    case 'mqtt':
      return mqttTalk(address)
  }
}

const facts: LoadFacts = JSON.parse(process.argv[2] ?? '{}')
const talk = await talkOf(facts)

let delivered = 0
let acked = 0
let sentAt = 0
let latencies: number[] | undefined
/** Deliveries that make the next whole entry. */
let nextWhole = 0
let proceed = (): void => undefined

const counted = (deliveries: number): void => {
  delivered += deliveries
  if (latencies !== undefined) {
    const took = performance.now() - sentAt
    for (let i = 0; i < deliveries; i++) latencies.push(took)
  }
  if (delivered >= nextWhole) proceed()
}

/** As a client would: who is not answered tries again. */
const subscribe = async (from: string): Promise<void> => {
  let isGone = false
  const mine = (deliveries: number): void => {
    if (!isGone) counted(deliveries)
  }
  const done = await Promise.race([talk.subscribe(mine, from), sleep(PATIENCE_MS, undefined, { ref: false })])
  if (done !== undefined) return
  isGone = true
  process.stderr.write('a watcher was not answered and tried again\n')
  await subscribe(from)
}

for (let at = 0; at < facts.watchers; at += OPENING) {
  const group = Array.from({ length: Math.min(OPENING, facts.watchers - at) }, (_, i) => at + i)
  await Promise.all(group.map((i) => subscribe(`127.0.0.${2 + (i % SOURCES)}`)))
}
const send = await talk.publish(() => {
  acked += 1
  proceed()
})

const measure = ({ window, ms }: Round): Promise<Measured> =>
  new Promise((resolve, reject) => {
    delivered = 0
    acked = 0
    latencies = window === 1 ? [] : undefined
    let sent = 0
    const begin = performance.now()
    const lost = setTimeout(
      () => reject(new Error(`${facts.talk}: of ${sent} sent ${acked} acknowledged, ${delivered} delivered`)),
      ms + LOST_MS,
    )
    const finished = (): number => Math.min(acked, Math.floor(delivered / facts.watchers))
    proceed = () => {
      nextWhole = (Math.floor(delivered / facts.watchers) + 1) * facts.watchers
      const isOver = performance.now() - begin > ms
      while (!isOver && sent - finished() < window) {
        sentAt = performance.now()
        sent += 1
        send()
      }
      if (!isOver || finished() < sent) return
      clearTimeout(lost)
      proceed = () => undefined
      const seconds = (performance.now() - begin) / 1000
      const [p50, p99] = [quantile(latencies ?? [], 0.5), quantile(latencies ?? [], 0.99)]
      resolve({ perSecond: delivered / seconds, deliveries: delivered, p50, p99 })
    }
    proceed()
  })

process.on('message', async (round: Round) => process.send?.(await measure(round)))
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
