/** The words of a concern about a member (product.md 3.B, 3.J). Identifiers are for ever: they are on the wire. */

/** Asked before anything is suspected of anybody. */
export const OTHER_WAYS = {
  seen: 'They may have seen or heard it themselves',
  told: 'Somebody outside may have told them, without meaning harm',
  paper: 'A paper, a screen or a phone may have been left where they could look',
  guessed: 'They may have guessed it from what everybody knows',
  other: 'Another way',
} as const
export type OtherWay = keyof typeof OTHER_WAYS

export const CONCERN_ENDS = { withdrawn: 'taken back', settled: 'settled' } as const
export type ConcernEnd = keyof typeof CONCERN_ENDS

/** Hours after which a suspension ends by itself, unless the committee is voting on that member. */
export const SUSPENSION_HOURS = 72
