/**
 * What a relay does by the calendar: it hashes and drops what has ended, and changes the admission secret. At the start and
 * then every hour; each time until nothing is left to do. Not here: what ends (server/store/expiry.ts, keys.ts).
 */
import type { Log } from './log.ts'
import type { Admission, Clock, Store } from './relay/ports.ts'
import { dayOf } from './relay/relay.ts'
import { type Keeper, type RelayRow, rotateAdmission } from './store/keys.ts'

export type Housekeeping = {
  readonly admission: () => Admission
  /** One round, now. */
  readonly round: () => Promise<void>
  readonly stop: () => Promise<void>
}

export type HousekeepingDeps = {
  readonly keeper: Keeper
  readonly store: Pick<Store, 'expireSome'>
  readonly clock: Clock
  readonly log: Log
}

const HOUR_MS = 3_600_000

export const startHousekeeping = (deps: HousekeepingDeps, first: RelayRow): Housekeeping => {
  let row = first
  let stopped = false
  let running: Promise<void> = Promise.resolve()

  const sweep = async (): Promise<void> => {
    const today = dayOf(deps.clock())
    row = await rotateAdmission(deps.keeper, row, today)
    let steps = 0
    while (!stopped && (await deps.store.expireSome(today))) steps += 1
    deps.log.debug('swept', { steps })
  }
  const round = (): Promise<void> => {
    running = running.then(sweep).catch((error) => deps.log.error('the sweep failed', error))
    return running
  }
  const hourly = setInterval(() => void round(), HOUR_MS)
  hourly.unref()
  return {
    admission: () => ({ current: row.admission, previous: row.previousAdmission }),
    round,
    stop: () => {
      stopped = true
      clearInterval(hourly)
      return running
    },
  }
}
