/** HELLO: "I have arrived" (protocol.md 4.5 rule 3, 4.7); and again, by whoever has had nothing to say for long. */
import type { Stated } from '../epochlog/statement.ts'
import { ledgerHash } from '../governance/ledger.ts'
import { carriedMotions } from './motions.ts'
import type { Line } from './reading.ts'
import { state } from './sending.ts'
import type { Epoch } from './state.ts'
import { hashBefore } from './told.ts'

type Greeting = {
  readonly handle: string
  readonly results?: string | undefined
  readonly isProvisional?: boolean
}

export const helloIn = (epoch: Epoch, { handle, results, isProvisional = false }: Greeting): Stated => ({
  type: 'hello',
  commit: epoch.info.openedBy,
  parent: epoch.info.parent,
  ledger: ledgerHash(epoch.info.ledger),
  results,
  handle,
  isProvisional,
})

const HOUR_MS = 3_600_000
/** Silence is a signal, so whoever is online says something within 48 hours; not all at one time, and none by a time of its own. */
const SILENT_MS = 40 * HOUR_MS
const JITTER_MS = 6 * HOUR_MS

/** A clock that was set back counts as time that has passed. */
const hasBeenSilent = ({ book, clock }: Line): boolean => {
  const { spokeAt, device } = book.own()
  const silentMs = clock() - spokeAt
  const jitterMs = (Number.parseInt(device.slice(0, 8), 16) + spokeAt) % JITTER_MS
  return silentMs < 0 || silentMs > SILENT_MS + jitterMs
}

/**
 * Says HELLO in the newest epoch, once, and again after a long silence, which changes nothing. Withheld where a TIDY or a drop, which nobody
 * decided, opened the epoch while a complete mandate waits: the arrival of the many is what would let the next TIDY in front of it (I5).
 */
export const greet = async (line: Line, isProvisional: boolean): Promise<void> => {
  const { book } = line
  const epoch = book.newest()
  const isWithheld = epoch.info.openedUnasked && carriedMotions(line).length > 0
  if ((epoch.notes.hello === 'said' && !hasBeenSilent(line)) || isWithheld) return
  const said = await state(
    line,
    epoch.info.number,
    helloIn(epoch, { handle: book.own().handle, results: hashBefore(book, epoch), isProvisional }),
  )
  const now = book.epoch(epoch.info.number)
  if (said.ok && now) book.setEpoch({ ...now, notes: { ...now.notes, hello: 'said' } })
  await book.save()
}
