/**
 * What this device knows of one log (protocol.md section 4.7): where it stands, the heads that the relay signed, and the
 * newest entries as hashes, to compare with what other members say they saw.
 * Not here: how it learns (observe.ts), what a stranger can check (evidence.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  decode,
  list,
  mapped,
  oneByteOf,
  option,
  struct,
  u48,
} from '../../../shared/base/codec.ts'
import { firstChain, type SignedHead, signedHead } from '../../../shared/protocol/chain.ts'
import { type Chain, chain, type Head, head, type LogId, logId } from '../../../shared/protocol/ids.ts'
import { type Policy, policy } from '../../../shared/protocol/policy.ts'

/** Where somebody stands in a log: the newest seq read, 0 for none, and the chain there. */
export type Mark = { readonly seq: Head; readonly chain: Chain }

/** One entry of the past: enough to compare and to prove. */
export type Link = { readonly hash: Uint8Array; readonly chain: Chain }

/** `seq` and `chain`: read to here. Immutable. */
export type Witness = Mark & {
  readonly log: LogId
  readonly cap: Policy['cap']
  /** Bytes of the blobs read. Those that came as a hash are counted in `expired`, their sizes are unknown. */
  readonly bytes: number
  readonly expired: number
  /** The newest signed head whose chain this device has computed itself. */
  readonly reached: SignedHead | undefined
  /** Signed heads and receipts above `seq`, ascending: they are checked as reading passes them. */
  readonly ahead: readonly SignedHead[]
  /** The newest entries, the last at `seq`. */
  readonly recent: readonly Link[]
}

/** Entries remembered, so that what other members claim can be compared: four full pages. */
export const REMEMBERED = 1024

/** Unreached heads kept, at most: a device has far fewer receipts waiting to be read back. */
export const MAX_AHEAD = 64

/** `policy` is encoded and must be one: the log's reader made it. */
export const newWitness = (log: { readonly id: LogId; readonly policy: Uint8Array }): Witness => {
  const decoded = decode(policy, log.policy)
  if (!decoded.ok) throw new Error('not a policy')
  return {
    log: log.id,
    cap: decoded.value.cap,
    seq: 0 as Head,
    chain: firstChain(log.id),
    bytes: 0,
    expired: 0,
    reached: undefined,
    ahead: [],
    recent: [],
  }
}

/** The newest head that the relay signed, read up to or not. */
export const newestHead = (witness: Witness): SignedHead | undefined =>
  witness.ahead.at(-1) ?? witness.reached

/** The chain at `seq`, or undefined if that is unread or too long ago. */
export const chainAt = (witness: Witness, seq: number): Chain | undefined => {
  if (seq === 0) return firstChain(witness.log)
  return linkAt(witness, seq)?.chain
}

/** The entry at `seq`, or undefined if it is unread or too long ago. */
export const linkAt = (witness: Witness, seq: number): Link | undefined =>
  seq > witness.seq ? undefined : witness.recent.at(seq - witness.seq - 1)

/**
 * What another member says it saw, against this device's own reading. behind: it has seen more; if the relay has no more
 * to give, the relay holds something back. fork: the relay showed two different logs, or that member lies.
 * unknown: too long ago, or read by neither up to a chain that can be compared.
 */
export const comparePeer = (witness: Witness, peer: Mark): 'agree' | 'behind' | 'fork' | 'unknown' => {
  const mine =
    peer.seq <= witness.seq
      ? chainAt(witness, peer.seq)
      : witness.ahead.find((signed) => signed.head === peer.seq)?.chain
  if (mine !== undefined) return sameBytes(mine, peer.chain) ? 'agree' : 'fork'
  return peer.seq > witness.seq ? 'behind' : 'unknown'
}

/** Entries remembered on disk: a witness is stored often, and these 8 KiB cover what is claimed after a restart. */
const STORED = 128

const stored = struct({
  version: oneByteOf([1]),
  log: logId,
  cap: oneByteOf([0, 1, 2]),
  seq: head,
  chain,
  bytes: u48,
  expired: u48,
  reached: option(signedHead),
  ahead: list(signedHead, MAX_AHEAD),
  recent: list(struct({ hash: bytes(32), chain }), STORED),
})

/** For the vault. What is read back is the same witness with a shorter memory. */
export const witness: Codec<Witness> = mapped(
  stored,
  ({ version: _, ...value }) => value,
  (value) => ({ ...value, version: 1 as const, recent: value.recent.slice(-STORED) }),
)
