/**
 * Staying connected to one relay for one group: performs what connection.ts decides, and takes up every watch again
 * after a loss. The contract is in relay.ts.
 */

import { sameBytes } from '../../../shared/base/bytes.ts'
import { err, type Result } from '../../../shared/base/result.ts'
import type { AdmissionSecret, Challenge } from '../../../shared/protocol/access.ts'
import { type Head, logKey } from '../../../shared/protocol/ids.ts'
import { append } from './appending.ts'
import { type Calls, createCalls, type EntriesEvent } from './calls.ts'
import { type Connection, FIRST_DIAL, type Happening, step } from './connection.ts'
import { cancel, deposit } from './depositing.ts'
import {
  askWatch,
  create,
  floorOf,
  type Line,
  openNow,
  pull,
  type Standing,
  type Watch,
} from './operations.ts'
import type { Socket } from './ports.ts'
import type { Failure, LogAccess, Relay, RelayDeps, RelayState, Watcher } from './relay.ts'

/** Milliseconds between two signs of life: shorter than the half minute after which mobile networks forget a connection. */
const BEAT_MS = 20_000
const BEAT_JITTER_MS = 8000

type Link = { readonly socket: Socket; readonly calls: Calls; line: Line | undefined }

type Own = {
  readonly deps: RelayDeps
  readonly standing: Standing
  readonly listeners: Set<(state: RelayState) => void>
  readonly watches: Map<string, Watch>
  /** Calls that wait for the outcome of the dial under way. */
  readonly waiters: Set<(line: Line | undefined) => void>
  connection: Connection
  link: Link | undefined
  cancelTimer: () => void
  closed: boolean
}

/** Dials at once. */
export const createRelay = (deps: RelayDeps): Relay => {
  const own: Own = {
    deps,
    standing: newStanding(deps),
    listeners: new Set(),
    watches: new Map(),
    waiters: new Set(),
    connection: FIRST_DIAL,
    link: undefined,
    cancelTimer: () => undefined,
    closed: false,
  }
  dial(own)
  return {
    state: () => stateOf(own),
    onState: (listener) => {
      own.listeners.add(listener)
      return () => void own.listeners.delete(listener)
    },
    create: (access) => online(own, (line) => create(own.standing, line, access)),
    open: (access, roles) =>
      online(own, async (line) => {
        const all = roles.map((role) => openNow(own.standing, line, access, role))
        const heads = await Promise.all(all)
        return heads.reduce((a, b) => ((a.ok && b.ok && b.value.head < a.value.head) || !a.ok ? a : b))
      }),
    append: (access, blob, options) =>
      online(own, (line) => append(own.standing, line, access, { blob, options })),
    deposit: (access, one) => online(own, (line) => deposit(own.standing, line, access, one)),
    cancel: (access, name, token) =>
      online(own, (line) => cancel(own.standing, line, access, { name, token })),
    pull: (access, witness) => online(own, (line) => pull(own.standing, line, access, witness)),
    watch: (access, watcher) => watch(own, access, watcher),
    close: () => close(own),
  }
}

const newStanding = (deps: RelayDeps): Standing => {
  let admission = deps.admission
  return {
    relayKey: deps.relayKey,
    timer: deps.timer,
    admission: () => admission,
    learnAdmission: (secret: AdmissionSecret) => {
      if (sameBytes(secret, admission)) return
      admission = secret
      deps.onAdmission(secret)
    },
  }
}

const stateOf = ({ closed, connection }: Own): RelayState =>
  closed || connection.state === 'waiting' ? 'offline' : connection.state

/** Moves the machine and does what the new state means. */
const happen = (own: Own, happening: Happening): void => {
  const before = stateOf(own)
  const next = step(own.connection, happening, own.deps.random())
  if (own.closed || next === own.connection) return
  own.connection = next
  if (happening === 'lost') rest(own)
  if (happening === 'due') dial(own)
  const now = stateOf(own)
  if (now !== before) for (const listener of own.listeners) listener(now)
}

