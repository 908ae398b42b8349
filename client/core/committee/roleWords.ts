/** The tasks that members hold for a while, and what they say about themselves (product.md 2.2 and 3.B). Identifiers are for ever. */

export const ROLES = {
  delegate: 'delegate',
  alternate: 'alternate',
  minder: 'minder',
  panel: 'panel member',
  marshal: 'marshal',
  liaison: 'liaison',
  facilitator: 'facilitator',
  note_taker: 'note-taker',
  duty: 'on duty',
} as const
export type Role = keyof typeof ROLES

/** Given by a vote, to members whose probation is over, and at most twice in a row. The others are taken by whoever is willing. */
export const ELECTED = ['delegate', 'alternate', 'minder', 'panel'] as const satisfies readonly Role[]
export type ElectedRole = (typeof ELECTED)[number]

export const isElected = (role: Role): role is ElectedRole => ELECTED.some((one) => one === role)

/** Terms in a row that somebody can be elected for. */
export const MAX_TERMS = 2

export const MAX_CANDIDATES = 8

/** The longest term that can be asked for. */
export const MAX_TERM_DAYS = 366

/** Days of a term if nobody says otherwise (product.md 3.A, 3.C). */
export const TERM_DAYS: Readonly<Record<Role, number>> = {
  delegate: 90,
  alternate: 90,
  minder: 60,
  panel: 90,
  marshal: 30,
  liaison: 90,
  facilitator: 30,
  note_taker: 30,
  duty: 7,
}

/** Hours after an assembly item within which a delegate reports. */
export const REPORT_HOURS = 72

/** What a member declares about interests of their own: whether they give orders, or are paid by an organisation. */
export const INTERESTS = {
  none: 'none',
  supervisor: 'gives orders at work',
  paid_staff: 'paid by a union, party or organisation',
  other: 'other',
} as const
