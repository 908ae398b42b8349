/**
 * A device that was away reads 1,000 entries: the whole way (pull, verify, open, check, fold, store), beside pulling and verifying the same
 * entries alone, on a real relay with the embedded database. The difference is what the committee's protocol costs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialNode } from '../../client/cli/socketNode.ts'
import { createRelay } from '../../client/core/relay/createRelay.ts'
import type { LogAccess, Relay } from '../../client/core/relay/relay.ts'
import { newWitness } from '../../client/core/relay/witness.ts'
import { openBook } from '../../client/core/session/book.ts'
import { foundBy, joinBy, newTime, restart, say, textsOf, worldOf } from '../support/people.ts'
import { startRelay } from '../support/relay.ts'

const ENTRIES = 1_000
const ROUNDS = 3

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work()
  return performance.now() - from
}

const pullAll = async (line: Relay, access: LogAccess): Promise<void> => {
  let witness = newWitness(access)
  for (;;) {
    const page = await line.pull(access, witness)
    if (!page.ok) throw new Error(page.error.type)
    witness = page.value.witness
    if (page.value.atHead) return
  }
}

export const catchUp = async (): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const relay = await startRelay({ database: 'embedded', dataDir, logLevel: 'silent' })
  const place = { address: relay.url, relayKey: relay.key, admission: relay.admission, dial: dialNode }
  const time = { ...newTime(), longestWaitMs: 60_000 }
  const alice = await foundBy('alice', place, {}, time)
  const bob = await joinBy('bob', alice, place)
  const away = bob.disk.copy()
  await bob.session.close()
  for (let i = 0; i < ENTRIES; i++) await say(alice, `post number ${i}`)

  const whole: number[] = []
  const pulled: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const back = await restart(bob, dialNode, away.copy())
    whole.push(await timed(() => back.session.sync()))
    if (textsOf(back).length !== ENTRIES) throw new Error('not everything was read')
    const { access } = (await openBook(back.vault, back.session.id)).newest().logs[0] ?? {}
    if (!access) throw new Error('no log')
    const line = createRelay({
      ...worldOf(dialNode, time),
      random: () => 0.5,
      ...place,
      onAdmission: () => undefined,
    })
    pulled.push(await timed(() => pullAll(line, access)))
    line.close()
    await back.session.close()
  }
  const [all, bare] = [median(whole), median(pulled)]
  const rows = [
    ['catch-up of 1,000 entries, whole way', all],
    ['the same entries, pulled and verified only', bare],
  ] as const
  for (const [what, ms] of rows)
    process.stdout.write(
      `${what.padEnd(46)} ${ms.toFixed(0).padStart(7)} ms  ${(ENTRIES / (ms / 1000)).toFixed(0).padStart(7)} entries/s\n`,
    )
  process.stdout.write(`ratio whole / pulled only: ${(all / bare).toFixed(2)}\n`)
  await alice.session.close()
  await relay.close()
  rmSync(dataDir, { recursive: true, force: true })
}
