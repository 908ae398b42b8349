/** What a vote comes to: numbers in, an end out (product.md 3.C and section 6). */
import { peopleIn, type Rule } from './decisionRules.ts'
import type { Id } from './said.ts'

/** `for`: one of several candidates. */
export type Choice = 'yes' | 'no' | 'unsure' | 'block' | 'for'

type Sums = { readonly [C in Exclude<Choice, 'for'>]: number }
/** `each`: of an election among several, for each candidate; `yes` is the sum of them. */
export type Counts = Sums & { readonly each?: readonly { readonly seat: Id; readonly votes: number }[] }

export const noVotes: Sums = { yes: 0, no: 0, unsure: 0, block: 0 }

export const sameCounts = (a: Counts, b: Counts): boolean =>
  a.yes === b.yes &&
  a.no === b.no &&
  a.unsure === b.unsure &&
  a.block === b.block &&
  sameEach(a.each ?? [], b.each ?? [])

type Each = NonNullable<Counts['each']>
const sameEach = (a: Each, b: Each): boolean =>
  a.length === b.length && a.every(({ seat, votes }, i) => seat === b[i]?.seat && votes === b[i]?.votes)

export const sumOf = ({ yes, no, unsure, block }: Counts): number => yes + no + unsure + block

export type Ended = 'carried' | 'not_carried' | 'no_quorum' | 'returned'

type Voters = {
  /** Members who counted when voting opened. */
  readonly full: number
  /** Of these, who may vote: the person concerned may not. */
  readonly electorate: number
  /** A block brought it back to discussion before. */
  readonly isSecond: boolean
}

/** How many must have voted. "Not sure" counts for this. */
export const quorumOf = (rule: Rule, { full, electorate }: Voters): number => {
  if (full < 3) return full
  return full === 3 && rule.carries !== 'all' ? 2 : peopleIn(rule.quorum, electorate)
}

/**
 * How many must say yes. Two or fewer decide everything together, and nothing about one of them; three decide by two (about one of them:
 * the other two together). From two members on, one person's yes is never enough, whatever a charter says (R1).
 */
export const yesNeeded = (rule: Rule, voters: Voters, counts: Counts): number => {
  const { full, electorate } = voters
  if (full < 3) return full
  if (full === 3 && rule.carries !== 'all') return 2
  const cast = counts.yes + counts.no + counts.block
  const asked = peopleIn(rule.carries, rule.of === 'cast' ? cast : electorate)
  const despite = counts.block > 0 ? peopleIn('three_quarters', cast) : 0
  return Math.max(2, rule.atLeast, asked, despite)
}

/** A block brings a motion back once; after that three quarters of the cast votes carry it despite blocks, if they would without. */
export const endOf = (rule: Rule, voters: Voters, counts: Counts): Ended => {
  if (sumOf(counts) < quorumOf(rule, voters)) return 'no_quorum'
  if (counts.block > 0 && !voters.isSecond) return 'returned'
  return counts.yes >= yesNeeded(rule, voters, counts) ? 'carried' : 'not_carried'
}
