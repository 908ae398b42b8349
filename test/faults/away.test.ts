/**
 * What is missing for a while and comes back: the database, room on its disk, the right time. Answers stay clear, what can be read is read,
 * nothing acknowledged is lost, and all is well again by itself. Not here: kills (kills.test.ts).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { Event } from '../../shared/protocol/frames.ts'
import { type RelayProcess, startRelayProcess } from '../support/relayProcess.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newLog,
  newOpenLog,
  openOn,
  readFrom,
  type TestLog,
  type Wire,
  watchFrom,
} from '../support/wire.ts'
import { newDisk, whyNoDisk } from './disk.ts'
import { embeddedGround, type Ground, serverGround } from './ground.ts'
import { checkHistory, newHistory } from './history.ts'
import { startLoad, until } from './load.ts'
import { newLossyLine } from './lossyLine.ts'
import { rounds } from './rounds.ts'

await cryptoReady

const skip = await whyNoDisk()

/** The promise: so long after the fault is over, all is well again. */
const BACK_WITHIN_MS = 15_000
const SETTLED_WITHIN_MS = 60_000
const PAUSE_MS = 100

const newFolder = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-away-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const started = async (t: Test, env: Ground['env']): Promise<RelayProcess> => {
  const relay = await startRelayProcess(env)
  t.teardown(relay.kill)
  return relay
}

/** In a word: the answer, or why not. */
const word = (event: Event): string => {
  if (event.type !== 'refused') return event.type
  return event.refusal.type === 'slow' ? `slow ${event.refusal.seconds}` : event.refusal.type
}

/** A new log for every asking: a log that is there is made again for nothing. */
const creating = (wire: Wire, relay: RelayProcess) => (): Promise<string> =>
  createOn(wire, relay, newLog()).then(word)
const appending = (wire: Wire, log: TestLog) => (): Promise<string> => appendTo(wire, log).then(word)

/** Asks until the answer is the one. */
const becomes = async (
  ask: () => Promise<string>,
  answer: string,
  withinMs = BACK_WITHIN_MS,
): Promise<void> => {
  const deadline = performance.now() + withinMs
  for (let got = await ask(); got !== answer; got = await ask()) {
    if (performance.now() > deadline) throw new Error(`${got} instead of ${answer} after ${withinMs} ms`)
    await sleep(PAUSE_MS)
  }
}

const status =
  ({ url }: RelayProcess, page: string) =>
  async (): Promise<string> =>
    String((await fetch(url.replace('ws:', 'http:') + page)).status)

/** Of the last entry that a watch delivered. */
const lastSeq = (wire: Wire): number => wire.pushed.at(-1)?.entries.at(-1)?.seq ?? 0

t.test('a database that goes away and comes back leaves connections open and watchers whole', async (t) => {
  const ground = await serverGround(newFolder(t))
  t.teardown(ground.remove)
  const relay = await started(t, ground.env)
  const [writer, watcher] = [await connectWire(relay.url), await connectWire(relay.url)]
  const log = await newOpenLog(writer, relay)
  const unwatched = await newOpenLog(writer, relay)
  await openOn(watcher, relay, log, 'reader')
  await watchFrom(watcher, log)
  for (let i = 0; i < 5; i++) await appendTo(writer, log)
  await watcher.until(() => lastSeq(watcher) === 5)
  await becomes(status(relay, '/readyz'), '200')

  await ground.stop()

  t.equal(word(await appendTo(writer, log)), 'slow 5', 'R1 an append is told to come again')
  t.equal(await creating(writer, relay)(), 'slow 5', 'so is a new log')
  t.equal(word(await openOn(writer, relay, unwatched, 'reader')), 'slow 5', 'and an OPEN')
  t.equal(word(await readFrom(writer, unwatched)), 'slow 5', 'and a READ of what is not in memory')
  const tail = await readFrom(writer, log, 2)
  t.equal(tail.type === 'entries' && tail.entries.length, 4, 'what is in memory is read')
  t.equal(word(await watchFrom(writer, log, 4)), 'ok')
  await writer.until(() => lastSeq(writer) === 5)
  t.equal(word(await watchFrom(writer, unwatched)), 'ok', 'who watches what is not waits')
  await becomes(status(relay, '/readyz'), '503')
  t.equal(await status(relay, '/livez')(), '200')

  await ground.revive()

  await becomes(appending(writer, log), 'receipt')
  await watcher.until(() => lastSeq(watcher) >= 6)
  t.strictSame(
    watcher.pushed.flatMap(({ entries }) => entries.map(({ seq }) => Number(seq))),
    [1, 2, 3, 4, 5, 6],
    'F6 the watch goes on where it was',
  )
  await becomes(appending(writer, unwatched), 'receipt')
  await writer.until((pushed) => pushed.some(({ entries }) => entries[0]?.seq === 1))
  await becomes(creating(writer, relay), 'ok')
  await becomes(status(relay, '/readyz'), '200')
  t.equal(await relay.end(), 0)
})

