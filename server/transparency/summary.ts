/** In three sentences, what this relay keeps: for its first page, its start and the head of its operator's page. */
export const WHAT_IT_STORES = [
  'It stores: sealed entries of five fixed sizes, each with its place in its log and the day on which it ends; of every log',
  'the hashes of its keys, its length, its size and the day of its last entry; sealed entries that wait, and until when; and the keys of the relay itself.',
  'It does not store: who connects or from where, any other time of day, what reads what, names, or any key that opens an entry.',
] as const
