/**
 * DEPOSIT and CANCEL through real sockets: what an enemy asks for, what a kill leaves, and which of several relays releases. Not here:
 * every interleaving (store/deposits.test.ts).
 */
import t from 'tap'
import { concat } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import { type CancelToken, cancelHash, nameOfDeposit } from '../../shared/protocol/deposit.ts'
import { type Event, encodeRequest } from '../../shared/protocol/frames.ts'
import { signEntry } from '../../shared/protocol/writerSignature.ts'
import { newDurablePostgres } from '../support/postgres.ts'
import { startRelay } from '../support/relay.ts'
import { startRelayProcess } from '../support/relayProcess.ts'
import {
  connectWire,
  createOn,
  newBlob,
  newLog,
  newOpenLog,
  openOn,
  readFrom,
  type TestLog,
  type Wire,
  watchFrom,
} from '../support/wire.ts'

await cryptoReady

const tokens = Array.from({ length: 32 }, () => randomBytes(32) as CancelToken)
const hashes = tokens.map(cancelHash)

const newDeposit = (log: TestLog, changes = {}) => ({
  type: 'deposit' as const,
  log: log.id,
  lifeDays: 1 as const,
  waitSeconds: 900,
  needed: 2,
  cancelHashes: hashes,
  writer: undefined,
  blob: newBlob(),
  ...changes,
})
type Asked = ReturnType<typeof newDeposit>

const cancelOn = (wire: Wire, deposit: Asked, token: Uint8Array): Promise<Event> => {
  const name = nameOfDeposit(deposit.log, deposit)
  return wire.ask({ type: 'cancel', log: deposit.log, deposit: name, token })
}

const said = (event: Event): string => (event.type === 'refused' ? event.refusal.type : event.type)

t.test(
  'T1 T3 T4 a stranger, a flood, a forger and a member who shows one token twice come to nothing',
  async (t) => {
    let now = Date.now()
    const relay = await startRelay({ clock: () => now, steady: () => now })
    t.teardown(relay.close)
    const [wire, stranger] = [await connectWire(relay.url), await connectWire(relay.url)]
    const log = await newOpenLog(wire, relay)
    const deposit = newDeposit(log)
    await openOn(stranger, relay, log, 'reader')

    t.equal(said(await stranger.ask(deposit)), 'none', 'a reader is no writer')
    t.equal(said(await wire.ask(newDeposit(newLog()))), 'none', 'a log that is not open')
    t.equal(said(await wire.ask({ ...deposit, lifeDays: 45 as never, blob: newBlob(1000) })), 'size')
    t.equal(said(await wire.ask(deposit)), 'ok')
    t.equal(said(await wire.ask(deposit)), 'ok', 'once more')
    for (let i = 0; i < 15; i++) t.equal(said(await wire.ask(newDeposit(log))), 'ok')
    for (let i = 0; i < 20; i++) t.equal(said(await wire.ask(newDeposit(log))), 'slow')

    t.equal(said(await cancelOn(stranger, deposit, tokens[0] as Uint8Array)), 'none')
    for (let i = 0; i < 20; i++) t.equal(said(await cancelOn(wire, deposit, randomBytes(32))), 'none')
    t.equal(said(await cancelOn(wire, deposit, hashes[0] as Uint8Array)), 'none', 'a hash is no token')
    for (let i = 0; i < 3; i++) t.equal(said(await cancelOn(wire, deposit, tokens[0] as Uint8Array)), 'ok')

    await watchFrom(wire, log)
    now += 901_000 // time is taken in whole seconds, and never too early
    await relay.sweep()
    await wire.until((pushed) => pushed.flatMap(({ entries }) => entries).length >= 16)
    const page = await readFrom(wire, log)
    t.equal(page.type === 'entries' && page.entries.length, 16)
    t.equal(said(await cancelOn(wire, deposit, tokens[1] as Uint8Array)), 'none', 'too late')
    t.equal(said(await wire.ask(deposit)), 'ok')
    now += 86_400_000
    await relay.sweep()
    const after = await readFrom(wire, log)
    t.equal(after.type === 'entries' && after.head.head, 16, 'released once')

    for (const secret of [log.id, nameOfDeposit(log.id, deposit), hashes[0] as Uint8Array])
      t.notOk(relay.logs().includes(toHex(secret)), 'nothing of it is logged')
    for (const socket of [wire, stranger]) socket.end()
  },
)

