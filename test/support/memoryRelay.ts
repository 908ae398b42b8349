/**
 * A relay in memory that speaks the real frames (SPEC.md), without sockets, clocks or a database; frames arrive as
 * microtasks. Honest by default. `misbehave` turns it into the hostile relay of protocol.md section 4.7: the hooks are
 * here, ready-made misdeeds in misdeeds.ts. Rates are not kept: a test that wants SLOW or BUSY says so in `refuse`.
 */
import type { Dial } from '../../client/core/relay/ports.ts'
import { sameBytes, utf8 } from '../../shared/base/bytes.ts'
import { unreachable } from '../../shared/base/unreachable.ts'
import { type KeyPair, keyPairFromSeed, sha256 } from '../../shared/crypto/sodium.ts'
import {
  type AdmissionSecret,
  type Challenge,
  type ChannelBinding,
  verifyAccess,
  verifyAdmission,
} from '../../shared/protocol/access.ts'
import {
  decodeRequest,
  type Event,
  encodeEvent,
  type Request,
  WIRE_VERSION,
} from '../../shared/protocol/frames.ts'
import { type Head, type LogId, logKey, type Role } from '../../shared/protocol/ids.ts'
import { BUCKETS, MAX_DEPOSIT_BYTES, MAX_REQUEST_BYTES } from '../../shared/protocol/limits.ts'
import type { Refusal } from '../../shared/protocol/refusals.ts'
import type { RelayKey } from '../../shared/protocol/relayKey.ts'
import { verifyEntry } from '../../shared/protocol/writerSignature.ts'
import {
  cancelOf,
  createWaiting,
  depositInto,
  due,
  type MemoryDeposit,
  makeRoom,
  staysInShare,
} from './memoryDeposits.ts'
import { appendTo, headOf, logIsFull, type MemoryLog, newMemoryLog, pageOf } from './memoryLog.ts'

/** Connections are numbered from 1 in the order in which they were dialed. */
export type Misdeeds = {
  /** The log that this connection is shown (read) and writes to (append); another object is another world. */
  readonly view?: (log: MemoryLog, connection: number, purpose: 'read' | 'append') => MemoryLog
  /** A refusal instead of an honest answer. */
  readonly refuse?: (request: Request, connection: number) => Refusal | undefined
  /** Frames instead of this one; `request` is what it answers. Raw bytes go out as they are. */
  readonly answer?: (
    event: Event,
    request: Request | undefined,
    connection: number,
  ) => readonly (Event | Uint8Array)[]
  /** Before a request is looked at: no answer ever, or the end of the connection. */
  readonly receive?: (request: Request, connection: number) => 'drop' | 'close' | undefined
}

export type MemoryRelay = {
  readonly address: string
  readonly relayKey: RelayKey
  readonly signing: KeyPair
  readonly admission: AdmissionSecret
  readonly dial: Dial
  /** By logKey; to look at and to change. */
  readonly logs: Map<string, MemoryLog>
  readonly log: (id: LogId) => MemoryLog
  /** Replaces all hooks; nothing makes it honest again. */
  readonly misbehave: (misdeeds?: Misdeeds) => void
  /** Ends all connections, or this one. */
  readonly cut: (connection?: number) => void
  /** While true, dialing fails. */
  readonly refuseDialing: (refuse: boolean) => void
  /** T3: so many seconds go by; what is due is released and served. */
  readonly pass: (seconds: number) => void
  /** What waits to be released. */
  readonly waiting: () => readonly MemoryDeposit[]
  /** A3: a new admission secret; the one before stays good. */
  readonly rotateAdmission: () => AdmissionSecret
  /** How many connections were ever dialed, and how many are open. */
  readonly dialed: () => number
  readonly open: () => number
  /** All requests so far, in order. */
  readonly requests: readonly { readonly connection: number; readonly request: Request }[]
}

