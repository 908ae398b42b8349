/**
 * One durable entry of 1 KiB to 1,000 watchers: the relay beside a raw `ws` broadcast, in the same run and alternating,
 * each server and each load in a process of its own. What counts is the ratio.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Round } from './fanoutLoad.ts'

const WATCHERS = 1000
const WINDOWS = [1, 16] as const
const ROUNDS = 5
const ROUND_MS = 1500

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** A process and the first thing it says. */
const started = async (
  file: string,
  ...args: readonly string[]
): Promise<readonly [ChildProcess, string]> => {
  const child = fork(new URL(file, import.meta.url), args, { execArgv: ['--import=tsx'] })
  const [message] = await once(child, 'message')
  return [child, String(message)]
}

const run = async (load: ChildProcess, round: Round): Promise<number> => {
  load.send(round)
  const [rate] = await once(load, 'message')
  return Number(rate)
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
const shown = (rate: number): string => Math.round(rate).toLocaleString('en').padStart(10)

export const fanout = async (): Promise<void> => {
  const [relay, address] = await started('./fanoutRelay.ts')
  const [broadcast, url] = await started('./fanoutBroadcast.ts')
  const [relayLoad] = await started('./fanoutLoad.ts', address, String(WATCHERS))
  const [broadcastLoad] = await started('./fanoutLoad.ts', url, String(WATCHERS))
  say(`fan-out: 1 KiB to ${WATCHERS} watchers, deliveries a second, median of ${ROUNDS} rounds`)
  say('in flight      relay  ws broadcast   ratio')
  for (const window of WINDOWS) {
    const rates = { relay: [] as number[], broadcast: [] as number[] }
    for (let i = 0; i < ROUNDS; i++) {
      rates.relay.push(await run(relayLoad, { window, ms: ROUND_MS }))
      rates.broadcast.push(await run(broadcastLoad, { window, ms: ROUND_MS }))
    }
    const [ours, theirs] = [median(rates.relay), median(rates.broadcast)]
    say(`${String(window).padStart(9)} ${shown(ours)}    ${shown(theirs)}   ${(ours / theirs).toFixed(2)}`)
  }
  const children = [relayLoad, broadcastLoad, broadcast, relay]
  const ended = Promise.all(children.map((child) => once(child, 'exit')))
  for (const child of children) child.disconnect()
  await ended
}
