/**
 * What stands between the network and the relay, asked about every HTTP request before anything else happens. It has no
 * memory of its own (callers.ts, door.ts) and writes nothing about anybody anywhere.
 */
import type { IncomingMessage } from 'node:http'
import type { Log } from '../log.ts'
import type { RelayLimits } from '../relay/limits.ts'
import { type AddressSet, callerOf, isPrivate } from './addresses.ts'
import { type Caller, createCallers, newCaller } from './callers.ts'
import { createDoor, type Door } from './door.ts'
import { isOurHost, isOurOrigin, type Side } from './headers.ts'

/** What the operator says about this relay's place in the network. */
export type EdgeSettings = {
  /** Names by which it may be called, in small letters. Addresses and localhost always may. */
  readonly hosts: readonly string[]
  /** Pages that may connect; undefined for all that came safely. */
  readonly origins: readonly string[] | undefined
  /** Proxies whose X-Forwarded-For is believed. */
  readonly isTrustedProxy: AddressSet
}

export const NO_EDGE: EdgeSettings = { hosts: [], origins: undefined, isTrustedProxy: () => false }

/** An HTTP answer that ends it. `seconds`: when to try again. */
export type No = {
  readonly status: 403 | 405 | 421 | 429
  readonly sentence: string
  readonly seconds?: number
}

export type Guard = {
  readonly door: Door
  /** Whose TCP connection it is; undefined for a proxy, which speaks for many. False: cut it off. */
  readonly peer: (address: string) => Caller | undefined | false
  readonly caller: (request: IncomingMessage) => Caller
  /** Counted and looked at; undefined lets it in. */
  readonly refusal: (request: IncomingMessage, caller: Caller) => No | undefined
  /** Beyond `refusal`. */
  readonly upgradeRefusal: (request: IncomingMessage) => No | undefined
}

export type GuardDeps = {
  readonly side: Side
  readonly edge: EdgeSettings
  readonly limits: RelayLimits
  readonly log: Pick<Log, 'warn'>
  readonly random: (size: number) => Uint8Array
  /** Milliseconds that never go back. */
  readonly now: () => number
}

const UNCOUNTED = { perSecond: 1e9, burst: 1e9 }

export const createGuard = (deps: GuardDeps): Guard => {
  const { side, edge, limits, log, now } = deps
  const isOnion = side === 'onion'
  // tor hands everybody in from one address: they are one caller, whose limits are those of the door
  const prefix = isOnion ? { ...limits.onion, faults: UNCOUNTED } : limits.prefix
  const door = createDoor({ limits: limits[side], prefix, now })
  const everybody = newCaller(prefix)
  const callers = createCallers({ ...deps, limits: prefix })
  let isProxyKnown = isOnion
  const isUnknownProxy = ({ headers, socket }: IncomingMessage): boolean => {
    const peer = socket.remoteAddress ?? ''
    return headers['x-forwarded-for'] !== undefined && isPrivate(peer) && !edge.isTrustedProxy(peer)
  }
  const of = (address: string): Caller => (isOnion ? everybody : callers.of(address))
  return {
    door,
    peer: (address) => {
      if (isOnion) return isPrivate(address) && everybody
      return edge.isTrustedProxy(address) ? undefined : of(address)
    },
    caller: (request) => {
      if (!isProxyKnown && isUnknownProxy(request)) {
        isProxyKnown = true
        log.warn('a proxy seems to stand in front, and all behind it count as one: set TOCSIN_TRUSTED_PROXY')
      }
      return of(callerOf(request, edge.isTrustedProxy))
    },
    refusal: ({ headers }, caller) => {
      const seconds = door.knock(caller)
      if (seconds > 0) return tooMany(seconds)
      return isOurHost(headers.host, side, edge.hosts) ? undefined : NOT_OURS
    },
    upgradeRefusal: ({ headers }) =>
      isOurOrigin(headers.origin, headers.host, edge.origins) ? undefined : UNSAFE_PAGE,
  }
}

const NOT_OURS: No = {
  status: 421,
  sentence: 'This relay is not known by that name: whoever runs it can add the name to TOCSIN_HOSTS.',
}
const UNSAFE_PAGE: No = {
  status: 403,
  sentence:
    'Pages may connect only if they came over TLS, from this machine or from an onion service, and are not ruled out by TOCSIN_ORIGINS.',
}

export const tooMany = (seconds: number): No => ({
  status: 429,
  sentence: `Too many connections from there, or to here: try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  seconds,
})
