/**
 * What a connection that waits costs in memory: 10,000 watchers on the relay with its embedded database, beside 10,000 sockets on a plain `ws`
 * server; then one entry after the other to all of them. Counted is what the last 8,000 need more than the first 2,000, so that what a server needs
 * anyway is left out. Memory that nobody uses is given back before it is looked at, on both sides.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, type Goal, judged, number, type Pace, say, startChild, table } from './bench.ts'
import type { LoadFacts, Measured } from './children/fanoutLoad.ts'
import { ownKib, residentKib, tree } from './kernel.ts'

const CONNECTIONS = 10_000
const LOOK_MS = 50
const SETTLE_MS = 1_500
const BROADCAST_MS = 5_000
/** The part of them that comes first. */
const FIRST = 0.2

/** MiB resident of the server alone, apart from `all`: what server and database have for themselves. */
type Memory = {
  readonly empty: number
  readonly opened: number
  readonly idling: number
  readonly all: number
  readonly broadcasting: number
  readonly perConnectionKib: number
}

/** As docker/relay.Dockerfile, the systemd unit and `npm start` run it. */
const SHIPPED_WITH = ['--max-semi-space-size=4']

export const idle = async (pace: Pace): Promise<void> => {
  const connections = pace.quick ? CONNECTIONS / 10 : CONNECTIONS
  say(`${connections} connections; resident MiB. More than the shell allows? ulimit -n ${2 * CONNECTIONS}`)
  const relay = await startChild('relay', { database: 'embedded' }, [...SHIPPED_WITH, '--expose-gc'])
  const ours = await watched(relay, 'relay', connections)
  await relay.end()
  const plain = await startChild('broadcast', {}, ['--expose-gc'])
  const theirs = await watched(plain, 'plain', connections)
  await plain.end()
  report(ours, theirs)
}

const watched = async (server: Child, talk: LoadFacts['talk'], connections: number): Promise<Memory> => {
  const resident = (): number => residentKib([server.pid]) / 1024
  const settled = async (): Promise<number> => {
    await sleep(SETTLE_MS)
    await server.ask('collect')
    await sleep(SETTLE_MS)
    return resident()
  }
  const load = (watchers: number): Promise<Child> =>
    startChild('fanoutLoad', { talk, addresses: [server.hello], watchers } satisfies LoadFacts)
  const empty = await settled()
  const some = await load(connections * FIRST)
  const base = await settled()
  const rest = await load(connections * (1 - FIRST))
  const opened = resident()
  const idling = await settled()
  const all = ownKib(tree(server.pid)) / 1024
  let broadcasting = 0
  const looking = setInterval(() => {
    broadcasting = Math.max(broadcasting, resident())
  }, LOOK_MS)
  await Promise.all([some, rest].map((each) => each.ask<Measured>({ window: 1, ms: BROADCAST_MS })))
  clearInterval(looking)
  await some.end()
  await rest.end()
  const perConnectionKib = ((idling - base) * 1024) / (connections * (1 - FIRST))
  return { empty, opened, idling, all, broadcasting, perConnectionKib }
}

const report = (ours: Memory, theirs: Memory): void => {
  const row = (name: string, memory: Memory): readonly string[] => [
    name,
    ...(['empty', 'opened', 'idling', 'all', 'broadcasting'] as const).map((each) => number(memory[each])),
  ]
  table([
    ['', 'empty', 'just opened', 'idle', 'with database', 'broadcasting'],
    row('relay', ours),
    row('plain ws', theirs),
  ])
  const [relayKib, plainKib] = [ours.perConnectionKib, theirs.perConnectionKib]
  const judge = (name: string, value: number, goal?: Goal): void => say(`${name}: ${judged([value], goal)}`)
  judge('KiB for an idle connection, relay', relayKib, { atMost: 9 })
  judge('KiB for an idle connection, plain ws', plainKib)
  judge('KiB above plain ws', relayKib - plainKib, { atMost: 9 })
  judge('MiB resident with idle connections', Math.max(ours.opened, ours.idling), { atMost: 200 })
  judge('MiB resident while broadcasting to all', ours.broadcasting, { atMost: 256 })
}
