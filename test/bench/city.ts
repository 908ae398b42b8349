/**
 * A city of 60 committees and 1,200 members who are online: from the second tap of an alarm to the last member's opened text, the alarm inside a committee, what opens by
 * itself when its time has come, and what the relay needs for it; beside a raw `ws` broadcast of the same bytes to as many, in the same run and alternating. All of the members
 * share two processes on this machine: `a phone alone` is what each would have needed for itself.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { encodeTerm } from '../../client/core/city/bulletinTerm.ts'
import { createRelay } from '../../client/core/relay/createRelay.ts'
import type { Relay } from '../../client/core/relay/relay.ts'
import { cryptoReady, randomBytes } from '../../shared/crypto/sodium.ts'
import { sealedLetter } from '../support/cityTerm.ts'
import { closeEverybody, must, type Place, realTime, worldOf } from '../support/people.ts'
import {
  alternating,
  type Child,
  judged,
  type Pace,
  quantile,
  ratios,
  say,
  startChild,
  table,
} from './bench.ts'
import type { CityAnswer, CityFacts, CityQuestion } from './children/cityLoad.ts'
import {
  callCity,
  confirmCity,
  placeAt,
  raiseInside,
  type Stage,
  stageCity,
  steady,
} from './cityCommittee.ts'
import { startServer } from './database.ts'
import { cpuMs, ownKib, tree } from './kernel.ts'

const COMMITTEES = 60
const MEMBERS = 20
/** Processes that the members share. */
const LOADS = 2
/** Seconds until a timed entry opens, and how many committees have one that is due then. */
const WAIT_S = 5
/** ENTRIES with one signed entry, without its blob (shared/protocol/SPEC.md, F). */
const AROUND_BLOB = 205
const GOAL_MS = 1000

type City = Stage & { readonly loads: readonly Child[]; readonly raw: WebSocket; readonly pids: Pids }
type Pids = { readonly relay: number; readonly database: number }

/** Milliseconds, of one alert or of one broadcast. */
type Sample = {
  readonly first: number
  readonly there: number
  readonly p50: number
  readonly p99: number
  readonly last: number
  readonly alone: number
  readonly relayCpu: number
  readonly databaseCpu: number
}

export const city = async (pace: Pace): Promise<void> => {
  await cryptoReady
  const server = await startServer('as it is')
  if (server === undefined) return
  const relay = await startChild('relay', { databaseUrl: await server.newDatabase('bench_city') })
  const broadcast = await startChild('broadcast', {})
  const place = placeAt(relay.hello)
  const stage = await stageCity(place, COMMITTEES)
  await makeBulletin(stage, place)
  const loads = await startLoads(stage, broadcast.hello)
  const raw = await opened(broadcast.hello)
  const all: City = { ...stage, loads, raw, pids: { relay: relay.pid, database: server.pid() } }
  say(
    `${COMMITTEES} committees of ${MEMBERS}, ${COMMITTEES * MEMBERS} members online, each on two connections; ${LOADS} processes`,
  )
  await alert(all, 'The first one is for whoever has to warm up')
  await alarms(all, pace)
  await inside(all, pace)
  await byTime(all, place, pace)
  memory(all)
  raw.close()
  for (const child of [...loads, broadcast]) await child.end()
  await closeEverybody()
  await relay.end()
  await server.remove()
}

const opened = async (url: string): Promise<WebSocket> => {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  return socket
}

const makeBulletin = async ({ terms }: Stage, place: Place): Promise<void> => {
  const relay = dial(place)
  for (const { log } of [...terms.values()].slice(0, 1)) must(await relay.create(log.access))
  relay.close()
}

const startLoads = ({ terms }: Stage, raw: string): Promise<readonly Child[]> => {
  const [known] = [...terms.values()]
  if (!known) throw new Error('no term')
  const term = Buffer.from(encodeTerm(known.term)).toString('base64')
  const each = COMMITTEES / LOADS
  return Promise.all(
    Array.from({ length: LOADS }, (_, i) => {
      const facts: CityFacts = { term, committees: [i * each, each], members: MEMBERS, raw }
      return startChild('cityLoad', facts)
    }),
  )
}

/** Begins it and waits until everybody has heard so many; `begin` answers when it began. */
const heard = async (
  { loads, pids }: City,
  question: CityQuestion,
  begin: () => Promise<number>,
): Promise<Sample> => {
  const costs = (): readonly [number, number] => [cpuMs([pids.relay]), cpuMs(tree(pids.database))]
  const before = costs()
  const [at, ...answers] = await Promise.all([
    begin(),
    ...loads.map((load) => load.ask<CityAnswer>(question)),
  ])
  const after = costs()
  const since = (times: readonly number[]): readonly number[] => times.map((time) => time - at)
  const arrived = since(answers.flatMap((answer) => answer.arrived))
  const read = since(answers.flatMap((answer) => answer.opened))
  return {
    first: Math.min(...arrived),
    there: Math.max(...arrived),
    p50: quantile(read, 0.5),
    p99: quantile(read, 0.99),
    last: Math.max(...read),
    alone: quantile(
      answers.flatMap((answer) => answer.alone),
      0.5,
    ),
    relayCpu: after[0] - before[0],
    databaseCpu: after[1] - before[1],
  }
}

