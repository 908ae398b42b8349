/** What was acknowledged survives a kill: of the relay, and of the database under it. On the embedded database and on a server, both with fsync on. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sameBytes } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, sha256 } from '../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import { firstChain, nextChain, type SignedHead, verifyHead } from '../../shared/protocol/chain.ts'
import type { Entry } from '../../shared/protocol/frames.ts'
import { newDurablePostgres } from '../support/postgres.ts'
import { type RelayProcess, spawnRelay } from '../support/relayProcess.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newBlob,
  newLog,
  openOn,
  readFrom,
  type TestLog,
  type Wire,
} from '../support/wire.ts'

await cryptoReady

const ROUNDS = 4
const LOGS = 3
const IN_FLIGHT = 12
/** Enough for several batches to be under way when the kill comes. */
const ACKNOWLEDGED_BEFORE_KILL = 120

/** By seq: the hash of the blob and the chain of the receipt. */
type Acknowledged = Map<number, { readonly hash: string; readonly head: SignedHead }>
type Written = { readonly log: TestLog; readonly acknowledged: Acknowledged }

type Ground = {
  readonly env: Readonly<Record<string, string>>
  readonly killDatabase: () => Promise<void>
  readonly revive: () => Promise<void>
}

const started = async (env: Ground['env']): Promise<RelayProcess> => {
  const start = await spawnRelay(env)
  if (!start.ok) throw new Error(`exit ${start.code}: ${start.said}`)
  return start.relay
}

const opened = async (relay: RelayProcess, log: TestLog): Promise<Wire> => {
  const wire = await connectWire(relay.url)
  const facts = { key: relay.key, admission: relay.admission as AdmissionSecret }
  await createOn(wire, facts, log)
  await openOn(wire, facts, log, 'reader')
  await openOn(wire, facts, log, 'writer')
  return wire
}

/** Appends until the connection breaks. */
const writeOn = async (
  wire: Wire,
  { log, acknowledged }: Written,
  acknowledgedOne: () => void,
): Promise<void> => {
  const line = async (): Promise<void> => {
    for (;;) {
      const blob = newBlob()
      const answer = await appendTo(wire, log, { blob, lifeDays: 45 })
      if (answer.type !== 'receipt') continue
      if (acknowledged.has(answer.head.head)) throw new Error('a seq was given twice')
      acknowledged.set(answer.head.head, { hash: toHex(sha256(blob)), head: answer.head })
      acknowledgedOne()
    }
  }
  await Promise.allSettled(Array.from({ length: IN_FLIGHT }, line))
}

const writeUntilKilled = async (
  relay: RelayProcess,
  written: readonly Written[],
  kill: () => Promise<void>,
) => {
  const wires = await Promise.all(written.map(({ log }) => opened(relay, log)))
  let count = 0
  let enough: () => void = () => undefined
  const reached = new Promise<void>((resolve) => {
    enough = resolve
  })
  const writing = written.map((each, i) =>
    writeOn(wires[i] as Wire, each, () => {
      count += 1
      if (count === ACKNOWLEDGED_BEFORE_KILL) enough()
    }),
  )
  await reached
  await kill()
  await Promise.all(writing)
}

const readAll = async (wire: Wire, log: TestLog): Promise<readonly Entry[]> => {
  const entries: Entry[] = []
  for (;;) {
    const page = await readFrom(wire, log, entries.length + 1)
    if (page.type !== 'entries' || page.entries.length === 0) return entries
    entries.push(...page.entries)
  }
}

/** Every receipt, of all rounds, against what the relay has now. */
const check = async (t: Test, relay: RelayProcess, { log, acknowledged }: Written): Promise<void> => {
  const wire = await opened(relay, log)
  const entries = await readAll(wire, log)
  wire.end()
  let chain = firstChain(log.id)
  const found = new Map<number, string>()
  const broken: number[] = []
  for (const [i, entry] of entries.entries()) {
    const hash = entry.content.type === 'blob' ? sha256(entry.content.blob) : entry.content.hash
    chain = nextChain(chain, entry.seq, hash)
    found.set(entry.seq, toHex(hash))
    const receipt = acknowledged.get(entry.seq)
    if (entry.seq !== i + 1 || (receipt && !sameBytes(receipt.head.chain, chain))) broken.push(entry.seq)
  }
  const lost = [...acknowledged].filter(([seq, { hash }]) => found.get(seq) !== hash)
  t.strictSame(lost, [], `none of ${acknowledged.size} acknowledged entries is lost or changed`)
  t.strictSame(broken, [], 'E1 L5 no gap, and every receipt stands on the chain')
  t.ok([...acknowledged.values()].every(({ head }) => verifyHead(relay.key.signingKey, log.id, head)))
}

const survives = async (t: Test, ground: Ground): Promise<void> => {
  const written: readonly Written[] = Array.from({ length: LOGS }, () => ({
    log: newLog(),
    acknowledged: new Map(),
  }))
  for (let round = 0; round < ROUNDS; round++) {
    const relay = await started(ground.env)
    for (const each of written) if (round > 0) await check(t, relay, each)
    const withDatabase = round % 2 === 1
    await writeUntilKilled(relay, written, async () => {
      await Promise.all([relay.kill(), ...(withDatabase ? [ground.killDatabase()] : [])])
    })
    if (withDatabase) await ground.revive()
  }
  const relay = await started(ground.env)
  for (const each of written) await check(t, relay, each)
  t.equal(await relay.end(), 0, 'and it ends as it should when it is asked to')
}

t.test('E2 the embedded database keeps every acknowledged entry over SIGKILLs', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-kill-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const killDatabase = async (): Promise<void> => {
    const pid = Number(
      readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0],
    )
    process.kill(pid, 'SIGKILL')
  }
  await survives(t, { env: { TOCSIN_DATA: folder }, killDatabase, revive: async () => undefined })
})

t.test('E2 a Postgres server keeps every acknowledged entry over SIGKILLs', async (t) => {
  const postgres = await newDurablePostgres()
  t.teardown(() => postgres.remove())
  await survives(t, {
    env: { DATABASE_URL: postgres.url },
    killDatabase: postgres.kill,
    revive: postgres.start,
  })
})
