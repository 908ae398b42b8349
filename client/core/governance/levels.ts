/** What kind of group it calls itself; `unwritten` where that is better not written down (product.md 3.B). Apart from the charter, which a page does not load: it brings the cryptography along. */
export const LEVELS = ['unwritten', 'open_group', 'committee', 'other'] as const
export type Level = (typeof LEVELS)[number]
