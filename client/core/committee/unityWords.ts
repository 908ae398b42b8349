/**
 * Seven principles to begin a talk with, in plain words (product.md section 1, lines 43 to 52), and the words around points of unity. On the wire is
 * the identifier alone, so that everybody reads a principle in their own language. Identifiers are for ever.
 */

export const PRINCIPLES = {
  antagonism:
    'What is good for us costs whoever employs us. What we win we defend, and then we ask for the next thing.',
  collectivity: 'Nobody wins alone. What matters we decide together and do together.',
  combativeness: 'We act ourselves, as strongly as we can carry, and do not wait for somebody to act for us.',
  democracy:
    'Everybody says openly what they think and is heard. Tasks go round, and whoever speaks for us can be called back.',
  autonomy:
    'Those who work here decide. Unions, parties, lawyers and offices may help us; they do not lead us.',
  internationalism: 'We stand with people who work, everywhere, whatever their language or their papers.',
  contradiction:
    'Rent, borders, racism, war and the weather reach us at work, too: we ask what they do to us here and begin there.',
} as const

export type Principle = keyof typeof PRINCIPLES

/** What a member thinks of a point. */
export const STANCES = { agree: 'agree', talk: 'want to talk', no: 'not agree' } as const
export type Stance = keyof typeof STANCES

/** How a point on which not all agree may rest, if all say so. */
export const ENDINGS = { kept_open: 'kept open', dropped: 'dropped' } as const
export type Ending = keyof typeof ENDINGS

export const UNITY_STATES = {
  proposed: 'proposed',
  in_discussion: 'in discussion',
  agreed: 'agreed by all',
  ...ENDINGS,
} as const
export type UnityState = keyof typeof UNITY_STATES
