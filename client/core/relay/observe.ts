/**
 * How the relay's next word fits to what this device knows (protocol.md section 4.7). Every head and page goes through
 * here before anybody believes it. Pure: a lie is an answer, and the witness stays what it was.
 * Not here: refusals that are not so (relay.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type PublicKey, sha256 } from '../../../shared/crypto/sodium.ts'
import { nextChain, type SignedHead, verifyHead } from '../../../shared/protocol/chain.ts'
import type { Entry, WriterSignature } from '../../../shared/protocol/frames.ts'
import type { Blob, Chain, Head, LogId, Seq } from '../../../shared/protocol/ids.ts'
import { BUCKETS, CAPS, MAX_BLOB_BYTES } from '../../../shared/protocol/limits.ts'
import { isFull } from '../../../shared/protocol/policy.ts'
import { type Evidence, type Lie, lie } from './evidence.ts'
import { chainAt, type Link, linkAt, MAX_AHEAD, newestHead, REMEMBERED, type Witness } from './witness.ts'

/** An entry in its place in the chain. `blob` is undefined once it has expired (E4). `writer` is not in the chain. */
export type VerifiedEntry = {
  readonly seq: Seq
  readonly chain: Chain
  readonly hash: Uint8Array
  readonly blob: Blob | undefined
  readonly writer: WriterSignature | undefined
}

/** An ENTRIES frame. `floor`: the newest head known when the relay was asked, 0 if it was not asked. */
export type Page = {
  readonly log: LogId
  readonly entries: readonly Entry[]
  readonly head: SignedHead
  readonly floor: Head
}

export type Observed = { readonly witness: Witness; readonly entries: readonly VerifiedEntry[] }

/**
 * A head or receipt. Answers may overtake each other, so an older head alone is no lie; one below `floor`, the newest
 * head known when the relay was asked for it, is.
 */
export const observeHead = (
  witness: Witness,
  relay: PublicKey,
  signed: SignedHead,
  floor = 0,
): Result<Witness, Lie> => {
  if (!isKnown(witness, signed) && !verifyHead(relay, witness.log, signed)) return err(lie('bad_signature'))
  const contradiction = contradicts(witness, signed)
  if (contradiction !== undefined) return err(contradiction)
  const newest = newestHead(witness)
  if (signed.head < floor)
    return err(lie('rollback', newest && { ...pair(witness, signed, newest), path: undefined }))
  if (signed.head >= witness.seq && !plausible(witness, signed)) return err(lie('false_full'))
  return ok(keep(witness, signed))
}

/**
 * Entries and the head they come with. What is known already is compared and skipped. Until a signed head is reached,
 * new entries are in order but vouched for by nobody: a relay that makes some up is noticed at the head.
 */
export const observePage = (witness: Witness, relay: PublicKey, page: Page): Result<Observed, Lie> => {
  if (!sameBytes(page.log, witness.log)) return err(lie('wrong_log'))
  const before = observeHead(witness, relay, page.head, page.floor)
  if (!before.ok) return before
  const reading: Reading = { at: before.value, entries: [], wrong: undefined, right: undefined }
  for (const entry of page.entries) {
    const fault = misplaced(before.value, reading.at.seq, entry, page.head) ?? take(reading, entry)
    if (fault !== undefined) return err(fault)
  }
  return settle(reading)
}

/** A page being read. `wrong` and `right`: the newest passed heads that the entries do not, and do, lead to. */
type Reading = {
  at: Witness
  readonly entries: VerifiedEntry[]
  wrong: SignedHead | undefined
  right: SignedHead | undefined
}

/** One step along the log. The recent entries are added at the end, once a page. */
const take = (reading: Reading, entry: Entry): Lie | undefined => {
  const { at } = reading
  if ((entry.seq as number) <= at.seq) return undefined
  const next = link(at, entry)
  reading.entries.push(next)
  reading.at = {
    ...at,
    seq: (at.seq + 1) as Head,
    chain: next.chain,
    bytes: at.bytes + (next.blob?.length ?? 0),
    expired: at.expired + (next.blob === undefined ? 1 : 0),
  }
  const signed = at.ahead.find((known) => known.head === reading.at.seq)
  if (signed === undefined) return undefined
  if (!sameBytes(signed.chain, next.chain)) reading.wrong = signed
  else if (plausible(reading.at, signed)) reading.right = signed
  else return lie('false_full')
  return undefined
}

const settle = ({ at, entries, wrong, right }: Reading): Result<Observed, Lie> => {
  if (wrong !== undefined) return err(strayed(at, entries, wrong, right))
  if (entries.length === 0) return ok({ witness: at, entries })
  const recent: readonly Link[] = [...at.recent, ...entries.map(({ hash, chain }) => ({ hash, chain }))]
  const witness: Witness = {
    ...at,
    reached: right ?? at.reached,
    ahead: at.ahead.filter((signed) => signed.head > at.seq),
    recent: recent.slice(-REMEMBERED),
  }
  return ok({ witness, entries })
}

