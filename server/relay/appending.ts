/** One APPEND from request to answer, in the order of R2: none, size, slow, the writer's signature; full and conflict are the store's to say. */
import { unreachable } from '../../shared/base/unreachable.ts'
import type { Event } from '../../shared/protocol/frames.ts'
import { type Day, type LogId, logKey } from '../../shared/protocol/ids.ts'
import type { Refusal } from '../../shared/protocol/refusals.ts'
import { BYTES_PER_TOKEN } from './limits.ts'
import type { Link } from './link.ts'
import type { NewEntry, Outcome } from './ports.ts'
import { refilled, spent, waitSeconds } from './rates.ts'
import { type AppendRequest, admitAppend, isSignedRight } from './session.ts'

/** The store cannot be asked for the moment; nothing was done. */
export const AWAY: Refusal = { type: 'slow', seconds: 5 }
/** Below the last reserve of disk, which the database itself needs. */
export const DISK_FULL: Refusal = { type: 'slow', seconds: 30 }

export const requestAppend = async (link: Link, request: AppendRequest): Promise<Event> => {
  const refused = (refusal: Refusal): Event => ({ type: 'refused', ref: request.ref, refusal })
  const admitted = admitAppend(link.session, request)
  if (!admitted.ok) return refused({ type: admitted.error })
  if (!link.shared.supplies.mayAppend()) return refused(DISK_FULL)
  const seconds = takeTokens(link, request, admitted.value.place)
  if (seconds > 0) return refused({ type: 'slow', seconds })
  if (!isSignedRight(admitted.value, request)) return refused({ type: 'size' })
  const outcome = await queued(link, entryOf(request, link.shared.today()))
  switch (outcome.type) {
    case 'appended':
      return { type: 'receipt', ref: request.ref, head: link.shared.sign(request.log, outcome.at) }
    case 'away':
      return refused(AWAY)
    case 'conflict':
    case 'full':
    case 'none':
      return refused(outcome)
    default:
      return unreachable(outcome)
  }
}

/** L2: served through the day that is `life` days after today. */
const entryOf = (request: AppendRequest, today: Day): NewEntry => ({
  log: request.log,
  blob: request.blob,
  expiryDay: (today + request.lifeDays) as Day,
  ifHead: request.ifHead,
  writer: request.writer,
})

/** Seconds to wait, or 0 and both buckets are charged. The connection's is looked at first: it is the smaller one (R3). */
export const takeTokens = (
  link: Link,
  request: { readonly log: LogId; readonly blob: Uint8Array },
  place: number,
): number => {
  const { rates, clock } = link.shared
  const key = logKey(request.log)
  const kind = link.session.get(key)?.writerSigned ? 'signed' : 'plain'
  const { connection, keys } = rates[kind]
  const now = clock()
  const tokens = 1 + Math.floor(request.blob.length / BYTES_PER_TOKEN)
  const own = refilled(link.appends[kind], connection, now)
  const wait = waitSeconds(own, connection, tokens) || keys.take(`${key}/${place}`, tokens, now)
  link.appends[kind] = wait === 0 ? spent(own, tokens) : own
  return wait
}

const queued = (link: Link, entry: NewEntry): Promise<Outcome> =>
  new Promise((done, failed) => {
    link.shared.queue.add(link, { entry, done, failed })
  })
