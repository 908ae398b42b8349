/** One, two and three relays on one Postgres with fsync on: 1,000 watchers spread over them, one writer at the first. Deliveries and how late they come. */
import {
  alternating,
  type Child,
  judged,
  median,
  number,
  type Pace,
  ratios,
  say,
  startChild,
  table,
} from './bench.ts'
import type { Measured } from './children/fanoutLoad.ts'
import { type BenchServer, startServer } from './database.ts'

const WATCHERS = 1000
const COUNTS = [1, 2, 3] as const

type Group = { readonly load: Child; readonly relays: readonly Child[] }

export const several = async (pace: Pace): Promise<void> => {
  const server = await startServer('as it is')
  if (server === undefined) return
  const groups: (readonly [string, Group])[] = []
  for (const count of COUNTS) groups.push([String(count), await startGroup(server, count)])
  for (const window of [16, 1]) await compare(groups, window, pace)
  for (const [, { load, relays }] of groups) {
    await load.end()
    for (const relay of relays) await relay.end()
  }
  await server.remove()
}

/** Each group has a database of its own on the server. */
const startGroup = async (server: BenchServer, count: number): Promise<Group> => {
  const databaseUrl = await server.newDatabase(`bench_${count}`)
  const relays: Child[] = []
  for (let i = 0; i < count; i++) relays.push(await startChild('relay', { databaseUrl }))
  const addresses = relays.map((relay) => relay.hello)
  return { relays, load: await startChild('fanoutLoad', { talk: 'relay', addresses, watchers: WATCHERS }) }
}

const compare = async (
  groups: readonly (readonly [string, Group])[],
  window: number,
  pace: Pace,
): Promise<void> => {
  const runs = groups.map(
    ([name, { load }]) => [name, () => load.ask<Measured>({ window, ms: pace.ms })] as const,
  )
  const results = await alternating(Object.fromEntries(runs), pace.rounds)
  const column = (count: string, name: keyof Measured): readonly number[] =>
    (results[count] ?? []).map((each) => each[name])
  say(`\n1 KiB to ${WATCHERS} watchers, ${window} in flight`)
  table([
    ['relays', 'deliveries/s', 'beside one relay', 'p50 ms', 'p99 ms'],
    ...COUNTS.map(String).map((count) => [
      count,
      number(median(column(count, 'perSecond'))),
      judged(ratios(column(count, 'perSecond'), column('1', 'perSecond'))),
      number(median(column(count, 'p50'))),
      number(median(column(count, 'p99'))),
    ]),
  ])
}
