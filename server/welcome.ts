/** What the person who starts a relay reads. */
import { resolve } from 'node:path'
import { printRelayAddress } from '../shared/protocol/relayAddress.ts'
import { printRelayKey } from '../shared/protocol/relayKey.ts'
import type { Config } from './config.ts'
import type { Running } from './start.ts'
import { WHAT_IT_STORES } from './transparency/summary.ts'

export const welcome = (
  config: Config,
  running: Pick<Running, 'url' | 'key' | 'admission' | 'metricsPort'>,
): string => {
  const address = printRelayAddress({
    url: config.publicUrl ?? running.url,
    key: running.key,
    admission: running.admission(),
  })
  return [
    `Tocsin relay, listening on ${running.url}`,
    '',
    `Data: ${whereData(config)}`,
    ...WHAT_IT_STORES,
    ...(config.metrics ? [`Numbers: http://${config.metrics.host}:${running.metricsPort}/metrics`] : []),
    '',
    `Relay key, which invites carry: ${printRelayKey(running.key)}`,
    'To found a committee here, run `npx tocsin found` and paste this address when it asks. Keep it among people who may',
    'use this relay; the part after the dot changes every month, and `npx tocsin-relay address` shows the new one:',
    `  ${address}`,
    '',
    'Ctrl-C ends it.',
  ].join('\n')
}

const whereData = (config: Config): string =>
  config.databaseUrl === undefined
    ? `${resolve(config.dataFolder)}, in a database of its own`
    : 'on the Postgres server that DATABASE_URL names'
