/** Where phones go: the shipped bundle, built for this test, on a real relay with a real database, which can be away for a while. Not here: the phones (phone.ts). */
import { dirname } from 'node:path'
import type { Test } from 'tap'
import { readWebFiles, type WebFiles } from '../../server/routes/web.ts'
import { startRelay, type TestRelayOptions } from './relay.ts'
import { buildWeb } from './webClient.ts'

export type WebPlace = {
  readonly folder: string
  readonly port: number
  readonly base: string
  /** The line that founds a committee. */
  readonly address: string
  /** Everything that a page asked of somebody else, threw, or was not allowed to do. */
  readonly offences: string[]
  /** The web client as it was built. */
  readonly web: WebFiles
  readonly close: () => Promise<void>
  /** The same relay, on the same port and database, perhaps with another web client. */
  readonly reopen: (web?: WebFiles) => Promise<void>
}

export const newWebPlace = async (t: Test, options: TestRelayOptions = {}): Promise<WebPlace> => {
  const into = await buildWeb(t)
  const web = readWebFiles(into)
  if (!web) throw new Error('there is no web client to serve')
  let relay = await startRelay({ ...options, web })
  const { url, address, databaseUrl } = relay
  const port = Number(new URL(url).port)
  t.teardown(() => relay.close())
  return {
    folder: dirname(into),
    port,
    base: `http://127.0.0.1:${port}`,
    address,
    offences: [],
    web,
    close: () => relay.close(),
    reopen: async (served = web) => {
      relay = await startRelay({ ...options, web: served, port, databaseUrl })
    },
  }
}
