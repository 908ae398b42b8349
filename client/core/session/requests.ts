/** Requests to the members: RESYNC, LEAVE, cutting off a device. A request is kept after it was served, for what served it may be voided. */
import { deviceOf } from '../governance/roster.ts'
import type { Book } from './book.ts'
import type { OpenRequest } from './state.ts'

/** Its device is still where it was, and a RESYNC names an earlier epoch (7.1). */
export const isOpenRequest = (book: Book, { resync, leave, drop }: OpenRequest): boolean => {
  const { info } = book.newest()
  const device = resync?.request.device ?? leave?.device ?? drop?.device
  const isLater = resync === undefined || resync.request.epoch < info.number
  return isLater && device !== undefined && deviceOf(info.roster, device) !== undefined
}

/** Those that were served, by what cannot be voided any more. */
export const forgetRequests = (book: Book): void => {
  for (const key of book.requests.keys()) {
    const request = book.requests.get(key)
    const isOver = request && !isOpenRequest(book, request) && !book.epoch(request.epoch)?.group
    if (isOver) book.requests.drop(key)
  }
}
