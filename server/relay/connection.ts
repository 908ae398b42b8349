/**
 * One connection: requests in, answers out, each decided here or handed to the store. Everything that lasts longer than
 * the connection is in relay.ts. Not here: sockets, timers, bytes of websocket frames.
 */

import { decode } from '../../shared/base/codec.ts'
import { unreachable } from '../../shared/base/unreachable.ts'
import type { Challenge } from '../../shared/protocol/access.ts'
import { decodeRequest, type Event, encodeEvent, type Request } from '../../shared/protocol/frames.ts'
import { type LogId, logKey } from '../../shared/protocol/ids.ts'
import { logIdOf, policy } from '../../shared/protocol/policy.ts'
import type { Refusal } from '../../shared/protocol/refusals.ts'
import { bitsBrought, checkOpen, DECOY_STANDING, isAdmitted } from './access.ts'
import { AWAY, requestAppend } from './appending.ts'
import { newPurse } from './creation.ts'
import { requestCancel, requestDeposit } from './depositing.ts'
import { FRAMES_OF_SLOW } from './limits.ts'
import type { Link, Peer, Shared } from './link.ts'
import type { Page } from './ports.ts'
import { fullBucket, refilled, spent, waitSeconds } from './rates.ts'
import { newSession, openForReading, withProven } from './session.ts'

export type Connection = {
  /** The greeting, framed (A1). */
  readonly greeting: () => Uint8Array
  /** `malformed`: close with 4400, nothing happened. Else settles when the request is answered. */
  readonly handle: (frame: Uint8Array) => 'malformed' | Promise<void>
  /** Milliseconds for which this connection is to be read no further, after a frame of so many bytes (R3). */
  readonly pauseAfter: (bytes: number) => number
  readonly drained: () => void
  /** True once a log was opened or created. */
  readonly isUsed: () => boolean
  readonly end: () => void
}

/** Methods, not arrows: the loader gives every arrow that has a name an object of 256 bytes to keep the name in. */
export const createConnection = (shared: Shared, peer: Peer, challenge: Challenge): Connection => {
  const { limits, clock } = shared
  const link: Link = {
    shared,
    peer,
    binding: { relayStaticKey: shared.staticKey, challenge },
    session: newSession,
    appends: {
      plain: fullBucket(limits.connectionAppends),
      signed: fullBucket(limits.signedConnectionAppends),
    },
    frames: fullBucket(limits.connectionFrames),
    creates: newPurse(limits.connectionCreates),
    used: false,
    watches: new Map(),
  }
  return {
    greeting() {
      return shared.framing(encodeEvent({ type: 'greeting', version: 1, challenge }))
    },
    handle(frame) {
      shared.counts.frames += 1
      shared.counts.receivedBytes += frame.length
      const decoded = decodeRequest(frame)
      if (!decoded.ok || isMalformed(decoded.value)) return 'malformed'
      return answer(link, decoded.value).catch(peer.fail)
    },
    pauseAfter(bytes) {
      const { connectionFrames } = limits
      link.frames = spent(refilled(link.frames, connectionFrames, clock()), 1 + Math.floor(bytes / 65_536))
      return 1000 * waitSeconds(link.frames, connectionFrames, 0)
    },
    drained() {
      for (const watch of link.watches.values()) shared.delivery.drained(watch)
    },
    isUsed() {
      return link.used
    },
    end() {
      for (const watch of link.watches.values()) shared.delivery.end(watch)
      link.watches.clear()
    },
  }
}

/** F1: refs count from 1; a policy is as strict as a frame (C1). */
const isMalformed = (request: Request): boolean =>
  request.ref === 0 || (request.type === 'create' && !decode(policy, request.policy).ok)

const send = (link: Link, event: Event): void => {
  if (event.type === 'refused') refused(link, event.refusal)
  const framed = link.shared.framing(encodeEvent(event))
  link.shared.counts.sentBytes += framed.length
  link.peer.outlet.write(framed)
}

const refused = (link: Link, refusal: Refusal): void => {
  link.shared.counts.refused[refusal === AWAY ? 'away' : refusal.type] += 1
  if (refusal.type === 'none') link.peer.strayed()
  if (refusal.type === 'slow') impatient(link)
}

/** Never for longer than a peer may be silent: its pongs are not read either. */
const impatient = (link: Link): void => {
  const { burst } = link.shared.limits.connectionFrames
  const { tokens, at } = link.frames
  link.frames = { tokens: Math.max(-burst, tokens - FRAMES_OF_SLOW), at }
}

