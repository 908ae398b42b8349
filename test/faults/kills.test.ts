/**
 * Kills and pauses of the relay, of its database and of single processes of that, under load: nothing is lost or doubled, and the relay is
 * back by itself. Only a relay that was killed is started again, as a service manager would. Not here: power cuts (powerCut.test.ts).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { type RelayProcess, startRelayProcess } from '../support/relayProcess.ts'
import { embeddedGround, type Ground, serverGround } from './ground.ts'
import { auditHistory, checkHistory, type History, newHistory } from './history.ts'
import { type Load, startLoad } from './load.ts'
import { type Dice, newDice, rounds } from './rounds.ts'

await cryptoReady

const LOGS = 3
/** The promise: so long after a fault is over, appends are acknowledged again. */
const BACK_WITHIN_MS = 15_000
const SETTLED_WITHIN_MS = 60_000
/** Appends between two faults, and faults between two looks at everything. */
const ACKNOWLEDGED_BETWEEN = 30
const FAULTS_BETWEEN_AUDITS = 10

type Stage = { readonly ground: Ground; readonly dice: Dice; relay: RelayProcess }
type Fault = { readonly name: string; readonly happen: (stage: Stage) => Promise<void> }

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {} // it has ended meanwhile
}

const pause = async (pid: number, dice: Dice): Promise<void> => {
  signal(pid, 'SIGSTOP')
  await sleep(20 + dice(1500))
  signal(pid, 'SIGCONT')
}

const startAgain = async (stage: Stage): Promise<void> => {
  stage.relay = await startRelayProcess(stage.ground.env)
}

/** Any process of the database server but the first. */
const helperOf = async ({ ground }: Stage): Promise<number> =>
  Number(
    await ground.ask(
      'select pid from pg_stat_activity where pid <> pg_backend_pid() order by random() limit 1',
    ),
  )

const OURS = "application_name like 'tocsin%' and pid <> pg_backend_pid()"

const FAULTS: readonly Fault[] = [
  {
    name: 'the relay is killed',
    happen: async (stage) => {
      await stage.relay.kill()
      await startAgain(stage)
    },
  },
  { name: 'the relay is paused', happen: ({ relay, dice }) => pause(relay.pid, dice) },
  {
    name: 'the database is killed',
    happen: async ({ ground }) => {
      await ground.kill()
      await ground.revive()
    },
  },
  { name: 'the database is paused', happen: ({ ground, dice }) => pause(ground.postmaster(), dice) },
  {
    name: 'a process of the database is killed',
    happen: async (stage) => signal(await helperOf(stage), 'SIGKILL'),
  },
  {
    name: 'a process of the database is paused',
    happen: async (stage) => pause(await helperOf(stage), stage.dice),
  },
  {
    name: 'one connection to the database is ended',
    happen: async ({ ground }) => {
      const one = `(select pid from pg_stat_activity where ${OURS} order by random() limit 1)`
      await ground.ask(`select pg_terminate_backend(pid) from ${one} as chosen`)
    },
  },
  {
    name: 'all connections to the database are ended',
    happen: async ({ ground }) => {
      await ground.ask(`select pg_terminate_backend(pid) from pg_stat_activity where ${OURS}`)
    },
  },
  {
    name: 'relay and database are killed',
    happen: async (stage) => {
      await Promise.all([stage.ground.kill(), stage.relay.kill()])
      await stage.ground.revive()
      await startAgain(stage)
    },
  },
]

/** Every fault once in the order of the dice, and then again in another. */
const shuffled = (dice: Dice): readonly Fault[] =>
  FAULTS.map((fault) => [dice(2 ** 30), fault] as const)
    .sort(([a], [b]) => a - b)
    .map(([, fault]) => fault)

const program = (dice: Dice, count: number): readonly Fault[] =>
  Array.from({ length: Math.ceil(count / FAULTS.length) }, () => shuffled(dice))
    .flat()
    .slice(0, count)

const survives = async (t: Test, ground: Ground, count: number): Promise<void> => {
  const dice = newDice(t)
  const stage: Stage = { ground, dice, relay: await startRelayProcess(ground.env) }
  const history = newHistory(LOGS)
  const load = startLoad(history, { where: () => stage.relay })
  t.teardown(async () => {
    await load.stop()
    await stage.relay.kill()
  })
  await load.acknowledge(ACKNOWLEDGED_BETWEEN, BACK_WITHIN_MS)
  for (const [i, fault] of program(dice, count).entries()) {
    await sleep(dice(200))
    await fault.happen(stage)
    await load.acknowledge(ACKNOWLEDGED_BETWEEN, BACK_WITHIN_MS).catch((error: Error) => {
      throw new Error(
        `after ${fault.name}: ${error.message}; the relay said: ${stage.relay.said().slice(-2000)}`,
      )
    })
    t.pass(`${fault.name}, and goes on`)
    if (i % FAULTS_BETWEEN_AUDITS === FAULTS_BETWEEN_AUDITS - 1) await audit(t, load, history, stage)
  }
  await audit(t, load, history, stage)
  await load.stop()
  t.equal(await stage.relay.end(), 0, 'and it ends as it should when it is asked to')
}

const audit = async (t: Test, load: Load, history: History, { relay }: Stage): Promise<void> => {
  await load.settle(SETTLED_WITHIN_MS)
  await checkHistory(t, history, relay)
  load.goOn()
}

const newFolder = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-kills-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

t.test('E2 F6 kills and pauses lose and double nothing, on the embedded database', async (t) => {
  await survives(t, embeddedGround(newFolder(t)), rounds(FAULTS.length, 100))
})

t.test('E2 F6 kills and pauses lose and double nothing, on a Postgres server', async (t) => {
  const ground = await serverGround(newFolder(t))
  t.teardown(ground.remove)
  await survives(t, ground, rounds(4, 100))
})

t.test('F6 a crowd that is thrown off at once catches up when the relay is back', async (t) => {
  const ground = embeddedGround(newFolder(t))
  let relay = await startRelayProcess(ground.env)
  const history = newHistory(5)
  const load = startLoad(history, { where: () => relay, watchers: 100 })
  t.teardown(async () => {
    await load.stop()
    await relay.kill()
  })
  await load.acknowledge(200, SETTLED_WITHIN_MS)
  await relay.kill()

  relay = await startRelayProcess(ground.env)

  await load.acknowledge(200, SETTLED_WITHIN_MS)
  await load.settle(SETTLED_WITHIN_MS)
  await checkHistory(t, history, relay)
  await load.stop()
  t.equal(await relay.end(), 0)
})

t.test('the history sees an entry that is lost, changed, swapped or stored against a refusal', async (t) => {
  const ground = embeddedGround(newFolder(t))
  const relay = await startRelayProcess(ground.env)
  const history = newHistory(1)
  const load = startLoad(history, { where: () => relay })
  await load.acknowledge(40, BACK_WITHIN_MS)
  await load.settle(SETTLED_WITHIN_MS)
  await load.stop()
  await checkHistory(t, history, relay)
  const [of] = history
  const [known] = of?.receipts ?? []
  if (of === undefined || known === undefined) throw new Error('nothing was acknowledged')

  of.fates.set(known[1], 'refused')
  of.receipts.set(known[0] + 1, known[1])
  of.delivered.set(of.known + 1, known[1])
  of.signed.set(of.known, 'another chain false')

  t.strictSame(await auditHistory(history, relay), [
    `H2 two heads at ${of.known}`,
    'R2 an entry is stored that was refused',
    `E2 acknowledged ${known[0] + 1} is lost`,
    `F6 delivered ${of.known + 1} is not stored`,
  ])
  await relay.end()
})
