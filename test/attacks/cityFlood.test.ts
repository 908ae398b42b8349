/**
 * Attack 30 of protocol.md section 10, its flood: one infiltrator with all keys of one committee writes without end into the bulletin, the assembly and what opens by itself, while
 * others call the city. A real relay with the rates that it ships with, real signatures. Counts and orders only; how long it takes is measured beside (`npm run bench -- flood`).
 * Not here: forgeries (test/client/core/city/bulletin.test.ts), and the bell's own limits (B6 in test/server/bell).
 */
import t from 'tap'
import { ALLOWANCE } from '../../client/core/city/bulletin.ts'
import { logFromSeed } from '../../client/core/epochlog/keys.ts'
import { signatureOf } from '../../client/core/relay/appending.ts'
import type { LogAccess, Relay } from '../../client/core/relay/relay.ts'
import { type Read, readAll } from '../../client/core/session/bulletin.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { decode } from '../../shared/base/codec.ts'
import { cryptoReady, randomBytes } from '../../shared/crypto/sodium.ts'
import type { Blob } from '../../shared/protocol/ids.ts'
import { policy, shareOf } from '../../shared/protocol/policy.ts'
import { type CitySide, newCitySide, sealedLetter, termOfCity } from '../support/cityTerm.ts'
import { placeOf } from '../support/committeeStory.ts'
import { type Flood, startFlood } from '../support/flood.ts'
import { lineTo } from '../support/hostileMember.ts'
import { must } from '../support/people.ts'
import { startRelay } from '../support/relay.ts'
import type { Asked } from '../support/wire.ts'

await cryptoReady

const relay = await startRelay({ logLevel: 'error', limits: DEFAULT_LIMITS })
const place = placeOf(relay)
const [mallory, kitchen, depot] = [newCitySide(), newCitySide(), newCitySide()]
const terms = termOfCity([mallory, kitchen, depot], {
  relay: { address: relay.url, ...relay.key, admission: relay.admission },
  city: '9'.repeat(64),
})
const at = (side: CitySide) => {
  const found = terms.get(side)
  if (!found) throw new Error('not in the city')
  return found
}

const lines: Relay[] = []
const line = (): Relay => {
  const made = lineTo(place)
  lines.push(made)
  return made
}
const floods: Flood[] = []
t.teardown(async () => {
  for (const flood of floods) flood.stop()
  for (const one of lines) one.close()
  await relay.close()
})

const first = line()
must(await first.create(at(mallory).log.access))
/** One log of the assembly's epoch: all delegates write to it with the same key. */
const assembly = logFromSeed(randomBytes(64)).access
must(await first.create(assembly))

const rules = decode(policy, at(mallory).log.access.policy)
if (!rules.ok) throw new Error('no policy')
const signed = (access: LogAccess, blob: Blob) => signatureOf(access, rules.value, blob)
const append = { type: 'append', ifHead: undefined, alert: 1, lifeDays: 7 } as const

/** What every reader has to look at, sealed and signed as it should be: alerts by the dozen, and noise. */
const junk = Array.from({ length: 40 }, (_, i): Asked => {
  const { log } = at(mallory)
  const blob =
    i % 2 === 0
      ? sealedLetter(mallory, at(mallory), { type: 'alert', text: `Fire, ${i}` })
      : (randomBytes(1024) as Blob)
  return { ...append, log: log.id, blob, writer: signed(log.access, blob) }
})
const inTurn = (requests: readonly Asked[]): (() => Asked) => {
  let turn = 0
  return () => requests[turn++ % requests.length] as Asked
}
const noise = (): Asked => ({
  ...append,
  log: assembly.id,
  lifeDays: 1,
  alert: 0,
  blob: randomBytes(1024) as Blob,
  writer: undefined,
})
const deposit = (): Asked => {
  const { log } = at(mallory)
  const blob = randomBytes(1024) as Blob
  const cancelHashes = Array.from({ length: 32 }, () => randomBytes(32))
  return {
    type: 'deposit',
    log: log.id,
    blob,
    lifeDays: 7,
    waitSeconds: 86_400,
    needed: 2,
    cancelHashes,
    writer: signed(log.access, blob),
  }
}

/** Of a bulletin, to its head, as any member reads it. */
const read = async (side: CitySide, before?: Read): Promise<Read> => {
  const { term, log } = at(side)
  return must(await readAll({ relay: first, log, term }, before))
}

t.test(
  'attack 30: who floods the bulletin, the assembly and what opens by itself silences nobody else',
  async (t) => {
    const bulletin = { access: at(mallory).log.access, connections: 6, underWay: 4, next: inTurn(junk) }
    const all = await Promise.all([
      startFlood(relay, bulletin),
      startFlood(relay, { access: assembly, connections: 1, underWay: 10, next: noise }),
      startFlood(relay, { access: at(mallory).log.access, connections: 1, underWay: 2, next: deposit }),
    ])
    floods.push(...all)
    const [flood, , waiting] = all
    await flood.until(() => flood.taken() > 20)

    const alerts: string[] = []
    for (let i = 0; i < ALLOWANCE.alert; i++) {
      const own = line() // on a connection of its own, as every letter
      const text = `Kitchen calls, ${i}`
      const blob = sealedLetter(kitchen, at(kitchen), { type: 'alert', text })
      must(await own.open(at(kitchen).log.access, ['writer']))
      const before = flood.taken()
      const { head } = must(await own.append(at(kitchen).log.access, blob, { lifeDays: 7, alert: true }))
      t.ok(head - before <= BATCHES, `${head - before} of the flood went ahead`)
      alerts.push(text)
      own.close()
    }

    await waiting.until(() => waiting.refused() > 5)
    t.ok(waiting.taken() <= 16, 'of one writer no more than sixteen wait')
    const own = line()
    const later = sealedLetter(depot, at(depot), { type: 'alert', text: 'Depot' })
    const cancelHashes = Array.from({ length: 32 }, () => randomBytes(32))
    const timed = { blob: later, lifeDays: 7, waitSeconds: 1, needed: 2, cancelHashes } as const
    must(await own.deposit(at(depot).log.access, timed))
    let heard = await read(depot)
    while (!heard.posted.some(({ letter }) => letter.card === depot.card)) heard = await read(depot, heard)
    t.pass('what another committee handed over opens in time')

    for (const one of all) one.stop()
    const { posted } = await read(kitchen)
    const by = (side: CitySide) =>
      posted.flatMap(({ letter: { card, says } }) =>
        card === side.card && says.type === 'alert' ? [says.text] : [],
      )
    t.strictSame(by(kitchen), alerts, 'every reader has all that another committee said')
    t.equal(by(mallory).length, ALLOWANCE.alert, 'and eight of whoever said all that they could')
    const share = shareOf(rules.value)?.entries ?? 0
    const written = flood.taken() + waiting.taken()
    t.ok(written <= share, `${written} entries of one writer, whose share is ${share}`)
  },
)

/** Entries of the batch that was just answered, of the one that is being written, and of the one that an append is in: four of each connection. */
const BATCHES = 3 * 6 * 4
