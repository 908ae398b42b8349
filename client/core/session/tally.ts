/** How a vote stands and what it came to, as far as a screen may show it (product.md 3.C). Not here: the counting (committee/motionCount.ts, election.ts). */
import type { Rule } from '../committee/decisionRules.ts'
import { againstTheRest } from '../committee/election.ts'
import { type Counts, quorumOf, yesNeeded } from '../committee/motionCount.ts'
import type { Motion, Vote } from '../committee/motionLife.ts'
import { ballotsBefore, countsBefore } from '../committee/motionVote.ts'
import type { Id } from '../committee/said.ts'

export type Tally = {
  readonly voted: number
  readonly electorate: number
  /** Who must have voted. */
  readonly enough: number
  /** Not before the end, and not where so few would show who said what. */
  readonly counts: Counts | undefined
  readonly yesNeeded: number | undefined
  readonly election: Election | undefined
}

/** Among several: between whom it is now, what the rounds before came to as far as counts are shown, and who has it. */
export type Election = {
  readonly among: readonly Id[]
  readonly isRunOff: boolean
  readonly rounds: readonly Counts[]
  readonly elected: Id | undefined
}

const FOREVER = Number.MAX_SAFE_INTEGER

/** Under five nobody is promised anything; from five to eight counts would often say who. */
const isTooFew = (electorate: number): boolean => electorate >= 5 && electorate <= 8
const hidesCounts = ({ ballot }: Rule, { electorate }: Vote): boolean =>
  ballot === 'reserved' && isTooFew(electorate.length)

export const tallyOf = ({ vote, returned }: Motion): Tally | undefined => {
  if (!vote || vote.decides.by === 'mandate') return undefined
  const { electorate, result, full, candidates } = vote
  const { rule } = vote.decides
  const now = result?.counts ?? countsBefore(vote, FOREVER)
  const voters = { full: full.length, electorate: electorate.length, isSecond: returned !== undefined }
  const isShown = result && !hidesCounts(rule, vote)
  return {
    voted: ballotsBefore(vote, FOREVER).size,
    electorate: electorate.length,
    enough: quorumOf(rule, voters),
    counts: isShown ? now : undefined,
    yesNeeded: isShown ? yesNeeded(rule, voters, candidates ? againstTheRest(now) : now) : undefined,
    election: candidates && electionOf(vote, candidates, rule),
  }
}

const electionOf = (vote: Vote, among: readonly Id[], rule: Rule): Election => ({
  among,
  isRunOff: vote.rounds !== undefined,
  rounds: hidesCounts(rule, vote) ? [] : (vote.rounds ?? []).map(({ counts }) => counts),
  elected: vote.result?.elected,
})
