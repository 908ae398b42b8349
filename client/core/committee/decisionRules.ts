/**
 * How a committee decides: the kinds of decision and what a charter says about each (product.md section 6). Values and arithmetic only. Not here: how a
 * charter holds them, its floors and defaults (governance/decisions.ts), and the life of a motion (motion.ts).
 */

/** Identifiers are for ever: they are on the wire and in charters. */
export const DECISION_KINDS = {
  everyday: 'something for every day',
  found: 'to found the committee',
  admit: 'to admit somebody',
  remove: 'to put somebody out',
  elect: 'to give somebody a role',
  recall: 'to call somebody back',
  item: 'what our delegate is to say',
  charter: 'the rules we gave ourselves',
  unity: 'what we agree on',
  plan: 'a plan for an action',
  share: 'to tell the city',
  appeal: 'to tell supporters or everybody',
  publish: 'to publish our paper',
  spend: 'to spend money',
  assembly: 'to join or leave the city assembly',
  guest: 'to let a guest in',
  urgent: 'something that cannot wait',
  dissolve: 'to end or to split the committee',
} as const

export type DecisionKind = keyof typeof DECISION_KINDS

/** Carried out by a mandate of signed approvals (protocol.md D8): the fold of motions counts nothing about them. */
export const BINDING_KINDS = ['admit', 'remove', 'charter'] as const satisfies readonly DecisionKind[]
export type BindingKind = (typeof BINDING_KINDS)[number]

/** Founding has a way of its own (product.md 3.B) and is everybody's: no charter says otherwise. */
export type CountedKind = Exclude<DecisionKind, BindingKind | 'found'>

export const isBinding = (kind: DecisionKind): kind is BindingKind =>
  BINDING_KINDS.some((one) => one === kind)

/** Parts of a number of people, from the smallest on. `majority`: more than half. */
export const SHARES = ['any', 'third', 'half', 'majority', 'two_thirds', 'three_quarters', 'all'] as const
export type Share = (typeof SHARES)[number]

/** How many of `people` a share is, rounded up. */
export const peopleIn = (share: Share, people: number): number =>
  ({
    any: 0,
    third: Math.ceil(people / 3),
    half: Math.ceil(people / 2),
    majority: Math.floor(people / 2) + 1,
    two_thirds: Math.ceil((2 * people) / 3),
    three_quarters: Math.ceil((3 * people) / 4),
    all: people,
  })[share]

export const isAtLeastShare = (share: Share, floor: Share): boolean =>
  SHARES.indexOf(share) >= SHARES.indexOf(floor)

/** Hours. Honest devices keep to them; nothing is counted by a clock. */
export type Pace = {
  readonly discussHours: number
  readonly voteHours: number
  /** Instead of both when the motion is urgent; 0: it cannot be. */
  readonly urgentHours: number
  /** `reserved`: screens do not say who voted how. Every member's device knows, so nothing is called secret (D7). */
  readonly ballot: 'named' | 'reserved'
}

export type Rule = Pace & {
  /** Of the electorate, whatever they say. */
  readonly quorum: Share
  readonly carries: Share
  readonly of: 'cast' | 'electorate'
  /** People who must say yes in any case. */
  readonly atLeast: number
  readonly blocks: boolean
}

export type Decisions = { readonly [K in CountedKind]: Rule } & { readonly [K in BindingKind]: Pace }

/** All of us: for the founding. */
export const EVERYBODY: Rule = {
  quorum: 'all',
  carries: 'all',
  of: 'electorate',
  atLeast: 2,
  discussHours: 0,
  voteHours: 0,
  urgentHours: 0,
  blocks: false,
  ballot: 'named',
}

export const isCountedKind = (kind: DecisionKind): kind is CountedKind => kind !== 'found' && !isBinding(kind)

export const paceOf = (decisions: Decisions, kind: DecisionKind): Pace =>
  kind === 'found' ? EVERYBODY : decisions[kind]

/** Discussing and voting, in hours. */
export const hoursOf = (
  pace: Pace,
  isUrgent: boolean,
): { readonly discuss: number; readonly vote: number } =>
  isUrgent && pace.urgentHours > 0
    ? { discuss: 0, vote: pace.urgentHours }
    : { discuss: pace.discussHours, vote: pace.voteHours }