const refuse = (link: Link, ref: number, refusal: Refusal): void =>
  send(link, { type: 'refused', ref, refusal })

const answer = async (link: Link, request: Request): Promise<void> => {
  switch (request.type) {
    case 'create':
      return create(link, request)
    case 'open':
      return open(link, request)
    case 'append':
      return send(link, await requestAppend(link, request))
    case 'read':
      return read(link, request)
    case 'watch':
      return watch(link, request)
    case 'unwatch':
      return unwatch(link, request)
    case 'deposit':
      return send(link, await requestDeposit(link, request))
    case 'cancel':
      return send(link, await requestCancel(link, request))
    case 'ping':
      return send(link, { type: 'pong', ref: request.ref, padding: request.padding })
    default:
      return unreachable(request)
  }
}

/** The relay has no room for new logs; old ones are served. */
const SHORT: Refusal = { type: 'slow', seconds: 300 }

type Of<T extends Request['type']> = Extract<Request, { type: T }>

const create = async (link: Link, request: Of<'create'>): Promise<void> => {
  const { shared } = link
  const id = logIdOf(request.policy)
  const brought = bitsBrought(request, link.binding, id)
  if (!isAdmitted(shared.admission(), id, request.admission))
    return refuse(link, request.ref, { type: 'none' })
  if (!shared.supplies.mayCreate()) return refuse(link, request.ref, SHORT)
  const bits = link.peer.payCreation(link.creates, brought)
  if (bits > 0) return refuse(link, request.ref, { type: 'busy', bits })
  const made = await shared.store.create(id, request.policy, shared.today())
  if (made === 'away') return refuse(link, request.ref, AWAY)
  link.used = true
  send(link, { type: 'ok', ref: request.ref })
}

/** A5: the same steps whether the log exists or not, a signature included. */
const open = async (link: Link, request: Of<'open'>): Promise<void> => {
  const { shared, binding } = link
  const found = await shared.store.find(request.log, shared.today())
  if (found === 'away') return refuse(link, request.ref, AWAY)
  const opening = checkOpen(request, binding, found?.policy)
  const head = shared.sign(request.log, found ?? { ...DECOY_STANDING }) // a new one each time: known ones are signed already
  if (opening === undefined) return refuse(link, request.ref, { type: 'none' })
  const isNew = !link.session.has(logKey(request.log))
  if (isNew && link.session.size >= shared.limits.openLogs)
    return refuse(link, request.ref, { type: 'slow', seconds: 3600 })
  link.session = withProven(link.session, {
    id: request.log,
    role: request.role,
    publicKey: request.publicKey,
    ...opening,
  })
  link.used = true
  send(link, { type: 'opened', ref: request.ref, head, admission: shared.admission().current })
}

const read = async (link: Link, request: Of<'read'>): Promise<void> => {
  const { shared } = link
  const log = openForReading(link.session, request.log)
  const page = log && (await pageOf(shared, request))
  if (page === 'away') return refuse(link, request.ref, AWAY)
  if (page === undefined) return refuse(link, request.ref, { type: 'none' })
  const head = shared.sign(request.log, page.at)
  send(link, { type: 'entries', ref: request.ref, log: request.log, entries: page.entries, head })
}

/** The store's word, since other relays write too; what watches have in memory while the store is away. */
const pageOf = async (shared: Shared, { log, from, max }: Of<'read'>): Promise<Page | 'away' | undefined> => {
  const page = await shared.store.read(log, from, max, shared.today())
  return page === 'away' ? (shared.delivery.recent(log, from, max) ?? page) : page
}

const watch = async (link: Link, request: Of<'watch'>): Promise<void> => {
  const log = openForReading(link.session, request.log)
  if (log === undefined) return refuse(link, request.ref, { type: 'none' })
  endWatch(link, log.id)
  send(link, { type: 'ok', ref: request.ref })
  const { outlet, fail } = link.peer
  const started = link.shared.delivery.watch({ id: log.id, from: request.from, outlet, failed: fail })
  link.watches.set(logKey(log.id), started)
}

/** F7: no entry follows the answer. */
const unwatch = async (link: Link, request: Of<'unwatch'>): Promise<void> => {
  const log = openForReading(link.session, request.log)
  if (log === undefined) return refuse(link, request.ref, { type: 'none' })
  endWatch(link, log.id)
  send(link, { type: 'ok', ref: request.ref })
}

const endWatch = (link: Link, id: LogId): void => {
  const known = link.watches.get(logKey(id))
  if (known) link.shared.delivery.end(known)
  link.watches.delete(logKey(id))
}