/** The entries lead past one signed head to another: the relay signed two pasts. Without the second they may be made up. */
const strayed = (
  { log }: Witness,
  entries: readonly VerifiedEntry[],
  lower: SignedHead,
  upper: SignedHead | undefined,
): Lie => {
  const from = entries.findIndex((entry) => (entry.seq as number) === lower.head)
  const chain = entries[from]?.chain
  if (upper === undefined || upper.head < lower.head || chain === undefined) return lie('bad_chain')
  const hashes = entries.slice(from + 1, from + 1 + upper.head - lower.head).map((entry) => entry.hash)
  return lie('fork', { log, lower, upper, path: { chain, hashes } })
}

/** H2, L4, L5: what the relay's key has signed before and this cannot both be true. */
const contradicts = (witness: Witness, signed: SignedHead): Lie | undefined => {
  const mine = chainAt(witness, signed.head)
  if (mine !== undefined && !sameBytes(mine, signed.chain)) return otherPast(witness, signed, mine)
  for (const known of knownHeads(witness)) {
    const both = pair(witness, signed, known)
    const differ =
      known.head === signed.head && (known.full !== signed.full || !sameBytes(known.chain, signed.chain))
    const grown = both.lower.full && both.lower.head < both.upper.head
    if (differ || grown) return lie('fork', { ...both, path: undefined })
  }
  return undefined
}

/** A head about a past that is not the one this device read; with a newer head that is, it is a proof. */
const otherPast = (witness: Witness, signed: SignedHead, mine: Chain): Lie => {
  const upper = witness.reached ?? (signed.head === 0 ? signed : undefined)
  if (upper === undefined || upper.head < signed.head) return lie('bad_chain')
  const end = witness.recent.length - (witness.seq - upper.head)
  const hashes = witness.recent.slice(end - (upper.head - signed.head), end).map((past) => past.hash)
  return lie('fork', { log: witness.log, lower: signed, upper, path: { chain: mine, hashes } })
}

const knownHeads = (witness: Witness): readonly SignedHead[] =>
  witness.reached === undefined ? witness.ahead : [witness.reached, ...witness.ahead]

/** To the bit: it was checked when it came. Old logs are read again and again, and seldom say anything new. */
const isKnown = (witness: Witness, signed: SignedHead): boolean =>
  knownHeads(witness).some(
    ({ head, full, chain, signature }) =>
      head === signed.head &&
      full === signed.full &&
      sameBytes(chain, signed.chain) &&
      sameBytes(signature, signed.signature),
  )

const pair = ({ log }: Witness, a: SignedHead, b: SignedHead): Pick<Evidence, 'log' | 'lower' | 'upper'> =>
  a.head <= b.head ? { log, lower: a, upper: b } : { log, lower: b, upper: a }

/** L3, L4: whether the two counts allow what the head says of `full`. Sizes of unread and expired entries are unknown. */
const plausible = (witness: Witness, signed: SignedHead): boolean => {
  const unknown = witness.expired + signed.head - witness.seq
  const atLeast = witness.bytes + unknown * BUCKETS[0]
  if (signed.head > CAPS[witness.cap].entries || atLeast > CAPS[witness.cap].bytes) return false
  return signed.full
    ? isFull(witness.cap, signed.head, witness.bytes + unknown * MAX_BLOB_BYTES)
    : !isFull(witness.cap, signed.head, atLeast)
}

/** Adds a head that contradicts nothing. One that is too old to compare is not kept. */
const keep = (witness: Witness, signed: SignedHead): Witness => {
  if (signed.head > witness.seq) {
    if (witness.ahead.some((known) => known.head === signed.head)) return witness
    const ahead = [...witness.ahead, signed].sort((a, b) => a.head - b.head)
    return { ...witness, ahead: ahead.slice(-MAX_AHEAD) }
  }
  const newer = witness.reached === undefined || witness.reached.head < signed.head
  return newer && chainAt(witness, signed.head) !== undefined ? { ...witness, reached: signed } : witness
}

/** Each once, in order, none above the head; what was read before this page is compared and no more. */
const misplaced = (before: Witness, at: Head, entry: Entry, head: SignedHead): Lie | undefined => {
  const seq: number = entry.seq
  if (seq > head.head) return lie('bad_chain')
  if (seq <= before.seq) {
    const past = linkAt(before, seq)
    return past === undefined || sameBytes(past.hash, hashOf(entry)) ? undefined : lie('bad_chain')
  }
  if (seq !== at + 1) return lie('gap')
  const { content } = entry
  const fits = content.type === 'hash' || BUCKETS.some((bucket) => bucket === content.blob.length)
  return fits ? undefined : lie('bad_size')
}

const hashOf = ({ content }: Entry): Uint8Array =>
  content.type === 'blob' ? sha256(content.blob) : content.hash

const link = (witness: Witness, entry: Entry): VerifiedEntry => {
  const hash = hashOf(entry)
  return {
    seq: entry.seq,
    chain: nextChain(witness.chain, entry.seq, hash),
    hash,
    blob: entry.content.type === 'blob' ? entry.content.blob : undefined,
    writer: entry.writer,
  }
}
