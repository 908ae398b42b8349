/**
 * What a relay can be caught at, and what of it a stranger can check (protocol.md section 4.7, P6). A proof shows
 * numbers and hashes of one log, and nothing that was written in it.
 * Not here: how a device notices (witness.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { bytes, list, option, struct, type Value } from '../../../shared/base/codec.ts'
import type { PublicKey } from '../../../shared/crypto/sodium.ts'
import {
  firstChain,
  nextChain,
  type SignedHead,
  signedHead,
  verifyHead,
} from '../../../shared/protocol/chain.ts'
import { type Chain, chain, logId, type Seq } from '../../../shared/protocol/ids.ts'

/**
 * bad_signature: a head that the relay's key did not sign. wrong_log: another log's entries. gap: entries left out, out of
 * order, or announced and not handed over. bad_chain: entries that are not those of the signed head. bad_size: a blob that is no
 * bucket. rollback: a head older than one that was known when the relay was asked (H3). fork: signed heads that cannot
 * both be true (H2). false_full, false_conflict, false_size: refusals that are not so. bad_receipt: a receipt for
 * something else than what was appended.
 */
export type LieKind =
  | 'bad_signature'
  | 'wrong_log'
  | 'gap'
  | 'bad_chain'
  | 'bad_size'
  | 'rollback'
  | 'fork'
  | 'false_full'
  | 'false_conflict'
  | 'false_size'
  | 'bad_receipt'

/** `evidence` where the relay signed both sides; whether it convinces a stranger, `provesEquivocation` says. */
export type Lie = { readonly kind: LieKind; readonly evidence?: Evidence }

/** The chain at `lower.head`, and the blob hashes of the entries from there to `upper.head`. At most 1,024. */
const path = struct({ chain, hashes: list(bytes(32), 1024) })

/** Two heads of one log, `lower.head` not above `upper.head`, and what joins them if that is known. */
export const evidence = struct({
  log: logId,
  lower: signedHead,
  upper: signedHead,
  path: option(path),
})
export type Evidence = Value<typeof evidence>

export const lie = (kind: LieKind, found?: Evidence): Lie =>
  found === undefined ? { kind } : { kind, evidence: found }

/**
 * True if no honest relay signed both heads: two different ones at one seq (H2); growth after full (L4); a first
 * chain that is not the log's (L5); or a path that leads from another chain at the lower seq to the upper head.
 * A rollback alone proves nothing to a stranger, for a head tells no time; the first append after it does.
 */
export const provesEquivocation = (
  relay: PublicKey,
  { log, lower, upper, path: joined }: Evidence,
): boolean => {
  if (!verifyHead(relay, log, lower) || !verifyHead(relay, log, upper)) return false
  if (lower.head === 0 && !sameBytes(lower.chain, firstChain(log))) return true
  if (lower.head === upper.head) return lower.full !== upper.full || !sameBytes(lower.chain, upper.chain)
  if (lower.head > upper.head) return false
  return lower.full || (joined !== undefined && leadsElsewhere(lower, upper, joined))
}

const leadsElsewhere = (lower: SignedHead, upper: SignedHead, joined: Value<typeof path>): boolean =>
  joined.hashes.length === upper.head - lower.head &&
  !sameBytes(joined.chain, lower.chain) &&
  sameBytes(
    joined.hashes.reduce<Chain>(
      (at, hash, i) => nextChain(at, (lower.head + i + 1) as Seq, hash),
      joined.chain,
    ),
    upper.chain,
  )
