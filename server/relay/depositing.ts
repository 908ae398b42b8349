/** One DEPOSIT or CANCEL from request to answer (SPEC T). Not here: what is due (releasing.ts). */
import { unreachable } from '../../shared/base/unreachable.ts'
import { type CancelToken, cancelHash, nameOfDeposit } from '../../shared/protocol/deposit.ts'
import type { Event, Request } from '../../shared/protocol/frames.ts'
import type { Refusal } from '../../shared/protocol/refusals.ts'
import { AWAY, DISK_FULL, takeTokens } from './appending.ts'
import type { Link } from './link.ts'
import { admitAppend, isSignedRight, openForWriting } from './session.ts'

type Of<T extends Request['type']> = Extract<Request, { type: T }>

/** Too many wait, or there is no room: some are over by then. Always the same, so that it tells nobody when the next one is released. */
const TOO_MANY: Refusal = { type: 'slow', seconds: 900 }
const NONE: Refusal = { type: 'none' }

const refusing =
  ({ ref }: Request) =>
  (refusal: Refusal): Event => ({ type: 'refused', ref, refusal })

export const requestDeposit = async (link: Link, request: Of<'deposit'>): Promise<Event> => {
  const refused = refusing(request)
  const admitted = admitAppend(link.session, request)
  if (!admitted.ok) return refused({ type: admitted.error })
  const { place } = admitted.value
  const { store, supplies, releasing, inTurn } = link.shared
  if (!supplies.mayAppend()) return refused(DISK_FULL)
  const seconds = takeTokens(link, request, place)
  if (seconds > 0) return refused({ type: 'slow', seconds })
  if (!isSignedRight(admitted.value, request)) return refused({ type: 'size' })
  const { ref, ...deposit } = request
  const named = { ...deposit, name: nameOfDeposit(request.log, request), place }
  const now = releasing.now()
  const made = await inTurn(link, () => store.deposit(named, now))
  switch (made) {
    case 'made':
      releasing.expect(now.at + 1000 * (request.waitSeconds + 1))
      return { type: 'ok', ref }
    case 'away':
      return refused(AWAY)
    case 'slow':
      return refused(TOO_MANY)
    case 'full':
    case 'none':
      return refused({ type: made })
    default:
      return unreachable(made)
  }
}

/** Its rate is that of an append: whoever guesses tokens pays for each. */
export const requestCancel = async (link: Link, request: Of<'cancel'>): Promise<Event> => {
  const refused = refusing(request)
  const place = openForWriting(link.session, request.log)
  if (place === undefined) return refused(NONE)
  const seconds = takeTokens(link, { log: request.log, blob: request.token }, place)
  if (seconds > 0) return refused({ type: 'slow', seconds })
  const hash = cancelHash(request.token as CancelToken)
  const { store, today, inTurn } = link.shared
  const counted = await inTurn(link, () => store.cancel(request.log, request.deposit, hash, today()))
  if (counted === 'away') return refused(AWAY)
  return counted ? { type: 'ok', ref: request.ref } : refused(NONE)
}
