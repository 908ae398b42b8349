/** How a relay ends: what was taken is answered, nobody new comes in, who watches is told. */
import t from 'tap'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { startRelay } from '../../support/relay.ts'
import { spawnRelay } from '../../support/relayProcess.ts'
import { appendTo, connectWire, newOpenLog } from '../../support/wire.ts'

await cryptoReady

t.test(
  'E2 appends under way are answered when the relay ends, watchers are told 1001, and it is not ready',
  async (t) => {
    const relay = await startRelay()
    const [writer, watcher] = [await connectWire(relay.url), await connectWire(relay.url)]
    const log = await newOpenLog(writer, relay)
    const appends = Array.from({ length: 40 }, () => appendTo(writer, log).then((answer) => answer.type))
    const settled = Promise.allSettled(appends) // at once: what is not taken is rejected before anybody looks
    await appends[0]

    const ended = relay.close()

    const ready = await fetch(`${relay.url.replace('ws', 'http')}/readyz`).then(
      ({ status }) => status,
      () => 'closed',
    )
    t.not(ready, 200)
    const answers = await settled
    const receipts = answers.filter((one) => one.status === 'fulfilled' && one.value === 'receipt').length
    t.equal(await writer.closed, 1001)
    t.equal(await watcher.closed, 1001)
    await ended
    const again = await startRelay({ databaseUrl: relay.databaseUrl })
    const [row] = await again.sql`select head from logs`
    t.equal(receipts, row?.head, 'every entry that was taken was acknowledged')
    await again.close()
  },
)

t.test('A relay process ends with 0 when it is asked to', async (t) => {
  const first = await startRelay()
  await first.close()
  const started = await spawnRelay({ DATABASE_URL: first.databaseUrl })
  if (!started.ok) throw new Error(started.said)
  t.equal(await started.relay.end(), 0)
})
