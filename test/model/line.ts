/**
 * One device's line to the relay, in the scheduler's hands: it may break after so many requests or appends, hold an append back, and say
 * afterwards what this device was told and what it wrote. Not here: the relay (test/support/memoryRelay.ts).
 */
import type { Dial, Timer } from '../../client/core/relay/ports.ts'
import type { Event, Request } from '../../shared/protocol/frames.ts'
import { type LogId, logKey } from '../../shared/protocol/ids.ts'
import type { MemoryRelay, Misdeeds } from '../support/memoryRelay.ts'

/** An append as the relay took it. `told`: the newest entry of that log that the device had been shown by then. */
export type Written = {
  readonly log: LogId
  readonly blob: Uint8Array
  readonly lifeDays: number
  readonly seq: number
  readonly told: number
}

/** What is left before the line breaks. */
export type Limits = { requests: number; appends: number }
type Append = Pick<Extract<Request, { type: 'append' }>, 'log' | 'blob'>

export type Line = {
  readonly dial: Dial
  readonly timer: Timer
  readonly limits: Limits
  /** Since the last call of `takeWritten`. */
  readonly takeWritten: () => readonly Written[]
  /** Appends that the relay keeps back for as long as it likes, and the line with them. */
  keepsBack: (append: Append) => boolean
  /** Those that it has kept back. */
  readonly held: Append[]
  readonly requestsSoFar: () => number
  /** No limits any more. True when the line was lost, and the session has to be opened anew. */
  readonly mend: () => boolean
  readonly end: () => void
}

/** A sync that asks more often than this does not end by itself. */
export const TOO_MANY_REQUESTS = 3000
const NO_LIMITS: Limits = { requests: TOO_MANY_REQUESTS, appends: TOO_MANY_REQUESTS }

type Own = {
  readonly relay: MemoryRelay
  readonly connections: Set<number>
  readonly written: Written[]
  readonly told: Map<string, number>
  /** As far as the scheduler sees it. */
  readonly line: Line
  requests: number
  /** Its session does not dial again by itself: no timer runs. */
  isBroken: boolean
}

const lines = new WeakMap<MemoryRelay, Own[]>()

export const openLine = (relay: MemoryRelay): Line => {
  const connections = new Set<number>()
  const timers = new Set<{ readonly delayMs: number; readonly wake: () => void }>()
  const line: Line = {
    limits: { ...NO_LIMITS },
    keepsBack: () => false,
    held: [],
    dial: (address, events) => {
      const socket = relay.dial(address, events)
      connections.add(relay.dialed())
      return socket
    },
    timer: (delayMs, wake) => {
      const one = { delayMs, wake }
      timers.add(one)
      return () => void timers.delete(one)
    },
    takeWritten: () => own.written.splice(0),
    requestsSoFar: () => own.requests,
    mend: () => {
      Object.assign(line.limits, NO_LIMITS)
      return own.isBroken
    },
    end: () => {
      for (const connection of connections) relay.cut(connection)
      connections.clear()
      timers.clear()
      own.isBroken = false
    },
  }
  const own: Own = { relay, line, connections, written: [], told: new Map(), requests: 0, isBroken: false }
  const known = lines.get(relay) ?? []
  if (known.length === 0) relay.misbehave(hooksOf(relay))
  lines.set(relay, [...known, own])
  return line
}

const hooksOf = (relay: MemoryRelay): Misdeeds => ({
  receive: (request, connection) => {
    const own = lines.get(relay)?.find((one) => one.connections.has(connection))
    return own && receive(own, request, connection)
  },
  answer: (event, request, connection) => {
    const own = lines.get(relay)?.find((one) => one.connections.has(connection))
    return own && request ? answer(own, event, request, connection) : [event]
  },
})

const receive = (own: Own, request: Request, connection: number): 'close' | undefined => {
  own.requests++
  const isKept = request.type === 'append' && own.line.keepsBack(request)
  if (isKept) own.line.held.push({ log: request.log, blob: request.blob })
  if (!isKept && own.line.limits.requests-- > 0) return undefined
  own.connections.delete(connection)
  own.isBroken = true
  return 'close'
}

const answer = (own: Own, event: Event, request: Request, connection: number): readonly Event[] => {
  if (event.type === 'entries' && request.type === 'read') tell(own, event)
  if (event.type !== 'receipt' || request.type !== 'append') return [event]
  const { log, blob, lifeDays } = request
  own.written.push({ log, blob, lifeDays, seq: event.head.head, told: own.told.get(logKey(log)) ?? 0 })
  if (--own.line.limits.appends > 0) return [event]
  own.relay.cut(connection)
  own.connections.delete(connection)
  own.isBroken = true
  return []
}

const tell = (own: Own, { log, entries }: Extract<Event, { type: 'entries' }>): void => {
  const last = entries.at(-1)?.seq ?? 0
  own.told.set(logKey(log), Math.max(last, own.told.get(logKey(log)) ?? 0))
}
