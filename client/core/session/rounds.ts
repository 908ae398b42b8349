/** Reading, sending and keeping up, in rounds, until one changes nothing. */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { tendArrival } from './arriving.ts'
import type { Book } from './book.ts'
import { forgetInTime } from './forgetting.ts'
import { carriedMotions } from './motions.ts'
import { type Halt, readAll } from './reading.ts'
import { isOpenRequest } from './requests.ts'
import { sendWaiting } from './sending.ts'
import { tendInvites } from './sponsoring.ts'
import { owedBy } from './standingInput.ts'
import { type Keeper, keepUp } from './upkeep.ts'

/** Rounds after which a sync ends, whatever is still to do. */
const MAX_ROUNDS = 8

export const settle = async (keeper: Keeper): Promise<Result<undefined, Halt>> => {
  await forgetInTime(keeper)
  const done = await roundAfterRound(keeper)
  await keeper.book.sweep(keeper.clock())
  return done
}

const roundAfterRound = async (keeper: Keeper): Promise<Result<undefined, Halt>> => {
  for (let i = 0; i < MAX_ROUNDS; i++) {
    const before = markOf(keeper.book)
    const done = await oneRound(keeper)
    if (!done.ok || markOf(keeper.book) === before) return done
  }
  return ok(undefined)
}

const oneRound = async (keeper: Keeper): Promise<Result<undefined, Halt>> => {
  const read = await readAll(keeper)
  if (!read.ok) return read
  const { status, alarmed } = keeper.book.own()
  const sent = status === 'member' && !alarmed ? await sendWaiting(keeper) : ok(undefined)
  if (!sent.ok) return err(sent.error === 'full' ? 'refused' : sent.error)
  await keepUp(keeper)
  await tendInvites(keeper)
  await tendArrival(keeper)
  return ok(undefined)
}

/** Changes whenever there may be more to do. */
const markOf = (book: Book): string => {
  const { info, fold } = book.newest()
  const work = [book.outgoing, book.requests, book.welcomes, book.candidates, book.motions, book.arrivals]
  return [
    info.number,
    fold.hellos.length,
    fold.provisional.length,
    book.own().status,
    owedBy(book.own().standing).length,
    ...work.map((shelf) => shelf.keys().length),
  ].join()
}

/** States of an invite in which something may still arrive. */
const OPEN: readonly string[] = ['talking', 'comparing', 'declining']

/** Whether there is anything that a round could do without news: something to send, to serve, to carry out, or to look for elsewhere. */
export const hasWork = (keeper: Keeper): boolean => {
  const { book } = keeper
  const { status, owesTidy, standing } = book.own()
  const shelves = [book.outgoing, book.welcomes, book.arrivals]
  if (status === 'stuck') return true
  if (status !== 'member') return false
  const isOwed = owesTidy || book.newest().notes.hello === 'owed'
  const isMeeting = book.invites
    .all()
    .some(({ join, motion }) => motion === undefined && OPEN.includes(join.type))
  return (
    isOwed ||
    owedBy(standing).length > 0 ||
    book.requests.all().some((request) => isOpenRequest(book, request)) ||
    isMeeting ||
    shelves.some((shelf) => shelf.keys().length > 0) ||
    carriedMotions(keeper).length > 0
  )
}
