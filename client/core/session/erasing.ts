/**
 * What a device keeps of a committee that it was removed from (protocol.md section 6, 4.11): the keys of the last log, to see whether the removal is
 * voided, and nothing of what was said or who said it.
 */
import type { Book } from './book.ts'
import type { Shelf } from './bookShelf.ts'
import type { Desk } from './desk.ts'

export const eraseContent = ({ book, saidIds, gatherings }: Desk): void => {
  for (const { info } of book.epochs().slice(0, -1)) book.dropEpoch(info.number)
  book.setEpoch({ ...book.newest(), group: undefined })
  const shelves: readonly Pick<Shelf<unknown>, 'keys' | 'drop'>[] = [
    book.outgoing,
    book.delivered,
    book.homeless,
    book.staged,
    book.motions,
    book.peers,
    book.handles,
    book.sayings,
    book.requests,
    book.welcomes,
    book.invites,
    book.candidates,
    book.arrivals,
    book.handovers,
    book.told,
    book.suspicions,
    book.heard,
    book.devices,
  ]
  for (const shelf of shelves) for (const key of shelf.keys()) shelf.drop(key)
  book.setOwn({ stuck: undefined, signer: undefined })
  book.owe()
  saidIds.clear()
  gatherings.clear()
}

/** What is left says only that there was a committee of this name, and why this device is not in it. */
export const eraseLogKeys = (book: Book): void => {
  const { info, ...epoch } = book.newest()
  if (epoch.logs.length === 0) return
  const roster = { ...info.roster, devices: [] }
  book.setEpoch({ ...epoch, info: { ...info, roster, logSeeds: [] }, logs: [], witnesses: [] })
  book.owe()
}