t.test('E2 R2 F6 a database that goes away again and again loses and doubles nothing', async (t) => {
  const ground = await serverGround(newFolder(t))
  t.teardown(ground.remove)
  const relay = await started(t, ground.env)
  const history = newHistory(3)
  const load = startLoad(history, { where: () => relay })
  t.teardown(load.stop)
  for (let round = 0; round < rounds(3, 20); round++) {
    await load.acknowledge(50, BACK_WITHIN_MS)
    await ground.stop()
    await sleep(1500)
    await ground.revive()
  }
  await load.acknowledge(50, BACK_WITHIN_MS)
  await load.settle(SETTLED_WITHIN_MS)
  await checkHistory(t, history, relay)
})

t.test('E2 R2 an answer of the database that is lost on the way is never taken for a no', async (t) => {
  const ground = await serverGround(newFolder(t))
  t.teardown(ground.remove)
  const line = await newLossyLine(ground.env.DATABASE_URL ?? '')
  t.teardown(line.close)
  const relay = await started(t, { DATABASE_URL: line.url })
  const history = newHistory(3)
  const load = startLoad(history, { where: () => relay })
  t.teardown(load.stop)
  for (let round = 0; round < rounds(10, 100); round++) {
    await load.acknowledge(10, BACK_WITHIN_MS)
    line.lose()
  }
  await load.acknowledge(10, BACK_WITHIN_MS)
  await load.settle(SETTLED_WITHIN_MS)
  await checkHistory(t, history, relay)
  const unknown = history.flatMap(({ fates }) => [...fates.values()].filter((fate) => fate === 'unknown'))
  t.not(unknown.length, 0, `${unknown.length} appends were left without an answer`)
})

const MEBIBYTE = 1 << 20
const DISK_MEBIBYTES = 1000

t.test(
  'a disk that fills up: no new logs, then no appends, and reading goes on; all is back with the room',
  { skip },
  async (t) => {
    const disk = newDisk(DISK_MEBIBYTES)
    t.teardown(disk.remove)
    const relay = await started(t, embeddedGround(disk.folder).env)
    const history = newHistory(3)
    const load = startLoad(history, { where: () => relay })
    t.teardown(load.stop)
    const wire = await connectWire(relay.url)
    const log = await newOpenLog(wire, relay)
    await load.acknowledge(50, BACK_WITHIN_MS)

    disk.leave(50 * MEBIBYTE)
    await becomes(creating(wire, relay), 'slow 300')
    t.equal(word(await appendTo(wire, log)), 'receipt', 'appends go on')
    disk.leave(4 * MEBIBYTE)
    await becomes(appending(wire, log), 'slow 30')
    disk.leave(0)
    t.equal(word(await readFrom(wire, log)), 'entries', 'who reads is served')
    disk.leave(500 * MEBIBYTE)

    await becomes(appending(wire, log), 'receipt')
    await becomes(creating(wire, relay), 'ok')
    await load.acknowledge(50, BACK_WITHIN_MS)
    await load.settle(SETTLED_WITHIN_MS)
    await checkHistory(t, history, relay)
  },
)

/** Nobody looks at the disk, so that the database itself runs out of it. */
const survivesFullDisk = async (t: Test, newGround: (folder: string) => Promise<Ground>): Promise<void> => {
  const disk = newDisk(DISK_MEBIBYTES)
  t.teardown(disk.remove)
  const ground = await newGround(disk.folder)
  const relay = await started(t, { TOCSIN_DISK: tmpdir(), ...ground.env })
  const history = newHistory(3)
  const load = startLoad(history, { where: () => relay })
  t.teardown(load.stop)
  await load.acknowledge(50, BACK_WITHIN_MS)

  disk.leave(0)
  const refusals = (): number => history.reduce((sum, { refusals }) => sum + refusals, 0)
  const before = refusals()
  await until(() => refusals() > before + 20, SETTLED_WITHIN_MS, 'appends that are refused')
  await sleep(3000)
  disk.leave(500 * MEBIBYTE)
  await ground.revive()

  await load.acknowledge(50, BACK_WITHIN_MS)
  await load.settle(SETTLED_WITHIN_MS)
  await checkHistory(t, history, relay)
  t.equal(await relay.end(), 0)
  await disk.killAll()
  await ground.remove()
}

t.test('E2 an embedded database without room refuses, loses nothing, and heals by itself', { skip }, (t) =>
  survivesFullDisk(t, async (folder) => embeddedGround(folder)),
)

t.test('E2 a Postgres server without room refuses, loses nothing, and heals by itself', { skip }, (t) =>
  survivesFullDisk(t, serverGround),
)