t.test(
  'T1 a frame that asks for 0 or 33 tokens, or for more than a day, closes the connection',
  async (t) => {
    const relay = await startRelay()
    t.teardown(relay.close)
    const good = encodeRequest({ ref: 1, ...newDeposit(newLog()) })
    const at = (place: number, ...bytes: number[]): Uint8Array =>
      concat(good.slice(0, place), Uint8Array.from(bytes), good.slice(place + bytes.length))

    for (const bad of [
      at(34, 0),
      at(34, 33),
      at(30, 0, 0, 0, 0),
      at(30, 0, 1, 0x51, 0x81),
      good.slice(0, -1),
    ]) {
      const wire = await connectWire(relay.url)
      wire.socket.send(bad)
      t.equal(await wire.closed, 4400)
    }
  },
)

t.test(
  'T3 L7 in a log with writer signatures each key has its own sixteen, and only its own entries',
  async (t) => {
    const relay = await startRelay()
    t.teardown(relay.close)
    const other = newKeyPair()
    const log = newLog({ writerSigned: true, moreWriters: [sha256(other.publicKey)] })
    const [mine, theirs] = [await connectWire(relay.url), await connectWire(relay.url)]
    await createOn(mine, relay, log)
    await openOn(mine, relay, log, 'writer')
    await openOn(theirs, relay, { ...log, writer: other }, 'writer')
    const signed = (index: number) => {
      const blob = newBlob()
      const key = index === 0 ? log.writer : other
      return newDeposit(log, { blob, writer: { index, signature: signEntry(key.secretKey, log.id, blob) } })
    }

    t.equal(said(await mine.ask(newDeposit(log))), 'size', 'unsigned')
    t.equal(said(await mine.ask(signed(1))), 'size', 'for somebody else')
    for (let i = 0; i < 16; i++) t.equal(said(await mine.ask(signed(0))), 'ok')
    t.equal(said(await mine.ask(signed(0))), 'slow')
    t.equal(said(await theirs.ask(signed(1))), 'ok', 'one infiltrator silences nobody else')
    for (const socket of [mine, theirs]) socket.end()
  },
)

t.test(
  'T1 T3 what was acknowledged survives a kill, and the relay that is left releases it once',
  async (t) => {
    const server = await newDurablePostgres()
    t.teardown(server.remove)
    const env = { DATABASE_URL: server.url, TOCSIN_LOG_LEVEL: 'warn' }
    const [first, second] = [await startRelayProcess(env), await startRelayProcess(env)]
    const wire = await connectWire(first.url)
    const log = await newOpenLog(wire, first)
    const deposits = Array.from({ length: 8 }, (_, i) => newDeposit(log, { waitSeconds: 1 + (i % 3) }))
    const cancelled = newDeposit(log, { waitSeconds: 6, needed: 1 })
    for (const one of [...deposits, cancelled]) t.equal(said(await wire.ask(one)), 'ok')
    t.equal(said(await cancelOn(wire, cancelled, tokens[7] as Uint8Array)), 'ok')
    await first.kill()

    const reader = await connectWire(second.url)
    await openOn(reader, second, log, 'reader')
    await watchFrom(reader, log)
    await reader.until((pushed) => pushed.flatMap(({ entries }) => entries).length >= deposits.length)
    await second.kill()
    const third = await startRelayProcess(env)
    t.teardown(third.kill)
    const again = await connectWire(third.url)
    await openOn(again, third, log, 'reader')
    const page = await readFrom(again, log)
    const blobs =
      page.type === 'entries'
        ? page.entries.map(({ content }) => content.type === 'blob' && toHex(sha256(content.blob)))
        : []

    t.strictSame(blobs.sort(), deposits.map(({ blob }) => toHex(sha256(blob))).sort())
    for (const socket of [reader, again]) socket.end()
  },
)
