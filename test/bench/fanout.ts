/**
 * One durable entry of 1 KiB to 1,000 watchers: the relay on a Postgres with fsync on, beside a raw `ws` broadcast that stores nothing, the same
 * with one INSERT committed on the same Postgres before each broadcast, NATS JetStream on files, and mosquitto with QoS 1 and persistence; in the
 * same run and alternating, each server and each load in a process of its own.
 */
import {
  alternating,
  type Child,
  type Goal,
  judged,
  median,
  number,
  type Pace,
  type Results,
  ratios,
  say,
  startChild,
  table,
} from './bench.ts'
import type { LoadFacts, Measured } from './children/fanoutLoad.ts'
import { type Disk, disks, SLOW_SYNC_MS, startServer } from './database.ts'
import { cpuMs, sleeps, tree } from './kernel.ts'
import { startMosquitto, startNats } from './peers.ts'

const WATCHERS = 1000

/** `database`: the process above the database's others. */
type Contender = {
  readonly load: Child
  readonly pid: number
  readonly database?: number
  readonly end: () => Promise<void>
}
/** Microseconds of a processor for one delivery, and how often the load slept for a thousand of them. */
type Sample = Measured & {
  readonly serverUs: number
  readonly databaseUs: number
  readonly loadSleeps: number
}

const RELAY = 'relay'
const PLAIN = 'raw ws, stores nothing'
const STORED = 'raw ws, one INSERT first'
const NATS = 'NATS JetStream, file'
const MOSQUITTO = 'mosquitto, QoS 1'

const GOALS: Readonly<Record<number, Readonly<Record<string, Goal>>>> = {
  16: { [PLAIN]: { atLeast: 4 }, [NATS]: { atLeast: 1.2 }, [MOSQUITTO]: { atLeast: 7 } },
  1: { [PLAIN]: { atLeast: 0.95 }, [STORED]: { atLeast: 0.95 } },
}
const P99_GOAL: Goal = { atMost: 1.3 }

export const fanout = async (pace: Pace): Promise<void> => {
  for (const disk of disks) await onDisk(disk, pace)
}

const onDisk = async (disk: Disk, pace: Pace): Promise<void> => {
  const contenders = await startAll(disk)
  if (contenders === undefined) return
  for (const window of [16, 1]) {
    const runs = Object.entries(contenders).map(
      ([name, each]) => [name, () => sample(each, window, pace)] as const,
    )
    const results = await alternating(Object.fromEntries(runs), pace.rounds)
    report(results, window, disk)
  }
  for (const each of Object.values(contenders)) await each.end()
}

const startAll = async (disk: Disk): Promise<Readonly<Record<string, Contender>> | undefined> => {
  const database = await startServer(disk)
  if (database === undefined) return undefined
  const relay = await startChild('relay', { databaseUrl: await database.newDatabase('bench') })
  const plain = await startChild('broadcast', {})
  const stored = await startChild('broadcast', { databaseUrl: await database.newDatabase('bench_stored') })
  const nats = await startNats()
  const mosquitto = await startMosquitto()
  const end = async (): Promise<void> => {
    await relay.end()
    await database.remove()
  }
  return {
    [RELAY]: await loaded('relay', { pid: relay.pid, url: relay.hello, end }, database.pid()),
    [PLAIN]: await loaded('plain', { pid: plain.pid, url: plain.hello, end: plain.end }),
    [STORED]: await loaded('plain', { pid: stored.pid, url: stored.hello, end: stored.end }, database.pid()),
    ...(nats && { [NATS]: await loaded('nats', nats) }),
    ...(mosquitto && { [MOSQUITTO]: await loaded('mqtt', mosquitto) }),
  }
}

type Server = { readonly pid: number; readonly url: string; readonly end: () => Promise<void> }

const loaded = async (talk: LoadFacts['talk'], server: Server, database?: number): Promise<Contender> => {
  const facts: LoadFacts = { talk, addresses: [server.url], watchers: WATCHERS }
  const load = await startChild('fanoutLoad', facts)
  const end = async (): Promise<void> => {
    await load.end()
    await server.end()
  }
  return { load, pid: server.pid, ...(database && { database }), end }
}

const sample = async ({ load, pid, database }: Contender, window: number, pace: Pace): Promise<Sample> => {
  const costs = (): readonly [number, number, number] => [
    cpuMs([pid]),
    database ? cpuMs(tree(database)) : 0,
    sleeps(load.pid),
  ]
  const before = costs()
  const measured = await load.ask<Measured>({ window, ms: pace.ms })
  const after = costs()
  const perThousand = (i: 0 | 1 | 2): number => ((after[i] - before[i]) * 1000) / measured.deliveries
  return {
    ...measured,
    serverUs: perThousand(0),
    databaseUs: perThousand(1),
    loadSleeps: perThousand(2),
  }
}

const column = (samples: readonly Sample[] = [], name: keyof Sample): readonly number[] =>
  samples.map((each) => each[name])

const report = (results: Results<Sample>, window: number, disk: Disk): void => {
  const fsync = disk === 'slow' ? `${SLOW_SYNC_MS} ms slower` : disk
  say(`\n1 KiB to ${WATCHERS} watchers, ${window} in flight, fsync ${fsync}`)
  const middle = (samples: readonly Sample[], name: keyof Sample): string =>
    number(median(column(samples, name)))
  table([
    ['', 'deliveries/s', 'CPU us/delivery', 'database us', 'load sleeps/1000', 'p50 ms', 'p99 ms'],
    ...Object.entries(results).map(([name, all]) => [
      name,
      ...(['perSecond', 'serverUs', 'databaseUs', 'loadSleeps', 'p50', 'p99'] as const).map((each) =>
        middle(all, each),
      ),
    ]),
  ])
  const beside = (name: keyof Sample, peer: string, goal?: Goal): string =>
    judged(ratios(column(results[RELAY], name), column(results[peer], name)), goal)
  const peers = [PLAIN, STORED, NATS, MOSQUITTO].filter((peer) => results[peer] !== undefined)
  for (const peer of peers) {
    say(`deliveries, relay / ${peer}: ${beside('perSecond', peer, GOALS[window]?.[peer])}`)
    if (window === 1)
      say(
        `p99, relay / ${peer}: ${beside('p99', peer, peer === PLAIN || peer === STORED ? P99_GOAL : undefined)}`,
      )
  }
}
