/**
 * Appending, and what a relay says about it. A refusal is believed only with what shows it: FULL with a signed head that
 * says so, or in a log whose writers have shares (L9), CONFLICT with a head that is newer, SIZE never, because sizes are checked here.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { decode } from '../../../shared/base/codec.ts'
import { err, type Result } from '../../../shared/base/result.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { nextChain, type SignedHead } from '../../../shared/protocol/chain.ts'
import type { WriterSignature } from '../../../shared/protocol/frames.ts'
import type { Blob, Seq } from '../../../shared/protocol/ids.ts'
import { BUCKETS } from '../../../shared/protocol/limits.ts'
import { type Policy, policy, shareOf } from '../../../shared/protocol/policy.ts'
import type { Refusal } from '../../../shared/protocol/refusals.ts'
import { signEntry } from '../../../shared/protocol/writerSignature.ts'
import type { Asked } from './calls.ts'
import {
  caught,
  type Line,
  OFFLINE,
  opened,
  openNow,
  refused,
  roleName,
  type Standing,
  signedBy,
} from './operations.ts'
import { patiently } from './patience.ts'
import type { AppendOptions, Failure, LogAccess } from './relay.ts'

export const append = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
  entry: { readonly blob: Blob; readonly options: AppendOptions },
): Promise<Result<SignedHead, Failure>> => {
  const rules = policyOf(access)
  const { blob, options } = entry
  if (!BUCKETS.some((bucket) => bucket === blob.length) || options.lifeDays > rules.ttlDays)
    return err({ type: 'size' })
  const open = await opened(standing, line, access, 'writer')
  if (!open.ok) return open
  const asked = {
    type: 'append',
    log: access.id,
    lifeDays: options.lifeDays,
    ifHead: options.after?.seq,
    alert: options.alert === true ? 1 : 0,
    writer: rules.writerSigned ? signatureOf(access, rules, blob) : undefined,
    blob,
  } as const satisfies Asked
  const answer = await patiently(standing.timer, undefined, () => line.ask(asked))
  if (answer === undefined) return OFFLINE
  if (answer.type === 'refused')
    return doubted(standing, line, access, { options, refusal: answer.refusal, rules })
  return continues(options, blob, answer.head)
    ? signedBy(standing, access, answer.head)
    : caught('bad_receipt')
}

export const policyOf = (access: LogAccess): Policy => {
  const decoded = decode(policy, access.policy)
  if (!decoded.ok) throw new Error('not a policy')
  return decoded.value
}

/** L7. A writer that is not in its own log's list is a bug. */
export const signatureOf = (access: LogAccess, rules: Policy, blob: Blob): WriterSignature => {
  const own = sha256(access.writer.publicKey)
  const index = rules.writers.findIndex((hash) => sameBytes(hash, own))
  if (index < 0) throw new Error('not a writer of this log')
  return { index, signature: signEntry(access.writer.secretKey, access.id, blob) }
}

/** With a known place to continue, the receipt can be checked to the bit (L5); without, the witness does it on reading. */
const continues = ({ after }: AppendOptions, blob: Blob, receipt: SignedHead): boolean => {
  if (receipt.head === 0) return false
  if (after === undefined) return true
  const expected = nextChain(after.chain, (after.seq + 1) as Seq, sha256(blob))
  return receipt.head === after.seq + 1 && sameBytes(receipt.chain, expected)
}

type Doubted = { readonly options: AppendOptions; readonly refusal: Refusal; readonly rules: Policy }

/** A refused append. Where the refusal speaks of the head, the head as it is now shows whether it is so. */
const doubted = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
  { options, refusal, rules }: Doubted,
): Promise<Result<SignedHead, Failure>> => {
  if (refusal.type === 'none') line.opened.delete(roleName(access, 'writer'))
  if (refusal.type !== 'full' && refusal.type !== 'conflict') return refused(refusal)
  const now = await openNow(standing, line, access, 'writer')
  if (!now.ok) return now
  return refusal.type === 'full' ? atFull(now.value, rules) : atConflict(now.value, refusal.head, options)
}

/** A log that is not full and has no shares either is a lie. Whether a share is used up nobody but the relay can show: what waits is hidden. */
export const atFull = (now: SignedHead, rules: Policy): Result<never, Failure> => {
  if (now.full) return err({ type: 'full', head: now })
  return shareOf(rules) ? err({ type: 'share' }) : caught('false_full')
}

/** `now` was asked for after the refusal, so it is not below the head that the refusal named, nor below what we knew. */
const atConflict = (now: SignedHead, named: number, { after }: AppendOptions): Result<never, Failure> => {
  if (after === undefined || now.head < named) return caught('false_conflict')
  if (now.head < after.seq) return caught('rollback')
  return now.head === after.seq ? caught('false_conflict') : err({ type: 'conflict', head: now })
}
