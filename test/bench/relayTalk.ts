/** How a load talks to the relay. */
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { type Challenge, proveAccess, proveAdmission } from '../../shared/protocol/access.ts'
import { decodeEvent, type Event, encodeRequest, type Request } from '../../shared/protocol/frames.ts'
import type { Role, Seq } from '../../shared/protocol/ids.ts'
import { parseRelayAddress, type RelayAddress } from '../../shared/protocol/relayAddress.ts'
import { newLog, type TestLog } from '../support/wire.ts'
import { frameShape, masked, takeFrame, upgrade } from './frames.ts'
import { countMessages, type RawSocket } from './rawSocket.ts'
import { acks, type Counted, payload, type Talk } from './talk.ts'

export type Line = {
  readonly socket: RawSocket
  readonly challenge: Challenge
  /** One question at a time, and nothing pushed between. */
  readonly ask: (request: Request) => Promise<Event>
}

export const lineTo = async (relay: RelayAddress, from?: string): Promise<Line> => {
  await cryptoReady
  const socket = await upgrade(relay.url, '/v1', 'tocsin.1', from)
  const next = async (): Promise<Event> => {
    const event = decodeEvent(await takeFrame(socket))
    if (!event.ok) throw new Error('malformed')
    return event.value
  }
  const greeting = await next()
  if (greeting.type !== 'greeting') throw new Error('no greeting')
  const ask = (request: Request): Promise<Event> => {
    socket.write(masked(encodeRequest(request)))
    return next()
  }
  return { socket, challenge: greeting.challenge, ask }
}

const expect = async (answer: Promise<Event>, type: Event['type']): Promise<void> => {
  const got = await answer
  if (got.type !== type) throw new Error(`the relay answered ${got.type} instead of ${type}`)
}

export const openRequest = (
  { challenge }: Pick<Line, 'challenge'>,
  relay: RelayAddress,
  log: TestLog,
  role: Role,
): Request => {
  const { publicKey, secretKey } = log[role]
  const binding = { relayStaticKey: relay.key.staticKey, challenge }
  const signature = proveAccess(secretKey, binding, log.id, role)
  return { type: 'open', ref: 1, log: log.id, role, publicKey, signature }
}

export const lineFor = async (
  relay: RelayAddress,
  log: TestLog,
  role: Role,
  from?: string,
): Promise<Line> => {
  const line = await lineTo(relay, from)
  await expect(line.ask(openRequest(line, relay, log, role)), 'opened')
  return line
}

export const createLogOn = async (relay: RelayAddress, log: TestLog): Promise<void> => {
  if (relay.admission === undefined) throw new Error('no admission')
  const line = await lineTo(relay)
  const admission = proveAdmission(relay.admission, log.id)
  await expect(line.ask({ type: 'create', ref: 1, policy: log.encoded, admission, work: undefined }), 'ok')
  line.socket.end()
}

/** ENTRIES: tag, ref u32, log bytes(24), then a u16 count and the entries, which begin with their seq u32. */
export const ENTRIES = 132
export const ENTRIES_COUNT = 1 + 4 + 24
const entriesIn = (frame: Buffer, at: number): number =>
  frame[at] === ENTRIES ? frame.readUInt16BE(at + ENTRIES_COUNT) : 0

const RECEIPT = 131
const receiptsIn = (frame: Buffer, at: number): number => {
  if (frame[at] !== RECEIPT) throw new Error(`an append was answered with ${frame[at]}`)
  return 1
}

export type Writer = { readonly send: () => void; readonly end: () => void }

/** Appends of one connection to one log, always the same bytes. */
export const openWriter = async (relay: RelayAddress, log: TestLog, acked: () => void): Promise<Writer> => {
  const line = await lineFor(relay, log, 'writer')
  const append = { lifeDays: 1, ifHead: undefined, alert: 0, writer: undefined } as const
  const message = masked(encodeRequest({ type: 'append', ref: 2, log: log.id, ...append, blob: payload }))
  line.socket.flow(countMessages(frameShape(line.socket, 1, receiptsIn), acks(acked)))
  return { send: () => line.socket.write(message), end: line.socket.end }
}

export const watchOn = (line: Line, log: TestLog, from: number): Promise<void> =>
  expect(line.ask({ type: 'watch', ref: 2, log: log.id, from: from as Seq }), 'ok')

export const openWatcher = async (
  relay: RelayAddress,
  log: TestLog,
  counted: Counted,
  from?: string,
): Promise<RawSocket> => {
  const line = await lineFor(relay, log, 'reader', from)
  await watchOn(line, log, 1)
  line.socket.flow(countMessages(frameShape(line.socket, ENTRIES_COUNT + 2, entriesIn), counted))
  return line.socket
}

/** One log for all. Several addresses of one relay: watchers are spread over them in turn, and the first is written to. */
export const relayTalk = async (addresses: readonly string[]): Promise<Talk> => {
  const relays = addresses.map((address) => parseRelayAddress(address))
  const [first] = relays
  if (first === undefined) throw new Error('no relay address')
  await cryptoReady
  const log = newLog({ cap: 2 })
  await createLogOn(first, log)
  let turn = 0
  return {
    subscribe: (counted, from) => {
      turn += 1
      return openWatcher(relays[turn % relays.length] ?? first, log, counted, from)
    },
    publish: async (acked) => (await openWriter(first, log, acked)).send,
  }
}
