/** What a connection is to the relay's functions: its peer, what it has proven, and what it shares with all others. Types only. */
import type { ChannelBinding } from '../../shared/protocol/access.ts'
import type { SignedHead } from '../../shared/protocol/chain.ts'
import type { Day, LogId } from '../../shared/protocol/ids.ts'
import type { Counts } from './counts.ts'
import type { Purse, Supplies } from './creation.ts'
import type { Delivery, Watch } from './delivery.ts'
import type { InTurn } from './inTurn.ts'
import type { Rate, RelayLimits } from './limits.ts'
import type { Framing } from './pages.ts'
import type { Admission, Clock, Outlet, Standing, Store } from './ports.ts'
import type { Bucket, Buckets } from './rates.ts'
import type { Releasing } from './releasing.ts'
import type { Session } from './session.ts'
import type { WriteQueue } from './writeQueue.ts'

export type Peer = {
  readonly outlet: Outlet
  /** The relay cannot keep its word to this peer: end the connection. */
  readonly fail: (error: unknown) => void
  /** Bits of work that are missing for a creation; 0 and it is paid for, out of the connection's own purse and those it shares. */
  readonly payCreation: (own: Purse, brought: number) => number
  /** It asked for something that it cannot have (NONE). */
  readonly strayed: () => void
}

/** Whether entries carry their writers' signatures (L7). */
export type LogKind = 'plain' | 'signed'
/** Of each connection, and of each key of a log over all connections. */
export type AppendRates = { readonly connection: Rate; readonly keys: Buckets }

/** What one connection has. */
export type Link = {
  readonly shared: Shared
  readonly peer: Peer
  readonly binding: ChannelBinding
  session: Session
  readonly appends: Record<LogKind, Bucket>
  frames: Bucket
  readonly creates: Purse
  used: boolean
  readonly watches: Map<string, Watch>
}

/** What connections use of each other's: nothing. What they use of the relay's: this. */
export type Shared = {
  readonly store: Store
  readonly clock: Clock
  readonly counts: Counts
  readonly limits: RelayLimits
  /** X25519, public; access proofs are bound to it (A2). */
  readonly staticKey: Uint8Array
  readonly admission: () => Admission
  readonly framing: Framing
  readonly today: () => Day
  /** One signature for one standing, however often it is asked for. */
  readonly sign: (id: LogId, at: Standing) => SignedHead
  readonly queue: WriteQueue
  readonly delivery: Delivery
  readonly rates: Readonly<Record<LogKind, AppendRates>>
  readonly releasing: Pick<Releasing, 'now' | 'expect'>
  /** Deposits and cancels. */
  readonly inTurn: InTurn
  readonly supplies: Supplies
}