const rest = (own: Own): void => {
  unlink(own)
  const { redial = own.deps.timer } = own.deps
  if (own.connection.state === 'waiting')
    own.cancelTimer = redial(own.connection.delayMs, () => happen(own, 'due'))
}

/** Everything that waits for this connection hears that it is gone. */
const unlink = (own: Own): void => {
  const { link } = own
  own.link = undefined
  own.cancelTimer()
  link?.calls.end()
  link?.socket.close()
  letGo(own, undefined)
}

const letGo = (own: Own, line: Line | undefined): void => {
  const waiters = [...own.waiters]
  own.waiters.clear()
  for (const waiter of waiters) waiter(line)
}

const dial = (own: Own): void => {
  const lost = (): void => {
    if (own.link === link) happen(own, 'lost')
  }
  const calls = createCalls({
    send: (frame) => link.socket.send(frame),
    timer: own.deps.timer,
    onGreeting: (challenge) => greeted(own, link, challenge),
    onEntries: (event) => deliver(own, event),
    onBroken: lost,
  })
  const socket = own.deps.dial(own.deps.address, { onFrame: calls.hear, onClose: lost })
  const link: Link = { socket, calls, line: undefined }
  own.link = link
}

const greeted = (own: Own, link: Link, challenge: Challenge): void => {
  const line: Line = { ask: link.calls.ask, challenge, opened: new Map() }
  link.line = line
  happen(own, 'greeted')
  letGo(own, line)
  beat(own, line)
  for (const watching of [...own.watches.values()]) void startWatch(own, line, watching)
}

/** A connection that is dead without having said so is found out by a PING that nobody answers. */
const beat = (own: Own, line: Line): void => {
  own.cancelTimer = own.deps.timer(BEAT_MS + BEAT_JITTER_MS * own.deps.random(), () => {
    void line.ask({ type: 'ping', padding: new Uint8Array(0) }, (answer) => {
      if (answer === undefined) return
      happen(own, 'settled')
      beat(own, line)
    })
  })
}

const online = async <T>(
  own: Own,
  use: (line: Line) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> => {
  const dialing = !own.closed && own.connection.state === 'dialing'
  const line = dialing
    ? await new Promise<Line | undefined>((resolve) => own.waiters.add(resolve))
    : own.link?.line
  return line === undefined ? err({ type: 'offline' }) : use(line)
}

const watch = (own: Own, access: LogAccess, watcher: Watcher): (() => void) => {
  const name = logKey(access.id)
  const watching: Watch = { access, watcher, asked: undefined, live: undefined }
  own.watches.set(name, watching)
  const line = own.link?.line
  if (line !== undefined) void startWatch(own, line, watching)
  return () => {
    if (own.watches.get(name) !== watching) return
    own.watches.delete(name)
    const now = own.link?.line
    if (now !== undefined && watching.asked === now) void now.ask({ type: 'unwatch', log: access.id })
  }
}

/** OPEN first: its head is asked for now, so a relay that rolled back while we were away shows it here (H3). */
const startWatch = async (own: Own, line: Line, watching: Watch): Promise<void> => {
  const { access, watcher } = watching
  const current = (): boolean => own.link?.line === line && own.watches.get(logKey(access.id)) === watching
  const floor = floorOf(watcher.witness())
  const open = await openNow(own.standing, line, access, 'reader')
  if (!current()) return
  if (open.ok) watcher.onPage({ log: access.id, entries: [], head: open.value, floor })
  const started = open.ok && current() ? await askWatch(own.standing, line, watching) : open
  if (started.ok || !current() || started.error.type === 'offline') return
  own.watches.delete(logKey(access.id))
  watcher.onEnd(started.error)
}

/** Only what comes after the OK is for this watcher: before it, an earlier watch of the log may still be speaking (F6). */
const deliver = (own: Own, { log, entries, head }: EntriesEvent): void => {
  const watching = own.watches.get(logKey(log))
  if (watching?.live === undefined || watching.live !== own.link?.line) return
  watching.watcher.onPage({ log, entries, head, floor: 0 as Head })
}

const close = (own: Own): void => {
  own.closed = true
  own.listeners.clear()
  own.watches.clear()
  unlink(own)
}
