/** The closed lists an alarm is described with, and their English words. Identifiers are for ever: they are on the wire. */

/** What happened. `practice` is a drill: same path, never mixed with the real thing. */
export const ALARM_KINDS = {
  fired: 'fired',
  suspended: 'suspended or warned',
  called_in: 'called to a meeting',
  threatened: 'threatened or questioned',
  changed: 'hours, pay or post changed',
  moved: 'moved or isolated',
  housing: 'housing tied to the job threatened',
  police: 'police or papers threatened',
  hurt: 'hurt or unsafe work',
  spied_on: 'spied on, or a leak',
  phone_taken: 'phone taken',
  shut_out: 'shut out or closure',
  many_hit: 'many hit at once',
  need_someone: 'need someone now',
  practice: 'PRACTICE',
} as const

/** How fast, most urgent first: minutes, hours, no rush. */
export const SEVERITIES = { now: 'NOW', today: 'TODAY', note: 'NOTE' } as const

export const NEEDS = {
  call_me: 'call me',
  come: 'come',
  witness: 'be a witness',
  lawyer: 'a lawyer',
  money: 'money',
  ride: 'a ride',
  child_care: 'child care',
  translate: 'a translator',
  only_know: 'only know about it',
} as const

/** How well the facts are known to whoever raises the alarm. */
export const CHECKS = {
  no: 'not checked yet',
  second_hand: 'second-hand',
  spoke: 'spoke to the person',
  saw: 'saw it',
} as const

export const OUTCOMES = { won: 'won', partly: 'partly won', lost: 'lost', other: 'ended otherwise' } as const

/** Who may be told the name of the person concerned: each ring is asked about on its own. */
export const RINGS = {
  team: 'those who answer',
  committee: 'the committee',
  city: 'the city',
  supporters: 'supporters',
  public: 'everybody',
} as const

/** Beyond the committee: to whom it can be told at all, one ring after the other. */
export const OUTER_RINGS = ['city', 'supporters', 'public'] as const
export type OuterRing = (typeof OUTER_RINGS)[number]

export type AlarmKind = keyof typeof ALARM_KINDS
export type Severity = keyof typeof SEVERITIES
export type Need = keyof typeof NEEDS
export type Outcome = keyof typeof OUTCOMES

/** The identifiers of one of the tables above, in its order. */
export const idsOf = <T extends object>(table: T): readonly (keyof T & string)[] =>
  Object.keys(table) as (keyof T & string)[]

/** 0 is the most urgent. */
export const rankOf = (severity: Severity): number => idsOf(SEVERITIES).indexOf(severity)
