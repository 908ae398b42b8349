/** The wire by hand: one socket, frames out, answers matched by ref, what a watch delivers in a list. It checks nothing. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { cryptoReady, type KeyPair, newKeyPair, sha256 } from '../../shared/crypto/sodium.ts'
import {
  type AdmissionSecret,
  type Challenge,
  proveAccess,
  proveAdmission,
} from '../../shared/protocol/access.ts'
import { decodeEvent, type Event, encodeRequest, type Request } from '../../shared/protocol/frames.ts'
import type { Blob, Head, LogId, Role, Seq } from '../../shared/protocol/ids.ts'
import { encodePolicy, logIdOf, type Policy } from '../../shared/protocol/policy.ts'
import type { RelayKey } from '../../shared/protocol/relayKey.ts'

export type Asked = Request extends infer R ? (R extends { ref: number } ? Omit<R, 'ref'> : never) : never
type Entries = Extract<Event, { type: 'entries' }>

export type Wire = {
  readonly socket: WebSocket
  readonly challenge: Challenge
  readonly ask: (request: Asked) => Promise<Event>
  /** ENTRIES with ref 0, in the order of their arrival. */
  readonly pushed: Entries[]
  /** Resolves when `pushed` satisfies the question. */
  readonly until: (satisfied: (pushed: readonly Entries[]) => boolean) => Promise<void>
  /** Close code, once it has come. */
  readonly closed: Promise<number>
  readonly end: () => void
}

/** `from`: the address to come from, where one may choose, such as any of 127.0.0.0/8. */
export const connectWire = async (
  url: string,
  from?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Wire> => {
  await cryptoReady
  const options = { perMessageDeflate: false, headers, ...(from !== undefined && { localAddress: from }) }
  const socket = new WebSocket(`${url}/v1`, 'tocsin.1', options)
  socket.binaryType = 'nodebuffer'
  const waiting = new Map<number, (event: Event) => void>()
  const pushed: Entries[] = []
  const bells = new Set<() => void>()
  let greet: (challenge: Challenge) => void = () => undefined
  const greeted = new Promise<Challenge>((resolve) => {
    greet = resolve
  })
  socket.on('message', (data: Buffer) => {
    const event = decodeEvent(new Uint8Array(data))
    if (!event.ok) throw new Error('the relay sent something malformed')
    if (event.value.type === 'greeting') return greet(event.value.challenge)
    if (event.value.type === 'entries' && event.value.ref === 0) {
      pushed.push(event.value)
      for (const ring of bells) ring()
      return
    }
    waiting.get(event.value.ref)?.(event.value)
    waiting.delete(event.value.ref)
  })
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(([code]) => Number(code))
  const challenge = await Promise.race([
    greeted,
    closed.then((code): never => {
      throw new Error(`closed with ${code} before the greeting`)
    }),
  ])
  let ref = 0
  const ask = (request: Asked): Promise<Event> =>
    new Promise((resolve, reject) => {
      ref += 1
      waiting.set(ref, resolve)
      void closed.then((code) => reject(new Error(`closed with ${code}`)))
      socket.send(encodeRequest({ ...request, ref } as Request))
    })
  const until = (satisfied: (pushed: readonly Entries[]) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const ring = (): void => {
        if (!satisfied(pushed)) return
        bells.delete(ring)
        resolve()
      }
      bells.add(ring)
      void closed.then((code) => reject(new Error(`closed with ${code}`)))
      ring()
    })
  return { socket, challenge, ask, pushed, until, closed, end: () => socket.terminate() }
}

/** A log with one key for reading and one for writing. */
export type TestLog = {
  readonly id: LogId
  readonly policy: Policy
  readonly encoded: Uint8Array
  readonly reader: KeyPair
  readonly writer: KeyPair
}

/** `moreWriters`: key hashes behind the log's own writer. */
type PolicyChanges = Partial<Policy> & { readonly moreWriters?: readonly Uint8Array[] }

export const newLog = ({ moreWriters = [], ...changes }: PolicyChanges = {}): TestLog => {
  const reader = newKeyPair()
  const writer = newKeyPair()
  const policy: Policy = {
    version: 1,
    ttlDays: 45,
    cap: 1,
    wake: 0,
    writerSigned: false,
    readers: [sha256(reader.publicKey)],
    writers: [sha256(writer.publicKey), ...moreWriters],
    ...changes,
  }
  const encoded = encodePolicy(policy)
  return { id: logIdOf(encoded), policy, encoded, reader, writer }
}

export const newBlob = (size = 1024): Blob => new Uint8Array(randomBytes(size)) as Blob

export type RelayFacts = { readonly key: RelayKey; readonly admission: AdmissionSecret }
export type RelayAt = RelayFacts & { readonly url: string }

export const createOn = (wire: Wire, relay: RelayFacts, log: TestLog, work?: number): Promise<Event> =>
  wire.ask({
    type: 'create',
    policy: log.encoded,
    admission: proveAdmission(relay.admission, log.id),
    work,
  })

export const openOn = (
  wire: Wire,
  relay: RelayFacts,
  log: Pick<TestLog, 'id' | 'reader' | 'writer'>,
  role: Role,
): Promise<Event> => {
  const { publicKey, secretKey } = log[role]
  const binding = { relayStaticKey: relay.key.staticKey, challenge: wire.challenge }
  const signature = proveAccess(secretKey, binding, log.id, role)
  return wire.ask({ type: 'open', log: log.id, role, publicKey, signature })
}

/** Created, and open for reading and writing. */
export const newOpenLog = async (
  wire: Wire,
  relay: RelayFacts,
  changes: Partial<Policy> = {},
): Promise<TestLog> => {
  const log = newLog(changes)
  await createOn(wire, relay, log)
  await openOn(wire, relay, log, 'reader')
  await openOn(wire, relay, log, 'writer')
  return log
}

export type AppendOptions = { readonly ifHead?: number; readonly lifeDays?: 1 | 7 | 45; readonly blob?: Blob }

export const appendTo = (wire: Wire, log: TestLog, options: AppendOptions = {}): Promise<Event> =>
  wire.ask({
    type: 'append',
    log: log.id,
    lifeDays: options.lifeDays ?? 1,
    ifHead: options.ifHead as Head | undefined,
    alert: 0,
    writer: undefined,
    blob: options.blob ?? newBlob(),
  })

export const readFrom = (wire: Wire, log: TestLog, from = 1, max = 256): Promise<Event> =>
  wire.ask({ type: 'read', log: log.id, from: from as Seq, max })

export const watchFrom = (wire: Wire, log: TestLog, from = 1): Promise<Event> =>
  wire.ask({ type: 'watch', log: log.id, from: from as Seq })
