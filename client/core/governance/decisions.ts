/**
 * The decision table of a charter: how it is written down, what it says at first, and what no committee can vote away. Not here: what the rules mean
 * (committee/decisionRules.ts, committee/motionCount.ts), and the thresholds of the kinds that bind the group, which are charter.add, remove and change.
 */
import { type Codec, flag, mapped, struct, u8, u16 } from '../../../shared/base/codec.ts'
import {
  type CountedKind,
  type Decisions,
  isAtLeastShare,
  type Pace,
  type Rule,
  SHARES,
} from '../committee/decisionRules.ts'

/** One byte: the place of a word in a list that only grows. */
export const wordByte = <const W extends readonly string[]>(words: W): Codec<W[number]> =>
  mapped(
    u8,
    (at) => words[at],
    (word) => words.indexOf(word),
  )

const paceFields = {
  discussHours: u16,
  voteHours: u16,
  urgentHours: u16,
  ballot: wordByte(['named', 'reserved']),
}
const pace: Codec<Pace> = struct(paceFields)
const rule: Codec<Rule> = struct({
  ...paceFields,
  quorum: wordByte(SHARES),
  carries: wordByte(SHARES),
  of: wordByte(['cast', 'electorate']),
  atLeast: u8,
  blocks: flag,
})

export const decisionsCodec: Codec<Decisions> = struct({
  everyday: rule,
  admit: pace,
  remove: pace,
  elect: rule,
  recall: rule,
  item: rule,
  charter: pace,
  unity: rule,
  plan: rule,
  share: rule,
  appeal: rule,
  publish: rule,
  spend: rule,
  assembly: rule,
  guest: rule,
  urgent: rule,
  dissolve: rule,
})

const DAY = 24

const usual: Rule = {
  discussHours: DAY,
  voteHours: DAY,
  urgentHours: 0,
  ballot: 'named',
  quorum: 'half',
  carries: 'majority',
  of: 'cast',
  atLeast: 2,
  blocks: false,
}

const grave: Rule = {
  ...usual,
  discussHours: 4 * DAY,
  voteHours: 3 * DAY,
  quorum: 'two_thirds',
  carries: 'two_thirds',
  of: 'electorate',
}

const paced = (discussHours: number, voteHours: number, ballot: Pace['ballot']): Pace => ({
  discussHours,
  voteHours,
  urgentHours: 0,
  ballot,
})

/** product.md section 6. Of the paper, supporters and guests it says one number of hours: half of it, or all of a day, is for the vote. */
export const defaultDecisions: Decisions = {
  everyday: { ...usual, blocks: true },
  admit: paced(2 * DAY, DAY, 'reserved'),
  remove: paced(3 * DAY, 2 * DAY, 'reserved'),
  elect: { ...usual, ...paced(2 * DAY, 2 * DAY, 'reserved') },
  recall: { ...usual, ballot: 'reserved' },
  item: usual,
  charter: paced(4 * DAY, 3 * DAY, 'named'),
  unity: { ...grave, blocks: true },
  plan: { ...grave, ...paced(2 * DAY, DAY, 'named'), urgentHours: 2, blocks: true },
  share: { ...usual, urgentHours: 2 },
  appeal: { ...usual, discussHours: 0, carries: 'two_thirds' },
  publish: { ...usual, discussHours: 0 },
  spend: { ...grave, ...paced(DAY, DAY, 'named'), urgentHours: 12 },
  assembly: { ...grave, blocks: true },
  guest: { ...usual, carries: 'two_thirds' },
  urgent: { ...usual, discussHours: 0, voteHours: 0, quorum: 'any', carries: 'any', of: 'electorate' },
  dissolve: { ...grave, discussHours: 7 * DAY, voteHours: 7 * DAY, carries: 'three_quarters' },
}

/**
 * Two say yes to everything (R1); half of those who may take part, more than half of them say yes, and there is an hour for it. So fewer than half carry nothing
 * among themselves, not even by ending a vote before its time. What cannot wait needs the two alone.
 */
const meetsRuleFloor = (kind: string, one: Rule): boolean =>
  one.atLeast >= 2 &&
  (kind === 'urgent' ||
    (isAtLeastShare(one.quorum, 'half') && isAtLeastShare(one.carries, 'majority') && one.voteHours >= 1))

/** What the committee is, and whether it is one any longer, takes two thirds of everybody, as its charter does (protocol.md 4.5). */
const EVERYBODYS: readonly CountedKind[] = ['unity', 'dissolve']

export const meetsDecisionFloors = (decisions: Decisions): boolean =>
  Object.entries(decisions).every(([kind, one]) => !('quorum' in one) || meetsRuleFloor(kind, one)) &&
  EVERYBODYS.every((kind) => {
    const { of, carries } = decisions[kind]
    return of === 'electorate' && isAtLeastShare(carries, 'two_thirds')
  })
