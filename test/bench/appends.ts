/**
 * Durable appends a second: 64 senders, each with one append under way, 1 KiB, on Postgres with fsync and synchronous_commit on.
 * The relay's write path (queue and store) in this process, and the whole relay over sockets, beside pgbench's bare INSERT and beside one INSERT per append
 * through drizzle, on the same server in the same run. Then all senders on one log.
 */
import postgres from 'postgres'
import type { Day, LogId } from '../../shared/protocol/ids.ts'
import { parseRelayAddress } from '../../shared/protocol/relayAddress.ts'
import { newBlob, newLog, type TestLog } from '../support/wire.ts'
import { drizzlePeer, pgbenchPeer, preparePeers } from './appendPeers.ts'
import {
  alternating,
  type Goal,
  judged,
  type Pace,
  type Results,
  type Runs,
  ratios,
  say,
  startChild,
  table,
} from './bench.ts'
import { type BenchServer, type Disk, disks, SLOW_SYNC_MS, startServer } from './database.ts'
import { createLogOn, openWriter } from './relayTalk.ts'
import { openWritePath } from './writePath.ts'

const SENDERS = 64
const BLOB_BYTES = 1024
/** L3 would be reached within seconds here; over sockets too. */
const CAPS = Array.from({ length: 3 }, () => ({ bytes: 2 ** 31 - 1, entries: 2 ** 31 - 1 }))
const TODAY = 20_000 as Day

type Send = (sender: number) => Promise<unknown>
/** A log for each sender, or the same for all. */
type Spread = 'own logs' | 'one log'
type Peer = { readonly send: Send; readonly end: () => Promise<void> }

const blobs = Array.from({ length: SENDERS }, () => newBlob(BLOB_BYTES))
const blobOf = (sender: number) => blobs[sender % SENDERS] ?? newBlob(BLOB_BYTES)

/** Each sender sends its next when its last is durable. */
const closedLoop =
  (send: Send) =>
  async (ms: number): Promise<number> => {
    let done = 0
    const begin = performance.now()
    const sender = async (_: unknown, i: number): Promise<void> => {
      while (performance.now() - begin < ms) {
        await send(i)
        done += 1
      }
    }
    await Promise.all(Array.from({ length: SENDERS }, sender))
    return done / ((performance.now() - begin) / 1000)
  }

const logsFor = (spread: Spread): readonly TestLog[] => {
  const one = newLog({ cap: 2 })
  return Array.from({ length: SENDERS }, () => (spread === 'one log' ? one : newLog({ cap: 2 })))
}

const inProcess = async (
  url: string,
): Promise<Record<Spread, Send> & { readonly end: () => Promise<void> }> => {
  const path = await openWritePath(url, CAPS)
  const sendersOn = async (spread: Spread): Promise<Send> => {
    const logs = logsFor(spread)
    for (const log of new Set(logs)) await path.create(log.id, log.encoded, TODAY)
    const lines = logs.map(() => ({}))
    return (i) => path.append(lines[i] ?? {}, { log: logs[i]?.id as LogId, blob: blobOf(i) }, TODAY)
  }
  return { 'own logs': await sendersOn('own logs'), 'one log': await sendersOn('one log'), end: path.end }
}

const overSockets = async (address: string, spread: Spread): Promise<Peer> => {
  const relay = parseRelayAddress(address)
  if (relay === undefined) throw new Error('no relay address')
  const logs = logsFor(spread)
  for (const log of new Set(logs)) await createLogOn(relay, log)
  const acked: (() => void)[] = []
  const writers = await Promise.all(logs.map((log, i) => openWriter(relay, log, () => acked[i]?.())))
  const send: Send = (i) =>
    new Promise((resolve) => {
      acked[i] = () => resolve(undefined)
      writers[i]?.send()
    })
  const end = async (): Promise<void> => {
    for (const writer of writers) writer.end()
  }
  return { send, end }
}

const OURS = 'write path, in process'
const WHOLE = 'relay, over sockets'
const HOT = 'one hot log, in process'
const HOT_WHOLE = 'one hot log, over sockets'
const PGBENCH = 'pgbench bare INSERT'
const DRIZZLE = 'drizzle INSERT, pool 10'

export const appends = async (pace: Pace): Promise<void> => {
  for (const disk of disks) {
    const server = await startServer(disk)
    if (server === undefined) continue
    await onDisk(server, disk, pace)
    await server.remove()
  }
}

const onDisk = async (server: BenchServer, disk: Disk, pace: Pace): Promise<void> => {
  await preparePeers(server.url, BLOB_BYTES)
  const path = await inProcess(await server.newDatabase('bench_path'))
  const relay = await startChild('relay', {
    databaseUrl: await server.newDatabase('bench_relay'),
    limits: { caps: CAPS },
  })
  const [wired, hotWired] = [
    await overSockets(relay.hello, 'own logs'),
    await overSockets(relay.hello, 'one log'),
  ]
  const drizzle = drizzlePeer(server.url)
  const pgbench = pgbenchPeer(server.url, SENDERS)
  const loops: Record<string, (ms: number) => Promise<number>> = {
    [OURS]: closedLoop(path['own logs']),
    ...(pgbench && { [PGBENCH]: pgbench }),
    [WHOLE]: closedLoop(wired.send),
    [DRIZZLE]: closedLoop((i) => drizzle.insert(blobOf(i).subarray(0, 24), blobOf(i))),
    [HOT]: closedLoop(path['one log']),
    [HOT_WHOLE]: closedLoop(hotWired.send),
  }
  const results = await alternating(fresh(server, loops, pace), pace.rounds)
  report(results, disk)
  for (const each of [wired, hotWired, drizzle, path, relay]) await each.end()
}

/** Before each run the peers' rows go and everything dirty is written, so that nobody pays for another's work. */
const fresh = (
  server: BenchServer,
  loops: Readonly<Record<string, (ms: number) => Promise<number>>>,
  pace: Pace,
): Runs<number> =>
  Object.fromEntries(
    Object.entries(loops).map(([name, loop]) => [
      name,
      async () => {
        const sql = postgres(server.url, { max: 1, onnotice: () => undefined })
        await sql`truncate bench_entries`
        await sql`checkpoint`
        await sql.end()
        return loop(pace.ms)
      },
    ]),
  )

const report = (results: Results<number>, disk: Disk): void => {
  const slow = disk === 'slow'
  say(`\nappends a second, ${SENDERS} senders, 1 KiB, fsync ${slow ? `${SLOW_SYNC_MS} ms slower` : disk}`)
  table(Object.entries(results).map(([name, rates]) => [name, judged(rates, hotGoal(name))]))
  if (results[PGBENCH] === undefined)
    say('pgbench: not installed (Debian: postgresql-15, postgresql-contrib)')
  const beside = (ours: string, peer: string, goal?: Goal): readonly string[] => [
    `${ours} / ${peer}`,
    judged(ratios(results[ours], results[peer]), goal),
  ]
  table(
    [OURS, WHOLE].flatMap((ours) => [
      beside(ours, PGBENCH, { atLeast: 0.8 }),
      beside(ours, DRIZZLE, { atLeast: 3.5 }),
    ]),
  )
}

const hotGoal = (name: string): Goal | undefined =>
  name === HOT || name === HOT_WHOLE ? { atLeast: 15_000 } : undefined
