/**
 * What stood before somebody came in (committee/results.ts): told with the Welcome by whoever let them in, and said again, as a hash in their HELLO, by everybody
 * who was there. So a newcomer has it as one member's word until a second member's device says the same, and sees who does not.
 */
import { decodeResults, type Results, resultsHash, resultsOf } from '../committee/results.ts'
import type { SeatId } from '../governance/ids.ts'
import { type Device, seatsOf } from '../governance/roster.ts'
import type { Book } from './book.ts'
import { type Desk, orderOf } from './desk.ts'
import { MINE } from './joinings.ts'
import { foldSayings } from './sayings.ts'
import type { Epoch } from './state.ts'

/** Before `epoch`, if somebody came in by the commit that opened it and this device was there: what everybody makes of the log up to that commit. */
export const resultsBefore = (book: Book, { info }: Epoch): Results | undefined => {
  const before = book.epoch(info.number - 1)
  const current = before?.fold.current
  if (!before || !current || !LETS_IN.has(current.effect.action)) return undefined
  const commitAt = orderOf(before.info.number, current.place)
  const said = book.sayings.all().filter(({ order }) => order < commitAt)
  const committee = foldSayings(said, book.told.get(MINE)?.begin)
  return resultsOf(committee, { here: seatsOf(before.info.roster), isFounded: before.charter.isFounded })
}

const LETS_IN: ReadonlySet<string> = new Set(['add', 'deviceAdd'])

export const hashBefore = (book: Book, epoch: Epoch): string | undefined => {
  const results = resultsBefore(book, epoch)
  return results && resultsHash(results)
}

/** With the Welcome. False: it is none, and the Welcome is not followed. */
export const takeResults = (
  { told }: Pick<Book, 'told'>,
  raw: Uint8Array,
  { info }: Pick<Epoch, 'info'>,
): boolean => {
  const results = decodeResults(raw)
  if (!results) return false
  const { opener, number } = info
  const hash = resultsHash(results)
  told.put(MINE, { begin: raw, hash, by: opener, entered: number, sameBy: [], otherBy: [] })
  return true
}

/** A HELLO of the epoch in which this device came in; the newest word of each seat. */
export const hearResults = (
  { book }: Pick<Desk, 'book'>,
  { info }: Pick<Epoch, 'info'>,
  { seat }: Pick<Device, 'seat'>,
  hash: string | undefined,
): void => {
  const told = book.told.get(MINE)
  if (hash === undefined || told?.entered !== info.number) return
  if (seat === told.by || seat === book.own().seat) return
  const others = (seats: readonly SeatId[]): readonly SeatId[] => seats.filter((one) => one !== seat)
  const isSame = hash === told.hash
  book.told.put(MINE, {
    ...told,
    sameBy: isSame ? [...others(told.sameBy), seat] : others(told.sameBy),
    otherBy: isSame ? others(told.otherBy) : [...others(told.otherBy), seat],
  })
}
