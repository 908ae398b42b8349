/**
 * E2 under power cuts: relay and database on a disk that is cut off with everything unflushed dropped, in the middle of the work. Needs
 * root and loop devices. Not here: kills, after which the system still writes what it was given (kills.test.ts).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { type RelayProcess, spawnRelay, startRelayProcess } from '../support/relayProcess.ts'
import { type Disk, newDisk, whyNoDisk } from './disk.ts'
import { embeddedGround, type Ground, serverGround } from './ground.ts'
import { auditHistory, checkHistory, type History, newHistory } from './history.ts'
import { startLoad } from './load.ts'
import { type Dice, IS_FULL, newDice, rounds } from './rounds.ts'

await cryptoReady

const LOGS = 4
const DISK_MEGABYTES = 400
/** Enough for several batches to be under way when the power goes. */
const ACKNOWLEDGED_BEFORE = 100
const DEADLINE_MS = 60_000

const skip = await whyNoDisk()

const diskFor = (t: Test, megabytes = DISK_MEGABYTES): Disk => {
  const disk = newDisk(megabytes)
  t.teardown(disk.remove)
  return disk
}

type Scene = { readonly disk: Disk; readonly ground: Ground }

/** Load, and in the middle of it the cut; a moment later nothing runs any more. */
const cutUnderLoad = async (
  { disk, ground }: Scene,
  relay: RelayProcess,
  history: History,
  dice: Dice,
): Promise<void> => {
  const load = startLoad(history, { where: () => relay })
  try {
    await load.acknowledge(ACKNOWLEDGED_BEFORE, DEADLINE_MS)
    await sleep(dice(200))
    disk.cut()
    await sleep(dice(100))
    await Promise.all([relay.kill(), ground.kill(), disk.killAll()])
  } finally {
    await load.stop()
  }
}

const survives = async (t: Test, disk: Disk, ground: Ground): Promise<void> => {
  const dice = newDice(t)
  const history = newHistory(LOGS)
  for (let round = 0; round < rounds(5, 20); round++) {
    const relay = await startRelayProcess(ground.env)
    if (round > 0) await checkHistory(t, history, relay)
    await cutUnderLoad({ disk, ground }, relay, history, dice)
    await disk.restore()
    await ground.revive()
  }
  const relay = await startRelayProcess(ground.env)
  await checkHistory(t, history, relay)
  t.equal(await relay.end(), 0)
}

t.test('a cut drops what was not flushed and keeps what was', { skip }, async (t) => {
  const disk = diskFor(t, 32)
  const flushed = join(disk.folder, 'flushed')
  const unflushed = join(disk.folder, 'unflushed')
  writeFileSync(flushed, 'x')
  spawnSync('sync', ['-f', flushed])
  writeFileSync(unflushed, 'x')

  disk.cut()
  await disk.restore()

  t.equal(readFileSync(flushed, 'utf8'), 'x')
  t.notOk(existsSync(unflushed))
})

t.test('E2 the embedded database keeps every acknowledged entry over power cuts', { skip }, async (t) => {
  const disk = diskFor(t)
  await survives(t, disk, embeddedGround(disk.folder))
})

t.test('E2 a Postgres server keeps every acknowledged entry over power cuts', { skip }, async (t) => {
  const disk = diskFor(t)
  const ground = await serverGround(disk.folder)
  spawnSync('sync', ['-f', disk.folder]) // the server was there before the relay was
  await survives(t, disk, ground)
  await ground.remove()
})

t.test('a power cut at any moment of the first start leaves a relay that starts', { skip }, async (t) => {
  const dice = newDice(t)
  for (let round = 0; round < rounds(2, 20); round++) {
    const disk = diskFor(t, 200)
    const { env } = embeddedGround(disk.folder)
    const power = new AbortController()
    const starting = spawnRelay(env, { signal: power.signal })
    await Promise.race([starting, sleep(600 + dice(2000))])
    disk.cut()
    power.abort()
    await starting
    await disk.restore()

    const relay = await startRelayProcess(env)

    t.equal(await relay.end(), 0, 'it starts and ends as it should')
    await disk.remove()
  }
})

t.test('what is acknowledged in the first second survives too', { skip }, async (t) => {
  const disk = diskFor(t, 200)
  const { env } = embeddedGround(disk.folder)
  const history = newHistory(1)
  const relay = await startRelayProcess(env)
  const { key } = relay
  const load = startLoad(history, { where: () => relay })
  await load.acknowledge(1, DEADLINE_MS)
  disk.cut()
  await Promise.all([relay.kill(), disk.killAll(), load.stop()])
  await disk.restore()

  const again = await startRelayProcess(env)

  t.strictSame(again.key, key, 'and the relay is still who it was')
  await checkHistory(t, history, again)
  t.equal(await again.end(), 0)
})

t.test(
  'the control: with fsync off the same cut loses acknowledged entries',
  { skip: skip || (!IS_FULL && 'only with TOCSIN_TEST_FULL=1') },
  async (t) => {
    const disk = diskFor(t)
    const ground = await serverGround(disk.folder, 'fsync=off')
    const history = newHistory(LOGS)
    spawnSync('sync', ['-f', disk.folder])
    await cutUnderLoad({ disk, ground }, await startRelayProcess(ground.env), history, newDice(t))
    await disk.restore()

    const faults = await ground.revive().then(
      async () => {
        const relay = await startRelayProcess(ground.env)
        return auditHistory(history, relay).finally(relay.kill)
      },
      () => ['the database does not open'],
    )

    t.not(faults.length, 0, `it shows: ${faults[0]}`)
    await disk.killAll()
    await ground.remove()
  },
)
