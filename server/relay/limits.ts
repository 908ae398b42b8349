/** How much one connection, one key and the whole relay may ask for. Bytes and caps of the wire: shared/protocol/limits.ts. */
import { CAPS } from '../../shared/protocol/limits.ts'

/** Tokens that come back every second, and the most there can be. */
export type Rate = { readonly perSecond: number; readonly burst: number }

export type DoorLimits = {
  /** Open sockets. */
  readonly connections: number
  /** HTTP requests, most of them handshakes. */
  readonly knocks: Rate
  /** Logs that may be created without work (A4). */
  readonly creates: Rate
}

export type RelayLimits = {
  /** Appends, weighed by size, of one connection. Below `logKeyAppends`, so that one connection cannot use up a key (R3). */
  readonly connectionAppends: Rate
  /** Appends of all connections with one key of one log. In an epoch's first log all members share that key. */
  readonly logKeyAppends: Rate
  /** The same two where entries carry their writers' signatures: few are written there, and each is read by many (L9). */
  readonly signedConnectionAppends: Rate
  readonly signedKeyAppends: Rate
  /** Frames of any kind. A connection above this is read more slowly and told nothing. */
  readonly connectionFrames: Rate
  /** Logs that may be created without work by one connection (A4). */
  readonly connectionCreates: Rate
  /** Each door has budgets of its own, so that neither side can starve the other. */
  readonly web: DoorLimits
  readonly onion: DoorLimits
  /** What all connections of one address prefix may do together; behind the onion door nobody has one. */
  readonly prefix: DoorLimits & {
    /** Frames that are none, and requests answered NONE. Above this the prefix is let in and read more slowly. */
    readonly faults: Rate
  }
  /** Logs that one connection may have open. */
  readonly openLogs: number
  /** Requests, and bytes of them, that one connection may have unanswered before it is read no further. */
  readonly unanswered: number
  readonly unansweredBytes: number
  /** Bytes on their way to one peer above which nothing more is written for it until it has caught up. */
  readonly behindBytes: number
  /** Milliseconds after which a connection that opened and created nothing is closed. */
  readonly idleMs: number
  /** Milliseconds between pings; a peer that answered none of them by the next one is cut off. */
  readonly pingMs: number
  /** Bytes of newest entries kept in memory for one watched log, and for all of them. */
  readonly tailBytes: number
  readonly allTailBytes: number
  /** L3. */
  readonly caps: readonly { readonly bytes: number; readonly entries: number }[]
}

export const DEFAULT_LIMITS: RelayLimits = {
  connectionAppends: { perSecond: 20, burst: 100 },
  logKeyAppends: { perSecond: 100, burst: 2000 },
  signedConnectionAppends: { perSecond: 2, burst: 20 },
  signedKeyAppends: { perSecond: 10, burst: 100 },
  connectionFrames: { perSecond: 100, burst: 1000 },
  connectionCreates: { perSecond: 0.2, burst: 20 },
  web: {
    connections: 20_000,
    knocks: { perSecond: 500, burst: 5000 },
    creates: { perSecond: 20, burst: 1000 },
  },
  onion: {
    connections: 5000,
    knocks: { perSecond: 100, burst: 1000 },
    creates: { perSecond: 5, burst: 250 },
  },
  // a committee behind one NAT, or a provider's customers behind one address
  prefix: {
    connections: 200,
    knocks: { perSecond: 10, burst: 200 },
    creates: { perSecond: 1, burst: 200 },
    faults: { perSecond: 2, burst: 200 },
  },
  openLogs: 512,
  unanswered: 64,
  unansweredBytes: 4 << 20,
  behindBytes: 1 << 20,
  idleMs: 60_000,
  pingMs: 30_000,
  tailBytes: 1 << 20,
  allTailBytes: 64 << 20,
  caps: CAPS,
}

/** Bytes of blob that weigh as much as one append: the largest blob weighs four more, so that one connection writes 5 MiB at once and then 1 MiB a second. */
export const BYTES_PER_TOKEN = 65_536

/** Frames that a request weighs which was answered SLOW: who asks on and on instead of waiting is soon hardly read. */
export const FRAMES_OF_SLOW = 50
