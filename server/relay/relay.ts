/**
 * The relay without its edges: what all connections share, put together from pure parts. Give it a store, a clock and
 * its keys; server/routes gives it sockets. Nothing here can open an entry or tell one kind from another.
 */
import type { Challenge } from '../../shared/protocol/access.ts'
import { type SignedHead, type SignHead, signHead } from '../../shared/protocol/chain.ts'
import { type Day, type LogId, logKey } from '../../shared/protocol/ids.ts'
import { type Connection, createConnection } from './connection.ts'
import { type Counts, newCounts } from './counts.ts'
import type { Supplies } from './creation.ts'
import { createDelivery } from './delivery.ts'
import { createInTurn } from './inTurn.ts'
import type { RelayLimits } from './limits.ts'
import type { Peer, Shared } from './link.ts'
import type { Framing } from './pages.ts'
import type { Admission, Bus, Clock, Later, NewEntry, Outcome, Standing, Store } from './ports.ts'
import { createBuckets } from './rates.ts'
import { createReleasing, type Releasing } from './releasing.ts'
import type { FreshEntry } from './tail.ts'
import { createWriteQueue } from './writeQueue.ts'

export type RelayDeps = {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly limits: RelayLimits
  /** For heads and receipts (H1). */
  readonly signHead: SignHead
  /** X25519, public; access proofs are bound to it (A2). */
  readonly staticKey: Uint8Array
  readonly admission: () => Admission
  readonly random: (size: number) => Uint8Array
  readonly framing: Framing
  readonly supplies: Supplies
  readonly soon: (run: () => void) => void
  readonly later: Later
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: Clock
}

/**
 * Numbers about the whole relay; the only ones that may be logged. `waiting`: appends on their way to the store.
 * `delivered`: entries handed to watchers.
 */
export type Totals = Readonly<Counts> & {
  readonly waiting: number
  readonly watchedLogs: number
  readonly delivered: number
}

export type Relay = {
  readonly connect: (peer: Peer) => Connection
  readonly totals: () => Totals
  /** What waits to be appended: begun and ended by whoever made the relay. */
  readonly releasing: Pick<Releasing, 'start' | 'look' | 'stop'>
  /** Resolves when every append that was taken is durable and answered. */
  readonly idle: () => Promise<void>
}

const DAY_MS = 86_400_000

export const dayOf = (ms: number): Day => Math.floor(ms / DAY_MS) as Day

export const createRelay = (deps: RelayDeps): Relay => {
  const { limits } = deps
  const today = (): Day => dayOf(deps.clock())
  const sign = createSigner(deps.signHead)
  const delivery = createDelivery({ ...deps, today, sign })
  deps.bus.onHint(delivery.grown)
  const counts = newCounts()

  const committed = (batch: readonly NewEntry[], outcomes: readonly Outcome[]): void => {
    const groups = groupCommitted(batch, outcomes)
    for (const { id, fresh, at } of groups) {
      counts.appended += fresh.length
      delivery.committed(id, fresh, at)
    }
    if (groups.length > 0) deps.bus.announce(groups.map(({ id }) => id))
  }
  /** Watchers ask the store. */
  const grown = (ids: readonly LogId[]): void => {
    delivery.grown(ids)
    deps.bus.announce(ids)
  }
  /** After a rejection nobody knows whether it happened. */
  const write = async (batch: readonly NewEntry[]): Promise<readonly Outcome[]> => {
    try {
      return await deps.store.append(batch, today())
    } catch (error) {
      grown(batch.map(({ log }) => log))
      throw error
    }
  }
  const releasing = createReleasing({ ...deps, today, released: grown })
  const shared: Shared = {
    ...deps,
    today,
    sign,
    counts,
    delivery,
    queue: createWriteQueue({ write, committed, soon: deps.soon }),
    rates: {
      plain: { connection: limits.connectionAppends, keys: createBuckets(limits.logKeyAppends) },
      signed: { connection: limits.signedConnectionAppends, keys: createBuckets(limits.signedKeyAppends) },
    },
    releasing,
    inTurn: createInTurn(),
  }

  return {
    connect: (peer) => {
      counts.connections += 1
      const connection = createConnection(shared, peer, deps.random(32) as Challenge)
      return {
        ...connection,
        end() {
          counts.connections -= 1
          connection.end()
        },
      }
    },
    totals: () => ({
      ...counts,
      waiting: shared.queue.size(),
      watchedLogs: delivery.watchedLogs(),
      delivered: delivery.sent().entries,
      sentBytes: counts.sentBytes + delivery.sent().bytes,
    }),
    releasing,
    idle: shared.queue.idle,
  }
}

/** The last receipt of a batch and the head its watchers get are the same standing: they share the signature. */
const createSigner = (sign: SignHead): Shared['sign'] => {
  const made = new WeakMap<Standing, SignedHead>()
  return (id, at) => {
    const known = made.get(at)
    if (known) return known
    const signed = signHead(sign, id, at)
    made.set(at, signed)
    return signed
  }
}

type Committed = { readonly id: LogId; readonly fresh: FreshEntry[]; at: Standing }

const groupCommitted = (batch: readonly NewEntry[], outcomes: readonly Outcome[]): readonly Committed[] => {
  const groups = new Map<string, Committed>()
  batch.forEach((entry, i) => {
    const outcome = outcomes[i]
    if (outcome?.type !== 'appended') return
    const key = logKey(entry.log)
    const group = groups.get(key) ?? { id: entry.log, fresh: [], at: outcome.at }
    group.fresh.push(freshOf(entry, outcome.at))
    group.at = outcome.at
    groups.set(key, group)
  })
  return [...groups.values()]
}

const freshOf = ({ blob, writer, expiryDay }: NewEntry, at: Standing): FreshEntry => ({
  entry: { seq: at.head as number as FreshEntry['entry']['seq'], content: { type: 'blob', blob }, writer },
  goodOn: expiryDay,
})
