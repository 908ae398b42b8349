/**
 * What the time of an answer tells (SPEC A5): OPEN of a log that is not there, with a wrong key, with a wrong signature, beside one that is right. In turn,
 * on one connection each, through the whole relay.
 */

import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { Request } from '../../shared/protocol/frames.ts'
import { parseRelayAddress, type RelayAddress } from '../../shared/protocol/relayAddress.ts'
import { newLog, type TestLog } from '../support/wire.ts'
import { number, type Pace, quantile, say, startChild, table } from './bench.ts'
import { startServer } from './database.ts'
import { createLogOn, type Line, lineTo, openRequest } from './relayTalk.ts'

type Open = Extract<Request, { type: 'open' }>
type Case = { readonly name: string; readonly line: Line; readonly request: Request; readonly us: number[] }

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))

const casesFor = async (relay: RelayAddress, log: TestLog): Promise<readonly Case[]> => {
  const made = (line: Line, of: TestLog): Open => openRequest(line, relay, of, 'reader') as Open
  const requests: Readonly<Record<string, (line: Line) => Request>> = {
    'log unknown': (line) => made(line, newLog()),
    'wrong key': (line) => ({ ...made(line, newLog()), log: log.id }),
    'wrong signature': (line) => {
      const right = made(line, log)
      return { ...right, signature: flipped(right.signature) }
    },
    'all right': (line) => made(line, log),
  }
  const cases: Case[] = []
  for (const [name, request] of Object.entries(requests)) {
    const line = await lineTo(relay)
    cases.push({ name, line, request: request(line), us: [] })
  }
  return cases
}

export const edge = async (pace: Pace): Promise<void> => {
  const server = await startServer('as it is')
  if (server === undefined) return
  const child = await startChild('relay', { databaseUrl: await server.newDatabase('bench') })
  const relay = parseRelayAddress(child.hello)
  if (relay === undefined) throw new Error('no relay address')
  await cryptoReady
  const log = newLog()
  await createLogOn(relay, log)
  const cases = await casesFor(relay, log)
  const rounds = pace.quick ? 200 : 3_000
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < cases.length; turn++) {
      // who comes after whom changes with every round
      const each = cases[(turn * (round % 2 === 0 ? 1 : 3) + round) % cases.length]
      const begin = performance.now()
      await each?.line.ask(each.request)
      each?.us.push((performance.now() - begin) * 1000)
    }
  report(cases, rounds)
  for (const { line } of cases) line.socket.end()
  await child.end()
  await server.remove()
}

const report = (cases: readonly Case[], rounds: number): void => {
  const [reference] = cases
  say(`microseconds until OPEN is answered, ${rounds} each, in turn`)
  table([
    ['', 'median', 'middle half', 'slower than "log unknown"'],
    ...cases.map(({ name, us }) => [
      name,
      number(quantile(us, 0.5)),
      `${number(quantile(us, 0.25))} to ${number(quantile(us, 0.75))}`,
      number(slower(us, reference?.us ?? [])),
    ]),
  ])
  say('The last column: of one answer of each, how often this one is the slower. 0.50 tells nothing.')
}

/** Mann and Whitney's U, as a share of all pairs. */
const slower = (ours: readonly number[], theirs: readonly number[]): number => {
  const sorted = [...theirs].sort((a, b) => a - b)
  const below = (value: number): number => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }
  return ours.reduce((sum, value) => sum + below(value), 0) / (ours.length * sorted.length)
}
