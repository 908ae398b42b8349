/** The relay of the fan-out benchmark, a process of its own: the real one, on the embedded database with fsync on, without rates. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../server/embedded/embedded.ts'
import { createLog } from '../../server/log.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { startRelay } from '../../server/start.ts'
import { printRelayAddress } from '../../shared/protocol/relayAddress.ts'

const NO_RATE = { perSecond: 1e9, burst: 1e9 }

const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
const embedded = await startEmbedded(folder)
if (!embedded.ok) throw new Error(embedded.error)
const started = await startRelay({
  database: embedded.value,
  host: '127.0.0.1',
  port: 0,
  clock: Date.now,
  log: createLog('error', (line) => process.stderr.write(line)),
  limits: {
    ...DEFAULT_LIMITS,
    connectionAppends: NO_RATE,
    logKeyAppends: NO_RATE,
    connectionFrames: NO_RATE,
    idleMs: 600_000,
    pingMs: 600_000,
  },
})
if (!started.ok) throw new Error(started.error)
const { url, key, admission, close } = started.value
process.once('disconnect', async () => {
  await close()
  await embedded.value.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
process.send?.(printRelayAddress({ url, key, admission: admission() }))
