/**
 * 5,000 watchers on one relay, which is killed and started again at the same address, with the limits it has for a city, while another relay on the same
 * database takes new entries for them all. How long until everybody has everything, and whether anything was lost.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { freePort } from '../support/postgres.ts'
import { type Child, judged, number, type Pace, say, startChild } from './bench.ts'
import type { StormFacts, StormReport } from './children/stormLoad.ts'
import { type BenchServer, startServer } from './database.ts'
import { cpuMs, tree } from './kernel.ts'

const WATCHERS = 5_000
const ENTRIES_PER_SECOND = 5
/** From the kill to the new start. */
const AWAY_MS = 1_000

export const storm = async (pace: Pace): Promise<void> => {
  const server = await startServer('as it is')
  if (server === undefined) return
  const databaseUrl = await server.newDatabase('bench')
  const { web, prefix } = DEFAULT_LIMITS
  const port = await freePort()
  const stormy = (): Promise<Child> => startChild('relay', { databaseUrl, port, limits: { web, prefix } })
  const first = await stormy()
  const steady = await startChild('relay', { databaseUrl })
  const facts: StormFacts = {
    stormy: first.hello,
    steady: steady.hello,
    watchers: pace.quick ? WATCHERS / 10 : WATCHERS,
    entriesPerSecond: ENTRIES_PER_SECOND,
  }
  const load = await startChild('stormLoad', facts)
  await sleep(2_000)
  const before = await work(server, databaseUrl)
  const asked = load.ask<StormReport>('storm')
  await first.kill()
  await sleep(AWAY_MS)
  const second = await stormy()
  const result = await asked
  report(result, facts, before, await work(server, databaseUrl))
  for (const each of [load, second, steady]) await each.end()
  await server.remove()
}

type Work = { readonly cpuMs: number; readonly transactions: number }

const work = async (server: BenchServer, url: string): Promise<Work> => {
  const sql = postgres(url, { max: 1 })
  const [row] = await sql`select xact_commit from pg_stat_database where datname = current_database()`
  await sql.end()
  return { cpuMs: cpuMs(tree(server.pid())), transactions: Number(row?.xact_commit) }
}

const report = (result: StormReport, facts: StormFacts, before: Work, after: Work): void => {
  const kept = `${AWAY_MS / 1000} s after the kill it is started again`
  say(`${facts.watchers} watchers, ${facts.entriesPerSecond} entries a second all the time; ${kept}`)
  say(`seconds until everybody has everything: ${judged([result.all], { atMost: 60 })}`)
  say(`seconds until half of them have: ${number(result.half)}`)
  say(`entries lost, doubled or out of order: ${judged([result.wrong], { atMost: 0 })}`)
  say(
    `entries written meanwhile and before: ${number(result.written)}, connections made: ${number(result.connections)}`,
  )
  const transactions = after.transactions - before.transactions
  say(
    `database: ${number(transactions)} transactions, ${number((after.cpuMs - before.cpuMs) / 1000)} s of a processor`,
  )
}