const alert = async (all: City, text: string): Promise<Sample> => {
  const id = await callCity(all.people, text)
  return heard(all, { await: 'letter', count: 1 }, () => confirmCity(all.people, id))
}

const broadcasts = (all: City, bytes: number): Promise<Sample> =>
  heard(all, { await: 'raw', count: 1 }, async () => {
    all.raw.send(randomBytes(bytes))
    return steady()
  })

const TEXT = 'Somebody was called in. Logistics, north. Needs a witness.'

/** A committee may call the city eight times a term. */
const alarms = async (all: City, pace: Pace): Promise<void> => {
  const [side] = all.others
  const at = side && all.terms.get(side)
  if (!side || !at) throw new Error('nobody else')
  const bytes = sealedLetter(side, at, { type: 'alert', text: TEXT }).length + AROUND_BLOB
  let number = 0
  const results = await alternating(
    { alarm: () => alert(all, `${TEXT} ${++number}`), raw: () => broadcasts(all, bytes) },
    pace.quick ? 3 : 7,
  )
  const of = (which: 'alarm' | 'raw', name: keyof Sample): readonly number[] =>
    (results[which] ?? []).map((sample) => sample[name])
  say(
    `\nmilliseconds from the second tap of an alarm, ${bytes} bytes to each; and a raw ws broadcast of as many bytes`,
  )
  table([
    ['', 'alarm', 'raw ws'],
    ...ROWS.map(([name, words]) => [words, judged(of('alarm', name)), judged(of('raw', name))]),
  ])
  say(`last member's opened text, ms: ${judged(of('alarm', 'last'), { atMost: GOAL_MS })}`)
  say(
    `the bytes at the last member, alarm / raw ws: ${judged(ratios(of('alarm', 'there'), of('raw', 'there')))}`,
  )
  say(`the opened text, alarm / raw ws: ${judged(ratios(of('alarm', 'last'), of('raw', 'last')))}`)
}

const ROWS = [
  ['first', 'bytes at the first member'],
  ['there', 'bytes at the last member'],
  ['p50', 'opened, median member'],
  ['p99', 'opened, 99th percentile'],
  ['last', 'opened, last member'],
  ['alone', 'opening on a phone alone'],
  ['relayCpu', 'processor of the relay'],
  ['databaseCpu', 'processor of the database'],
] as const

const inside = async ({ people }: City, pace: Pace): Promise<void> => {
  const times: number[] = []
  for (let i = 0; i < (pace.quick ? 3 : 7); i++) times.push(await raiseInside(people, `Called in, ${i}`))
  say(`an alarm inside a committee, to the last of two others' screens, ms: ${judged(times)}`)
}

/** What a committee's phone handed over is opened by the relay, with all phones of that committee away. */
const byTime = async (all: City, place: Place, pace: Pace): Promise<void> => {
  for (const count of pace.quick ? [1] : [1, 10]) {
    const late = await heard(all, { await: 'letter', count }, () => deposits(all, place, count))
    const named = ['there', 'p50', 'last'] as const
    const [there, p50, last] = named.map((name) => judged([late[name]]))
    say(
      `timed entries of ${count} committees, due together: ms after the time to the last member's bytes ${there}, opened by the median ${p50}, by the last ${last}`,
    )
  }
}

/** When the last of them is due. */
const deposits = async (all: City, place: Place, count: number): Promise<number> => {
  for (const side of all.others.slice(0, count)) {
    const at = all.terms.get(side)
    if (!at) throw new Error('no term')
    // a committee's phone each: no phone writes with the keys of two
    const relay = dial(place)
    const blob = sealedLetter(side, at, { type: 'alert', text: TEXT })
    const cancelHashes = Array.from({ length: 32 }, () => randomBytes(32))
    must(
      await relay.deposit(at.log.access, { blob, lifeDays: 7, waitSeconds: WAIT_S, needed: 2, cancelHashes }),
    )
    relay.close()
  }
  return steady() + WAIT_S * 1000
}

const dial = ({ address, relayKey, admission, dial: open }: Place): Relay => {
  const { timer, chance } = worldOf(open, realTime())
  return createRelay({
    dial: open,
    timer,
    random: chance,
    address,
    relayKey,
    admission,
    onAdmission: () => undefined,
  })
}

const memory = ({ pids }: City): void => {
  const mib = (ids: readonly number[]): string => judged([ownKib(ids) / 1024])
  say(`memory, MiB: the relay ${mib([pids.relay])}, its database ${mib(tree(pids.database))}`)
}
