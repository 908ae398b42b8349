/** The address that invites to this relay, once more. */
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import { printRelayAddress } from '../../shared/protocol/relayAddress.ts'
import type { Config } from '../config.ts'
import { relayKeys } from '../keys.ts'
import type { RelayRow } from '../store/keys.ts'
import { failed, withRelay } from './database.ts'
import type { Operation } from './operation.ts'

export const address: Operation = {
  usage: '',
  about: [
    'Prints the line that somebody pastes into `npx tocsin found`. Keep it among people who may use this relay: it holds',
    'the admission secret, with which logs are created. Works while the relay runs and while it does not.',
  ],
  example: 'npx tocsin-relay address',
  run: (context) =>
    withRelay(context, async ({ row }) => {
      const line = await addressOf(context.config, row)
      if (line === undefined) return failed(context, UNKNOWN)
      context.say(line)
      return 0
    }),
}

const UNKNOWN =
  'Nobody can know where this relay is, since TOCSIN_PORT is 0: set TOCSIN_PUBLIC_URL, or a port.'

/** Undefined when it is not known where clients reach the relay. */
export const addressOf = async (
  { publicUrl, host, port }: Config,
  row: Pick<RelayRow, 'signingSeed' | 'staticSecret'> & { readonly admission: AdmissionSecret },
): Promise<string | undefined> => {
  if (publicUrl === undefined && port === 0) return undefined
  await cryptoReady
  const here = `ws://${host.includes(':') ? `[${host}]` : host}:${port}`
  return printRelayAddress({ url: publicUrl ?? here, key: relayKeys(row).key, admission: row.admission })
}
