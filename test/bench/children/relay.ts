/** The real relay as a process of its own, with rates that no load of a benchmark meets. Its argument: the database, and what else it needs. */
import { startRelay, type TestRelayOptions } from '../../support/relay.ts'

const NO_RATE = { perSecond: 1e9, burst: 1e9 }
const options: TestRelayOptions = JSON.parse(process.argv[2] ?? '{}')

const relay = await startRelay({
  logLevel: 'error',
  ...options,
  limits: {
    connectionAppends: NO_RATE,
    logKeyAppends: NO_RATE,
    signedConnectionAppends: NO_RATE,
    signedKeyAppends: NO_RATE,
    connectionFrames: NO_RATE,
    idleMs: 600_000,
    pingMs: 600_000,
    ...options.limits,
  },
})
// started with --expose-gc: what nobody uses is given back
process.on('message', () => {
  globalThis.gc?.()
  process.send?.('done')
})
process.once('disconnect', async () => {
  await relay.close()
  process.stderr.write(relay.logs())
  process.exit(0)
})
process.send?.(relay.address)
