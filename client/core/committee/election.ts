/**
 * An election among several (product.md section 6: most, more than half, run-off), as arithmetic on what was counted. A ballot names one candidate, or "no" for
 * none of them, or "not sure". Not here: who may be elected (roles.ts), the steps of the vote (motionVote.ts).
 */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { Counts } from './motionCount.ts'
import type { Id } from './said.ts'

/** The one with the most votes against everybody else: whoever has not more than half of what counts is not elected. */
export const againstTheRest = (counts: Counts): Counts => {
  const most = first(counts)?.votes
  return most === undefined ? counts : { ...counts, yes: most, no: counts.no + counts.yes - most }
}

/** Who has the most votes; more than half belong to one alone. */
export const first = ({ each = [] }: Counts): { readonly seat: Id; readonly votes: number } | undefined =>
  each.toSorted((a, b) => b.votes - a.votes)[0]

/**
 * Between whom it is decided now: the two with the most votes, and whoever has as many as the second. Nobody where that is everybody again: then
 * nobody is elected, and the members talk.
 */
export const runOffAmong = ({ each = [] }: Counts): readonly Id[] | undefined => {
  const second = each.toSorted((a, b) => b.votes - a.votes)[1]?.votes ?? 0
  const left = each.filter(({ votes }) => votes >= second).map(({ seat }) => seat)
  return left.length < each.length ? left : undefined
}

/** What the ballots of a run-off name, so that nobody's vote of before counts in it: SHA-256("run-off/1" || JSON [text hash, candidates...]). */
export const runOffHash = (textHash: string, among: readonly Id[]): string =>
  toHex(sha256(concat(utf8('run-off/1'), utf8(JSON.stringify([textHash, ...among])))))