type Connection = {
  readonly number: number
  readonly challenge: Challenge
  /** The public key proven for each role and log. */
  readonly opened: Map<string, Uint8Array>
  /** The next seq for each watched log. */
  readonly watches: Map<string, number>
  readonly deliver: (frame: Uint8Array) => void
  readonly end: () => void
}

type Waiting = ReturnType<typeof createWaiting>

type State = {
  readonly signing: KeyPair
  readonly staticKey: Uint8Array
  readonly logs: Map<string, MemoryLog>
  readonly connections: Set<Connection>
  readonly deposits: Waiting
  readonly heard: { connection: number; request: Request }[]
  /** Newest first; two are good. */
  secrets: readonly AdmissionSecret[]
  misdeeds: Misdeeds
  dialed: number
  deaf: boolean
}

export const createMemoryRelay = (name = 'relay'): MemoryRelay => {
  const seed = (text: string): Uint8Array => sha256(utf8(`${name}: ${text}`))
  const signing = keyPairFromSeed(seed('signing'))
  const state: State = {
    signing,
    staticKey: seed('static'),
    logs: new Map(),
    connections: new Set(),
    deposits: createWaiting(),
    heard: [],
    secrets: [seed('admission') as AdmissionSecret],
    misdeeds: {},
    dialed: 0,
    deaf: false,
  }
  return {
    address: `memory://${name}`,
    relayKey: { staticKey: state.staticKey, signingKey: signing.publicKey },
    signing,
    admission: state.secrets[0] as AdmissionSecret,
    dial: (_, events) => connect(state, events),
    logs: state.logs,
    log: (id) => existing(state.logs.get(logKey(id))),
    misbehave: (misdeeds = {}) => {
      state.misdeeds = misdeeds
    },
    cut: (connection) => {
      for (const one of [...state.connections])
        if (connection === undefined || one.number === connection) one.end()
    },
    refuseDialing: (refuse) => {
      state.deaf = refuse
    },
    pass: (seconds) => {
      for (const id of due(state.deposits, state.logs, seconds)) serveWatchers(state, id, undefined)
    },
    waiting: () => state.deposits.waiting,
    rotateAdmission: () => {
      const next = sha256(state.secrets[0] as Uint8Array) as AdmissionSecret
      state.secrets = [next, ...state.secrets].slice(0, 2)
      return next
    },
    dialed: () => state.dialed,
    open: () => state.connections.size,
    requests: state.heard,
  }
}

const existing = (log: MemoryLog | undefined): MemoryLog => {
  if (log === undefined) throw new Error('no such log')
  return log
}

/** Both directions are queues of microtasks; after the end nothing arrives on either side. */
const connect = (state: State, events: Parameters<Dial>[1]): ReturnType<Dial> => {
  state.dialed += 1
  let over = false
  const connection: Connection = {
    number: state.dialed,
    challenge: sha256(utf8(`challenge ${state.dialed}`), state.staticKey) as Challenge,
    opened: new Map(),
    watches: new Map(),
    deliver: (frame) => queueMicrotask(() => over || events.onFrame(frame)),
    end: () => {
      if (!over) queueMicrotask(events.onClose)
      over = true
      state.connections.delete(connection)
    },
  }
  state.connections.add(connection)
  if (state.deaf) connection.end()
  else say(state, connection, { type: 'greeting', version: WIRE_VERSION, challenge: connection.challenge })
  return {
    send: (frame) => {
      const sent = frame.slice()
      queueMicrotask(() => over || hear(state, connection, sent))
    },
    close: connection.end,
  }
}

const say = (state: State, connection: Connection, event: Event, request?: Request): void => {
  const frames = state.misdeeds.answer?.(event, request, connection.number) ?? [event]
  for (const frame of frames) connection.deliver(frame instanceof Uint8Array ? frame : encodeEvent(frame))
}

const hear = (state: State, connection: Connection, frame: Uint8Array): void => {
  const decoded = frame.length > MAX_REQUEST_BYTES ? undefined : decodeRequest(frame)
  if (!decoded?.ok) {
    connection.end()
    return
  }
  const request = decoded.value
  state.heard.push({ connection: connection.number, request })
  const fate = state.misdeeds.receive?.(request, connection.number)
  if (fate === 'close') connection.end()
  if (fate === undefined) answer(state, connection, request)
}

/** E2: the receipt first, the watchers after it. */
const answer = (state: State, connection: Connection, request: Request): void => {
  const { ref } = request
  const found = state.misdeeds.refuse?.(request, connection.number) ?? answerTo(state, connection, request)
  if (!isEvent(found)) {
    say(state, connection, { type: 'refused', ref, refusal: found }, request)
    return
  }
  say(state, connection, found, request)
  if (request.type === 'append') serveWatchers(state, request.log, undefined)
  if (request.type === 'watch') serveWatchers(state, request.log, connection)
}

const isEvent = (answer: Event | Refusal): answer is Event => 'ref' in answer

const NONE: Refusal = { type: 'none' }

const answerTo = (state: State, connection: Connection, request: Request): Event | Refusal => {
  switch (request.type) {
    case 'create':
      return create(state, request)
    case 'open':
      return open(state, connection, request)
    case 'append':
      return append(state, connection, request)
    case 'read':
      return read(state, connection, request)
    case 'watch':
      return watch(state, connection, request)
    case 'unwatch':
      if (visible(state, connection, request.log, 'reader') === undefined) return NONE
      connection.watches.delete(logKey(request.log))
      return { type: 'ok', ref: request.ref }
    case 'deposit':
      return deposit(state, connection, request)
    case 'cancel':
      if (visible(state, connection, request.log, 'writer') === undefined) return NONE
      return cancelOf(state.deposits, request) ? { type: 'ok', ref: request.ref } : NONE
    case 'ping':
      return { type: 'pong', ref: request.ref, padding: request.padding }
    default:
      return unreachable(request)
  }
}

type Asked<T extends Request['type']> = Extract<Request, { type: T }>

const create = (state: State, request: Asked<'create'>): Event | Refusal => {
  const log = newMemoryLog(request.policy)
  if (log === undefined) return NONE
  if (!state.secrets.some((secret) => verifyAdmission(secret, log.id, request.admission))) return NONE
  if (!state.logs.has(logKey(log.id))) state.logs.set(logKey(log.id), log)
  return { type: 'ok', ref: request.ref }
}

const open = (state: State, connection: Connection, request: Asked<'open'>): Event | Refusal => {
  const log = state.logs.get(logKey(request.log))
  const binding: ChannelBinding = { relayStaticKey: state.staticKey, challenge: connection.challenge }
  if (log === undefined || !verifyAccess(request, binding, request.log, request.role)) return NONE
  const keys = request.role === 'reader' ? log.policy.readers : log.policy.writers
  if (!keys.some((hash) => sameBytes(hash, sha256(request.publicKey)))) return NONE
  connection.opened.set(`${request.role} ${logKey(request.log)}`, request.publicKey)
  const head = headOf(state.signing.secretKey, viewOf(state, connection, log, 'read'))
  return { type: 'opened', ref: request.ref, head, admission: state.secrets[0] as AdmissionSecret }
}

const viewOf = (
  state: State,
  connection: Connection,
  log: MemoryLog,
  purpose: 'read' | 'append',
): MemoryLog => state.misdeeds.view?.(log, connection.number, purpose) ?? log

/** A5. */
const visible = (state: State, connection: Connection, id: LogId, role: Role): MemoryLog | undefined => {
  const log = connection.opened.has(`${role} ${logKey(id)}`) ? state.logs.get(logKey(id)) : undefined
  return log && viewOf(state, connection, log, role === 'reader' ? 'read' : 'append')
}

/** R2 gives the order. */
const append = (state: State, connection: Connection, request: Asked<'append'>): Event | Refusal => {
  const log = visible(state, connection, request.log, 'writer')
  if (log === undefined) return NONE
  if (!fits(log, request, connection.opened.get(`writer ${logKey(log.id)}`))) return { type: 'size' }
  if (!staysInShare(state.deposits, log, request)) return { type: 'full' }
  makeRoom(state.deposits, log, request.blob.length)
  if (logIsFull(log)) return { type: 'full' }
  const head = log.entries.length as Head
  if (request.ifHead !== undefined && request.ifHead !== head) return { type: 'conflict', head }
  const seq = appendTo(log, request.blob, request.writer)
  return { type: 'receipt', ref: request.ref, head: headOf(state.signing.secretKey, log, seq) }
}

const deposit = (state: State, connection: Connection, request: Asked<'deposit'>): Event | Refusal => {
  const log = visible(state, connection, request.log, 'writer')
  if (log === undefined) return NONE
  if (request.blob.length > MAX_DEPOSIT_BYTES) return { type: 'size' }
  const key = connection.opened.get(`writer ${logKey(log.id)}`)
  if (!fits(log, request, key)) return { type: 'size' }
  if (logIsFull(log)) return { type: 'full' }
  const made = depositInto(state.deposits, log, request)
  if (made === 'slow') return { type: 'slow', seconds: 900 }
  return made === 'full' ? { type: 'full' } : { type: 'ok', ref: request.ref }
}

/** E3, L2, L7. The policy holds the hash of a writer's key; the key itself is the one that opened the log. */
const fits = (
  log: MemoryLog,
  request: Pick<Asked<'append'>, 'blob' | 'lifeDays' | 'writer'>,
  publicKey: Uint8Array = new Uint8Array(32),
): boolean => {
  const { blob, lifeDays, writer } = request
  if (!BUCKETS.some((bucket) => bucket === blob.length) || lifeDays > log.policy.ttlDays) return false
  if (!log.policy.writerSigned || writer === undefined)
    return log.policy.writerSigned === (writer !== undefined)
  const listed = log.policy.writers[writer.index]
  const own = listed !== undefined && sameBytes(listed, sha256(publicKey))
  return own && verifyEntry(publicKey, log.id, blob, writer.signature)
}

const read = (state: State, connection: Connection, request: Asked<'read'>): Event | Refusal => {
  const log = visible(state, connection, request.log, 'reader')
  if (log === undefined) return NONE
  const head = headOf(state.signing.secretKey, log)
  const entries = pageOf(log, request.from, request.max)
  return { type: 'entries', ref: request.ref, log: request.log, entries, head }
}

const watch = (state: State, connection: Connection, request: Asked<'watch'>): Event | Refusal => {
  if (visible(state, connection, request.log, 'reader') === undefined) return NONE
  connection.watches.set(logKey(request.log), request.from)
  return { type: 'ok', ref: request.ref }
}

/** F6. A newcomer gets a page even if it is empty; otherwise everybody who watches gets what is new. */
const serveWatchers = (state: State, id: LogId, newcomer: Connection | undefined): void => {
  if (newcomer !== undefined && serve(state, newcomer, id) === 0) serve(state, newcomer, id, true)
  if (newcomer === undefined) for (const connection of state.connections) serve(state, connection, id)
}

/** Answers with the number of frames. */
const serve = (state: State, connection: Connection, id: LogId, evenEmpty = false): number => {
  const log = visible(state, connection, id, 'reader')
  let from = connection.watches.get(logKey(id))
  if (log === undefined || from === undefined) return 0
  const head = headOf(state.signing.secretKey, log)
  let frames = 0
  while (from <= log.entries.length || (evenEmpty && frames === 0)) {
    const entries = pageOf(log, from)
    from = Math.max(from, (entries.at(-1)?.seq ?? 0) + 1)
    say(state, connection, { type: 'entries', ref: 0, log: id, entries, head })
    frames += 1
  }
  connection.watches.set(logKey(id), from)
  return frames
}
